#include "tests/unit/change_sample.h"

#include "engine/change/history.h"
#include "engine/change/ledger.h"

static struct history read_history(struct fixture *f)
{
    struct history history;
    assert_int_equal(history_read(f->root, &f->arena, &f->diagnostics, &history), 0);
    return history;
}

static void an_entry_comes_back(void **state)
{
    struct fixture *f = *state;
    static const struct claim claims[] = {
        { "Unattended-Upgrade::Mail", "a b", 3, "update.mail", FIDELITY_EXACT, false,
          NULL },
        { "Acquire::http::Proxy", "http://u:secret@h", 4, NULL, FIDELITY_APPROXIMATE,
          true, "no 100 % match" },
    };
    struct change change = sample_change(), back;
    change.at = -1; /* a clock before the epoch */
    change.keep_by = 42;
    change.inputs = "abc";
    change.undoes = 5;
    change.mode = "held";
    struct change_folder gone[] = { { "etc/gone", 0750, 3, 4 }, { .path = "etc/not" } };
    change.unmade = gone;
    change.n_unmade = 2;
    assert_true(change_drift(&change, &f->arena, "etc/left", NULL));
    assert_true(change_drift(&change, &f->arena, "etc/edited", "var/aside/1 x"));
    struct step *step = sample_want(f, &change, "etc/a b", "x\n");
    step->claims = claims;
    step->n_claims = 2;
    step->gate = GATE_OPENS;
    sample_want(f, &change, "etc/c", "y\n");
    struct step *call = change_add(&change, &f->arena, STEP_CALL);
    call->target = "hostname";
    call->owner = "sconfig";
    call->after = "srv";
    call->after_size = 3;
    struct history history = { .through = 8 };
    change.number = 9;
    for (size_t i = 0; i < 2; i++) {
        change.steps[i].action = STEP_CREATE;
        hash_content("x", 1, change.steps[i].after_hash);
    }
    struct buffer text;
    buffer_init(&text, 1 << 20);
    history_print(&change, &f->arena, &text);
    assert_null(strstr(text.data, "secret"));
    assert_int_equal(history_parse(text.data, text.size, &f->arena, &back), 0);
    assert_int_equal(back.number, 9);
    assert_int_equal(back.at, -1);
    assert_int_equal(back.keep_by, 42);
    assert_int_equal(back.undoes, 5);
    assert_string_equal(back.mode, "held");
    assert_int_equal(back.n_unmade, 1);
    assert_string_equal(back.unmade[0].path, "etc/gone");
    assert_int_equal(back.unmade[0].mode, 0750);
    assert_int_equal(back.unmade[0].gid, 4);
    assert_int_equal(back.n_drifts, 2);
    assert_string_equal(back.drifts[0].target, "etc/left");
    assert_null(back.drifts[0].aside);
    assert_string_equal(back.drifts[1].aside, "var/aside/1 x");
    assert_int_equal(back.n_steps, 3);
    assert_string_equal(back.steps[0].target, "etc/a b");
    assert_int_equal(back.steps[0].gate, GATE_OPENS);
    assert_string_equal(back.steps[0].after_hash, change.steps[0].after_hash);
    assert_int_equal(back.steps[0].n_claims, 2);
    assert_string_equal(back.steps[0].claims[0].value, "a b");
    assert_int_equal(back.steps[0].claims[1].fidelity, FIDELITY_APPROXIMATE);
    assert_true(back.steps[0].claims[1].sensitive);
    assert_int_equal(back.steps[1].n_claims, 0);
    assert_string_equal(back.steps[2].after, "srv");
    for (size_t i = 0; i < text.size; i++) {
        assert_int_equal(history_parse(text.data, i, &f->arena, &back),
                         GPCONF_EDAMAGED);
        text.data[i] ^= 1;
        assert_int_equal(history_parse(text.data, text.size, &f->arena, &back),
                         GPCONF_EDAMAGED);
        text.data[i] ^= 1;
    }
    buffer_done(&text);
    assert_int_equal(history_last(&history), 8);
}

/* Fifty changes to seven files; what is on the disk is what the ledger says. */
static void run_fifty(struct fixture *f, size_t retain)
{
    for (int i = 1; i <= 50; i++) {
        struct change change = sample_change();
        change.retain = retain;
        for (int j = 0; j < 7; j++)
            if ((i * 31 + j * 17) % 3)
                sample_want(f, &change, arena_format(&f->arena, "etc/f%d", j),
                            arena_format(&f->arena, "%d\n", (i * j) % 5));
        assert_int_equal(sample_commit(f, &change, NULL), 0);
    }
}

static void check_ledger(struct fixture *f)
{
    struct history history = read_history(f);
    struct ledger ledger;
    assert_int_equal(ledger_fold(&history, UINT64_MAX, &f->arena, &ledger), 0);
    int fd = open(f->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    size_t n = 0;
    for (int j = 0; j < 7; j++) {
        struct identity found;
        const char *path = arena_format(&f->arena, "etc/f%d", j);
        const struct owned *owned = ledger_find(&ledger, path);
        assert_int_equal(place_identity(fd, path, &found), 0);
        assert_int_equal(found.kind == PLACE_FILE, owned != NULL);
        if (owned) {
            assert_true(identity_same(&found, &owned->identity));
            assert_string_equal(owned->owner, "apt");
            assert_in_range(owned->number, 1, 50);
            n++;
        }
    }
    close(fd);
    assert_int_equal(ledger.n, n);
    assert_true(n > 0 && n < 7);
}

static void the_ledger_is_the_fold_of_fifty_changes(void **state)
{
    struct fixture *f = *state;
    run_fifty(f, 0);
    assert_int_equal(read_history(f).n, 50);
    check_ledger(f);
}

static void the_ledger_stays_right_when_old_entries_go(void **state)
{
    struct fixture *f = *state;
    run_fifty(f, 5);
    struct history history = read_history(f);
    assert_int_equal(history.n, 5);
    assert_int_equal(history.through, 45);
    assert_int_equal(history_last(&history), 50);
    assert_int_equal(sample_entries(f, "var/lib/gpconf/changes"), 6);
    check_ledger(f);
    /* Copies that only folded changes wanted are gone: at most seven files a change. */
    assert_in_range(sample_entries(f, "var/lib/gpconf/before"), 1, 35);
    sample_assert_clean(f);
}

static void a_provisional_change_is_not_folded(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 8; i++) {
        struct change change = sample_change();
        change.retain = 3;
        change.keep_by = i == 1 ? 1800000000 : 0;
        sample_want(f, &change, "etc/f", arena_format(&f->arena, "%d\n", i));
        assert_int_equal(sample_commit(f, &change, NULL), 0);
    }
    struct history history = read_history(f);
    assert_int_equal(history.through, 1);
    assert_int_equal(history.n, 7);
    assert_int_equal(history.changes[0].state, CHANGE_PROVISIONAL);
}

static void a_damaged_entry_stops_every_change(void **state)
{
    struct fixture *f = *state;
    struct history history;
    assert_int_equal(sample_apply(f, "etc/a", "one\n"), 0);
    fixture_write(f, "var/lib/gpconf/changes/1", "gpconf-change 1\nrubbish\n");
    assert_int_equal(history_read(f->root, &f->arena, &f->diagnostics, &history),
                     GPCONF_EDAMAGED);
    assert_true(fixture_said(f, "change-history-damaged"));
    assert_int_equal(sample_apply(f, "etc/a", "two\n"), GPCONF_EDAMAGED);
    assert_string_equal(sample_body(f, "etc/a"), "one\n");
}

static void a_missing_entry_is_damage(void **state)
{
    struct fixture *f = *state;
    struct history history;
    for (int i = 0; i < 3; i++)
        assert_int_equal(sample_apply(f, "etc/a", arena_format(&f->arena, "%d\n", i)),
                         0);
    assert_int_equal(unlinkat(f->root, "var/lib/gpconf/changes/2", 0), 0);
    assert_int_equal(history_read(f->root, &f->arena, &f->diagnostics, &history),
                     GPCONF_EDAMAGED);
    assert_true(fixture_message(f, "change 2 is missing"));
}

static void notes_of_our_own_are_no_history(void **state)
{
    struct fixture *f = *state;
    struct change change = sample_change();
    sample_want(f, &change, "var/lib/gpconf/last-good/local.ini", "x\n");
    assert_int_equal(sample_commit(f, &change, NULL), 0);
    assert_int_equal(change.number, 0);
    assert_non_null(fixture_read(f, "var/lib/gpconf/last-good/local.ini", NULL));
    assert_int_equal(read_history(f).n, 0);
}

int main(void)
{
#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(an_entry_comes_back),
        TEST(the_ledger_is_the_fold_of_fifty_changes),
        TEST(the_ledger_stays_right_when_old_entries_go),
        TEST(a_provisional_change_is_not_folded),
        TEST(a_damaged_entry_stops_every_change),
        TEST(a_missing_entry_is_damage),
        TEST(notes_of_our_own_are_no_history),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
