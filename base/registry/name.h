#ifndef GPCONF_BASE_REGISTRY_NAME_H
#define GPCONF_BASE_REGISTRY_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/*
 * Keys and value names: kept in the case they were written in, compared without
 * it. Windows compares by the simple upper-case mapping of each UTF-16 unit, so
 * only characters of the basic plane fold, and a character never changes the
 * length of a name. Unpaired surrogates, and bytes that are no UTF-8, are equal to
 * themselves alone. Nothing else in the program compares such names.
 */

/* Less than, equal to or greater than 0, as strcmp; by folded code points. */
int name_compare(const char *a, const char *b);

/* The same, with the first b_size bytes of b alone. */
int name_compare_n(const char *a, const char *b, size_t b_size);
bool name_equal(const char *a, const char *b);

/* The order in which the values of a key are written: the default value, then names that
 * are numbers (entries of a list: 1, 2, … 10) by number, then all others. Names are as
 * equal as before: "01" is not "1". */
int name_compare_natural(const char *a, const char *b);

/* The same for what is said about values: by key, then about the key itself (name NULL),
 * then by name. */
int name_compare_value(const char *key_a, const char *name_a, const char *key_b,
                       const char *name_b);

/* Does the name begin with the prefix? */
bool name_starts(const char *name, const char *prefix);

/* Is key the same as tree or below it, on a component boundary? "" is above all. Both
 * are as name_key() gives them. */
bool name_below(const char *key, const char *tree);

/* A table hash (base/hash.h) that is equal for names that are equal. */
uint64_t name_hash(const char *name);

/* The simple upper-case mapping; the character itself outside the basic plane, and
 * where the mapping would lead from another script into ASCII. */
unsigned name_upcase(unsigned code_point);

/* The key as it is compared and shown: without leading and trailing backslashes.
 * Owned by the arena. */
const char *name_key(struct arena *arena, const char *key);

/* An interning table: each spelling of a name is stored once. */
struct name_table {
    struct arena *arena; /* borrowed; owns the names */
    struct name_slot *slots;
    size_t n, capacity;
};
void name_table_init(struct name_table *table, struct arena *arena);
const char *name_intern(struct name_table *table, const char *name);

#endif
