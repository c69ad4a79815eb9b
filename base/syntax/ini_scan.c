#include "base/syntax/ini_scan.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/registry/name.h"
#include "base/status.h"
#include "base/utf16.h"

struct scanner {
    const char *bytes; /* UTF-8 */
    size_t size, at;
    enum ini_mode mode;
    const char *file;
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct ini_scan *scan;
    size_t lines_capacity, sections_capacity, hashes_capacity;
    uint64_t *hashes;    /* of the sections' names: files may hold thousands */
    const char *section; /* the one we are in; NULL: none yet, or a bad one */
    uint32_t number;
    int status; /* of the first fault, in strict mode */
};

/* Tell of a fault in this line. In tolerant mode it costs the line alone. */
static void fault(struct scanner *s, int status, const char *why)
{
    bool strict = s->mode == INI_STRICT;
    struct origin origin =
        s->number ? origin_line(s->file, s->number) : origin_file(s->file);
    const char *code = status == GPCONF_ELIMIT ? "ini-limit" : "ini-syntax";
    diagnostics_add(s->diagnostics, strict ? SEVERITY_ERROR : SEVERITY_WARNING, code,
                    origin, "%s, %s", why, strict ? "not using this file" : "ignoring");
    if (strict && !s->status)
        s->status = status;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

/* A piece of the line: an offset and a size in the bytes. */
struct piece {
    size_t at, size;
};

static struct piece strip(const struct scanner *s, struct piece piece)
{
    while (piece.size && is_space(s->bytes[piece.at])) {
        piece.at++;
        piece.size--;
    }
    while (piece.size && is_space(s->bytes[piece.at + piece.size - 1]))
        piece.size--;
    return piece;
}

static const char *text_of(const struct scanner *s, struct piece piece)
{
    return arena_string_n(s->arena, s->bytes + piece.at, piece.size);
}

static struct piece piece_until(struct piece piece, const char *end, const char *bytes)
{
    piece.size = (size_t)(end - (bytes + piece.at));
    return piece;
}

static const char *find(const struct scanner *s, struct piece piece, char c)
{
    return piece.size ? memchr(s->bytes + piece.at, c, piece.size) : NULL;
}

/* The first ; or # of the piece, or its end. */
static size_t until_comment(const struct scanner *s, struct piece piece)
{
    size_t size = 0;
    while (size < piece.size && !strchr(";#", s->bytes[piece.at + size]))
        size++;
    return size;
}

/* Characters that iniparser or a terminal would take for something else. */
static bool has_control(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)text[i] < 0x20 && text[i] != '\t')
            return true;
    return false;
}

static struct ini_line *add_line(struct scanner *s, enum ini_line_kind kind)
{
    struct ini_scan *scan = s->scan;
    struct ini_line *lines =
        arena_grow(s->arena, scan->lines, scan->n, sizeof *lines, &s->lines_capacity);
    if (!lines)
        return NULL;
    scan->lines = lines;
    lines[scan->n] =
        (struct ini_line){ .kind = kind, .number = s->number, .section = s->section };
    return &lines[scan->n++];
}

/* One pointer for each section, however often and in whatever case it is written. */
static const char *section_named(struct scanner *s, const char *name)
{
    struct ini_scan *scan = s->scan;
    uint64_t hash = name_hash(name);
    for (size_t i = 0; i < scan->n_sections; i++)
        if (s->hashes[i] == hash && name_equal(scan->sections[i].name, name))
            return scan->sections[i].name;
    uint64_t *hashes = arena_grow(s->arena, s->hashes, scan->n_sections, sizeof *hashes,
                                  &s->hashes_capacity);
    if (!hashes)
        return NULL;
    s->hashes = hashes;
    hashes[scan->n_sections] = hash;
    struct ini_section *sections =
        arena_grow(s->arena, scan->sections, scan->n_sections, sizeof *sections,
                   &s->sections_capacity);
    if (!sections)
        return NULL;
    scan->sections = sections;
    sections[scan->n_sections++] = (struct ini_section){ name, s->number };
    return name;
}

/* The same rules for a name that is read and for one that is to be written. */
static const char *unfit_section(const char *name)
{
    if (!*name)
        return "a section has no name";
    if (strpbrk(name, "[]"))
        return "a section name holds a bracket";
    return NULL;
}

static const char *unfit_key(const char *key)
{
    if (!*key)
        return "a key has no name";
    if (*key == '[')
        return "a key begins with a bracket";
    if (strpbrk(key, "=;#"))
        return "a key holds '=', ';' or '#'";
    return NULL;
}

/* May the value stand without quotes? */
static bool may_be_bare(const char *value)
{
    size_t size = strlen(value);
    return size && !strpbrk(value, ";#") && !strchr("\"'", value[0]) &&
           !is_space(value[0]) && !is_space(value[size - 1]) && value[size - 1] != '\\';
}

/* The quote that may stand around the value, 0 when none may. */
static char quote_for(const char *value)
{
    if (strchr(value, '\\'))
        return 0;
    if (!strchr(value, '"'))
        return '"';
    return strchr(value, '\'') ? 0 : '\'';
}

static const char *unfit_value(const char *value)
{
    if (may_be_bare(value) || quote_for(value))
        return NULL;
    if (value[strlen(value) - 1] == '\\')
        return "a value ends with a backslash";
    if (strchr(value, '\\'))
        return "a value that needs quotes holds a backslash";
    return "a value that needs quotes holds both kinds of them";
}

const char *ini_unfit(const char *section, const char *key, const char *value)
{
    const char *parts[] = { section, key, value };
    size_t total = 0;
    for (size_t i = 0; i < 3; i++) {
        size_t size = strlen(parts[i]);
        total += size;
        if (has_control(parts[i], size))
            return "a control character cannot be written";
        if (!utf8_valid(parts[i], size))
            return "what is no UTF-8 cannot be written";
        if (i < 2 && size && (is_space(parts[i][0]) || is_space(parts[i][size - 1])))
            return "a name begins or ends with a space";
    }
    if (total + 8 >= LIMIT_INI_LINE)
        return "section, key and value are too long for a line";
    const char *why = unfit_section(section);
    if (!why)
        why = unfit_key(key);
    return why ? why : unfit_value(value);
}

void ini_write_value(const char *value, enum ini_quotes quotes, struct buffer *to)
{
    char quote = quote_for(value);
    if (quotes == INI_QUOTES_NEEDED && may_be_bare(value))
        quote = 0;
    if (quote)
        buffer_char(to, quote);
    buffer_string(to, value);
    if (quote)
        buffer_char(to, quote);
}

static void scan_section(struct scanner *s, struct piece line)
{
    s->section = NULL; /* keys below a bad header belong to no other section */
    const char *close = find(s, line, ']');
    if (!close) {
        fault(s, GPCONF_ESYNTAX, "a section header has no ']'");
        return;
    }
    struct piece inner = { line.at + 1, line.size - 1 };
    inner = strip(s, piece_until(inner, close, s->bytes));
    size_t behind = (size_t)(close - s->bytes) + 1;
    struct piece rest =
        strip(s, (struct piece){ behind, line.at + line.size - behind });
    const char *name = text_of(s, inner);
    const char *why = name ? unfit_section(name) : NULL;
    if (!why && rest.size && until_comment(s, rest) > 0)
        why = "text follows a section header";
    if (why)
        fault(s, GPCONF_ESYNTAX, why);
    else if (name && (s->section = section_named(s, name)))
        add_line(s, INI_LINE_SECTION);
}

/* Find the value in the piece behind '='. Returns why it cannot be read, or NULL. */
static const char *scan_value(const struct scanner *s, struct piece *value,
                              struct piece *ret_inner)
{
    struct piece all = strip(s, *value);
    char quote = all.size ? s->bytes[all.at] : '\0';
    if (quote != '"' && quote != '\'') {
        if (s->mode == INI_STRICT)
            all.size = until_comment(s, all);
        *value = *ret_inner = strip(s, all);
        return NULL;
    }
    struct piece inner = { all.at + 1, all.size - 1 };
    const char *close = find(s, inner, quote);
    if (!close)
        return "a quote has no end";
    inner = piece_until(inner, close, s->bytes);
    struct piece rest = { inner.at + inner.size + 1, 0 };
    rest.size = all.at + all.size - rest.at;
    rest = strip(s, rest);
    if (rest.size && until_comment(s, rest) > 0)
        return "text follows the closing quote";
    if (find(s, inner, '\\'))
        return "a value in quotes holds a backslash";
    *value = (struct piece){ all.at, inner.size + 2 };
    *ret_inner = inner;
    return NULL;
}

static void scan_key(struct scanner *s, struct piece line)
{
    const char *equals = find(s, line, '=');
    if (!equals) {
        fault(s, GPCONF_ESYNTAX, "the line is no section, key or comment");
        return;
    }
    size_t behind = (size_t)(equals - s->bytes) + 1;
    struct piece value = { behind, line.at + line.size - behind }, inner = { 0, 0 };
    struct piece name = strip(s, piece_until(line, equals, s->bytes));
    const char *key = text_of(s, name);
    const char *why = key ? unfit_key(key) : NULL;
    if (!why && !s->section)
        why = "a key stands outside all sections";
    if (!why)
        why = scan_value(s, &value, &inner);
    const char *text = why ? NULL : text_of(s, inner);
    if (text)
        why = unfit_value(text);
    if (why) {
        fault(s, GPCONF_ESYNTAX, why);
        return;
    }
    if (!key || !text)
        return;
    if (strlen(s->section) + strlen(key) + 1 >= LIMIT_INI_LINE) {
        fault(s, GPCONF_ELIMIT, "section and key are longer than the limit together");
        return;
    }
    struct ini_line *added = add_line(s, INI_LINE_KEY);
    if (!added)
        return;
    added->key = key;
    added->value = text;
    added->key_at = name.at;
    added->key_size = name.size;
    added->value_at = value.size ? value.at : behind;
    added->value_size = value.size;
    s->scan->n_keys++;
}

/* Scan the line at s->at and go behind it. */
static void scan_line(struct scanner *s)
{
    size_t begin = s->at;
    const char *newline = memchr(s->bytes + begin, '\n', s->size - begin);
    size_t end = newline ? (size_t)(newline - s->bytes) + 1 : s->size;
    struct piece line = { begin, end - begin - (newline != NULL) };
    s->at = end;
    s->number++;
    if (line.size && s->bytes[begin + line.size - 1] == '\r') {
        line.size--;
        if (s->number == 1 && newline)
            s->scan->crlf = true;
    }
    line = strip(s, line);
    if (!line.size || strchr(";#", s->bytes[line.at]))
        return;
    if (line.size >= LIMIT_INI_LINE) {
        fault(s, GPCONF_ELIMIT, "the line is longer than the limit of 1000 bytes");
        return;
    }
    if (has_control(s->bytes + line.at, line.size)) {
        fault(s, GPCONF_ESYNTAX, "the line holds a control character");
        return;
    }
    if (s->bytes[line.at] == '[')
        scan_section(s, line);
    else
        scan_key(s, line);
    if (s->scan->n && s->scan->lines[s->scan->n - 1].number == s->number) {
        s->scan->lines[s->scan->n - 1].begin = begin;
        s->scan->lines[s->scan->n - 1].end = end;
    }
}

/* iniparser keeps "section" and "section:key" in one table. So names that meet there
 * are refused, too: [a:b] beside key b of [a]. */
struct taken {
    const char *path;
    size_t line; /* index into lines */
};

static int by_path(const void *a, const void *b)
{
    const struct taken *x = a, *y = b;
    int order = name_compare(x->path, y->path);
    return order ? order : (x->line > y->line) - (x->line < y->line);
}

static void refuse_collisions(struct scanner *s)
{
    struct ini_scan *scan = s->scan;
    struct taken *all = arena_array(s->arena, scan->n, struct taken);
    bool *drop = arena_array(s->arena, scan->n, bool);
    for (size_t i = 0; i < scan->n && !arena_failed(s->arena); i++) {
        const struct ini_line *line = &scan->lines[i];
        all[i].line = i;
        all[i].path = line->kind == INI_LINE_SECTION
                          ? line->section
                          : arena_format(s->arena, "%s:%s", line->section, line->key);
    }
    if (arena_failed(s->arena) || scan->n == 0)
        return;
    qsort(all, scan->n, sizeof *all, by_path);
    for (size_t i = 1, first = 0; i < scan->n; i++) {
        const struct ini_line *line = &scan->lines[all[i].line],
                              *other = &scan->lines[all[first].line];
        if (!name_equal(all[i].path, all[first].path)) {
            first = i;
            continue;
        }
        if (line->kind == INI_LINE_SECTION && other->kind == INI_LINE_SECTION)
            continue;
        s->number = line->number;
        bool again = line->section == other->section && line->kind == other->kind;
        fault(s, GPCONF_ESYNTAX,
              again ? arena_format(s->arena, "key '%s' stands in line %u already",
                                   line->key, other->number)
                    : arena_format(s->arena,
                                   "'%s' cannot be told apart from what is in line %u",
                                   all[i].path, other->number));
        /* A section must not go: its keys follow it. */
        size_t gone = line->kind == INI_LINE_KEY ? all[i].line : all[first].line;
        if (line->kind != INI_LINE_KEY)
            first = i;
        drop[gone] = true;
    }
    size_t kept = 0;
    for (size_t i = 0; i < scan->n; i++) {
        if (!drop[i])
            scan->lines[kept++] = scan->lines[i];
        else
            scan->n_keys--;
    }
    scan->n = kept;
}

/* Bring the bytes to UTF-8 and go behind a byte order mark. */
static void decode(struct scanner *s)
{
    const unsigned char *b = (const unsigned char *)s->bytes;
    bool little = s->size >= 2 && b[0] == 0xFF && b[1] == 0xFE;
    bool big = s->size >= 2 && b[0] == 0xFE && b[1] == 0xFF;
    if (little || big) {
        unsigned char *units = arena_copy(s->arena, b + 2, s->size - 2);
        for (size_t i = 0; big && units && i + 1 < s->size - 2; i += 2) {
            unsigned char first = units[i];
            units[i] = units[i + 1];
            units[i + 1] = first;
        }
        const char *text =
            units ? utf16_decode(s->arena, units, s->size - 2, &s->size) : NULL;
        s->bytes = text ? text : "";
        s->size = text ? s->size : 0;
        s->scan->converted = true;
    } else if (s->size >= 3 && memcmp(b, "\xEF\xBB\xBF", 3) == 0) {
        s->at = s->scan->start = 3;
    }
    if (s->size && memchr(s->bytes, '\0', s->size)) {
        fault(s, GPCONF_ESYNTAX, "the file holds a NUL");
        s->size = s->at; /* nothing of it is text */
    } else if (!utf8_valid(s->bytes, s->size)) {
        fault(s, GPCONF_ESYNTAX, "the file is no UTF-8");
        struct buffer valid;
        buffer_init(&valid, (size_t)LIMIT_INI_FILE * 4);
        for (size_t at = 0; at < s->size;)
            utf8_append(&valid, utf8_next(s->bytes, s->size, &at));
        const char *text = arena_string_n(s->arena, valid.data, valid.size);
        if (buffer_failed(&valid))
            s->arena->failed = true;
        else if (text) {
            s->bytes = text;
            s->size = valid.size;
        }
        buffer_done(&valid);
        s->scan->converted = true;
    }
}

int ini_scan(const void *bytes, size_t size, enum ini_mode mode, const char *file,
             struct arena *arena, struct diagnostics *diagnostics, struct ini_scan *ret)
{
    *ret = (struct ini_scan){ 0 };
    struct scanner s = { .bytes = bytes,
                         .size = size,
                         .mode = mode,
                         .file = file,
                         .arena = arena,
                         .diagnostics = diagnostics,
                         .scan = ret,
                         .section = mode == INI_TOLERANT ? "" : NULL };
    if (size > LIMIT_INI_FILE) {
        fault(&s, GPCONF_ELIMIT, "the file is larger than 1 MiB");
        return s.status;
    }
    decode(&s);
    while (s.at < s.size && !arena_failed(arena)) {
        scan_line(&s);
        if (ret->n > LIMIT_INI_KEYS) {
            fault(&s, GPCONF_ELIMIT, "there are more than 16384 sections and keys");
            ret->n_keys -= ret->lines[ret->n - 1].kind == INI_LINE_KEY;
            ret->n--;
            break;
        }
    }
    refuse_collisions(&s);
    return arena_failed(arena) ? GPCONF_ENOMEM : s.status;
}
