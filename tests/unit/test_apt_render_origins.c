#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/apt_render_fixture.h"

static void listed_origins_on_a_target_release(void **state)
{
    (void)state;
    static const char *const origins[] = {
        "origin=Debian,codename=${distro_codename}-security,label=Debian-Security",
        "site=apt.example.test"
    };
    c.allowed_origins = (struct config_list){ origins, 2 };
    c.target_release = "bookworm";
    CONFIGURE(SETTING_ALLOWED_ORIGINS, SETTING_TARGET_RELEASE);
    render("origins", 1);
}

static void exclusions_become_anchored_expressions(void **state)
{
    (void)state;
    assert_string_equal(apt_regex("nginx", &arena), "^nginx$");
    assert_string_equal(apt_regex("libstdc++6", &arena), "^libstdc\\+\\+6$");
    assert_string_equal(apt_regex("linux-image-*", &arena), "^linux-image-.*$");
    assert_string_equal(apt_regex("g?b.c", &arena), "^g.b\\.c$");
}

static void an_unknown_distribution_keeps_its_origins(void **state)
{
    (void)state;
    client.distribution = "other";
    c.recommended = 1;
    CONFIGURE(SETTING_RECOMMENDED);
    render("nothing", 0);
    assert_string_equal(diagnostics.first->code, "apt-unsupported");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(listed_origins_on_a_target_release),
        TEST(exclusions_become_anchored_expressions),
        TEST(an_unknown_distribution_keeps_its_origins),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
