#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "engine/change/change.h"
#include "engine/providers/providers.h"
#include "engine/update/settings.h"
#include "tests/unit/bench.h"

static void a_provider_is_found_by_its_name(void **state)
{
    (void)state;
    assert_non_null(providers_find("apt"));
    assert_string_equal(providers_find("apt")->name, "apt");
    assert_null(providers_find("APT"));
    assert_null(providers_find("ap"));
    assert_null(providers_find(""));
    assert_null(providers_find(NULL));
}

static void every_name_leads_back_to_its_provider(void **state)
{
    (void)state;
    for (size_t i = 0; providers[i]; i++) {
        assert_ptr_equal(providers_find(providers[i]->name), providers[i]);
        assert_non_null(providers[i]->summary);
    }
}

/* A change knows whose a file is by this name alone. */
static void the_files_of_a_provider_are_owned_by_its_name(void **state)
{
    struct bench *b = *state;
    for (size_t i = 0; providers[i]; i++) {
        struct change plan = { 0 };
        struct client client = { .present = true, .distribution = "debian" };
        struct update_config config = { .mode = MODE_AUTOMATIC };
        config.decisions[SETTING_MODE].source = BY_POLICY;
        assert_int_equal(
            providers[i]->render(&config, &client, &b->arena, &b->diagnostics, &plan),
            0);
        assert_true(plan.n_steps > 0);
        for (size_t j = 0; j < plan.n_steps; j++)
            assert_string_equal(plan.steps[j].owner, providers[i]->name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_provider_is_found_by_its_name),
        cmocka_unit_test(every_name_leads_back_to_its_provider),
        cmocka_unit_test_setup_teardown(the_files_of_a_provider_are_owned_by_its_name,
                                        bench_set_up, bench_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
