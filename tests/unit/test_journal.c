#include "tests/unit/change_fixture.h"

#include "engine/change/journal.h"

static const char hash[] =
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static void add(struct fixture *f, struct txn *txn, enum txn_kind kind, const char *dir,
                const char *name)
{
    struct txn_op *op = txn_add(txn, &f->arena);
    op->kind = kind;
    op->dir = txn_dir(txn, dir, &f->arena);
    op->name = name;
    op->owner = "apt";
    if (kind != TXN_MKDIR)
        op->stage = ".x.gpconf-1";
    if (kind == TXN_REPLACE || kind == TXN_REMOVE)
        op->old = identity_file(hash, 0644, 0, 0);
    if (kind == TXN_REPLACE || kind == TXN_CREATE)
        op->new = identity_file(hash, 0640, 7, 4294967295u);
}

static struct txn sample(struct fixture *f)
{
    struct txn txn = {
        .number = 7, .at = 1700000000, .verb = "apply", .author = "an na"
    };
    add(f, &txn, TXN_MKDIR, "etc/systemd", "a b");
    add(f, &txn, TXN_REPLACE, "etc/apt", "99gpconf");
    add(f, &txn, TXN_CREATE, "", "%odd\nname");
    add(f, &txn, TXN_REMOVE, "etc/apt", "gone");
    struct txn_op *call = txn_add(&txn, &f->arena);
    call->kind = TXN_CALL;
    call->owner = "sconfig";
    call->name = "hostname";
    call->new_value = "srv 1";
    txn_owner(&txn, "apt", &f->arena);
    txn_owner(&txn, "apt", &f->arena);
    return txn;
}

static struct lock hold(struct fixture *f)
{
    struct lock lock;
    assert_int_equal(lock_take(f->root, "t", 0, &f->diagnostics, &lock), 0);
    return lock;
}

static void what_is_written_comes_back(void **state)
{
    struct fixture *f = *state;
    struct txn txn = sample(f), back;
    struct lock lock = hold(f);
    enum journal_state s;
    assert_int_equal(journal_write(&lock, &txn, &f->arena, &f->diagnostics), 0);
    assert_int_equal(journal_read(&lock, &f->arena, &f->diagnostics, &s, &back), 0);
    assert_int_equal(s, JOURNAL_STAGE);
    assert_int_equal(back.number, 7);
    assert_string_equal(back.author, "an na");
    assert_int_equal(back.n_ops, txn.n_ops);
    assert_int_equal(back.n_dirs, 3);
    assert_int_equal(back.n_owners, 1);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(back.ops[i].kind, txn.ops[i].kind);
        assert_string_equal(back.ops[i].name, txn.ops[i].name);
        assert_true(identity_same(&back.ops[i].old, &txn.ops[i].old));
        assert_true(identity_same(&back.ops[i].new, &txn.ops[i].new));
    }
    assert_null(back.ops[4].old_value);
    assert_string_equal(back.ops[4].new_value, "srv 1");
    lock_drop(&lock);
}

static void the_state_is_the_name(void **state)
{
    struct fixture *f = *state;
    struct txn txn = sample(f), back;
    struct lock lock = hold(f);
    enum journal_state s;
    bool moved;
    assert_int_equal(journal_read(&lock, &f->arena, &f->diagnostics, &s, &back), 0);
    assert_int_equal(s, JOURNAL_NONE);
    assert_int_equal(journal_write(&lock, &txn, &f->arena, &f->diagnostics), 0);
    for (enum journal_state to = JOURNAL_APPLY; to <= JOURNAL_CLEAN; to++) {
        assert_int_equal(journal_advance(&lock, to - 1, to, &moved), 0);
        assert_int_equal(journal_read(&lock, &f->arena, &f->diagnostics, &s, &back), 0);
        assert_int_equal(s, to);
    }
    assert_int_equal(journal_remove(&lock, JOURNAL_CLEAN), 0);
    assert_int_equal(journal_read(&lock, &f->arena, &f->diagnostics, &s, &back), 0);
    assert_int_equal(s, JOURNAL_NONE);
    lock_drop(&lock);
}

static void every_truncation_and_every_flip_is_refused(void **state)
{
    struct fixture *f = *state;
    struct txn txn = sample(f), back;
    struct buffer text;
    buffer_init(&text, 1 << 20);
    journal_print(&txn, &f->arena, &text);
    assert_int_equal(journal_parse(text.data, text.size, &f->arena, &back), 0);
    for (size_t i = 0; i < text.size; i++)
        assert_int_equal(journal_parse(text.data, i, &f->arena, &back),
                         GPCONF_EDAMAGED);
    for (size_t i = 0; i < text.size; i++)
        for (int bit = 0; bit < 8; bit++) {
            text.data[i] = (char)(text.data[i] ^ (1 << bit));
            assert_int_equal(journal_parse(text.data, text.size, &f->arena, &back),
                             GPCONF_EDAMAGED);
            text.data[i] = (char)(text.data[i] ^ (1 << bit));
        }
    buffer_done(&text);
}

static void names_that_lead_elsewhere_are_refused(void **state)
{
    struct fixture *f = *state;
    const char *const bad[] = { "..", ".", "", "a/b" };
    for (size_t i = 0; i < 8; i++) {
        struct txn txn = sample(f), back;
        struct buffer text;
        *(i < 4 ? &txn.ops[1].name : &txn.ops[1].stage) = bad[i % 4];
        buffer_init(&text, 1 << 20);
        journal_print(&txn, &f->arena, &text);
        assert_int_equal(journal_parse(text.data, text.size, &f->arena, &back),
                         GPCONF_EDAMAGED);
        buffer_done(&text);
    }
}

static void doubt_is_damage(void **state)
{
    struct fixture *f = *state;
    struct txn back;
    struct lock lock = hold(f);
    enum journal_state s;
    assert_int_equal(mkdirat(lock.state, "txn.apply", 0755), 0);
    assert_int_equal(journal_read(&lock, &f->arena, &f->diagnostics, &s, &back),
                     GPCONF_EDAMAGED);
    assert_int_equal(unlinkat(lock.state, "txn.apply", AT_REMOVEDIR), 0);
    fixture_write(f, "var/lib/gpconf/txn.clean", "");
    assert_int_equal(journal_read(&lock, &f->arena, &f->diagnostics, &s, &back),
                     GPCONF_EDAMAGED);
    assert_int_equal(unlinkat(lock.state, "txn.clean", 0), 0);
    fixture_write(f, "var/lib/gpconf/txn.new", "half");
    assert_int_equal(journal_read(&lock, &f->arena, &f->diagnostics, &s, &back), 0);
    assert_int_equal(s, JOURNAL_NEW);
    fixture_write(f, "var/lib/gpconf/txn.stage", "x");
    assert_int_equal(journal_read(&lock, &f->arena, &f->diagnostics, &s, &back),
                     GPCONF_EDAMAGED);
    assert_true(fixture_said(f, "change-journal-damaged"));
    lock_drop(&lock);
}

int main(void)
{
#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(what_is_written_comes_back),
        TEST(the_state_is_the_name),
        TEST(every_truncation_and_every_flip_is_refused),
        TEST(names_that_lead_elsewhere_are_refused),
        TEST(doubt_is_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
