#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/limits.h"
#include "base/registry/name.h"
#include "engine/update/grant.h"

#define OWN "Software\\Policies\\gpconf"
#define WU "Software\\Policies\\Microsoft\\Windows\\WindowsUpdate"
#define AU WU "\\AU"

static struct arena arena;
static struct diagnostics diagnostics;
static struct operations local, gpo, granted;
static enum layer_kind kind;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, LIMIT_ARENA);
    diagnostics_init(&diagnostics, &arena);
    local = gpo = granted = (struct operations){ 0 };
    kind = LAYER_DOMAIN;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

static void number(struct operations *to, const char *key, const char *name,
                   uint32_t value)
{
    struct operation operation = {
        OP_SET, key, name, value_from_number(&arena, VALUE_DWORD, value), { 0 }
    };
    operations_add(to, &arena, &operation);
}

static void text(struct operations *to, const char *key, const char *name,
                 const char *value)
{
    struct operation operation = {
        OP_SET, key, name, value_from_text(&arena, VALUE_SZ, value), { 0 }
    };
    operations_add(to, &arena, &operation);
}

static void grant(uint32_t scope)
{
    number(&gpo, OWN, "AllowLocalOverrides", 1);
    number(&gpo, OWN, "AllowLocalOverridesScope", scope);
}

static void choose(void)
{
    struct layer layers[] = {
        { .kind = LAYER_LOCAL_POLICY, .name = "local policy", .machine = &local },
        { .kind = kind, .name = "GPO", .machine = &gpo },
    };
    struct order order = { .layers = layers, .n_layers = 2 };
    struct rsop rsop;
    assert_int_equal(rsop_merge(&order, RSOP_MACHINE, &arena, &rsop), 0);
    assert_int_equal(grant_select(&rsop, &local, &arena, &diagnostics, &granted), 0);
}

static void nothing_is_granted_unasked(void **state)
{
    (void)state;
    number(&local, AU, "AUOptions", 4);
    choose();
    assert_int_equal(granted.n, 0);
}

static void scope_1_grants_everything_but_the_grant(void **state)
{
    (void)state;
    number(&local, AU, "AUOptions", 4);
    number(&local, "Software\\Other", "X", 1);
    number(&local, OWN, "AllowLocalOverridesScope", 1);
    text(&local, OWN "\\AllowLocalOverrides", "1", "update.mode");
    grant(1);
    choose();
    assert_int_equal(granted.n, 2);
    assert_string_equal(granted.items[1].name, "X");
}

static void scope_2_grants_listed_settings_with_their_switch(void **state)
{
    (void)state;
    number(&local, WU, "DeferQualityUpdates", 1);
    number(&local, WU, "DeferQualityUpdatesPeriodInDays", 3);
    number(&local, AU, "AUOptions", 4);
    grant(2);
    text(&gpo, OWN "\\AllowLocalOverrides", "1", "Update.Deferral");
    text(&gpo, OWN "\\AllowLocalOverrides", "2", "update.reboott");
    choose();
    assert_int_equal(granted.n, 2);
    assert_string_equal(granted.items[0].name, "DeferQualityUpdates");
    assert_string_equal(granted.items[1].name, "DeferQualityUpdatesPeriodInDays");
    assert_int_equal(diagnostics.n, 1);
    assert_non_null(strstr(diagnostics.first->message, "'update.reboot'?"));
}

static void nobody_grants_anything_to_himself(void **state)
{
    (void)state;
    number(&local, AU, "AUOptions", 4);
    number(&local, OWN, "AllowLocalOverrides", 1);
    number(&local, OWN, "AllowLocalOverridesScope", 1);
    choose();
    assert_int_equal(granted.n, 0);
    kind = LAYER_LOCAL_GPO;
    grant(1);
    choose();
    assert_int_equal(granted.n, 0);
    /* A GPO that allows some is not widened by a local list or scope. */
    kind = LAYER_OU;
    gpo = (struct operations){ 0 };
    number(&gpo, OWN, "AllowLocalOverrides", 1);
    choose();
    assert_int_equal(granted.n, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_granted_unasked),
        TEST(scope_1_grants_everything_but_the_grant),
        TEST(scope_2_grants_listed_settings_with_their_switch),
        TEST(nobody_grants_anything_to_himself),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
