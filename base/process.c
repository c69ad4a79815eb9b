#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/status.h"

enum { DEFAULT_SECONDS = 60, NOBODY = 65534 };

static int64_t monotonic_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void default_signals(void)
{
    sigset_t none;
    sigemptyset(&none);
    for (int s = 1; s < NSIG; s++)
        signal(s, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* A copy of the descriptor that is out of the way of 0 to 3. */
static int aside(int fd)
{
    return fcntl(fd, F_DUPFD_CLOEXEC, 4);
}

/* Keep the right to read, through the exec; without it (a container may lack it) the
 * child reads what everybody may. */
static void keep_reading(void)
{
    struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { { 0 } };
    uint32_t bit = CAP_TO_MASK(CAP_DAC_READ_SEARCH);
    data[0].effective = data[0].permitted = data[0].inheritable = bit;
    if (syscall(SYS_capset, &header, data) == 0)
        prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_READ_SEARCH, 0, 0);
}

/* The limit counts for nobody and for a user, not for root, and comes last: who is over
 * it while changing the user may not exec. */
static bool confine(void)
{
    static const struct rlimit none = { 0, 0 };
    if (geteuid() == 0) {
        if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0 || setgroups(0, NULL) < 0 ||
            setresgid(NOBODY, NOBODY, NOBODY) < 0 ||
            setresuid(NOBODY, NOBODY, NOBODY) < 0)
            return false;
        keep_reading();
    }
    return setrlimit(RLIMIT_NPROC, &none) == 0;
}

/* In the child, between fork and exec: only calls that are safe there. */
static _Noreturn void become(const struct process *process, char *const *environment,
                             int in, int out, int err, int failed)
{
    int error = EIO;
    setsid();
    default_signals();
    /* Any of these may have a number from 0 to 3, when the caller had those closed.
     * dup2() onto itself would keep O_CLOEXEC, onto another would lose that one. */
    int report = aside(failed);
    in = aside(in);
    out = aside(out);
    err = aside(err);
    if (report < 0 || in < 0 || out < 0 || err < 0)
        goto fail;
    failed = report;
    if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0 || chdir("/") < 0)
        goto fail;
    /* Keep only 0, 1, 2 and the pipe that reports a failing exec (O_CLOEXEC). */
    if (dup3(failed, 3, O_CLOEXEC) < 0 || close_range(4, ~0U, 0) < 0)
        goto fail;
    failed = 3;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || (process->confined && !confine()))
        goto fail;
    execve(process->arguments[0], (char *const *)(uintptr_t)process->arguments,
           environment);
    error = errno;
fail:
    if (write(failed, &error, sizeof error) < 0)
        _exit(126);
    _exit(127);
}

/* Close both ends of a pipe that may be partly closed already. */
static void close_pair(int pair[2])
{
    for (int i = 0; i < 2; i++)
        if (pair[i] >= 0)
            close(pair[i]);
    pair[0] = pair[1] = -1;
}

static int read_some(int fd, struct buffer *to, bool *open)
{
    char chunk[16384];
    ssize_t n = read(fd, chunk, sizeof chunk);
    if (n < 0)
        return errno == EINTR || errno == EAGAIN ? 0 : GPCONF_EIO;
    if (n == 0)
        *open = false;
    size_t room = to->limit - to->size;
    buffer_append(to, chunk, (size_t)n < room ? (size_t)n : room);
    if (buffer_failed(to))
        return GPCONF_ENOMEM;
    return (size_t)n > room ? GPCONF_ELIMIT : 0;
}

/* Read both streams until they end, a limit is met or the time is over. */
static int collect(int out, int err, int64_t deadline, struct buffer *output,
                   struct buffer *errors)
{
    bool out_open = true, err_open = true;
    while (out_open || err_open) {
        int64_t left = deadline - monotonic_ms();
        if (left <= 0)
            return GPCONF_ELIMIT;
        struct pollfd fds[2] = { { .fd = out_open ? out : -1, .events = POLLIN },
                                 { .fd = err_open ? err : -1, .events = POLLIN } };
        if (poll(fds, 2, left > 1000 ? 1000 : (int)left) < 0 && errno != EINTR)
            return GPCONF_EIO;
        int status = 0;
        if (fds[0].revents)
            status = read_some(out, output, &out_open);
        if (!status && fds[1].revents)
            status = read_some(err, errors, &err_open);
        if (status)
            return status;
    }
    return 0;
}

/* Wait for the child; one that closed its streams may still be running. */
static int await(pid_t child, int64_t deadline, int *ret_status)
{
    for (;;) {
        pid_t done = waitpid(child, ret_status, WNOHANG);
        if (done == child)
            return 0;
        if (done < 0 && errno != EINTR)
            return GPCONF_EIO;
        if (monotonic_ms() >= deadline)
            return GPCONF_ELIMIT;
        struct timespec pause = { .tv_nsec = 2000000 };
        nanosleep(&pause, NULL);
    }
}

static int supervise(pid_t child, int out, int err, int64_t deadline,
                     struct buffer *output, struct buffer *errors, int *ret_wait)
{
    int status = collect(out, err, deadline, output, errors);
    if (!status) {
        status = await(child, deadline, ret_wait);
        if (status == GPCONF_EIO)
            return status; /* it is gone, and its number may be another's */
    }
    if (status) {
        kill(-child, SIGKILL);
        kill(child, SIGKILL);
        while (waitpid(child, ret_wait, 0) < 0 && errno == EINTR)
            ;
    }
    return status;
}

/* True when text begins with "NAME=". */
static bool sets(const char *text, const char *name)
{
    size_t size = strlen(name);
    return strncmp(text, name, size) == 0 && text[size] == '=';
}

/* Ours and the additions; GPCONF_EINVAL when those break the rules. */
static int fill_environment(const struct process *process, const char **environment)
{
    size_t n = 0;
    environment[n++] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
    environment[n++] = "LC_ALL=C.UTF-8";
    for (size_t i = 0; process->environment && process->environment[i]; i++) {
        const char *addition = process->environment[i];
        const char *equals = strchr(addition, '=');
        if (i == LIMIT_PROCESS_ENVIRONMENT || !equals || equals == addition ||
            sets(addition, "PATH") || sets(addition, "LC_ALL"))
            return GPCONF_EINVAL;
        environment[n++] = addition;
    }
    environment[n] = NULL;
    return 0;
}

/* The child's standard input: a regular file of its own, which a program that wants a
 * path can read as /dev/stdin. Returns a descriptor or a negative status. */
static int open_input(const struct process *process)
{
    int fd = process->input ? memfd_create("input", MFD_CLOEXEC)
                            : open("/dev/null", O_RDONLY | O_CLOEXEC);
    const char *bytes = process->input;
    for (size_t done = 0; fd >= 0 && bytes && done < process->input_size;) {
        ssize_t n = write(fd, bytes + done, process->input_size - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            close(fd);
            return GPCONF_EIO;
        }
        done += (size_t)n;
    }
    if (fd >= 0 && bytes && lseek(fd, 0, SEEK_SET) < 0) {
        close(fd);
        return GPCONF_EIO;
    }
    return fd < 0 ? GPCONF_EIO : fd;
}

/* Fork with every signal blocked: no handler of the caller's may run in the child. */
static pid_t fork_quietly(void)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    pid_t child = fork();
    if (child != 0)
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    return child;
}

/* Read why the child could not become the program; 0 when it has. */
static int start_failure(int failed)
{
    int error = EIO;
    ssize_t n;
    do
        n = read(failed, &error, sizeof error);
    while (n < 0 && errno == EINTR);
    if (n == 0)
        return 0;
    switch (error) {
    case ENOENT:
    case ENOTDIR:
        return GPCONF_ENOTFOUND;
    case EACCES:
        return GPCONF_EPERM;
    case ENOMEM:
        return GPCONF_ENOMEM;
    default:
        return GPCONF_EIO;
    }
}

static int start(const struct process *process, int out[2], int err[2], int failed[2],
                 pid_t *ret_child)
{
    const char *environment[2 + LIMIT_PROCESS_ENVIRONMENT + 1];
    if (!process->arguments || !process->arguments[0] ||
        process->arguments[0][0] != '/' || process->seconds < 0 ||
        fill_environment(process, environment) < 0)
        return GPCONF_EINVAL;
    if (pipe2(out, O_CLOEXEC) < 0 || pipe2(err, O_CLOEXEC) < 0 ||
        pipe2(failed, O_CLOEXEC) < 0)
        return GPCONF_EIO;
    int in = open_input(process);
    if (in < 0)
        return in;
    pid_t child = fork_quietly();
    if (child == 0)
        become(process, (char *const *)(uintptr_t)environment, in, out[1], err[1],
               failed[1]);
    close(in);
    if (child < 0)
        return GPCONF_EIO;
    close(out[1]);
    close(err[1]);
    close(failed[1]);
    out[1] = err[1] = failed[1] = -1;
    int status = start_failure(failed[0]);
    if (status)
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
            ;
    else
        *ret_child = child;
    return status;
}

static char *take(struct buffer *buffer, struct arena *arena, size_t *ret_size)
{
    *ret_size = buffer->size;
    return arena_string_n(arena, buffer->data ? buffer->data : "", buffer->size);
}

int process_run(const struct process *process, struct arena *arena,
                struct process_result *ret)
{
    int out[2] = { -1, -1 }, err[2] = { -1, -1 }, failed[2] = { -1, -1 };
    struct buffer output, errors;
    buffer_init(&output, LIMIT_PROCESS_OUTPUT);
    buffer_init(&errors, LIMIT_PROCESS_OUTPUT);

    pid_t child;
    int status = start(process, out, err, failed, &child);
    if (!status) {
        int seconds = process->seconds ? process->seconds : DEFAULT_SECONDS;
        int wait = 0;
        status = supervise(child, out[0], err[0], monotonic_ms() + seconds * 1000LL,
                           &output, &errors, &wait);
        struct process_result result = {
            .exit_status = WIFEXITED(wait) ? WEXITSTATUS(wait) : 128 + WTERMSIG(wait),
        };
        result.output = take(&output, arena, &result.output_size);
        result.errors = take(&errors, arena, &result.errors_size);
        if (!result.output || !result.errors)
            status = GPCONF_ENOMEM;
        else if (!status || status == GPCONF_ELIMIT)
            *ret = result;
    }
    close_pair(out);
    close_pair(err);
    close_pair(failed);
    buffer_done(&output);
    buffer_done(&errors);
    return status;
}
