#ifndef GPCONF_BASE_SYNTAX_XML_H
#define GPCONF_BASE_SYNTAX_XML_H

#include <stddef.h>
#include <stdint.h>

#include "base/diagnostic.h"

/*
 * The door to libxml2: one pass over a document in memory, element by element. No
 * tree is built, nothing is fetched, and no entity beyond the five of XML exists:
 * a document with a DOCTYPE is refused.
 *
 * The encoding is that of the bytes: a byte order mark, else the pattern of the
 * zero bytes (UTF-16), else UTF-8. A declaration that says otherwise is ignored
 * with a warning; only bytes that are no UTF-8 are read as what is declared.
 *
 * Names are local names: namespaces, and attributes with a prefix (xml:space,
 * xsi:...), are left out. Everything that a handler gets is UTF-8, is NOT
 * terminated by a NUL, and is borrowed until the handler returns.
 */
struct xml_attribute {
    const char *name, *value;
    size_t name_size, value_size; /* bytes */
};

struct xml_start {
    const char *name;
    size_t name_size;
    const struct xml_attribute *attributes; /* in document order */
    size_t n;
    uint32_t line; /* of the tag's first character, from 1 */
};

/* Text comes in pieces, CDATA sections included. Any member may be NULL. */
struct xml_handler {
    void (*start)(void *context, const struct xml_start *start);
    void (*end)(void *context);
    void (*text)(void *context, const char *text, size_t size);
};

/* Parse a document of at most limit bytes. path is for the diagnostics and must live
 * as long as theirs. Returns 0; GPCONF_ESYNTAX (not well formed, no text, a DOCTYPE);
 * GPCONF_ELIMIT (limit, LIMIT_XML_TAG, LIMIT_XML_DEPTH, LIMIT_XML_ATTRIBUTES);
 * GPCONF_ENOMEM. After a failure, which is one error among the diagnostics, the
 * handlers have seen a part of the document. */
int xml_parse(const void *bytes, size_t size, size_t limit, const char *path,
              const struct xml_handler *handler, void *context,
              struct diagnostics *diagnostics);

/* Text as it is shown on one line: runs of white space become one blank, those at the
 * ends go. Works in place; returns the new size. NULL is fine with size 0. */
size_t xml_fold(char *text, size_t size);

#endif
