#include "base/reader.h"

struct reader reader_init(const void *bytes, size_t size)
{
    /* A place to stand on when there is nothing: NULL would mean "too few". */
    return (struct reader){ .bytes = bytes ? bytes : (const void *)"", .size = size };
}

bool reader_bad(const struct reader *reader)
{
    return reader->bad;
}

bool reader_end(const struct reader *reader)
{
    return reader->bad || reader->at == reader->size;
}

size_t reader_left(const struct reader *reader)
{
    return reader->bad ? 0 : reader->size - reader->at;
}

const void *reader_bytes(struct reader *reader, size_t size)
{
    if (reader->bad || size > reader->size - reader->at) {
        reader->bad = true;
        return NULL;
    }
    const void *bytes = reader->bytes + reader->at;
    reader->at += size;
    return bytes;
}

uint16_t reader_u16le(struct reader *reader)
{
    const unsigned char *b = reader_bytes(reader, 2);
    return b ? (uint16_t)(b[0] | b[1] << 8) : 0;
}

uint32_t reader_u32le(struct reader *reader)
{
    const unsigned char *b = reader_bytes(reader, 4);
    if (!b)
        return 0;
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
           (uint32_t)b[3] << 24;
}

void reader_expect_u16le(struct reader *reader, uint16_t unit)
{
    size_t at = reader->at;
    if (reader_u16le(reader) == unit && !reader->bad)
        return;
    reader->bad = true;
    reader->at = at;
}
