#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/hash.h"
#include "tests/unit/support.h"

/* The first test: the key is drawn once, at the first hash of a process. */
static void every_process_has_a_table_key_of_its_own(void **state)
{
    (void)state;
    uint64_t hashes[2];
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    for (size_t i = 0; i < 2; i++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            uint64_t hash = hash_table("name", 4);
            _exit(write(ends[1], &hash, sizeof hash) != sizeof hash);
        }
        assert_int_equal(read(ends[0], &hashes[i], sizeof hashes[i]), 8);
        assert_int_equal(waitpid(child, NULL, 0), child);
    }
    close(ends[0]);
    close(ends[1]);
    assert_true(hashes[0] != hashes[1]);
}

static void a_content_hash_is_what_b2sum_says(void **state)
{
    (void)state;
    char *dir = scratch_new();
    unsigned char bytes[1000];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * i + i / 7);
    const size_t sizes[] = { 0, 1, 63, 64, 65, 127, 128, 129, 255, 256, 1000 };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        scratch_write(dir, "file", bytes, sizes[i]);
        char *file = scratch_path(dir, "file"), *command = NULL;
        size_t size;
        assert_true(asprintf(&command, "b2sum -l 256 <'%s'", file) > 0);
        char *judge = command_output(command, &size);
        free(command);
        free(file);
        if (!judge) {
            scratch_remove(dir);
            print_message("there is no b2sum\n");
            skip();
        }
        char ours[HASH_TEXT + 1];
        hash_content(bytes, sizes[i], ours);
        assert_int_equal(strlen(ours), HASH_TEXT);
        assert_memory_equal(judge, ours, HASH_TEXT);
        /* Piece by piece it is the same. */
        struct hash_stream stream;
        hash_begin(&stream);
        for (size_t at = 0, piece = 0; at < sizes[i]; at += piece, piece++) {
            if (piece > sizes[i] - at)
                piece = sizes[i] - at;
            hash_add(&stream, bytes + at, piece);
        }
        hash_end(&stream, ours);
        assert_memory_equal(judge, ours, HASH_TEXT);
        free(judge);
    }
    scratch_remove(dir);
}

static void nothing_has_a_hash_too(void **state)
{
    (void)state;
    char null[HASH_TEXT + 1], empty[HASH_TEXT + 1];
    hash_content(NULL, 0, null);
    hash_content("", 0, empty);
    assert_string_equal(null, empty);
    assert_string_equal(null, "0e5751c026e543b2e8ab2eb06099daa1"
                              "d1e5df47778f7787faab45cdf12fe3a8");
    assert_true(hash_table(NULL, 0) == hash_table("x", 0));
}

static void a_table_hash_is_of_the_bytes(void **state)
{
    (void)state;
    char bytes[64];
    memset(bytes, 'a', sizeof bytes);
    uint64_t before = hash_table(bytes, sizeof bytes);
    assert_true(hash_table(bytes, sizeof bytes) == before);
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = 'b';
        assert_true(hash_table(bytes, sizeof bytes) != before);
        bytes[i] = 'a';
        assert_true(hash_table(bytes, i) != before);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_process_has_a_table_key_of_its_own),
        cmocka_unit_test(a_content_hash_is_what_b2sum_says),
        cmocka_unit_test(nothing_has_a_hash_too),
        cmocka_unit_test(a_table_hash_is_of_the_bytes),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
