#include "tests/unit/change_sample.h"

#include "engine/change/history.h"
#include "engine/change/object.h"
#include "engine/change/plan.h"
#include "engine/change/recover.h"
#include "engine/change/stage.h"
#include "engine/change/swap.h"

/*
 * The system test kills a real change everywhere; here the places after a crash are
 * built by hand, also those that a kill cannot reach: file systems without exchange,
 * and other people who wrote while we were dead.
 */
#define KEPT "etc/kept"
#define GONE "etc/gone"
#define MADE "etc/new/made"
#define ELSE "somebody else\n"

/* A change that replaces, removes and creates, staged and not yet swapped. */
struct scene {
    struct fixture *f;
    struct lock lock;
    struct change change;
    struct txn txn;
};

static void build(struct fixture *f, struct scene *s)
{
    struct change first = sample_change();
    struct history history;
    *s = (struct scene){ .f = f, .change = sample_change() };
    sample_want(f, &first, KEPT, "one\n");
    sample_want(f, &first, GONE, "one\n");
    assert_int_equal(sample_commit(f, &first, NULL), 0);
    sample_lock(f, &s->lock);
    sample_want(f, &s->change, KEPT, "two\n");
    sample_want(f, &s->change, MADE, "two\n");
    assert_int_equal(history_read(f->root, &f->arena, &f->diagnostics, &history), 0);
    assert_int_equal(
        plan_make(f->root, &history, &s->change, &f->arena, &f->diagnostics), 0);
    s->change.number = 2;
    assert_int_equal(stage_prepare(&s->change, &f->arena, &s->txn), 0);
    assert_int_equal(journal_write(&s->lock, &s->txn, &f->arena, &f->diagnostics), 0);
    assert_int_equal(
        stage_make(&s->lock, &s->txn, &s->change, &f->arena, &f->diagnostics), 0);
}

static void advance(struct scene *s, enum journal_state to)
{
    bool moved;
    for (enum journal_state from = JOURNAL_STAGE; from < to; from++) {
        if (from == JOURNAL_ABORT && to == JOURNAL_CLEAN)
            continue;
        enum journal_state next =
            from == JOURNAL_APPLY && to == JOURNAL_CLEAN ? JOURNAL_CLEAN : from + 1;
        assert_int_equal(journal_advance(&s->lock, from, next, &moved), 0);
        if (next == JOURNAL_CLEAN)
            break;
    }
}

static const struct txn_op *op_of(const struct scene *s, const char *target)
{
    for (size_t i = 0; i < s->txn.n_ops; i++)
        if (s->txn.ops[i].step && strcmp(s->txn.ops[i].step->target, target) == 0)
            return &s->txn.ops[i];
    fail();
    return NULL;
}

static void swap(struct scene *s, const char *target)
{
    assert_int_equal(swap_forward(&s->txn, op_of(s, target)), SWAP_DONE);
}

static enum recovery recover_now(struct scene *s)
{
    struct fixture *f = s->f;
    enum recovery what, again;
    txn_close(&s->txn);
    assert_int_equal(recover(&s->lock, NULL, &f->arena, &f->diagnostics, &what), 0);
    assert_int_equal(recover(&s->lock, NULL, &f->arena, &f->diagnostics, &again), 0);
    assert_int_equal(again, RECOVERY_NOTHING);
    lock_drop(&s->lock);
    sample_assert_clean(f);
    return what;
}

static void assert_before(struct fixture *f)
{
    assert_string_equal(sample_body(f, KEPT), "one\n");
    assert_string_equal(sample_body(f, GONE), "one\n");
    assert_false(fixture_exists(f, "etc/new"));
}

static void assert_after(struct fixture *f)
{
    assert_string_equal(sample_body(f, KEPT), "two\n");
    assert_string_equal(sample_body(f, MADE), "two\n");
    assert_false(fixture_exists(f, GONE));
}

static void a_half_written_journal_is_nothing(void **state)
{
    struct fixture *f = *state;
    struct scene s = { .f = f };
    sample_lock(f, &s.lock);
    fixture_write(f, "var/lib/gpconf/txn.new", "gpconf-tx");
    assert_int_equal(recover_now(&s), RECOVERY_REVERTED);
}

static void what_was_only_staged_is_unstaged(void **state)
{
    struct scene s;
    build(*state, &s);
    assert_int_equal(recover_now(&s), RECOVERY_REVERTED);
    assert_before(*state);
    assert_int_equal(sample_entries(*state, "var/lib/gpconf/before"), 0);
}

static void what_was_begun_is_finished(void **state)
{
    struct scene s;
    build(*state, &s);
    advance(&s, JOURNAL_APPLY);
    swap(&s, KEPT);
    assert_int_equal(recover_now(&s), RECOVERY_FINISHED);
    assert_after(*state);
}

static void what_was_being_taken_back_is_taken_back(void **state)
{
    struct scene s;
    build(*state, &s);
    advance(&s, JOURNAL_ABORT);
    swap(&s, KEPT);
    swap(&s, GONE);
    swap(&s, MADE);
    assert_int_equal(recover_now(&s), RECOVERY_REVERTED);
    assert_before(*state);
}

static void what_was_decided_is_only_cleaned(void **state)
{
    struct scene s;
    build(*state, &s);
    swap(&s, KEPT);
    swap(&s, GONE);
    swap(&s, MADE);
    advance(&s, JOURNAL_CLEAN);
    fixture_write(*state, KEPT, ELSE); /* edited since: none of our business */
    assert_int_equal(recover_now(&s), RECOVERY_CLEANED);
    assert_string_equal(fixture_read(*state, KEPT, NULL), ELSE);
    assert_true(fixture_exists(*state, MADE));
}

static void somebody_wrote_before_the_swap(void **state)
{
    struct fixture *f = *state;
    struct scene s;
    build(f, &s);
    advance(&s, JOURNAL_APPLY);
    swap(&s, GONE);
    fixture_write(f, KEPT, ELSE);
    assert_int_equal(recover_now(&s), RECOVERY_REVERTED);
    assert_string_equal(fixture_read(f, KEPT, NULL), ELSE);
    assert_string_equal(sample_body(f, GONE), "one\n");
    assert_false(fixture_exists(f, MADE));
    assert_true(fixture_said(f, "change-drifted"));
    assert_int_equal(sample_entries(f, "var/lib/gpconf/aside"), 1);
}

/* The crash came between the exchange and the look at what came out. */
static void somebody_wrote_just_before_the_swap(void **state)
{
    struct fixture *f = *state;
    struct scene s;
    build(f, &s);
    advance(&s, JOURNAL_APPLY);
    swap(&s, KEPT);
    fixture_write(f, arena_format(&f->arena, "etc/%s", op_of(&s, KEPT)->stage), ELSE);
    assert_int_equal(recover_now(&s), RECOVERY_REVERTED);
    assert_string_equal(fixture_read(f, KEPT, NULL), ELSE);
    assert_string_equal(sample_body(f, GONE), "one\n");
}

static void somebody_wrote_after_the_swap(void **state)
{
    struct fixture *f = *state;
    struct scene s;
    build(f, &s);
    advance(&s, JOURNAL_ABORT);
    swap(&s, KEPT);
    swap(&s, GONE);
    swap(&s, MADE);
    fixture_write(f, KEPT, ELSE);
    fixture_write(f, GONE, ELSE);
    fixture_write(f, MADE, ELSE);
    assert_int_equal(recover_now(&s), RECOVERY_REVERTED);
    assert_string_equal(fixture_read(f, KEPT, NULL), ELSE);
    assert_string_equal(fixture_read(f, GONE, NULL), ELSE);
    assert_string_equal(fixture_read(f, MADE, NULL), ELSE);
    size_t size = 0;
    const char *aside = fixture_read(f, "var/lib/gpconf/aside/2-etc%kept", &size);
    assert_int_equal(label_check(aside, size), LABEL_OURS);
    assert_true(fixture_message(f, "leaving it; what it replaced is kept as "
                                   "/var/lib/gpconf/aside/2-etc%kept"));
}

/* A file system without exchange: the old file has a second name, STAGE and a tilde. */
static void without_exchange_it_is_finished_too(void **state)
{
    struct fixture *f = *state;
    for (int replaced = 0; replaced < 2; replaced++) {
        struct scene s;
        char old[STAGE_NAME];
        build(f, &s);
        advance(&s, JOURNAL_APPLY);
        const struct txn_op *op = op_of(&s, KEPT);
        int dir = s.txn.dirs[op->dir].fd;
        stage_old_name(op, old);
        assert_int_equal(linkat(dir, op->name, dir, old, 0), 0);
        if (replaced)
            assert_int_equal(renameat(dir, op->stage, dir, op->name), 0);
        assert_int_equal(recover_now(&s), RECOVERY_FINISHED);
        assert_after(f);
        fixture_teardown(state);
        fixture_setup(state);
        f = *state;
    }
}

static void without_exchange_it_is_taken_back_too(void **state)
{
    struct fixture *f = *state;
    struct scene s;
    char old[STAGE_NAME];
    build(f, &s);
    advance(&s, JOURNAL_ABORT);
    const struct txn_op *op = op_of(&s, KEPT);
    int dir = s.txn.dirs[op->dir].fd;
    stage_old_name(op, old);
    assert_int_equal(linkat(dir, op->name, dir, old, 0), 0);
    assert_int_equal(renameat(dir, op->stage, dir, op->name), 0);
    assert_int_equal(recover_now(&s), RECOVERY_REVERTED);
    assert_before(f);
}

static void a_folder_that_is_gone_holds_nothing(void **state)
{
    struct fixture *f = *state;
    struct scene s;
    build(f, &s);
    advance(&s, JOURNAL_APPLY);
    assert_int_equal(renameat(f->root, "etc", f->root, "etc.gone"), 0);
    enum recovery what;
    txn_close(&s.txn);
    assert_int_equal(recover(&s.lock, NULL, &f->arena, &f->diagnostics, &what), 0);
    assert_int_equal(what, RECOVERY_REVERTED);
    lock_drop(&s.lock);
}

static int refuse(void *context, const struct change *change, struct arena *arena,
                  struct diagnostics *diagnostics)
{
    struct fixture *f = context;
    (void)arena, (void)diagnostics, (void)f;
    assert_int_equal(change->n_steps, 3);
    assert_string_equal(change->steps[0].owner, "apt");
    return GPCONF_ECLIENT;
}

static int count(void *context, const char *owner, const struct change *change,
                 struct arena *arena, struct diagnostics *diagnostics)
{
    (void)context, (void)change, (void)arena;
    diagnostics_add(diagnostics, SEVERITY_NOTE, "activated", origin_file(NULL), "%s",
                    owner);
    return 0;
}

static void a_client_that_refuses_after_a_crash_takes_it_back(void **state)
{
    struct fixture *f = *state;
    struct scene s;
    enum recovery what;
    const struct change_table table = { .context = f,
                                        .observe = refuse,
                                        .activate = count };
    build(f, &s);
    advance(&s, JOURNAL_APPLY);
    txn_close(&s.txn);
    assert_int_equal(recover(&s.lock, &table, &f->arena, &f->diagnostics, &what), 0);
    assert_int_equal(what, RECOVERY_REVERTED);
    assert_true(fixture_said(f, "activated"));
    lock_drop(&s.lock);
    assert_before(f);
    sample_assert_clean(f);
}

static void every_damaged_byte_stops_recovery(void **state)
{
    struct fixture *f = *state;
    struct scene s;
    size_t size = 0;
    enum recovery what;
    build(f, &s);
    advance(&s, JOURNAL_APPLY);
    swap(&s, KEPT);
    txn_close(&s.txn);
    char *text = fixture_read(f, "var/lib/gpconf/txn.apply", &size);
    for (size_t i = 0; i < size; i++) {
        text[i] ^= 1;
        fixture_write_n(f, "var/lib/gpconf/txn.apply", text, size);
        text[i] ^= 1;
        assert_int_equal(recover(&s.lock, NULL, &f->arena, &f->diagnostics, &what),
                         GPCONF_EDAMAGED);
        fixture_write_n(f, "var/lib/gpconf/txn.apply", text, i);
        assert_int_equal(recover(&s.lock, NULL, &f->arena, &f->diagnostics, &what),
                         GPCONF_EDAMAGED);
    }
    assert_string_equal(sample_body(f, KEPT), "two\n");
    assert_string_equal(sample_body(f, GONE), "one\n");
    assert_true(fixture_exists(f, "etc/new"));
    fixture_write_n(f, "var/lib/gpconf/txn.apply", text, size);
    assert_int_equal(recover_now(&s), RECOVERY_FINISHED);
    assert_after(f);
}

int main(void)
{
#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_half_written_journal_is_nothing),
        TEST(what_was_only_staged_is_unstaged),
        TEST(what_was_begun_is_finished),
        TEST(what_was_being_taken_back_is_taken_back),
        TEST(what_was_decided_is_only_cleaned),
        TEST(somebody_wrote_before_the_swap),
        TEST(somebody_wrote_just_before_the_swap),
        TEST(somebody_wrote_after_the_swap),
        TEST(without_exchange_it_is_finished_too),
        TEST(without_exchange_it_is_taken_back_too),
        TEST(a_folder_that_is_gone_holds_nothing),
        TEST(a_client_that_refuses_after_a_crash_takes_it_back),
        TEST(every_damaged_byte_stops_recovery),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
