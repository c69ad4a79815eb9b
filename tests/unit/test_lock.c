#include "tests/unit/change_fixture.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "engine/change/lock.h"

static int take(struct fixture *f, int wait_ms, struct lock *ret)
{
    return lock_take(f->root, "test", wait_ms, &f->diagnostics, ret);
}

/* A process that takes the lock, says so, and holds it until it is killed. */
static pid_t start_holder(struct fixture *f)
{
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct lock lock;
        bool good = lock_take(f->root, "gpconf apply", 0, &f->diagnostics, &lock) == 0;
        if (write(ready[1], good ? "y" : "n", 1) == 1)
            for (;;)
                pause();
        _exit(1);
    }
    char answer;
    close(ready[1]);
    assert_int_equal(read(ready[0], &answer, 1), 1);
    assert_int_equal(answer, 'y');
    close(ready[0]);
    return pid;
}

static void stop(pid_t pid)
{
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

static void the_state_folder_is_made(void **state)
{
    struct fixture *f = *state;
    struct lock lock;
    assert_int_equal(take(f, 0, &lock), 0);
    assert_true(fixture_exists(f, "var/lib/gpconf/lock"));
    lock_drop(&lock);
    assert_true(fixture_exists(f, "var/lib/gpconf/lock"));
    assert_int_equal(take(f, 0, &lock), 0);
    lock_drop(&lock);
}

static void the_holder_is_named(void **state)
{
    struct fixture *f = *state;
    struct lock lock;
    pid_t pid = start_holder(f);
    assert_int_equal(take(f, 0, &lock), GPCONF_EBUSY);
    assert_true(fixture_said(f, "change-busy"));
    assert_true(fixture_message(f, "gpconf apply"));
    assert_true(fixture_message(f, arena_format(&f->arena, "%ld", (long)pid)));
    stop(pid);
}

static void a_killed_holder_lets_go(void **state)
{
    struct fixture *f = *state;
    struct lock lock;
    stop(start_holder(f));
    assert_int_equal(take(f, 0, &lock), 0);
    lock_drop(&lock);
}

static void waiting_ends_when_the_time_is_over(void **state)
{
    struct fixture *f = *state;
    struct lock lock;
    struct timespec from, to;
    pid_t pid = start_holder(f);
    clock_gettime(CLOCK_MONOTONIC, &from);
    assert_int_equal(take(f, 300, &lock), GPCONF_EBUSY);
    clock_gettime(CLOCK_MONOTONIC, &to);
    int64_t ms =
        (to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000;
    assert_true(ms >= 300);
    stop(pid);
}

static void waiting_gets_the_lock_when_it_is_free(void **state)
{
    struct fixture *f = *state;
    struct lock lock;
    pid_t pid = start_holder(f), killer = fork();
    if (killer == 0) {
        const struct timespec pause = { .tv_nsec = 150000000 };
        nanosleep(&pause, NULL);
        kill(pid, SIGKILL);
        _exit(0);
    }
    assert_int_equal(take(f, LOCK_WAIT, &lock), 0);
    lock_drop(&lock);
    waitpid(killer, NULL, 0);
    waitpid(pid, NULL, 0);
}

static void a_writer_that_the_holder_started_is_refused_at_once(void **state)
{
    struct fixture *f = *state;
    struct lock lock;
    assert_int_equal(take(f, 0, &lock), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct lock inner;
        alarm(5); /* it would wait for itself for a minute */
        int status =
            lock_take(f->root, "hook", LOCK_WAIT_RECOVERY, &f->diagnostics, &inner);
        _exit(status == GPCONF_EBUSY && fixture_said(f, "change-inside-a-hook") ? 0
                                                                                : 1);
    }
    int result;
    assert_int_equal(waitpid(pid, &result, 0), pid);
    assert_int_equal(result, 0);
    lock_drop(&lock);
}

static void an_open_state_folder_is_refused(void **state)
{
    struct fixture *f = *state;
    struct lock lock;
    fixture_folders(f, "var/lib/gpconf/");
    fchmodat(f->root, "var/lib/gpconf", 0777, 0);
    assert_int_equal(take(f, 0, &lock), GPCONF_EUNTRUSTED);
}

int main(void)
{
#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(the_state_folder_is_made),
        TEST(the_holder_is_named),
        TEST(a_killed_holder_lets_go),
        TEST(waiting_ends_when_the_time_is_over),
        TEST(waiting_gets_the_lock_when_it_is_free),
        TEST(a_writer_that_the_holder_started_is_refused_at_once),
        TEST(an_open_state_folder_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
