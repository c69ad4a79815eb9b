#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/registry/name.h"
#include "engine/rsop/rsop.h"

/*
 * How merging grows: 1,000 GPOs of 30 values against 100 of them. A third of the values
 * are those that every GPO sets, a third are shared by some, a third are a GPO's own;
 * one GPO in ten clears a key. Prints the best time of several runs and the ratio,
 * which n log n keeps near 10 and must stay at or below 12.
 *
 *   bench_rsop             measure
 *   bench_rsop GPOS        one merge, for whoever counts its instructions
 */
enum { VALUES = 30, FEW = 100, MANY = 1000, RUNS = 50 };

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void fill(struct operations *list, unsigned gpo, struct name_table *names,
                 struct arena *arena)
{
    if (gpo % 10 == 0) {
        struct operation clear = { .op = OP_CLEARVALS };
        clear.key = name_intern(names, "Software\\Policies\\Example\\List");
        operations_add(list, arena, &clear);
    }
    for (unsigned i = list->n ? 1 : 0; i < VALUES; i++) {
        unsigned group = i % 3 == 0 ? 0 : i % 3 == 1 ? gpo % 25 + 1 : gpo + 100;
        struct operation set = { .op = i % 7 ? OP_SET : OP_DELETE };
        set.key = name_intern(
            names, arena_format(arena, "Software\\Policies\\Example\\Group%u", group));
        if (i % 5 == 0)
            set.key = name_intern(names, "Software\\Policies\\Example\\List");
        set.name = name_intern(names, arena_format(arena, "Value%u", i));
        set.value = value_from_number(arena, VALUE_DWORD, gpo);
        operations_add(list, arena, &set);
    }
}

/* One merge, in milliseconds of the processor. In a process of its own, as users have it: all memory is
 * fresh, for the small input as for the large. */
static double merge_once(const struct order *order)
{
    int ends[2];
    double took = -1;
    if (pipe(ends) < 0)
        return -1;
    pid_t child = fork();
    if (child == 0) {
        struct arena product;
        struct rsop rsop;
        arena_init(&product, LIMIT_ARENA);
        double start = now_ms();
        int status = rsop_merge(order, RSOP_MACHINE, &product, &rsop);
        took = status ? -1 : now_ms() - start;
        _exit(write(ends[1], &took, sizeof took) != sizeof took);
    }
    close(ends[1]);
    if (child < 0 || read(ends[0], &took, sizeof took) != sizeof took)
        took = -1;
    close(ends[0]);
    if (child > 0)
        waitpid(child, NULL, 0);
    return took;
}

/* The layers, from a fresh arena that lives as long as the program. */
static struct order make(size_t n_gpos)
{
    static struct arena arenas[2];
    static struct name_table names[2];
    static int made;
    struct arena *arena = &arenas[made];
    arena_init(arena, LIMIT_ARENA);
    name_table_init(&names[made], arena);
    struct layer *layers = arena_array(arena, n_gpos, struct layer);
    struct operations *lists = arena_array(arena, n_gpos, struct operations);
    for (unsigned i = 0; layers && lists && i < n_gpos; i++) {
        fill(&lists[i], i, &names[made], arena);
        layers[i].machine = &lists[i];
    }
    if (arena_failed(arena))
        exit(1);
    made++;
    return (struct order){ .layers = layers, .n_layers = n_gpos };
}

int main(int argc, char **argv)
{
    if (argc == 2) {
        struct order order = make(strtoul(argv[1], NULL, 10));
        struct arena product;
        struct rsop rsop;
        arena_init(&product, LIMIT_ARENA);
        int status = rsop_merge(&order, RSOP_MACHINE, &product, &rsop);
        arena_done(&product);
        return status ? 1 : 0;
    }
    struct order small = make(FEW), large = make(MANY);
    double few = 1e9, many = 1e9;
    for (int run = 0; run < RUNS && few > 0 && many > 0; run++) {
        double a = merge_once(&small), b = merge_once(&large);
        few = a < few ? a : few;
        many = b < many ? b : many;
    }
    printf("merge of %d GPOs x %d values: %.3f ms\n", FEW, VALUES, few);
    printf("merge of %d GPOs x %d values: %.3f ms\n", MANY, VALUES, many);
    printf("ratio for 10 times the input: %.2f (at most 12)\n", many / few);
    return few > 0 && many > 0 && many / few <= 12 ? 0 : 1;
}
