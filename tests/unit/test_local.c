#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/limits.h"
#include "base/status.h"
#include "policies/local.h"
#include "tests/unit/bench.h"

static int parse(struct bench *b, const char *text, struct statements *to)
{
    bench_forget(b);
    return local_parse(text, strlen(text), "local.ini", &b->arena, &b->diagnostics, to);
}

/* The statements as lines, for comparing. */
static const char *show(struct bench *b, const char *text)
{
    struct statements statements = { 0 };
    struct buffer lines;
    int status = parse(b, text, &statements);
    if (status)
        return gpconf_status_name(status);
    buffer_init(&lines, 1 << 20);
    buffer_string(&lines, "");
    for (size_t i = 0; i < statements.n; i++) {
        const struct statement *s = &statements.items[i];
        buffer_format(&lines, "%u %s %s", s->origin.at,
                      s->kind == STATEMENT_SETTING ? "setting"
                      : s->half == HALF_USER       ? "user"
                                                   : "machine",
                      s->subject);
        if (s->element)
            buffer_format(&lines, " %s", s->element);
        if (s->entry)
            buffer_format(&lines, " %s", s->entry);
        buffer_format(&lines, " = %s\n", s->text);
    }
    const char *copy = arena_string(&b->arena, lines.data);
    buffer_done(&lines);
    return copy;
}

static void settings_and_policies_become_statements(void **state)
{
    assert_string_equal(show(*state, "; local policy\n"
                                     "[update]\n"
                                     "mode = automatic\n"
                                     "reboot = \"never\" ; for now\n"
                                     "[policy AutoUpdateCfg]\n"
                                     "State = Enabled\n"
                                     "AUOptions = 4\n"
                                     "[Policy User Microsoft.Policies.X:Name]\n"
                                     "state = disabled\n"
                                     "List.1 = text\n"
                                     "List.a.b = data\n"
                                     "[policy machine P]\n"
                                     "[gpconf]\n"
                                     "providers = apt\n"),
                        "3 setting update.mode = automatic\n"
                        "4 setting update.reboot = never\n"
                        "6 machine AutoUpdateCfg = Enabled\n"
                        "7 machine AutoUpdateCfg AUOptions = 4\n"
                        "9 user Microsoft.Policies.X:Name = disabled\n"
                        "10 user Microsoft.Policies.X:Name List 1 = text\n"
                        "11 user Microsoft.Policies.X:Name List a.b = data\n"
                        "14 setting gpconf.providers = apt\n");
}

static void files_add_up_in_their_order(void **state)
{
    struct bench *b = *state;
    struct statements all = { 0 };
    assert_int_equal(parse(b, "[update]\nmode = notify\n", &all), 0);
    assert_int_equal(parse(b, "[update]\nmode = manual\nbroken\n", &all),
                     GPCONF_ESYNTAX);
    assert_int_equal(parse(b, "[update]\nreboot = never\n", &all), 0);
    assert_int_equal(all.n, 2);
    assert_string_equal(all.items[1].subject, "update.reboot");
}

static void what_is_no_statement_damages_the_file(void **state)
{
    struct bench *b = *state;
    static const char *const bad[] = {
        "mode = automatic\n",
        "[policy]\nstate = enabled\n",
        "[policy A B]\n",
        "[policy user]x\n",
        "[update more]\nmode = 1\n",
        "[policy P]\nstate = on\n",
        "[update]\nmode\n",
        "[update]\nmode = 1\nmode = 2\n",
        "[update.x]\ny = 1\n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_string_equal(show(b, bad[i]), "GPCONF_ESYNTAX");
        assert_true(b->diagnostics.errors > 0);
    }
    /* A policy may be called as a half is. */
    assert_string_equal(show(b, "[policy user]\nstate = enabled\n"),
                        "2 machine user = enabled\n");
}

static void every_truncation_is_read_or_damaged(void **state)
{
    struct bench *b = *state;
    static const char text[] =
        "[update]\nmode = \"x;y\"\n[policy user NS:P]\nstate = enabled\nL.1 = a\n";
    for (size_t size = 0; size < sizeof text - 1; size++) {
        struct statements statements = { 0 };
        char *copy = malloc(size ? size : 1);
        memcpy(copy, text, size);
        bench_forget(b);
        int status =
            local_parse(copy, size, "f", &b->arena, &b->diagnostics, &statements);
        assert_int_equal(status != 0, b->diagnostics.errors != 0);
        assert_true(status == 0 || statements.n == 0);
        free(copy);
    }
}

/* ---- the writer ---- */

static const char *edit(struct bench *b, const char *text,
                        const struct statement *statement)
{
    struct buffer to;
    const char *why = NULL;
    buffer_init(&to, LIMIT_INI_FILE);
    int status = statement->text
                     ? local_set(text, strlen(text), statement, &b->arena, &to, &why)
                     : local_unset(text, strlen(text), statement, &b->arena, &to, &why);
    if (status) {
        assert_int_equal(to.size, 0);
        assert_non_null(why);
    }
    const char *copy = status
                           ? gpconf_status_name(status)
                           : arena_string_n(&b->arena, to.data ? to.data : "", to.size);
    buffer_done(&to);
    return copy;
}

static const char *setting(struct bench *b, const char *text, const char *id,
                           const char *value)
{
    return edit(b, text, &(struct statement){ .subject = id, .text = value });
}

static const char *policy(struct bench *b, const char *text, enum statement_half half,
                          const char *id, const char *element, const char *entry,
                          const char *value)
{
    return edit(b, text,
                &(struct statement){ .kind = STATEMENT_POLICY,
                                     .half = half,
                                     .subject = id,
                                     .element = element,
                                     .entry = entry,
                                     .text = value });
}

static void a_setting_is_set_and_taken_back(void **state)
{
    struct bench *b = *state;
    static const char text[] = "# mine\n[Update]\nMode = notify ; for now\n";
    assert_string_equal(setting(b, "", "update.mode", "automatic"),
                        "[update]\nmode = automatic\n");
    assert_string_equal(setting(b, text, "update.mode", "automatic"),
                        "# mine\n[Update]\nMode = automatic ; for now\n");
    assert_string_equal(
        setting(b, text, "update.reboot", "a;b"),
        "# mine\n[Update]\nMode = notify ; for now\nreboot = \"a;b\"\n");
    assert_string_equal(setting(b, text, "update.mode", NULL), "# mine\n[Update]\n");
    assert_string_equal(setting(b, text, "update.reboot", NULL), "GPCONF_ENOTFOUND");
}

static void a_policy_is_set_and_taken_back(void **state)
{
    struct bench *b = *state;
    const char *text = policy(b, "", HALF_USER, "NS:P", NULL, NULL, "enabled");
    assert_string_equal(text, "[policy user NS:P]\nstate = enabled\n");
    text = policy(b, text, HALF_USER, "ns:p", "List", "1", "one");
    text = policy(b, text, HALF_USER, "NS:P", "List", "2", "two");
    text = policy(b, text, HALF_USER, "NS:P", "Number", NULL, "4");
    text = policy(b, text, HALF_MACHINE, "NS:P", NULL, NULL, "disabled");
    assert_string_equal(text, "[policy user NS:P]\nstate = enabled\nList.1 = one\n"
                              "List.2 = two\nNumber = 4\n\n[policy NS:P]\n"
                              "state = disabled\n");
    assert_string_equal(policy(b, text, HALF_USER, "NS:P", "list", "1", NULL),
                        "[policy user NS:P]\nstate = enabled\nList.2 = two\n"
                        "Number = 4\n\n[policy NS:P]\nstate = disabled\n");
    assert_string_equal(policy(b, text, HALF_USER, "NS:P", "list", NULL, NULL),
                        "[policy user NS:P]\nstate = enabled\n"
                        "Number = 4\n\n[policy NS:P]\nstate = disabled\n");
    assert_string_equal(policy(b, text, HALF_USER, "NS:P", NULL, NULL, NULL),
                        "[policy user NS:P]\n\n[policy NS:P]\nstate = disabled\n");
    assert_string_equal(policy(b, text, HALF_MACHINE, "P", NULL, NULL, NULL),
                        "GPCONF_ENOTFOUND");
}

static void a_section_for_the_machine_is_found_however_it_is_written(void **state)
{
    struct bench *b = *state;
    assert_string_equal(policy(b, "[Policy  Machine P]\nState = enabled\n",
                               HALF_MACHINE, "p", NULL, NULL, "disabled"),
                        "[Policy  Machine P]\nState = disabled\n");
    assert_string_equal(policy(b, "[policy P]\nA = 1\n[policy machine P]\nB = 2\n",
                               HALF_MACHINE, "P", "B", NULL, "3"),
                        "[policy P]\nA = 1\n[policy machine P]\nB = 3\n");
}

static void an_element_id_may_hold_a_dot(void **state)
{
    struct bench *b = *state;
    const char *text = policy(b, "", HALF_MACHINE, "P", "Pol.Number", NULL, "4");
    assert_string_equal(show(b, text), "2 machine P Pol Number = 4\n");
    assert_string_equal(policy(b, text, HALF_MACHINE, "P", "pol.number", NULL, "5"),
                        "[policy P]\nPol.Number = 5\n");
}

static void what_does_not_fit_is_refused(void **state)
{
    struct bench *b = *state;
    assert_string_equal(setting(b, "", "mode", "x"), "GPCONF_ERANGE");
    assert_string_equal(setting(b, "", "update.", "x"), "GPCONF_ERANGE");
    assert_string_equal(setting(b, "", ".mode", "x"), "GPCONF_ERANGE");
    assert_string_equal(setting(b, "", "update.mode", "a\nb"), "GPCONF_ERANGE");
    assert_string_equal(setting(b, "", "policy.mode", "a"), "GPCONF_ERANGE");
    assert_string_equal(policy(b, "", HALF_MACHINE, "A B", NULL, NULL, "enabled"),
                        "GPCONF_ERANGE");
    assert_string_equal(policy(b, "", HALF_MACHINE, "P", NULL, NULL, "perhaps"),
                        "GPCONF_ERANGE");
    assert_string_equal(policy(b, "", HALF_MACHINE, "P", "State", NULL, "1"),
                        "GPCONF_ERANGE");
    assert_string_equal(policy(b, "", HALF_MACHINE, "P", "L", "a=b", "1"),
                        "GPCONF_ERANGE");
    assert_string_equal(setting(b, "broken\n", "update.mode", "x"), "GPCONF_ESYNTAX");
    assert_string_equal(setting(b, "broken\n", "update.mode", NULL), "GPCONF_ESYNTAX");
}

#define T(name) cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        T(settings_and_policies_become_statements),
        T(files_add_up_in_their_order),
        T(what_is_no_statement_damages_the_file),
        T(every_truncation_is_read_or_damaged),
        T(a_setting_is_set_and_taken_back),
        T(a_policy_is_set_and_taken_back),
        T(a_section_for_the_machine_is_found_however_it_is_written),
        T(an_element_id_may_hold_a_dot),
        T(what_does_not_fit_is_refused),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
