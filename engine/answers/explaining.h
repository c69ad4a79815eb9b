#ifndef GPCONF_ENGINE_ANSWERS_EXPLAINING_H
#define GPCONF_ENGINE_ANSWERS_EXPLAINING_H

#include "base/syntax/ini.h"
#include "engine/answers/explain.h"
#include "engine/update/settings.h"

/*
 * What the files of explaining share: one answer under way. Not for others.
 */
struct explaining {
    struct gpconf_answer *a;
    const struct evaluation *e;
    struct explain_plan plan;
    struct gpconf_node *chain; /* made by explaining_chain() */
    bool *told[2];             /* of each contribution of a half: is it in the chain? */
    bool about[SETTING_COUNT]; /* settings whose claims are wanted */
    struct gpconf_node *written; /* NULL: add what about[] asks for at the end */
};

/* --- The chain (explain_chain.c) ------------------------------------------------ */

/* data.chain, empty; what comes before it in the answer is added before. */
void explaining_chain(struct explaining *x);

/* Everything that was said in one half about a value, the strongest first; about all of
 * a key's values, for name NULL. What is in the chain already is not added again. */
void explaining_add(struct explaining *x, enum rsop_half half, const char *key,
                    const char *name);

/* The values of a setting; its claims are wanted. */
void explaining_add_setting(struct explaining *x, int index);

/* The values that a policy can write, and the settings that they are. Returns 0 or
 * GPCONF_ENOMEM. */
int explaining_add_policy(struct explaining *x, const struct cat_policy *policy);

/* In words, why a contribution does not count; NULL: it is in effect. */
const char *explaining_reason(const struct rsop *rsop, const struct contribution *c);

/* Add to the answer what a setting is now: value, unit, state, why. */
void explaining_state(struct explaining *x, int index);

/* --- Claims (explain_written.c) ------------------------------------------------- */

/* Add a claim to x->written, with its "file" and whether it is applied. */
void explaining_claim(struct explaining *x, const struct step *step,
                      const struct claim *claim);

/* data.written[]: all claims of the settings asked for. Nothing when it is not known
 * what a client should be told. */
void explaining_written(struct explaining *x);

/* Is this step the file on the disk? Adds "applied", and "drifted" when what lies there
 * is not what we wrote. Adds nothing when nobody knows. */
void explaining_applied(struct explaining *x, struct gpconf_node *to,
                        const struct step *step);

/* --- Meanings of WHAT: 0, GPCONF_ENOTFOUND (nothing was added), or as
 * explain_answer() ------------------------------------------------------------- */

int explaining_line(struct explaining *x, const char *what);   /* explain_line.c */
int explaining_option(struct explaining *x, const char *what); /* explain_written.c */

/* Is the origin this line of this file, as it is shown to a person? */
bool explaining_is_at(const struct origin *origin, const char *file, uint32_t line);

/* The entry in a line of an INI file, its key NULL for the header of a section. Else
 * means gets a sentence why the line says nothing. */
bool explaining_entry(struct explaining *x, const struct input *input, uint32_t line,
                      struct gpconf_node *means, struct ini_entry *ret);

/* data.means[]: sentences, what a line of limits.ini (explain_limits.c) or links.ini
 * (explain_links.c) says and what comes of it. */
void explaining_limits(struct explaining *x, const struct input *input, uint32_t line);
void explaining_links(struct explaining *x, const struct input *input, uint32_t line);

/* FILE:LINE that is none of ours: say so, adding data.file. Always
 * GPCONF_ENOTFOUND. */
int explaining_foreign(struct explaining *x, const char *what);

/* The client option that a misspelt one is nearest to; NULL. */
const char *explaining_nearest_option(const struct explaining *x, const char *what);

#endif
