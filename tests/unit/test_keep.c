#include "tests/unit/change_sample.h"

#include "engine/change/history.h"
#include "engine/change/keep.h"

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
    assert_int_equal(change.n_steps, 0);
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
        assert_int_equal(st.st_mode & 07777, modes[i] ? modes[i] : 0400);
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

int main(void)
{
#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_copy_is_kept_and_found_again),
        TEST(the_copy_follows_the_mode),
        TEST(what_could_not_be_read_is_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
