/*
 * The door to jansson: what is read and printed is read and printed as the same.
 */
#include "base/syntax/json.h"
#include "tests/fuzz/fuzz.h"

static void print(const struct json *value, struct buffer *to)
{
    struct json_document document = { 0 };

    buffer_init(to, FUZZ_ARENA);
    require(json_print(&document, value, to) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct json *value, *again;
    const char *why;
    int line;

    arena_init(&arena, FUZZ_ARENA);
    if (json_parse((const char *)data, size, &arena, &value, &line, &why) == 0) {
        struct buffer first, second;

        print(value, &first);
        require(json_parse(first.data, first.size, &arena, &again, &line, &why) == 0);
        print(again, &second);
        require(first.size == second.size &&
                memcmp(first.data, second.data, first.size) == 0);
        buffer_done(&first);
        buffer_done(&second);
        json_free(value);
        json_free(again);
    }
    arena_done(&arena);
    return 0;
}
