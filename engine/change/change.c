#include "engine/change/change.h"

#include <string.h>

struct step *change_add(struct change *change, struct arena *arena, enum step_kind kind)
{
    struct step *steps = arena_grow(arena, change->steps, change->n_steps,
                                    sizeof *steps, &change->capacity);
    if (!steps)
        return NULL;
    change->steps = steps;
    steps[change->n_steps] = (struct step){ .kind = kind, .gate = GATE_NEUTRAL };
    return &steps[change->n_steps++];
}

bool change_drift(struct change *change, struct arena *arena, const char *target,
                  const char *aside)
{
    struct drift *drifts = arena_grow(arena, change->drifts, change->n_drifts,
                                      sizeof *drifts, &change->drifts_capacity);
    if (!drifts)
        return false;
    change->drifts = drifts;
    drifts[change->n_drifts++] = (struct drift){ target, aside };
    return true;
}

bool change_adopts(const struct step *step)
{
    return step->kind == STEP_FILE && step->action == STEP_KEEP &&
           step->is_unrecorded && *step->after_hash;
}

bool change_acts(const struct step *step)
{
    return step->kind != STEP_FILE || step->action != STEP_KEEP || change_adopts(step);
}

struct step *change_find(const struct change *change, const char *target)
{
    for (size_t i = 0; i < change->n_steps; i++)
        if (change->steps[i].kind == STEP_FILE &&
            strcmp(change->steps[i].target, target) == 0)
            return &change->steps[i];
    return NULL;
}
