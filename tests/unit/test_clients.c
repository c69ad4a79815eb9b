#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/status.h"
#include "engine/providers/clients.h"
#include "tests/unit/bench.h"

/* A client that finds what the test wants it to find. */
static struct finding found;
static int observed;

static int fake_observe(struct machine *machine, const struct client *client,
                        struct arena *arena, struct diagnostics *diagnostics,
                        struct view *ret)
{
    (void)machine, (void)client, (void)arena, (void)diagnostics;
    *ret = (struct view){ 0 };
    return observed;
}

static int fake_compare(const struct change *wanted, const struct update_config *config,
                        const struct facts *facts, const struct client *client,
                        const struct view *view, struct arena *arena,
                        struct findings *ret)
{
    (void)wanted, (void)config, (void)facts, (void)client, (void)view, (void)arena;
    *ret = (struct findings){ .items = &found, .n = 1, .capacity = 1 };
    return 0;
}

static const struct provider fake = { .name = "fake",
                                      .observe = fake_observe,
                                      .compare = fake_compare };

static int observe_change(struct bench *b)
{
    static const struct update_config config;
    static const struct facts facts;
    static const struct claim claim = { .key = "Key", .value = "1", .line = 2 };
    struct step step = {
        .target = "etc/fake", .owner = "fake", .claims = &claim, .n_claims = 1
    };
    const struct change change = { .steps = &step, .n_steps = 1 };
    struct clients clients = { .config = &config, .facts = &facts, .probed = true };
    clients.items[0] =
        (struct driven){ .provider = &fake, .client = { .present = true } };
    clients.n = 1;
    struct change_table table;
    clients_table(&clients, &table);
    return table.observe(table.context, &change, &b->arena, &b->diagnostics);
}

static void
a_line_of_ours_that_the_client_cannot_work_with_stops_the_change(void **state)
{
    struct bench *b = *state;
    observed = 0;
    found =
        (struct finding){ .state = FINDING_ERROR, .key = "Key", .file = "etc/fake" };
    assert_int_equal(observe_change(b), GPCONF_ECLIENT);
    assert_string_equal(b->diagnostics.last->code, "client-cannot");
}

static void what_others_make_of_it_does_not(void **state)
{
    struct bench *b = *state;
    observed = 0;
    found = (struct finding){ .state = FINDING_ERROR, .key = "timer:active" };
    assert_int_equal(observe_change(b), 0);
    found =
        (struct finding){ .state = FINDING_DRIFTED, .key = "Key", .file = "etc/fake" };
    assert_int_equal(observe_change(b), 0);
}

static void a_client_that_does_not_answer_stops_the_change(void **state)
{
    struct bench *b = *state;
    observed = GPCONF_ECLIENT;
    found = (struct finding){ .state = FINDING_IN_EFFECT, .key = "Key" };
    assert_int_equal(observe_change(b), GPCONF_ECLIENT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_line_of_ours_that_the_client_cannot_work_with_stops_the_change),
        TEST(what_others_make_of_it_does_not),
        TEST(a_client_that_does_not_answer_stops_the_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
