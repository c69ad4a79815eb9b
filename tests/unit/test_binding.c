#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/limits.h"
#include "base/registry/name.h"
#include "engine/update/binding.h"
#include "engine/update/unsupported.h"
#include "tests/unit/bench.h"

static struct arena arena;
static struct catalogue *catalogue;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, LIMIT_ARENA);
    catalogue = bench_shipped_catalogue();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    catalogue_unref(catalogue);
    arena_done(&arena);
    return 0;
}

static const char *text(uint32_t offset)
{
    return catalogue_text(catalogue, offset);
}

static void every_setting_is_written_by_a_shipped_policy(void **state)
{
    (void)state;
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct setting *s = &settings[i];
        const struct cat_policy *policy;
        const struct cat_element *e;
        if (!binding_find(catalogue, s, &policy, &e))
            fail_msg("no shipped policy writes %s", s->id);
        if (s->kind == KIND_LIST)
            assert_true(e && e->kind == CAT_LIST);
        if (s->kind == KIND_TEXT)
            assert_true(e && e->kind == CAT_TEXT);
        if (s->kind != KIND_BITS)
            continue;
        for (const struct choice *c = s->choices; c->word; c++)
            if (!binding_element(catalogue, policy, s->key, c->value_name))
                fail_msg("%s: no element writes %s", s->id, c->value_name);
    }
}

static void every_gate_is_what_its_policy_writes(void **state)
{
    (void)state;
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct setting *s = &settings[i];
        const struct cat_policy *policy;
        const struct cat_element *e;
        assert_true(binding_find(catalogue, s, &policy, &e));
        if (!s->gate.name) {
            /* An element of a policy with a value of its own needs it. Exceptions: the
             * schedule (rule 2 asks the mode) and the window (rule 18 asks the date). */
            bool asked = name_equal(policy->value_name ? text(policy->value_name) : "",
                                    "NoAutoUpdate") ||
                         name_equal(policy->value_name ? text(policy->value_name) : "",
                                    "StartDate");
            if (e && policy->value_name && !asked)
                fail_msg("%s has no gate, but %s has the value %s", s->id,
                         text(policy->id), text(policy->value_name));
            continue;
        }
        assert_true(name_equal(text(policy->key), s->gate.key));
        assert_true(name_equal(text(policy->value_name), s->gate.name));
        assert_int_equal(policy->enabled_value.number, s->gate.on);
        assert_int_equal(policy->disabled_value.number, s->gate.off);
    }
}

static void bounds_and_words_are_those_of_the_template(void **state)
{
    (void)state;
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct setting *s = &settings[i];
        const struct cat_policy *policy;
        const struct cat_element *e;
        assert_true(binding_find(catalogue, s, &policy, &e));
        if (e && e->kind == CAT_DECIMAL && s->kind == KIND_NUMBER)
            assert_true(s->min <= e->min_value && s->max >= e->max_value);
        if (!e || e->kind != CAT_ENUM || s->kind != KIND_CHOICE || i == SETTING_MODE)
            continue;
        const struct cat_choice *choices =
            catalogue_choices(catalogue) + e->first_choice;
        for (uint32_t n = 0; n < e->n_choices; n++) {
            const struct choice *c = s->choices;
            while (c->word && c->raw != choices[n].value.number)
                c++;
            if (!c->word)
                fail_msg("%s has no word for %llu", s->id,
                         (unsigned long long)choices[n].value.number);
        }
    }
}

/* Whatever the shipped template can write is a setting or is answered with a reason. */
static void every_shipped_value_is_answered(void **state)
{
    (void)state;
    size_t n;
    const struct cat_policy *policies = catalogue_policies(catalogue, &n);
    for (size_t i = 0; i < n; i++) {
        const struct cat_policy *p = &policies[i];
        const struct cat_element *e = catalogue_elements(catalogue) + p->first_element;
        if (p->value_name && settings_of_value(text(p->key), text(p->value_name)) < 0 &&
            !unsupported_find(text(p->key), text(p->value_name)))
            fail_msg("%s: %s", text(p->id), text(p->value_name));
        for (uint32_t k = 0; k < p->n_elements; k++, e++) {
            const char *name = e->kind == CAT_LIST ? "1" : text(e->value_name);
            if (settings_of_value(text(e->key), name) < 0 &&
                !unsupported_find(text(e->key), name))
                fail_msg("%s: %s", text(p->id), name);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_setting_is_written_by_a_shipped_policy),
        cmocka_unit_test(every_gate_is_what_its_policy_writes),
        cmocka_unit_test(bounds_and_words_are_those_of_the_template),
        cmocka_unit_test(every_shipped_value_is_answered),
    };
    return !!cmocka_run_group_tests(tests, setup, teardown);
}
