#ifndef GPCONF_BASE_REGISTRY_VALUE_H
#define GPCONF_BASE_REGISTRY_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"

/*
 * A registry value: a type and the very bytes that a policy file holds for it.
 * The bytes are kept as they are (little-endian numbers, UTF-16LE text with or
 * without its NUL), because a file must be written back as it was read; what they
 * mean is asked here and nowhere else. Data that does not fit its type (a DWORD of
 * ten bytes) has no meaning: the questions answer false, the bytes stay.
 */
enum value_type {
    VALUE_NONE = 0,
    VALUE_SZ = 1,
    VALUE_EXPAND_SZ = 2,
    VALUE_BINARY = 3,
    VALUE_DWORD = 4,
    VALUE_DWORD_BE = 5,
    VALUE_MULTI_SZ = 7,
    VALUE_QWORD = 11,
};

struct value {
    uint32_t type; /* a value_type, or a number that nobody knows */
    uint32_t size; /* bytes */
    const void *data;
};

/* "REG_DWORD" …; NULL for an unknown number. */
const char *value_type_name(uint32_t type);

/* The number in a DWORD, DWORD_BE or QWORD of the right size. */
bool value_number(const struct value *value, uint64_t *ret);

/* The text of an SZ or EXPAND_SZ up to its first NUL, as UTF-8 owned by the arena.
 * NULL for another type (or when memory is out). */
const char *value_text(const struct value *value, struct arena *arena);

/* The lines of a MULTI_SZ up to the first empty one. Returns an array of *ret_n
 * strings owned by the arena, NULL for another type (or when memory is out). */
const char *const *value_lines(const struct value *value, struct arena *arena,
                               size_t *ret_n);

/* True when the bytes fit the type; when not, *ret_why (may be NULL) is a sentence
 * fragment such as "has 10 bytes, not 4". Unknown types always fit. */
bool value_fits(const struct value *value, struct arena *arena, const char **ret_why);

bool value_equal(const struct value *a, const struct value *b); /* byte for byte */

/* New values; the bytes are owned by the arena (data NULL and size 0 when memory is
 * out, or over LIMIT_POL_DATA bytes, which fails the arena too). A number must fit
 * its type: a DWORD keeps the low 32 bits. Text is UTF-8 and is stored with its
 * terminating NUL, lines with theirs. Empty lines are left out: a MULTI_SZ cannot
 * hold any, the first would end it. */
struct value value_from_number(struct arena *arena, enum value_type type,
                               uint64_t number);
struct value value_from_text(struct arena *arena, enum value_type type,
                             const char *text);
struct value value_from_lines(struct arena *arena, const char *const *lines, size_t n);

/* Append the value as a person reads it: 4, text as it is, lines joined by "; ",
 * other bytes in hexadecimal. */
void value_print(const struct value *value, struct buffer *to);

#endif
