#include <string.h>
#include <strings.h>

#include "engine/providers/apt/render_parts.h"

/* Where packages may come from, and which stay. */

#define PATTERN "Unattended-Upgrade::Origins-Pattern"
#define BLACKLIST "Unattended-Upgrade::Package-Blacklist"
#define CODENAME "${distro_codename}"

/* What the distributions ship, in the words of Origins-Pattern. */
enum class { SECURITY, BASE, UPDATES };
static const struct known {
    const char *distribution;
    enum class class;
    const char *pattern;
} known[] = {
    { "debian", BASE, "origin=Debian,codename=" CODENAME ",label=Debian" },
    { "debian", SECURITY, "origin=Debian,codename=" CODENAME ",label=Debian-Security" },
    { "debian", SECURITY,
      "origin=Debian,codename=" CODENAME "-security,label=Debian-Security" },
    { "debian", UPDATES, "origin=Debian,codename=" CODENAME "-updates,label=Debian" },
    { "ubuntu", BASE, "origin=Ubuntu,archive=" CODENAME },
    { "ubuntu", SECURITY, "origin=Ubuntu,archive=" CODENAME "-security" },
    { "ubuntu", SECURITY, "origin=UbuntuESMApps,archive=" CODENAME "-apps-security" },
    { "ubuntu", SECURITY, "origin=UbuntuESM,archive=" CODENAME "-infra-security" },
    { "ubuntu", UPDATES, "origin=Ubuntu,archive=" CODENAME "-updates" },
};
enum { KNOWN = sizeof known / sizeof *known };

/* Does a part of the pattern name the release? */
static bool names_release(const char *pattern)
{
    for (const char *at = pattern; at; at = strchr(at, ','), at = at ? at + 1 : NULL) {
        static const char *const keys[] = { "n=", "codename=", "a=", "archive=",
                                            "suite=" };
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
            if (!strncmp(at, keys[i], strlen(keys[i])))
                return true;
    }
    return false;
}

/* The pattern with the codename of the target release in place of the machine's. A part
 * that names another release stays: it matches nothing, which is what was asked for. */
static const char *for_release(struct apt_render *r, const char *pattern)
{
    const struct update_config *c = r->config;
    if (!config_counts(c, SETTING_TARGET_RELEASE) || !c->target_release)
        return pattern;
    if (!names_release(pattern))
        return arena_format(r->arena, "%s,codename=%s", pattern, c->target_release);
    const char *text = "", *at;
    while ((at = strstr(pattern, CODENAME))) {
        text = arena_format(r->arena, "%s%.*s%s", text, (int)(at - pattern), pattern,
                            c->target_release);
        if (!text)
            return NULL;
        pattern = at + strlen(CODENAME);
    }
    return arena_format(r->arena, "%s%s", text, pattern);
}

/* Which of the distribution's classes; false: leave its own list alone. */
static bool choose(const struct update_config *c, bool *ret_security_only,
                   bool *ret_updates, int *ret_setting)
{
    const struct decision *optional = &c->decisions[SETTING_OPTIONAL];
    *ret_security_only = *ret_updates = false;
    if (c->rebootless_now) {
        *ret_security_only = true;
        *ret_setting = SETTING_REBOOTLESS_MONTHS;
        return true;
    }
    if (optional->source != BY_DEFAULT && optional->is_off && !optional->idle_by) {
        *ret_security_only = true;
        *ret_setting = SETTING_OPTIONAL;
        return true;
    }
    if (config_counts(c, SETTING_OPTIONAL)) {
        *ret_updates = c->optional != 3;
        *ret_setting = SETTING_OPTIONAL;
    } else if (config_counts(c, SETTING_RECOMMENDED)) {
        *ret_updates = c->recommended;
        *ret_setting = SETTING_RECOMMENDED;
    } else {
        *ret_setting = SETTING_TARGET_RELEASE;
        return config_counts(c, SETTING_TARGET_RELEASE);
    }
    *ret_security_only = !*ret_updates;
    return true;
}

static void clear_origins(struct apt_render *r, int setting)
{
    apt_clear(r, "Unattended-Upgrade::Allowed-Origins", setting);
    apt_clear(r, PATTERN, setting);
}

static const char *const approximate =
    "the classes of Windows' updates are told apart by the archive they come from";

static void distribution_origins(struct apt_render *r, bool security_only, bool updates,
                                 int setting)
{
    const char *distribution = r->client->distribution;
    bool any = false;
    for (size_t i = 0; i < KNOWN; i++) {
        if (!distribution || strcmp(known[i].distribution, distribution))
            continue;
        if (security_only && known[i].class != SECURITY)
            continue;
        if (known[i].class == UPDATES && !updates)
            continue;
        if (!any)
            clear_origins(r, setting);
        any = true;
        bool exact = setting == SETTING_TARGET_RELEASE;
        apt_item(r, PATTERN, for_release(r, known[i].pattern), setting,
                 exact                                  ? FIDELITY_EXACT
                 : setting == SETTING_REBOOTLESS_MONTHS ? FIDELITY_EMULATED
                                                        : FIDELITY_APPROXIMATE,
                 exact ? NULL : approximate);
    }
    if (!any)
        apt_unsupported(r, (enum setting_index)setting,
                        "the origins of this distribution are not known; "
                        "update.allowed-origins can name them");
}

/* In a month without restarts only those of the listed origins that are of security. */
static bool listed_origins(struct apt_render *r)
{
    const struct config_list *list = &r->config->allowed_origins;
    bool narrow = r->config->rebootless_now, any = false;
    for (size_t i = 0; i < list->n; i++) {
        if (narrow && !strcasestr(list->items[i], "security"))
            continue;
        if (!any)
            clear_origins(r, SETTING_ALLOWED_ORIGINS);
        any = true;
        apt_item(r, PATTERN, for_release(r, list->items[i]), SETTING_ALLOWED_ORIGINS,
                 FIDELITY_EXACT, NULL);
    }
    return any;
}

void apt_render_origins(struct apt_render *r)
{
    const struct update_config *c = r->config;
    bool security_only, updates;
    int setting;
    if (config_counts(c, SETTING_OTHER_PRODUCTS) && c->other_products)
        apt_unsupported(r, SETTING_OTHER_PRODUCTS,
                        "which other products there are is not known; "
                        "update.allowed-origins can name their origins");
    if (config_counts(c, SETTING_ALLOWED_ORIGINS) && listed_origins(r))
        return;
    if (choose(c, &security_only, &updates, &setting))
        distribution_origins(r, security_only, updates, setting);
}

/* What needs a restart to take effect. */
static const char *const restart_packages[] = { "linux-image-*", "libc6", "systemd",
                                                "dbus", "*-microcode" };
/* What Windows would call drivers. */
static const char *const driver_packages[] = { "firmware-*", "*-firmware",
                                               "*-microcode" };

static void exclude(struct apt_render *r, const char *pattern, int setting,
                    enum fidelity fidelity, const char *why)
{
    apt_item(r, BLACKLIST, apt_regex(pattern, r->arena), setting, fidelity, why);
}

void apt_render_exclusions(struct apt_render *r)
{
    const struct update_config *c = r->config;
    bool listed = config_counts(c, SETTING_EXCLUDED_PACKAGES);
    bool drivers = config_counts(c, SETTING_EXCLUDE_DRIVERS) && c->exclude_drivers;
    bool hold = c->rebootless_now && c->rebootless_held;
    if (listed || drivers || hold)
        apt_clear(r, BLACKLIST,
                  listed    ? SETTING_EXCLUDED_PACKAGES
                  : drivers ? SETTING_EXCLUDE_DRIVERS
                            : SETTING_REBOOTLESS_MONTHS);
    for (size_t i = 0; listed && i < c->excluded_packages.n; i++)
        exclude(r, c->excluded_packages.items[i], SETTING_EXCLUDED_PACKAGES,
                FIDELITY_EXACT, NULL);
    for (size_t i = 0; drivers && i < sizeof driver_packages / sizeof(char *); i++)
        exclude(r, driver_packages[i], SETTING_EXCLUDE_DRIVERS, FIDELITY_APPROXIMATE,
                "drivers of Linux are part of the kernel; firmware and microcode are "
                "what comes apart");
    for (size_t i = 0; hold && i < sizeof restart_packages / sizeof(char *); i++)
        exclude(r, restart_packages[i], SETTING_REBOOTLESS_MONTHS, FIDELITY_EMULATED,
                "packages that are known to need a restart wait for a month with one");
    if (hold)
        apt_unsupported(
            r, SETTING_REBOOTLESS_EXPOSURE,
            "how long a security update has been held is not kept; it waits "
            "for the next month with restarts");
}
