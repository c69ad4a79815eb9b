#include "engine/answers/evaluation.h"

int evaluation_merge(struct evaluation *e, enum rsop_half half)
{
    int status = rsop_merge(&e->order, half, &e->arena, &e->rsop[half]);
    if (status)
        return status;
    rsop_operations(&e->rsop[half], &e->arena, &e->effective[half]);
    return state_view_build(&e->effective[half], &e->arena, &e->view[half]);
}

bool evaluation_is_complete(const struct evaluation *e)
{
    const struct store *store = &e->store;
    if (store->local_state == INPUT_DAMAGED || store->links_state == INPUT_DAMAGED)
        return false;
    for (size_t i = 0; i < store->n_gpos; i++)
        if (store->gpos[i].machine.state == INPUT_DAMAGED ||
            store->gpos[i].user.state == INPUT_DAMAGED)
            return false;
    return true;
}
