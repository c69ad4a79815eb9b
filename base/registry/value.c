#include "base/registry/value.h"

#include <inttypes.h>
#include <string.h>

#include "base/limits.h"
#include "base/utf16.h"

const char *value_type_name(uint32_t type)
{
    static const char *const names[] = {
        "REG_NONE",
        "REG_SZ",
        "REG_EXPAND_SZ",
        "REG_BINARY",
        "REG_DWORD",
        "REG_DWORD_BIG_ENDIAN",
        "REG_LINK",
        "REG_MULTI_SZ",
        "REG_RESOURCE_LIST",
        "REG_FULL_RESOURCE_DESCRIPTOR",
        "REG_RESOURCE_REQUIREMENTS_LIST",
        "REG_QWORD",
    };
    return type < sizeof names / sizeof *names ? names[type] : NULL;
}

bool value_number(const struct value *value, uint64_t *ret)
{
    const unsigned char *b = value->data;
    uint32_t want = value->type == VALUE_QWORD ? 8 : 4;
    bool number = value->type == VALUE_DWORD || value->type == VALUE_DWORD_BE ||
                  value->type == VALUE_QWORD;
    if (!number || value->size != want)
        return false;
    uint64_t n = 0;
    for (uint32_t i = 0; i < want; i++) {
        uint32_t at = value->type == VALUE_DWORD_BE ? i : want - 1 - i;
        n = n << 8 | b[at];
    }
    *ret = n;
    return true;
}

/* Bytes from at to the next UTF-16 NUL, or to the end. */
static size_t until_nul(const struct value *value, size_t at)
{
    const unsigned char *b = value->data;
    size_t end = at;
    while (end + 1 < value->size && (b[end] || b[end + 1]))
        end += 2;
    return end - at;
}

static bool is_text(const struct value *value)
{
    return value->type == VALUE_SZ || value->type == VALUE_EXPAND_SZ;
}

const char *value_text(const struct value *value, struct arena *arena)
{
    if (!is_text(value))
        return NULL;
    return utf16_decode(arena, value->data, until_nul(value, 0), NULL);
}

const char *const *value_lines(const struct value *value, struct arena *arena,
                               size_t *ret_n)
{
    if (value->type != VALUE_MULTI_SZ)
        return NULL;
    size_t n = 0;
    for (size_t at = 0, size; (size = until_nul(value, at)) > 0; at += size + 2)
        n++;
    const char **lines = arena_array(arena, n + 1, const char *);
    if (!lines)
        return NULL;
    const unsigned char *b = value->data;
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        size_t size = until_nul(value, at);
        lines[i] = utf16_decode(arena, b + at, size, NULL);
        if (!lines[i])
            return NULL;
        at += size + 2;
    }
    *ret_n = n;
    return lines;
}

bool value_fits(const struct value *value, struct arena *arena, const char **ret_why)
{
    const char *why = NULL;
    uint32_t want = 0;
    if (value->type == VALUE_DWORD || value->type == VALUE_DWORD_BE)
        want = 4;
    else if (value->type == VALUE_QWORD)
        want = 8;
    if (want && value->size != want)
        why = arena_format(arena, "has %" PRIu32 " bytes, not %" PRIu32, value->size,
                           want);
    bool text = is_text(value) || value->type == VALUE_MULTI_SZ;
    if (text && value->size % 2)
        why = arena_format(arena, "has an odd number of bytes (%" PRIu32 ")",
                           value->size);
    if (why && ret_why)
        *ret_why = why;
    return why == NULL;
}

bool value_equal(const struct value *a, const struct value *b)
{
    return a->type == b->type && a->size == b->size &&
           (a->size == 0 || memcmp(a->data, b->data, a->size) == 0);
}

struct value value_from_number(struct arena *arena, enum value_type type,
                               uint64_t number)
{
    unsigned char bytes[8];
    uint32_t size = type == VALUE_QWORD ? 8 : 4;
    for (uint32_t i = 0; i < size; i++)
        bytes[type == VALUE_DWORD_BE ? size - 1 - i : i] =
            (unsigned char)(number >> 8 * i);
    const void *data = arena_copy(arena, bytes, size);
    return (struct value){ .type = type, .size = data ? size : 0, .data = data };
}

/* Take the bytes of a buffer into the arena. */
static struct value from_buffer(struct arena *arena, enum value_type type,
                                struct buffer *bytes)
{
    struct value value = { .type = type };
    if (buffer_failed(bytes))
        arena->failed = true;
    else
        value.data = arena_copy(arena, bytes->data, bytes->size);
    if (value.data)
        value.size = (uint32_t)bytes->size;
    buffer_done(bytes);
    return value;
}

struct value value_from_text(struct arena *arena, enum value_type type,
                             const char *text)
{
    struct buffer bytes;
    buffer_init(&bytes, LIMIT_POL_DATA);
    utf16_encode(&bytes, text, strlen(text));
    buffer_u16le(&bytes, 0);
    return from_buffer(arena, type, &bytes);
}

struct value value_from_lines(struct arena *arena, const char *const *lines, size_t n)
{
    struct buffer bytes;
    buffer_init(&bytes, LIMIT_POL_DATA);
    for (size_t i = 0; i < n; i++) {
        if (!*lines[i])
            continue; /* it would be the end */
        utf16_encode(&bytes, lines[i], strlen(lines[i]));
        buffer_u16le(&bytes, 0);
    }
    buffer_u16le(&bytes, 0);
    return from_buffer(arena, VALUE_MULTI_SZ, &bytes);
}

static void print_text(const struct value *value, size_t at, size_t size,
                       struct arena *arena, struct buffer *to)
{
    const unsigned char *b = value->data; /* may be NULL when there is nothing */
    const char *text = utf16_decode(arena, size ? b + at : NULL, size, NULL);
    if (text)
        buffer_string(to, text);
    else
        to->failed = true;
}

void value_print(const struct value *value, struct buffer *to)
{
    uint64_t number;
    if (value_number(value, &number)) {
        buffer_format(to, "%" PRIu64, number);
        return;
    }
    struct arena arena;
    arena_init(&arena, LIMIT_ARENA);
    const unsigned char *b = value->data;
    if (is_text(value)) {
        print_text(value, 0, until_nul(value, 0), &arena, to);
    } else if (value->type == VALUE_MULTI_SZ) {
        for (size_t at = 0, size; (size = until_nul(value, at)) > 0; at += size + 2) {
            if (at)
                buffer_string(to, "; ");
            print_text(value, at, size, &arena, to);
        }
    } else {
        for (uint32_t i = 0; i < value->size; i++)
            buffer_format(to, "%02x", b[i]);
    }
    arena_done(&arena);
}
