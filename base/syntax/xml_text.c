#include "base/syntax/xml_text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/syntax/xml.h"

enum xml_encoding xml_encoding_of(const unsigned char *bytes, size_t size,
                                  size_t *ret_mark)
{
    *ret_mark = 0;
    if (size >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
        *ret_mark = 3;
        return XML_8BIT;
    }
    if (size < 2)
        return XML_8BIT;
    if (bytes[0] == 0xFF && bytes[1] == 0xFE) {
        *ret_mark = 2;
        return XML_UTF16LE;
    }
    if (bytes[0] == 0xFE && bytes[1] == 0xFF) {
        *ret_mark = 2;
        return XML_UTF16BE;
    }
    if (bytes[0] && !bytes[1])
        return XML_UTF16LE;
    if (!bytes[0] && bytes[1])
        return XML_UTF16BE;
    return XML_8BIT;
}

/* Four units at once as long as they are ASCII, which nearly all of them are. */
static size_t narrow_ascii(const unsigned char *bytes, size_t size, bool big, char *to)
{
    const uint64_t mask =
        big ? UINT64_C(0x80FF80FF80FF80FF) : UINT64_C(0xFF80FF80FF80FF80);
    unsigned low = big;
    size_t n = 0;
    for (; size - 2 * n >= 8; n += 4) {
        uint64_t four;
        const unsigned char *at = bytes + 2 * n;
        memcpy(&four, at, sizeof four);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        four = __builtin_bswap64(four);
#endif
        if (four & mask)
            break;
        for (unsigned i = 0; i < 4; i++)
            to[n + i] = (char)at[2 * i + low];
    }
    return n;
}

char *xml_narrow(const unsigned char *bytes, size_t size, bool big, size_t *ret_size,
                 uint32_t *reterr_line)
{
    char *to = malloc(size / 2 * 3 + 1);
    size_t n = 0;
    uint32_t line = 1;
    *reterr_line = 0;
    if (!to)
        return NULL;
    for (size_t i = 0; i + 1 < size;) {
        size_t ascii = narrow_ascii(bytes + i, size - i, big, to + n);
        n += ascii;
        i += 2 * ascii;
        if (i + 1 >= size)
            break;
        unsigned unit = bytes[i + !big] * 256u + bytes[i + big], code = unit;
        i += 2;
        if (unit >= 0xD800 && unit < 0xE000) {
            unsigned next = i + 1 < size ? bytes[i + !big] * 256u + bytes[i + big] : 0;
            if (unit >= 0xDC00 || next < 0xDC00 || next >= 0xE000)
                goto no_text;
            code = 0x10000 + ((unit - 0xD800) << 10) + (next - 0xDC00);
            i += 2;
        }
        if (code < 0x80) {
            to[n++] = (char)code;
        } else if (code < 0x800) {
            to[n++] = (char)(0xC0 | code >> 6);
            to[n++] = (char)(0x80 | (code & 0x3F));
        } else if (code < 0x10000) {
            to[n++] = (char)(0xE0 | code >> 12);
            to[n++] = (char)(0x80 | (code >> 6 & 0x3F));
            to[n++] = (char)(0x80 | (code & 0x3F));
        } else {
            to[n++] = (char)(0xF0 | code >> 18);
            to[n++] = (char)(0x80 | (code >> 12 & 0x3F));
            to[n++] = (char)(0x80 | (code >> 6 & 0x3F));
            to[n++] = (char)(0x80 | (code & 0x3F));
        }
    }
    if (size % 2 == 0) {
        to[n] = '\0';
        *ret_size = n;
        return to;
    }
no_text:
    for (size_t i = 0; i < n; i++)
        line += to[i] == '\n';
    *reterr_line = line;
    free(to);
    return NULL;
}

size_t xml_fold(char *text, size_t size)
{
    size_t n = 0;
    bool gap = false;
    for (size_t i = 0; i < size; i++) {
        if (text[i] == ' ' || text[i] == '\t' || text[i] == '\r' || text[i] == '\n') {
            gap = n > 0;
            continue;
        }
        if (gap)
            text[n++] = ' ';
        gap = false;
        text[n++] = text[i];
    }
    return n;
}
