#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/status.h"

static const int all[] = {
#define X(name, number, exit_status, text) name,
    GPCONF_STATUS_LIST(X)
#undef X
};

static void every_status_has_a_number_of_its_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        assert_true(all[i] < 0);
        for (size_t j = 0; j < i; j++)
            assert_int_not_equal(all[i], all[j]);
    }
    /* They are in the installed header: a number never changes its meaning. */
    assert_int_equal(GPCONF_ENOMEM, -1);
    assert_int_equal(GPCONF_EUNTRUSTED, -8);
    assert_int_equal(GPCONF_EBUSY, -14);
}

static void every_status_has_a_name_a_text_and_an_exit_status(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        assert_memory_equal(gpconf_status_name(all[i]), "GPCONF_E", 8);
        assert_string_not_equal(gpconf_status_name(all[i]), "GPCONF_E?");
        assert_string_not_equal(gpconf_status_text(all[i]), "unknown status");
        assert_true(gpconf_status_text(all[i])[0]);
        /* 1 is an answer ("no"), not a failure. */
        assert_in_range(gpconf_status_exit(all[i]), 2, 8);
    }
    assert_string_equal(gpconf_status_name(GPCONF_EIO), "GPCONF_EIO");
    assert_string_equal(gpconf_status_text(GPCONF_ENOTFOUND), "does not exist");
    assert_int_equal(gpconf_status_exit(GPCONF_EINVAL), 2);
    assert_int_equal(gpconf_status_exit(GPCONF_EUNTRUSTED), 3);
    assert_int_equal(gpconf_status_exit(GPCONF_EPERM), 4);
    assert_int_equal(gpconf_status_exit(GPCONF_EPOLICY), 5);
    assert_int_equal(gpconf_status_exit(GPCONF_ECLIENT), 6);
    assert_int_equal(gpconf_status_exit(GPCONF_EWRITE), 6);
    assert_int_equal(gpconf_status_exit(GPCONF_EDAMAGED), 7);
    assert_int_equal(gpconf_status_exit(GPCONF_EBUSY), 8);
}

static void zero_is_success(void **state)
{
    (void)state;
    assert_string_equal(gpconf_status_name(0), "OK");
    assert_string_equal(gpconf_status_text(0), "success");
    assert_int_equal(gpconf_status_exit(0), 0);
}

static void a_number_that_is_no_status_is_an_internal_error(void **state)
{
    (void)state;
    const int none[] = { 1, -16, -1000, INT32_MIN, INT32_MAX };
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        assert_string_equal(gpconf_status_name(none[i]), "GPCONF_E?");
        assert_string_equal(gpconf_status_text(none[i]), "unknown status");
        assert_int_equal(gpconf_status_exit(none[i]), 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_a_number_of_its_own),
        cmocka_unit_test(every_status_has_a_name_a_text_and_an_exit_status),
        cmocka_unit_test(zero_is_success),
        cmocka_unit_test(a_number_that_is_no_status_is_an_internal_error),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
