#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buffer.h"
#include "base/limits.h"
#include "base/status.h"
#include "tests/unit/file_fixture.h"

static void a_file_is_read_whole_with_its_facts(void **state)
{
    (void)state;
    scratch_write(dir, "a/b/file", "one\0two", 7);
    char *full = scratch_path(dir, "a/b/file");
    const struct timespec times[2] = { { 5, 6 }, { 1000, 42 } };
    assert_int_equal(utimensat(AT_FDCWD, full, times, 0), 0);
    set_mode("a/b/file", 0640);
    struct stat st;
    assert_int_equal(stat(full, &st), 0);
    for (enum file_check check = FILE_ANY; check <= FILE_TRUSTED; check++) {
        struct file file;
        assert_int_equal(read_at("a/b/file", check, &file), 0);
        assert_string_equal(file.path, "a/b/file");
        assert_int_equal(file.size, 7);
        assert_memory_equal(file.bytes, "one\0two", 8);
        assert_int_equal(file.mode, 0640);
        assert_int_equal(file.uid, geteuid());
        assert_int_equal(file.gid, st.st_gid);
        assert_int_equal(file.device, st.st_dev);
        assert_int_equal(file.inode, st.st_ino);
        assert_int_equal(file.modified_ns, 1000000000042);
    }
    struct file file;
    assert_int_equal(file_read(AT_FDCWD, full, FILE_ANY, 1000, &arena, &file, &why), 0);
    assert_string_equal(file.path, full);
    free(full);
}

static void a_time_that_does_not_fit_is_the_nearest(void **state)
{
    (void)state;
    scratch_text(dir, "file", "");
    char *full = scratch_path(dir, "file");
    /* The year 2400, and as far in the past as the file system goes. */
    const struct timespec future[2] = { { 0, 0 }, { 13569465600, 999999999 } };
    assert_int_equal(utimensat(AT_FDCWD, full, future, 0), 0);
    struct stat st;
    assert_int_equal(stat(full, &st), 0);
    if (st.st_mtim.tv_sec != future[1].tv_sec) {
        free(full);
        print_message("the file system does not go beyond 2262\n");
        skip();
    }
    struct file file;
    assert_int_equal(read_at("file", FILE_TRUSTED, &file), 0);
    assert_true(file.modified_ns == INT64_MAX);
    const struct timespec past[2] = { { 0, 0 }, { INT64_MIN / 2, 0 } };
    assert_int_equal(utimensat(AT_FDCWD, full, past, 0), 0);
    assert_int_equal(read_at("file", FILE_TRUSTED, &file), 0);
    assert_true(file.modified_ns < 0);
    free(full);
}

static void an_empty_file_is_empty_text(void **state)
{
    (void)state;
    scratch_text(dir, "empty", "");
    struct file file;
    assert_int_equal(file_read(fd, "empty", FILE_TRUSTED, 0, &arena, &file, &why), 0);
    assert_int_equal(file.size, 0);
    assert_string_equal(file.bytes, "");
}

static void the_size_limit_is_exact(void **state)
{
    (void)state;
    scratch_text(dir, "ten", "0123456789");
    struct file file = { .size = 77 };
    assert_int_equal(file_read(fd, "ten", FILE_TRUSTED, 10, &arena, &file, &why), 0);
    assert_int_equal(file.size, 10);
    file.size = 77;
    assert_int_equal(file_read(fd, "ten", FILE_TRUSTED, 9, &arena, &file, &why),
                     GPCONF_ELIMIT);
    assert_string_equal(why, "ten: is larger than the limit of 9 bytes");
    assert_int_equal(file.size, 77);
    assert_int_equal(file_read(fd, "ten", FILE_TRUSTED, SIZE_MAX, &arena, &file, &why),
                     0);
}

static void a_file_without_a_size_is_read_to_its_end(void **state)
{
    (void)state;
    /* The kernel says that these have 0 bytes, as a file that grows may. */
    struct file file;
    assert_int_equal(
        file_read(AT_FDCWD, "/proc/self/status", FILE_ANY, 100000, &arena, &file, &why),
        0);
    assert_true(file.size > 100);
    assert_int_equal(strlen(file.bytes), file.size);
    assert_non_null(strstr(file.bytes, "\nPid:"));
    assert_int_equal(
        file_read(AT_FDCWD, "/proc/self/status", FILE_ANY, 100, &arena, &file, &why),
        GPCONF_ELIMIT);
    assert_int_equal(file_read(AT_FDCWD, "/proc/kallsyms", FILE_ANY, LIMIT_ARENA,
                               &arena, &file, &why),
                     0);
    assert_int_equal(strlen(file.bytes), file.size);
}

static void a_read_that_fails_says_so(void **state)
{
    (void)state;
    /* Nothing is mapped at address 0. */
    struct file file = { .size = 77 };
    assert_int_equal(
        file_read(AT_FDCWD, "/proc/self/mem", FILE_ANY, 1000, &arena, &file, &why),
        GPCONF_EIO);
    assert_string_equal(why, "/proc/self/mem: could not be read or written");
    assert_int_equal(file.size, 77);
}

static void a_growing_file_is_a_prefix_of_itself(void **state)
{
    (void)state;
    scratch_text(dir, "log", "");
    char *full = scratch_path(dir, "log");
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int log = open(full, O_WRONLY | O_APPEND);
        for (int i = 0; i < 100000; i++)
            if (write(log, "abcdefghijklmnopqrstuvwxyz", 26) != 26)
                _exit(1);
        _exit(0);
    }
    int status = 0;
    size_t before = 0;
    do {
        struct arena mine;
        arena_init(&mine, LIMIT_ARENA);
        struct file file;
        assert_int_equal(
            file_read(fd, "log", FILE_TRUSTED, 10000000, &mine, &file, &why), 0);
        const char *bytes = file.bytes;
        assert_true(file.size >= before);
        before = file.size;
        for (size_t i = 0; i < file.size; i++)
            if (bytes[i] != 'a' + (char)(i % 26))
                fail_msg("byte %zu is %d", i, bytes[i]);
        assert_int_equal(bytes[file.size], 0);
        arena_done(&mine);
    } while (waitpid(child, &status, WNOHANG) == 0);
    assert_int_equal(status, 0);
    free(full);
}

static void a_full_arena_is_out_of_memory_with_a_reason(void **state)
{
    (void)state;
    scratch_text(dir, "a/file", "0123456789012345678901234567890123456789");
    for (size_t limit = 0; limit <= 160; limit += 16) {
        struct arena small;
        arena_init(&small, limit);
        struct file file = { .size = 77 };
        int status = file_read(fd, "a/file", FILE_TRUSTED, 1000, &small, &file, &why);
        if (status) {
            assert_int_equal(status, GPCONF_ENOMEM);
            assert_string_equal(why, "out of memory");
            assert_int_equal(file.size, 77);
        }
        assert_int_equal(status == 0, limit >= 16 + 16 + 48);
        arena_done(&small);
    }
    for (size_t limit = 0; limit <= 256; limit += 16) {
        struct arena small;
        arena_init(&small, limit);
        struct directory list = { .n = 77 };
        int status = file_list(fd, ".", FILE_BENEATH, &small, &list, &why);
        if (status) {
            assert_int_equal(status, GPCONF_ENOMEM);
            assert_string_equal(why, "out of memory");
        }
        assert_int_equal(list.n, status ? 77 : 1);
        arena_done(&small);
    }
}

static void joining_puts_one_slash(void **state)
{
    (void)state;
    assert_string_equal(file_join(&arena, "a", "b"), "a/b");
    assert_string_equal(file_join(&arena, "a/", "b"), "a/b");
    assert_string_equal(file_join(&arena, "/", "b"), "/b");
    assert_string_equal(file_join(&arena, "", "b"), "b");
    assert_string_equal(file_join(&arena, "a/b", "c/d"), "a/b/c/d");
}

/* What each() got, joined, and how it was cut. */
struct pieces {
    struct buffer all;
    size_t n, most; /* pieces, and after how many to stop; 0: never */
};

static bool take_piece(void *context, const char *text)
{
    struct pieces *pieces = context;
    size_t size = strlen(text);
    assert_true(size > 0);
    buffer_append(&pieces->all, text, size);
    pieces->n++;
    return pieces->n != pieces->most;
}

/* n paragraphs of five lines, the last without an empty line behind it. */
static void put_paragraphs(struct buffer *to, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        buffer_format(to, "%sPackage: p%u\nA: a\nB: b\nC: c\nVersion: %u\n",
                      i ? "\n" : "", i, i);
}

static int scan(const char *path, size_t limit, struct pieces *ret, size_t most)
{
    *ret = (struct pieces){ .most = most };
    buffer_init(&ret->all, 1 << 20);
    return file_scan(fd, path, FILE_BENEATH, limit, &arena, take_piece, ret);
}

static bool whole_paragraph(void *context, const char *text)
{
    size_t size = strlen(text);
    bool *last = context;
    assert_false(*last);
    assert_int_equal(strncmp(text, "Package: ", 9), 0);
    *last = strcmp(text + size - 2, "\n\n") != 0;
    return true;
}

static void a_scan_gives_whole_paragraphs(void **state)
{
    (void)state;
    struct buffer text;
    struct pieces pieces;
    bool last = false;
    buffer_init(&text, 1 << 20);
    put_paragraphs(&text, 5000);
    scratch_write(dir, "status", text.data, text.size);
    assert_int_equal(scan("status", text.size, &pieces, 0), 0);
    assert_true(pieces.n > 3);
    assert_int_equal(pieces.all.size, text.size);
    assert_memory_equal(pieces.all.data, text.data, text.size);
    assert_int_equal(file_scan(fd, "status", FILE_BENEATH, text.size, &arena,
                               whole_paragraph, &last),
                     0);
    assert_true(last);
    buffer_done(&pieces.all);
    assert_int_equal(scan("status", text.size, &pieces, 2), 0);
    assert_int_equal(pieces.n, 2);
    buffer_done(&pieces.all);
    buffer_done(&text);
}

static void a_paragraph_of_any_size_is_whole(void **state)
{
    (void)state;
    static const size_t sizes[] = { 1, 32767, 32768, 32769, 65536, 100000 };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct buffer text;
        struct pieces pieces;
        buffer_init(&text, 1 << 20);
        for (size_t j = 0; j < sizes[i]; j++)
            buffer_append(&text, "x", 1);
        buffer_format(&text, "\n\nlast\n");
        scratch_write(dir, "long", text.data, text.size);
        assert_int_equal(scan("long", 1 << 20, &pieces, 1), 0);
        assert_true(pieces.all.size >= sizes[i] + 2);
        assert_memory_equal(pieces.all.data, text.data, sizes[i] + 2);
        buffer_done(&pieces.all);
        assert_int_equal(scan("long", 1 << 20, &pieces, 0), 0);
        assert_int_equal(pieces.all.size, text.size);
        buffer_done(&pieces.all);
        buffer_done(&text);
    }
}

static void a_scan_is_refused_like_a_file(void **state)
{
    (void)state;
    struct pieces pieces;
    scratch_text(dir, "five", "a\n\nb\n");
    scratch_text(dir, "empty", "");
    scratch_folder(dir, "folder");
    assert_int_equal(scan("five", 5, &pieces, 0), 0);
    assert_int_equal(pieces.all.size, 5);
    buffer_done(&pieces.all);
    assert_int_equal(scan("five", 4, &pieces, 0), GPCONF_ELIMIT);
    assert_int_equal(scan("missing", 5, &pieces, 0), GPCONF_ENOTFOUND);
    assert_int_equal(scan("folder", 5, &pieces, 0), GPCONF_EUNTRUSTED);
    assert_int_equal(scan("empty", 5, &pieces, 0), 0);
    assert_int_equal(pieces.n, 0);
    /* A file without a size is counted as it is read. */
    int process = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(
        file_scan(process, "status", FILE_BENEATH, 10, &arena, take_piece, &pieces),
        GPCONF_ELIMIT);
    close(process);
    buffer_done(&pieces.all);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_is_read_whole_with_its_facts),
        TEST(a_time_that_does_not_fit_is_the_nearest),
        TEST(an_empty_file_is_empty_text),
        TEST(the_size_limit_is_exact),
        TEST(a_file_without_a_size_is_read_to_its_end),
        TEST(a_read_that_fails_says_so),
        TEST(a_growing_file_is_a_prefix_of_itself),
        TEST(a_full_arena_is_out_of_memory_with_a_reason),
        TEST(joining_puts_one_slash),
        TEST(a_scan_gives_whole_paragraphs),
        TEST(a_paragraph_of_any_size_is_whole),
        TEST(a_scan_is_refused_like_a_file),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
