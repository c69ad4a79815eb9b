#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/limits.h"
#include "base/status.h"
#include "tests/unit/file_fixture.h"

static int list_at(const char *path, enum file_check check, struct directory *ret)
{
    return file_list(fd, path, check, &arena, ret, &why);
}

static void a_list_is_sorted_by_bytes_and_knows_kinds(void **state)
{
    (void)state;
    struct directory list = { .n = 77 };
    assert_int_equal(list_at(".", FILE_TRUSTED, &list), 0);
    assert_int_equal(list.n, 0);
    scratch_text(dir, "d/b", "");
    scratch_text(dir, "d/B", "");
    scratch_text(dir, "d/a", "");
    scratch_text(dir, "d/.hidden", "");
    scratch_text(dir, "d/\xFF\n", "");
    scratch_text(dir, "d/\xC3\xA9", "");
    scratch_folder(dir, "d/folder");
    link_to("a", "d/link");
    link_to("none", "d/dangling");
    link_to("folder", "d/to-folder");
    static const struct directory_entry beneath[] = {
        { ".hidden", FILE_REGULAR },  { "B", FILE_REGULAR },
        { "a", FILE_REGULAR },        { "b", FILE_REGULAR },
        { "dangling", FILE_OTHER },   { "folder", FILE_DIRECTORY },
        { "link", FILE_OTHER },       { "to-folder", FILE_OTHER },
        { "\xC3\xA9", FILE_REGULAR }, { "\xFF\n", FILE_REGULAR },
    };
    assert_int_equal(list_at("d", FILE_TRUSTED, &list), 0);
    assert_int_equal(list.n, 10);
    for (size_t i = 0; i < list.n; i++) {
        assert_string_equal(list.entries[i].name, beneath[i].name);
        assert_int_equal(list.entries[i].kind, beneath[i].kind);
    }
    /* Followed, a link is what it leads to, and nothing when that is missing. */
    assert_int_equal(list_at("d", FILE_ANY, &list), 0);
    assert_int_equal(list.n, 9);
    assert_null(file_entry(&list, "dangling"));
    assert_int_equal(file_entry(&list, "link")->kind, FILE_REGULAR);
    assert_int_equal(file_entry(&list, "to-folder")->kind, FILE_DIRECTORY);
}

static void a_list_is_refused_like_a_file(void **state)
{
    (void)state;
    scratch_text(dir, "file", "");
    scratch_folder(dir, "open/inner");
    link_to("open", "link");
    set_mode("open", 0777);
    struct directory list = { .n = 77 };
    for (enum file_check check = FILE_ANY; check <= FILE_TRUSTED; check++) {
        assert_int_equal(list_at("none", check, &list), GPCONF_ENOTFOUND);
        assert_string_equal(why, "none: No such file or directory");
        assert_int_equal(list_at("file", check, &list), GPCONF_ENOTFOUND);
        assert_string_equal(why, "file: Not a directory");
    }
    assert_int_equal(list_at("link", FILE_BENEATH, &list), GPCONF_EUNTRUSTED);
    assert_int_equal(list_at("..", FILE_BENEATH, &list), GPCONF_EUNTRUSTED);
    assert_int_equal(list_at("/", FILE_TRUSTED, &list), GPCONF_EUNTRUSTED);
    assert_int_equal(list_at("open", FILE_TRUSTED, &list), GPCONF_EUNTRUSTED);
    assert_string_equal(why, "open: can be written by its group or by others");
    assert_int_equal(list_at("open/inner", FILE_TRUSTED, &list), GPCONF_EUNTRUSTED);
    assert_string_equal(why, "open: can be written by its group or by others");
    assert_int_equal(list.n, 77);
    assert_int_equal(list_at("open", FILE_BENEATH, &list), 0);
    assert_int_equal(list_at("link", FILE_ANY, &list), 0);
}

/* A folder in memory where there is one: on a disk so many files take seconds. */
static void a_directory_has_a_limit(void **state)
{
    (void)state;
    char in_memory[] = "/dev/shm/gpconf-test-XXXXXX";
    const char *many = mkdtemp(in_memory) ? in_memory : dir;
    int here = open(many, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct directory full = { 0 }, over = { .n = 77 };
    int full_status = 1, over_status = 1;
    unsigned made = 0;
    char name[16];
    for (; made <= LIMIT_DIRECTORY; made++) {
        if (made == LIMIT_DIRECTORY)
            full_status = file_list(here, ".", FILE_BENEATH, &arena, &full, &why);
        snprintf(name, sizeof name, "%u", made);
        if (mknodat(here, name, S_IFREG | 0644, 0) < 0)
            break;
    }
    over_status = file_list(here, ".", FILE_BENEATH, &arena, &over, &why);
    for (unsigned i = 0; i < made; i++) {
        snprintf(name, sizeof name, "%u", i);
        unlinkat(here, name, 0);
    }
    close(here);
    if (many == in_memory)
        rmdir(many);
    assert_int_equal(made, LIMIT_DIRECTORY + 1);
    assert_int_equal(full_status, 0);
    assert_int_equal(full.n, LIMIT_DIRECTORY);
    for (size_t i = 1; i < full.n; i++)
        assert_true(strcmp(full.entries[i - 1].name, full.entries[i].name) < 0);
    assert_int_equal(over_status, GPCONF_ELIMIT);
    assert_string_equal(why, ".: has more than 65536 entries");
    assert_int_equal(over.n, 77);
}

static void an_entry_is_found_without_case_the_exact_one_first(void **state)
{
    (void)state;
    scratch_text(dir, "GPT.INI", "");
    scratch_text(dir, "Gpt.ini", "");
    scratch_text(dir, "gpt.ini", "");
    scratch_text(dir, "\xC3\x89t\xC3\xA9", "");
    struct directory list;
    assert_int_equal(list_at(".", FILE_TRUSTED, &list), 0);
    assert_string_equal(file_entry(&list, "gpt.ini")->name, "gpt.ini");
    assert_string_equal(file_entry(&list, "Gpt.ini")->name, "Gpt.ini");
    assert_string_equal(file_entry(&list, "gpT.ini")->name, "GPT.INI");
    assert_string_equal(file_entry(&list, "\xC3\xA9T\xC3\x89")->name,
                        "\xC3\x89t\xC3\xA9");
    assert_null(file_entry(&list, "gpt.in"));
    assert_null(file_entry(&list, "gpt.ini2"));
    assert_null(file_entry(&list, ""));
    struct directory nothing = { 0 };
    assert_null(file_entry(&nothing, "x"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_list_is_sorted_by_bytes_and_knows_kinds),
        TEST(a_list_is_refused_like_a_file),
        TEST(a_directory_has_a_limit),
        TEST(an_entry_is_found_without_case_the_exact_one_first),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
