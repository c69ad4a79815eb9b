#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "engine/gpo/backup.h"
#include "tests/unit/bench.h"

static const char sample[] =
    "<BackupInst xmlns=\"http://www.microsoft.com/GroupPolicy/GPOOperations/Manifest\">"
    "<GPOGuid><![CDATA[{E9F1D4BF-D7C0-4358-B1CD-6B1F7E1754D3}]]></GPOGuid>"
    "<ID><![CDATA[{04602802-38C4-4900-87CD-B126DA8875ED}]]></ID>"
    "<Inner><GPODisplayName>no</GPODisplayName></Inner>"
    "<GPODisplayName><![CDATA[Domain ]]>&amp; Security</GPODisplayName></BackupInst>";

static struct backup parse(struct bench *b, const char *text, size_t size)
{
    struct backup backup;
    bench_forget(b);
    backup_parse(text, size, "bkupInfo.xml", &b->arena, &b->diagnostics, &backup);
    return backup;
}

static void a_backup_says_which_gpo_it_is_of(void **state)
{
    struct bench *b = *state;
    struct backup backup = parse(b, sample, strlen(sample));
    assert_string_equal(backup.guid, "{E9F1D4BF-D7C0-4358-B1CD-6B1F7E1754D3}");
    assert_string_equal(backup.name, "Domain & Security");
    assert_int_equal(b->diagnostics.n, 0);
}

static void every_truncation_says_nothing_and_is_told(void **state)
{
    struct bench *b = *state;
    for (size_t size = 0; size < strlen(sample); size++) {
        struct backup backup = parse(b, sample, size);
        assert_null(backup.guid);
        assert_null(backup.name);
        assert_int_equal(b->diagnostics.warnings, 1);
        assert_int_equal(b->diagnostics.errors, 0);
    }
}

static void what_is_no_guid_is_none(void **state)
{
    struct bench *b = *state;
    static const char text[] = "<BackupInst><GPOGuid>../../etc</GPOGuid></BackupInst>";
    assert_null(parse(b, text, strlen(text)).guid);
    assert_int_equal(b->diagnostics.warnings, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_backup_says_which_gpo_it_is_of),
        cmocka_unit_test(every_truncation_says_nothing_and_is_told),
        cmocka_unit_test(what_is_no_guid_is_none),
    };
    return cmocka_run_group_tests(tests, bench_set_up, bench_tear_down);
}
