#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "base/limits.h"
#include "base/status.h"
#include "engine/answers/verdict.h"
#include "engine/session.h"
#include "engine/update/settings.h"
#include "tests/unit/bench.h"

#define LOCAL "etc/gpconf/local.ini"

static struct catalogue *shipped;
static struct evaluation *after;
static struct chosen chosen;

static int load(void **state)
{
    (void)state;
    shipped = bench_shipped_catalogue();
    return 0;
}

static int drop(void **state)
{
    (void)state;
    catalogue_unref(shipped);
    return 0;
}

static int tear_down(void **state)
{
    session_evaluation_free(after);
    after = NULL;
    return bench_tear_down(state);
}

/* What would become of this choice, with that local.ini. */
static struct verdict judge(struct bench *b, const char *ini, bool unset,
                            const char *what, const char *word)
{
    const struct choose_request request = {
        .what = what, .words = &word, .n = word != NULL, .is_unset = unset
    };
    const struct evaluation *now;
    const char *file = bench_at(b, LOCAL);
    bench_put(b, LOCAL, ini);
    assert_int_equal(session_evaluate(b->session, &now), 0);
    assert_int_equal(choose(ini, strlen(ini), file, &request, now->catalogue, &b->arena,
                            &b->diagnostics, &chosen),
                     0);
    assert_int_equal(
        session_overlay(b->session, LOCAL, chosen.bytes, chosen.size, &after), 0);
    return verdict_find(after, &chosen, file, &b->arena);
}

static void counts(struct verdict verdict)
{
    assert_null(verdict.decided_by);
    assert_null(verdict.overridden_by);
    assert_null(verdict.refused_by);
    assert_null(verdict.why);
}

static void a_choice_that_nobody_minds_counts(void **state)
{
    counts(judge(*state, "", false, "update.mode", "manual"));
    assert_int_equal(after->config.mode, MODE_MANUAL);
    assert_int_equal(after->config.decisions[SETTING_MODE].source, BY_LOCAL);
}

static void a_linked_gpo_decides_and_is_named(void **state)
{
    struct bench *b = *state;
    bench_link_gpo(b, "[update]\nmode = automatic\n", "");
    struct verdict verdict = judge(b, "", false, "update.mode", "manual");
    assert_non_null(verdict.decided_by);
    assert_string_equal(verdict_decider(after, &chosen, &verdict, &b->arena),
                        "the GPO 'Patching' (example.test, link 1)");
    assert_string_equal(verdict_name(&chosen.about, &b->arena), "update.mode");
}

static void an_enforced_link_and_the_local_gpo_are_told_as_such(void **state)
{
    struct bench *b = *state;
    bench_link_gpo(b, "[update]\nmail = root\n", "enforced");
    bench_put_pol(b, "etc/gpconf/policies/local/Machine/Registry.pol",
                  "[update]\nwake = yes\n");
    struct verdict verdict = judge(b, "", false, "update.mail", "other");
    assert_string_equal(verdict_decider(after, &chosen, &verdict, &b->arena),
                        "the GPO 'Patching' (example.test, link 1, enforced)");
    session_evaluation_free(after);
    after = NULL;
    verdict = judge(b, "", false, "update.wake", "no");
    assert_string_equal(verdict_decider(after, &chosen, &verdict, &b->arena),
                        "the GPO 'local'");
}

static void what_a_gpo_hands_back_is_not_decided_by_it(void **state)
{
    struct bench *b = *state;
    bench_link_gpo(b,
                   "[update]\nmode = automatic\n[gpconf]\nlocal-overrides = yes\n"
                   "local-overrides-scope = all\n",
                   "");
    counts(judge(b, "", false, "update.mode", "manual"));
}

static void a_mode_that_policy_leaves_to_the_machine_is_not_decided(void **state)
{
    struct bench *b = *state;
    bench_link_gpo(b,
                   "[policy AutoUpdateCfg]\nAUOptions = 5\nScheduledInstallDay = 0\n"
                   "ScheduledInstallTime = 3\n",
                   "");
    counts(judge(b, "", false, "update.mode", "notify"));
}

static void a_policy_is_decided_where_one_of_its_values_is(void **state)
{
    struct bench *b = *state;
    bench_link_gpo(b, "[update]\nmail = root\n", "");
    struct verdict verdict =
        judge(b, "[policy Mail]\nMail = a\n", false, "Mail", "MailReport=1");
    counts(verdict); /* that value is not the GPO's */
    session_evaluation_free(after);
    after = NULL;
    verdict = judge(b, "[policy Mail]\nMailReport = 1\n", false, "Mail", "Mail=a");
    assert_non_null(verdict.decided_by);
    assert_string_equal(verdict_name(&chosen.about, &b->arena),
                        "policy 'Gpconf.Policies.UpdateClient:Mail'");
}

static void a_later_file_or_line_that_counts_instead_is_found(void **state)
{
    struct bench *b = *state;
    bench_put(b, "etc/gpconf/local.d/50.ini",
              "[gpconf]\n[update]\nmode = manual\n[policy WakeUp]\nstate = disabled\n");
    struct verdict verdict = judge(b, "", false, "update.mode", "notify");
    assert_int_equal(verdict.overridden_by->at, 3);
    assert_string_equal(verdict.overridden_by->file,
                        bench_at(b, "etc/gpconf/local.d/50.ini"));
    session_evaluation_free(after);
    after = NULL;
    verdict = judge(b, "[update]\nmode = notify\n", true, "update.mode", NULL);
    assert_int_equal(verdict.overridden_by->at, 3);
    session_evaluation_free(after);
    after = NULL;
    counts(judge(b, "[update]\nmail = x\n", true, "update.mail", NULL));
    session_evaluation_free(after);
    after = NULL;
    /* A setting of the same file comes after the policy. */
    verdict = judge(b, "[update]\nmail = x\n[policy Mail]\nMailReport = 1\n", false,
                    "Mail", "Mail=y");
    assert_int_equal(verdict.overridden_by->at, 2);
    assert_string_equal(verdict.overridden_by->file, bench_at(b, LOCAL));
}

static void limits_and_rules_that_idle_it_are_told(void **state)
{
    struct bench *b = *state;
    bench_put(b, "etc/gpconf/limits.ini", "[limits]\nsecurity updates = required\n");
    struct verdict verdict = judge(b, "", false, "update.mode", "manual");
    assert_int_equal(verdict.refused_by->at, 2);
    assert_non_null(strstr(verdict.why, "security updates are required"));
    session_evaluation_free(after);
    after = NULL;
    verdict = judge(b, "", false, "update.reboot-always", "yes");
    if (!after->config.decisions[SETTING_REBOOT_ALWAYS].idle_by)
        fail_msg("no rule idles it any more: choose another setting for this test");
    assert_null(verdict.refused_by);
    assert_non_null(verdict.why);
}

/* --- the answer --- */

static const struct gpconf_node *first_said(const struct gpconf_answer *a)
{
    return gpconf_node_first(gpconf_node_get(gpconf_answer_data(a), "said"));
}

static void what_must_not_be_shown_is_not(void **state)
{
    struct bench *b = *state;
    static const struct {
        const char *what, *word;
        bool shown;
        mode_t mode;
    } cases[] = {
        { "update.mail", "canary", true, 0644 },
        { "update.proxy", "http://canary", false, 0644 },
        { "Proxy", "Proxy=http://canary", false, 0644 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct gpconf_answer *a = answer_new("set", 0);
        struct verdict verdict = judge(b, "", false, cases[i].what, cases[i].word);
        verdict_answer_choice(a, after, &chosen, "local.ini", true);
        verdict_answer(a, after, &chosen, &verdict, true);
        const struct gpconf_node *said = first_said(a);
        assert_non_null(said);
        assert_int_equal(gpconf_get_text(said, "value") != NULL, cases[i].shown);
        assert_int_equal(gpconf_node_bool(gpconf_node_get(said, "redacted")),
                         !cases[i].shown);
        gpconf_answer_unref(a);
        session_evaluation_free(after);
        after = NULL;
    }
    struct statement hidden = { .kind = STATEMENT_SETTING,
                                .subject = "update.mail",
                                .origin.is_private = true };
    assert_true(verdict_hides(shipped, &hidden, &b->arena));
    hidden.origin.is_private = false;
    assert_false(verdict_hides(shipped, &hidden, &b->arena));
    hidden = (struct statement){ .kind = STATEMENT_POLICY,
                                 .subject = "Mail",
                                 .element = "Nobody" };
    assert_true(verdict_hides(shipped, &hidden, &b->arena));
}

#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, bench_set_up_session, tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_choice_that_nobody_minds_counts),
        TEST(a_linked_gpo_decides_and_is_named),
        TEST(an_enforced_link_and_the_local_gpo_are_told_as_such),
        TEST(what_a_gpo_hands_back_is_not_decided_by_it),
        TEST(a_mode_that_policy_leaves_to_the_machine_is_not_decided),
        TEST(a_policy_is_decided_where_one_of_its_values_is),
        TEST(a_later_file_or_line_that_counts_instead_is_found),
        TEST(limits_and_rules_that_idle_it_are_told),
        TEST(what_must_not_be_shown_is_not),
    };
    return !!cmocka_run_group_tests(tests, load, drop);
}
