#include "tests/unit/change_fixture.h"

#include "engine/change/record.h"

static void every_word_comes_back(void **state)
{
    struct fixture *f = *state;
    const char *const words[] = { "plain", "",         "-",    "--",
                                  "%",     "a b\nc\t", "100%", "\x01\x7f\xff",
                                  "%41",   NULL };
    struct buffer text;
    buffer_init(&text, 1 << 20);
    record_begin(&text, "thing 1");
    for (size_t i = 0; i < 10; i++) {
        record_start(&text, "word");
        record_word(&text, words[i]);
        record_number(&text, i * 1000000007u);
        record_line(&text);
    }
    record_seal(&text);
    struct record record;
    assert_int_equal(record_open(text.data, text.size, "thing 1", &f->arena, &record),
                     0);
    for (size_t i = 0; i < 10; i++) {
        assert_string_equal(record_next(&record), "word");
        const char *word = record_take(&record);
        if (words[i])
            assert_string_equal(word, words[i]);
        else
            assert_null(word);
        assert_int_equal(record_take_number(&record), i * 1000000007u);
        assert_false(record_bad(&record));
    }
    assert_null(record_next(&record));
    assert_false(record_bad(&record));
    buffer_done(&text);
}

/* The number of a record that holds one; *ret_bad when it is none. */
static uint64_t take_u32(struct record *record)
{
    return record_take_u32(record);
}

static uint64_t number_by(uint64_t (*take)(struct record *record), struct fixture *f,
                          const char *word, bool *ret_bad)
{
    struct buffer text;
    struct record record;
    buffer_init(&text, 1 << 16);
    record_begin(&text, "thing 1");
    record_start(&text, "number");
    record_word(&text, word);
    record_line(&text);
    record_seal(&text);
    assert_int_equal(record_open(text.data, text.size, "thing 1", &f->arena, &record),
                     0);
    assert_string_equal(record_next(&record), "number");
    uint64_t number = take(&record);
    *ret_bad = record_bad(&record);
    buffer_done(&text);
    return number;
}

static uint64_t number_of(struct fixture *f, const char *word, bool *ret_bad)
{
    return number_by(record_take_number, f, word, ret_bad);
}

static void a_mode_or_owner_is_not_cut_to_size(void **state)
{
    struct fixture *f = *state;
    bool bad;
    assert_int_equal(number_by(take_u32, f, "4294967295", &bad), UINT32_MAX);
    assert_false(bad);
    number_by(take_u32, f, "4294967296", &bad);
    assert_true(bad);
}

static void every_number_comes_back_and_no_larger_one(void **state)
{
    static const char *const none[] = { "18446744073709551616",
                                        "18446744073709551620",
                                        "28446744073709551615",
                                        "-1",
                                        "1x",
                                        "/" };
    struct fixture *f = *state;
    bool bad;
    assert_true(number_of(f, "18446744073709551615", &bad) == UINT64_MAX);
    assert_false(bad);
    assert_true(number_of(f, "18446744073709551609", &bad) == UINT64_MAX - 6);
    assert_false(bad);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        assert_int_equal(number_of(f, none[i], &bad), 0);
        assert_true(bad);
    }
}

static void a_word_that_is_missing_makes_it_bad(void **state)
{
    struct fixture *f = *state;
    struct buffer text;
    buffer_init(&text, 1 << 20);
    record_begin(&text, "thing 1");
    record_start(&text, "word");
    record_word(&text, "one");
    record_line(&text);
    record_seal(&text);
    struct record record;
    assert_int_equal(record_open(text.data, text.size, "thing 1", &f->arena, &record),
                     0);
    record_next(&record);
    record_take_text(&record);
    assert_string_equal(record_take_text(&record), "");
    assert_true(record_bad(&record));
    buffer_done(&text);
}

static void another_title_is_refused(void **state)
{
    struct fixture *f = *state;
    struct buffer text;
    struct record record;
    buffer_init(&text, 1 << 20);
    record_begin(&text, "thing 1");
    record_seal(&text);
    assert_int_equal(record_open(text.data, text.size, "thing 2", &f->arena, &record),
                     GPCONF_EDAMAGED);
    buffer_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_word_comes_back, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(every_number_comes_back_and_no_larger_one,
                                        fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_mode_or_owner_is_not_cut_to_size,
                                        fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_word_that_is_missing_makes_it_bad,
                                        fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(another_title_is_refused, fixture_setup,
                                        fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
