#ifndef GPCONF_BASE_REGISTRY_OPERATION_H
#define GPCONF_BASE_REGISTRY_OPERATION_H

#include <stddef.h>

#include "base/diagnostic.h"
#include "base/registry/value.h"

/*
 * What a policy file says about the registry: not values but operations, because
 * "delete this" must beat a weaker "set this". The order of a list is the order in
 * which the operations take effect.
 *
 *    OPERATION   ON           MEANING
 *    SET         key, name    the value is this
 *    SOFTSET     key, name    the value is this unless it exists already
 *    DELETE      key, name    the value does not exist
 *    CLEARVALS   key          no value of this key exists (its subkeys stay)
 *    DELKEY      key          the key does not exist, nor anything below it
 *    MKKEY       key          the key exists
 *
 * [MS-GPREG] 3.2.5.1 gives the directives that they are read from.
 */
enum op { OP_SET, OP_SOFTSET, OP_DELETE, OP_CLEARVALS, OP_DELKEY, OP_MKKEY };

struct operation {
    enum op op;
    const char *key;    /* as written, without outer backslashes; interned */
    const char *name;   /* "" is the key's default value; NULL: about the key itself */
    struct value value; /* of SET and SOFTSET */
    struct origin origin;
};

/* A growing list in an arena. */
struct operations {
    struct operation *items;
    size_t n, capacity;
};

/* Make room for n operations at once in an empty list, where their number is known. */
void operations_reserve(struct operations *list, struct arena *arena, size_t n);

void operations_add(struct operations *list, struct arena *arena,
                    const struct operation *operation);

/* "set", "soft-set", "delete", "clear-values", "delete-key", "create-key". */
const char *op_name(enum op op);

#endif
