#include "tests/unit/bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "admx/template_store.h"
#include "base/limits.h"
#include "engine/update/lower.h"
#include "policies/local.h"
#include "policies/pol.h"
#include "tests/unit/support.h"

int bench_set_up(void **state)
{
    struct bench *b = calloc(1, sizeof *b);
    if (!b)
        return -1;
    arena_init(&b->arena, LIMIT_ARENA);
    bench_forget(b);
    *state = b;
    return 0;
}

int bench_set_up_root(void **state)
{
    umask(022);
    int failed = bench_set_up(state);
    if (failed)
        return failed;
    struct bench *b = *state;
    b->root = scratch_new();
    return machine_open(b->root, &b->machine);
}

int bench_set_up_session(void **state)
{
    int failed = bench_set_up_root(state);
    if (failed)
        return failed;
    struct bench *b = *state;
    failed = gpconf_new(&b->session);
    if (!failed)
        failed = gpconf_set_root(b->session, b->root);
    if (!failed)
        failed = gpconf_add_templates(b->session,
                                      GPCONF_SOURCE_DIR "/admx/PolicyDefinitions");
    return failed;
}

int bench_tear_down(void **state)
{
    struct bench *b = *state;
    gpconf_free(b->session);
    if (b->root) {
        machine_done(&b->machine);
        scratch_remove(b->root);
    }
    arena_done(&b->arena);
    free(b);
    return 0;
}

void bench_forget(struct bench *b)
{
    diagnostics_init(&b->diagnostics, &b->arena);
}

const char *bench_at(struct bench *b, const char *path)
{
    return arena_format(&b->arena, "%s/%s", b->root, path);
}

void bench_put(struct bench *b, const char *path, const char *text)
{
    scratch_text(b->root, path, text);
}

void bench_put_n(struct bench *b, const char *path, const void *bytes, size_t size)
{
    scratch_write(b->root, path, bytes, size);
}

struct catalogue *bench_shipped_catalogue(void)
{
    struct template_folder folder = { AT_FDCWD,
                                      GPCONF_SOURCE_DIR "/admx/PolicyDefinitions",
                                      FILE_ANY };
    struct arena arena;
    struct diagnostics diagnostics;
    struct template_file *files = NULL;
    struct catalogue *catalogue = NULL;
    size_t n = 0;
    arena_init(&arena, LIMIT_ARENA);
    diagnostics_init(&diagnostics, &arena);
    assert_int_equal(
        template_store_read(&folder, 1, NULL, &arena, &diagnostics, &files, &n), 0);
    assert_int_equal(n, 2);
    assert_int_equal(catalogue_build(files, n, NULL, &diagnostics, &catalogue), 0);
    arena_done(&arena);
    return catalogue;
}

void bench_put_pol(struct bench *b, const char *path, const char *lines)
{
    struct catalogue *shipped = bench_shipped_catalogue();
    struct statements said = { 0 };
    struct operations machine = { 0 }, user = { 0 };
    struct pol pol;
    struct buffer bytes;
    buffer_init(&bytes, 1 << 20);
    assert_int_equal(
        local_parse(lines, strlen(lines), "gpo", &b->arena, &b->diagnostics, &said), 0);
    assert_int_equal(
        lower_statements(&said, shipped, &b->arena, &b->diagnostics, &machine, &user),
        0);
    assert_int_equal(b->diagnostics.n, 0);
    assert_int_equal(pol_from_operations(&machine, &b->arena, &pol, NULL), 0);
    assert_int_equal(pol_format(&pol, &bytes), 0);
    bench_put_n(b, path, bytes.data, bytes.size);
    buffer_done(&bytes);
    catalogue_unref(shipped);
}

void bench_link_gpo(struct bench *b, const char *lines, const char *how)
{
    bench_put_pol(b, "etc/gpconf/policies/" BENCH_GPO "/Machine/Registry.pol", lines);
    bench_put(b, "etc/gpconf/policies/links.ini",
              arena_format(&b->arena,
                           "[machine]\ncontainer = example.test\n"
                           "[container example.test]\nlink 1 = " BENCH_GPO " %s\n"
                           "[gpo " BENCH_GPO "]\nname = Patching\n",
                           how));
}

void bench_put_apt(struct bench *b)
{
    bench_put(b, "var/lib/dpkg/status",
              "Package: apt\nStatus: install ok installed\nVersion: 2.6.1\n\n"
              "Package: unattended-upgrades\nStatus: install ok installed\n"
              "Version: 2.9.1\n\n");
}
