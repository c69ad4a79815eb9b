#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/limits.h"
#include "base/registry/name.h"
#include "engine/rsop/rsop.h"

/* A test says what its layers hold, weakest first, and asks for the merged log. */
enum { MAX_LAYERS = 8 };
struct fixture {
    struct arena arena;
    struct operations machine[MAX_LAYERS];
    struct layer layers[MAX_LAYERS];
    size_t n_layers;
    struct rsop rsop;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    if (!f)
        return -1;
    arena_init(&f->arena, LIMIT_ARENA);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    arena_done(&f->arena);
    free(f);
    return 0;
}

static void layer(struct fixture *f)
{
    f->layers[f->n_layers].machine = &f->machine[f->n_layers];
    f->n_layers++;
}

static void add(struct fixture *f, enum op op, const char *key, const char *name,
                uint32_t number)
{
    struct operation operation = { .op = op, .key = key, .name = name };
    if (op == OP_SET || op == OP_SOFTSET)
        operation.value = value_from_number(&f->arena, VALUE_DWORD, number);
    operations_add(&f->machine[f->n_layers - 1], &f->arena, &operation);
}

static void merge(struct fixture *f)
{
    struct order order = { .layers = f->layers, .n_layers = f->n_layers };
    assert_int_equal(rsop_merge(&order, RSOP_MACHINE, &f->arena, &f->rsop), 0);
}

static void assert_fate(const struct fixture *f, size_t at, enum fate fate,
                        size_t beaten_by)
{
    assert_true(at < f->rsop.n);
    assert_string_equal(fate_name(f->rsop.log[at].fate), fate_name(fate));
    assert_int_equal(f->rsop.log[at].beaten_by, beaten_by);
}

static uint32_t number_in_effect(const struct fixture *f, const char *key,
                                 const char *name)
{
    const struct slot *slot = rsop_find(&f->rsop, key, name);
    assert_non_null(slot);
    const struct contribution *winner = rsop_winner(&f->rsop, slot);
    assert_non_null(winner);
    uint64_t number;
    assert_true(value_number(&winner->operation->value, &number));
    return (uint32_t)number;
}

static void the_later_layer_overwrites_value_by_value(void **state)
{
    struct fixture *f = *state;
    layer(f);
    add(f, OP_SET, "Software\\P", "A", 1);
    add(f, OP_SET, "Software\\P", "B", 1);
    layer(f);
    add(f, OP_SET, "SOFTWARE\\p", "a", 2);
    merge(f);
    assert_fate(f, 0, FATE_OUTRANKED, 2);
    assert_fate(f, 1, FATE_IN_EFFECT, 1);
    assert_fate(f, 2, FATE_IN_EFFECT, 2);
    assert_int_equal(number_in_effect(f, "software\\P", "A"), 2);
    assert_int_equal(number_in_effect(f, "software\\P", "b"), 1);
    assert_int_equal(f->rsop.n_slots, 2);
    assert_string_equal(f->rsop.slots[0].key, "SOFTWARE\\p");
    assert_string_equal(f->rsop.slots[0].name, "a");
}

/* Additive lists with numbered names are overwritten by index, not united. */
static void
fixture_c_an_additive_numbered_list_across_two_gpos_merges_by_index(void **state)
{
    struct fixture *f = *state;
    static const char *const names[] = { "1", "2", "3", "4", "5" };
    layer(f);
    for (uint32_t i = 0; i < 5; i++)
        add(f, OP_SET, "Software\\Policies\\List", names[i], 100 + i);
    layer(f);
    for (uint32_t i = 0; i < 2; i++)
        add(f, OP_SET, "Software\\Policies\\List", names[i], 200 + i);
    merge(f);
    for (uint32_t i = 0; i < 5; i++)
        assert_int_equal(number_in_effect(f, "Software\\Policies\\List", names[i]),
                         (i < 2 ? 200u : 100u) + i);
    size_t first, n;
    rsop_key(&f->rsop, "Software\\Policies\\List", &first, &n);
    assert_int_equal(n, 5);
}

static void a_list_that_is_not_additive_replaces_the_weaker_one(void **state)
{
    struct fixture *f = *state;
    layer(f);
    add(f, OP_CLEARVALS, "K", NULL, 0);
    add(f, OP_SET, "K", "1", 1);
    add(f, OP_SET, "K", "2", 2);
    layer(f);
    add(f, OP_CLEARVALS, "K", NULL, 0);
    add(f, OP_SET, "K", "1", 3);
    merge(f);
    assert_fate(f, 0, FATE_OUTRANKED, 3);
    assert_fate(f, 1, FATE_CLEARED, 3);
    assert_fate(f, 2, FATE_CLEARED, 3);
    assert_fate(f, 3, FATE_IN_EFFECT, 3);
    assert_fate(f, 4, FATE_IN_EFFECT, 4);
}

static void fixture_d_disabled_in_the_ou_beats_enabled_in_the_domain(void **state)
{
    struct fixture *f = *state;
    layer(f);
    add(f, OP_SET, "Software\\Policies\\P", "V", 1);
    layer(f);
    add(f, OP_DELETE, "Software\\Policies\\P", "V", 0);
    merge(f);
    assert_fate(f, 0, FATE_OUTRANKED, 1);
    const struct contribution *decides =
        rsop_decider(&f->rsop, "Software\\Policies\\P", "V");
    assert_ptr_equal(decides, &f->rsop.log[1]);
    assert_int_equal(decides->operation->op, OP_DELETE);
    assert_int_equal(decides->layer, 1);
}

static void a_layer_that_says_nothing_lets_the_weaker_one_through(void **state)
{
    struct fixture *f = *state;
    layer(f);
    add(f, OP_SET, "K", "V", 1);
    layer(f);
    add(f, OP_SET, "K", "other", 1);
    merge(f);
    assert_int_equal(number_in_effect(f, "K", "V"), 1);
}

static void clearing_a_key_spares_its_subkeys(void **state)
{
    struct fixture *f = *state;
    layer(f);
    add(f, OP_SET, "K", "V", 1);
    add(f, OP_SET, "K\\Sub", "V", 1);
    add(f, OP_MKKEY, "K", NULL, 0);
    layer(f);
    add(f, OP_CLEARVALS, "k", NULL, 0);
    merge(f);
    assert_fate(f, 0, FATE_CLEARED, 3);
    assert_fate(f, 1, FATE_IN_EFFECT, 1);
    assert_fate(f, 2, FATE_IN_EFFECT, 2);
    assert_fate(f, 3, FATE_IN_EFFECT, 3);
}

static void deleting_a_key_clears_what_is_below_it_and_no_neighbour(void **state)
{
    struct fixture *f = *state;
    layer(f);
    add(f, OP_SET, "K", "V", 1);
    add(f, OP_SET, "k\\Sub\\Deep", "V", 1);
    add(f, OP_SET, "K Neighbour", "V", 1);
    add(f, OP_SET, "KX", "V", 1);
    add(f, OP_CLEARVALS, "K\\Sub", NULL, 0);
    add(f, OP_DELKEY, "K\\Sub", NULL, 0);
    add(f, OP_MKKEY, "K", NULL, 0);
    add(f, OP_DELKEY, "K", NULL, 0);
    layer(f);
    add(f, OP_DELKEY, "K", NULL, 0);
    add(f, OP_SET, "K\\Sub", "V", 2);
    merge(f);
    assert_fate(f, 0, FATE_CLEARED, 7);
    assert_fate(f, 1, FATE_CLEARED, 5); /* by the first that reached it */
    assert_fate(f, 2, FATE_IN_EFFECT, 2);
    assert_fate(f, 3, FATE_IN_EFFECT, 3);
    assert_fate(f, 4, FATE_CLEARED, 5);
    assert_fate(f, 5, FATE_CLEARED, 7);
    assert_fate(f, 6, FATE_CLEARED, 7);
    assert_fate(f, 7, FATE_OUTRANKED, 8);
    assert_fate(f, 8, FATE_IN_EFFECT, 8);
    assert_fate(f, 9, FATE_IN_EFFECT, 9);
}

static void a_soft_set_counts_where_nothing_is_set(void **state)
{
    struct fixture *f = *state;
    layer(f);
    add(f, OP_SET, "K", "set", 1);
    add(f, OP_DELETE, "K", "deleted", 0);
    layer(f);
    add(f, OP_SOFTSET, "K", "set", 2);
    add(f, OP_SOFTSET, "K", "deleted", 2);
    add(f, OP_SOFTSET, "K", "new", 2);
    add(f, OP_SOFTSET, "K", "new", 3);
    layer(f);
    add(f, OP_SET, "K", "deleted", 4);
    merge(f);
    assert_fate(f, 0, FATE_IN_EFFECT, 0);
    assert_fate(f, 2, FATE_SOFT_EXISTED, 0);
    assert_fate(f, 4, FATE_IN_EFFECT, 4);
    assert_fate(f, 5, FATE_SOFT_EXISTED, 4);
    assert_fate(f, 1, FATE_OUTRANKED, 6);
    assert_fate(f, 3, FATE_OUTRANKED, 6);
}

static void a_delete_stays_in_effect_below_a_soft_set(void **state)
{
    struct fixture *f = *state;
    layer(f);
    add(f, OP_DELETE, "K", "V", 0);
    layer(f);
    add(f, OP_SOFTSET, "K", "V", 2);
    merge(f);
    assert_fate(f, 0, FATE_IN_EFFECT, 0);
    assert_fate(f, 1, FATE_IN_EFFECT, 1);
    assert_int_equal(number_in_effect(f, "K", "V"), 2);
}

static void the_halves_are_merged_apart(void **state)
{
    struct fixture *f = *state;
    layer(f);
    add(f, OP_SET, "K", "V", 1);
    f->layers[0].user = f->layers[0].machine;
    f->layers[0].machine = NULL;
    merge(f);
    assert_int_equal(f->rsop.n, 0);
    struct order order = { .layers = f->layers, .n_layers = f->n_layers };
    assert_int_equal(rsop_merge(&order, RSOP_USER, &f->arena, &f->rsop), 0);
    assert_int_equal(f->rsop.n, 1);
}

static void running_out_of_memory_gives_no_smaller_result(void **state)
{
    struct fixture *f = *state;
    layer(f);
    for (uint32_t i = 0; i < 100; i++)
        add(f, OP_SET, "K", arena_format(&f->arena, "V%u", i), i);
    struct order order = { .layers = f->layers, .n_layers = f->n_layers };
    for (size_t limit = 0; limit < 100 * sizeof(struct contribution); limit += 97) {
        struct arena arena;
        arena_init(&arena, limit);
        struct rsop rsop;
        assert_true(rsop_merge(&order, RSOP_MACHINE, &arena, &rsop) < 0);
        arena_done(&arena);
    }
}

/*
 * The judge: the rules of the header once more, as plainly as they can be written, each
 * step looking at all earlier contributions; and registries on which the whole log and
 * what is in effect are carried out.
 */
static const struct {
    const char *spelling, *same;
} all_keys[] = {
    { "", "" },           { "A", "a" },          { "a", "a" },
    { "A\\B", "a\\b" },   { "a\\b", "a\\b" },    { "A\\b\\C", "a\\b\\c" },
    { "A\\B C", "a\\b c" }, { "A B", "a b" },    { "A-b\\c", "a-b\\c" },
    { "AB", "ab" },       { "\xC3\x84\\x", "ae\\x" }, { "\xC3\xA4", "ae" },
    { "\xC3\x84", "ae" },
}, all_names[] = {
    { "", "" },   { "x", "x" }, { "X", "x" },
    { "y", "y" }, { "\xC3\x84", "ae" }, { "\xC3\xA4", "ae" },
};
enum { N_KEYS = sizeof all_keys / sizeof *all_keys };
enum { N_NAMES = sizeof all_names / sizeof *all_names };

struct said {
    enum op op;
    size_t key, name; /* index above */
    uint32_t number;
    enum fate fate;
    size_t by;
};

static bool same_key(const struct said *a, const struct said *b)
{
    return strcmp(all_keys[a->key].same, all_keys[b->key].same) == 0;
}

static bool is_about_a_value(const struct said *a)
{
    return a->op == OP_SET || a->op == OP_SOFTSET || a->op == OP_DELETE;
}

static bool same_value(const struct said *a, const struct said *b)
{
    return is_about_a_value(a) && is_about_a_value(b) && same_key(a, b) &&
           strcmp(all_names[a->name].same, all_names[b->name].same) == 0;
}

static bool is_below(const char *key, const char *tree)
{
    size_t size = strlen(tree);
    return size == 0 ||
           (strncmp(key, tree, size) == 0 && (key[size] == '\0' || key[size] == '\\'));
}

static void judge(struct said *log, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct said *now = &log[i];
        now->fate = FATE_IN_EFFECT;
        now->by = i;
        for (size_t j = 0; j < i; j++) {
            struct said *old = &log[j];
            enum fate fate = FATE_IN_EFFECT;
            if (old->fate != FATE_IN_EFFECT)
                continue;
            if ((now->op == OP_SET || now->op == OP_DELETE) && same_value(now, old))
                fate = FATE_OUTRANKED;
            if (now->op == OP_CLEARVALS && same_key(now, old)) {
                if (is_about_a_value(old))
                    fate = FATE_CLEARED;
                if (old->op == OP_CLEARVALS)
                    fate = FATE_OUTRANKED;
            }
            if (now->op == OP_DELKEY &&
                is_below(all_keys[old->key].same, all_keys[now->key].same))
                fate = old->op == OP_DELKEY && same_key(now, old) ? FATE_OUTRANKED
                                                                  : FATE_CLEARED;
            if (fate != FATE_IN_EFFECT) {
                old->fate = fate;
                old->by = i;
            }
            if (now->op == OP_SOFTSET && same_value(now, old) && old->op != OP_DELETE) {
                now->fate = FATE_SOFT_EXISTED;
                now->by = j;
            }
        }
    }
}

/* The registry of a machine: a number, or 0 for no such value, by key and name; of
 * equal spellings the first place counts. */
struct registry {
    uint32_t values[N_KEYS][N_NAMES];
};

static size_t first_spelling(const char *same, bool is_key)
{
    size_t i = 0;
    while (strcmp(is_key ? all_keys[i].same : all_names[i].same, same) != 0)
        i++;
    return i;
}

static void carry_out(struct registry *registry, enum op op, size_t key, size_t name,
                      uint32_t number)
{
    size_t k = first_spelling(all_keys[key].same, true);
    size_t v = first_spelling(all_names[name].same, false);
    uint32_t *value = &registry->values[k][v];
    if (op == OP_SET || (op == OP_SOFTSET && *value == 0))
        *value = number;
    if (op == OP_DELETE)
        *value = 0;
    for (size_t i = 0; i < N_KEYS; i++)
        if ((op == OP_CLEARVALS && i == k) ||
            (op == OP_DELKEY && is_below(all_keys[i].same, all_keys[k].same)))
            memset(registry->values[i], 0, sizeof registry->values[i]);
}

static uint32_t pick(uint32_t *seed, uint32_t below)
{
    *seed = *seed * 1664525 + 1013904223;
    return (*seed >> 8) % below;
}

static size_t index_of(const char *spelling, bool is_key)
{
    for (size_t i = 0;; i++)
        if (strcmp(is_key ? all_keys[i].spelling : all_names[i].spelling, spelling) ==
            0)
            return i;
}

static void compare_registries(const struct fixture *f, const struct said *log,
                               size_t n, bool had_values)
{
    struct registry whole = { 0 };
    for (size_t k = 0; had_values && k < N_KEYS; k++)
        for (size_t v = 0; v < N_NAMES; v++)
            if (first_spelling(all_keys[k].same, true) == k &&
                first_spelling(all_names[v].same, false) == v)
                whole.values[k][v] = 1000;
    struct registry merged = whole;
    for (size_t i = 0; i < n; i++)
        carry_out(&whole, log[i].op, log[i].key, log[i].name, log[i].number);

    struct arena arena;
    arena_init(&arena, LIMIT_ARENA);
    struct operations operations;
    rsop_operations(&f->rsop, &arena, &operations);
    for (size_t i = 0; i < operations.n; i++) {
        const struct operation *o = &operations.items[i];
        uint64_t number = 0;
        if (o->op == OP_SET || o->op == OP_SOFTSET)
            assert_true(value_number(&o->value, &number));
        carry_out(&merged, o->op, index_of(o->key, true),
                  o->name ? index_of(o->name, false) : 0, (uint32_t)number);
    }
    arena_done(&arena);
    assert_memory_equal(&whole, &merged, sizeof whole);
}

/* What a registry with all values has after the whole log must be what the decider of
 * each value says. */
static void compare_deciders(const struct fixture *f, const struct said *log, size_t n)
{
    for (size_t k = 0; k < N_KEYS; k++)
        for (size_t v = 0; v < N_NAMES; v++) {
            const struct contribution *expected = NULL;
            struct said asked = { .op = OP_SET, .key = k, .name = v };
            for (size_t i = 0; i < n; i++) {
                bool decides =
                    same_value(&log[i], &asked) ||
                    (log[i].op == OP_CLEARVALS && same_key(&log[i], &asked)) ||
                    (log[i].op == OP_DELKEY &&
                     is_below(all_keys[k].same, all_keys[log[i].key].same));
                if (decides && log[i].fate == FATE_IN_EFFECT)
                    expected = &f->rsop.log[i];
            }
            assert_ptr_equal(
                rsop_decider(&f->rsop, all_keys[k].spelling, all_names[v].spelling),
                expected);
        }
}

static void random_logs_agree_with_a_plain_replay(void **state)
{
    (void)state;
    enum { LOGS = 10000, MOST = 24 };
    uint32_t seed = 20261124;
    size_t met[FATE_SOFT_EXISTED + 1] = { 0 };
    for (size_t run = 0; run < LOGS; run++) {
        struct fixture f = { 0 };
        arena_init(&f.arena, LIMIT_ARENA);
        struct said log[MOST];
        size_t n = 0;
        size_t n_layers = 1 + pick(&seed, MAX_LAYERS);
        uint32_t n_keys = 1 + pick(&seed, N_KEYS), n_names = 1 + pick(&seed, N_NAMES);
        for (size_t l = 0; l < n_layers; l++) {
            layer(&f);
            for (uint32_t i = pick(&seed, 4); i > 0; i--) {
                static const enum op often[] = { OP_SET,       OP_SET,    OP_SET,
                                                 OP_SOFTSET,   OP_DELETE, OP_DELETE,
                                                 OP_CLEARVALS, OP_DELKEY, OP_MKKEY };
                struct said *s = &log[n++];
                *s = (struct said){ .op = often[pick(&seed, 9)],
                                    .key = pick(&seed, n_keys),
                                    .name = pick(&seed, n_names),
                                    .number = 1 + pick(&seed, 100) };
                add(&f, s->op, all_keys[s->key].spelling,
                    is_about_a_value(s) ? all_names[s->name].spelling : NULL,
                    s->number);
            }
        }
        merge(&f);
        assert_int_equal(f.rsop.n, n);
        judge(log, n);
        for (size_t i = 0; i < n; i++) {
            assert_fate(&f, i, log[i].fate, log[i].by);
            met[log[i].fate]++;
        }
        compare_registries(&f, log, n, false);
        compare_registries(&f, log, n, true);
        compare_deciders(&f, log, n);
        arena_done(&f.arena);
    }
    for (size_t i = 0; i <= FATE_SOFT_EXISTED; i++)
        assert_true(met[i] > 1000);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_later_layer_overwrites_value_by_value),
        TEST(fixture_c_an_additive_numbered_list_across_two_gpos_merges_by_index),
        TEST(a_list_that_is_not_additive_replaces_the_weaker_one),
        TEST(fixture_d_disabled_in_the_ou_beats_enabled_in_the_domain),
        TEST(a_layer_that_says_nothing_lets_the_weaker_one_through),
        TEST(clearing_a_key_spares_its_subkeys),
        TEST(deleting_a_key_clears_what_is_below_it_and_no_neighbour),
        TEST(a_soft_set_counts_where_nothing_is_set),
        TEST(a_delete_stays_in_effect_below_a_soft_set),
        TEST(the_halves_are_merged_apart),
        TEST(running_out_of_memory_gives_no_smaller_result),
        cmocka_unit_test(random_logs_agree_with_a_plain_replay),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
