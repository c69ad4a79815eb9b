#include "base/syntax/json.h"

#include <jansson.h>
#include <string.h>

#include "base/status.h"
#include "base/utf16.h"

static json_t *theirs(struct json *value)
{
    return (json_t *)value;
}

static const json_t *theirs_const(const struct json *value)
{
    return (const json_t *)value;
}

/* A new value on its way out; a missing one fails the document. */
static struct json *made(struct json_document *document, json_t *value)
{
    document->failed |= value == NULL;
    return (struct json *)value;
}

struct json *json_new_object(struct json_document *document)
{
    return made(document, json_object());
}

struct json *json_new_array(struct json_document *document)
{
    return made(document, json_array());
}

struct json *json_new_text(struct json_document *document, const char *text)
{
    return json_new_text_n(document, text, strlen(text));
}

/* The text with U+FFFD for what is no UTF-8; in the buffer, NULL when memory is out. */
static const char *make_valid(struct buffer *clean, const char *text, size_t size)
{
    for (size_t at = 0; at < size;)
        utf8_append(clean, utf8_next(text, size, &at));
    return buffer_failed(clean) ? NULL : clean->data;
}

struct json *json_new_text_n(struct json_document *document, const char *text,
                             size_t size)
{
    if (utf8_valid(text, size))
        return made(document, json_stringn_nocheck(text, size));
    struct buffer clean;
    buffer_init(&clean, SIZE_MAX / 2);
    const char *valid = make_valid(&clean, text, size);
    json_t *value = valid ? json_stringn_nocheck(valid, clean.size) : NULL;
    buffer_done(&clean);
    return made(document, value);
}

struct json *json_new_number(struct json_document *document, int64_t number)
{
    return made(document, json_integer(number));
}

struct json *json_new_bool(struct json_document *document, bool value)
{
    return made(document, json_boolean(value));
}

struct json *json_new_null(struct json_document *document)
{
    return made(document, json_null());
}

void json_add(struct json_document *document, struct json *object, const char *key,
              struct json *value)
{
    struct buffer clean;
    buffer_init(&clean, SIZE_MAX / 2);
    if (!utf8_valid(key, strlen(key)))
        key = make_valid(&clean, key, strlen(key));
    /* A NULL key fails, and takes the value too. */
    if (json_object_set_new_nocheck(theirs(object), key, theirs(value)) < 0)
        document->failed = true;
    buffer_done(&clean);
}

void json_push(struct json_document *document, struct json *array, struct json *value)
{
    if (json_array_append_new(theirs(array), theirs(value)) < 0)
        document->failed = true;
}

void json_add_text(struct json_document *document, struct json *object, const char *key,
                   const char *text)
{
    if (text)
        json_add(document, object, key, json_new_text(document, text));
}

void json_add_number(struct json_document *document, struct json *object,
                     const char *key, int64_t number)
{
    json_add(document, object, key, json_new_number(document, number));
}

void json_add_bool(struct json_document *document, struct json *object, const char *key,
                   bool value)
{
    json_add(document, object, key, json_new_bool(document, value));
}

void json_free(struct json *value)
{
    json_decref(theirs(value));
}

/* What a terminal acts on, or reorders by, though JSON allows it as it is: DEL and the C1
 * controls, and the marks, embeddings, overrides and isolates of bidirectional text. */
static bool is_control(unsigned c)
{
    return (c >= 0x7F && c <= 0x9F) || c == 0x061C || c == 0x200E || c == 0x200F ||
           (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

/* True for the first byte of each of those, and of few characters else. */
static bool may_begin_control(unsigned char byte)
{
    return byte == 0x7F || byte == 0xC2 || byte == 0xD8 || byte == 0xE2;
}

/* A piece of the document, never part of a character. Only text can hold controls, so
 * escaping them needs no look at what is around. */
static int write_out(const char *bytes, size_t size, void *to)
{
    size_t kept = 0; /* what is before it has been written */
    for (size_t at = 0; at < size;) {
        if (!may_begin_control((unsigned char)bytes[at])) {
            at++;
            continue;
        }
        size_t begin = at;
        unsigned c = utf8_next(bytes, size, &at);
        if (!is_control(c))
            continue;
        buffer_append(to, bytes + kept, begin - kept);
        buffer_format(to, "\\u%04x", c);
        kept = at;
    }
    buffer_append(to, bytes + kept, size - kept);
    return buffer_failed(to) ? -1 : 0;
}

int json_print(const struct json_document *document, const struct json *value,
               struct buffer *to)
{
    if (document->failed || !value)
        return GPCONF_ENOMEM;
    if (json_dump_callback(theirs_const(value), write_out, to,
                           JSON_INDENT(2) | JSON_ENCODE_ANY) < 0)
        return GPCONF_ENOMEM;
    buffer_char(to, '\n');
    return buffer_failed(to) ? GPCONF_ENOMEM : 0;
}

int json_parse(const char *text, size_t size, struct arena *arena, struct json **ret,
               int *reterr_line, const char **reterr_why)
{
    json_error_t error;
    json_t *value = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    if (!value) {
        *reterr_line = error.line > 0 ? error.line : 0;
        const char *why = arena_string(arena, error.text);
        *reterr_why = why ? why : gpconf_status_text(GPCONF_ENOMEM);
        return json_error_code(&error) == json_error_out_of_memory ? GPCONF_ENOMEM
                                                                   : GPCONF_ESYNTAX;
    }
    *ret = (struct json *)value;
    return 0;
}

const struct json *json_member(const struct json *object, const char *key)
{
    return (const struct json *)json_object_get(theirs_const(object), key);
}

const struct json *json_item(const struct json *array, size_t i)
{
    return (const struct json *)json_array_get(theirs_const(array), i);
}

size_t json_count(const struct json *value)
{
    const json_t *v = theirs_const(value);
    return json_is_object(v) ? json_object_size(v) : json_array_size(v);
}

const char *json_as_text(const struct json *value)
{
    return json_string_value(theirs_const(value));
}

bool json_as_number(const struct json *value, int64_t *ret)
{
    const json_t *v = theirs_const(value);
    if (!json_is_integer(v))
        return false;
    *ret = json_integer_value(v);
    return true;
}

bool json_as_bool(const struct json *value, bool *ret)
{
    const json_t *v = theirs_const(value);
    if (!json_is_boolean(v))
        return false;
    *ret = json_is_true(v);
    return true;
}
