#include "engine/providers/providers.h"

#include <string.h>

#include "engine/providers/apt/apt.h"

const struct provider *const providers[] = { &apt_provider, NULL };

const struct provider *providers_find(const char *name)
{
    for (size_t i = 0; name && providers[i]; i++)
        if (strcmp(providers[i]->name, name) == 0)
            return providers[i];
    return NULL;
}
