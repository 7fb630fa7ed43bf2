/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/guest_log.h"

#include "cmd/cmd.h"
#include "cmd/text.h"

#include <inttypes.h>
#include <time.h>

enum { SHOWN_MAX = 1 << 24 };

const char *cmd_log_level(uint64_t level)
{
    static const char *const names[] = {"FATAL", "WARN", "INFO", "DEBUG", "TRACE"};
    return level < sizeof names / sizeof names[0] ? names[level] : NULL;
}

void cmd_log_text(const struct jam_log_line *line, const struct cmd_log_source *source,
                  struct pvm_buf *out)
{
    char stamp[32] = "";
    struct tm utc;
    time_t now = time(NULL);
    if (gmtime_r(&now, &utc) == NULL ||
        strftime(stamp, sizeof stamp, "%Y-%m-%d %H-%M-%S", &utc) == 0)
        stamp[0] = '\0';
    const char *level = cmd_log_level(line->level);
    if (level != NULL)
        pvm_buf_printf(out, "%s %s", stamp, level);
    else
        pvm_buf_printf(out, "%s LEVEL%" PRIu64, stamp, line->level);
    if (source->core >= 0)
        pvm_buf_printf(out, "@%" PRId64, source->core);
    if (source->service >= 0)
        pvm_buf_printf(out, "#%" PRId64, source->service);
    if (line->has_target) {
        pvm_buf_text(out, " ");
        cmd_printable(line->target, out);
    }
    pvm_buf_text(out, " ");
    cmd_printable(line->message, out);
    pvm_buf_text(out, "\n");
}

void cmd_log_show(struct cmd_log_stream *stream, const struct jam_log_line *line,
                  const struct cmd_log_source *source)
{
    static const char cut[] = "pvm: 16 MiB of log lines are shown, further ones are not\n";
    if (stream->cut)
        return;
    stream->line.len = 0;
    cmd_log_text(line, source, &stream->line);
    stream->cut = stream->line.len > SHOWN_MAX - stream->shown;
    if (stream->cut) {
        cmd_stderr(pvm_bytes(cut, sizeof cut - 1));
        return;
    }
    stream->shown += stream->line.len;
    cmd_stderr(pvm_buf_bytes(&stream->line));
}
