#ifndef GPCONF_ENGINE_ANSWERS_EVALUATION_H
#define GPCONF_ENGINE_ANSWERS_EVALUATION_H

#include "admx/catalogue.h"
#include "engine/facts/facts.h"
#include "engine/rsop/rsop.h"
#include "engine/state/state.h"
#include "engine/update/config.h"
#include "policies/snapshot.h"
#include "policies/store.h"

/*
 * An evaluation: what the stations made of one snapshot, side by side. Every answer is
 * made from it and from nothing else. The session fills it in, it is immutable then,
 * and it holds its catalogue.
 */
struct evaluation {
    struct arena arena; /* owns all below but the catalogue */
    struct diagnostics diagnostics;
    struct catalogue *catalogue; /* a reference */
    bool is_whole;               /* else a plan is all it is good for: see below */
    struct snapshot snapshot;
    struct store store;
    struct order order;
    struct rsop rsop[2];            /* by enum rsop_half; the user's of a whole one */
    struct operations effective[2]; /* of a whole one: what is in effect, in applicable
                                       order */
    struct state_view *view[2];     /* of effective */
    struct facts facts;
    struct update_config config; /* what the machine's half comes to */
    const char *root;
    int64_t now; /* seconds since the epoch */
};

/* The code of the diagnostic that tells where templates were looked for in vain. */
#define EVALUATION_NO_TEMPLATES "templates-none"
#define EVALUATION_NO_LANGUAGE "template-no-language"

/* Stations: merge one half of e->order; and of a whole evaluation merge the user's half,
 * behind the machine's, and index what is in effect in both. A plan needs neither, nor
 * the texts of the catalogue. Return 0 or GPCONF_ENOMEM. */
int evaluation_merge(struct evaluation *evaluation, enum rsop_half half);
int evaluation_finish(struct evaluation *evaluation);

/* Could all be read that may configure something? Else what is not configured is not, as
 * far as anybody knows. A last good copy that is used counts as read. */
bool evaluation_is_complete(const struct evaluation *evaluation);

#endif
