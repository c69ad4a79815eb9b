#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/limits.h"
#include "base/status.h"
#include "engine/gpo/folder.h"
#include "tests/unit/bench.h"
#include "tests/unit/support.h"

#define EMPTY_POL "PReg\1\0\0\0"
#define GUID "{A1000000-0000-0000-0000-00000000000A}"

static void put_pol(struct bench *b, const char *path)
{
    bench_put_n(b, path, EMPTY_POL, 8);
}

static int read_it(struct bench *b, const char *path, enum folder_extent extent,
                   struct folder *ret)
{
    bench_forget(b);
    return folder_read(bench_at(b, path), extent, &b->arena, &b->diagnostics, ret);
}

/* One failure, with these words in its message. */
static void assert_refused(struct bench *b, int want, const char *words)
{
    struct folder folder;
    assert_int_equal(read_it(b, GUID, FOLDER_WHOLE, &folder), want);
    assert_int_equal(b->diagnostics.errors, 1);
    assert_non_null(strstr(b->diagnostics.first->message, words));
    assert_non_null(strstr(b->diagnostics.first->message, "changing nothing"));
}

static void names_get_the_spelling_of_the_store(void **state)
{
    struct bench *b = *state;
    static const char *const pairs[][2] = {
        { "GPT.INI", "gpt.ini" },
        { "MACHINE/registry.POL", "Machine/Registry.pol" },
        { "user/Registry.pol", "User/Registry.pol" },
        { "Machine/Scripts/registry.pol", "Machine/Scripts/registry.pol" },
        { "other/GPT.INI", "other/GPT.INI" },
        { "USER", "User" },
        { "machines/registry.pol", "machines/registry.pol" },
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_string_equal(folder_canonical(pairs[i][0], &b->arena), pairs[i][1]);
}

static void every_file_of_a_gpo_is_read(void **state)
{
    struct bench *b = *state;
    struct folder folder;
    put_pol(b, GUID "/MACHINE/registry.pol");
    bench_put(b, GUID "/MACHINE/comment.cmtx", "comment");
    bench_put(b, GUID "/USER/Scripts/Logon/x.ps1", "script");
    bench_put(b, GUID "/GPT.INI", "[General]\nVersion=65538\ndisplayName=Display\n");
    assert_int_equal(read_it(b, GUID, FOLDER_WHOLE, &folder), 0);
    assert_int_equal(folder.n, 4);
    assert_string_equal(folder.name, GUID);
    assert_non_null(folder_file(&folder, "Machine/Registry.pol"));
    assert_non_null(folder_file(&folder, "Machine/comment.cmtx"));
    assert_non_null(folder_file(&folder, "User/Scripts/Logon/x.ps1"));
    const struct folder_file *ini = folder_file(&folder, "gpt.ini");
    assert_non_null(ini);
    assert_string_equal(ini->shown, bench_at(b, GUID "/GPT.INI"));

    struct gpo gpo;
    assert_int_equal(folder_parse(&folder, &b->arena, &b->diagnostics, &gpo), 0);
    assert_string_equal(gpo.id, GUID);
    assert_string_equal(gpo.name, "Display");
    assert_int_equal(gpo.gpt.version, 65538);
    assert_int_equal(gpo.machine.state, INPUT_GOOD);
    assert_int_equal(gpo.user.state, INPUT_ABSENT);
}

static void what_is_only_shown_needs_no_other_file(void **state)
{
    struct bench *b = *state;
    struct folder folder;
    put_pol(b, GUID "/Machine/Registry.pol");
    bench_put(b, GUID "/Machine/comment.cmtx", "comment");
    assert_int_equal(symlink("/etc/passwd", bench_at(b, GUID "/User")), 0);
    assert_int_equal(unlink(bench_at(b, GUID "/User")), 0);
    assert_int_equal(symlink("/etc/passwd", bench_at(b, GUID "/Scripts")), 0);
    assert_int_equal(read_it(b, GUID, FOLDER_POLICY, &folder), 0);
    assert_int_equal(folder.n, 1);
    assert_refused(b, GPCONF_EUNTRUSTED, "link");
}

static void a_backup_is_read_where_its_gpt_is(void **state)
{
    struct bench *b = *state;
    struct folder folder;
    put_pol(b, GUID "/domainsysvol/Gpo/Machine/registry.pol");
    bench_put(b, GUID "/Backup.xml", "<x/>");
    assert_int_equal(read_it(b, GUID, FOLDER_WHOLE, &folder), 0);
    assert_true(folder.is_backup);
    assert_string_equal(folder.name, GUID);
    assert_int_equal(folder.n, 1);
    assert_string_equal(folder.files[0].path, "Machine/Registry.pol");
    /* Its GPT alone has no GUID for a name. */
    assert_int_equal(read_it(b, GUID "/domainsysvol/Gpo/", FOLDER_WHOLE, &folder), 0);
    assert_string_equal(folder.name, "Gpo");
    assert_false(folder.is_backup);
}

static void a_backup_says_which_gpo_it_is_of(void **state)
{
    struct bench *b = *state;
    struct folder folder;
    struct gpo gpo;
    put_pol(b, GUID "/DomainSysvol/GPO/Machine/registry.pol");
    bench_put(b, GUID "/BKUPINFO.XML",
              "<BackupInst><GPOGuid>{B2000000-0000-0000-0000-00000000000B}</GPOGuid>"
              "<GPODisplayName>Display</GPODisplayName></BackupInst>");
    assert_int_equal(read_it(b, GUID, FOLDER_WHOLE, &folder), 0);
    assert_int_equal(folder_parse(&folder, &b->arena, &b->diagnostics, &gpo), 0);
    assert_string_equal(gpo.id, "{B2000000-0000-0000-0000-00000000000B}");
    assert_string_equal(gpo.name, "Display");
    /* A link is not followed; the GPT is read all the same. */
    assert_int_equal(rename(bench_at(b, GUID "/BKUPINFO.XML"), bench_at(b, "real")), 0);
    assert_int_equal(symlink("../real", bench_at(b, GUID "/bkupInfo.xml")), 0);
    assert_int_equal(read_it(b, GUID, FOLDER_WHOLE, &folder), 0);
    assert_null(folder.backup.guid);
    assert_int_equal(b->diagnostics.warnings, 1);
    assert_int_equal(folder.n, 1);
}

static void a_folder_may_be_reached_through_a_link(void **state)
{
    struct bench *b = *state;
    struct folder folder;
    put_pol(b, GUID "/Machine/registry.pol");
    assert_int_equal(symlink(GUID, bench_at(b, "here")), 0);
    assert_int_equal(read_it(b, "here", FOLDER_WHOLE, &folder), 0);
    assert_string_equal(folder.name, GUID);
}

static void a_folder_that_is_no_gpo_is_refused(void **state)
{
    struct bench *b = *state;
    struct folder folder;
    bench_put(b, GUID "/notes.txt", "no GPO");
    assert_refused(b, GPCONF_ESYNTAX, "no GPO");
    assert_int_equal(read_it(b, "absent", FOLDER_WHOLE, &folder), GPCONF_ENOTFOUND);
    assert_int_equal(b->diagnostics.errors, 1);
}

static void a_link_is_not_followed(void **state)
{
    struct bench *b = *state;
    put_pol(b, "elsewhere/Registry.pol");
    put_pol(b, GUID "/User/Registry.pol");
    assert_int_equal(symlink("../elsewhere", bench_at(b, GUID "/Machine")), 0);
    assert_refused(b, GPCONF_EUNTRUSTED, "link");
    assert_int_equal(unlink(bench_at(b, GUID "/Machine")), 0);
    assert_int_equal(
        symlink("../../elsewhere/Registry.pol", bench_at(b, GUID "/User/x.pol")), 0);
    assert_refused(b, GPCONF_EUNTRUSTED, "link");
}

static void a_fifo_is_refused_and_not_waited_for(void **state)
{
    struct bench *b = *state;
    scratch_folder(b->root, GUID "/Machine");
    assert_int_equal(mkfifo(bench_at(b, GUID "/Machine/Registry.pol"), 0600), 0);
    assert_refused(b, GPCONF_EUNTRUSTED, "device");
}

static void names_that_differ_by_case_alone_are_refused(void **state)
{
    struct bench *b = *state;
    put_pol(b, GUID "/Machine/Registry.pol");
    put_pol(b, GUID "/MACHINE/Registry.pol");
    assert_refused(b, GPCONF_ERANGE, "differ only by case");
    assert_int_equal(unlink(bench_at(b, GUID "/MACHINE/Registry.pol")), 0);
    assert_int_equal(rmdir(bench_at(b, GUID "/MACHINE")), 0);
    bench_put(b, GUID "/Machine/Scripts/a.ps1", "1");
    bench_put(b, GUID "/Machine/Scripts/A.PS1", "2");
    assert_refused(b, GPCONF_ERANGE, "'A.PS1' and 'a.ps1'");
}

static void names_that_windows_cannot_have_are_refused(void **state)
{
    struct bench *b = *state;
    static const char *const names[] = { "..\\..\\x", "a\nb", "a\177b", "\xff\xfe" };
    put_pol(b, GUID "/Machine/Registry.pol");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *path = arena_format(&b->arena, GUID "/Machine/%s", names[i]);
        bench_put(b, path, "x");
        assert_refused(b, GPCONF_ERANGE, "its name");
        assert_int_equal(unlink(bench_at(b, path)), 0);
    }
}

static void what_should_be_a_file_is_no_folder(void **state)
{
    struct bench *b = *state;
    scratch_folder(b->root, GUID "/Machine/Registry.pol");
    assert_refused(b, GPCONF_EUNTRUSTED, "is a folder");
}

static void what_should_be_a_folder_is_no_file(void **state)
{
    struct bench *b = *state;
    put_pol(b, GUID "/User/Registry.pol");
    bench_put(b, GUID "/MACHINE", "text");
    assert_refused(b, GPCONF_EUNTRUSTED, "is no folder");
}

static void too_large_a_file_is_refused(void **state)
{
    struct bench *b = *state;
    bench_put(b, GUID "/gpt.ini", "");
    assert_int_equal(truncate(bench_at(b, GUID "/gpt.ini"), LIMIT_INI_FILE), 0);
    struct folder folder;
    assert_int_equal(read_it(b, GUID, FOLDER_WHOLE, &folder), 0);
    assert_int_equal(truncate(bench_at(b, GUID "/gpt.ini"), LIMIT_INI_FILE + 1), 0);
    assert_refused(b, GPCONF_ELIMIT, "larger than the limit");
}

static void too_many_bytes_together_are_refused(void **state)
{
    struct bench *b = *state;
    for (int i = 0; i < 3; i++) {
        const char *path = arena_format(&b->arena, GUID "/Machine/%d", i);
        bench_put(b, path, "");
        assert_int_equal(truncate(bench_at(b, path), 86 << 20), 0);
    }
    assert_refused(b, GPCONF_ELIMIT, "256 MiB");
}

static void too_many_files_are_refused(void **state)
{
    struct bench *b = *state;
    struct folder folder;
    for (unsigned i = 0; i < LIMIT_GPT_FILES; i++)
        bench_put(b, arena_format(&b->arena, GUID "/Machine/%u", i), "");
    assert_int_equal(read_it(b, GUID, FOLDER_WHOLE, &folder), 0);
    bench_put(b, GUID "/Machine/more", "");
    assert_refused(b, GPCONF_ELIMIT, "4096");
}

static void too_many_folders_are_refused(void **state)
{
    struct bench *b = *state;
    struct folder folder;
    /* The GPO itself and Machine are two of them. */
    for (unsigned i = 0; i < LIMIT_GPT_FOLDERS - 2; i++)
        scratch_folder(b->root, arena_format(&b->arena, GUID "/Machine/%u", i));
    assert_int_equal(read_it(b, GUID, FOLDER_WHOLE, &folder), 0);
    scratch_folder(b->root, GUID "/User");
    assert_refused(b, GPCONF_ELIMIT, "512 folders");
}

static void too_deep_a_folder_is_refused(void **state)
{
    struct bench *b = *state;
    struct folder folder;
    const char *path = GUID "/Machine";
    for (unsigned i = 1; i < LIMIT_GPT_DEPTH; i++)
        path = arena_format(&b->arena, "%s/d", path);
    bench_put(b, arena_format(&b->arena, "%s/file", path), "");
    assert_int_equal(read_it(b, GUID, FOLDER_WHOLE, &folder), 0);
    scratch_folder(b->root, arena_format(&b->arena, "%s/d", path));
    assert_refused(b, GPCONF_ELIMIT, "16 nested");
}

static void a_damaged_half_is_told_and_the_other_one_read(void **state)
{
    struct bench *b = *state;
    struct folder folder;
    struct gpo gpo;
    put_pol(b, GUID "/Machine/Registry.pol");
    bench_put_n(b, GUID "/User/Registry.pol", EMPTY_POL "[", 9);
    assert_int_equal(read_it(b, GUID, FOLDER_WHOLE, &folder), 0);
    assert_int_equal(folder_parse(&folder, &b->arena, &b->diagnostics, &gpo),
                     GPCONF_ESYNTAX);
    assert_int_equal(gpo.machine.state, INPUT_GOOD);
    assert_int_equal(gpo.user.state, INPUT_DAMAGED);
    assert_int_equal(b->diagnostics.errors, 1);
    assert_string_equal(b->diagnostics.first->origin.file,
                        bench_at(b, GUID "/User/Registry.pol"));
}

static void a_policy_file_alone_is_of_the_half_that_its_folder_says(void **state)
{
    struct bench *b = *state;
    struct folder folder;
    put_pol(b, "USER/a.pol");
    put_pol(b, "any/b.pol");
    assert_int_equal(
        folder_read_pol(bench_at(b, "USER/a.pol"), &b->arena, &b->diagnostics, &folder),
        0);
    assert_string_equal(folder.files[0].path, "User/Registry.pol");
    assert_int_equal(
        folder_read_pol(bench_at(b, "any/b.pol"), &b->arena, &b->diagnostics, &folder),
        0);
    assert_string_equal(folder.files[0].path, "Machine/Registry.pol");
    assert_int_equal(
        folder_read_pol(bench_at(b, "absent.pol"), &b->arena, &b->diagnostics, &folder),
        GPCONF_ENOTFOUND);
    assert_int_equal(b->diagnostics.errors, 1);
}

int main(void)
{
#define T(test)                                                                        \
    cmocka_unit_test_setup_teardown(test, bench_set_up_root, bench_tear_down)
    const struct CMUnitTest tests[] = {
        T(names_get_the_spelling_of_the_store),
        T(every_file_of_a_gpo_is_read),
        T(what_is_only_shown_needs_no_other_file),
        T(a_backup_is_read_where_its_gpt_is),
        T(a_backup_says_which_gpo_it_is_of),
        T(a_folder_may_be_reached_through_a_link),
        T(a_folder_that_is_no_gpo_is_refused),
        T(a_link_is_not_followed),
        T(a_fifo_is_refused_and_not_waited_for),
        T(names_that_differ_by_case_alone_are_refused),
        T(names_that_windows_cannot_have_are_refused),
        T(what_should_be_a_file_is_no_folder),
        T(what_should_be_a_folder_is_no_file),
        T(too_large_a_file_is_refused),
        T(too_many_bytes_together_are_refused),
        T(too_many_files_are_refused),
        T(too_many_folders_are_refused),
        T(too_deep_a_folder_is_refused),
        T(a_damaged_half_is_told_and_the_other_one_read),
        T(a_policy_file_alone_is_of_the_half_that_its_folder_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
