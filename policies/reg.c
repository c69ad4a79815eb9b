#include "policies/reg.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/registry/name.h"
#include "base/status.h"
#include "base/utf16.h"
#include "policies/pol.h"

/* A byte in hexadecimal with its comma is three columns, and a fold one more. */
enum { COLUMNS = 80, LAST_BYTE_COLUMN = COLUMNS - 3 };

/* The operations by key, the key itself first, then by name. */
struct writer {
    const struct operation **items;
    const struct operation **deleted; /* the DELKEYs, by key */
    size_t n, n_deleted, n_lost;
    const char *hive;
    struct diagnostics *diagnostics;
    struct buffer *to;
};

static int by_key(const void *a, const void *b)
{
    const struct operation *x = *(const struct operation *const *)a;
    const struct operation *y = *(const struct operation *const *)b;
    int order = name_compare_value(x->key, x->name, y->key, y->name);
    if (order == 0)
        order = (int)y->op - (int)x->op; /* a DELETE before its SOFTSET */
    return order;
}

/* ---- what can be said ---- */

static bool is_deleted(const struct writer *w, const char *key)
{
    size_t size = strlen(key);
    for (size_t end = strcspn(key, "\\");; end += 1 + strcspn(key + end + 1, "\\")) {
        size_t low = 0, high = w->n_deleted;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            int order = name_compare_n(w->deleted[middle]->key, key, end);
            if (order == 0)
                return true;
            if (order < 0)
                low = middle + 1;
            else
                high = middle;
        }
        if (end >= size)
            return false;
    }
}

static void lose(struct writer *w, const struct operation *operation, const char *what)
{
    bool of_value = operation->name != NULL;
    w->n_lost++;
    diagnostics_add(w->diagnostics, SEVERITY_WARNING, "reg-cannot-say",
                    operation->origin,
                    "a .reg file cannot say '%s' of '%s%s%s' (%s), leaving it out",
                    op_name(operation->op), operation->key, of_value ? "\\" : "",
                    of_value ? operation->name : "", what);
}

/* Can this be said where no value is (cleared), or with values that may exist? */
static bool can_say(struct writer *w, const struct operation *operation, bool cleared)
{
    const char *why = NULL;
    if (operation->key[strcspn(operation->key, "\r\n")] ||
        (operation->name && operation->name[strcspn(operation->name, "\r\n")]))
        why = "there is a line end in the name";
    else if (operation->op == OP_DELKEY && !operation->key[0])
        why = "it is a whole hive";
    else if (operation->op == OP_CLEARVALS && !is_deleted(w, operation->key))
        why = "it names no values";
    else if (operation->op == OP_SOFTSET && !cleared && !is_deleted(w, operation->key))
        why = "it depends on what the machine has";
    if (why)
        lose(w, operation, why);
    return !why;
}

/* ---- the file ---- */

static void put(struct writer *w, const char *text)
{
    utf16_encode(w->to, text, strlen(text));
}

static void put_key(struct writer *w, const char *before, const char *key)
{
    put(w, before);
    put(w, w->hive);
    put(w, key[0] ? "\\" : "");
    put(w, key);
    put(w, "]\r\n");
}

/* One unit of a text between quotation marks. */
static void put_quoted(struct writer *w, uint16_t unit)
{
    if (unit == '"' || unit == '\\')
        buffer_u16le(w->to, '\\');
    buffer_u16le(w->to, unit);
}

static uint16_t unit_at(const struct value *value, size_t at)
{
    const unsigned char *bytes = value->data;
    return (uint16_t)(bytes[at] | bytes[at + 1] << 8);
}

/* Is it a line of text that ends with its only NUL? A surrogate that stands alone is no
 * text to every reader. */
static bool is_line(const struct value *value)
{
    if (value->type != VALUE_SZ || value->size < 2 || value->size % 2 ||
        unit_at(value, value->size - 2) != 0)
        return false;
    for (size_t at = 0; at < value->size - 2; at += 2) {
        uint16_t unit = unit_at(value, at);
        if (unit == 0 || unit == '\r' || unit == '\n')
            return false;
        if ((unit & 0xF800) != 0xD800)
            continue;
        at += 2; /* the NUL at the end, at the latest */
        if ((unit & 0xFC00) != 0xD800 || (unit_at(value, at) & 0xFC00) != 0xDC00)
            return false;
    }
    return true;
}

/* The bytes behind what begins the line at start. */
static void put_bytes(struct writer *w, const struct value *value, size_t start)
{
    const unsigned char *bytes = value->data;
    size_t column = (w->to->size - start) / 2;
    for (size_t i = 0; i < value->size; i++) {
        char hex[4];
        snprintf(hex, sizeof hex, "%02x,", bytes[i]);
        utf16_encode(w->to, hex, i + 1 < value->size ? 3 : 2);
        column += 3;
        if (column >= LAST_BYTE_COLUMN && i + 1 < value->size) {
            put(w, "\\\r\n  ");
            column = 2;
        }
    }
}

static void put_value(struct writer *w, const struct value *value, size_t start)
{
    char type[24];
    uint64_t number;
    if (is_line(value)) {
        put(w, "\"");
        for (size_t at = 0; at < value->size - 2; at += 2)
            put_quoted(w, unit_at(value, at));
        put(w, "\"");
        return;
    }
    if (value->type == VALUE_DWORD && value_number(value, &number)) {
        snprintf(type, sizeof type, "dword:%08" PRIx32, (uint32_t)number);
        put(w, type);
        return;
    }
    if (value->type == VALUE_BINARY)
        snprintf(type, sizeof type, "hex:");
    else
        snprintf(type, sizeof type, "hex(%" PRIx32 "):", value->type);
    put(w, type);
    put_bytes(w, value, start);
}

static void put_entry(struct writer *w, const struct operation *operation)
{
    size_t start = w->to->size;
    put(w, operation->name[0] ? "\"" : "@");
    for (const char *at = operation->name; *at;) {
        size_t plain = strcspn(at, "\\\"");
        utf16_encode(w->to, at, plain);
        at += plain;
        if (*at)
            put_quoted(w, (uint16_t)*at++);
    }
    put(w, operation->name[0] ? "\"=" : "=");
    if (operation->op == OP_DELETE)
        put(w, "-");
    else
        put_value(w, &operation->value, start);
    put(w, "\r\n");
}

/* All that is said about one key, below its name. */
static void put_group(struct writer *w, size_t first, size_t end)
{
    bool cleared = false, begun = false;
    for (size_t i = first; i < end; i++) {
        const struct operation *operation = w->items[i];
        if (operation->op == OP_DELKEY)
            continue;
        /* Deleting a value makes its key, which a DELKEY has just removed. */
        if (operation->op == OP_DELETE && is_deleted(w, operation->key))
            continue;
        /* A SOFTSET is behind the DELETE of its name, and then stands for both. */
        bool is_soft = operation->op == OP_SOFTSET;
        const struct operation *before = is_soft && i > first ? w->items[i - 1] : NULL;
        const struct operation *after = i + 1 < end ? w->items[i + 1] : NULL;
        bool gone = before && before->op == OP_DELETE &&
                    name_equal(before->name, operation->name);
        if (operation->op == OP_DELETE && after && after->op == OP_SOFTSET &&
            name_equal(after->name, operation->name))
            continue;
        cleared |= operation->op == OP_CLEARVALS;
        if (!can_say(w, operation, cleared || gone) || operation->op == OP_CLEARVALS)
            continue;
        if (!begun)
            put_key(w, "[", w->items[first]->key);
        begun = true;
        if (operation->name)
            put_entry(w, operation);
    }
    if (begun)
        put(w, "\r\n");
}

static void put_file(struct writer *w)
{
    buffer_u16le(w->to, 0xFEFF);
    put(w, "Windows Registry Editor Version 5.00\r\n\r\n");
    for (size_t i = 0; i < w->n_deleted; i++)
        if (can_say(w, w->deleted[i], false)) {
            put_key(w, "[-", w->deleted[i]->key);
            put(w, "\r\n");
        }
    for (size_t i = 0, end; i < w->n; i = end) {
        end = i + 1;
        while (end < w->n && name_equal(w->items[end]->key, w->items[i]->key))
            end++;
        put_group(w, i, end);
    }
}

int reg_format(const struct operations *operations, enum reg_hive hive,
               struct arena *arena, struct diagnostics *diagnostics, struct buffer *to,
               size_t *ret_lost)
{
    struct operations settled;
    int status = pol_settle(operations, arena, &settled);
    if (status)
        return status;
    struct writer w = {
        .items = arena_array(arena, settled.n, const struct operation *),
        .deleted = arena_array(arena, settled.n, const struct operation *),
        .n = settled.n,
        .hive = hive == REG_LOCAL_MACHINE ? "HKEY_LOCAL_MACHINE" : "HKEY_CURRENT_USER",
        .diagnostics = diagnostics,
        .to = to
    };
    if (arena_failed(arena))
        return GPCONF_ENOMEM;
    for (size_t i = 0; i < settled.n; i++)
        w.items[i] = &settled.items[i];
    qsort(w.items, w.n, sizeof(const struct operation *), by_key);
    for (size_t i = 0; i < w.n; i++)
        if (w.items[i]->op == OP_DELKEY)
            w.deleted[w.n_deleted++] = w.items[i];
    put_file(&w);
    if (arena_failed(arena) || buffer_failed(to))
        return GPCONF_ENOMEM;
    *ret_lost = w.n_lost;
    return 0;
}
