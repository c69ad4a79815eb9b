#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/limits.h"
#include "base/status.h"
#include "base/syntax/ini.h"

struct bench {
    struct arena arena;
    struct diagnostics diagnostics;
    struct ini ini;
};

static int set_up(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    arena_init(&b->arena, LIMIT_ARENA);
    diagnostics_init(&b->diagnostics, &b->arena);
    *state = b;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *b = *state;
    arena_done(&b->arena);
    free(b);
    return 0;
}

static int parse_n(struct bench *b, const void *bytes, size_t size, enum ini_mode mode)
{
    diagnostics_init(&b->diagnostics, &b->arena);
    b->ini = (struct ini){ 0 };
    return ini_parse(bytes, size, mode, "x.ini", &b->arena, &b->diagnostics, &b->ini);
}

static int strict(struct bench *b, const char *text)
{
    return parse_n(b, text, strlen(text), INI_STRICT);
}

static int tolerant(struct bench *b, const char *text)
{
    return parse_n(b, text, strlen(text), INI_TOLERANT);
}

static const char *get(struct bench *b, const char *section, const char *key)
{
    const struct ini_entry *entry = ini_find(&b->ini, section, key);
    return entry ? entry->value : NULL;
}

/* The one value of the line "k = TEXT"; NULL when it is refused. */
static const char *value_of(struct bench *b, const char *text)
{
    if (strict(b, arena_format(&b->arena, "[s]\nk = %s\n", text)))
        return NULL;
    assert_int_equal(b->ini.n, 1);
    return b->ini.entries[0].value;
}

static void refused(struct bench *b, const char *text, uint32_t line, const char *why)
{
    assert_int_equal(strict(b, text), GPCONF_ESYNTAX);
    assert_int_equal(b->ini.n, 0);
    assert_non_null(b->diagnostics.first);
    assert_int_equal(b->diagnostics.first->origin.at, line);
    if (!strstr(b->diagnostics.first->message, why))
        fail_msg("'%s' does not say '%s'", b->diagnostics.first->message, why);
}

/* ---- reading ---- */

static void names_keep_their_spelling_and_line(void **state)
{
    struct bench *b = *state;
    assert_int_equal(strict(b, "; first\n\n[Policy User NS:Name]\nElement.1 = A b\n"
                               "[zwei]\r\nüber = ß\r\n"),
                     0);
    assert_int_equal(b->ini.n, 2);
    assert_int_equal(b->ini.n_sections, 2);
    assert_string_equal(b->ini.sections[0].name, "Policy User NS:Name");
    assert_int_equal(b->ini.sections[0].line, 3);
    assert_string_equal(b->ini.entries[0].key, "Element.1");
    assert_string_equal(b->ini.entries[0].value, "A b");
    assert_int_equal(b->ini.entries[0].line, 4);
    assert_ptr_equal(b->ini.entries[0].section, b->ini.sections[0].name);
    assert_string_equal(get(b, "ZWEI", "Über"), "ß");
    assert_int_equal(b->ini.entries[1].line, 6);
}

static void values_are_what_the_grammar_says(void **state)
{
    struct bench *b = *state;
    assert_string_equal(value_of(b, "plain"), "plain");
    assert_string_equal(value_of(b, "  two words \t"), "two words");
    assert_string_equal(value_of(b, "v;c"), "v");
    assert_string_equal(value_of(b, "http://x/#frag"), "http://x/");
    assert_string_equal(value_of(b, "\"a;b#c\" ; why"), "a;b#c");
    assert_string_equal(value_of(b, "' x '"), " x ");
    assert_string_equal(value_of(b, "'say \"no\"'"), "say \"no\"");
    assert_string_equal(value_of(b, "say \"no\""), "say \"no\"");
    assert_string_equal(value_of(b, "it's = it"), "it's = it");
    assert_string_equal(value_of(b, ""), "");
    assert_string_equal(value_of(b, "; only a comment"), "");
    assert_string_equal(value_of(b, "\"\""), "");
    assert_string_equal(value_of(b, "'' # none"), "");
    assert_string_equal(value_of(b, "C:\\x\\y"), "C:\\x\\y");
    assert_null(value_of(b, "a\\ ; comment"));
}

static void what_versions_read_differently_is_refused_by_line(void **state)
{
    struct bench *b = *state;
    refused(b, "[s]\nk = \"a\\\"b\"\n", 2, "text follows the closing quote");
    refused(b, "[s]\nk = \"a\\b\"\n", 2, "backslash");
    refused(b, "[s]\n\nk = 'it''s'\n", 3, "text follows");
    refused(b, "[s]\nk = \"abc\n", 2, "no end");
    refused(b, "[s]\nk2=end\\\nk3=next\n", 2, "ends with a backslash");
    refused(b, "[a]b]\nk=1\n", 1, "text follows a section");
    refused(b, "[[a]\nk=1\n", 1, "bracket");
    refused(b, "[]\nk=1\n", 1, "no name");
    refused(b, "[a\nk=1\n", 1, "no ']'");
    refused(b, "[s]\ngarbage\n", 2, "no section, key or comment");
    refused(b, "[s]\n= v\n", 2, "no name");
    refused(b, "[s]\nk;x = v\n", 2, "holds");
    refused(b, "k = 1\n", 1, "outside");
    refused(b, "[s]\nk = a\rb = c\n", 2, "control");
    assert_int_equal(parse_n(b, "[s]\nk=\0v\n", 9, INI_STRICT), GPCONF_ESYNTAX);
    refused(b, "[s]\nk = \xFF\n", 0, "UTF-8");
}

static void a_comment_that_ends_with_a_backslash_swallows_nothing(void **state)
{
    struct bench *b = *state;
    assert_int_equal(strict(b, "[s]\n; in C:\\\nk = 1 ; C:\\\nl = 2"), 0);
    assert_string_equal(get(b, "s", "k"), "1");
    assert_string_equal(get(b, "s", "l"), "2");
}

static void all_faults_of_a_file_are_told(void **state)
{
    struct bench *b = *state;
    assert_int_equal(strict(b, "[s]\nx\ny\nk = 1\nK = 2\n"), GPCONF_ESYNTAX);
    assert_int_equal(b->diagnostics.errors, 3);
    assert_int_equal(b->diagnostics.last->origin.at, 5);
}

static void a_key_comes_once_but_sections_may_repeat(void **state)
{
    struct bench *b = *state;
    assert_int_equal(strict(b, "[a]\nk = 1\n[b]\nk = 2\n[A]\nl = 3\n"), 0);
    assert_int_equal(b->ini.n_sections, 2);
    assert_string_equal(get(b, "a", "l"), "3");
    refused(b, "[a]\nk = 1\n[b]\n[A]\nK = 3\n", 5, "line 2 already");
    refused(b, "[a]\nÉ = 1\né = 3\n", 3, "line 2 already");
}

static void names_that_the_library_mixes_up_are_refused(void **state)
{
    struct bench *b = *state;
    refused(b, "[a]\nb:c = 1\n[a:b]\nc = 2\n", 4, "cannot be told apart");
    refused(b, "[a]\nb = 1\n[a:b]\nc = 2\n", 3, "cannot be told apart");
    refused(b, "[a:b]\nc = 2\n[a]\nb = 1\n", 4, "cannot be told apart");
}

static void every_encoding_is_read(void **state)
{
    struct bench *b = *state;
    static const char little[] = "\xFF\xFE[\0s\0]\0\r\0\n\0k\0=\0\xE9\0";
    static const char big[] = "\xFE\xFF\0[\0s\0]\0\n\0k\0=\0\xE9";
    assert_int_equal(strict(b, "\xEF\xBB\xBF[s]\nk=é"), 0);
    assert_string_equal(get(b, "s", "k"), "é");
    assert_int_equal(parse_n(b, little, sizeof little - 1, INI_STRICT), 0);
    assert_string_equal(get(b, "s", "k"), "é");
    assert_int_equal(parse_n(b, big, sizeof big - 1, INI_STRICT), 0);
    assert_string_equal(get(b, "s", "k"), "é");
    assert_int_equal(strict(b, ""), 0);
    assert_int_equal(b->ini.n, 0);
    assert_int_equal(strict(b, "\n; nothing\n"), 0);
}

static void a_last_line_of_one_character_is_no_secret(void **state)
{
    struct bench *b = *state;
    refused(b, "[s]\nx", 2, "no section");
}

static const char *repeat(struct bench *b, char c, size_t n)
{
    char *text = arena_array(&b->arena, n + 1, char);
    memset(text, c, n);
    return text;
}

static void lines_and_counts_over_a_limit_are_refused(void **state)
{
    struct bench *b = *state;
    const char *longest = repeat(b, 'v', LIMIT_INI_LINE - 1 - 4);
    assert_string_equal(value_of(b, longest), longest);
    assert_int_equal(strict(b, arena_format(&b->arena, "[s]\nk = %sv\n", longest)),
                     GPCONF_ELIMIT);
    const char *half = repeat(b, 'n', LIMIT_INI_LINE / 2);
    assert_int_equal(strict(b, arena_format(&b->arena, "[%s]\n%s=1\n", half, half)),
                     GPCONF_ELIMIT);
    const char *less = repeat(b, 'n', LIMIT_INI_LINE / 2 - 2);
    assert_int_equal(strict(b, arena_format(&b->arena, "[%s]\n%s=1\n", half, less)), 0);
    assert_string_equal(get(b, half, less), "1");

    struct buffer many;
    buffer_init(&many, LIMIT_INI_FILE);
    buffer_string(&many, "[s]\n");
    for (unsigned i = 1; i < LIMIT_INI_KEYS; i++)
        buffer_format(&many, "k%u=%u\n", i, i);
    assert_int_equal(strict(b, many.data), 0);
    assert_int_equal(b->ini.n, LIMIT_INI_KEYS - 1);
    buffer_string(&many, "last = 1\n");
    assert_int_equal(strict(b, many.data), GPCONF_ELIMIT);
    while (!buffer_failed(&many))
        buffer_string(&many, ";\n");
    assert_int_equal(parse_n(b, many.data, LIMIT_INI_FILE, INI_STRICT), GPCONF_ELIMIT);
    buffer_done(&many);
    char *large = calloc(1, LIMIT_INI_FILE + 1);
    memset(large, '\n', LIMIT_INI_FILE + 1);
    assert_int_equal(parse_n(b, large, LIMIT_INI_FILE, INI_STRICT), 0);
    assert_int_equal(parse_n(b, large, LIMIT_INI_FILE + 1, INI_STRICT), GPCONF_ELIMIT);
    assert_int_equal(parse_n(b, large, LIMIT_INI_FILE + 1, INI_TOLERANT), 0);
    free(large);
}

static void every_truncation_is_read_or_refused(void **state)
{
    struct bench *b = *state;
    static const char text[] = "\xEF\xBB\xBF[s x]\r\nk = \"a;b\" ; c\n[t]\nl=é\n";
    for (size_t size = 0; size < sizeof text; size++) {
        char *copy = malloc(size ? size : 1);
        memcpy(copy, text, size);
        int status = parse_n(b, copy, size, INI_STRICT);
        assert_true(status == 0 || status == GPCONF_ESYNTAX);
        assert_int_equal(status != 0, b->diagnostics.errors != 0);
        assert_int_equal(parse_n(b, copy, size, INI_TOLERANT), 0);
        free(copy);
    }
}

static void memory_that_runs_out_is_no_smaller_file(void **state)
{
    struct bench *b = *state;
    static const char text[] = "[s]\na = 1\nb = 2\n[t]\nc = 3\n";
    for (size_t limit = 0; limit < 4000; limit += 16) {
        struct arena small;
        struct ini ini = { .n = 4711 };
        arena_init(&small, limit);
        int status = ini_parse(text, sizeof text - 1, INI_STRICT, "f", &small,
                               &b->diagnostics, &ini);
        assert_int_equal(status, status ? GPCONF_ENOMEM : 0);
        assert_int_equal(ini.n, status ? 4711 : 3);
        arena_done(&small);
    }
}

/* ---- tolerance ---- */

static void a_foreign_file_loses_bad_lines_alone(void **state)
{
    struct bench *b = *state;
    assert_int_equal(tolerant(b, "early = 1\n[General]\nVersion=3\nwhat is this\n"
                                 "version=4\ndisplayName=a;b # c\n[broken\nlost=1\n"
                                 "[more]\nk=\"a\\b\"\nl=1\n"),
                     0);
    assert_string_equal(get(b, "", "early"), "1");
    assert_string_equal(get(b, "general", "version"), "3");
    assert_string_equal(get(b, "general", "displayname"), "a;b # c");
    assert_null(get(b, "general", "lost"));
    assert_string_equal(get(b, "more", "l"), "1");
    assert_int_equal(b->ini.n, 4);
    assert_int_equal(b->diagnostics.errors, 0);
    assert_int_equal(b->diagnostics.warnings, 5);
}

static void foreign_bytes_become_replacement_characters(void **state)
{
    struct bench *b = *state;
    assert_int_equal(tolerant(b, "[General]\ndisplayName=caf\xE9\n"), 0);
    assert_string_equal(get(b, "general", "displayname"), "caf\xEF\xBF\xBD");
    assert_int_equal(parse_n(b, "[G]\nv=\0\n", 9, INI_TOLERANT), 0);
    assert_int_equal(b->ini.n, 0);
}

/* ---- editing ---- */

static const char *edited(struct bench *b, const char *text, const char *section,
                          const char *key, const char *value)
{
    struct buffer to;
    const char *why = NULL;
    buffer_init(&to, LIMIT_INI_FILE);
    size_t size = text ? strlen(text) : 0;
    int status = value ? ini_set(text, size, section, key, value, &b->arena, &to, &why)
                       : ini_unset(text, size, section, key, &b->arena, &to, &why);
    if (status) {
        assert_int_equal(to.size, 0);
        assert_non_null(why);
    }
    const char *result =
        status ? gpconf_status_name(status)
               : arena_string_n(&b->arena, to.data ? to.data : "", to.size);
    buffer_done(&to);
    return result;
}

static void setting_changes_the_value_and_nothing_else(void **state)
{
    struct bench *b = *state;
    assert_string_equal(
        edited(b, "# top\r\n[S]\r\n\tMode=old;why\r\nx = 1\r\n", "s", "mode", "new"),
        "# top\r\n[S]\r\n\tMode=new ;why\r\nx = 1\r\n");
    assert_string_equal(edited(b, "[s]\nk   =   \"a;b\"   # c", "s", "k", "c;d"),
                        "[s]\nk   =   \"c;d\"   # c");
    assert_string_equal(edited(b, "[s]\nk =\n", "s", "k", "v"), "[s]\nk = v\n");
    assert_string_equal(edited(b, "[s]\nk=\n", "s", "k", "v"), "[s]\nk=v\n");
    assert_string_equal(edited(b, "[s]\nk = v\n", "s", "k", ""), "[s]\nk = \"\"\n");
    assert_string_equal(edited(b, "\xEF\xBB\xBF[s]\nk = v\n", "s", "k", "w"),
                        "\xEF\xBB\xBF[s]\nk = w\n");
}

static void a_new_key_goes_behind_the_last_of_its_section(void **state)
{
    struct bench *b = *state;
    assert_string_equal(
        edited(b, "[a]\nk = 1\n\n; about b\n[b]\nl = 2\n", "A", "new", "3"),
        "[a]\nk = 1\nnew = 3\n\n; about b\n[b]\nl = 2\n");
    assert_string_equal(edited(b, "[a]", "a", "k", "1"), "[a]\nk = 1\n");
    assert_string_equal(edited(b, "[a]\r\nk = 1", "a", "l", "1"),
                        "[a]\r\nk = 1\r\nl = 1\r\n");
    assert_string_equal(
        edited(b, "[a]\nk = 1\n[b]\n[a]\nl = 1\n; end\n", "a", "m", "1"),
        "[a]\nk = 1\n[b]\n[a]\nl = 1\nm = 1\n; end\n");
}

static void a_new_section_goes_to_the_end(void **state)
{
    struct bench *b = *state;
    assert_string_equal(edited(b, NULL, "a b", "k", "1"), "[a b]\nk = 1\n");
    assert_string_equal(edited(b, "; top", "a", "k", "1"), "; top\n\n[a]\nk = 1\n");
    assert_string_equal(edited(b, "[b]\r\n", "a", "k", "1"),
                        "[b]\r\n\r\n[a]\r\nk = 1\r\n");
}

static const char *dropped(struct bench *b, const char *text, const char *section)
{
    struct buffer to;
    buffer_init(&to, LIMIT_INI_FILE);
    int status = ini_drop(text, strlen(text), section, &b->arena, &to, NULL);
    const char *bytes = arena_string_n(&b->arena, to.data ? to.data : "", to.size);
    buffer_done(&to);
    return status ? gpconf_status_name(status) : bytes;
}

static void a_section_without_keys_is_dropped(void **state)
{
    struct bench *b = *state;
    assert_string_equal(dropped(b, "[a]\nk = v\n\n[b]\n\n[c]\n", "B"),
                        "[a]\nk = v\n\n[c]\n");
    assert_string_equal(dropped(b, "\n[a]\n; mine\n[b]\n[a] ; again", "a"),
                        "; mine\n[b]\n");
    assert_string_equal(dropped(b, "[b]\r\n\r\n[a]\r\n", "a"), "[b]\r\n");
    assert_string_equal(dropped(b, "[a]\n", "a"), "");
    assert_string_equal(dropped(b, "[a]\nk = v\n", "a"), "GPCONF_ENOTFOUND");
    assert_string_equal(dropped(b, "[a]\n", "b"), "GPCONF_ENOTFOUND");
    assert_string_equal(dropped(b, "", "b"), "GPCONF_ENOTFOUND");
    assert_string_equal(dropped(b, "[a\n", "a"), "GPCONF_ESYNTAX");
}

static void unsetting_removes_the_line(void **state)
{
    struct bench *b = *state;
    assert_string_equal(edited(b, "[a]\nk = 1 ; c\nl = 2\n", "a", "K", NULL),
                        "[a]\nl = 2\n");
    assert_string_equal(edited(b, "[a]\nk = 1", "a", "k", NULL), "[a]\n");
    assert_string_equal(edited(b, "[a]\nk = 1\n", "a", "l", NULL), "GPCONF_ENOTFOUND");
    assert_string_equal(edited(b, "[a]\nk = 1\n", "b", "k", NULL), "GPCONF_ENOTFOUND");
}

static void renaming_changes_the_key_and_nothing_else(void **state)
{
    struct bench *b = *state;
    static const char text[] = "[s]\n\tlink 1=a ; first\nlink 3 = c\n";
    struct buffer to;
    buffer_init(&to, LIMIT_INI_FILE);
    assert_int_equal(ini_rename(text, sizeof text - 1, "S", "Link 1", "link 2",
                                &b->arena, &to, NULL),
                     0);
    assert_string_equal(to.data, "[s]\n\tlink 2=a ; first\nlink 3 = c\n");
    buffer_clear(&to);
    const char *why = NULL;
    assert_int_equal(ini_rename(text, sizeof text - 1, "s", "link 1", "link 3",
                                &b->arena, &to, &why),
                     GPCONF_ERANGE);
    assert_non_null(strstr(why, "already"));
    assert_int_equal(ini_rename(text, sizeof text - 1, "s", "link 9", "link 8",
                                &b->arena, &to, NULL),
                     GPCONF_ENOTFOUND);
    assert_int_equal(to.size, 0);
    buffer_done(&to);
}

static void values_come_back_as_they_were_set(void **state)
{
    struct bench *b = *state;
    static const char *const values[] = {
        "",      "plain", "two words", " spaced ",       "a;b",      "#",
        "it's",  "'x'",   "\"x\"",     "say \"no\"; go", "C:\\a\\b", "é",
        "a = b", "[x]",   "100%",      "%s%n",           "\t",       "a\"b'c",
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        const char *text = edited(b, "[s]\nk = 1\nl = 2\n", "s", "k", values[i]);
        assert_int_equal(strict(b, text), 0);
        assert_string_equal(get(b, "s", "k"), values[i]);
        assert_string_equal(get(b, "s", "l"), "2");
        text = edited(b, "[s]\nl = 2\n", "s", "k", values[i]);
        assert_int_equal(strict(b, text), 0);
        assert_string_equal(get(b, "s", "k"), values[i]);
    }
}

static void what_ini_cannot_carry_is_refused(void **state)
{
    struct bench *b = *state;
    static const char *const bad[] = { "end\\", "a\\b;c", "a\nb", "\"'", "\x01",
                                       "'a\\",  "\xFF",   " \\x", "'\";" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_string_equal(edited(b, "[s]\nk = 1\n", "s", "k", bad[i]),
                            "GPCONF_ERANGE");
    assert_string_equal(edited(b, "", "a]", "k", "1"), "GPCONF_ERANGE");
    assert_string_equal(edited(b, "", "", "k", "1"), "GPCONF_ERANGE");
    assert_string_equal(edited(b, "", "a", "", "1"), "GPCONF_ERANGE");
    assert_string_equal(edited(b, "", "a", "k=", "1"), "GPCONF_ERANGE");
    assert_string_equal(edited(b, "", "a", " k", "1"), "GPCONF_ERANGE");
    assert_string_equal(edited(b, "", "a", "k\n[b]\nl", "1"), "GPCONF_ERANGE");
    assert_string_equal(edited(b, "", "a", "k", repeat(b, 'v', LIMIT_INI_LINE)),
                        "GPCONF_ERANGE");
    assert_string_equal(edited(b, "[a]\nb:c = 1\n", "a:b", "c", "1"), "GPCONF_ERANGE");
    assert_string_equal(edited(b, "broken\n", "a", "b", "1"), "GPCONF_ESYNTAX");
    assert_string_equal(edited(b, "\xFF\xFE", "a", "b", "1"), "GPCONF_ESYNTAX");
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        T(names_keep_their_spelling_and_line),
        T(values_are_what_the_grammar_says),
        T(what_versions_read_differently_is_refused_by_line),
        T(a_comment_that_ends_with_a_backslash_swallows_nothing),
        T(all_faults_of_a_file_are_told),
        T(a_key_comes_once_but_sections_may_repeat),
        T(names_that_the_library_mixes_up_are_refused),
        T(every_encoding_is_read),
        T(a_last_line_of_one_character_is_no_secret),
        T(lines_and_counts_over_a_limit_are_refused),
        T(every_truncation_is_read_or_refused),
        T(memory_that_runs_out_is_no_smaller_file),
        T(a_foreign_file_loses_bad_lines_alone),
        T(foreign_bytes_become_replacement_characters),
        T(setting_changes_the_value_and_nothing_else),
        T(a_new_key_goes_behind_the_last_of_its_section),
        T(a_new_section_goes_to_the_end),
        T(a_section_without_keys_is_dropped),
        T(unsetting_removes_the_line),
        T(renaming_changes_the_key_and_nothing_else),
        T(values_come_back_as_they_were_set),
        T(what_ini_cannot_carry_is_refused),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
