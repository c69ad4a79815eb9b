#include "engine/change/record.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/status.h"

void record_begin(struct buffer *buffer, const char *title)
{
    buffer_clear(buffer);
    buffer_format(buffer, "%s\n", title);
}

void record_start(struct buffer *buffer, const char *keyword)
{
    buffer_string(buffer, keyword);
}

void record_word(struct buffer *buffer, const char *word)
{
    buffer_char(buffer, ' ');
    if (!word) {
        buffer_char(buffer, '-');
        return;
    }
    if (!*word)
        buffer_char(buffer, '%');
    if (strcmp(word, "-") == 0) {
        buffer_string(buffer, "%2D");
        return;
    }
    for (; *word; word++) {
        unsigned char c = (unsigned char)*word;
        if (c <= ' ' || c == '%' || c >= 0x7F)
            buffer_format(buffer, "%%%02X", c);
        else
            buffer_char(buffer, *word);
    }
}

void record_number(struct buffer *buffer, uint64_t number)
{
    buffer_format(buffer, " %llu", (unsigned long long)number);
}

void record_line(struct buffer *buffer)
{
    buffer_char(buffer, '\n');
}

void record_seal(struct buffer *buffer)
{
    if (buffer_failed(buffer))
        return;
    char hash[HASH_TEXT + 1];
    hash_content(buffer->data, buffer->size, hash);
    buffer_format(buffer, "end %s\n", hash);
}

int record_open(const void *text, size_t size, const char *title, struct arena *arena,
                struct record *ret)
{
    const char *bytes = text;
    const size_t seal = strlen("end ") + HASH_TEXT + 1, head = strlen(title);
    if (size < head + 1 + seal || memcmp(bytes, title, head) != 0 ||
        bytes[head] != '\n')
        return GPCONF_EDAMAGED;
    const char *end = bytes + size - seal;
    char hash[HASH_TEXT + 1];
    hash_content(bytes, size - seal, hash);
    if (end[-1] != '\n' || memcmp(end, "end ", 4) != 0 ||
        memcmp(end + 4, hash, HASH_TEXT) != 0 || end[seal - 1] != '\n')
        return GPCONF_EDAMAGED;
    *ret = (struct record){ .at = bytes + head + 1, .end = end, .arena = arena };
    return 0;
}

/* The next word as it is written; size 0 when the line has no more. */
static const char *raw_word(struct record *record, size_t *ret_size)
{
    const char *from = record->line_at, *to = from;
    while (to < record->line_end && *to != ' ')
        to++;
    *ret_size = (size_t)(to - from);
    record->line_at = to < record->line_end ? to + 1 : to;
    return from;
}

const char *record_next(struct record *record)
{
    if (record->bad || record->at >= record->end)
        return NULL;
    const char *newline = memchr(record->at, '\n', (size_t)(record->end - record->at));
    if (!newline) {
        record->bad = true;
        return NULL;
    }
    record->line_at = record->at;
    record->line_end = newline;
    record->at = newline + 1;
    size_t size;
    const char *word = raw_word(record, &size);
    const char *keyword = size ? arena_string_n(record->arena, word, size) : NULL;
    if (!keyword)
        record->bad = true;
    return keyword;
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

const char *record_take(struct record *record)
{
    size_t size, n = 0;
    const char *raw = raw_word(record, &size);
    if (record->bad || size == 0) {
        record->bad = true;
        return NULL;
    }
    if (size == 1 && *raw == '-')
        return NULL;
    char *word = arena_array(record->arena, size + 1, char);
    if (!word) {
        record->bad = true;
        return NULL;
    }
    if (size == 1 && *raw == '%')
        return word;
    for (size_t i = 0; i < size; i++) {
        if (raw[i] != '%') {
            word[n++] = raw[i];
            continue;
        }
        int high = i + 2 < size ? digit(raw[i + 1]) : -1;
        int low = i + 2 < size ? digit(raw[i + 2]) : -1;
        if (high < 0 || low < 0 || high + low == 0) {
            record->bad = true;
            return NULL;
        }
        word[n++] = (char)(high * 16 + low);
        i += 2;
    }
    return word;
}

const char *record_take_text(struct record *record)
{
    const char *word = record_take(record);
    if (!word)
        record->bad = true;
    return word ? word : "";
}

uint64_t record_take_number(struct record *record)
{
    const char *word = record_take_text(record);
    uint64_t number = 0;
    for (const char *c = word; *c; c++) {
        uint64_t units = (uint64_t)(*c - '0');
        if (*c < '0' || *c > '9' || number > (UINT64_MAX - units) / 10) {
            record->bad = true;
            return 0;
        }
        number = number * 10 + units;
    }
    return number;
}

uint32_t record_take_u32(struct record *record)
{
    uint64_t number = record_take_number(record);
    if (number > UINT32_MAX)
        record->bad = true;
    return (uint32_t)number;
}

bool record_bad(const struct record *record)
{
    return record->bad || arena_failed(record->arena);
}
