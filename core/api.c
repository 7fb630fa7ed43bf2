/* SPDX-License-Identifier: Apache-2.0 */
/* Of core/pvm.h: versions, options, modules. */
#include "core/api.h"

#include "core/disasm.h"

uint32_t pvm_abi_version(void)
{
    return PVM_ABI_VERSION;
}

enum pvm_status pvm_options_copy(const void *options, size_t first, size_t ours, void *out,
                                 struct pvm_err *err)
{
    size_t size;
    memset(out, 0, ours);
    if (options == NULL)
        return PVM_OK;
    memcpy(&size, options, sizeof size);
    if (size < first)
        return pvm_fail(err, PVM_E_USAGE, "options: size is %zu, a first version has %zu", size,
                        first);
    const uint8_t *octets = options;
    for (size_t i = ours; i < size; i++) {
        if (octets[i] != 0)
            return pvm_fail(err, PVM_E_USAGE,
                            "options: octet %zu is set, this library knows %zu octets of them", i,
                            ours);
    }
    memcpy(out, options, size < ours ? size : ours);
    return PVM_OK;
}

/* ---- GP versions ---- */

/* "0.7.2" as 702; 0 for anything else. */
static unsigned version_number(const char *name)
{
    static const char form[] = "0.0.0";
    for (size_t i = 0; i < sizeof form - 1; i++) {
        bool digit = name[i] >= '0' && name[i] <= '9';
        if (form[i] == '.' ? name[i] != '.' : !digit)
            return 0;
    }
    if (name[5] != '\0')
        return 0;
    return (unsigned)(name[0] - '0') * 10000 + (unsigned)(name[2] - '0') * 100 +
           (unsigned)(name[4] - '0');
}

const struct pvm_rules *pvm_rules_find(const char *name)
{
    enum { OLDEST = 602, LAST_OF_06 = 607, FIRST_OF_07 = 700, LAST_OF_072 = 702 };
    if (name == NULL)
        return &pvm_rules_072;
    for (unsigned i = 0; i < PVM_RULES_COUNT; i++) {
        if (strcmp(pvm_rules_table[i].name, name) == 0)
            return &pvm_rules_table[i];
    }
    unsigned version = version_number(name);
    bool known = (version >= OLDEST && version <= LAST_OF_06) ||
                 (version >= FIRST_OF_07 && version <= LAST_OF_072);
    return known ? &pvm_rules_072 : NULL;
}

/* ---- modules ---- */

/* The format of a name, as pvm_blob_decode takes it; false when there is none. */
static bool format_of(const char *name, int *format)
{
    *format = -1;
    if (name == NULL)
        return true;
    for (int i = PVM_BLOB_RAW; i <= PVM_BLOB_JAM; i++) {
        if (strcmp(pvm_blob_format_name((enum pvm_blob_format)i), name) == 0)
            *format = i;
    }
    return *format >= 0;
}

static enum pvm_status keep_data(struct pvm_module *module, const struct pvm_standard *parts,
                                 struct pvm_err *err)
{
    struct pvm_bytes ro = parts->ro, rw = parts->rw;
    module->standard = *parts;
    module->standard.code = pvm_bytes(NULL, 0);
    module->data = pvm_alloc_get(module->alloc, ro.len + rw.len);
    if (module->data == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "out of memory for %zu octets of data",
                        ro.len + rw.len);
    if (ro.len != 0)
        memcpy(module->data, ro.ptr, ro.len);
    if (rw.len != 0)
        memcpy(module->data + ro.len, rw.ptr, rw.len);
    module->standard.ro = pvm_bytes(module->data, ro.len);
    module->standard.rw = pvm_bytes(module->data + ro.len, rw.len);
    return PVM_OK;
}

static enum pvm_status fill(struct pvm_module *module, struct pvm_bytes octets, int format,
                            const struct pvm_rules *rules, enum pvm_layout layout,
                            struct pvm_err *err)
{
    struct pvm_blob blob;
    PVM_TRY(pvm_blob_decode(octets, format, &blob, err));
    module->format = blob.format;
    if (blob.format != PVM_BLOB_RAW)
        PVM_TRY(keep_data(module, &blob.standard, err));
    return pvm_program_new_in(rules, layout, module->alloc, blob.program, &module->program, err);
}

enum pvm_status pvm_module_new(const void *blob, size_t blob_len,
                               const struct pvm_module_options *options, struct pvm_module **out,
                               struct pvm_err *err)
{
    struct pvm_module_options o;
    int format;
    pvm_err_clear(err);
    enum { FIRST_SIZE = offsetof(struct pvm_module_options, window) };
    PVM_TRY(pvm_options_copy(options, FIRST_SIZE, sizeof o, &o, err));
    const struct pvm_rules *rules = pvm_rules_find(o.gp);
    if (rules == NULL)
        return pvm_fail(err, PVM_E_USAGE, "GP version \"%.40s\" is not known", o.gp);
    if (!format_of(o.format, &format))
        return pvm_fail(err, PVM_E_USAGE, "format \"%.40s\" is none of raw, standard, jam",
                        o.format);
    struct pvm_module *module = pvm_alloc_zero(o.alloc, 1, sizeof *module);
    if (module == NULL)
        return pvm_fail(err, PVM_E_MEMORY, "out of memory for a module");
    module->refs = 1;
    if (o.alloc != NULL) {
        module->own_alloc = *o.alloc;
        module->alloc = &module->own_alloc;
    }
    enum pvm_layout layout = o.window != 0 ? PVM_LAYOUT_WINDOW : PVM_LAYOUT_PAGES;
    enum pvm_status status =
        fill(module, pvm_bytes(blob, blob_len), format, rules, layout, err);
    if (status != PVM_OK) {
        pvm_module_free(module);
        return status;
    }
    *out = module;
    return PVM_OK;
}

struct pvm_module *pvm_module_ref(struct pvm_module *module)
{
    module->refs++;
    return module;
}

void pvm_module_free(struct pvm_module *module)
{
    if (module == NULL || --module->refs != 0)
        return;
    pvm_program_free(module->program);
    pvm_alloc_free(module->alloc, module->data);
    struct pvm_alloc own = module->own_alloc;
    pvm_alloc_free(module->alloc != NULL ? &own : NULL, module);
}

const char *pvm_module_format(const struct pvm_module *module)
{
    return pvm_blob_format_name(module->format);
}

size_t pvm_instruction_text(const struct pvm_module *module, uint64_t pc, char *text,
                            size_t text_size)
{
    static const struct pvm_disasm_options plain;
    struct pvm_buf buf = {.alloc = module->alloc};
    pvm_disasm_insn(module->program, pc, &plain, &buf);
    size_t len = buf.failed ? 0 : buf.len;
    if (text_size != 0) {
        size_t kept = len < text_size ? len : text_size - 1;
        if (kept != 0)
            memcpy(text, buf.ptr, kept);
        text[kept] = '\0';
    }
    pvm_buf_deinit(&buf);
    return len;
}
