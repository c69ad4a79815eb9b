#include <string.h>

#include "base/buffer.h"
#include "engine/providers/apt/render_parts.h"
#include "engine/update/settings.h"

/* apt.conf(5). Settings have grammars of their own; this is the last door. */
static bool can_carry(const char *value)
{
    for (const unsigned char *c = (const unsigned char *)value; *c; c++)
        if (*c == '"' || *c < ' ' || *c == 0x7f)
            return false;
    return true;
}

static bool refuse(struct apt_render *r, const char *key, int setting)
{
    diagnostics_add(r->diagnostics, SEVERITY_ERROR, "apt-value", (struct origin){ 0 },
                    "apt's syntax cannot carry the value of %s: it holds a quotation "
                    "mark or a control character, leaving %s out",
                    setting == NO_SETTING ? key : settings[setting].id, key);
    return false;
}

/* A value that not everybody may read where it comes from stays closed to them. */
static struct draft *draft_of(struct apt_render *r, int setting)
{
    bool private = setting != NO_SETTING && r->config->decisions[setting].is_private;
    return private ? &r->private : &r->conf;
}

bool apt_set(struct apt_render *r, const char *key, const char *value, int setting,
             enum fidelity fidelity, const char *why)
{
    if (!value) /* memory is out; the product fails at its end */
        return false;
    if (!can_carry(value))
        return refuse(r, key, setting);
    struct draft *draft = draft_of(r, setting);
    draft_line(draft, "%s \"%s\";", key, value);
    draft_claim(draft, key, value, setting, fidelity, why);
    return true;
}

void apt_clear(struct apt_render *r, const char *key, int setting)
{
    struct draft *draft = draft_of(r, setting);
    draft_line(draft, "#clear %s;", key);
    draft_claim(draft, key, "", setting, FIDELITY_EXACT, NULL);
}

bool apt_item(struct apt_render *r, const char *key, const char *value, int setting,
              enum fidelity fidelity, const char *why)
{
    if (!value)
        return false;
    if (!can_carry(value))
        return refuse(r, key, setting);
    struct draft *draft = draft_of(r, setting);
    draft_line(draft, "%s:: \"%s\";", key, value);
    draft_claim(draft, key, value, setting, fidelity, why);
    return true;
}

void apt_unsupported(struct apt_render *r, enum setting_index setting, const char *why)
{
    draft_unsupported(&r->conf, (int)setting, why);
    diagnostics_add(r->diagnostics, SEVERITY_WARNING, "apt-unsupported",
                    (struct origin){ 0 }, "%s cannot be done with apt: %s",
                    settings[setting].id, why);
}

const char *apt_regex(const char *pattern, struct arena *arena)
{
    struct buffer text;
    buffer_init(&text, 4096);
    buffer_char(&text, '^');
    for (; *pattern; pattern++) {
        if (*pattern == '*')
            buffer_char(&text, '.');
        else if (strchr(".+^$()[]{}|\\", *pattern))
            buffer_char(&text, '\\');
        buffer_char(&text, *pattern == '?' ? '.' : *pattern);
    }
    buffer_char(&text, '$');
    const char *copy =
        buffer_failed(&text) ? NULL : arena_string_n(arena, text.data, text.size);
    if (buffer_failed(&text))
        arena->failed = true;
    buffer_done(&text);
    return copy;
}
