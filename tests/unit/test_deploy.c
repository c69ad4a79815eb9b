#include "tests/unit/change_fixture.h"

#include "base/limits.h"
#include "base/machine.h"
#include "engine/change/commit.h"
#include "engine/change/undo.h"
#include "engine/gpo/deploy.h"

#define A "{A1000000-0000-0000-0000-00000000000A}"
#define STORE "etc/gpconf/policies/"
#define GOOD "var/lib/gpconf/last-good/"
#define EMPTY_POL "PReg\1\0\0\0"

static void put_pol(struct fixture *f, const char *path)
{
    fixture_write_n(f, path, EMPTY_POL, 8);
}

static const char *at(struct fixture *f, const char *path)
{
    return arena_format(&f->arena, "%s/%s", f->path, path);
}

/* Commit a change that fill() fills in. */
static int commit(struct fixture *f, struct change *change)
{
    struct lock lock;
    assert_int_equal(lock_take(f->root, "test", 0, &f->diagnostics, &lock), 0);
    int status = change_commit(&lock, change, NULL, &f->arena, &f->diagnostics);
    lock_drop(&lock);
    return status;
}

static struct change new_change(void)
{
    return (struct change){
        .at = 1700000000, .verb = "deploy", .author = "root", .owner = "gpconf"
    };
}

/* Deploy the folder "from" of the fixture; the number of the change. */
static uint64_t deploy(struct fixture *f, const char *id, const char **ret_id)
{
    struct folder folder;
    struct deployed there;
    struct change change = new_change();
    diagnostics_init(&f->diagnostics, &f->arena);
    assert_int_equal(
        folder_read(at(f, "from"), FOLDER_WHOLE, &f->arena, &f->diagnostics, &folder),
        0);
    assert_int_equal(deploy_look(f->root, id, &f->arena, &f->diagnostics, &there), 0);
    assert_int_equal(deploy_plan(&folder, id, &there, &change, &f->arena, ret_id), 0);
    assert_int_equal(commit(f, &change), 0);
    return change.number;
}

static void undo_it(struct fixture *f, uint64_t number)
{
    struct lock lock;
    struct undo_result result;
    struct undo_options options = { .number = number,
                                    .now = 1700000001,
                                    .author = "root" };
    assert_int_equal(lock_take(f->root, "test", 0, &f->diagnostics, &lock), 0);
    assert_int_equal(undo(&lock, &options, NULL, &f->arena, &f->diagnostics, &result),
                     0);
    assert_int_equal(result.drifted, 0);
    lock_drop(&lock);
}

static uint32_t mode_at(struct fixture *f, const char *path)
{
    struct stat st;
    assert_int_equal(fstatat(f->root, path, &st, AT_SYMLINK_NOFOLLOW), 0);
    return st.st_mode & 07777;
}

static void a_folder_is_copied_whole_and_undone_whole(void **state)
{
    struct fixture *f = *state;
    const char *id;
    put_pol(f, "from/MACHINE/registry.pol");
    fixture_write(f, "from/MACHINE/Scripts/Startup/x.ps1", "script");
    fixture_write(f, "from/GPT.INI", "[General]\nVersion=1\n");
    uint64_t number = deploy(f, "{a1000000-0000-0000-0000-00000000000a}", &id);
    assert_string_equal(id, A);
    assert_int_equal(number, 1);
    assert_true(fixture_exists(f, STORE A "/Machine/Registry.pol"));
    assert_true(fixture_exists(f, GOOD A ".machine.pol"));
    assert_string_equal(fixture_read(f, STORE A "/Machine/Scripts/Startup/x.ps1", NULL),
                        "script");
    assert_string_equal(fixture_read(f, STORE A "/gpt.ini", NULL),
                        "[General]\nVersion=1\n");
    assert_int_equal(deploy(f, A, &id), 0); /* there is nothing to do */
    undo_it(f, number);
    assert_false(fixture_exists(f, "etc"));
}

static void deploying_again_removes_what_is_not_there_any_more(void **state)
{
    struct fixture *f = *state;
    const char *id;
    put_pol(f, "from/Machine/Registry.pol");
    put_pol(f, "from/User/Registry.pol");
    fixture_write(f, "from/User/Scripts/x.ps1", "script");
    fixture_write(f, "from/Machine/stays", "1");
    deploy(f, A, &id);
    assert_true(fixture_exists(f, GOOD A ".user.pol"));
    assert_int_equal(unlinkat(f->root, "from/User/Registry.pol", 0), 0);
    assert_int_equal(unlinkat(f->root, "from/User/Scripts/x.ps1", 0), 0);
    fixture_write(f, "from/Machine/stays", "2");
    uint64_t number = deploy(f, A, &id);
    assert_int_equal(number, 2);
    assert_false(fixture_exists(f, STORE A "/User"));
    assert_false(fixture_exists(f, GOOD A ".user.pol"));
    assert_true(fixture_exists(f, GOOD A ".machine.pol"));
    assert_string_equal(fixture_read(f, STORE A "/Machine/stays", NULL), "2");
    undo_it(f, number);
    assert_true(fixture_exists(f, STORE A "/User/Registry.pol"));
    assert_true(fixture_exists(f, STORE A "/User/Scripts/x.ps1"));
    assert_string_equal(fixture_read(f, STORE A "/Machine/stays", NULL), "1");
}

static void what_was_put_there_by_hand_gets_the_spelling_of_the_store(void **state)
{
    struct fixture *f = *state;
    const char *id;
    put_pol(f, STORE "{a1000000-0000-0000-0000-00000000000a}/MACHINE/REGISTRY.POL");
    put_pol(f, "from/machine/registry.pol");
    deploy(f, A, &id);
    assert_string_equal(id, "{a1000000-0000-0000-0000-00000000000a}");
    assert_true(fixture_exists(
        f, STORE "{a1000000-0000-0000-0000-00000000000a}/Machine/Registry.pol"));
    assert_false(
        fixture_exists(f, STORE "{a1000000-0000-0000-0000-00000000000a}/MACHINE"));
}

static void a_private_file_stays_private(void **state)
{
    struct fixture *f = *state;
    const char *id;
    put_pol(f, "from/Machine/Registry.pol");
    put_pol(f, "from/User/Registry.pol");
    assert_int_equal(fchmodat(f->root, "from/Machine/Registry.pol", 0600, 0), 0);
    assert_int_equal(fchmodat(f->root, "from/User/Registry.pol", 06777, 0), 0);
    deploy(f, "local", &id);
    assert_string_equal(id, "local");
    assert_int_equal(mode_at(f, STORE "local/Machine/Registry.pol"), 0600);
    assert_int_equal(mode_at(f, GOOD "LOCAL.machine.pol"), 0600);
    assert_int_equal(mode_at(f, STORE "local/User/Registry.pol"), 0644);
    assert_int_equal(mode_at(f, GOOD "LOCAL.user.pol"), 0644);
}

static void removing_leaves_nothing_and_undo_brings_it_back(void **state)
{
    struct fixture *f = *state;
    const char *id;
    struct deployed there;
    struct change change = new_change();
    put_pol(f, "from/Machine/Registry.pol");
    fixture_write(f, "from/User/Scripts/x.ps1", "script");
    deploy(f, A, &id);
    assert_int_equal(deploy_look(f->root, A, &f->arena, &f->diagnostics, &there), 0);
    assert_int_equal(there.n_files, 2);
    assert_int_equal(there.n_folders, 3);
    assert_int_equal(deploy_remove(&there, &change, &f->arena), 0);
    assert_int_equal(commit(f, &change), 0);
    assert_false(fixture_exists(f, STORE A));
    assert_false(fixture_exists(f, GOOD A ".machine.pol"));
    undo_it(f, change.number);
    assert_true(fixture_exists(f, STORE A "/Machine/Registry.pol"));
    assert_string_equal(fixture_read(f, STORE A "/User/Scripts/x.ps1", NULL), "script");
}

static void a_link_in_the_store_is_told_and_left(void **state)
{
    struct fixture *f = *state;
    struct deployed there;
    struct change change = new_change();
    put_pol(f, STORE A "/Machine/Registry.pol");
    assert_int_equal(symlinkat("/etc/passwd", f->root, STORE A "/link"), 0);
    assert_int_equal(deploy_look(f->root, A, &f->arena, &f->diagnostics, &there), 0);
    assert_int_equal(deploy_remove(&there, &change, &f->arena), 0);
    assert_int_equal(commit(f, &change), 0);
    assert_true(fixture_said(f, "change-no-file"));
    assert_true(fixture_exists(f, STORE A "/link"));
    assert_false(fixture_exists(f, STORE A "/Machine"));
}

static void two_folders_of_one_gpo_are_refused(void **state)
{
    struct fixture *f = *state;
    struct deployed there;
    fixture_write(f, STORE A "/gpt.ini", "");
    fixture_write(f, STORE "{a1000000-0000-0000-0000-00000000000a}/gpt.ini", "");
    assert_int_equal(deploy_look(f->root, A, &f->arena, &f->diagnostics, &there),
                     GPCONF_ERANGE);
    assert_true(fixture_message(f, "differ only by case"));
}

static void what_is_not_there_is_no_failure(void **state)
{
    struct fixture *f = *state;
    struct deployed there;
    assert_int_equal(deploy_look(f->root, A, &f->arena, &f->diagnostics, &there), 0);
    assert_null(there.id);
    assert_int_equal(there.n_files, 0);
}

/* As many files and folders as there may be make one change. */
static void the_largest_gpo_is_one_change(void **state)
{
    struct fixture *f = *state;
    const char *id;
    for (unsigned i = 0; i < LIMIT_GPT_FILES; i++)
        fixture_write(f,
                      arena_format(&f->arena, "from/Machine/%u/%u",
                                   i % (LIMIT_GPT_FOLDERS - 2), i),
                      "x");
    uint64_t number = deploy(f, A, &id);
    assert_int_equal(number, 1);
    assert_true(fixture_exists(f, STORE A "/Machine/0/0"));
    undo_it(f, number);
    assert_false(fixture_exists(f, "etc"));
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        T(a_folder_is_copied_whole_and_undone_whole),
        T(deploying_again_removes_what_is_not_there_any_more),
        T(what_was_put_there_by_hand_gets_the_spelling_of_the_store),
        T(a_private_file_stays_private),
        T(removing_leaves_nothing_and_undo_brings_it_back),
        T(a_link_in_the_store_is_told_and_left),
        T(two_folders_of_one_gpo_are_refused),
        T(what_is_not_there_is_no_failure),
        T(the_largest_gpo_is_one_change),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
