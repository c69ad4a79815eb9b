#ifndef GPCONF_ENGINE_UPDATE_RULES_H
#define GPCONF_ENGINE_UPDATE_RULES_H

#include "engine/update/config.h"

/*
 * Dependency rules: settings that have no effect because of another one. The numbers 1
 * to 16 are those of the rules that Windows' own help texts state (the ones about
 * values that no Linux client knows are left out); from 17 on they are ours. A rule
 * idles a setting: its decision stays, with the number and the reason, and it no longer
 * counts. Earlier rules see fewer idle settings than later ones, so their order
 * matters.
 *
 * A rule idles only for the sake of what a client can be told. Windows lets a deadline
 * replace the schedule (its rule 11); no client here can follow a deadline, so that one
 * is not applied.
 */
#define RULES_IDLE "update-idle" /* the code of what is told */

struct rule {
    uint16_t number;
    bool is_told;     /* whenever it idles something */
    const char *text; /* why, to follow "has no effect: "; without a full stop */
};

/* The rule with a number; NULL when there is none. */
const struct rule *rules_find(uint16_t number);

/* Idle a setting, if it is configured and not idle yet. */
void rules_idle(struct update_config *config, enum setting_index setting,
                uint16_t number);

/* Apply every rule, and tell what they idle. */
void rules_apply(struct update_config *config, struct diagnostics *diagnostics);

/* Tell which settings each rule idles, in one diagnostic a rule: by the rules that are
 * told; with only, by any rule, those that are marked in it. A NULL list is fine. */
void rules_tell(const struct update_config *config, const bool *only,
                struct diagnostics *diagnostics);

#endif
