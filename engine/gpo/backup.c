#include "engine/gpo/backup.h"

#include "base/buffer.h"
#include "base/limits.h"
#include "base/registry/name.h"
#include "base/status.h"
#include "base/syntax/xml.h"
#include "policies/links.h"

/* The texts of <BackupInst><GPOGuid> and <GPODisplayName>. */
struct reading {
    unsigned depth;
    struct buffer *into; /* NULL: text that nobody needs */
    struct buffer guid, name;
};

static bool is(const struct xml_start *start, const char *name)
{
    return name_compare_n(name, start->name, start->name_size) == 0;
}

static void start_element(void *context, const struct xml_start *start)
{
    struct reading *r = context;
    r->depth++;
    r->into = NULL;
    if (r->depth == 2 && is(start, "GPOGuid"))
        r->into = &r->guid;
    if (r->depth == 2 && is(start, "GPODisplayName"))
        r->into = &r->name;
}

static void end_element(void *context)
{
    struct reading *r = context;
    r->depth--;
    r->into = NULL;
}

static void take_text(void *context, const char *text, size_t size)
{
    struct reading *r = context;
    if (r->into)
        buffer_append(r->into, text, size);
}

static const char *text_of(struct buffer *buffer, struct arena *arena)
{
    bool said = !buffer_failed(buffer) && buffer->size;
    const char *text = said ? arena_string_n(arena, buffer->data, buffer->size) : NULL;
    buffer_done(buffer);
    return text;
}

void backup_parse(const void *bytes, size_t size, const char *file, struct arena *arena,
                  struct diagnostics *diagnostics, struct backup *ret)
{
    static const struct xml_handler handler = { start_element, end_element, take_text };
    struct reading r = { 0 };
    struct diagnostics faults;
    diagnostics_init(&faults, arena);
    buffer_init(&r.guid, LIMIT_INI_LINE);
    buffer_init(&r.name, LIMIT_INI_LINE);
    int status = xml_parse(bytes, size, LIMIT_INI_FILE, file, &handler, &r, &faults);
    struct backup backup = { .guid = text_of(&r.guid, arena),
                             .name = text_of(&r.name, arena) };
    if (backup.guid && !links_is_guid(backup.guid))
        backup.guid = NULL;
    if (status || !backup.guid) {
        diagnostics_add(diagnostics, SEVERITY_WARNING, "gpo-backup", origin_file(file),
                        "%s, so it does not say which GPO this is a backup of",
                        status ? gpconf_status_text(status) : "there is no GUID in it");
        backup = (struct backup){ 0 };
    }
    *ret = backup;
}
