/*
 * Registry.pol: a file that is read is written again as the same records, and the
 * operations that it asks for can be put into a file that asks for operations again.
 */
#include "policies/pol.h"
#include "tests/fuzz/fuzz.h"

static void same(const struct pol *a, const struct pol *b)
{
    require(a->n == b->n);
    for (size_t i = 0; i < a->n; i++) {
        require(strcmp(a->records[i].key, b->records[i].key) == 0);
        require(strcmp(a->records[i].name, b->records[i].name) == 0);
        require(value_equal(&a->records[i].value, &b->records[i].value));
    }
}

static void read_again(const struct pol *pol, struct arena *arena)
{
    struct buffer file;
    struct pol again;
    struct diagnostics diagnostics;

    buffer_init(&file, FUZZ_ARENA);
    diagnostics_init(&diagnostics, arena);
    require(pol_format(pol, &file) == 0);
    require(pol_parse(file.data, file.size, "again", arena, &diagnostics, &again) == 0);
    same(pol, &again);
    buffer_done(&file);
}

/* What is written in canonical order asks for the very same again. */
static void settled(const struct pol *lowered, struct arena *arena)
{
    struct operations operations;
    struct pol again;

    pol_operations(lowered, "lowered", arena, NULL, &operations);
    require(pol_from_operations(&operations, arena, &again, NULL) == 0);
    same(lowered, &again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct diagnostics diagnostics;
    struct pol pol = { 0 }, lowered;
    struct operations operations = { 0 };
    size_t bad;

    arena_init(&arena, FUZZ_ARENA);
    diagnostics_init(&diagnostics, &arena);
    if (pol_parse(data, size, "fuzz", &arena, &diagnostics, &pol) == 0) {
        read_again(&pol, &arena);
        pol_lint(&pol, "fuzz", &arena, &diagnostics);
        pol_operations(&pol, "fuzz", &arena, &diagnostics, &operations);
        if (pol_from_operations(&operations, &arena, &lowered, &bad) == 0) {
            read_again(&lowered, &arena);
            settled(&lowered, &arena);
        }
        pol_sort(&pol, &arena);
        read_again(&pol, &arena);
    }
    arena_done(&arena);
    return 0;
}
