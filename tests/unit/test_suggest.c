#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/suggest.h"

static const char *best(const char *word, const char *const *candidates)
{
    struct suggestion s = suggest_start(word);
    for (; *candidates; candidates++)
        suggest_offer(&s, *candidates);
    return s.best;
}

static const char *const settings[] = { "update.mode", "update.reboot",
                                        "update.install-day", "update.mail", NULL };

static void a_slip_finds_the_name(void **state)
{
    (void)state;
    assert_string_equal(best("update.moed", settings), "update.mode");
    assert_string_equal(best("UPDATE.REBOT", settings), "update.reboot");
    assert_string_equal(best("update.instal-day", settings), "update.install-day");
}

static void a_stranger_finds_nothing(void **state)
{
    (void)state;
    assert_null(best("colour", settings));
    assert_null(best("", settings));
}

static void endless_words_are_left_alone(void **state)
{
    (void)state;
    char word[1000];
    memset(word, 'a', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    assert_null(best(word, settings));
    const char *const candidates[] = { word, NULL };
    assert_null(best("aaa", candidates));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slip_finds_the_name),
        cmocka_unit_test(a_stranger_finds_nothing),
        cmocka_unit_test(endless_words_are_left_alone),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
