#include "engine/change/label.h"

#include <string.h>

#include "base/hash.h"

#define NAMES_US "gpconf owns this file; its hash is "
#define ADVICE " (edit policy, not this file)\n"

enum { LONGEST_LEADER = 8 };

char *label_add(const char *leader, const void *body, size_t size, struct arena *arena,
                size_t *ret_size)
{
    size_t head = strlen(leader) + strlen(NAMES_US) + HASH_TEXT + strlen(ADVICE);
    char hash[HASH_TEXT + 1];
    hash_content(body, size, hash);
    char *content = arena_array(arena, head + size + 1, char);
    const char *line = arena_format(arena, "%s" NAMES_US "%s" ADVICE, leader, hash);
    if (!content || !line)
        return NULL;
    memcpy(content, line, head);
    if (size)
        memcpy(content + head, body, size);
    *ret_size = head + size;
    return content;
}

enum label label_check(const void *content, size_t size)
{
    const char *text = content;
    const char *newline = size ? memchr(text, '\n', size) : NULL;
    const size_t fixed = strlen(NAMES_US) + HASH_TEXT + strlen(ADVICE);
    size_t line = newline ? (size_t)(newline - text) + 1 : size;
    /* A damaged label is a changed file of ours, not a foreign one: look for the
     * words that name us within the leader's reach. */
    size_t at = 0;
    while (at <= LONGEST_LEADER && (line < at + strlen(NAMES_US) ||
                                    memcmp(text + at, NAMES_US, strlen(NAMES_US)) != 0))
        at++;
    if (at > LONGEST_LEADER)
        return LABEL_FOREIGN;
    if (line != at + fixed ||
        memcmp(text + line - strlen(ADVICE), ADVICE, strlen(ADVICE)) != 0)
        return LABEL_CHANGED;
    char hash[HASH_TEXT + 1];
    hash_content(text + line, size - line, hash);
    return memcmp(text + at + strlen(NAMES_US), hash, HASH_TEXT) == 0 ? LABEL_OURS
                                                                      : LABEL_CHANGED;
}
