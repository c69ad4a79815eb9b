#ifndef GPCONF_ENGINE_PROVIDERS_DRAFT_H
#define GPCONF_ENGINE_PROVIDERS_DRAFT_H

#include "base/buffer.h"
#include "engine/change/change.h"
#include "engine/update/config.h"

/*
 * A draft is one file of a client being written, line by line, with what each line
 * claims. It knows no syntax. Finished it is a step of a change, with our label as its
 * first line, so that the lines of the body count from 2.
 */
struct draft {
    struct arena *arena;
    const struct update_config *config; /* of the settings that lines are for */
    struct buffer text;
    struct claim *claims;
    size_t n_claims, capacity;
    uint32_t line; /* of the last line written */
};

/* A companion of another claim has no setting of its own. */
enum { NO_SETTING = -1 };

void draft_init(struct draft *draft, const struct update_config *config,
                struct arena *arena);

void draft_line(struct draft *draft, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Claim something for the last line; it is sensitive if its setting is, or if the
 * setting's value comes from a file that not everybody may read. key and value are copied; setting is a
 * setting_index or NO_SETTING; why is static text or the arena's. */
void draft_claim(struct draft *draft, const char *key, const char *value, int setting,
                 enum fidelity fidelity, const char *why);

/* A policy value that becomes no line, and why. */
void draft_unsupported(struct draft *draft, int setting, const char *why);

/* Let another draft claim what this one claims, when it has no line and so will be no
 * file. */
void draft_give(struct draft *from, struct draft *to);

/* Make it a step of a file with that mode, if a line was written; the draft is done then.
 * target is copied. */
void draft_finish(struct draft *draft, const char *target, const char *owner,
                  const char *leader, uint32_t mode, enum gate gate,
                  struct change *plan);

#endif
