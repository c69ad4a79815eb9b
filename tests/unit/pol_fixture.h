#ifndef GPCONF_TESTS_UNIT_POL_FIXTURE_H
#define GPCONF_TESTS_UNIT_POL_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/limits.h"
#include "base/utf16.h"
#include "policies/pol.h"

/* What the tests of policies/pol*.c share: a Registry.pol is built record by record, read,
 * and its operations are shown as lines. */

/* What every test starts from: an arena, a list for diagnostics, a file to build. */
struct bench {
    struct arena arena;
    struct diagnostics diagnostics;
    struct buffer file;
};

static inline int set_up(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    arena_init(&b->arena, LIMIT_ARENA);
    diagnostics_init(&b->diagnostics, &b->arena);
    buffer_init(&b->file, LIMIT_POL_FILE);
    buffer_append(&b->file, "PReg\1\0\0\0", 8);
    *state = b;
    return 0;
}

static inline int tear_down(void **state)
{
    struct bench *b = *state;
    arena_done(&b->arena);
    buffer_done(&b->file);
    free(b);
    return 0;
}

static inline void text(struct bench *b, const char *string)
{
    utf16_encode(&b->file, string, strlen(string));
    buffer_u16le(&b->file, 0);
}

static inline void record(struct bench *b, const char *key, const char *name,
                          uint32_t type, const void *data, size_t size)
{
    buffer_u16le(&b->file, '[');
    text(b, key);
    buffer_u16le(&b->file, ';');
    text(b, name);
    buffer_u16le(&b->file, ';');
    buffer_u32le(&b->file, type);
    buffer_u16le(&b->file, ';');
    buffer_u32le(&b->file, (uint32_t)size);
    buffer_u16le(&b->file, ';');
    buffer_append(&b->file, data, size);
    buffer_u16le(&b->file, ']');
}

static inline void number(struct bench *b, const char *key, const char *name,
                          uint32_t n)
{
    struct value value = value_from_number(&b->arena, VALUE_DWORD, n);
    record(b, key, name, value.type, value.data, value.size);
}

static inline void words(struct bench *b, const char *key, const char *name,
                         const char *string)
{
    struct value value = value_from_text(&b->arena, VALUE_SZ, string);
    record(b, key, name, value.type, value.data, value.size);
}

static inline int parse(struct bench *b, struct pol *ret)
{
    return pol_parse(b->file.data, b->file.size, "Registry.pol", &b->arena,
                     &b->diagnostics, ret);
}

static inline const char *last_code(struct bench *b)
{
    return b->diagnostics.last ? b->diagnostics.last->code : "";
}

/* The operations as lines "set A|b=4", for comparing. */
static inline const char *show(struct bench *b, const struct operations *operations)
{
    struct buffer text;
    buffer_init(&text, 1 << 20);
    buffer_string(&text, "");
    for (size_t i = 0; i < operations->n; i++) {
        const struct operation *o = &operations->items[i];
        buffer_format(&text, "%s %s", op_name(o->op), o->key);
        if (o->name)
            buffer_format(&text, "|%s", o->name);
        if (o->op == OP_SET || o->op == OP_SOFTSET) {
            buffer_char(&text, '=');
            value_print(&o->value, &text);
        }
        buffer_char(&text, '\n');
    }
    const char *copy = arena_string(&b->arena, text.data);
    buffer_done(&text);
    return copy;
}

static inline const char *operations_of(struct bench *b, struct operations *ret)
{
    struct pol pol;
    assert_int_equal(parse(b, &pol), 0);
    pol_operations(&pol, "Registry.pol", &b->arena, &b->diagnostics, ret);
    return show(b, ret);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
