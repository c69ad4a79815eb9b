#ifndef GPCONF_TESTS_UNIT_APT_RENDER_FIXTURE_H
#define GPCONF_TESTS_UNIT_APT_RENDER_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/process.h"
#include "engine/change/label.h"
#include "engine/providers/apt/render_parts.h"
#include "engine/update/rules.h"
#include "tests/unit/support.h"

/* Each case is a configuration and the files that must come of it, below
 * tests/golden/apt/CASE. GPCONF_GOLDEN=write writes them anew; read the difference. */

static struct arena arena;
static struct diagnostics diagnostics;
static struct update_config c;
static struct client client;
static struct change plan;

static inline int setup(void **state)
{
    (void)state;
    arena_init(&arena, 64 << 20);
    diagnostics_init(&diagnostics, &arena);
    c = (struct update_config){ .install_time = 3,
                                .reboot_with_users = 1,
                                .reboot_delay = 15 };
    client = (struct client){ .present = true,
                              .distribution = "debian",
                              .codename = "bookworm" };
    plan = (struct change){ 0 };
    return 0;
}

static inline int teardown(void **state)
{
    (void)state;
    arena_done(&arena);
    return 0;
}

static inline void configure(const enum setting_index *which, size_t n)
{
    for (size_t i = 0; i < n; i++)
        c.decisions[which[i]].source = BY_POLICY;
}
#define CONFIGURE(...)                                                                 \
    configure((const enum setting_index[]){ __VA_ARGS__ },                             \
              sizeof((const enum setting_index[]){ __VA_ARGS__ }) /                    \
                  sizeof(enum setting_index))

/* --- Comparing with the golden files -------------------------------------------- */

static inline char *golden_path(const char *name, const char *target)
{
    return arena_format(&arena, "%s/tests/golden/apt/%s%s%s", GPCONF_SOURCE_DIR, name,
                        *target ? "/" : "", target);
}

static inline void compare_file(const char *name, const struct step *step)
{
    char *path = golden_path(name, step->target);
    const char *mode = getenv("GPCONF_GOLDEN");
    if (mode && !strcmp(mode, "write")) {
        /* apt.conf.d and the drop-in folders are flat: one folder per file. */
        char *folder = arena_string(&arena, path);
        for (char *slash = folder + 1; (slash = strchr(slash, '/')); slash++) {
            *slash = '\0';
            scratch_folder("/", folder + 1);
            *slash = '/';
        }
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fwrite(step->after, 1, step->after_size, file);
        fclose(file);
        return;
    }
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("%s: not expected:\n%s", path, (const char *)step->after);
    static char expected[65536];
    size_t n = fread(expected, 1, sizeof expected - 1, file);
    fclose(file);
    expected[n] = '\0';
    if (n != step->after_size || memcmp(expected, step->after, n))
        fail_msg("%s differs; it is now:\n%s", path, (const char *)step->after);
}

static inline size_t count_golden(const char *name)
{
    const char *arguments[] = { "/usr/bin/find", golden_path(name, ""), "-type", "f",
                                NULL };
    struct process process = { .arguments = arguments, .seconds = 10 };
    struct process_result result;
    if (process_run(&process, &arena, &result) != 0)
        return 0;
    size_t n = 0;
    for (const char *at = result.output; *at; at++)
        n += *at == '\n';
    return n;
}

/* Every claim names a line that says so. */
static inline void check_claims(const struct step *step)
{
    assert_int_equal(label_check(step->after, step->after_size), LABEL_OURS);
    for (size_t i = 0; i < step->n_claims; i++) {
        const struct claim *claim = &step->claims[i];
        assert_true((claim->fidelity == FIDELITY_UNSUPPORTED) == !claim->value);
        assert_true(claim->fidelity == FIDELITY_EXACT || claim->why);
        if (!claim->value)
            continue;
        const char *line = step->after;
        for (uint32_t n = 1; n < claim->line; n++)
            line = strchr(line, '\n') + 1;
        char *text = arena_string_n(&arena, line, strcspn(line, "\n"));
        const char *key = claim->key;
        const char *colon = strstr(key, ".timer:")     ? strstr(key, ":")
                            : strstr(key, ".service:") ? strstr(key, ":")
                                                       : NULL;
        if (!strstr(text, colon ? colon + 1 : key) || !strstr(text, claim->value))
            fail_msg("line %u is '%s', not %s %s", claim->line, text, claim->key,
                     claim->value);
    }
}

/* --- Outside judges --------------------------------------------------------------- */

static const char auto_upgrades[] = "APT::Periodic::Update-Package-Lists \"1\";\n"
                                    "APT::Periodic::Unattended-Upgrade \"1\";\n";
static const char shipped[] =
    "Unattended-Upgrade::Allowed-Origins {\n"
    "  \"Other:stable\";\n};\n"
    "Unattended-Upgrade::Origins-Pattern {\n"
    "  \"origin=Shipped\";\n};\n"
    "Unattended-Upgrade::Package-Blacklist { \"shipped\"; };\n"
    "Unattended-Upgrade::Update-Days { \"Mon\"; };\n";

static inline bool in_dump(const char *dump, const char *key, const char *value)
{
    return strstr(dump, arena_format(&arena, "\n%s \"%s\";\n", key, value)) ||
           strstr(dump, arena_format(&arena, "\n%s:: \"%s\";\n", key, value));
}

static inline size_t count(const char *text, const char *what)
{
    size_t n = 0;
    for (; (text = strstr(text, what)); text += strlen(what))
        n++;
    return n;
}

/* apt reads the file with the distribution's own beside it. */
static inline void apt_judges(const struct step *step)
{
    if (access("/usr/bin/apt-config", X_OK) != 0)
        return;
    char *root = scratch_new();
    scratch_text(root, "etc/apt/apt.conf.d/20auto-upgrades", auto_upgrades);
    scratch_text(root, "etc/apt/apt.conf.d/50unattended-upgrades", shipped);
    scratch_write(root, step->target, step->after, step->after_size);
    scratch_text(root, "apt.conf", arena_format(&arena, "Dir \"%s/\";\n", root));
    const char *arguments[] = { "/usr/bin/apt-config", "dump", NULL };
    const char *environment[] = { arena_format(&arena, "APT_CONFIG=%s/apt.conf", root),
                                  NULL };
    struct process process = { .arguments = arguments,
                               .environment = environment,
                               .seconds = 30 };
    struct process_result result;
    assert_int_equal(process_run(&process, &arena, &result), 0);
    if (result.exit_status != 0)
        fail_msg("apt-config: %s", result.errors);
    size_t patterns = 0, blacklist = 0;
    for (size_t i = 0; i < step->n_claims; i++) {
        const struct claim *claim = &step->claims[i];
        if (!claim->value || !*claim->value)
            continue; /* what was emptied is counted below */
        if (!in_dump(result.output, claim->key, claim->value))
            fail_msg("apt does not see %s \"%s\"", claim->key, claim->value);
        patterns += !!strstr(claim->key, "::Origins-Pattern");
        blacklist += !!strstr(claim->key, "::Package-Blacklist");
    }
    const char *text = step->after;
    if (patterns) {
        assert_int_equal(count(result.output, "Origins-Pattern::"), patterns);
        assert_int_equal(count(result.output, "Allowed-Origins::"), 0);
    }
    if (blacklist)
        assert_int_equal(count(result.output, "Package-Blacklist::"), blacklist);
    if (strstr(text, "#clear Unattended-Upgrade::Update-Days"))
        assert_int_equal(count(result.output, "Update-Days::"), 0);
    scratch_remove(root);
}

static inline void copy_unit(const char *root, const char *unit)
{
    static char text[8192];
    FILE *file = fopen(arena_format(&arena, "/lib/systemd/system/%s", unit), "r");
    if (!file)
        return;
    size_t n = fread(text, 1, sizeof text, file);
    fclose(file);
    scratch_write(root, arena_format(&arena, "etc/systemd/system/%s", unit), text, n);
}

/* systemd loads the units with our drop-ins and has nothing to say. */
static inline void systemd_judges(void)
{
    static const char *const units[] = { "apt-daily.timer", "apt-daily-upgrade.timer",
                                         "apt-daily.service",
                                         "apt-daily-upgrade.service" };
    if (access("/usr/bin/systemd-analyze", X_OK) != 0 ||
        access("/lib/systemd/system/apt-daily.timer", R_OK) != 0)
        return;
    char *root = scratch_new();
    size_t drop_ins = 0;
    for (size_t i = 0; i < 4; i++)
        copy_unit(root, units[i]);
    for (size_t i = 0; i < plan.n_steps; i++)
        if (!strncmp(plan.steps[i].target, "etc/systemd/", 12)) {
            scratch_write(root, plan.steps[i].target, plan.steps[i].after,
                          plan.steps[i].after_size);
            drop_ins++;
        }
    const char *environment[] = {
        arena_format(&arena, "SYSTEMD_UNIT_PATH=%s/etc/systemd/system:", root), NULL
    };
    for (size_t i = 0; drop_ins && i < 4; i++) {
        const char *arguments[] = {
            "/usr/bin/systemd-analyze", "verify", "--man=no",
            arena_format(&arena, "%s/etc/systemd/system/%s", root, units[i]), NULL
        };
        struct process process = { .arguments = arguments,
                                   .environment = environment,
                                   .seconds = 60 };
        struct process_result result;
        assert_int_equal(process_run(&process, &arena, &result), 0);
        if (result.exit_status != 0 || strstr(result.errors, "50-gpconf"))
            fail_msg("systemd-analyze verify %s: %s", units[i], result.errors);
    }
    scratch_remove(root);
}

/* Is it among those that are looked for when the record is lost? */
static inline bool is_known_file(const char *target)
{
    for (size_t i = 0; apt_files[i]; i++)
        if (strcmp(apt_files[i], target) == 0)
            return true;
    return false;
}

static inline void render(const char *name, size_t files)
{
    rules_apply(&c, &diagnostics);
    assert_int_equal(apt_render(&c, &client, &arena, &diagnostics, &plan), 0);
    if (plan.n_steps != files)
        fail_msg("%s: %zu files, not %zu", name, plan.n_steps, files);
    for (size_t i = 0; i < plan.n_steps; i++) {
        check_claims(&plan.steps[i]);
        assert_true(is_known_file(plan.steps[i].target));
        compare_file(name, &plan.steps[i]);
        if (strstr(plan.steps[i].target, "apt.conf.d"))
            apt_judges(&plan.steps[i]);
    }
    if (files)
        assert_int_equal(count_golden(name), files);
    systemd_judges();
}

/* The claim of a key; that it was emptied does not count. */
static inline const struct claim *find_claim(const char *key)
{
    for (size_t i = 0; i < plan.n_steps; i++)
        for (size_t j = 0; j < plan.steps[i].n_claims; j++) {
            const struct claim *it = &plan.steps[i].claims[j];
            if (!strcmp(it->key, key) && (!it->value || *it->value))
                return it;
        }
    return NULL;
}

/* The same, where there must be one. */
static inline const struct claim *claim(const char *key)
{
    const struct claim *it = find_claim(key);
    if (it)
        return it;
    fail_msg("nothing claims %s", key);
    abort();
}

#endif
