#include "policies/gpt.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "base/registry/name.h"
#include "base/status.h"
#include "base/syntax/ini.h"

/* A decimal number in 32 bits; behind it may stand a comment, which Windows allows. */
static bool read_version(const char *text, uint32_t *ret)
{
    uint64_t number = 0;
    const char *at = text;
    for (; *at >= '0' && *at <= '9'; at++) {
        number = number * 10 + (uint64_t)(*at - '0');
        if (number > UINT32_MAX)
            return false;
    }
    if (at == text || !strchr(" \t;#", *at)) /* the NUL is found, too */
        return false;
    *ret = (uint32_t)number;
    return true;
}

void gpt_parse(const void *bytes, size_t size, const char *file, struct arena *arena,
               struct diagnostics *diagnostics, struct gpt *ret)
{
    struct ini ini;
    struct gpt gpt = { 0 };
    bool said = false;
    if (ini_parse(bytes, size, INI_TOLERANT, file, arena, diagnostics, &ini))
        ini = (struct ini){ 0 };
    for (size_t i = 0; i < ini.n; i++) {
        const struct ini_entry *entry = &ini.entries[i];
        if (!name_equal(entry->section, "General"))
            continue;
        if (name_equal(entry->key, "displayName"))
            gpt.display_name = entry->value;
        else if (name_equal(entry->key, "gPCMachineExtensionNames"))
            gpt.machine_extensions = entry->value;
        else if (name_equal(entry->key, "gPCUserExtensionNames"))
            gpt.user_extensions = entry->value;
        else if (name_equal(entry->key, "Version")) {
            said = true;
            if (!read_version(entry->value, &gpt.version))
                diagnostics_add(diagnostics, SEVERITY_WARNING, "gpt-version",
                                origin_line(file, entry->line),
                                "the version '%s' is no number, taking 0",
                                entry->value);
        }
    }
    if (!said)
        diagnostics_add(diagnostics, SEVERITY_NOTE, "gpt-no-version", origin_file(file),
                        "there is no version, taking 0");
    *ret = gpt;
}

static void write_line(const char *key, const char *value, struct buffer *to)
{
    if (!value)
        return;
    buffer_format(to, "%s=", key);
    for (; *value; value++)
        buffer_char(to, (unsigned char)*value < 0x20 ? ' ' : *value);
    buffer_string(to, "\r\n");
}

void gpt_format(const struct gpt *gpt, struct buffer *to)
{
    buffer_format(to, "[General]\r\nVersion=%" PRIu32 "\r\n", gpt->version);
    write_line("displayName", gpt->display_name, to);
    write_line("gPCMachineExtensionNames", gpt->machine_extensions, to);
    write_line("gPCUserExtensionNames", gpt->user_extensions, to);
}
