#include "base/syntax/ini.h"

#include <errno.h>
#include <iniparser.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/registry/name.h"
#include "base/status.h"
#include "base/syntax/ini_scan.h"

/* ---- what iniparser reads ---- */

/* Its own callback prints. What it would say, the scan has said already. */
static int say_nothing(const char *format, ...)
{
    (void)format;
    return 0;
}

/* The callback belongs to the whole process, so one thread loads at a time. */
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

static dictionary *load(const char *path)
{
    pthread_mutex_lock(&one_at_a_time);
    iniparser_set_error_callback(say_nothing);
    dictionary *loaded = iniparser_load(path);
    iniparser_set_error_callback(NULL);
    pthread_mutex_unlock(&one_at_a_time);
    return loaded;
}

/* iniparser 4.1 loads by path only: a descriptor's path cannot be replaced meanwhile.
 */
static int load_bytes(const struct buffer *clean, dictionary **ret)
{
    int fd = memfd_create("gpconf-ini", MFD_CLOEXEC);
    if (fd < 0)
        return GPCONF_EIO;
    size_t at = 0;
    while (at < clean->size) {
        ssize_t n = write(fd, clean->data + at, clean->size - at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        at += (size_t)n;
    }
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int status = 0;
    if (at < clean->size || access(path, R_OK) != 0)
        status = GPCONF_EIO;
    else if (!(*ret = load(path)))
        status = GPCONF_ENOMEM; /* the scan has found every other reason */
    close(fd);
    return status;
}

/* Sections and keys as every version of iniparser reads them alike. */
static void write_clean(const struct ini_scan *scan, struct buffer *to)
{
    const char *section = "";
    for (size_t i = 0; i < scan->n; i++) {
        const struct ini_line *line = &scan->lines[i];
        if (line->section != section && *line->section) {
            buffer_format(to, "[%s]\n", line->section);
            section = line->section;
        }
        if (line->kind == INI_LINE_KEY) {
            buffer_format(to, "%s = ", line->key);
            ini_write_value(line->value, INI_QUOTES_ALWAYS, to);
            buffer_char(to, '\n');
        }
    }
}

static const char *joined(struct arena *arena, const char *section, const char *key)
{
    return arena_format(arena, "%s:%s", section, key);
}

static struct ini_entry entry_of(const struct ini_line *line, const char *value)
{
    return (struct ini_entry){
        .section = line->section, .key = line->key, .value = value, .line = line->number
    };
}

/* Take the values. Every entry must be there with the value that the grammar says, and
 * nothing else: iniparser drops what it has no memory for. */
static int take_values(const dictionary *loaded, const struct ini_scan *scan,
                       struct arena *arena, struct ini *ini)
{
    if ((size_t)loaded->n != scan->n_keys + scan->n_sections) /* signed in 4.1 only */
        return GPCONF_ENOMEM;
    for (size_t i = 0; i < scan->n; i++) {
        const struct ini_line *line = &scan->lines[i];
        if (line->kind != INI_LINE_KEY)
            continue;
        const char *path = joined(arena, line->section, line->key);
        const char *value = path ? iniparser_getstring(loaded, path, NULL) : NULL;
        if (!value)
            return GPCONF_ENOMEM;
        if (strcmp(value, line->value) != 0)
            return GPCONF_EINTERNAL;
        ini->entries[ini->n++] = entry_of(line, arena_string(arena, value));
    }
    return 0;
}

static int read_values(const struct ini_scan *scan, struct arena *arena,
                       struct ini *ini)
{
    if (scan->n == 0)
        return 0; /* nothing to load; iniparser gives the same */
    struct buffer clean;
    buffer_init(&clean, (size_t)LIMIT_INI_FILE * 4);
    write_clean(scan, &clean);
    dictionary *loaded = NULL;
    int status = buffer_failed(&clean) ? GPCONF_ENOMEM : load_bytes(&clean, &loaded);
    if (!status)
        status = take_values(loaded, scan, arena, ini);
    if (loaded)
        iniparser_freedict(loaded);
    buffer_done(&clean);
    return status;
}

/* A foreign file is not written for iniparser, which would end its values elsewhere. */
static void take_scanned(const struct ini_scan *scan, struct ini *ini)
{
    for (size_t i = 0; i < scan->n; i++)
        if (scan->lines[i].kind == INI_LINE_KEY)
            ini->entries[ini->n++] = entry_of(&scan->lines[i], scan->lines[i].value);
}

static int take(const struct ini_scan *scan, enum ini_mode mode, struct arena *arena,
                struct ini *ini)
{
    ini->sections = scan->sections;
    ini->n_sections = scan->n_sections;
    ini->entries = arena_array(arena, scan->n_keys, struct ini_entry);
    if (!ini->entries)
        return GPCONF_ENOMEM;
    if (mode == INI_STRICT)
        return read_values(scan, arena, ini);
    take_scanned(scan, ini);
    return 0;
}

int ini_parse(const void *bytes, size_t size, enum ini_mode mode, const char *file,
              struct arena *arena, struct diagnostics *diagnostics, struct ini *ret)
{
    struct ini_scan scan;
    int status = ini_scan(bytes, size, mode, file, arena, diagnostics, &scan);
    struct ini ini = { 0 };
    if (!status)
        status = take(&scan, mode, arena, &ini);
    if (status == GPCONF_EINTERNAL || status == GPCONF_EIO)
        diagnostics_add(diagnostics, SEVERITY_ERROR, "ini-library", origin_file(file),
                        status == GPCONF_EIO
                            ? "iniparser needs /proc, not using this file"
                            : "iniparser read a value that is not in the file, not "
                              "using this file");
    if (arena_failed(arena))
        status = GPCONF_ENOMEM;
    if (!status)
        *ret = ini;
    return status;
}

const struct ini_entry *ini_find(const struct ini *ini, const char *section,
                                 const char *key)
{
    for (size_t i = 0; i < ini->n; i++)
        if (name_equal(ini->entries[i].section, section) &&
            name_equal(ini->entries[i].key, key))
            return &ini->entries[i];
    return NULL;
}

/* ---- the editor ---- */

static int refuse(int status, const char **reterr_why, const char *why)
{
    if (reterr_why)
        *reterr_why = why ? why : gpconf_status_text(status);
    return status;
}

/* Scan what is to be edited; its places are offsets in the bytes as they are. */
static int scan_for_edit(const void *bytes, size_t size, struct arena *arena,
                         struct ini_scan *ret, const char **reterr_why)
{
    struct diagnostics faults;
    diagnostics_init(&faults, arena);
    int status = ini_scan(bytes, size, INI_STRICT, NULL, arena, &faults, ret);
    if (status) {
        const struct diagnostic *first = faults.first;
        const char *why =
            first ? arena_format(arena, "line %u: %s", first->origin.at, first->message)
                  : NULL;
        return refuse(status, reterr_why, why);
    }
    if (ret->converted)
        return refuse(GPCONF_ESYNTAX, reterr_why, "the file is UTF-16, not UTF-8");
    return 0;
}

/* Read the new bytes back. */
static int read_back(const struct buffer *edited, struct arena *arena, struct ini *ret,
                     const char **reterr_why)
{
    struct diagnostics faults;
    diagnostics_init(&faults, arena);
    if (buffer_failed(edited))
        return refuse(GPCONF_ENOMEM, reterr_why, NULL);
    int status = ini_parse(edited->data ? edited->data : "", edited->size, INI_STRICT,
                           NULL, arena, &faults, ret);
    if (status == GPCONF_ENOMEM || status == GPCONF_EIO)
        return refuse(status, reterr_why, NULL);
    if (status)
        return refuse(GPCONF_ERANGE, reterr_why,
                      faults.first ? faults.first->message : NULL);
    return 0;
}

static int refuse_otherwise(const char **reterr_why)
{
    return refuse(GPCONF_EINTERNAL, reterr_why, "the edited file reads otherwise");
}

/* All must be there, and of the key what was asked for. */
static int check_edit(const struct buffer *edited, const char *section, const char *key,
                      const char *value, struct arena *arena, const char **reterr_why)
{
    struct ini ini;
    int status = read_back(edited, arena, &ini, reterr_why);
    if (status)
        return status;
    const struct ini_entry *entry = ini_find(&ini, section, key);
    if (!value == !entry && (!entry || strcmp(entry->value, value) == 0))
        return 0;
    return refuse_otherwise(reterr_why);
}

/* The section must be gone. */
static int check_drop(const struct buffer *edited, const char *section,
                      struct arena *arena, const char **reterr_why)
{
    struct ini ini;
    int status = read_back(edited, arena, &ini, reterr_why);
    for (size_t i = 0; !status && i < ini.n_sections; i++)
        if (name_equal(ini.sections[i].name, section))
            status = refuse_otherwise(reterr_why);
    return status;
}

static const struct ini_line *line_of(const struct ini_scan *scan, const char *section,
                                      const char *key)
{
    for (size_t i = 0; i < scan->n; i++)
        if (scan->lines[i].kind == INI_LINE_KEY &&
            name_equal(scan->lines[i].section, section) &&
            name_equal(scan->lines[i].key, key))
            return &scan->lines[i];
    return NULL;
}

/* The line behind which a new key of the section goes: its last key or header. */
static const struct ini_line *last_of(const struct ini_scan *scan, const char *section)
{
    for (size_t i = scan->n; i > 0; i--)
        if (name_equal(scan->lines[i - 1].section, section))
            return &scan->lines[i - 1];
    return NULL;
}

static void write_key(const char *key, const char *value, const char *newline,
                      struct buffer *to)
{
    buffer_format(to, "%s = ", key);
    ini_write_value(value, INI_QUOTES_NEEDED, to);
    buffer_string(to, newline);
}

/* Append the bytes with a new key at the place; the place begins a line, or is behind a
 * line that has no end. */
static void insert(const struct ini_scan *scan, const char *bytes, size_t size,
                   size_t place, const char *header, const char *key, const char *value,
                   struct buffer *to)
{
    const char *newline = scan->crlf ? "\r\n" : "\n";
    buffer_append(to, bytes, place);
    if (place > scan->start && bytes[place - 1] != '\n')
        buffer_string(to, newline);
    if (header && place > scan->start)
        buffer_string(to, newline);
    if (header)
        buffer_format(to, "[%s]%s", header, newline);
    write_key(key, value, newline, to);
    if (size > place) /* bytes may be NULL */
        buffer_append(to, bytes + place, size - place);
}

/* Append what was edited to the caller's buffer, unless something is wrong with it. */
static int hand_out(struct buffer *edited, int status, struct buffer *to)
{
    if (!status) {
        buffer_append(to, edited->data, edited->size);
        if (buffer_failed(to))
            status = GPCONF_ENOMEM;
    }
    buffer_done(edited);
    return status;
}

int ini_set(const void *bytes, size_t size, const char *section, const char *key,
            const char *value, struct arena *arena, struct buffer *to,
            const char **reterr_why)
{
    struct ini_scan scan;
    const char *text = bytes ? bytes : "";
    const char *why = ini_unfit(section, key, value);
    if (why)
        return refuse(GPCONF_ERANGE, reterr_why, why);
    int status = scan_for_edit(bytes, size, arena, &scan, reterr_why);
    if (status)
        return status;
    struct buffer edited;
    buffer_init(&edited, (size_t)LIMIT_INI_FILE * 2);
    const struct ini_line *line = line_of(&scan, section, key);
    const struct ini_line *last = last_of(&scan, section);
    if (line) {
        buffer_append(&edited, text, line->value_at);
        if (!line->value_size && strchr(" \t", text[line->value_at - 2]))
            buffer_char(&edited, ' '); /* "k =" is to become "k = v" */
        ini_write_value(value, INI_QUOTES_NEEDED, &edited);
        size_t behind = line->value_at + line->value_size;
        bool glued = behind < size && strchr(";#", text[behind]);
        if (glued)
            buffer_char(&edited, ' ');
        buffer_append(&edited, text + behind, size - behind);
    } else if (last) {
        insert(&scan, text, size, last->end, NULL, key, value, &edited);
    } else {
        insert(&scan, text, size, size, section, key, value, &edited);
    }
    status = check_edit(&edited, section, key, value, arena, reterr_why);
    return hand_out(&edited, status, to);
}

int ini_unset(const void *bytes, size_t size, const char *section, const char *key,
              struct arena *arena, struct buffer *to, const char **reterr_why)
{
    struct ini_scan scan;
    int status = scan_for_edit(bytes, size, arena, &scan, reterr_why);
    if (status)
        return status;
    const struct ini_line *line = line_of(&scan, section, key);
    if (!line)
        return refuse(GPCONF_ENOTFOUND, reterr_why, NULL);
    struct buffer edited;
    buffer_init(&edited, (size_t)LIMIT_INI_FILE * 2);
    buffer_append(&edited, bytes, line->begin);
    buffer_append(&edited, (const char *)bytes + line->end, size - line->end);
    status = check_edit(&edited, section, key, NULL, arena, reterr_why);
    return hand_out(&edited, status, to);
}

int ini_rename(const void *bytes, size_t size, const char *section, const char *key,
               const char *new_key, struct arena *arena, struct buffer *to,
               const char **reterr_why)
{
    struct ini_scan scan;
    int status = scan_for_edit(bytes, size, arena, &scan, reterr_why);
    if (status)
        return status;
    const struct ini_line *line = line_of(&scan, section, key);
    if (!line)
        return refuse(GPCONF_ENOTFOUND, reterr_why, NULL);
    const char *why = ini_unfit(section, new_key, line->value);
    if (why)
        return refuse(GPCONF_ERANGE, reterr_why, why);
    struct buffer edited;
    buffer_init(&edited, (size_t)LIMIT_INI_FILE * 2);
    size_t behind = line->key_at + line->key_size;
    buffer_append(&edited, bytes, line->key_at);
    buffer_string(&edited, new_key);
    buffer_append(&edited, (const char *)bytes + behind, size - behind);
    status = check_edit(&edited, section, new_key, line->value, arena, reterr_why);
    return hand_out(&edited, status, to);
}

/* Where the empty line before a header begins; the header itself when there is none. */
static size_t before_header(const struct ini_scan *scan, const char *text, size_t begin)
{
    size_t at = begin;
    if (at > scan->start && text[at - 1] == '\n')
        at--;
    if (at > scan->start && text[at - 1] == '\r')
        at--;
    return at == scan->start || text[at - 1] == '\n' ? at : begin;
}

int ini_drop(const void *bytes, size_t size, const char *section, struct arena *arena,
             struct buffer *to, const char **reterr_why)
{
    struct ini_scan scan;
    const char *text = bytes;
    bool found = false;
    int status = scan_for_edit(bytes, size, arena, &scan, reterr_why);
    if (status)
        return status;
    struct buffer edited;
    buffer_init(&edited, (size_t)LIMIT_INI_FILE * 2);
    size_t at = 0;
    for (size_t i = 0; i < scan.n && !status; i++) {
        const struct ini_line *line = &scan.lines[i];
        if (!line->section || !name_equal(line->section, section))
            continue;
        if (line->kind == INI_LINE_KEY)
            status = GPCONF_ENOTFOUND;
        found = true;
        buffer_append(&edited, text + at, before_header(&scan, text, line->begin) - at);
        at = line->end;
    }
    if (!found || status) {
        buffer_done(&edited);
        return refuse(GPCONF_ENOTFOUND, reterr_why, NULL);
    }
    buffer_append(&edited, text + at, size - at);
    status = check_drop(&edited, section, arena, reterr_why);
    return hand_out(&edited, status, to);
}
