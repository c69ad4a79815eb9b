#include "engine/answers/evaluation.h"

int evaluation_merge(struct evaluation *e, enum rsop_half half)
{
    return rsop_merge(&e->order, half, &e->arena, &e->rsop[half]);
}

int evaluation_finish(struct evaluation *e)
{
    int status = evaluation_merge(e, RSOP_USER);
    for (int half = RSOP_MACHINE; !status && half <= RSOP_USER; half++) {
        rsop_operations(&e->rsop[half], &e->arena, &e->effective[half]);
        status = state_view_build(&e->effective[half], &e->arena, &e->view[half]);
    }
    return status;
}

bool evaluation_is_complete(const struct evaluation *e)
{
    return !store_is_damaged(&e->store);
}
