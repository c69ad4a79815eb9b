#include "base/utf16.h"

#include <stdint.h>

enum { REPLACEMENT = 0xFFFD };

static bool high_surrogate(unsigned unit)
{
    return unit >= 0xD800 && unit <= 0xDBFF;
}

static bool low_surrogate(unsigned unit)
{
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

/* Write one code point; returns the bytes written, 1 to 4. */
static size_t put_utf8(char *to, unsigned c)
{
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        to[0] = (char)(0xC0 | c >> 6);
        to[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        to[0] = (char)(0xE0 | c >> 12);
        to[1] = (char)(0x80 | (c >> 6 & 0x3F));
        to[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    to[0] = (char)(0xF0 | c >> 18);
    to[1] = (char)(0x80 | (c >> 12 & 0x3F));
    to[2] = (char)(0x80 | (c >> 6 & 0x3F));
    to[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

static unsigned unit_at(const unsigned char *bytes, size_t i)
{
    return (unsigned)bytes[2 * i] | (unsigned)bytes[2 * i + 1] << 8;
}

static size_t utf8_length(const unsigned char *bytes, size_t units)
{
    size_t length = 0;
    for (size_t i = 0; i < units; i++) {
        unsigned unit = unit_at(bytes, i);
        if (unit < 0x80)
            length += 1;
        else if (unit < 0x800)
            length += 2;
        else if (high_surrogate(unit) && i + 1 < units &&
                 low_surrogate(unit_at(bytes, i + 1))) {
            length += 4;
            i++;
        } else
            length += 3;
    }
    return length;
}

char *utf16_decode(struct arena *arena, const void *bytes, size_t size,
                   size_t *ret_size)
{
    const unsigned char *from = bytes;
    size_t units = size / 2;
    size_t length = utf8_length(from, units);
    char *text = arena_array(arena, length + 1, char);
    if (!text)
        return NULL;
    char *to = text;
    for (size_t i = 0; i < units; i++) {
        unsigned unit = unit_at(from, i);
        if (high_surrogate(unit) && i + 1 < units &&
            low_surrogate(unit_at(from, i + 1))) {
            unsigned low = unit_at(from, ++i);
            unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
        }
        to += put_utf8(to, unit);
    }
    if (ret_size)
        *ret_size = length;
    return text;
}

/* Decode one sequence of the generalised UTF-8 that allows surrogates. Returns the
 * bytes it takes, 0 when there is none here. */
static size_t sequence(const unsigned char *s, size_t left, unsigned *ret)
{
    size_t n = s[0] < 0x80   ? 1
               : s[0] < 0xC2 ? 0
               : s[0] < 0xE0 ? 2
               : s[0] < 0xF0 ? 3
               : s[0] < 0xF5 ? 4
                             : 0;
    if (n == 0 || n > left)
        return 0;
    static const unsigned char mask[5] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };
    unsigned c = s[0] & mask[n];
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return 0;
        c = c << 6 | (s[i] & 0x3F);
    }
    bool overlong = (n == 3 && c < 0x800) || (n == 4 && c < 0x10000);
    if (overlong || c > 0x10FFFF)
        return 0;
    *ret = c;
    return n;
}

unsigned wtf8_next(const char *text, size_t size, size_t *at)
{
    unsigned c = REPLACEMENT;
    size_t n = sequence((const unsigned char *)text + *at, size - *at, &c);
    *at += n ? n : 1;
    return c;
}

unsigned utf8_next(const char *text, size_t size, size_t *at)
{
    unsigned c = wtf8_next(text, size, at);
    return c >= 0xD800 && c <= 0xDFFF ? REPLACEMENT : c;
}

bool utf8_valid(const char *text, size_t size)
{
    for (size_t at = 0; at < size;) {
        unsigned c;
        size_t n = sequence((const unsigned char *)text + at, size - at, &c);
        if (n == 0 || (c >= 0xD800 && c <= 0xDFFF))
            return false;
        at += n;
    }
    return true;
}

void utf16_encode(struct buffer *to, const char *text, size_t size)
{
    for (size_t at = 0; at < size;) {
        unsigned c = wtf8_next(text, size, &at);
        if (c >= 0x10000) {
            buffer_u16le(to, (uint16_t)(0xD800 + ((c - 0x10000) >> 10)));
            c = 0xDC00 + ((c - 0x10000) & 0x3FF);
        }
        buffer_u16le(to, (uint16_t)c);
    }
}

void utf8_append(struct buffer *to, unsigned code_point)
{
    char bytes[4];
    buffer_append(to, bytes, put_utf8(bytes, code_point));
}
