#ifndef GPCONF_TESTS_UNIT_STATE_FIXTURE_H
#define GPCONF_TESTS_UNIT_STATE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/limits.h"
#include "engine/state/state.h"

/*
 * What the tests of engine/state share: a catalogue from a few lines of ADMX, and
 * operations written as text, both ways to look at them.
 */
struct fixture {
    struct arena arena;
    struct diagnostics diagnostics;
    struct catalogue *catalogue;
    struct operations operations;
    struct state_view *view;
};

/* A policy of class Machine below the key K. */
#define POLICY(name, attributes, body)                                                 \
    "<policy name='" name "' class='Machine' displayName='" name                       \
    "' key='K' " attributes "><parentCategory ref='C'/>" body "</policy>"
#define ELEMENTS(body) "<elements>" body "</elements>"

static inline int fixture_set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    if (!f)
        return -1;
    arena_init(&f->arena, LIMIT_ARENA);
    diagnostics_init(&f->diagnostics, &f->arena);
    *state = f;
    return 0;
}

static inline int fixture_tear_down(void **state)
{
    struct fixture *f = *state;
    catalogue_unref(f->catalogue);
    arena_done(&f->arena);
    free(f);
    return 0;
}

static inline void define(struct fixture *f, const char *policies)
{
    const char *text = arena_format(
        &f->arena,
        "<policyDefinitions revision='1.0' schemaVersion='1.0'>"
        "<policyNamespaces><target prefix='t' namespace='T'/></policyNamespaces>"
        "<resources minRequiredRevision='1.0'/>"
        "<categories><category name='C' displayName='C'/>"
        "<category name='Below' displayName='Below'><parentCategory "
        "ref='C'/></category>"
        "</categories>"
        "<policies>%s</policies></policyDefinitions>",
        policies);
    assert_non_null(text);
    struct template_file file = {
        .path = "t.admx", .name = "t.admx", .bytes = text, .size = strlen(text)
    };
    catalogue_unref(f->catalogue);
    f->catalogue = NULL;
    assert_int_equal(catalogue_build(&file, 1, NULL, &f->diagnostics, &f->catalogue),
                     0);
    assert_int_equal(f->diagnostics.errors, 0);
}

static inline const struct cat_policy *policy_of(const struct fixture *f,
                                                 const char *name)
{
    const struct cat_policy *policy = NULL;
    assert_int_equal(catalogue_find(f->catalogue, name, &policy), 0);
    return policy;
}

/* Forget what was said, then say it: operations by name. */
static inline void say_nothing(struct fixture *f)
{
    f->operations = (struct operations){ 0 };
}

static inline void say(struct fixture *f, enum op op, const char *key, const char *name,
                       struct value value)
{
    struct operation o = { .op = op, .key = key, .name = name, .value = value };
    operations_add(&f->operations, &f->arena, &o);
}

static inline void say_number(struct fixture *f, const char *name, uint32_t number)
{
    say(f, OP_SET, "K", name, value_from_number(&f->arena, VALUE_DWORD, number));
}

static inline void say_text(struct fixture *f, const char *name, const char *text)
{
    say(f, OP_SET, "K", name, value_from_text(&f->arena, VALUE_SZ, text));
}

static inline void say_delete(struct fixture *f, const char *name)
{
    say(f, OP_DELETE, "K", name, (struct value){ 0 });
}

static inline void say_clear(struct fixture *f, const char *key)
{
    say(f, OP_CLEARVALS, key, NULL, (struct value){ 0 });
}

static inline struct state read_back(struct fixture *f, const char *policy)
{
    struct state state;
    assert_int_equal(state_view_build(&f->operations, &f->arena, &f->view), 0);
    assert_int_equal(
        state_read(f->catalogue, policy_of(f, policy), f->view, &f->arena, &state), 0);
    return state;
}

static inline void assert_state(struct fixture *f, const char *policy,
                                enum policy_state expected)
{
    struct state state = read_back(f, policy);
    assert_string_equal(policy_state_name(state.state), policy_state_name(expected));
}

/* An enabled state whose elements are all unset; give() sets the one at index. */
static inline struct state enabled(struct fixture *f, const char *name)
{
    const struct cat_policy *policy = policy_of(f, name);
    struct state state = { .state = STATE_ENABLED, .n_elements = policy->n_elements };
    state.elements = arena_array(&f->arena, policy->n_elements, struct element_value);
    for (uint32_t i = 0; i < policy->n_elements; i++)
        state.elements[i].element = policy->first_element + i;
    return state;
}

static inline struct element_value *give(struct state *state, size_t index)
{
    state->elements[index].is_set = true;
    return &state->elements[index];
}

static inline int write_status(struct fixture *f, const char *policy,
                               const struct state *state)
{
    say_nothing(f);
    return state_write(f->catalogue, policy_of(f, policy), state,
                       origin_line("local.ini", 3), &f->arena, &f->diagnostics,
                       &f->operations);
}

/* The operations as "K|V=1 K|W-delete K-clear-values"; the type of a value follows it
 * unless it is a DWORD or an SZ. */
static inline const char *as_text(struct fixture *f)
{
    struct buffer text;
    buffer_init(&text, 1 << 16);
    buffer_string(&text, "");
    for (size_t i = 0; i < f->operations.n; i++) {
        const struct operation *o = &f->operations.items[i];
        buffer_format(&text, i ? " %s" : "%s", o->key);
        if (o->name)
            buffer_format(&text, "|%s", o->name);
        if (o->op == OP_SET || o->op == OP_SOFTSET) {
            buffer_string(&text, o->op == OP_SET ? "=" : "~");
            value_print(&o->value, &text);
            if (o->value.type != VALUE_DWORD && o->value.type != VALUE_SZ)
                buffer_format(&text, "(%s)", value_type_name(o->value.type));
        } else {
            buffer_format(&text, "-%s", op_name(o->op));
        }
    }
    const char *copy = arena_string_n(&f->arena, text.data, text.size);
    buffer_done(&text);
    return copy;
}

static inline void assert_writes(struct fixture *f, const char *policy,
                                 const struct state *state, const char *expected)
{
    assert_int_equal(write_status(f, policy, state), 0);
    assert_string_equal(as_text(f), expected);
}

static inline void assert_disabled_writes(struct fixture *f, const char *policy,
                                          const char *expected)
{
    struct state disabled = { .state = STATE_DISABLED };
    assert_writes(f, policy, &disabled, expected);
}

#define TEST(function)                                                                 \
    cmocka_unit_test_setup_teardown(function, fixture_set_up, fixture_tear_down)

#endif
