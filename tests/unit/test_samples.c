#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/limits.h"
#include "policies/store.h"

/*
 * The sample policies are whole: every file of theirs is read without a word. The test
 * "samples" holds their bytes to tools/make-samples.c.
 */
static const char samples[] = GPCONF_SOURCE_DIR "/policies/samples";

static int remove_one(const char *path, const struct stat *st, int type,
                      struct FTW *walk)
{
    (void)st;
    (void)type;
    (void)walk;
    return remove(path);
}

static int64_t number_of(const struct gpo *gpo, const char *name)
{
    for (size_t i = 0; i < gpo->machine.operations.n; i++) {
        const struct operation *operation = &gpo->machine.operations.items[i];
        uint64_t number;
        if (operation->op == OP_SET && strcmp(operation->name, name) == 0 &&
            value_number(&operation->value, &number))
            return (int64_t)number;
    }
    return -1;
}

static void the_samples_are_read_without_a_word(void **state)
{
    (void)state;
    struct arena arena;
    struct diagnostics diagnostics;
    struct machine machine;
    struct snapshot snapshot;
    struct store store;
    char root[] = "/tmp/gpconf-test-XXXXXX";
    arena_init(&arena, LIMIT_ARENA);
    diagnostics_init(&diagnostics, &arena);
    assert_non_null(mkdtemp(root));
    /* A checkout may have any mode; a configuration may not. */
    const char *copy = arena_format(
        &arena,
        "mkdir -p %s/etc && cp -R '%s' %s/etc/gpconf && chmod -R go-w,u+rwX %s/etc",
        root, samples, root, root);
    assert_int_equal(system(copy), 0);
    assert_int_equal(machine_open(root, &machine), 0);
    assert_int_equal(snapshot_read(&machine, &arena, &diagnostics, &snapshot), 0);
    assert_int_equal(store_parse(&snapshot, &arena, &diagnostics, &store), 0);
    for (const struct diagnostic *d = diagnostics.first; d; d = d->next)
        print_message("%s: %s\n", d->origin.file, d->message);
    assert_int_equal(diagnostics.n, 0);
    assert_int_equal(store.n_gpos, 3);
    assert_int_equal(store.local.n, 3);
    assert_int_equal(store.links.n_containers, 2);
    for (size_t i = 0; i < store.n_gpos; i++) {
        assert_int_equal(store.gpos[i].machine.state, INPUT_GOOD);
        assert_int_equal(store.gpos[i].user.state, INPUT_ABSENT);
        assert_ptr_not_equal(store.gpos[i].name, store.gpos[i].id);
    }
    const struct gpo *servers =
        store_gpo(&store, "{6F0B5D3E-52C1-4E0B-9A57-3D1C8E4B7A20}");
    assert_string_equal(servers->name, "Servers-Patching");
    assert_int_equal(servers->gpt.version, 5);
    assert_int_equal(number_of(servers, "AUOptions"), 4);
    assert_int_equal(number_of(servers, "ScheduledInstallDay"), 3);
    assert_int_equal(number_of(servers, "ScheduledInstallSecondWeek"), 1);
    machine_done(&machine);
    nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_samples_are_read_without_a_word),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
