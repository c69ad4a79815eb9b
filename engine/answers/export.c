#include "engine/answers/export.h"

#include <string.h>

#include "base/limits.h"
#include "base/status.h"
#include "engine/answers/result.h"
#include "engine/answers/tree.h"
#include "policies/pol.h"
#include "policies/reg.h"

/* Leave out what must not be shown, and what a policy file cannot say. */
static void choose(const struct operations *effective, enum gpconf_format format,
                   struct arena *arena, struct diagnostics *to, struct operations *ret)
{
    for (size_t i = 0; i < effective->n; i++) {
        const struct operation *operation = &effective->items[i];
        bool of_value = operation->name != NULL;
        bool hidden = result_hides(operation);
        if (!hidden && (format != GPCONF_FORMAT_POL || pol_can_say(operation))) {
            operations_add(ret, arena, operation);
            continue;
        }
        diagnostics_add(to, SEVERITY_WARNING,
                        hidden ? "export-hidden" : "pol-cannot-say", operation->origin,
                        "%s '%s' of '%s%s%s', leaving it out",
                        hidden ? "not everybody may see" : "a policy file cannot say",
                        op_name(operation->op), operation->key, of_value ? "\\" : "",
                        of_value ? operation->name : "");
    }
}

/* Does reading the file give what it was written from? */
static int read_back(const struct buffer *file, struct arena *arena,
                     struct diagnostics *diagnostics)
{
    struct pol pol;
    struct buffer again;
    int status = pol_parse(file->data, file->size, NULL, arena, NULL, &pol);
    buffer_init(&again, LIMIT_POL_FILE);
    if (!status)
        status = pol_format(&pol, &again);
    if (!status &&
        (again.size != file->size || memcmp(again.data, file->data, file->size) != 0))
        status = GPCONF_EINTERNAL;
    buffer_done(&again);
    if (status && status != GPCONF_ENOMEM)
        diagnostics_add(diagnostics, SEVERITY_ERROR, "export-unreadable",
                        origin_file(NULL),
                        "the policy file would not be read as it was written (it %s), "
                        "exporting nothing",
                        gpconf_status_text(status));
    return status;
}

static int write_file(const struct operations *operations, enum gpconf_format format,
                      enum gpconf_class class_, struct arena *arena,
                      struct diagnostics *diagnostics, struct buffer *to,
                      size_t *ret_lost)
{
    if (format == GPCONF_FORMAT_REG)
        return reg_format(operations,
                          class_ == GPCONF_CLASS_MACHINE ? REG_LOCAL_MACHINE
                                                         : REG_CURRENT_USER,
                          arena, diagnostics, to, ret_lost);
    struct pol pol;
    *ret_lost = 0;
    int status = pol_from_operations(operations, arena, &pol, NULL);
    if (!status)
        status = pol_format(&pol, to);
    return status ? status : read_back(to, arena, diagnostics);
}

int export_answer(const struct evaluation *e, enum gpconf_format format,
                  enum gpconf_class class_, void **ret_bytes, size_t *ret_size,
                  struct gpconf_answer **ret)
{
    if ((format != GPCONF_FORMAT_REG && format != GPCONF_FORMAT_POL) ||
        (class_ != GPCONF_CLASS_MACHINE && class_ != GPCONF_CLASS_USER))
        return GPCONF_EINVAL;
    struct gpconf_answer *a = answer_new("export", e->now);
    if (!a)
        return GPCONF_ENOMEM;
    bool user = class_ == GPCONF_CLASS_USER;
    const struct operations *effective = &e->effective[user ? RSOP_USER : RSOP_MACHINE];
    const struct operations *other = &e->effective[user ? RSOP_MACHINE : RSOP_USER];
    diagnostics_append(&a->diagnostics, &e->diagnostics);

    struct arena scratch;
    struct diagnostics
        found; /* names files of the evaluation, which the answer outlives */
    struct buffer file;
    struct operations chosen = { 0 };
    size_t lost = 0;
    arena_init(&scratch, LIMIT_ARENA);
    diagnostics_init(&found, &scratch);
    buffer_init(&file, format == GPCONF_FORMAT_REG ? LIMIT_REG_FILE : LIMIT_POL_FILE);
    choose(effective, format, &scratch, &found, &chosen);
    int status = arena_failed(&scratch) ? GPCONF_ENOMEM
                                        : write_file(&chosen, format, class_, &scratch,
                                                     &found, &file, &lost);
    lost += effective->n - chosen.n;
    diagnostics_append(&a->diagnostics, &found);
    arena_done(&scratch);
    answer_text(a, a->data, "format", format == GPCONF_FORMAT_REG ? "reg" : "pol");
    answer_text(a, a->data, "class", user ? "user" : "machine");
    answer_number(a, a->data, "operations", (int64_t)effective->n);
    answer_number(a, a->data, "left_out", (int64_t)lost);
    answer_number(a, a->data, "other_class", (int64_t)other->n);
    int answered = answer_finish(a, ret);
    if (answered)
        status = answered;
    if (status) {
        buffer_done(&file);
        return status;
    }
    *ret_bytes = file.data;
    *ret_size = file.size;
    return 0;
}
