#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/status.h"
#include "engine/providers/apt/accept.h"
#include "engine/providers/apt/apt_config.h"
#include "tests/unit/bench.h"
#include "tests/unit/support.h"

/* apt itself is the judge here, on a scratch root. */

#define PARTS "etc/apt/apt.conf.d/"
#define OURS PARTS "99-gpconf.conf"
#define STAGED PARTS ".99-gpconf.conf.gpconf-1"
#define LIST "Unattended-Upgrade::Package-Blacklist"

static struct change plan;
static struct step *step;

/* A step of ours with what it claims, and its file as staging leaves it. */
static void stage(struct bench *b, const char *target, const char *text,
                  const struct claim *claims, size_t n)
{
    plan = (struct change){ 0 };
    step = change_add(&plan, &b->arena, STEP_FILE);
    *step = (struct step){ .kind = STEP_FILE,
                           .target = target,
                           .owner = "apt",
                           .after = text,
                           .after_size = strlen(text),
                           .action = STEP_CREATE,
                           .staged = STAGED,
                           .claims = claims,
                           .n_claims = n };
    bench_put(b, STAGED, text);
}

static int accept_now(struct bench *b)
{
    struct client client = { .present = true };
    bench_forget(b);
    return accept_apt(&b->machine, &client, &plan, &b->arena, &b->diagnostics);
}

static const struct claim always[] = {
    { .key = "APT::Periodic::Unattended-Upgrade", .value = "always", .line = 2 },
};
#define ALWAYS "// x\nAPT::Periodic::Unattended-Upgrade \"always\";\n"

static bool said(struct bench *b, const char *code, const char *words)
{
    const struct diagnostic *d = b->diagnostics.first;
    return d && !strcmp(d->code, code) && strstr(d->message, words);
}

static void names_are_chosen_as_apt_does(void **state)
{
    (void)state;
    static const char *const good[] = { "00a", "10-b",        "20x.conf", "30_u",
                                        "4:c", "60.dot.conf", "A.conf",   "1" };
    static const char *const bad[] = { "",     ".hid", ".hid.conf", "y.bak", "z~",
                                       "50+p", "8 sp", "90.CONF",   "a.",    "a.b" };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(apt_config_reads(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(apt_config_reads(bad[i]));
}

static void a_well_formed_file_is_accepted(void **state)
{
    struct bench *b = *state;
    bench_put(b, PARTS "20auto", "APT::Periodic::Unattended-Upgrade \"0\";\n");
    stage(b, OURS, ALWAYS, always, 1);
    assert_int_equal(accept_now(b), 0);
    assert_int_equal(b->diagnostics.n, 0);
}

static void the_staged_file_is_read_and_not_the_live_one(void **state)
{
    struct bench *b = *state;
    stage(b, OURS, ALWAYS, always, 1);
    bench_put(b, OURS, "broken\n");
    step->action = STEP_REPLACE;
    assert_int_equal(accept_now(b), 0);
    bench_put(b, OURS, ALWAYS);
    bench_put(b, STAGED, "broken\n");
    assert_int_equal(accept_now(b), GPCONF_ECLIENT);
}

static void a_removed_file_is_not_read(void **state)
{
    struct bench *b = *state;
    bench_put(b, OURS, "broken\n");
    stage(b, OURS, ALWAYS, NULL, 0);
    step->action = STEP_REMOVE;
    step->staged = NULL;
    step->after = NULL;
    assert_int_equal(accept_now(b), 0);
}

static void a_foreign_broken_file_is_named(void **state)
{
    struct bench *b = *state;
    stage(b, OURS, ALWAYS, always, 1);
    bench_put(b, PARTS "21bad", "A \"x\";\nB \"a\" b;\n");
    assert_int_equal(accept_now(b), GPCONF_ECLIENT);
    assert_true(said(b, "apt-syntax", " " PARTS "21bad:2:"));
    bench_put(b, PARTS "21bad", "");
    bench_put(b, "etc/apt/apt.conf", "}{\n");
    assert_int_equal(accept_now(b), GPCONF_ECLIENT);
    assert_true(said(b, "apt-syntax", "etc/apt/apt.conf:1:"));
}

static void files_that_apt_does_not_read_cannot_break_it(void **state)
{
    struct bench *b = *state;
    stage(b, OURS, ALWAYS, always, 1);
    bench_put(b, PARTS "21bad.bak", "broken\n");
    bench_put(b, PARTS ".21bad", "broken\n");
    scratch_folder(b->root, PARTS "30folder");
    assert_int_equal(accept_now(b), 0);
}

static void what_a_later_file_decides_is_not_refused(void **state)
{
    struct bench *b = *state;
    stage(b, OURS, ALWAYS, always, 1);
    bench_put(b, PARTS "zz-local", "APT::Periodic::Unattended-Upgrade \"0\";\n");
    bench_put(b, "etc/apt/apt.conf", "APT::Periodic::Unattended-Upgrade \"1\";\n");
    assert_int_equal(accept_now(b), 0);
}

static void a_list_has_the_members_that_are_claimed_and_no_others(void **state)
{
    struct bench *b = *state;
    static const struct claim claims[] = {
        { .key = LIST, .value = "", .line = 2 },
        { .key = LIST, .value = "^a$", .line = 3 },
        { .key = LIST, .value = "^a$", .line = 3 }, /* of another setting */
        { .key = LIST, .value = "^b\\+$", .line = 4 },
    };
    bench_put(b, PARTS "50uu", LIST ":: \"theirs\";\n");
    stage(b, OURS,
          "// x\n#clear " LIST ";\n" LIST ":: \"^a$\";\n" LIST ":: \"^b\\+$\";\n",
          claims, 4);
    assert_int_equal(accept_now(b), 0);
    stage(b, OURS, "// x\n\n" LIST ":: \"^a$\";\n" LIST ":: \"^b\\+$\";\n", claims, 4);
    assert_int_equal(accept_now(b), GPCONF_ECLIENT);
    assert_true(said(b, "apt-reads-otherwise", LIST));
    stage(b, OURS, "// x\n#clear " LIST ";\n" LIST ":: \"^a$\";\n", claims, 4);
    assert_int_equal(accept_now(b), GPCONF_ECLIENT);
}

static void a_value_that_apt_reads_otherwise_is_refused(void **state)
{
    struct bench *b = *state;
    static const struct claim claims[] = {
        { .key = "Unattended-Upgrade::Mail", .value = "a", .line = 1 },
    };
    stage(b, OURS, "Unattended-Upgrade::Mail \"b\";\n", claims, 1);
    assert_int_equal(accept_now(b), GPCONF_ECLIENT);
    assert_true(said(b, "apt-reads-otherwise", "Unattended-Upgrade::Mail"));
}

static void patterns_are_pythons(void **state)
{
    struct bench *b = *state;
    static const struct claim claims[] = {
        { .key = LIST, .value = "libfoo++(", .line = 1 },
    };
    stage(b, OURS, LIST ":: \"libfoo++(\";\n", claims, 1);
    assert_int_equal(accept_now(b), GPCONF_ECLIENT);
    assert_true(said(b, "apt-value-refused", "python3"));
}

static void times_are_systemds(void **state)
{
    struct bench *b = *state;
    static const char timer[] = "etc/systemd/system/apt-daily.timer.d/50-gpconf.conf";
    struct claim claims[] = {
        { .key = "apt-daily.timer:OnCalendar", .value = "", .line = 2 },
        { .key = "apt-daily.timer:OnCalendar",
          .value = "Tue *-*-08..14 03:00:00",
          .line = 3 },
        { .key = "apt-daily.timer:RandomizedDelaySec", .value = "4h", .line = 4 },
    };
    stage(b, timer, "[Timer]\n", claims, 3);
    assert_int_equal(accept_now(b), 0);
    claims[1].value = "*-*-* 24:00";
    assert_int_equal(accept_now(b), GPCONF_ECLIENT);
    assert_true(said(b, "apt-value-refused", "systemd-analyze"));
    claims[1].value = "daily";
    claims[2].value = "soon";
    assert_int_equal(accept_now(b), GPCONF_ECLIENT);
}

/* The whole dump, of roots that try to lead the two ways of reading apart. */
static void the_merged_view_is_what_apt_reads_itself(void **state)
{
    struct bench *b = *state;
    bench_put(b, PARTS "10", "X::L:: \"10\";\n");
    bench_put(b, PARTS "10-b", "X::L:: \"10-b\"; Y { a \"1\"; b \"2\"; };\n");
    bench_put(b, PARTS "20.conf", "#clear Y::a;\nX::L:: \"20\";\n");
    bench_put(b, PARTS "B", "X::L:: \"B\";\n");
    bench_put(b, PARTS "a", "X::L:: \"a\"; Dir::Etc::main \"other.conf\";\n");
    bench_put(b, "etc/apt/apt.conf", "X::L:: \"main\";\n");
    bench_put(b, "etc/apt/other.conf", "X::L:: \"other\";\n");
    assert_int_equal(symlink("10", bench_at(b, PARTS "30link")), 0);
    static const struct claim claims[] = {
        { .key = "X::L", .value = "10", .line = 1 },
        { .key = "X::L", .value = "10-b", .line = 2 },
        { .key = "X::L", .value = "20", .line = 3 },
        { .key = "X::L", .value = "10", .line = 4 },
        { .key = "X::L", .value = "B", .line = 5 },
        { .key = "X::L", .value = "a", .line = 6 },
        { .key = "X::L", .value = "zz", .line = 7 },
        { .key = "Y::b", .value = "2", .line = 8 },
    };
    stage(b, PARTS "zz", "X::L:: \"zz\";\n", claims, 8);
    assert_int_equal(accept_now(b), 0);
    /* And the main file is the one that a part names. */
    bench_put(b, "etc/apt/apt.conf", "broken\n");
    assert_int_equal(accept_now(b), 0);
    bench_put(b, "etc/apt/other.conf", "broken\n");
    assert_int_equal(accept_now(b), GPCONF_ECLIENT);
    assert_true(said(b, "apt-syntax", "other.conf"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_set_up_root, bench_tear_down)

int main(void)
{
    if (access("/usr/bin/apt-config", X_OK) ||
        access("/usr/bin/systemd-analyze", X_OK) || access("/usr/bin/python3", X_OK)) {
        print_message("needs apt-config, systemd-analyze and python3, skipping\n");
        return 77;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_chosen_as_apt_does),
        TEST(a_well_formed_file_is_accepted),
        TEST(the_staged_file_is_read_and_not_the_live_one),
        TEST(a_removed_file_is_not_read),
        TEST(a_foreign_broken_file_is_named),
        TEST(files_that_apt_does_not_read_cannot_break_it),
        TEST(what_a_later_file_decides_is_not_refused),
        TEST(a_list_has_the_members_that_are_claimed_and_no_others),
        TEST(a_value_that_apt_reads_otherwise_is_refused),
        TEST(patterns_are_pythons),
        TEST(times_are_systemds),
        TEST(the_merged_view_is_what_apt_reads_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
