/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the table of an extension can be one, before anything in it is used. */
#include "host/extension.h"

enum { NAME_MAX_LEN = 40 };

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char lower[] = "abcdefghijklmnopqrstuvwxyz";

/* A first character out of first, then others that may be digits or extra too. */
static bool is_name(const char *name, const char *first, char extra)
{
    size_t len = 0;
    if (name == NULL || name[0] == '\0' || strchr(first, name[0]) == NULL)
        return false;
    while (len <= NAME_MAX_LEN && name[len] != '\0' &&
           (strchr(first, name[len]) != NULL || (name[len] >= '0' && name[len] <= '9') ||
            name[len] == extra))
        len++;
    return len <= NAME_MAX_LEN && name[len] == '\0';
}

/* What is checked, for messages. */
struct place {
    const struct jam_extension *extension;
    const struct jam_extension_call *call;
    struct pvm_err *err;
};

static enum pvm_status wrong(const struct place *place, const char *what)
{
    return pvm_fail(place->err, PVM_E_MALFORMED, "extension %.64s: call %.64s: %s",
                    place->extension->name, place->call->name, what);
}

static enum pvm_status check_price(const struct place *place, const struct jam_price *price)
{
    for (size_t i = 0; i < JAM_PRICE_TERMS; i++)
        if (price->terms[i].rate != 0 && price->terms[i].reg >= PVM_REG_COUNT)
            return wrong(place, "its price names a register that there is not");
    return PVM_OK;
}

static enum pvm_status check_cell(const struct place *place, const struct jam_extension_cell *cell)
{
    if (cell->number < -1 || cell->number >= JAM_EXTENSION_NUMBERS)
        return pvm_fail(place->err, PVM_E_MALFORMED,
                        "extension %.64s: call %.64s: number %d, expected one below %d",
                        place->extension->name, place->call->name, (int)cell->number,
                        JAM_EXTENSION_NUMBERS);
    if ((cell->invocations & ~JAM_EVERYWHERE) != 0 ||
        (cell->number < 0) != (cell->invocations == 0))
        return pvm_fail(place->err, PVM_E_MALFORMED,
                        "extension %.64s: call %.64s: invocations 0x%x, expected some of 0x%x, and "
                        "0 only without a number",
                        place->extension->name, place->call->name, (unsigned)cell->invocations,
                        (unsigned)JAM_EVERYWHERE);
    return check_price(place, &cell->price);
}

static enum pvm_status check_cells(const struct place *place)
{
    const struct jam_extension_call *call = place->call;
    if (call->replaces != NULL) {
        if (jam_call_by_name(call->replaces, strlen(call->replaces)) == JAM_CALL_COUNT)
            return pvm_fail(place->err, PVM_E_MALFORMED,
                            "extension %.64s: call %.64s: replaces \"%.64s\", no call of the GP",
                            place->extension->name, call->name, call->replaces);
        return call->cell_count == 0 ? PVM_OK : wrong(place, "has cells, and replaces another");
    }
    if (call->cell_count == 0 || call->cells == NULL)
        return wrong(place, "has no number");
    if (call->cell_count > JAM_EXTENSION_CELLS)
        return pvm_fail(place->err, PVM_E_MALFORMED,
                        "extension %.64s: call %.64s: %zu cells, at most %d are possible",
                        place->extension->name, call->name, call->cell_count, JAM_EXTENSION_CELLS);
    for (size_t i = 0; i < call->cell_count; i++) {
        if (i != 0 && call->cells[i].since <= call->cells[i - 1].since)
            return wrong(place, "its cells are not ascending");
        PVM_TRY(check_cell(place, &call->cells[i]));
    }
    return PVM_OK;
}

static enum pvm_status check_access(const struct place *place)
{
    const struct jam_extension_call *call = place->call;
    if ((call->reads & ~JAM_REGS(0, PVM_REG_COUNT - 1)) != 0)
        return wrong(place, "reads registers that there are not");
    if ((call->writes & ~JAM_REGS(7, PVM_REG_COUNT - 1)) != 0)
        return wrong(place, "writes registers besides r7 to r12");
    for (size_t i = 0; i < JAM_EXTENSION_RANGES && call->memory[i].access != 0; i++) {
        const struct jam_extension_range *range = &call->memory[i];
        if (range->access != PVM_READ && range->access != PVM_WRITE)
            return wrong(place, "a range is neither read nor written");
        if (range->address >= PVM_REG_COUNT || range->length >= PVM_REG_COUNT)
            return wrong(place, "a range names a register that there is not");
    }
    return PVM_OK;
}

static enum pvm_status check_call(const struct jam_extension *extension, size_t index,
                                  struct pvm_err *err)
{
    const struct jam_extension_call *call = &extension->calls[index];
    const struct place place = {extension, call, err};
    if (!is_name(call->name, letters, '_'))
        return pvm_fail(err, PVM_E_MALFORMED,
                        "extension %.64s: call %zu: \"%.64s\" is no name: a letter, then letters, "
                        "digits and _",
                        extension->name, index, call->name != NULL ? call->name : "");
    for (size_t i = 0; i < index; i++)
        if (strcmp(extension->calls[i].name, call->name) == 0)
            return wrong(&place, "there are two of this name");
    if (call->handler == NULL)
        return wrong(&place, "has no handler");
    PVM_TRY(check_cells(&place));
    return check_access(&place);
}

/* Calls of one extension in versions that both are in. */
static enum pvm_status check_numbers(const struct jam_extension *extension, struct pvm_err *err)
{
    for (size_t v = 0; jam_profile_at(v) != NULL; v++) {
        uint32_t version = jam_profile_at(v)->version;
        for (size_t i = 0; i < extension->call_count; i++) {
            const struct jam_extension_cell *cell = jam_call_cell(&extension->calls[i], version);
            for (size_t k = 0; k < i && cell != NULL; k++) {
                const struct jam_extension_cell *other =
                    jam_call_cell(&extension->calls[k], version);
                if (other != NULL && other->number == cell->number)
                    return pvm_fail(err, PVM_E_MALFORMED,
                                    "extension %.64s: call %.64s: number %d is that of %.64s, too",
                                    extension->name, extension->calls[i].name, (int)cell->number,
                                    extension->calls[k].name);
            }
        }
    }
    return PVM_OK;
}

static enum pvm_status check_setting(const struct jam_extension *extension, size_t index,
                                     struct pvm_err *err)
{
    const struct jam_extension_setting *setting = &extension->settings[index];
    if (!is_name(setting->name, lower, '-') || setting->help == NULL)
        return pvm_fail(err, PVM_E_MALFORMED,
                        "extension %.64s: setting %zu: \"%.64s\" has no help or is no name: a "
                        "lower case letter, then those, digits and -",
                        extension->name, index, setting->name != NULL ? setting->name : "");
    for (size_t i = 0; i < index; i++)
        if (strcmp(extension->settings[i].name, setting->name) == 0)
            return pvm_fail(err, PVM_E_MALFORMED, "extension %.64s: there are two settings %.64s",
                            extension->name, setting->name);
    bool flag = setting->kind == JAM_SETTING_FLAG;
    if ((!flag && setting->kind != JAM_SETTING_TEXT && setting->kind != JAM_SETTING_PATH) ||
        flag != (setting->argument == NULL))
        return pvm_fail(err, PVM_E_MALFORMED,
                        "extension %.64s: setting %.64s: only a flag has no argument",
                        extension->name, setting->name);
    return PVM_OK;
}

enum pvm_status jam_extension_check(const struct jam_extension *extension, struct pvm_err *err)
{
    if (extension == NULL)
        return pvm_fail(err, PVM_E_USAGE, "an extension without table");
    if (extension->abi_version != JAM_EXTENSION_ABI_VERSION)
        return pvm_fail(err, PVM_E_MALFORMED, "extension of ABI version %u, this is version %d",
                        (unsigned)extension->abi_version, JAM_EXTENSION_ABI_VERSION);
    if (extension->size != sizeof *extension)
        return pvm_fail(err, PVM_E_MALFORMED, "extension table of %zu octets, expected %zu",
                        extension->size, sizeof *extension);
    if (!is_name(extension->name, lower, '-'))
        return pvm_fail(err, PVM_E_MALFORMED,
                        "extension \"%.64s\": no name: a lower case letter, then those, digits and "
                        "-",
                        extension->name != NULL ? extension->name : "");
    if ((extension->calls == NULL && extension->call_count != 0) ||
        (extension->settings == NULL && extension->setting_count != 0))
        return pvm_fail(err, PVM_E_MALFORMED,
                        "extension %.64s: no list of calls or settings where some are counted",
                        extension->name);
    if (extension->call_count > JAM_EXTENSION_CALLS ||
        extension->setting_count > JAM_EXTENSION_SETTINGS)
        return pvm_fail(err, PVM_E_MALFORMED,
                        "extension %.64s: %zu calls and %zu settings, at most %d and %d are "
                        "possible",
                        extension->name, extension->call_count, extension->setting_count,
                        JAM_EXTENSION_CALLS, JAM_EXTENSION_SETTINGS);
    for (size_t i = 0; i < extension->call_count; i++)
        PVM_TRY(check_call(extension, i, err));
    for (size_t i = 0; i < extension->setting_count; i++)
        PVM_TRY(check_setting(extension, i, err));
    return check_numbers(extension, err);
}
