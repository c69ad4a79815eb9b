#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/limits.h"
#include "base/registry/name.h"
#include "base/status.h"
#include "engine/rsop/rank.h"

static void equal_names_share_a_rank_and_ranks_follow_the_order(void **state)
{
    (void)state;
    enum { N = 2000 };
    struct arena arena;
    arena_init(&arena, LIMIT_ARENA);
    static const char *names[N];
    for (unsigned i = 0; i < N; i++)
        names[i] =
            arena_format(&arena, "%s%u", i % 2 ? "Name" : "nAME", i * 7919 % 613);
    static uint32_t number[N];
    struct ranks ranks;
    assert_int_equal(ranks_init(&ranks, &arena), 0);
    for (size_t i = 0; i < N; i++)
        number[i] = ranks_number(&ranks, names[i]);
    assert_int_equal(ranks_sort(&ranks), 0);
    assert_int_equal(ranks.n, 613);
    for (size_t i = 0; i < N; i++)
        assert_true(name_equal(ranks.names[ranks.of[number[i]]], names[i]));
    for (size_t i = 1; i < ranks.n; i++)
        assert_true(name_compare(ranks.names[i - 1], ranks.names[i]) < 0);
    arena_done(&arena);
}

static void no_names_have_no_ranks(void **state)
{
    (void)state;
    struct arena arena;
    struct ranks ranks;
    arena_init(&arena, LIMIT_ARENA);
    assert_int_equal(ranks_init(&ranks, &arena), 0);
    assert_int_equal(ranks_sort(&ranks), 0);
    assert_int_equal(ranks.n, 0);
    arena_done(&arena);
}

/* At whatever allocation memory ends: no endless search for a free place. */
static void running_out_of_memory_ends_the_numbering(void **state)
{
    (void)state;
    struct arena names;
    arena_init(&names, LIMIT_ARENA);
    for (size_t limit = 0;; limit += 512) {
        struct arena arena;
        struct ranks ranks;
        arena_init(&arena, limit);
        int status = ranks_init(&ranks, &arena);
        for (unsigned i = 0; status == 0 && i < 300; i++)
            ranks_number(&ranks, arena_format(&names, "Name%u", i));
        status = status ? status : ranks_sort(&ranks);
        assert_int_equal(status, arena_failed(&arena) ? GPCONF_ENOMEM : 0);
        arena_done(&arena);
        if (status == 0)
            break;
    }
    arena_done(&names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_names_share_a_rank_and_ranks_follow_the_order),
        cmocka_unit_test(no_names_have_no_ranks),
        cmocka_unit_test(running_out_of_memory_ends_the_numbering),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
