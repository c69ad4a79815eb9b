#include "tests/unit/support.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

/* Under the address sanitizer malloc() fails as it does elsewhere, so that tests can
 * ask for too much. It calls this function by its name. */
__attribute__((visibility("default"))) const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

/* The directories that exist, so that a failed test leaves nothing behind. */
static char *existing[64];
static pid_t owner;

static int remove_one(const char *path, const struct stat *st, int kind,
                      struct FTW *where)
{
    (void)st, (void)kind, (void)where;
    return remove(path);
}

static void remove_tree(const char *dir)
{
    nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/* A child of fork() that calls exit() must not take its parent's away. */
static void remove_existing(void)
{
    for (size_t i = 0; owner == getpid() && i < sizeof existing / sizeof *existing; i++)
        if (existing[i]) {
            remove_tree(existing[i]);
            free(existing[i]);
        }
}

char *scratch_new(void)
{
    if (!owner) {
        owner = getpid();
        atexit(remove_existing);
    }
    size_t slot = 0;
    while (slot < sizeof existing / sizeof *existing && existing[slot])
        slot++;
    assert_true(slot < sizeof existing / sizeof *existing);
    char *dir = strdup(GPCONF_BINARY_DIR "/scratch-XXXXXX");
    assert_non_null(dir);
    assert_non_null(mkdtemp(dir));
    existing[slot] = dir;
    assert_int_equal(chmod(dir, 0755), 0);
    return dir;
}

char *scratch_path(const char *dir, const char *path)
{
    char *joined = NULL;
    assert_true(asprintf(&joined, "%s/%s", dir, path) > 0);
    return joined;
}

/* Make every folder in path up to its last slash. */
static void make_parents(const char *dir, const char *path)
{
    char *full = scratch_path(dir, path);
    char *slash = full + strlen(dir);
    while ((slash = strchr(slash + 1, '/')) != NULL) {
        *slash = '\0';
        if (mkdir(full, 0755) == 0)
            assert_int_equal(chmod(full, 0755), 0);
        else
            assert_int_equal(errno, EEXIST);
        *slash = '/';
    }
    free(full);
}

void scratch_folder(const char *dir, const char *path)
{
    char *with_slash = scratch_path(path, "");
    make_parents(dir, with_slash);
    free(with_slash);
}

void scratch_write(const char *dir, const char *path, const void *bytes, size_t size)
{
    make_parents(dir, path);
    char *full = scratch_path(dir, path);
    int fd = open(full, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(fchmod(fd, 0644), 0);
    for (size_t at = 0; at < size;) {
        ssize_t n = write(fd, (const char *)bytes + at, size - at);
        assert_true(n > 0);
        at += (size_t)n;
    }
    assert_int_equal(close(fd), 0);
    free(full);
}

void scratch_text(const char *dir, const char *path, const char *text)
{
    scratch_write(dir, path, text, strlen(text));
}

int scratch_open(const char *dir)
{
    int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

char *command_output(const char *command, size_t *ret_size)
{
    FILE *stream = popen(command, "r");
    assert_non_null(stream);
    size_t size = 0, capacity = 4096;
    char *text = malloc(capacity);
    assert_non_null(text);
    for (size_t n; (n = fread(text + size, 1, capacity - 1 - size, stream)) > 0;) {
        size += n;
        if (size == capacity - 1) {
            capacity *= 2;
            text = realloc(text, capacity);
            assert_non_null(text);
        }
    }
    text[size] = '\0';
    int status = pclose(stream);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
        free(text);
        return NULL;
    }
    assert_int_equal(status, 0);
    *ret_size = size;
    return text;
}

void scratch_remove(char *dir)
{
    if (!dir)
        return;
    for (size_t i = 0; i < sizeof existing / sizeof *existing; i++)
        if (existing[i] == dir)
            existing[i] = NULL;
    remove_tree(dir);
    free(dir);
}
