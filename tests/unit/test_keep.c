#include "tests/unit/change_sample.h"

#include "engine/change/history.h"
#include "engine/change/keep.h"
#include "engine/change/plan.h"

static const struct input *find(const struct snapshot *snapshot, enum input_role role)
{
    for (size_t i = 0; i < snapshot->n; i++)
        if (snapshot->inputs[i].role == role)
            return &snapshot->inputs[i];
    fail();
    return NULL;
}

static void read_snapshot(struct fixture *f, struct snapshot *ret)
{
    struct machine machine;
    assert_int_equal(machine_open(f->path, &machine), 0);
    assert_int_equal(snapshot_read(&machine, &f->arena, &f->diagnostics, ret), 0);
    snapshot_read_last_good(&machine, &f->diagnostics, ret);
    machine_done(&machine);
}

static void a_copy_is_kept_and_found_again(void **state)
{
    struct fixture *f = *state;
    struct snapshot snapshot;
    struct change change = sample_change();
    fixture_write(f, "etc/gpconf/local.ini", "[policies]\n");
    fchmodat(f->root, "etc/gpconf/local.ini", 0600, 0);
    read_snapshot(f, &snapshot);
    const struct input *local = find(&snapshot, INPUT_LOCAL);
    assert_int_equal(keep_last_good(local, &change, &f->arena), 0);
    assert_int_equal(change.n_steps, 1);
    assert_int_equal(sample_commit(f, &change, NULL), 0);
    assert_int_equal(change.number, 0);

    read_snapshot(f, &snapshot);
    local = find(&snapshot, INPUT_LOCAL);
    assert_int_equal(local->last_good.size, 11);
    assert_int_equal(local->last_good.mode, 0600);
    change = sample_change();
    assert_int_equal(keep_last_good(local, &change, &f->arena), 0);
    assert_int_equal(plan_more(f->root, &change, 0, &f->arena, &f->diagnostics), 0);
    assert_int_equal(plan_acts(&change), 0);
}

static void the_copy_follows_the_mode(void **state)
{
    static const mode_t modes[] = { 0644, 0600, 0, 0755 };
    struct fixture *f = *state;
    struct snapshot snapshot;
    fixture_write(f, "etc/gpconf/local.ini", "[policies]\n");
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        struct change change = sample_change();
        struct stat st;
        assert_int_equal(fchmodat(f->root, "etc/gpconf/local.ini", 0600, 0), 0);
        read_snapshot(f, &snapshot);
        struct input local = *find(&snapshot, INPUT_LOCAL);
        local.file.mode = modes[i]; /* not everybody who tests may read a mode of 0 */
        assert_int_equal(keep_last_good(&local, &change, &f->arena), 0);
        assert_int_equal(change.n_steps, 1);
        assert_int_equal(sample_commit(f, &change, NULL), 0);
        assert_int_equal(fstatat(f->root, "var/lib/gpconf/last-good/local.ini", &st, 0),
                         0);
        assert_int_equal(st.st_mode & 07777, modes[i]);
    }
}

static void what_could_not_be_read_is_not_kept(void **state)
{
    struct fixture *f = *state;
    struct snapshot snapshot;
    struct change change = sample_change();
    fixture_write(f, "etc/gpconf/local.ini", "[policies]\n");
    fchmodat(f->root, "etc/gpconf/local.ini", 0666, 0);
    read_snapshot(f, &snapshot);
    assert_int_equal(keep_last_good(find(&snapshot, INPUT_LOCAL), &change, &f->arena),
                     0);
    assert_int_equal(change.n_steps, 0);
}

#define KEPT "var/lib/gpconf/last-good/"
#define GPO "31B2F340-016D-11D2-945F-00C04FB984F9"
#define ETC "etc/gpconf/"

/* Inputs that were good once; their copies lie where an apply puts them. */
static void build(struct fixture *f)
{
    static const char *const paths[] = {
        ETC "local.ini",
        ETC "local.d/one.ini",
        ETC "local.d/two.ini",
        ETC "policies/links.ini",
        ETC "policies/local/Machine/Registry.pol",
        ETC "policies/{" GPO "}/Machine/Registry.pol",
        ETC "policies/{" GPO "}/User/Registry.pol",
        KEPT "local.ini",
        KEPT "local.d.one.ini",
        KEPT "local.d.two.ini",
        KEPT "links.ini",
        KEPT "LOCAL.machine.pol",
        KEPT "{" GPO "}.machine.pol",
        KEPT "{" GPO "}.user.pol",
        KEPT "notes",
    };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        fixture_write(f, paths[i], "");
}

static void take_away(struct fixture *f, const char *path)
{
    const char *full = arena_format(&f->arena, "%s/%s", f->path, path);
    assert_int_equal(nftw(full, fixture_remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

static void set_mode(struct fixture *f, const char *path, mode_t mode)
{
    assert_int_equal(fchmodat(f->root, path, mode, 0), 0);
}

/* Forget what is gone; how many copies went. */
static size_t forget(struct fixture *f)
{
    struct snapshot snapshot;
    struct change change = sample_change();
    read_snapshot(f, &snapshot);
    assert_int_equal(keep_forget(f->root, &snapshot, &change, &f->arena), 0);
    assert_int_equal(sample_commit(f, &change, NULL), 0);
    return change.n_steps;
}

static void the_copy_of_what_is_gone_goes(void **state)
{
    struct fixture *f = *state;
    build(f);
    assert_int_equal(forget(f), 0);
    take_away(f, ETC "local.d/one.ini");
    assert_int_equal(forget(f), 1);
    assert_false(fixture_exists(f, KEPT "local.d.one.ini"));
    take_away(f, ETC "policies/{" GPO "}/User");
    assert_int_equal(forget(f), 1);
    assert_false(fixture_exists(f, KEPT "{" GPO "}.user.pol"));
    take_away(f, ETC "policies/local");
    assert_int_equal(forget(f), 1);
    assert_false(fixture_exists(f, KEPT "LOCAL.machine.pol"));
    assert_true(fixture_exists(f, KEPT "{" GPO "}.machine.pol"));
    take_away(f, ETC "policies");
    assert_int_equal(forget(f), 2);
    take_away(f, ETC "local.d");
    take_away(f, ETC "local.ini");
    assert_int_equal(forget(f), 2);
    assert_int_equal(sample_entries(f, KEPT), 1);
    assert_true(fixture_exists(f, KEPT "notes"));
}

static void what_may_be_there_keeps_its_copy(void **state)
{
    struct fixture *f = *state;
    build(f);
    take_away(f, ETC "policies/local");
    take_away(f, ETC "local.d/one.ini");
    set_mode(f, ETC "policies", 0775);
    set_mode(f, ETC "local.d", 0775);
    set_mode(f, ETC "local.ini", 0666);
    assert_int_equal(forget(f), 0);
    set_mode(f, ETC "policies", 0755);
    set_mode(f, ETC "policies/{" GPO "}", 0775);
    assert_int_equal(forget(f), 1);
    assert_false(fixture_exists(f, KEPT "LOCAL.machine.pol"));
    set_mode(f, ETC "policies/{" GPO "}", 0755);
    set_mode(f, ETC "policies/{" GPO "}/User", 0775);
    assert_int_equal(forget(f), 0);
}

int main(void)
{
#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_copy_is_kept_and_found_again),
        TEST(the_copy_follows_the_mode),
        TEST(the_copy_of_what_is_gone_goes),
        TEST(what_may_be_there_keeps_its_copy),
        TEST(what_could_not_be_read_is_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
