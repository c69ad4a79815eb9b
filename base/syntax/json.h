#ifndef GPCONF_BASE_SYNTAX_JSON_H
#define GPCONF_BASE_SYNTAX_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"

/*
 * The door to jansson.
 *
 * A value is built and handed to its parent, which then owns it; the document that
 * every call takes remembers whether anything could not be built, so that only
 * json_print() has to be asked. No call minds a NULL value. Text and keys that are no
 * UTF-8 are stored with U+FFFD for what is wrong.
 */
struct json; /* one value; jansson's json_t */

struct json_document {
    bool failed; /* sticky: some part is missing */
};

struct json *json_new_object(struct json_document *document);
struct json *json_new_array(struct json_document *document);
struct json *json_new_text(struct json_document *document, const char *text);
struct json *json_new_text_n(struct json_document *document, const char *text,
                             size_t size);
struct json *json_new_number(struct json_document *document, int64_t number);
struct json *json_new_bool(struct json_document *document, bool value);
struct json *json_new_null(struct json_document *document);

/* Add to an object or an array, which takes the value over even when it fails.
 * Members keep the order in which they were added. */
void json_add(struct json_document *document, struct json *object, const char *key,
              struct json *value);
void json_push(struct json_document *document, struct json *array, struct json *value);

/* Shorthands for the commonest members; a NULL text adds nothing (absent: unknown). */
void json_add_text(struct json_document *document, struct json *object, const char *key,
                   const char *text);
void json_add_number(struct json_document *document, struct json *object,
                     const char *key, int64_t number);
void json_add_bool(struct json_document *document, struct json *object, const char *key,
                   bool value);

/* Free a value that no parent owns. NULL is fine. */
void json_free(struct json *value);

/* Append the value, indented by two, and a newline. All control characters, and those
 * that reorder bidirectional text, are escaped: what is printed can be shown on a
 * terminal. GPCONF_ENOMEM when the document failed or the buffer did. */
int json_print(const struct json_document *document, const struct json *value,
               struct buffer *to);

/* Parse strictly: one document (an object or an array), UTF-8, no duplicate members,
 * no NUL in text, integers of 64 bits, bounded depth. GPCONF_ESYNTAX or GPCONF_ENOMEM
 * with *reterr_line and *reterr_why (owned by the arena or static). The caller frees
 * *ret. */
int json_parse(const char *text, size_t size, struct arena *arena, struct json **ret,
               int *reterr_line, const char **reterr_why);

/* Questions. The answers are borrowed; NULL, 0 or false for another kind of value. */
const struct json *json_member(const struct json *object, const char *key);
const struct json *json_item(const struct json *array, size_t i);
size_t json_count(const struct json *value); /* members or items */
const char *json_as_text(const struct json *value);
bool json_as_number(const struct json *value, int64_t *ret);
bool json_as_bool(const struct json *value, bool *ret);

#endif
