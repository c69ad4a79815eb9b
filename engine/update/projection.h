#ifndef GPCONF_ENGINE_UPDATE_PROJECTION_H
#define GPCONF_ENGINE_UPDATE_PROJECTION_H

#include "engine/update/project.h"
#include "engine/update/settings.h"

/*
 * What the files of the projection share: one projection under way. Not for others.
 */
struct projection {
    const struct rsop *rsop;
    const struct catalogue *catalogue; /* NULL */
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct update_config *config;
};

/* Decide one setting: source, contribution, shadowed choice and field. */
void projection_setting(struct projection *p, enum setting_index index);

/* Write a number into the field of a setting. */
void projection_set_number(struct projection *p, enum setting_index index,
                           uint32_t number);

#endif
