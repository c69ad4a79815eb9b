#include "policies/local.h"

#include <string.h>

#include "base/limits.h"
#include "base/registry/name.h"
#include "base/status.h"
#include "base/syntax/ini.h"

static const char *after_word(const char *text, const char *word)
{
    size_t size = strlen(word);
    if (!name_starts(text, word) || (text[size] != ' ' && text[size] != '\t'))
        return NULL;
    return text + size + strspn(text + size, " \t");
}

/* What a section is about. Returns why it is nothing; NULL when it is fine. */
static const char *read_section(const char *section, struct statement *ret)
{
    const char *policy = after_word(section, "policy");
    if (!policy) {
        if (name_equal(section, "policy"))
            return "a section of policies names one, as in [policy AutoUpdateCfg]";
        if (strpbrk(section, " \t."))
            return "a section is one word, or [policy NAME]";
        ret->kind = STATEMENT_SETTING;
        return NULL;
    }
    ret->kind = STATEMENT_POLICY;
    const char *rest = after_word(policy, "user");
    if (rest)
        ret->half = HALF_USER;
    else
        rest = after_word(policy, "machine");
    ret->subject = rest ? rest : policy;
    return strpbrk(ret->subject, " \t") ? "a policy's name has no spaces" : NULL;
}

/* Complete the statement of a section with one of its keys. */
static void read_key(const char *section, const char *key, struct arena *arena,
                     struct statement *statement)
{
    const char *dot = strchr(key, '.');
    if (statement->kind == STATEMENT_SETTING) {
        statement->subject = arena_format(arena, "%s.%s", section, key);
    } else if (dot && dot > key) {
        statement->element = arena_string_n(arena, key, (size_t)(dot - key));
        statement->entry = dot + 1;
    } else if (!name_equal(key, "state")) {
        statement->element = key;
    }
}

static bool add(struct statements *to, struct arena *arena,
                const struct statement *statement)
{
    struct statement *items =
        arena_grow(arena, to->items, to->n, sizeof *items, &to->capacity);
    if (!items)
        return false;
    to->items = items;
    items[to->n++] = *statement;
    return true;
}

static bool is_state(const char *text)
{
    return name_equal(text, "enabled") || name_equal(text, "disabled") ||
           name_equal(text, "not-configured");
}

static int check_sections(const struct ini *ini, const char *file,
                          struct diagnostics *diagnostics)
{
    int status = 0;
    for (size_t i = 0; i < ini->n_sections; i++) {
        struct statement ignored = { 0 };
        const char *why = read_section(ini->sections[i].name, &ignored);
        if (!why)
            continue;
        diagnostics_add(diagnostics, SEVERITY_ERROR, "local-section",
                        origin_line(file, ini->sections[i].line),
                        "'%s': %s, not using this file", ini->sections[i].name, why);
        status = GPCONF_ESYNTAX;
    }
    return status;
}

int local_parse(const void *bytes, size_t size, const char *file, struct arena *arena,
                struct diagnostics *diagnostics, struct statements *to)
{
    struct ini ini;
    int status = ini_parse(bytes, size, INI_STRICT, file, arena, diagnostics, &ini);
    if (!status)
        status = check_sections(&ini, file, diagnostics);
    size_t before = to->n;
    for (size_t i = 0; !status && i < ini.n; i++) {
        const struct ini_entry *entry = &ini.entries[i];
        struct statement statement = { .text = entry->value,
                                       .origin = origin_line(file, entry->line) };
        read_section(entry->section, &statement);
        read_key(entry->section, entry->key, arena, &statement);
        bool state = statement.kind == STATEMENT_POLICY && !statement.element;
        if (state && !is_state(statement.text)) {
            diagnostics_add(diagnostics, SEVERITY_ERROR, "local-state",
                            statement.origin,
                            "a state is enabled, disabled or not-configured, not '%s', "
                            "not using this file",
                            statement.text);
            status = GPCONF_ESYNTAX;
        } else if (arena_failed(arena) || !add(to, arena, &statement)) {
            status = GPCONF_ENOMEM;
        }
    }
    if (status)
        to->n = before;
    return status;
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? name_equal(a, b) : a == b;
}

static bool same_subject(const struct statement *a, const struct statement *b)
{
    return a->kind == b->kind && same_text(a->subject, b->subject) &&
           (a->kind == STATEMENT_SETTING || a->half == b->half);
}

bool local_same(const struct statement *a, const struct statement *b)
{
    return same_subject(a, b) && same_text(a->element, b->element) &&
           same_text(a->entry, b->entry);
}

/* ---- the writer ---- */

struct edit {
    struct arena *arena;
    const char **reterr_why;
    struct ini ini; /* of the bytes */
};

static int refuse(const char **reterr_why, int status, const char *why)
{
    if (reterr_why)
        *reterr_why = why;
    return status;
}

/* Only a file that can be read is edited. */
static int begin(struct edit *e, const void *bytes, size_t size)
{
    struct diagnostics faults;
    struct statements statements = { 0 };
    diagnostics_init(&faults, e->arena);
    int status = local_parse(bytes, size, NULL, e->arena, &faults, &statements);
    if (!status)
        status = ini_parse(bytes, size, INI_STRICT, NULL, e->arena, &faults, &e->ini);
    if (!status)
        return 0;
    const char *why = gpconf_status_text(status);
    if (faults.first)
        why = arena_format(e->arena, "line %u: %s", faults.first->origin.at,
                           faults.first->message);
    return refuse(e->reterr_why, status, why);
}

static void read_entry(const struct ini_entry *entry, struct arena *arena,
                       struct statement *ret)
{
    *ret = (struct statement){ 0 };
    read_section(entry->section, ret);
    read_key(entry->section, entry->key, arena, ret);
}

/* The section that a statement belongs to: as the file spells it, or as we do. */
static const char *section_for(const struct edit *e, const struct statement *statement)
{
    if (statement->kind == STATEMENT_SETTING) {
        const char *dot = strchr(statement->subject, '.');
        return dot ? arena_string_n(e->arena, statement->subject,
                                    (size_t)(dot - statement->subject))
                   : NULL;
    }
    for (size_t i = 0; i < e->ini.n_sections; i++) {
        struct statement there = { 0 };
        const char *section = e->ini.sections[i].name;
        if (!read_section(section, &there) && there.kind == STATEMENT_POLICY &&
            same_subject(&there, statement))
            return section;
    }
    return arena_format(e->arena, "policy %s%s",
                        statement->half == HALF_USER ? "user " : "",
                        statement->subject);
}

static const char *key_for(const struct edit *e, const struct statement *statement)
{
    if (statement->kind == STATEMENT_SETTING)
        return strchr(statement->subject, '.') + 1;
    if (!statement->element)
        return "state";
    if (!statement->entry)
        return statement->element;
    return arena_format(e->arena, "%s.%s", statement->element, statement->entry);
}

/* Where the file says this now: two sections may be about one policy. */
static const struct ini_entry *entry_for(const struct edit *e,
                                         const struct statement *statement)
{
    struct statement wanted = *statement;
    if (statement->kind == STATEMENT_POLICY && statement->element)
        read_key("", key_for(e, statement), e->arena, &wanted);
    for (size_t i = e->ini.n; i > 0; i--) {
        struct statement there;
        read_entry(&e->ini.entries[i - 1], e->arena, &there);
        if (local_same(&there, &wanted))
            return &e->ini.entries[i - 1];
    }
    return NULL;
}

/* Does the section, with this key, read as the statement again? */
static bool reads_back(const char *section, const char *key,
                       const struct statement *statement, struct arena *arena)
{
    struct statement there = { 0 };
    if (read_section(section, &there))
        return false;
    read_key(section, key, arena, &there);
    bool joined = statement->element && !statement->entry && there.entry;
    return same_subject(&there, statement) && (joined || local_same(&there, statement));
}

int local_set(const void *bytes, size_t size, const struct statement *statement,
              struct arena *arena, struct buffer *to, const char **reterr_why)
{
    struct edit e = { .arena = arena, .reterr_why = reterr_why };
    int status = begin(&e, bytes, size);
    if (status)
        return status;
    const char *section = section_for(&e, statement);
    const char *key = section ? key_for(&e, statement) : NULL;
    if (arena_failed(arena))
        return refuse(reterr_why, GPCONF_ENOMEM, gpconf_status_text(GPCONF_ENOMEM));
    if (!section || !reads_back(section, key, statement, arena))
        return refuse(reterr_why, GPCONF_ERANGE,
                      "the name does not fit into a section and a key");
    if (statement->kind == STATEMENT_POLICY && !statement->element &&
        !is_state(statement->text))
        return refuse(reterr_why, GPCONF_ERANGE,
                      "a state is enabled, disabled or not-configured");
    const struct ini_entry *entry = entry_for(&e, statement);
    if (entry) {
        section = entry->section;
        key = entry->key;
    }
    return ini_set(bytes, size, section, key, statement->text, arena, to, reterr_why);
}

/* Does taking out `about` take out what is there? */
static bool goes_with(const struct statement *there, const struct statement *about)
{
    if (!same_subject(there, about))
        return false;
    if (about->kind == STATEMENT_SETTING || !about->element)
        return true;
    return same_text(there->element, about->element) &&
           (!about->entry || same_text(there->entry, about->entry));
}

int local_unset(const void *bytes, size_t size, const struct statement *about,
                struct arena *arena, struct buffer *to, const char **reterr_why)
{
    struct edit e = { .arena = arena, .reterr_why = reterr_why };
    int status = begin(&e, bytes, size);
    if (status)
        return status;
    struct buffer now;
    buffer_init(&now, (size_t)LIMIT_INI_FILE * 2);
    buffer_append(&now, bytes, size);
    bool found = false;
    for (size_t i = 0; !status && i < e.ini.n; i++) {
        struct statement there;
        const struct ini_entry *entry = &e.ini.entries[i];
        read_entry(entry, arena, &there);
        if (!goes_with(&there, about))
            continue;
        struct buffer next;
        buffer_init(&next, (size_t)LIMIT_INI_FILE * 2);
        status = ini_unset(now.data ? now.data : "", now.size, entry->section,
                           entry->key, arena, &next, reterr_why);
        buffer_done(&now);
        now = next;
        found = true;
    }
    if (!status && !found)
        status = refuse(reterr_why, GPCONF_ENOTFOUND, "nothing is said about it");
    if (!status) {
        buffer_append(to, now.data, now.size);
        if (buffer_failed(to))
            status =
                refuse(reterr_why, GPCONF_ENOMEM, gpconf_status_text(GPCONF_ENOMEM));
    }
    buffer_done(&now);
    return status;
}
