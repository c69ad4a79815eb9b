#ifndef GPCONF_BASE_READER_H
#define GPCONF_BASE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A reader is a cursor over borrowed bytes. Reading past the end, or expecting
 * something that is not there, makes it bad; a bad reader stays where it stopped
 * and answers every further call with 0, so a parser can read like the schema of
 * its format and ask reader_bad() where it matters.
 */
struct reader {
    const unsigned char *bytes; /* borrowed */
    size_t size, at;            /* at <= size */
    bool bad;
};

struct reader reader_init(const void *bytes, size_t size); /* NULL and 0: empty */
bool reader_bad(const struct reader *reader);
bool reader_end(const struct reader *reader); /* nothing left, or bad */
size_t reader_left(const struct reader *reader);

uint16_t reader_u16le(struct reader *reader);
uint32_t reader_u32le(struct reader *reader);

/* The next size bytes, borrowed from the input; NULL when there are fewer. */
const void *reader_bytes(struct reader *reader, size_t size);

/* Go over a UTF-16 unit; anything else there makes the reader bad. */
void reader_expect_u16le(struct reader *reader, uint16_t unit);

#endif
