#include "policies/pol.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/reader.h"
#include "base/registry/name.h"
#include "base/status.h"
#include "base/utf16.h"

static const unsigned char signature[4] = { 'P', 'R', 'e', 'g' };

/* The reader of a file. The first fault is kept; all later reading does nothing. */
struct parse {
    struct reader reader;
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct name_table names;
    const char *file;
    int status;      /* 0, or of the first fault */
    const char *why; /* sentence fragment for it */
    /* The key before, as bytes and as a name: records of one key stand together. */
    const void *key_bytes;
    size_t key_size;
    const char *key;
};

static void stop(struct parse *p, int status, const char *why)
{
    if (p->status)
        return;
    p->status = status;
    p->why = why;
    p->reader.bad = true;
}

static void expect(struct parse *p, uint16_t unit, const char *why)
{
    reader_expect_u16le(&p->reader, unit);
    if (reader_bad(&p->reader))
        stop(p, GPCONF_ESYNTAX, why);
}

/* Go over text and its NUL, and over one more NUL. Returns the bytes of the text. */
static const void *read_text(struct parse *p, size_t limit, const char *too_long,
                             size_t *ret_size)
{
    struct reader *r = &p->reader;
    const unsigned char *bytes = r->bytes + r->at;
    size_t size = 0, left = reader_left(r) & ~(size_t)1;
    while (size < left && (bytes[size] || bytes[size + 1]))
        size += 2;
    if (size > limit * 2)
        stop(p, GPCONF_ELIMIT, too_long);
    if (size == left)
        stop(p, GPCONF_ESYNTAX, "text has no end");
    if (p->status)
        return NULL;
    bool extra = left - size >= 4 && !bytes[size + 2] && !bytes[size + 3];
    reader_bytes(r, size + (extra ? 4 : 2));
    *ret_size = size;
    return bytes;
}

static const char *read_key(struct parse *p)
{
    size_t size;
    const void *bytes =
        read_text(p, LIMIT_KEY_UNITS, "the key is longer than 32767 units", &size);
    if (!bytes)
        return NULL;
    if (p->key && size == p->key_size && memcmp(bytes, p->key_bytes, size) == 0)
        return p->key;
    const char *key = utf16_decode(p->arena, bytes, size, NULL);
    if (!key || !(key = name_intern(&p->names, key)))
        return NULL;
    p->key_bytes = bytes;
    p->key_size = size;
    p->key = key;
    return key;
}

/* Not interned as keys are: hardly a name stands twice in one file. */
static const char *read_name(struct parse *p)
{
    size_t size;
    const void *bytes =
        read_text(p, LIMIT_NAME_UNITS, "the name is longer than 16383 units", &size);
    return bytes ? utf16_decode(p->arena, bytes, size, NULL) : NULL;
}

static void read_value(struct parse *p, struct value *ret)
{
    ret->type = reader_u32le(&p->reader);
    expect(p, ';', "';' was expected behind the type");
    ret->size = reader_u32le(&p->reader);
    expect(p, ';', "';' was expected behind the size");
    if (!p->status && ret->size > LIMIT_POL_DATA)
        stop(p, GPCONF_ELIMIT, "the data is larger than 1 MiB");
    const void *data = reader_bytes(&p->reader, ret->size);
    if (!data)
        stop(p, GPCONF_ESYNTAX, "the data reaches over the end of the file");
    else
        ret->data = arena_copy(p->arena, data, ret->size);
}

static struct pol_record read_record(struct parse *p)
{
    struct pol_record record = { 0 };
    expect(p, '[', "'[' was expected");
    record.key = read_key(p);
    expect(p, ';', "';' was expected behind the key");
    record.name = read_name(p);
    expect(p, ';', "';' was expected behind the name");
    read_value(p, &record.value);
    expect(p, ']', "']' was expected behind the data");
    return record;
}

static void read_header(struct parse *p)
{
    const void *bytes = reader_bytes(&p->reader, sizeof signature);
    if (!bytes || memcmp(bytes, signature, sizeof signature) != 0) {
        p->reader.at = 0;
        stop(p, GPCONF_ESYNTAX, "this is no policy file (it does not begin 'PReg')");
    } else if (reader_u32le(&p->reader) != 1 || reader_bad(&p->reader)) {
        stop(p, GPCONF_ESYNTAX, "the version is not 1");
    }
}

/* Data of a directive means nothing, so it need not fit. */
static void check_value(struct parse *p, const struct pol_record *record,
                        uint32_t number)
{
    const char *why;
    if (name_starts(record->name, "**") && !name_starts(record->name, "**soft."))
        return;
    if (!value_fits(&record->value, p->arena, &why))
        diagnostics_add(p->diagnostics, SEVERITY_WARNING, "pol-unfit-data",
                        origin_record(p->file, number),
                        "the %s of '%s' in '%s' %s, not using this value",
                        value_type_name(record->value.type), record->name, record->key,
                        why);
    else if (!value_type_name(record->value.type))
        diagnostics_add(p->diagnostics, SEVERITY_NOTE, "pol-unknown-type",
                        origin_record(p->file, number),
                        "nobody knows type %" PRIu32
                        " of '%s' in '%s', keeping its bytes",
                        record->value.type, record->name, record->key);
}

static bool add_record(struct pol *pol, struct arena *arena,
                       const struct pol_record *record)
{
    struct pol_record *records =
        arena_grow(arena, pol->records, pol->n, sizeof *records, &pol->capacity);
    if (!records)
        return false;
    pol->records = records;
    records[pol->n++] = *record;
    return true;
}

static void report(struct parse *p, size_t n_before)
{
    const char *code = p->status == GPCONF_ELIMIT ? "pol-limit" : "pol-broken";
    struct origin origin = p->reader.at < 8
                               ? origin_file(p->file)
                               : origin_record(p->file, (uint32_t)n_before + 1);
    diagnostics_add(p->diagnostics, SEVERITY_ERROR, code, origin,
                    "%s (byte %zu), not using this file", p->why, p->reader.at);
}

int pol_parse(const void *bytes, size_t size, const char *file, struct arena *arena,
              struct diagnostics *diagnostics, struct pol *ret)
{
    struct parse p = { .reader = reader_init(bytes, size),
                       .arena = arena,
                       .diagnostics = diagnostics,
                       .file = file };
    struct pol pol = { 0 };
    name_table_init(&p.names, arena);
    if (size == 0)
        diagnostics_add(diagnostics, SEVERITY_WARNING, "pol-empty", origin_file(file),
                        "the file has no bytes, taking it for one without settings");
    else if (size > LIMIT_POL_FILE)
        stop(&p, GPCONF_ELIMIT, "the file is larger than 100 MiB");
    else
        read_header(&p);
    while (!p.status && !reader_end(&p.reader)) {
        if (pol.n == LIMIT_POL_RECORDS) {
            stop(&p, GPCONF_ELIMIT, "there are more than 1000000 records");
            break;
        }
        struct pol_record record = read_record(&p);
        if (arena_failed(arena))
            return GPCONF_ENOMEM;
        if (p.status)
            break;
        check_value(&p, &record, (uint32_t)pol.n + 1);
        if (!add_record(&pol, arena, &record))
            return GPCONF_ENOMEM;
    }
    if (p.status)
        report(&p, pol.n);
    if (arena_failed(arena))
        return GPCONF_ENOMEM;
    *ret = pol;
    return p.status;
}

static void write_text(struct buffer *to, const char *text)
{
    utf16_encode(to, text, strlen(text));
    buffer_u16le(to, 0);
    buffer_u16le(to, ';');
}

int pol_format(const struct pol *pol, struct buffer *to)
{
    buffer_append(to, signature, sizeof signature);
    buffer_u32le(to, 1);
    for (size_t i = 0; i < pol->n; i++) {
        const struct pol_record *record = &pol->records[i];
        buffer_u16le(to, '[');
        write_text(to, record->key);
        write_text(to, record->name);
        buffer_u32le(to, record->value.type);
        buffer_u16le(to, ';');
        buffer_u32le(to, record->value.size);
        buffer_u16le(to, ';');
        buffer_append(to, record->value.data, record->value.size);
        buffer_u16le(to, ']');
    }
    return buffer_failed(to) ? GPCONF_ENOMEM : 0;
}

/* Directives come before the values that they must not undo. */
static unsigned rank(const char *name)
{
    if (!name_starts(name, "**"))
        return 3;
    if (name_starts(name, "**delvals"))
        return 0;
    return name_starts(name, "**soft.") ? 2 : 1;
}

/* The name that a directive is about; the name itself when it is none. */
static const char *subject(const char *name)
{
    if (name_starts(name, "**soft."))
        return name + strlen("**soft.");
    return name_starts(name, "**del.") ? name + strlen("**del.") : name;
}

static int compare_names(const char *a, const char *b)
{
    const char *x = subject(a), *y = subject(b);
    /* Of one rank, **del. has other kinds beside it. */
    return (x == a) == (y == b) ? name_compare_natural(x, y) : name_compare(a, b);
}

struct place {
    const char *key; /* without outer backslashes: they name the same key */
    const char *name;
    unsigned rank;
    size_t index;
};

static int by_canon(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    int order = x->key == y->key ? 0 : name_compare(x->key, y->key);
    if (order == 0)
        order = (int)x->rank - (int)y->rank;
    if (order == 0)
        order = compare_names(x->name, y->name);
    if (order == 0)
        order = x->index < y->index ? -1 : 1;
    return order;
}

void pol_sort(struct pol *pol, struct arena *arena)
{
    struct place *places = arena_array(arena, pol->n, struct place);
    struct pol_record *records =
        arena_copy(arena, pol->records, pol->n * sizeof *records);
    if (pol->n == 0 || !places || !records)
        return;
    for (size_t i = 0; i < pol->n; i++) {
        const struct pol_record *record = &records[i];
        bool same = i > 0 && record->key == records[i - 1].key;
        const char *key = same ? places[i - 1].key : name_key(arena, record->key);
        if (!key)
            return;
        places[i] = (struct place){ key, record->name, rank(record->name), i };
    }
    qsort(places, pol->n, sizeof *places, by_canon);
    for (size_t i = 0; i < pol->n; i++)
        pol->records[i] = records[places[i].index];
}
