#ifndef GPCONF_ENGINE_UPDATE_CHOOSING_H
#define GPCONF_ENGINE_UPDATE_CHOOSING_H

#include <stdbool.h>

#include "engine/update/choose.h"

/*
 * What the files of choosing share: one choice under way. Not for others.
 */
struct choosing {
    const struct choose_request *request;
    const struct catalogue *catalogue;
    const char *file; /* as diagnostics call it */
    struct arena *arena;
    struct diagnostics *diagnostics;
    const void *bytes; /* the file, edited as far as that is done */
    size_t size;
    const char *subject;      /* of a policy: what the file calls it */
    struct statements before; /* what the file said */
    bool *goes;               /* of each: it is taken out */
    struct statements wanted; /* what is to be said */
    struct chosen *ret;
};

/* Read the request's words: fill in wanted and goes. */
int choosing_set(struct choosing *c);
int choosing_unset(struct choosing *c);

/* Is a statement of the file about the setting, or the policy and half, asked for? */
bool choosing_is_about(const struct choosing *c, const struct statement *s);

/* Add an error that ends with ", nothing was written". Returns the status. */
int choosing_refuse(struct choosing *c, int status, const char *code,
                    const char *format, ...) __attribute__((format(printf, 4, 5)));

bool choosing_add(struct choosing *c, struct statements *to,
                  const struct statement *statement);

#endif
