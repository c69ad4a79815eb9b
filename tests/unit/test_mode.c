#include "tests/unit/change_sample.h"

#include "engine/change/mode.h"

static struct mode_state read_mode(struct fixture *f)
{
    struct mode_state mode;
    assert_int_equal(mode_read(f->root, &f->arena, &f->diagnostics, &mode), 0);
    return mode;
}

static void a_fresh_machine_is_in_audit(void **state)
{
    assert_int_equal(read_mode(*state).mode, MODE_AUDIT);
}

static void every_mode_comes_back(void **state)
{
    struct fixture *f = *state;
    const struct mode_state modes[] = { { MODE_ENFORCING, MODE_ENFORCING },
                                        { MODE_HELD, MODE_ENFORCING },
                                        { MODE_AUDIT, MODE_AUDIT },
                                        { MODE_HELD, MODE_AUDIT } };
    for (size_t i = 0; i < 4; i++) {
        struct change change = sample_change();
        assert_int_equal(mode_step(&change, modes[i], &f->arena), 0);
        assert_int_equal(sample_commit(f, &change, NULL), 0);
        assert_int_equal(change.number, i + 1);
        assert_int_equal(read_mode(f).mode, modes[i].mode);
        assert_int_equal(read_mode(f).resumes, modes[i].resumes);
    }
}

static void resuming_goes_back_to_what_was_held(void **state)
{
    struct fixture *f = *state;
    struct change change = sample_change();
    assert_int_equal(mode_resume(f->root, &change, &f->arena, &f->diagnostics), 0);
    assert_int_equal(change.n_steps, 0);
    mode_step(&change, (struct mode_state){ MODE_ENFORCING, MODE_ENFORCING },
              &f->arena);
    assert_int_equal(sample_commit(f, &change, NULL), 0);
    change = sample_change();
    assert_int_equal(mode_hold(f->root, &change, &f->arena, &f->diagnostics), 0);
    assert_int_equal(change.steps[0].gate, GATE_CLOSES);
    assert_int_equal(sample_commit(f, &change, NULL), 0);
    assert_int_equal(read_mode(f).mode, MODE_HELD);
    change = sample_change();
    assert_int_equal(mode_resume(f->root, &change, &f->arena, &f->diagnostics), 0);
    assert_int_equal(change.steps[0].gate, GATE_OPENS);
    assert_int_equal(sample_commit(f, &change, NULL), 0);
    assert_int_equal(read_mode(f).mode, MODE_ENFORCING);
}

static void anything_else_is_damage_and_never_enforcing(void **state)
{
    struct fixture *f = *state;
    const char *const texts[] = {
        "", "enforcing", "enforcing\n\n", "ENFORCING\n", "held\n", "audit\nenforcing\n"
    };
    for (size_t i = 0; i < 6; i++) {
        struct mode_state mode;
        fixture_write(f, "var/lib/gpconf/mode", texts[i]);
        assert_int_equal(mode_read(f->root, &f->arena, &f->diagnostics, &mode),
                         GPCONF_EDAMAGED);
    }
    assert_true(fixture_said(f, "mode-damaged"));
}

int main(void)
{
#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_fresh_machine_is_in_audit),
        TEST(every_mode_comes_back),
        TEST(resuming_goes_back_to_what_was_held),
        TEST(anything_else_is_damage_and_never_enforcing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
