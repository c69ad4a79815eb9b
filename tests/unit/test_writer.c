#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/status.h"
#include "engine/apply.h"
#include "engine/writer.h"
#include "tests/unit/bench.h"

#define LOCAL "etc/gpconf/local.ini"

static struct gpconf *session;

static int set_up(void **state)
{
    int failed = bench_set_up_root(state);
    struct bench *b = *state;
    if (failed || gpconf_new(&session) || gpconf_set_root(session, b->root))
        return -1;
    return gpconf_add_templates(session, GPCONF_SOURCE_DIR "/admx/PolicyDefinitions");
}

static int tear_down(void **state)
{
    gpconf_free(session);
    session = NULL;
    return bench_tear_down(state);
}

static bool told(const struct diagnostics *diagnostics, const char *code)
{
    for (const struct diagnostic *d = diagnostics->first; d; d = d->next)
        if (strcmp(d->code, code) == 0)
            return true;
    return false;
}

static const struct step *step_that_ends(const struct change *change, const char *end)
{
    for (size_t i = 0; i < change->n_steps; i++) {
        const char *target = change->steps[i].target;
        size_t n = strlen(target), m = strlen(end);
        if (n >= m && strcmp(target + n - m, end) == 0)
            return &change->steps[i];
    }
    return NULL;
}

static void a_second_writer_is_told_who_is_writing(void **state)
{
    struct writer first, second;
    (void)state;
    assert_int_equal(writer_open(session, "apply", LOCK_NO_WAIT, &first), 0);
    assert_int_equal(writer_open(session, "set", LOCK_NO_WAIT, &second), GPCONF_EBUSY);
    assert_true(second.diagnostics.errors > 0);
    assert_non_null(strstr(second.diagnostics.first->message, "gpconf apply"));
    writer_done(&second);
    writer_done(&first);
    assert_int_equal(writer_open(session, "set", LOCK_NO_WAIT, &second), 0);
    writer_done(&second);
}

static void a_writer_evaluates_the_machine_as_it_is_under_its_lock(void **state)
{
    struct bench *b = *state;
    struct writer w;
    const struct evaluation *e;
    assert_int_equal(session_evaluate(session, &e), 0);
    assert_int_equal(e->store.local.n, 0);
    bench_put(b, LOCAL, "[update]\nmode = notify\n");
    assert_int_equal(writer_open(session, "apply", LOCK_NO_WAIT, &w), 0);
    assert_int_equal(writer_evaluate(&w, &e), 0);
    assert_int_equal(e->store.local.n, 1);
    assert_ptr_equal(w.clients.config, &e->config);
    writer_done(&w);
}

/* A plan reads no language file; the first question of a person does. */
static void texts_are_read_when_somebody_asks_for_them(void **state)
{
    const struct evaluation *e;
    const struct cat_policy *policy;
    (void)state;
    assert_int_equal(session_evaluate_bare(session, &e), 0);
    assert_int_equal(catalogue_find(e->catalogue, "AutoUpdateCfg", &policy), 0);
    assert_non_null(strstr(catalogue_text(e->catalogue, policy->title), "$(string."));
    assert_int_equal(session_evaluate(session, &e), 0);
    assert_int_equal(catalogue_find(e->catalogue, "AutoUpdateCfg", &policy), 0);
    assert_null(strstr(catalogue_text(e->catalogue, policy->title), "$(string."));
    const struct evaluation *again;
    assert_int_equal(session_evaluate_bare(session, &again), 0);
    assert_ptr_equal(again, e);
}

static void an_author_is_who_was_told_or_who_runs_us(void **state)
{
    struct bench *b = *state;
    const char *caller = session_author(session, &b->arena);
    assert_true(caller && *caller);
    assert_int_equal(gpconf_set_author(session, "ada"), 0);
    assert_string_equal(session_author(session, &b->arena), "ada");
    assert_int_equal(gpconf_set_author(session, ""), GPCONF_EINVAL);
}

static void every_input_that_parsed_whole_is_kept(void **state)
{
    struct bench *b = *state;
    const struct evaluation *e;
    struct change change = { 0 };
    bench_put(b, LOCAL, "[update]\nmode = notify\n");
    bench_put(b, "etc/gpconf/policies/links.ini", "[machine\n");
    bench_put_n(b, "etc/gpconf/policies/local/Machine/Registry.pol",
                "PReg\x01\x00\x00\x00", 8);
    bench_put(b, "etc/gpconf/policies/local/User/Registry.pol", "junk");
    assert_int_equal(session_evaluate(session, &e), 0);
    assert_int_equal(apply_keep_inputs(session->machine.root_fd, e, &b->arena, &change),
                     0);
    assert_non_null(step_that_ends(&change, "local.ini"));
    assert_int_equal(change.n_steps, 2);
    for (size_t i = 0; i < change.n_steps; i++)
        assert_null(strstr(change.steps[i].target, "links"));
}

static void the_copy_of_an_input_that_is_gone_is_removed(void **state)
{
    struct bench *b = *state;
    const struct evaluation *e;
    struct change change = { 0 };
    bench_put(b, LOCAL, "[update]\nmode = notify\n");
    bench_put(b, "var/lib/gpconf/last-good/LOCAL.machine.pol", "");
    assert_int_equal(session_evaluate(session, &e), 0);
    assert_int_equal(apply_keep_inputs(session->machine.root_fd, e, &b->arena, &change),
                     0);
    const struct step *step = step_that_ends(&change, "LOCAL.machine.pol");
    assert_true(step && !step->after);
    assert_int_equal(change.n_steps, 2);
}

static void what_nobody_may_guess_at_stops_an_apply(void **state)
{
    static const char *const files[] = { "etc/gpconf/limits.ini",
                                         "etc/gpconf/policies/links.ini", LOCAL };
    struct bench *b = *state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct applied_look look;
        struct diagnostics diagnostics;
        diagnostics_init(&diagnostics, &b->arena);
        bench_put(b, files[i], "[broken\n");
        session_forget(session);
        assert_int_equal(apply_look(session, false, &b->arena, &diagnostics, &look),
                         GPCONF_ESYNTAX);
        assert_true(told(&diagnostics, "apply-damaged-input"));
        bench_put(b, files[i], "");
    }
}

static void a_look_changes_nothing_and_without_a_client_says_so(void **state)
{
    struct bench *b = *state;
    struct applied_look look;
    bench_put(b, LOCAL, "[update]\nmode = automatic\n");
    assert_int_equal(apply_look(session, false, &b->arena, &b->diagnostics, &look), 0);
    assert_int_equal(look.change.n_steps, 0);
    assert_true(told(&b->diagnostics, "client-absent"));
    assert_int_equal(clients_verify(&look.clients, &look.history, &look.change,
                                    &b->arena, &b->diagnostics),
                     0);
    assert_string_equal(client_state_name(look.clients.items[0].state), "unsupported");
}

static void a_step_has_drifted_when_the_ledger_remembers_another_file(void **state)
{
    struct owned file = { .target = "etc/x", .owner = "apt" };
    struct ledger ledger = { &file, 1, 1 };
    struct step step = { .target = "etc/x" };
    (void)state;
    file.identity = identity_file("aa", 0644, 0, 0);
    assert_true(clients_step_drifted(&ledger, &step)); /* it is gone */
    strcpy(step.before_hash, "aa");
    step.before_mode = 0644;
    assert_false(clients_step_drifted(&ledger, &step));
    step.before_mode = 0600;
    assert_true(clients_step_drifted(&ledger, &step));
    step.target = "etc/y"; /* nobody has written it yet */
    assert_false(clients_step_drifted(&ledger, &step));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_second_writer_is_told_who_is_writing),
        TEST(a_writer_evaluates_the_machine_as_it_is_under_its_lock),
        TEST(texts_are_read_when_somebody_asks_for_them),
        TEST(an_author_is_who_was_told_or_who_runs_us),
        TEST(every_input_that_parsed_whole_is_kept),
        TEST(the_copy_of_an_input_that_is_gone_is_removed),
        TEST(what_nobody_may_guess_at_stops_an_apply),
        TEST(a_look_changes_nothing_and_without_a_client_says_so),
        TEST(a_step_has_drifted_when_the_ledger_remembers_another_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
