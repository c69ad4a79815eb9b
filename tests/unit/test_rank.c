#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/limits.h"
#include "base/registry/name.h"
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
    static uint32_t rank[N];
    struct ranks ranks;
    assert_int_equal(ranks_build(names, N, &arena, rank, &ranks), 0);
    assert_int_equal(ranks.n, 613);
    for (size_t i = 0; i < N; i++)
        assert_true(name_equal(ranks.names[rank[i]], names[i]));
    for (size_t i = 1; i < ranks.n; i++)
        assert_true(name_compare(ranks.names[i - 1], ranks.names[i]) < 0);
    assert_int_equal(ranks_build(names, 0, &arena, rank, &ranks), 0);
    assert_int_equal(ranks.n, 0);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_names_share_a_rank_and_ranks_follow_the_order),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
