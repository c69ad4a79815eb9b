#include "engine/change/keep.h"

#include <string.h>

#include "base/status.h"

/* Whoever cannot read the input cannot read the copy. Not 0: that is no wish. */
static uint32_t mode_of_copy(const struct file *input)
{
    uint32_t mode = input->mode & 0755;
    return mode ? mode : 0400;
}

int keep_last_good(const struct input *input, struct change *change,
                   struct arena *arena)
{
    const struct file *now = &input->file, *kept = &input->last_good;
    if (input->status || !now->bytes)
        return 0;
    const char *path = snapshot_last_good_path(input, arena);
    if (!path || (kept->bytes && kept->size == now->size &&
                  memcmp(kept->bytes, now->bytes, now->size) == 0 &&
                  (kept->mode & 07777) == mode_of_copy(now)))
        return arena_failed(arena) ? GPCONF_ENOMEM : 0;
    struct step *step = change_add(change, arena, STEP_FILE);
    if (!step)
        return GPCONF_ENOMEM;
    step->target = path;
    step->owner = "gpconf";
    step->after = now->bytes;
    step->after_size = now->size;
    step->mode = mode_of_copy(now);
    return 0;
}
