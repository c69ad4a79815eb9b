#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <utime.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/limits.h"
#include "base/status.h"
#include "policies/store.h"
#include "tests/unit/bench.h"

#define A "{A1000000-0000-0000-0000-00000000000A}"
#define B "{B2000000-0000-0000-0000-00000000000B}"

static void take(struct bench *b)
{
    bench_forget(b);
    assert_int_equal(
        snapshot_read(&b->machine, &b->arena, &b->diagnostics, &b->snapshot), 0);
    snapshot_read_last_good(&b->machine, &b->diagnostics, &b->snapshot);
    assert_int_equal(store_parse(&b->snapshot, &b->arena, &b->diagnostics, &b->store),
                     0);
}

/* A Registry.pol that sets one value. */
static void put_pol(struct bench *b, const char *path, uint32_t number)
{
    struct operation operation = {
        .op = OP_SET,
        .key = "Software\\Policies\\K",
        .name = "n",
        .value = value_from_number(&b->arena, VALUE_DWORD, number),
    };
    struct operations operations = { &operation, 1, 1 };
    struct pol pol;
    struct buffer bytes;
    buffer_init(&bytes, 1 << 16);
    assert_int_equal(pol_from_operations(&operations, &b->arena, &pol, NULL), 0);
    assert_int_equal(pol_format(&pol, &bytes), 0);
    bench_put_n(b, path, bytes.data, bytes.size);
    buffer_done(&bytes);
}

/* The number that a half sets; -1 when it sets nothing. */
static int64_t number_of(const struct gpo_half *half)
{
    uint64_t number;
    if (half->operations.n == 0)
        return -1;
    assert_int_equal(half->operations.n, 1);
    assert_true(value_number(&half->operations.items[0].value, &number));
    return (int64_t)number;
}

static bool told(struct bench *b, const char *code)
{
    for (const struct diagnostic *d = b->diagnostics.first; d; d = d->next)
        if (strcmp(d->code, code) == 0)
            return true;
    return false;
}

static void age(struct bench *b, const char *path, time_t seconds)
{
    struct utimbuf times = { seconds, seconds };
    assert_int_equal(utime(bench_at(b, path), &times), 0);
}

static void nothing_there_is_nothing_configured(void **state)
{
    struct bench *b = *state;
    take(b);
    assert_int_equal(b->store.n_gpos, 0);
    assert_int_equal(b->store.links_state, INPUT_ABSENT);
    assert_int_equal(b->store.local_state, INPUT_ABSENT);
    assert_false(b->store.limits_damaged);
    assert_int_equal(b->diagnostics.n, 0);
}

static void a_whole_configuration_is_parsed(void **state)
{
    struct bench *b = *state;
    put_pol(b, "etc/gpconf/policies/" A "/MACHINE/registry.pol", 4);
    bench_put(b, "etc/gpconf/policies/" A "/GPT.INI",
              "[General]\nVersion=65538\ndisplayName=Display\n");
    put_pol(b, "etc/gpconf/policies/" B "/User/Registry.pol", 7);
    bench_put(b, "etc/gpconf/policies/" B "/gpt.ini",
              "[General]\ndisplayName=B name\n");
    put_pol(b, "etc/gpconf/policies/local/Machine/Registry.pol", 1);
    bench_put(b, "etc/gpconf/policies/links.ini",
              "[machine]\ncontainer = x\n[container x]\nlink 1 = " A "\n[gpo " A
              "]\nname = Named\n");
    bench_put(b, "etc/gpconf/local.ini", "[update]\nmode = notify\n");
    bench_put(b, "etc/gpconf/local.d/1.ini", "[update]\nmode = manual\n");
    bench_put(b, "etc/gpconf/limits.ini", "[limits]\nsources = fixed\n");
    take(b);
    assert_int_equal(b->diagnostics.errors + b->diagnostics.warnings, 0);
    assert_int_equal(b->store.n_gpos, 3);
    const struct gpo *a =
        store_gpo(&b->store, "{a1000000-0000-0000-0000-00000000000a}");
    assert_string_equal(a->id, A);
    assert_string_equal(a->name, "Named");
    assert_int_equal(a->gpt.version, 65538);
    assert_int_equal(a->machine.state, INPUT_GOOD);
    assert_int_equal(a->user.state, INPUT_ABSENT);
    assert_int_equal(number_of(&a->machine), 4);
    assert_string_equal(a->machine.file,
                        bench_at(b, "etc/gpconf/policies/" A "/MACHINE/registry.pol"));
    assert_string_equal(a->machine.operations.items[0].origin.file, a->machine.file);
    assert_false(a->is_local);
    assert_string_equal(store_gpo(&b->store, B)->name, "B name");
    assert_int_equal(number_of(&store_gpo(&b->store, B)->user), 7);
    const struct gpo *local = store_gpo(&b->store, "LOCAL");
    assert_true(local->is_local);
    assert_string_equal(local->name, "local");
    assert_null(store_gpo(&b->store, "{C}"));
    assert_int_equal(b->store.links.n_containers, 1);
    assert_int_equal(b->store.local.n, 2);
    assert_string_equal(b->store.local.items[1].text, "manual");
    assert_int_equal(b->store.local_state, INPUT_GOOD);
    assert_true(b->store.limits.sources_fixed);
}

static void a_broken_half_falls_back_to_its_copy(void **state)
{
    struct bench *b = *state;
    bench_put(b, "etc/gpconf/policies/" A "/Machine/Registry.pol", "PReg\1");
    put_pol(b, "etc/gpconf/policies/" A "/User/Registry.pol", 7);
    put_pol(b, "var/lib/gpconf/last-good/" A ".machine.pol", 4);
    age(b, "var/lib/gpconf/last-good/" A ".machine.pol", 1000000000);
    take(b);
    const struct gpo *a = store_gpo(&b->store, A);
    assert_int_equal(a->machine.state, INPUT_LAST_GOOD);
    assert_int_equal(a->machine.good_since, 1000000000);
    assert_int_equal(number_of(&a->machine), 4);
    assert_int_equal(a->user.state, INPUT_GOOD);
    assert_true(told(b, "pol-broken"));
    assert_true(told(b, "input-last-good"));
    assert_non_null(strstr(b->diagnostics.last->message, "2001-09-09 01:46 UTC"));
    assert_false(told(b, "gpo-damaged"));
}

static void a_broken_half_without_a_whole_copy_is_damaged(void **state)
{
    struct bench *b = *state;
    bench_put(b, "etc/gpconf/policies/" A "/Machine/Registry.pol", "PReg\1");
    bench_put(b, "etc/gpconf/policies/" B "/Machine/Registry.pol", "PReg\1");
    bench_put(b, "var/lib/gpconf/last-good/" B ".machine.pol", "broken, too");
    take(b);
    assert_int_equal(store_gpo(&b->store, A)->machine.state, INPUT_DAMAGED);
    assert_int_equal(store_gpo(&b->store, B)->machine.state, INPUT_DAMAGED);
    assert_int_equal(store_gpo(&b->store, A)->machine.operations.n, 0);
    assert_int_equal(store_gpo(&b->store, A)->user.state, INPUT_ABSENT);
    assert_true(told(b, "gpo-damaged"));
}

static void a_half_that_cannot_be_trusted_is_not_used(void **state)
{
    struct bench *b = *state;
    put_pol(b, "etc/gpconf/policies/" A "/Machine/Registry.pol", 4);
    put_pol(b, "var/lib/gpconf/last-good/" A ".machine.pol", 3);
    assert_int_equal(
        chmod(bench_at(b, "etc/gpconf/policies/" A "/Machine/Registry.pol"), 0666), 0);
    take(b);
    assert_int_equal(store_gpo(&b->store, A)->machine.state, INPUT_LAST_GOOD);
    assert_int_equal(number_of(&store_gpo(&b->store, A)->machine), 3);
    assert_true(told(b, "input-unreadable"));
}

static void a_file_that_is_gone_has_no_copy(void **state)
{
    struct bench *b = *state;
    bench_put(b, "etc/gpconf/policies/" A "/gpt.ini", "");
    put_pol(b, "var/lib/gpconf/last-good/" A ".machine.pol", 3);
    bench_put(b, "var/lib/gpconf/last-good/links.ini", "[machine]\nsite = Milan\n");
    bench_put(b, "var/lib/gpconf/last-good/local.ini", "[update]\nmode = manual\n");
    take(b);
    assert_int_equal(store_gpo(&b->store, A)->machine.state, INPUT_ABSENT);
    assert_int_equal(store_gpo(&b->store, A)->machine.operations.n, 0);
    assert_int_equal(b->store.links_state, INPUT_ABSENT);
    assert_int_equal(b->store.local.n, 0);
}

static void two_folders_of_one_gpo_are_one_damaged_gpo(void **state)
{
    struct bench *b = *state;
    put_pol(b, "etc/gpconf/policies/" A "/Machine/Registry.pol", 4);
    put_pol(b,
            "etc/gpconf/policies/{a1000000-0000-0000-0000-00000000000A}/Machine/"
            "Registry.pol",
            5);
    take(b);
    assert_int_equal(b->store.n_gpos, 1);
    assert_int_equal(store_gpo(&b->store, A)->machine.state, INPUT_DAMAGED);
    assert_true(told(b, "policies-case"));
}

static void a_message_names_a_file_once(void **state)
{
    struct bench *b = *state;
    bench_put(b, "etc/gpconf/local.ini", "");
    assert_int_equal(chmod(bench_at(b, "etc/gpconf/local.ini"), 0666), 0);
    take(b);
    assert_true(told(b, "input-unreadable"));
    for (const struct diagnostic *d = b->diagnostics.first; d; d = d->next)
        assert_null(strstr(d->message, "local.ini"));
}

static void a_damaged_links_file_never_means_nothing_linked(void **state)
{
    struct bench *b = *state;
    bench_put(b, "etc/gpconf/policies/links.ini", "[container x]\nlnik 1 = " A "\n");
    take(b);
    assert_int_equal(b->store.links_state, INPUT_DAMAGED);
    assert_true(told(b, "links-damaged"));
    bench_put(b, "var/lib/gpconf/last-good/links.ini",
              "[container x]\nlink 1 = " A "\n");
    age(b, "var/lib/gpconf/last-good/links.ini", 2000);
    take(b);
    assert_int_equal(b->store.links_state, INPUT_LAST_GOOD);
    assert_int_equal(b->store.links_good_since, 2000);
    assert_int_equal(b->store.links.n_containers, 1);
}

static void each_local_file_falls_back_alone(void **state)
{
    struct bench *b = *state;
    bench_put(b, "etc/gpconf/local.ini", "broken");
    bench_put(b, "etc/gpconf/local.d/1.ini", "[update]\nmode = manual\n");
    bench_put(b, "etc/gpconf/local.d/2.ini", "broken");
    bench_put(b, "var/lib/gpconf/last-good/local.ini", "[update]\nmode = notify\n");
    age(b, "var/lib/gpconf/last-good/local.ini", 3000);
    take(b);
    assert_int_equal(b->store.local_state, INPUT_DAMAGED);
    assert_int_equal(b->store.local_good_since, 3000);
    assert_int_equal(b->store.local.n, 2);
    assert_string_equal(b->store.local.items[0].text, "notify");
    assert_string_equal(b->store.local.items[1].text, "manual");
    assert_true(told(b, "local-damaged"));
    bench_put(b, "var/lib/gpconf/last-good/local.d.2.ini",
              "[update]\nreboot = never\n");
    age(b, "var/lib/gpconf/last-good/local.d.2.ini", 2000);
    take(b);
    assert_int_equal(b->store.local_state, INPUT_LAST_GOOD);
    assert_int_equal(b->store.local_good_since, 2000);
    assert_int_equal(b->store.local.n, 3);
}

static void what_not_everybody_may_read_says_so_in_its_origin(void **state)
{
    struct bench *b = *state;
    static const char pol[] = "etc/gpconf/policies/" A "/Machine/Registry.pol";
    put_pol(b, pol, 1);
    put_pol(b, "etc/gpconf/policies/" A "/User/Registry.pol", 2);
    bench_put(b, "etc/gpconf/local.ini", "[update]\nmode = manual\n");
    bench_put(b, "etc/gpconf/local.d/1.ini", "[update]\nmode = notify\n");
    assert_int_equal(chmod(bench_at(b, pol), 0640), 0);
    assert_int_equal(chmod(bench_at(b, "etc/gpconf/local.d/1.ini"), 0600), 0);
    take(b);
    const struct gpo *gpo = store_gpo(&b->store, A);
    assert_true(gpo->machine.operations.items[0].origin.is_private);
    assert_false(gpo->user.operations.items[0].origin.is_private);
    assert_int_equal(b->store.local.n, 2);
    assert_false(b->store.local.items[0].origin.is_private);
    assert_true(b->store.local.items[1].origin.is_private);
}

static void damaged_limits_have_no_copy(void **state)
{
    struct bench *b = *state;
    bench_put(b, "etc/gpconf/limits.ini", "[limits]\nsources = free\n");
    bench_put(b, "var/lib/gpconf/last-good/limits.ini", "[limits]\nsources = fixed\n");
    take(b);
    assert_true(b->store.limits_damaged);
    assert_false(b->store.limits.sources_fixed);
    bench_put(b, "etc/gpconf/limits.ini", "[limits]\nsources = fixed\n");
    assert_int_equal(chmod(bench_at(b, "etc/gpconf/limits.ini"), 0666), 0);
    take(b);
    assert_true(b->store.limits_damaged);
    assert_true(told(b, "input-unreadable"));
}

static void what_a_folder_says_no_file_in_it_repeats(void **state)
{
    static const char *const folders[] = { "etc/gpconf", "etc/gpconf/policies",
                                           ("etc/gpconf/policies/" A) };
    struct bench *b = *state;
    put_pol(b, "etc/gpconf/policies/" A "/Machine/Registry.pol", 4);
    put_pol(b, "var/lib/gpconf/last-good/" A ".machine.pol", 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(chmod(bench_at(b, folders[i]), 0777), 0);
        take(b);
        assert_int_equal(b->diagnostics.errors + b->diagnostics.warnings, 1);
        /* What was kept counts; the half that was not was not there. */
        const struct gpo *gpo = store_gpo(&b->store, A);
        assert_int_equal(gpo->machine.state, INPUT_LAST_GOOD);
        assert_int_equal(number_of(&gpo->machine), 3);
        assert_int_equal(gpo->user.state, INPUT_ABSENT);
        assert_int_equal(b->store.limits_damaged, i == 0);
        assert_int_equal(chmod(bench_at(b, folders[i]), 0755), 0);
    }
    /* Of one that was never kept nobody knows what it was. */
    assert_int_equal(unlink(bench_at(b, "var/lib/gpconf/last-good/" A ".machine.pol")),
                     0);
    assert_int_equal(chmod(bench_at(b, folders[2]), 0777), 0);
    take(b);
    assert_int_equal(store_gpo(&b->store, A)->machine.state, INPUT_DAMAGED);
}

static void an_odd_gpt_costs_nothing(void **state)
{
    struct bench *b = *state;
    bench_put(b, "etc/gpconf/policies/" A "/gpt.ini", "what\n[General]\nVersion=??\n");
    put_pol(b, "etc/gpconf/policies/" A "/Machine/Registry.pol", 4);
    bench_put(b, "etc/gpconf/policies/" B "/gpt.ini", "[General]\nVersion=1\n");
    assert_int_equal(chmod(bench_at(b, "etc/gpconf/policies/" B "/gpt.ini"), 0666), 0);
    take(b);
    assert_int_equal(store_gpo(&b->store, A)->gpt.version, 0);
    assert_int_equal(store_gpo(&b->store, A)->machine.state, INPUT_GOOD);
    assert_int_equal(store_gpo(&b->store, B)->gpt.version, 0);
    assert_string_equal(store_gpo(&b->store, B)->name, B);
    assert_int_equal(b->diagnostics.errors, 0);
}

/* Versions are shown and never compared: what lies there is what counts. */
static void fixture_j_a_restored_gpo_with_a_lower_version_counts(void **state)
{
    struct bench *b = *state;
    put_pol(b, "etc/gpconf/policies/" A "/Machine/Registry.pol", 9);
    bench_put(b, "etc/gpconf/policies/" A "/gpt.ini", "[General]\nVersion=9\n");
    put_pol(b, "var/lib/gpconf/last-good/" A ".machine.pol", 9);
    take(b);
    assert_int_equal(number_of(&store_gpo(&b->store, A)->machine), 9);
    put_pol(b, "etc/gpconf/policies/" A "/Machine/Registry.pol", 2);
    bench_put(b, "etc/gpconf/policies/" A "/gpt.ini", "[General]\nVersion=2\n");
    take(b);
    assert_int_equal(store_gpo(&b->store, A)->gpt.version, 2);
    assert_int_equal(store_gpo(&b->store, A)->machine.state, INPUT_GOOD);
    assert_int_equal(number_of(&store_gpo(&b->store, A)->machine), 2);
}

static void memory_that_runs_out_is_no_smaller_store(void **state)
{
    struct bench *b = *state;
    put_pol(b, "etc/gpconf/policies/" A "/Machine/Registry.pol", 4);
    bench_put(b, "etc/gpconf/local.ini", "[update]\nmode = notify\n");
    bench_put(b, "etc/gpconf/policies/links.ini", "[container x]\nlink 1 = " A "\n");
    bool done = false;
    for (size_t limit = 0; limit < 400000 && !done; limit += 256) {
        struct arena small;
        struct store store = { .n_gpos = 4711 };
        struct snapshot snapshot = { 0 };
        arena_init(&small, limit);
        int status = snapshot_read(&b->machine, &small, NULL, &snapshot);
        if (!status)
            status = store_parse(&snapshot, &small, NULL, &store);
        done = status == 0;
        if (done) {
            assert_int_equal(store.n_gpos, 1);
            assert_int_equal(number_of(&store.gpos[0].machine), 4);
            assert_int_equal(store.local.n, 1);
        } else {
            assert_int_equal(status, GPCONF_ENOMEM);
            assert_int_equal(store.n_gpos, 4711);
        }
        arena_done(&small);
    }
    assert_true(done);
}

#define T(name)                                                                        \
    cmocka_unit_test_setup_teardown(name, bench_set_up_root, bench_tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        T(nothing_there_is_nothing_configured),
        T(a_whole_configuration_is_parsed),
        T(a_broken_half_falls_back_to_its_copy),
        T(a_broken_half_without_a_whole_copy_is_damaged),
        T(a_half_that_cannot_be_trusted_is_not_used),
        T(a_file_that_is_gone_has_no_copy),
        T(two_folders_of_one_gpo_are_one_damaged_gpo),
        T(a_message_names_a_file_once),
        T(a_damaged_links_file_never_means_nothing_linked),
        T(each_local_file_falls_back_alone),
        T(what_not_everybody_may_read_says_so_in_its_origin),
        T(damaged_limits_have_no_copy),
        T(what_a_folder_says_no_file_in_it_repeats),
        T(an_odd_gpt_costs_nothing),
        T(fixture_j_a_restored_gpo_with_a_lower_version_counts),
        T(memory_that_runs_out_is_no_smaller_store),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
