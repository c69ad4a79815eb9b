#include "base/buffer.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buffer_init(struct buffer *buffer, size_t limit)
{
    *buffer = (struct buffer){ .limit = limit };
}

void buffer_done(struct buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct buffer){ .limit = buffer->limit };
}

void buffer_clear(struct buffer *buffer)
{
    buffer->size = 0;
    buffer->failed = false;
    if (buffer->data)
        buffer->data[0] = '\0';
}

/* Room for size more bytes and the NUL. */
static bool reserve(struct buffer *buffer, size_t size)
{
    if (buffer->failed)
        return false;
    /* No object is larger than half of what size_t counts, so doubling is safe. */
    if (size > buffer->limit - buffer->size || size > SIZE_MAX / 2 - 1 - buffer->size) {
        buffer->failed = true;
        return false;
    }
    size_t need = buffer->size + size + 1;
    if (need <= buffer->capacity)
        return true;
    size_t capacity = buffer->capacity ? buffer->capacity : 128;
    while (capacity < need)
        capacity *= 2;
    char *data = realloc(buffer->data, capacity);
    if (!data) {
        buffer->failed = true;
        return false;
    }
    buffer->data = data;
    buffer->capacity = capacity;
    return true;
}

void buffer_append(struct buffer *buffer, const void *bytes, size_t size)
{
    if (!reserve(buffer, size))
        return;
    if (size)
        memcpy(buffer->data + buffer->size, bytes, size);
    buffer->size += size;
    buffer->data[buffer->size] = '\0';
}

void buffer_string(struct buffer *buffer, const char *string)
{
    buffer_append(buffer, string, strlen(string));
}

void buffer_char(struct buffer *buffer, char c)
{
    buffer_append(buffer, &c, 1);
}

void buffer_u16le(struct buffer *buffer, uint16_t number)
{
    unsigned char bytes[2] = { (unsigned char)number, (unsigned char)(number >> 8) };
    buffer_append(buffer, bytes, sizeof bytes);
}

void buffer_u32le(struct buffer *buffer, uint32_t number)
{
    buffer_u16le(buffer, (uint16_t)number);
    buffer_u16le(buffer, (uint16_t)(number >> 16));
}

void buffer_format(struct buffer *buffer, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, arguments);
    if (size < 0)
        buffer->failed = true;
    else if (reserve(buffer, (size_t)size)) {
        vsnprintf(buffer->data + buffer->size, (size_t)size + 1, format, again);
        buffer->size += (size_t)size;
    }
    va_end(again);
    va_end(arguments);
}

bool buffer_failed(const struct buffer *buffer)
{
    return buffer->failed;
}
