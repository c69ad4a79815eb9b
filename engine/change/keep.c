#include "engine/change/keep.h"

#include <string.h>

#include "base/status.h"

int keep_last_good(const struct input *input, struct change *change,
                   struct arena *arena)
{
    const struct file *now = &input->file, *kept = &input->last_good;
    if (input->status || !now->bytes)
        return 0;
    const char *path = snapshot_last_good_path(input, arena);
    if (!path || (kept->bytes && kept->size == now->size &&
                  memcmp(kept->bytes, now->bytes, now->size) == 0))
        return arena_failed(arena) ? GPCONF_ENOMEM : 0;
    struct step *step = change_add(change, arena, STEP_FILE);
    if (!step)
        return GPCONF_ENOMEM;
    step->target = path;
    step->owner = "gpconf";
    step->after = now->bytes;
    step->after_size = now->size;
    step->mode = now->mode & 0755; /* whoever could not read it cannot read the copy */
    return 0;
}
