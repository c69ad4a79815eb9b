#ifndef GPCONF_ENGINE_ANSWERS_EXPLAIN_H
#define GPCONF_ENGINE_ANSWERS_EXPLAIN_H

#include "engine/answers/evaluation.h"
#include "engine/answers/tree.h"
#include "engine/change/history.h"

/*
 * Why: the chain of contributions to what somebody asks about, the one in effect first,
 * then those that lost to it, each with the reason; and the lines of the update clients
 * that come of it. The first meaning that a text has is the one:
 *
 *    ABOUT     WHAT                          SHOWN BEFORE THE CHAIN
 *    setting   update.mode                   setting, value, state
 *    policy    AutoUpdateCfg, NS:Name        policy, as policy_show() does
 *    line      99-gpconf.conf:7              file, line, owner: what we claim there
 *              local.ini:3                   file, line, says[]: whether that counts
 *    option    Unattended-Upgrade::Mail      option: what we claim there
 *    value     KEY\NAME                      state
 *
 * data.complete is false when something that may configure it could not be read.
 * data.about says which it is. data.chain[] is always there; data.written[] where it is
 * known what a client should be told. A line of a client's file is that of the file as it
 * should be: "applied" says whether the file on the disk is that one, whose text is
 * never shown.
 */

/* What a client should be told. */
struct explain_plan {
    const struct change *wanted;   /* rendered; NULL: that could not be worked out */
    const struct history *history; /* that wanted was planned against; NULL: it was not,
                                      so nobody knows what is applied */
    const struct diagnostics *diagnostics; /* why not, or why the evaluation is not
                                              complete; NULL */
};

/* Returns 0; GPCONF_ERANGE with data.candidates[]; GPCONF_ENOTFOUND with
 * data.suggestions[], data.file when a file was named that is not ours, and
 * data.incomplete when nobody knows what is ours; or GPCONF_ENOMEM. */
int explain_answer(const struct evaluation *evaluation, const struct explain_plan *plan,
                   const char *what, struct gpconf_answer **ret);

#endif
