#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/limits.h"
#include "base/registry/name.h"
#include "base/utf16.h"
#include "tests/unit/support.h"

/* Unicode would turn these into ASCII letters; Windows does not. */
static bool leads_into_ascii(unsigned c)
{
    return c == 0x0131 || c == 0x017F;
}

/* Prints "POINT UPPER" for each character with another simple upper-case mapping. */
static const char ask_perl[] =
    "perl -MUnicode::UCD=prop_invmap -e '"
    "my ($first, $map) = prop_invmap(\"Simple_Uppercase_Mapping\");"
    "for my $i (0 .. $#$first) { next unless $map->[$i];"
    " my $end = $i < $#$first ? $first->[$i + 1] : 0x110000;"
    " printf \"%d %d\\n\", $_, $map->[$i] + $_ - $first->[$i]"
    " for $first->[$i] .. $end - 1 }'";

static void upper_case_is_what_perl_says(void **state)
{
    (void)state;
    size_t size;
    char *text = command_output(ask_perl, &size);
    if (!text) {
        print_message("there is no perl\n");
        skip();
    }
    static unsigned expected[0x20000];
    for (unsigned c = 0; c < 0x20000; c++)
        expected[c] = c;
    size_t pairs = 0;
    unsigned from, to;
    for (const char *at = text; sscanf(at, "%u %u", &from, &to) == 2; pairs++) {
        if (from <= 0xFFFF && !leads_into_ascii(from))
            expected[from] = to;
        at = strchr(at, '\n') + 1;
    }
    free(text);
    assert_true(pairs > 1300);
    /* Unicode 14 and later; perl may be older or newer than our table. */
    size_t different = 0;
    for (unsigned c = 0; c < 0x20000; c++)
        if (name_upcase(c) != expected[c]) {
            print_message("U+%04X: we say U+%04X, perl U+%04X\n", c, name_upcase(c),
                          expected[c]);
            different++;
        }
    assert_int_equal(different, 0);
}

static void upper_case_leads_no_further_and_not_into_ascii(void **state)
{
    (void)state;
    for (unsigned c = 0; c < 0x110000; c++) {
        unsigned upper = name_upcase(c);
        assert_int_equal(name_upcase(upper), upper);
        if (c >= 0x80)
            assert_true(upper >= 0x80);
        if (c > 0xFFFF)
            assert_int_equal(upper, c);
    }
    assert_int_equal(name_upcase(0x131), 0x131);
    assert_int_equal(name_upcase(0x17F), 0x17F);
}

/* Every equal pair is equal everywhere. */
static void expect_equal(const char *a, const char *b, bool equal)
{
    assert_int_equal(name_equal(a, b), equal);
    assert_int_equal(name_equal(b, a), equal);
    assert_int_equal(name_compare(a, b) == 0, equal);
    assert_int_equal(name_compare(a, b), -name_compare(b, a));
    assert_int_equal(name_hash(a) == name_hash(b), equal);
    if (equal)
        assert_true(name_starts(a, b) && name_starts(b, a));
}

static void names_are_compared_without_case(void **state)
{
    (void)state;
    expect_equal("", "", true);
    expect_equal("NoAutoUpdate", "NOAUTOUPDATE", true);
    expect_equal("NoAutoUpdate", "NoAutoUpdate2", false);
    expect_equal("NoAutoUpdate", "", false);
    expect_equal("\xC3\xA9t\xC3\xA9", "\xC3\x89T\xC3\x89", true); /* été */
    expect_equal("\xC3\x9F", "SS", false);                        /* sharp s */
    expect_equal("\xC3\xBF", "\xC5\xB8", true);                   /* ÿ, U+0178 */
    expect_equal("Pol\xC4\xB1"
                 "cies",
                 "Policies", false);                             /* dotless i */
    expect_equal("Policie\xC5\xBF", "Policies", false);          /* long s */
    expect_equal("\xF0\x90\x90\xA8", "\xF0\x90\x90\x80", false); /* Deseret */
    expect_equal("[", "{", false);
    expect_equal("@", "`", false);
    assert_true(name_compare("a", "B") < 0);
    assert_true(name_compare("a", "_") < 0); /* by the upper-case letter */
    assert_true(name_compare("A", "AA") < 0);
    assert_true(name_compare("z", "\xC3\xA9") < 0);
}

static void what_is_no_text_is_equal_to_itself_alone(void **state)
{
    (void)state;
    static const char *const names[] = {
        "\xED\xA0\x80", "\xED\xA0\x81", "\xED\xB0\x80", /* unpaired surrogates */
        "\xEF\xBF\xBD",                                 /* U+FFFD itself */
        "\xFF",         "\xFE",         "\x80",         "\xC3",
        "\xE2\x82",     "\xF0\x9F\x98", "\xC3\xC3",     "\xC1\x81",
    };
    enum { N = sizeof names / sizeof *names };
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++) {
            expect_equal(names[i], names[j], i == j);
            char a[16], b[16];
            snprintf(a, sizeof a, "x%sy", names[i]);
            snprintf(b, sizeof b, "X%sY", names[j]);
            expect_equal(a, b, i == j);
        }
}

static void long_names_hash_alike_across_slices(void **state)
{
    (void)state;
    char lower[600], upper[600];
    for (size_t size = 0; size < 520; size++) {
        for (size_t i = 0; i < size; i++) {
            lower[i] = (char)('a' + i % 26);
            upper[i] = (char)('A' + i % 26);
        }
        lower[size] = upper[size] = '\0';
        expect_equal(lower, upper, true);
        if (size) {
            upper[size - 1] = '#';
            expect_equal(lower, upper, false);
            upper[size - 1] = '\0';
            expect_equal(lower, upper, false);
            upper[0] = '#';
            expect_equal(lower, upper, false);
        }
    }
    /* Two bytes a character: a slice ends in the middle of nothing. */
    for (size_t size = 2; size < 520; size += 2) {
        memcpy(lower + size - 2, "\xC3\xA9", 3);
        memcpy(upper + size - 2, "\xC3\x89", 3);
        memcpy(lower, "\xC3\xA9", 2);
        memcpy(upper, "\xC3\x89", 2);
        for (size_t i = 2; i < size; i += 2) {
            memcpy(lower + i, "\xC3\xA9", 2);
            memcpy(upper + i, "\xC3\x89", 2);
        }
        expect_equal(lower, upper, true);
    }
}

static void a_part_of_a_name_can_be_compared(void **state)
{
    (void)state;
    const char *key = "Software\\Policies\\\xC3\xA9";
    assert_int_equal(name_compare_n("SOFTWARE", key, 8), 0);
    assert_int_equal(name_compare_n("", key, 0), 0);
    assert_int_equal(name_compare_n("SOFTWARE\\POLICIES\\\xC3\x89", key, strlen(key)),
                     0);
    assert_true(name_compare_n("SOFTWARE", key, 7) > 0);
    assert_true(name_compare_n("SOFTWARE", key, 9) < 0);
    assert_true(name_compare_n("", key, 1) < 0);
    assert_true(name_compare_n("a", key, 0) > 0);
}

static void a_prefix_is_compared_without_case(void **state)
{
    (void)state;
    assert_true(name_starts("anything", ""));
    assert_true(name_starts("", ""));
    assert_true(name_starts("**DelVals.", "**delvals"));
    assert_false(name_starts("**del", "**delvals"));
    assert_false(name_starts("", "x"));
    assert_true(name_starts("\xC3\x89x", "\xC3\xA9"));
    assert_false(name_starts("\xC3\x89x", "\xC3"));
}

static void below_ends_at_a_backslash(void **state)
{
    (void)state;
    assert_true(name_below("Software\\Policies", "SOFTWARE"));
    assert_true(name_below("Software", "SOFTWARE"));
    assert_true(name_below("Software\\", "Software"));
    assert_true(name_below("anything", ""));
    assert_true(name_below("", ""));
    assert_false(name_below("Software2", "Software"));
    assert_false(name_below("Soft", "Software"));
    assert_false(name_below("", "Software"));
    assert_true(name_below("A\\b\\C", "a\\B"));
    assert_false(name_below("A\\bc", "a\\B"));
}

static void a_key_loses_its_outer_backslashes(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 16);
    assert_string_equal(name_key(&arena, "Software\\Policies"), "Software\\Policies");
    assert_string_equal(name_key(&arena, "\\\\Software\\Policies\\\\"),
                        "Software\\Policies");
    assert_string_equal(name_key(&arena, "a\\\\b"), "a\\\\b");
    assert_string_equal(name_key(&arena, "\\"), "");
    assert_string_equal(name_key(&arena, "\\\\\\"), "");
    assert_string_equal(name_key(&arena, ""), "");
    arena_done(&arena);
}

static void each_spelling_is_stored_once(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, LIMIT_ARENA);
    struct name_table table;
    name_table_init(&table, &arena);
    enum { N = 5000 };
    static const char *names[N];
    char text[32];
    for (int i = 0; i < N; i++) {
        snprintf(text, sizeof text, "Key%d", i);
        names[i] = name_intern(&table, text);
        assert_string_equal(names[i], text);
        assert_ptr_not_equal(names[i], text);
    }
    assert_int_equal(table.n, N);
    for (int i = 0; i < N; i++) {
        snprintf(text, sizeof text, "Key%d", i);
        assert_ptr_equal(name_intern(&table, text), names[i]);
    }
    assert_int_equal(table.n, N);
    assert_ptr_not_equal(name_intern(&table, "KEY1"), names[1]);
    assert_string_equal(name_intern(&table, ""), "");
    assert_ptr_equal(name_intern(&table, ""), name_intern(&table, ""));
    assert_int_equal(table.n, N + 2);
    arena_done(&arena);
}

static void without_memory_nothing_is_interned(void **state)
{
    (void)state;
    for (size_t limit = 0; limit < 4000; limit += 100) {
        struct arena arena;
        arena_init(&arena, limit);
        struct name_table table;
        name_table_init(&table, &arena);
        size_t kept = 0;
        char text[32];
        for (int i = 0; i < 200; i++) {
            snprintf(text, sizeof text, "Key%d", i);
            kept += name_intern(&table, text) != NULL;
        }
        assert_true(arena_failed(&arena));
        assert_int_equal(table.n, kept);
        assert_true(kept < 200);
        arena_done(&arena);
    }
}

static void the_key_itself_comes_before_its_values(void **state)
{
    (void)state;
    assert_int_equal(name_compare_value("K", "n", "k", "N"), 0);
    assert_int_equal(name_compare_value("K", NULL, "k", NULL), 0);
    assert_true(name_compare_value("K", NULL, "k", "") < 0);
    assert_true(name_compare_value("K", "", "k", NULL) > 0);
    assert_true(name_compare_value("K", "b", "k", "A") > 0);
    assert_true(name_compare_value("A", "z", "K", NULL) < 0);
    assert_true(name_compare_value("K", "9", "K", "10") < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(upper_case_is_what_perl_says),
        cmocka_unit_test(upper_case_leads_no_further_and_not_into_ascii),
        cmocka_unit_test(names_are_compared_without_case),
        cmocka_unit_test(the_key_itself_comes_before_its_values),
        cmocka_unit_test(what_is_no_text_is_equal_to_itself_alone),
        cmocka_unit_test(long_names_hash_alike_across_slices),
        cmocka_unit_test(a_part_of_a_name_can_be_compared),
        cmocka_unit_test(a_prefix_is_compared_without_case),
        cmocka_unit_test(below_ends_at_a_backslash),
        cmocka_unit_test(a_key_loses_its_outer_backslashes),
        cmocka_unit_test(each_spelling_is_stored_once),
        cmocka_unit_test(without_memory_nothing_is_interned),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
