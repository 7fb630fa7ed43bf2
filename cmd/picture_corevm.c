/* SPDX-License-Identifier: Apache-2.0 */
/* CoreVM's Fibonacci loop: which pages went in and out of each package, and the values in them. */
#include "cmd/picture_page.h"

enum pvm_status cmd_page_corevm(const struct cmd_picture *run, struct pvm_buf *out,
                                struct pvm_err *err)
{
    (void)out;
    return jam_json_expect(run->corevm, JAM_JSON_OBJECT, err);
}
