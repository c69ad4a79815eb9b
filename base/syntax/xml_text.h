#ifndef GPCONF_BASE_SYNTAX_XML_TEXT_H
#define GPCONF_BASE_SYNTAX_XML_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The bytes of a document and the text that they are, before libxml2 sees any of it and
 * without it: what the encoding is (xml.h has the rule), and UTF-16 made UTF-8.
 */
enum xml_encoding { XML_8BIT, XML_UTF16LE, XML_UTF16BE };

/* What the bytes say of themselves; *ret_mark: bytes of the byte order mark. */
enum xml_encoding xml_encoding_of(const unsigned char *bytes, size_t size,
                                  size_t *ret_mark);

/* UTF-16 to UTF-8, strictly. Returns memory that the caller frees; NULL with
 * *reterr_line when the bytes are no text (or, with line 0, when memory is out). */
char *xml_narrow(const unsigned char *bytes, size_t size, bool big, size_t *ret_size,
                 uint32_t *reterr_line);

#endif
