#ifndef GPCONF_BASE_UTF16_H
#define GPCONF_BASE_UTF16_H

#include <stddef.h>

#include "base/arena.h"
#include "base/buffer.h"

/*
 * UTF-16LE, the text of Windows' files, to and from UTF-8, the text inside.
 *
 * Files may hold unpaired surrogates, which no UTF-8 text can express. They are
 * kept as the three bytes that UTF-8 would use for that number (the encoding
 * known as WTF-8), so that reading and writing a file loses nothing. Text that
 * leaves the program for people or JSON goes through utf8_next(), which gives
 * U+FFFD for them.
 */

/* Decode size bytes of UTF-16LE. An odd last byte is dropped: the caller says so.
 * Embedded NULs are decoded too. Returns NUL-terminated text owned by the arena,
 * its length in *ret_size (may be NULL); NULL when memory is out. */
char *utf16_decode(struct arena *arena, const void *bytes, size_t size,
                   size_t *ret_size);

/* Append size bytes of UTF-8 as UTF-16LE. Bytes that are no UTF-8 become U+FFFD. */
void utf16_encode(struct buffer *to, const char *text, size_t size);

/* The code point at *at (below size), moving *at behind it. U+FFFD for every byte
 * that is no UTF-8 and for unpaired surrogates. */
unsigned utf8_next(const char *text, size_t size, size_t *at);

/* The same, but an unpaired surrogate is itself: for what is compared, not shown. */
unsigned wtf8_next(const char *text, size_t size, size_t *at);

/* True when text is UTF-8 throughout (unpaired surrogates are not). */
bool utf8_valid(const char *text, size_t size);

/* Append one code point (at most U+10FFFF) as UTF-8. */
void utf8_append(struct buffer *to, unsigned code_point);

#endif
