#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/limits.h"
#include "base/process.h"
#include "base/status.h"
#include "tests/unit/support.h"

static struct arena arena;

static int begin(void **state)
{
    (void)state;
    arena_init(&arena, LIMIT_ARENA);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

static int shell_for(const char *script, int seconds, struct process_result *ret)
{
    const char *const arguments[] = { "/bin/sh", "-c", script, NULL };
    struct process process = { .arguments = arguments, .seconds = seconds };
    return process_run(&process, &arena, ret);
}

/* What a script prints; its status and errors must be nothing. */
static const char *shell(const char *script)
{
    struct process_result result;
    assert_int_equal(shell_for(script, 0, &result), 0);
    assert_string_equal(result.errors, "");
    assert_int_equal(result.exit_status, 0);
    assert_int_equal(strlen(result.output), result.output_size);
    return result.output;
}

static int run_program(const char *path, const char *const *environment,
                       struct process_result *ret)
{
    const char *const arguments[] = { path, NULL };
    struct process process = { .arguments = arguments, .environment = environment };
    return process_run(&process, &arena, ret);
}

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void the_environment_is_ours_and_the_additions(void **state)
{
    (void)state;
    setenv("APT_CONFIG", "/tmp/evil", 1);
    setenv("PYTHONPATH", "/tmp/evil", 1);
    struct process_result result;
    assert_int_equal(run_program("/usr/bin/env", NULL, &result), 0);
    assert_string_equal(result.output,
                        "PATH=/usr/sbin:/usr/bin:/sbin:/bin\nLC_ALL=C.UTF-8\n");
    const char *const additions[] = { "A=1", "B=", "PATHS=x=y", NULL };
    assert_int_equal(run_program("/usr/bin/env", additions, &result), 0);
    assert_string_equal(result.output,
                        "PATH=/usr/sbin:/usr/bin:/sbin:/bin\nLC_ALL=C.UTF-8\n"
                        "A=1\nB=\nPATHS=x=y\n");
}

static void additions_over_the_limit_are_an_error(void **state)
{
    (void)state;
    const char *additions[LIMIT_PROCESS_ENVIRONMENT + 2] = { NULL };
    for (size_t i = 0; i < LIMIT_PROCESS_ENVIRONMENT; i++)
        additions[i] = arena_format(&arena, "N%zu=%zu", i, i);
    struct process_result result;
    assert_int_equal(run_program("/usr/bin/env", additions, &result), 0);
    assert_non_null(strstr(result.output, "N15=15\n"));
    additions[LIMIT_PROCESS_ENVIRONMENT] = "ONE=more";
    assert_int_equal(run_program("/usr/bin/env", additions, &result), GPCONF_EINVAL);
}

static void additions_that_are_none_are_an_error(void **state)
{
    (void)state;
    const char *bad[] = { "", "NAME", "=value", "PATH=/tmp", "LC_ALL=C" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *const additions[] = { bad[i], NULL };
        struct process_result result;
        assert_int_equal(run_program("/usr/bin/env", additions, &result),
                         GPCONF_EINVAL);
    }
}

static void a_request_without_an_absolute_path_is_invalid(void **state)
{
    (void)state;
    const char *const nothing[] = { NULL };
    struct process process = { .arguments = NULL };
    struct process_result result;
    assert_int_equal(process_run(&process, &arena, &result), GPCONF_EINVAL);
    process.arguments = nothing;
    assert_int_equal(process_run(&process, &arena, &result), GPCONF_EINVAL);
    assert_int_equal(run_program("bin/true", NULL, &result), GPCONF_EINVAL);
    assert_int_equal(run_program("", NULL, &result), GPCONF_EINVAL);
    assert_int_equal(shell_for("true", -1, &result), GPCONF_EINVAL);
}

static void the_child_starts_from_nothing(void **state)
{
    (void)state;
    assert_string_equal(shell("pwd"), "/\n");
    assert_string_equal(shell("cat; readlink /proc/self/fd/0"), "/dev/null\n");
    /* A session of its own: no terminal to ask on. Fields 5 to 7 of the line are
     * the process group, the session and the terminal. */
    assert_string_equal(shell("read pid name run parent group session tty rest "
                              "</proc/$$/stat; "
                              "[ $session = $$ ] && [ $group = $$ ] && echo $tty"),
                        "0\n");
}

static void no_descriptor_of_ours_reaches_the_child(void **state)
{
    (void)state;
    int opened[4];
    const int at[4] = { 3, 10, 63, 500 };
    for (size_t i = 0; i < 4; i++) {
        int fd = open("/dev/null", O_RDWR);
        opened[i] = fcntl(fd, F_DUPFD, at[i]); /* without O_CLOEXEC */
        close(fd);
        assert_true(opened[i] >= at[i]);
    }
    /* 3 is the directory that ls reads. */
    assert_string_equal(shell("ls /proc/self/fd"), "0\n1\n2\n3\n");
    for (size_t i = 0; i < 4; i++)
        close(opened[i]);
}

/* In a process that has none of the descriptors in the mask. The answer is an exit
 * status: cmocka cannot print here. */
static int run_without(unsigned mask)
{
    for (int fd = 0; fd < 8; fd++)
        if (mask >> fd & 1)
            close(fd);
    struct process_result result;
    if (shell_for("cat; echo out; echo err >&2; ls /proc/self/fd", 10, &result))
        return 1;
    if (result.exit_status != 0)
        return 2;
    if (strcmp(result.output, "out\n0\n1\n2\n3\n") != 0)
        return 3;
    if (strcmp(result.errors, "err\n") != 0)
        return 4;
    return run_program("/no/such/program", NULL, &result) == GPCONF_ENOTFOUND ? 0 : 5;
}

static void any_low_descriptor_may_be_closed_in_the_caller(void **state)
{
    (void)state;
    for (unsigned mask = 0; mask < 128; mask++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            for (int fd = 3; fd < 7; fd++)
                if (fcntl(fd, F_GETFD) < 0)
                    dup2(2, fd);
            _exit(run_without(mask));
        }
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFEXITED(status));
        if (WEXITSTATUS(status))
            fail_msg("without the descriptors %#x: step %d", mask, WEXITSTATUS(status));
    }
}

static void ignored_and_blocked_signals_are_reset(void **state)
{
    (void)state;
    sigset_t some, before, after;
    sigemptyset(&some);
    sigaddset(&some, SIGTERM);
    sigaddset(&some, SIGUSR1);
    sigprocmask(SIG_BLOCK, &some, &before);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    const char *text = shell("exec grep -E 'Sig(Blk|Ign)' /proc/self/status");
    signal(SIGPIPE, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    sigprocmask(SIG_SETMASK, &before, &after);
    assert_string_equal(text, "SigBlk:\t0000000000000000\n"
                              "SigIgn:\t0000000000000000\n");
    /* The caller's mask is what it was. */
    assert_int_equal(sigismember(&after, SIGTERM), 1);
    assert_int_equal(sigismember(&after, SIGINT), 0);
}

static void a_broken_pipe_ends_a_pipeline(void **state)
{
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    struct process_result result;
    int status = shell_for("(yes; echo ignored >&2) | head -n 1", 10, &result);
    signal(SIGPIPE, SIG_DFL);
    assert_int_equal(status, 0);
    assert_string_equal(result.output, "y\n");
}

static void the_exit_status_and_both_streams_are_kept(void **state)
{
    (void)state;
    struct process_result result;
    assert_int_equal(shell_for("echo a; echo b >&2; exit 7", 0, &result), 0);
    assert_int_equal(result.exit_status, 7);
    assert_string_equal(result.output, "a\n");
    assert_string_equal(result.errors, "b\n");
    assert_int_equal(shell_for("exit 255", 0, &result), 0);
    assert_int_equal(result.exit_status, 255);
    assert_int_equal(shell_for("kill -TERM $$", 0, &result), 0);
    assert_int_equal(result.exit_status, 128 + SIGTERM);
    assert_int_equal(shell_for("kill -KILL $$", 0, &result), 0);
    assert_int_equal(result.exit_status, 128 + SIGKILL);
    assert_int_equal(shell_for("printf 'a\\0b'", 0, &result), 0);
    assert_int_equal(result.output_size, 3);
    assert_memory_equal(result.output, "a\0b", 4);
}

static void a_program_that_cannot_start_says_why(void **state)
{
    (void)state;
    char *dir = scratch_new();
    scratch_text(dir, "plain", "#!/bin/sh\n");
    scratch_text(dir, "script", "#!/no/such/interpreter\n");
    scratch_text(dir, "garbage", "\1\2\3");
    char *plain = scratch_path(dir, "plain"), *script = scratch_path(dir, "script"),
         *garbage = scratch_path(dir, "garbage"), *below = scratch_path(dir, "plain/x");
    chmod(script, 0755);
    chmod(garbage, 0755);
    struct process_result result = { .exit_status = -5 };
    assert_int_equal(run_program("/no/such/program", NULL, &result), GPCONF_ENOTFOUND);
    assert_int_equal(run_program(below, NULL, &result), GPCONF_ENOTFOUND);
    assert_int_equal(run_program(script, NULL, &result), GPCONF_ENOTFOUND);
    assert_int_equal(run_program(plain, NULL, &result), GPCONF_EPERM);
    assert_int_equal(run_program(garbage, NULL, &result), GPCONF_EIO);
    assert_int_equal(result.exit_status, -5);
    free(plain);
    free(script);
    free(garbage);
    free(below);
    scratch_remove(dir);
}

/* Is there such a process, zombies not counted? */
static int alive(long pid)
{
    char path[64], line[256] = "";
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    FILE *file = fopen(path, "r");
    if (!file)
        return 0;
    if (!fgets(line, sizeof line, file))
        line[0] = '\0';
    fclose(file);
    const char *state = strrchr(line, ')');
    return state && state[2] != 'Z' && state[2] != 'X';
}

static void a_time_limit_kills_the_whole_group(void **state)
{
    (void)state;
    double start = seconds_now();
    struct process_result result;
    assert_int_equal(shell_for("trap '' TERM INT HUP; sleep 300 & echo $!; "
                               "sleep 300 & echo $!; wait",
                               1, &result),
                     GPCONF_ELIMIT);
    assert_true(seconds_now() - start < 3);
    assert_int_equal(result.exit_status, 128 + SIGKILL);
    long first = 0, second = 0;
    assert_int_equal(sscanf(result.output, "%ld %ld", &first, &second), 2);
    for (int i = 0; i < 100 && (alive(first) || alive(second)); i++)
        usleep(10000);
    assert_false(alive(first));
    assert_false(alive(second));
}

static void a_program_that_closed_its_streams_is_waited_for(void **state)
{
    (void)state;
    struct process_result result;
    assert_int_equal(shell_for("exec >&- 2>&-; sleep 0.2; exit 3", 0, &result), 0);
    assert_int_equal(result.exit_status, 3);
    double start = seconds_now();
    assert_int_equal(shell_for("exec >&- 2>&-; sleep 300", 1, &result), GPCONF_ELIMIT);
    assert_true(seconds_now() - start < 3);
}

static void a_stream_kept_open_by_somebody_else_is_bounded_too(void **state)
{
    (void)state;
    double start = seconds_now();
    struct process_result result;
    /* In its own session, so that killing the group does not close the pipe. */
    assert_int_equal(shell_for("setsid sleep 4 & echo said", 1, &result),
                     GPCONF_ELIMIT);
    assert_true(seconds_now() - start < 3);
    assert_string_equal(result.output, "said\n");
}

static void output_up_to_the_limit_is_kept(void **state)
{
    (void)state;
    struct process_result result;
    char script[64];
    snprintf(script, sizeof script, "head -c %u /dev/zero", LIMIT_PROCESS_OUTPUT);
    assert_int_equal(shell_for(script, 30, &result), 0);
    assert_int_equal(result.output_size, LIMIT_PROCESS_OUTPUT);
    snprintf(script, sizeof script, "head -c %u /dev/zero", LIMIT_PROCESS_OUTPUT + 1);
    assert_int_equal(shell_for(script, 30, &result), GPCONF_ELIMIT);
    assert_int_equal(result.output_size, LIMIT_PROCESS_OUTPUT);
    double start = seconds_now();
    assert_int_equal(shell_for("echo first; exec yes >&2", 30, &result), GPCONF_ELIMIT);
    assert_true(seconds_now() - start < 20);
    assert_string_equal(result.output, "first\n");
    assert_int_equal(result.errors_size, LIMIT_PROCESS_OUTPUT);
    assert_memory_equal(result.errors, "y\ny\n", 4);
}

static void both_streams_are_read_at_once(void **state)
{
    (void)state;
    struct process_result result;
    assert_int_equal(shell_for("head -c 1000000 /dev/zero >&2;"
                               "head -c 1000000 /dev/zero;"
                               "head -c 1000000 /dev/zero >&2",
                               30, &result),
                     0);
    assert_int_equal(result.output_size, 1000000);
    assert_int_equal(result.errors_size, 2000000);
}

static void nothing_to_do(int signal_number)
{
    (void)signal_number;
}

static void signals_to_the_caller_interrupt_nothing(void **state)
{
    (void)state;
    struct sigaction action = { .sa_handler = nothing_to_do }, before;
    sigaction(SIGALRM, &action, &before); /* without SA_RESTART */
    const struct itimerval often = { { 0, 1000 }, { 0, 1000 } }, never = { 0 };
    setitimer(ITIMER_REAL, &often, NULL);
    struct process_result result[3];
    int status[3];
    for (size_t i = 0; i < 3; i++)
        status[i] = shell_for(i == 2 ? "exec >&- 2>&-; sleep 0.1"
                                     : "sleep 0.1; echo done; echo well >&2",
                              10, &result[i]);
    int limited = shell_for("exec >&- 2>&-; sleep 300", 1, &result[2]);
    setitimer(ITIMER_REAL, &never, NULL);
    sigaction(SIGALRM, &before, NULL);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(status[i], 0);
        assert_string_equal(result[i].output, "done\n");
        assert_string_equal(result[i].errors, "well\n");
    }
    assert_int_equal(status[2], 0);
    assert_int_equal(limited, GPCONF_ELIMIT);
}

static void an_exit_status_that_nobody_kept_is_an_error(void **state)
{
    (void)state;
    signal(SIGCHLD, SIG_IGN);
    double start = seconds_now();
    struct process_result result = { .exit_status = -5 };
    int status = shell_for("exit 3", 5, &result);
    signal(SIGCHLD, SIG_DFL);
    assert_int_equal(status, GPCONF_EIO);
    assert_int_equal(result.exit_status, -5);
    assert_true(seconds_now() - start < 3);
}

static size_t open_descriptors(void)
{
    size_t n = 0;
    for (int fd = 0; fd < 1024; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

static void nothing_stays_open_and_no_zombie_stays(void **state)
{
    (void)state;
    size_t before = open_descriptors();
    struct process_result result;
    assert_int_equal(shell_for("echo fine", 0, &result), 0);
    assert_int_equal(run_program("/no/such/program", NULL, &result), GPCONF_ENOTFOUND);
    assert_int_equal(run_program("relative", NULL, &result), GPCONF_EINVAL);
    assert_int_equal(shell_for("yes", 30, &result), GPCONF_ELIMIT);
    assert_int_equal(open_descriptors(), before);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

static void too_few_descriptors_are_an_error(void **state)
{
    (void)state;
    struct rlimit before, few;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    size_t count = open_descriptors();
    struct process_result result;
    int status = GPCONF_EIO;
    /* From too few for a pipe, over too few in the child, to enough. */
    rlim_t most = 0;
    for (rlim_t n = 1; n < 64 && status; n++) {
        few = (struct rlimit){ .rlim_cur = n, .rlim_max = before.rlim_max };
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
        status = shell_for("echo fine", 5, &result);
        most = n;
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
        assert_true(status == 0 || status == GPCONF_EIO);
        assert_int_equal(open_descriptors(), count);
    }
    assert_int_equal(status, 0);
    assert_true(most > 6);
}

static void a_full_arena_is_out_of_memory(void **state)
{
    (void)state;
    struct arena small;
    arena_init(&small, 64);
    const char *const arguments[] = { "/bin/sh", "-c", "head -c 100 /dev/zero", NULL };
    struct process process = { .arguments = arguments };
    struct process_result result = { .exit_status = -5 };
    assert_int_equal(process_run(&process, &small, &result), GPCONF_ENOMEM);
    assert_int_equal(result.exit_status, -5);
    arena_done(&small);
}

static void input_is_a_file_of_the_childs_own(void **state)
{
    (void)state;
    const char *const arguments[] = { "/bin/sh", "-c", "test -f /dev/stdin && cat",
                                      NULL };
    struct process process = { .arguments = arguments,
                               .input = "one\ntwo",
                               .input_size = 7 };
    struct process_result result;
    assert_int_equal(process_run(&process, &arena, &result), 0);
    assert_int_equal(result.exit_status, 0);
    assert_string_equal(result.output, "one\ntwo");
}

static void input_that_cannot_be_kept_whole_starts_nothing(void **state)
{
    (void)state;
    const char *const arguments[] = { "/bin/cat", NULL };
    char *large = arena_array(&arena, 4096, char);
    assert_non_null(large);
    struct process process = { .arguments = arguments,
                               .input = large,
                               .input_size = 4096 };
    struct process_result result = { .exit_status = -5 };
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit small = { .rlim_cur = 100, .rlim_max = before.rlim_max };
    size_t open_before = open_descriptors();
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    int status = process_run(&process, &arena, &result);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_DFL);
    assert_int_equal(status, GPCONF_EIO);
    assert_int_equal(result.exit_status, -5);
    assert_int_equal(open_descriptors(), open_before);
    assert_int_equal(process_run(&process, &arena, &result), 0);
    assert_int_equal(result.output_size, 4096);
}

/* The parent's own words only: what it starts fails, and says so. */
static const char *confined_shell(const char *script)
{
    const char *const arguments[] = { "/bin/sh", "-c", script, NULL };
    struct process process = { .arguments = arguments, .confined = true };
    struct process_result result;
    assert_int_equal(process_run(&process, &arena, &result), 0);
    return result.output;
}

static void a_confined_child_starts_nothing(void **state)
{
    (void)state;
    assert_string_equal(shell("/bin/echo started; echo own"), "started\nown\n");
    assert_string_equal(confined_shell("echo own; /bin/echo started"), "own\n");
    assert_string_equal(confined_shell("x=$(echo started); echo \"$x\""), "");
}

static void a_confined_child_of_root_reads_all_and_writes_nothing(void **state)
{
    (void)state;
    if (geteuid() != 0) {
        print_message("not root, skipping\n");
        skip();
    }
    char *dir = scratch_new();
    scratch_text(dir, "private", "text\n");
    char *path = arena_format(&arena, "%s/private", dir);
    assert_int_equal(chmod(path, 0600), 0);
    assert_int_equal(chmod(dir, 0700), 0);
    assert_string_equal(
        confined_shell("while read -r a b c d e; do case $a in Uid:|Gid:|Groups:|"
                       "NoNewPrivs:) echo $a $b $c $d $e;; esac; done"
                       "</proc/self/status"),
        "Uid: 65534 65534 65534 65534\nGid: 65534 65534 65534 65534\nGroups:\n"
        "NoNewPrivs: 1\n");
    assert_string_equal(confined_shell(arena_format(
                            &arena, "read -r x <%s; echo $x; : >%s/new", path, dir)),
                        "text\n");
    assert_string_equal(
        confined_shell(arena_format(&arena, "echo over >%s; echo after", path)),
        "after\n");
    assert_int_equal(access(arena_format(&arena, "%s/new", dir), F_OK), -1);
    assert_string_equal(shell(arena_format(&arena, "cat %s", path)), "text\n");
    scratch_remove(dir);
}

static void no_child_gains_rights(void **state)
{
    (void)state;
    assert_string_equal(shell("grep NoNewPrivs /proc/self/status"), "NoNewPrivs:\t1\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(input_is_a_file_of_the_childs_own),
        TEST(input_that_cannot_be_kept_whole_starts_nothing),
        TEST(the_environment_is_ours_and_the_additions),
        TEST(additions_over_the_limit_are_an_error),
        TEST(additions_that_are_none_are_an_error),
        TEST(a_request_without_an_absolute_path_is_invalid),
        TEST(the_child_starts_from_nothing),
        TEST(no_descriptor_of_ours_reaches_the_child),
        TEST(any_low_descriptor_may_be_closed_in_the_caller),
        TEST(ignored_and_blocked_signals_are_reset),
        TEST(a_broken_pipe_ends_a_pipeline),
        TEST(the_exit_status_and_both_streams_are_kept),
        TEST(a_program_that_cannot_start_says_why),
        TEST(a_time_limit_kills_the_whole_group),
        TEST(a_program_that_closed_its_streams_is_waited_for),
        TEST(a_stream_kept_open_by_somebody_else_is_bounded_too),
        TEST(output_up_to_the_limit_is_kept),
        TEST(both_streams_are_read_at_once),
        TEST(signals_to_the_caller_interrupt_nothing),
        TEST(an_exit_status_that_nobody_kept_is_an_error),
        TEST(nothing_stays_open_and_no_zombie_stays),
        TEST(too_few_descriptors_are_an_error),
        TEST(a_full_arena_is_out_of_memory),
        TEST(a_confined_child_starts_nothing),
        TEST(a_confined_child_of_root_reads_all_and_writes_nothing),
        TEST(no_child_gains_rights),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
