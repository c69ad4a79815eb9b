#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/status.h"
#include "engine/providers/apt/activate.h"
#include "tests/unit/bench.h"

/* A machine that writes down what is run, says what show should say, and lets the
 * fails-th command fail; 0: none. */
struct fake {
    const char *show;
    int fails, status, n;
    bool stopped[2]; /* apt-daily.timer, the other */
    const char *said;
};

static int run(struct machine *machine, const struct process *process,
               struct arena *arena, struct process_result *ret)
{
    struct fake *fake = machine->context;
    const char *const *arguments = process->arguments;
    const char *verb = arguments[1];
    for (size_t i = 0; arguments[i]; i++)
        fake->said = arena_format(arena, "%s%s%s", fake->said, i ? " " : "",
                                  i ? arguments[i] : strrchr(arguments[i], '/') + 1);
    fake->said = arena_format(arena, "%s\n", fake->said);
    *ret = (struct process_result){ .output = arena_string(arena, fake->show),
                                    .errors = arena_string(arena, "no\n") };
    if (++fake->n == fake->fails) {
        ret->exit_status = 1;
        return fake->status;
    }
    if (!strcmp(verb, "stop") || !strcmp(verb, "start"))
        fake->stopped[!!strcmp(arguments[2], "apt-daily.timer")] = *(verb + 2) == 'o';
    return 0;
}

#define ON "LoadState=loaded\nActiveState=active\nUnitFileState=enabled\n"

static int activate(struct bench *b, struct fake *fake, const char *const *targets)
{
    struct machine machine = { .root = "/", .run = run, .context = fake };
    struct client client = { .present = true, .systemd_running = true };
    struct change change = { 0 };
    for (size_t i = 0; targets[i]; i++) {
        struct step *step = change_add(&change, &b->arena, STEP_FILE);
        step->target = targets[i];
        step->owner = "apt";
        step->action = STEP_CREATE;
    }
    fake->said = "";
    return activate_apt(&machine, &client, &change, &b->arena, &b->diagnostics);
}

static const char *const both[] = {
    "etc/apt/apt.conf.d/99-gpconf.conf",
    "etc/systemd/system/apt-daily.timer.d/50-gpconf.conf",
    "etc/systemd/system/apt-daily-upgrade.timer.d/50-gpconf.conf", NULL
};
static const char *const one[] = {
    "etc/systemd/system/apt-daily-upgrade.timer.d/50-gpconf.conf", NULL
};
#define SHOW "systemctl show --property=LoadState,ActiveState,UnitFileState "

static void timers_are_stopped_touched_loaded_and_started(void **state)
{
    struct bench *b = *state;
    struct fake fake = { .show = ON };
    assert_int_equal(activate(b, &fake, both), 0);
    assert_string_equal(
        fake.said,
        SHOW "apt-daily.timer\n" SHOW "apt-daily-upgrade.timer\n"
             "systemctl stop apt-daily.timer\n"
             "touch --no-create /var/lib/systemd/timers/stamp-apt-daily.timer\n"
             "systemctl stop apt-daily-upgrade.timer\n"
             "touch --no-create /var/lib/systemd/timers/stamp-apt-daily-upgrade.timer\n"
             "systemctl daemon-reload\n"
             "systemctl start apt-daily.timer\n"
             "systemctl start apt-daily-upgrade.timer\n");
    assert_int_equal(b->diagnostics.n, 0);
}

static void a_timer_without_a_change_is_left_alone(void **state)
{
    struct bench *b = *state;
    struct fake fake = { .show = ON };
    assert_int_equal(activate(b, &fake, one), 0);
    assert_null(strstr(fake.said, "apt-daily.timer"));
    assert_non_null(strstr(fake.said, "start apt-daily-upgrade.timer"));
}

static void a_service_only_needs_to_be_loaded(void **state)
{
    struct bench *b = *state;
    static const char *const service[] = {
        "etc/systemd/system/apt-daily.service.d/50-gpconf.conf", NULL
    };
    struct fake fake = { .show = ON };
    assert_int_equal(activate(b, &fake, service), 0);
    assert_string_equal(fake.said, "systemctl daemon-reload\n");
}

static void apts_own_file_needs_nothing(void **state)
{
    struct bench *b = *state;
    static const char *const conf[] = { "etc/apt/apt.conf.d/99-gpconf.conf", NULL };
    struct fake fake = { .show = ON };
    assert_int_equal(activate(b, &fake, conf), 0);
    assert_string_equal(fake.said, "");
}

/* What a kill between stop and start leaves. */
static void a_timer_that_was_left_stopped_is_started(void **state)
{
    struct bench *b = *state;
    struct fake fake = {
        .show = "LoadState=loaded\nActiveState=inactive\nUnitFileState=enabled\n"
    };
    assert_int_equal(activate(b, &fake, one), 0);
    assert_non_null(strstr(fake.said, "start apt-daily-upgrade.timer"));
}

static void a_timer_that_is_switched_off_stays_off_and_that_is_told(void **state)
{
    struct bench *b = *state;
    static const char *const off[] = {
        "LoadState=loaded\nActiveState=inactive\nUnitFileState=disabled\n",
        "LoadState=masked\nActiveState=inactive\nUnitFileState=masked\n",
        "LoadState=masked\nActiveState=active\nUnitFileState=masked-runtime\n",
        "LoadState=not-found\nActiveState=inactive\nUnitFileState=\n",
    };
    for (size_t i = 0; i < sizeof off / sizeof *off; i++) {
        struct fake fake = { .show = off[i] };
        bench_forget(b);
        assert_int_equal(activate(b, &fake, one), 0);
        assert_null(strstr(fake.said, "start"));
        assert_non_null(strstr(fake.said, "daemon-reload"));
        assert_int_equal(b->diagnostics.warnings, 1);
        assert_string_equal(b->diagnostics.first->code, "apt-timer-off");
    }
}

/* A restart of the timer is what a failure must never cost; loading an old stamp would
 * be a run. */
static void whatever_fails_no_timer_stays_stopped(void **state)
{
    struct bench *b = *state;
    static const int statuses[] = { 0, GPCONF_EIO, GPCONF_ENOTFOUND, GPCONF_ELIMIT };
    for (size_t s = 0; s < sizeof statuses / sizeof *statuses; s++)
        for (int fails = 1; fails <= 9; fails++) {
            struct fake fake = { .show = ON, .fails = fails, .status = statuses[s] };
            bench_forget(b);
            assert_int_equal(activate(b, &fake, both), GPCONF_ECLIENT);
            assert_int_equal(b->diagnostics.errors, 1);
            assert_true(!fake.stopped[0] || fails == 8);
            assert_true(!fake.stopped[1] || fails == 9);
            if (fails >= 3 && fails <= 6)
                assert_null(strstr(fake.said, "daemon-reload"));
        }
}

static void without_systemd_or_for_an_image_it_is_pending(void **state)
{
    struct bench *b = *state;
    struct fake fake = { .said = "" };
    struct step step = { .kind = STEP_FILE, .target = one[0], .action = STEP_CREATE };
    struct change change = { .steps = &step, .n_steps = 1 };
    for (int image = 0; image < 2; image++) {
        struct machine machine = { .run = run, .context = &fake, .is_image = image };
        struct client client = { .present = true, .systemd_running = image };
        bench_forget(b);
        assert_int_equal(
            activate_apt(&machine, &client, &change, &b->arena, &b->diagnostics), 0);
        assert_string_equal(b->diagnostics.first->code, "apt-pending");
        assert_int_equal(b->diagnostics.first->severity, SEVERITY_NOTE);
    }
    assert_string_equal(fake.said, "");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, bench_set_up, bench_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(timers_are_stopped_touched_loaded_and_started),
        TEST(a_timer_without_a_change_is_left_alone),
        TEST(a_service_only_needs_to_be_loaded),
        TEST(apts_own_file_needs_nothing),
        TEST(a_timer_that_was_left_stopped_is_started),
        TEST(a_timer_that_is_switched_off_stays_off_and_that_is_told),
        TEST(whatever_fails_no_timer_stays_stopped),
        TEST(without_systemd_or_for_an_image_it_is_pending),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
