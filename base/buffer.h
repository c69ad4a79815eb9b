#ifndef GPCONF_BASE_BUFFER_H
#define GPCONF_BASE_BUFFER_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A buffer grows by appending and always has a limit. data is NUL-terminated
 * from the first append on, so text can be passed on as it is. Failure (memory
 * or limit) is sticky: later appends do nothing, and buffer_failed() is asked
 * once, at the end. A failed buffer must not be used as if it were complete.
 */
struct buffer {
    char *data;                   /* NULL until the first append */
    size_t size, capacity, limit; /* bytes, the NUL not counted in size */
    bool failed;
};

void buffer_init(struct buffer *buffer, size_t limit);
void buffer_done(struct buffer *buffer); /* a zeroed buffer is fine */

/* Keep the memory and the limit, forget content and failure. */
void buffer_clear(struct buffer *buffer);

void buffer_append(struct buffer *buffer, const void *bytes, size_t size);
void buffer_string(struct buffer *buffer, const char *string);
void buffer_char(struct buffer *buffer, char c);
void buffer_u16le(struct buffer *buffer, uint16_t number);
void buffer_u32le(struct buffer *buffer, uint32_t number);
void buffer_format(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

bool buffer_failed(const struct buffer *buffer);

#endif
