#include "engine/answers/evaluation.h"

int evaluation_merge(struct evaluation *e, enum rsop_half half)
{
    int status = rsop_merge(&e->order, half, &e->arena, &e->rsop[half]);
    if (status)
        return status;
    rsop_operations(&e->rsop[half], &e->arena, &e->effective[half]);
    return state_view_build(&e->effective[half], &e->arena, &e->view[half]);
}
