#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <ftw.h>
#include <strings.h>
#include <unistd.h>
#include <fcntl.h>

#include "base/file.h"
#include "base/limits.h"
#include "policies/gpt.h"
#include "tests/unit/bench.h"

static struct gpt parse_n(struct bench *b, const void *bytes, size_t size)
{
    struct gpt gpt = { 0 };
    bench_forget(b);
    gpt_parse(bytes, size, "gpt.ini", &b->arena, &b->diagnostics, &gpt);
    assert_int_equal(b->diagnostics.errors, 0);
    return gpt;
}

static struct gpt parse(struct bench *b, const char *text)
{
    return parse_n(b, text, strlen(text));
}

static void a_version_counts_both_halves(void **state)
{
    struct gpt gpt = parse(*state, "[General]\r\nVersion=131120\r\n");
    assert_int_equal(gpt.version, 131120);
    assert_int_equal(gpt_user_version(&gpt), 2);
    assert_int_equal(gpt_machine_version(&gpt), 48);
    assert_null(gpt.display_name);
}

static void a_version_may_fill_32_bits(void **state)
{
    assert_int_equal(parse(*state, "[General]\nVersion=4294967295").version,
                     UINT32_MAX);
    assert_int_equal(parse(*state, "[General]\nVersion=4294967296").version, 0);
}

static void fixture_f_a_missing_version_is_zero(void **state)
{
    struct bench *b = *state;
    struct gpt gpt = parse(b, "[General]\ndisplayName=New Group Policy Object\n");
    assert_int_equal(gpt.version, 0);
    assert_string_equal(gpt.display_name, "New Group Policy Object");
    assert_string_equal(b->diagnostics.last->code, "gpt-no-version");
    assert_int_equal(parse(b, "").version, 0);
    assert_int_equal(parse(b, "Version=7\n").version, 0);
}

static void a_version_that_is_no_number_is_zero(void **state)
{
    struct bench *b = *state;
    static const char *const bad[] = { "NaN", "??", "-1", "0x10", "1e3", "12a", "" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *text =
            arena_format(&b->arena, "[General]\nVersion = %s\nx=1\n", bad[i]);
        assert_int_equal(parse(b, text).version, 0);
        assert_string_equal(b->diagnostics.first->code, "gpt-version");
        assert_int_equal(b->diagnostics.first->origin.at, 2);
    }
    assert_int_equal(parse(b, "[General]\nVersion=12 ; edited\n").version, 12);
}

static void every_encoding_and_garbage_are_read(void **state)
{
    struct bench *b = *state;
    static const char wide[] = "\xFF\xFE[\0G\0e\0n\0e\0r\0a\0l\0]\0\r\0\n\0"
                               "V\0e\0r\0s\0i\0o\0n\0=\0"
                               "5\0";
    assert_int_equal(parse_n(b, wide, sizeof wide - 1).version, 5);
    assert_int_equal(parse(b, "\xEF\xBB\xBF[GENERAL]\nversion=6\n").version, 6);
    assert_int_equal(parse(b, "what\n[General]\nis this\nVersion=7\n\\\n").version, 7);
    assert_int_equal(parse_n(b, "[General]\0\nVersion=8", 20).version, 0);
    struct gpt gpt = parse(b, "[General]\ndisplayName=R\xE9seau; #1\nVersion=9\n");
    assert_int_equal(gpt.version, 9);
    assert_string_equal(gpt.display_name, "R\xEF\xBF\xBDseau; #1");
}

static void the_first_version_counts(void **state)
{
    assert_int_equal(parse(*state, "[General]\nVersion=1\nVersion=2\n").version, 1);
}

static void what_is_written_is_read(void **state)
{
    struct bench *b = *state;
    struct gpt gpt = { .version = 65537,
                       .display_name = "Servers; \xC3\xA9",
                       .machine_extensions = "[{35378EAC}{D02B1F72}]" };
    struct buffer text;
    buffer_init(&text, 1 << 16);
    gpt_format(&gpt, &text);
    struct gpt again = parse_n(b, text.data, text.size);
    assert_int_equal(again.version, gpt.version);
    assert_string_equal(again.display_name, gpt.display_name);
    assert_string_equal(again.machine_extensions, gpt.machine_extensions);
    assert_null(again.user_extensions);
    buffer_clear(&text);
    gpt.display_name = "a\nVersion=9";
    gpt_format(&gpt, &text);
    assert_int_equal(parse_n(b, text.data, text.size).version, 65537);
    buffer_done(&text);
}

static void every_truncation_is_read(void **state)
{
    static const char text[] = "\xEF\xBB\xBF[General]\r\nVersion=131120\r\nx=\"y\r\n";
    for (size_t size = 0; size < sizeof text; size++) {
        char *copy = malloc(size ? size : 1);
        memcpy(copy, text, size);
        parse_n(*state, copy, size);
        free(copy);
    }
}

static void a_file_over_the_limit_is_version_zero(void **state)
{
    struct bench *b = *state;
    char *large = calloc(1, LIMIT_INI_FILE + 1);
    memset(large, ' ', LIMIT_INI_FILE + 1);
    memcpy(large, "[General]\nVersion=3\n", 20);
    assert_int_equal(parse_n(b, large, LIMIT_INI_FILE).version, 3);
    assert_int_equal(parse_n(b, large, LIMIT_INI_FILE + 1).version, 0);
    free(large);
}

static struct bench *bench;
static size_t n_files, n_versions;

static int visit(const char *path, const struct stat *st, int type, struct FTW *walk)
{
    (void)st;
    if (type != FTW_F || strcasecmp(path + walk->base, "gpt.ini") != 0)
        return 0;
    struct file file;
    assert_int_equal(
        file_read(AT_FDCWD, path, FILE_ANY, LIMIT_INI_FILE, &bench->arena, &file, NULL),
        0);
    struct gpt gpt = parse_n(bench, file.bytes, file.size);
    /* The oracle: the digits behind "Version=" or "Version = ". */
    const char *at = strstr(file.bytes, "Version");
    unsigned long want = at ? strtoul(at + strcspn(at, "0123456789?\n"), NULL, 10) : 0;
    assert_int_equal(gpt.version, want);
    n_files++;
    n_versions += gpt.version != 0;
    return 0;
}

static void real_files_give_their_version(void **state)
{
    const char *folder = GPCONF_SOURCE_DIR "/../shared/corpus";
    if (access(folder, R_OK) != 0) {
        print_message("%s is absent\n", folder);
        skip();
    }
    bench = *state;
    assert_int_equal(nftw(folder, visit, 16, FTW_PHYS), 0);
    print_message("%zu files, %zu with a version\n", n_files, n_versions);
    assert_in_range(n_files, 40, 10000);
    assert_in_range(n_versions, 30, n_files - 3);
}

#define T(name) cmocka_unit_test_setup_teardown(name, bench_set_up, bench_tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_version_counts_both_halves),
        T(a_version_may_fill_32_bits),
        T(fixture_f_a_missing_version_is_zero),
        T(a_version_that_is_no_number_is_zero),
        T(every_encoding_and_garbage_are_read),
        T(the_first_version_counts),
        T(what_is_written_is_read),
        T(every_truncation_is_read),
        T(a_file_over_the_limit_is_version_zero),
        T(real_files_give_their_version),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
