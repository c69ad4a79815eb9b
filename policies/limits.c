#include "policies/limits.h"

#include <string.h>

#include "base/registry/name.h"
#include "base/status.h"
#include "base/syntax/ini.h"

/* A number of at most three digits and at most max. Returns what is behind it. */
static const char *read_number(const char *text, unsigned max, unsigned *ret)
{
    unsigned number = 0;
    const char *at = text;
    while (*at >= '0' && *at <= '9' && at - text < 3)
        number = number * 10 + (unsigned)(*at++ - '0');
    if (at == text || number > max)
        return NULL;
    *ret = number;
    return at;
}

static bool read_hours(const char *text, unsigned *ret_from, unsigned *ret_to)
{
    const char *at = read_number(text, 23, ret_from);
    if (!at || *at != '-')
        return false;
    at = read_number(at + 1, 23, ret_to);
    return at && !*at && *ret_from != *ret_to;
}

/* Read one entry. Returns what would be right for its value; NULL when it is. */
static const char *read_entry(const struct ini_entry *entry, struct origin origin,
                              struct machine_limits *limits)
{
    const char *text = entry->value;
    if (name_equal(entry->key, "security updates")) {
        limits->security_required = true;
        limits->security_origin = origin;
        return name_equal(text, "required") ? NULL : "required";
    }
    if (name_equal(entry->key, "sources")) {
        limits->sources_fixed = true;
        limits->sources_origin = origin;
        return name_equal(text, "fixed") ? NULL : "fixed";
    }
    if (name_equal(entry->key, "greatest deferral")) {
        limits->has_greatest_deferral = true;
        limits->deferral_origin = origin;
        const char *end = read_number(text, 365, &limits->greatest_deferral);
        return end && !*end ? NULL : "a number of days from 0 to 365";
    }
    if (name_equal(entry->key, "restart hours")) {
        limits->has_restart_hours = true;
        limits->restart_origin = origin;
        return read_hours(text, &limits->restart_from, &limits->restart_to)
                   ? NULL
                   : "two different hours from 0 to 23, such as 22-05";
    }
    return "";
}

int limits_parse(const void *bytes, size_t size, const char *file, struct arena *arena,
                 struct diagnostics *diagnostics, struct machine_limits *ret)
{
    struct ini ini;
    struct machine_limits limits = { 0 };
    int status = ini_parse(bytes, size, INI_STRICT, file, arena, diagnostics, &ini);
    if (status)
        return status;
    for (size_t i = 0; i < ini.n_sections; i++) {
        if (name_equal(ini.sections[i].name, "limits"))
            continue;
        diagnostics_add(diagnostics, SEVERITY_ERROR, "limits-unknown",
                        origin_line(file, ini.sections[i].line),
                        "unknown section '%s', writing nothing until it is gone",
                        ini.sections[i].name);
        status = GPCONF_ESYNTAX;
    }
    for (size_t i = 0; i < ini.n; i++) {
        const struct ini_entry *entry = &ini.entries[i];
        struct origin origin = origin_line(file, entry->line);
        if (!name_equal(entry->section, "limits"))
            continue;
        const char *right = read_entry(entry, origin, &limits);
        if (!right)
            continue;
        status = GPCONF_ESYNTAX;
        if (*right)
            diagnostics_add(diagnostics, SEVERITY_ERROR, "limits-value", origin,
                            "'%s' of '%s' is not %s, writing nothing until it is",
                            entry->value, entry->key, right);
        else
            diagnostics_add(diagnostics, SEVERITY_ERROR, "limits-unknown", origin,
                            "unknown limit '%s', writing nothing until it is gone",
                            entry->key);
    }
    if (!status)
        *ret = limits;
    return status;
}
