#include "engine/change/standing.h"

#include <string.h>

/* Did the undo leave alone what lies at the target, or anywhere (NULL)? */
static bool left(const struct change *undo, const char *target)
{
    for (size_t i = 0; i < undo->n_drifts; i++)
        if (!undo->drifts[i].aside &&
            (!target || strcmp(undo->drifts[i].target, target) == 0))
            return true;
    return false;
}

/* Newest first: whoever took a change back may itself have been taken back. Of several
 * that took it back the newest decides. */
void standing_find(struct history *history)
{
    for (size_t i = history->n; i-- > 0;) {
        struct change *change = &history->changes[i];
        change->state = change->keep_by ? CHANGE_PROVISIONAL : CHANGE_KEPT;
        change->undone_by = 0;
        for (size_t j = i + 1; j < history->n; j++) {
            const struct change *later = &history->changes[j];
            if (later->state == CHANGE_REVERTED)
                continue;
            if (later->keeps == change->number && change->state == CHANGE_PROVISIONAL)
                change->state = CHANGE_KEPT;
            if (later->undoes != change->number)
                continue;
            change->state = left(later, NULL) || later->state == CHANGE_PARTLY
                                ? CHANGE_PARTLY
                                : CHANGE_REVERTED;
            change->undone_by = later->number;
        }
    }
}

/* Does what the change did at the target still stand? */
static bool stands_at(const struct history *history, const struct change *change,
                      const char *target)
{
    if (!change_find(change, target) || change->state == CHANGE_REVERTED)
        return false;
    const struct change *undo =
        change->undone_by ? history_find(history, change->undone_by) : NULL;
    return !undo || left(undo, target);
}

const struct change *standing_builder(const struct history *history,
                                      const struct change *change, const char *target)
{
    for (size_t i = history->n;
         i-- > 0 && history->changes[i].number > change->number;) {
        const struct change *later = &history->changes[i];
        /* Who took back what came later brought this change's own work back. */
        if ((!later->undoes || later->undoes < change->number) &&
            stands_at(history, later, target))
            return later;
    }
    return NULL;
}

bool standing_is_past(const struct history *history, const struct change *change,
                      const char *target)
{
    const struct change *undo =
        change->undone_by ? history_find(history, change->undone_by) : NULL;
    const struct change *builder = standing_builder(history, change, target);
    return undo && builder && change_find(undo, target) &&
           builder->number > undo->number;
}
