#include "engine/change/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/status.h"
#include "engine/change/place.h"

enum { POLL_MS = 100, HOLDER_TEXT = 128, OLDEST_ANCESTOR = 256 };

static const char lock_path[] = STATE_DIR "/lock";

/* Open the state folder, making what is missing of it. */
static int open_state(int root, struct diagnostics *diagnostics)
{
    int fd = place_open(root, STATE_DIR, diagnostics);
    if (fd != GPCONF_ENOTFOUND)
        return fd;
    const char *const folders[] = { "", "var", "var/lib", STATE_DIR };
    const char *const names[] = { "var", "lib", "gpconf" };
    for (size_t i = 0; i < 3; i++) {
        int holder = place_open(root, folders[i], diagnostics);
        if (holder < 0)
            return holder;
        int failed = mkdirat(holder, names[i], 0755) < 0 && errno != EEXIST;
        int error = errno;
        place_close(holder);
        if (failed)
            return place_fail(diagnostics, folders[i + 1], "making the folder", error);
    }
    return place_open(root, STATE_DIR, diagnostics);
}

/* The parent of a process; 0 when it cannot be told. */
static long parent_of(long pid)
{
    char path[64], text[512];
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    place_close(fd);
    if (n <= 0)
        return 0;
    text[n] = '\0';
    const char *name_end = strrchr(text, ')'); /* a name may hold anything */
    long parent = 0;
    return name_end && sscanf(name_end + 1, " %*c %ld", &parent) == 1 ? parent : 0;
}

static bool is_ancestor(long pid)
{
    long at = getppid();
    for (int i = 0; at > 1 && i < OLDEST_ANCESTOR; i++) {
        if (at == pid)
            return true;
        at = parent_of(at);
    }
    return false;
}

/* The folders in it. Not part of any change: they are made once and stay. */
static int make_rooms(const struct lock *lock, struct diagnostics *diagnostics)
{
    static const struct {
        const char *name;
        mode_t mode;
    } rooms[] = { { "changes", 0755 }, { "before", 0700 }, { "aside", 0700 } };
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++)
        if (mkdirat(lock->state, rooms[i].name, rooms[i].mode) < 0 && errno != EEXIST)
            return place_fail(diagnostics, STATE_DIR, "making its folders", errno);
    return 0;
}

/* What the holder wrote into the lock file: "PID WHO". */
static long read_holder(int file, char ret_text[HOLDER_TEXT])
{
    ssize_t n = pread(file, ret_text, HOLDER_TEXT - 1, 0);
    ret_text[n > 0 ? n : 0] = '\0';
    ret_text[strcspn(ret_text, "\n")] = '\0';
    return strtol(ret_text, NULL, 10);
}

static int busy(struct diagnostics *diagnostics, int file, bool by_ancestor)
{
    char text[HOLDER_TEXT];
    long pid = read_holder(file, text);
    const char *who = strchr(text, ' ');
    if (by_ancestor)
        diagnostics_add(diagnostics, SEVERITY_ERROR, "change-inside-a-hook",
                        origin_file(lock_path),
                        "process %ld (%s), which started this one, is changing the "
                        "machine, not waiting for it",
                        pid, who ? who + 1 : "unknown");
    else if (pid > 0)
        diagnostics_add(diagnostics, SEVERITY_ERROR, "change-busy",
                        origin_file(lock_path),
                        "process %ld (%s) is changing the machine, nothing was done",
                        pid, who ? who + 1 : "unknown");
    else
        diagnostics_add(diagnostics, SEVERITY_ERROR, "change-busy",
                        origin_file(lock_path),
                        "another process is changing the machine, nothing was done");
    return GPCONF_EBUSY;
}

static int64_t monotonic_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int wait_for(int file, int wait_ms, struct diagnostics *diagnostics)
{
    int64_t until = monotonic_ms() + wait_ms;
    const struct timespec pause = { .tv_nsec = POLL_MS * 1000000L };
    for (;;) {
        if (flock(file, LOCK_EX | LOCK_NB) == 0)
            return 0;
        if (errno != EWOULDBLOCK && errno != EINTR)
            return place_fail(diagnostics, lock_path, "locking", errno);
        char text[HOLDER_TEXT];
        if (is_ancestor(read_holder(file, text)))
            return busy(diagnostics, file, true);
        if (monotonic_ms() >= until)
            return busy(diagnostics, file, false);
        nanosleep(&pause, NULL);
    }
}

int lock_take(int root, const char *who, int wait_ms, struct diagnostics *diagnostics,
              struct lock *ret)
{
    struct lock lock = { .root = root, .file = -1 };
    lock.state = open_state(root, diagnostics);
    if (lock.state < 0)
        return lock.state;
    int status = 0;
    lock.file = place_file(lock.state, "lock", O_RDWR | O_CREAT, 0600);
    if (lock.file < 0)
        status = place_fail(diagnostics, lock_path, "opening", errno);
    else
        status = wait_for(lock.file, wait_ms, diagnostics);
    if (!status)
        status = make_rooms(&lock, diagnostics);
    if (status) {
        place_close(lock.file);
        place_close(lock.state);
        return status;
    }
    /* Only a courtesy to those who wait: a full disk must not keep us from working. */
    char text[HOLDER_TEXT];
    int n = snprintf(text, sizeof text, "%ld %.100s\n", (long)getpid(), who);
    if (ftruncate(lock.file, 0) == 0 && pwrite(lock.file, text, (size_t)n, 0) != n)
        (void)!ftruncate(lock.file, 0);
    *ret = lock;
    return 0;
}

void lock_drop(struct lock *lock)
{
    (void)!ftruncate(lock->file, 0);
    place_close(lock->file);
    place_close(lock->state);
    lock->file = lock->state = -1;
}
