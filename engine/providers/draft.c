#include "engine/providers/draft.h"

#include "engine/change/label.h"
#include "engine/update/settings.h"

enum { DRAFT_MAX = 4 << 20 }; /* bytes; 1,000 exclusions of 255 characters fit */

void draft_init(struct draft *draft, const struct update_config *config,
                struct arena *arena)
{
    *draft = (struct draft){ .arena = arena, .config = config, .line = 1 };
    buffer_init(&draft->text, DRAFT_MAX);
}

void draft_line(struct draft *draft, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *line = arena_format_v(draft->arena, format, arguments);
    va_end(arguments);
    if (!line)
        return;
    buffer_string(&draft->text, line);
    buffer_char(&draft->text, '\n');
    draft->line++;
}

static void add(struct draft *draft, const struct claim *claim)
{
    struct claim *claims = arena_grow(draft->arena, draft->claims, draft->n_claims,
                                      sizeof *claims, &draft->capacity);
    if (!claims)
        return;
    draft->claims = claims;
    claims[draft->n_claims++] = *claim;
}

static const char *id(int setting)
{
    return setting == NO_SETTING ? NULL : settings[setting].id;
}

void draft_claim(struct draft *draft, const char *key, const char *value, int setting,
                 enum fidelity fidelity, const char *why)
{
    struct claim claim = { .key = arena_string(draft->arena, key),
                           .value = arena_string(draft->arena, value),
                           .line = draft->line,
                           .setting = id(setting),
                           .fidelity = fidelity,
                           .sensitive = setting != NO_SETTING &&
                                        (settings[setting].is_sensitive ||
                                         draft->config->decisions[setting].is_private),
                           .why = why };
    add(draft, &claim);
}

void draft_unsupported(struct draft *draft, int setting, const char *why)
{
    struct claim claim = { .key = id(setting),
                           .setting = id(setting),
                           .fidelity = FIDELITY_UNSUPPORTED,
                           .why = why };
    add(draft, &claim);
}

void draft_give(struct draft *from, struct draft *to)
{
    if (from->line > 1)
        return;
    for (size_t i = 0; i < from->n_claims; i++)
        add(to, &from->claims[i]);
    from->n_claims = 0;
}

void draft_finish(struct draft *draft, const char *target, const char *owner,
                  const char *leader, uint32_t mode, enum gate gate,
                  struct change *plan)
{
    if (buffer_failed(&draft->text))
        draft->arena->failed = true; /* the change would be smaller than it should */
    if (draft->line > 1 && !arena_failed(draft->arena)) {
        struct step *step = change_add(plan, draft->arena, STEP_FILE);
        if (step) {
            step->gate = gate;
            step->target = arena_string(draft->arena, target);
            step->owner = owner;
            step->after = label_add(leader, draft->text.data, draft->text.size,
                                    draft->arena, &step->after_size);
            step->mode = mode;
            step->claims = draft->claims;
            step->n_claims = draft->n_claims;
        }
    }
    buffer_done(&draft->text);
}
