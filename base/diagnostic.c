#include "base/diagnostic.h"

#include <stdarg.h>
#include <string.h>

#include "base/limits.h"

void diagnostics_init(struct diagnostics *diagnostics, struct arena *arena)
{
    *diagnostics = (struct diagnostics){ .arena = arena };
}

static void count(struct diagnostics *diagnostics, enum severity severity)
{
    diagnostics->n++;
    diagnostics->errors += severity == SEVERITY_ERROR;
    diagnostics->warnings += severity == SEVERITY_WARNING;
}

static void link_entry(struct diagnostics *diagnostics, struct diagnostic *entry)
{
    if (diagnostics->last)
        diagnostics->last->next = entry;
    else
        diagnostics->first = entry;
    diagnostics->last = entry;
}

void diagnostics_add(struct diagnostics *diagnostics, enum severity severity,
                     const char *code, struct origin origin, const char *format, ...)
{
    if (!diagnostics)
        return;
    count(diagnostics, severity);
    if (diagnostics->n > LIMIT_DIAGNOSTICS)
        return;
    struct diagnostic *entry = arena_new(diagnostics->arena, struct diagnostic);
    if (!entry)
        return;
    va_list arguments;
    va_start(arguments, format);
    *entry = (struct diagnostic){
        .severity = severity,
        .code = code,
        .origin = origin,
        .message = arena_format_v(diagnostics->arena, format, arguments),
    };
    va_end(arguments);
    if (entry->message)
        link_entry(diagnostics, entry);
}

void diagnostics_append(struct diagnostics *to, const struct diagnostics *from)
{
    diagnostics_append_other(to, from, NULL);
}

void diagnostics_append_other(struct diagnostics *to, const struct diagnostics *from,
                              const char *code)
{
    size_t kept = 0, errors = 0, warnings = 0;
    if (!to || !from)
        return;
    for (const struct diagnostic *d = from->first; d; d = d->next) {
        struct origin origin = d->origin;
        origin.file = arena_string(to->arena, d->origin.file);
        if (!code || strcmp(d->code, code) != 0)
            diagnostics_add(to, d->severity, d->code, origin, "%s", d->message);
        kept++;
        errors += d->severity == SEVERITY_ERROR;
        warnings += d->severity == SEVERITY_WARNING;
    }
    /* Those that were only counted stay counted. */
    to->n += from->n - kept;
    to->errors += from->errors - errors;
    to->warnings += from->warnings - warnings;
}

const char *severity_name(enum severity severity)
{
    switch (severity) {
    case SEVERITY_NOTE:
        return "note";
    case SEVERITY_WARNING:
        return "warning";
    case SEVERITY_ERROR:
        return "error";
    }
    return "error";
}

struct origin origin_file(const char *file)
{
    return (struct origin){ .file = file, .unit = ORIGIN_WHOLE };
}

struct origin origin_line(const char *file, uint32_t line)
{
    return (struct origin){ .file = file, .at = line, .unit = ORIGIN_LINE };
}

struct origin origin_record(const char *file, uint32_t record)
{
    return (struct origin){ .file = file, .at = record, .unit = ORIGIN_RECORD };
}
