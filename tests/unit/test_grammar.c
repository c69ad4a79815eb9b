#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "engine/update/grammar.h"

static void fits(enum grammar grammar, const char *const *texts)
{
    const char *why;
    for (; *texts; texts++)
        if (!grammar_fits(grammar, *texts, &why))
            fail_msg("'%s' %s", *texts, why);
}

static void unfit(enum grammar grammar, const char *const *texts)
{
    for (; *texts; texts++) {
        const char *why = NULL;
        if (grammar_fits(grammar, *texts, &why))
            fail_msg("'%s' should be refused", *texts);
        assert_non_null(why);
    }
}

#define FITS(grammar, ...) fits(grammar, (const char *const[]){ __VA_ARGS__, NULL })
#define UNFIT(grammar, ...) unfit(grammar, (const char *const[]){ __VA_ARGS__, NULL })

static void times_and_dates_exist(void **state)
{
    (void)state;
    FITS(GRAMMAR_TIME, "00:00", "03:30", "23:59");
    UNFIT(GRAMMAR_TIME, "", "24:00", "3:30", "03:60", "03-30", "03:3a", "now", "+5");
    FITS(GRAMMAR_DATE, "2026-11-24", "2024-02-29");
    UNFIT(GRAMMAR_DATE, "", "2026-02-29", "2026-13-01", "2026-00-01", "2026-1-1",
          "24.11.2026", "2026-11-24x", "1900-01-01");
}

static void a_package_is_a_name_with_wildcards(void **state)
{
    (void)state;
    FITS(GRAMMAR_PACKAGE, "linux-image-*", "libstdc++6", "*-firmware", "a", "g?",
         "python3.11", "kernel_x86");
    UNFIT(GRAMMAR_PACKAGE, "", "*", "**", "?*", "-x", "++", "libfoo++(", "a b", "a\"b",
          "a\nb", "a;b", "a/b", "$(id)", "a{1}", "a|b");
}

static void an_origin_names_its_parts(void **state)
{
    (void)state;
    FITS(GRAMMAR_ORIGIN, "origin=Debian",
         "origin=Debian,codename=${distro_codename},label=Debian-Security",
         "site=apt.example.test:8080", "o=${distro_id},a=stable*");
    UNFIT(GRAMMAR_ORIGIN, "", "Debian:stable", "origin=", "foo=bar", "origin=Debian,",
          "origin=${HOME}", "origin=a\"b", "origin=[a", "origin=a;b", "=x", ",",
          "origin=a\\,b", "origin=a\n");
}

static void mail_and_urls_carry_nothing_else(void **state)
{
    (void)state;
    FITS(GRAMMAR_MAIL, "root", "a.b+c@example.test");
    UNFIT(GRAMMAR_MAIL, "", "-oQ/tmp", "a b", "@x", "a@", "a@b@c", "a\"", "a;b",
          "a@-x");
    FITS(GRAMMAR_URL, "http://proxy:3128", "https://proxy.example.test:3128/a",
         "http://[::1]:3128/");
    UNFIT(GRAMMAR_URL, "", "ftp://x", "http://", "http://user:secret@x", "http://x y",
          "http://x\"", "http://x\n", "http://x;y", "http://-x");
    const char *why;
    assert_false(grammar_fits(GRAMMAR_URL, "http://user:secret@proxy", &why));
    assert_non_null(strstr(why, "password"));
}

static void endless_texts_are_refused(void **state)
{
    (void)state;
    char text[300];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    UNFIT(GRAMMAR_PACKAGE, text);
    UNFIT(GRAMMAR_CODENAME, text);
    text[255] = '\0';
    FITS(GRAMMAR_PACKAGE, text);
    FITS(GRAMMAR_CODENAME, "bookworm");
    FITS(GRAMMAR_NAME, "apt");
    FITS(GRAMMAR_UNIT, "nginx.service", "php8.2-fpm", "getty@tty1.service");
    UNFIT(GRAMMAR_UNIT, "", "a b", "a/b", "-x", "qr(.)");
    UNFIT(GRAMMAR_NAME, "", "../apt", "a b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_and_dates_exist),
        cmocka_unit_test(a_package_is_a_name_with_wildcards),
        cmocka_unit_test(an_origin_names_its_parts),
        cmocka_unit_test(mail_and_urls_carry_nothing_else),
        cmocka_unit_test(endless_texts_are_refused),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
