#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/limits.h"
#include "base/status.h"
#include "policies/snapshot.h"
#include "tests/unit/bench.h"

#define A "{A1000000-0000-0000-0000-00000000000A}"
#define B "{B2000000-0000-0000-0000-00000000000B}"

static void take(struct bench *b)
{
    bench_forget(b);
    assert_int_equal(
        snapshot_read(&b->machine, &b->arena, &b->diagnostics, &b->snapshot), 0);
    assert_int_equal(strlen(snapshot_hash(&b->snapshot, &b->arena)), HASH_TEXT);
}

static const struct input *input(struct bench *b, enum input_role role, const char *gpo)
{
    const struct input *found = snapshot_input(&b->snapshot, role, gpo);
    assert_non_null(found);
    return found;
}

static void an_empty_root_has_inputs_that_are_not_there(void **state)
{
    struct bench *b = *state;
    take(b);
    assert_int_equal(b->snapshot.n, 3);
    assert_int_equal(input(b, INPUT_LINKS, NULL)->status, GPCONF_ENOTFOUND);
    assert_int_equal(input(b, INPUT_LIMITS, NULL)->status, GPCONF_ENOTFOUND);
    assert_int_equal(input(b, INPUT_LOCAL, NULL)->status, GPCONF_ENOTFOUND);
    assert_string_equal(input(b, INPUT_LOCAL, NULL)->path, "etc/gpconf/local.ini");
    assert_string_equal(input(b, INPUT_LOCAL, NULL)->shown,
                        bench_at(b, "etc/gpconf/local.ini"));
    assert_int_equal(b->diagnostics.n, 0);
}

static void every_input_is_read_with_its_hash(void **state)
{
    struct bench *b = *state;
    bench_put(b, "etc/gpconf/limits.ini", "[limits]\n");
    bench_put(b, "etc/gpconf/local.ini", "[update]\n");
    bench_put(b, "etc/gpconf/local.d/20-b.ini", "b");
    bench_put(b, "etc/gpconf/local.d/10-a.ini", "a");
    bench_put(b, "etc/gpconf/local.d/README", "x");
    bench_put(b, "etc/gpconf/local.d/.hidden.ini", "x");
    bench_put(b, "etc/gpconf/policies/Links.INI", "l");
    bench_put(b, "etc/gpconf/policies/" B "/GPT.INI", "g");
    bench_put(b, "etc/gpconf/policies/" B "/MACHINE/registry.POL", "m");
    bench_put(b, "etc/gpconf/policies/" B "/user/Registry.pol", "u");
    bench_put(b, "etc/gpconf/policies/Local/gpt.ini", "g");
    bench_put(b, "etc/gpconf/policies/" A "/gpt.ini", "");
    bench_put(b, "etc/gpconf/policies/.new/gpt.ini", "");
    take(b);
    static const struct {
        enum input_role role;
        const char *gpo, *path, *bytes;
    } want[] = {
        { INPUT_LINKS, NULL, "policies/Links.INI", "l" },
        { INPUT_LIMITS, NULL, "limits.ini", "[limits]\n" },
        { INPUT_LOCAL, NULL, "local.ini", "[update]\n" },
        { INPUT_LOCAL, NULL, "local.d/10-a.ini", "a" },
        { INPUT_LOCAL, NULL, "local.d/20-b.ini", "b" },
        { INPUT_GPT, "Local", "policies/Local/gpt.ini", "g" },
        { INPUT_GPT, A, "policies/" A "/gpt.ini", "" },
        { INPUT_GPT, B, "policies/" B "/GPT.INI", "g" },
        { INPUT_POL_MACHINE, "Local", "policies/Local/Machine/Registry.pol", NULL },
        { INPUT_POL_MACHINE, A, "policies/" A "/Machine/Registry.pol", NULL },
        { INPUT_POL_MACHINE, B, "policies/" B "/MACHINE/registry.POL", "m" },
        { INPUT_POL_USER, "Local", "policies/Local/User/Registry.pol", NULL },
        { INPUT_POL_USER, A, "policies/" A "/User/Registry.pol", NULL },
        { INPUT_POL_USER, B, "policies/" B "/user/Registry.pol", "u" },
        { INPUT_GPO, "Local", "policies/Local", NULL },
        { INPUT_GPO, A, "policies/" A, NULL },
        { INPUT_GPO, B, "policies/" B, NULL },
    };
    assert_int_equal(b->snapshot.n, sizeof want / sizeof *want);
    for (size_t i = 0; i < b->snapshot.n; i++) {
        const struct input *in = &b->snapshot.inputs[i];
        assert_int_equal(in->role, want[i].role);
        assert_string_equal(in->path + strlen("etc/gpconf/"), want[i].path);
        assert_string_equal(in->gpo ? in->gpo : "", want[i].gpo ? want[i].gpo : "");
        if (want[i].bytes) {
            char hash[HASH_TEXT + 1];
            hash_content(want[i].bytes, strlen(want[i].bytes), hash);
            assert_int_equal(in->status, 0);
            assert_string_equal(in->file.bytes, want[i].bytes);
            assert_string_equal(snapshot_input_hash(in, &b->arena), hash);
        } else {
            assert_string_equal(snapshot_input_hash(in, &b->arena), "");
            assert_int_equal(in->status, in->role == INPUT_GPO ? 0 : GPCONF_ENOTFOUND);
        }
    }
    assert_ptr_equal(input(b, INPUT_GPT, "{b2000000-0000-0000-0000-00000000000b}"),
                     &b->snapshot.inputs[7]);
    assert_int_equal(b->diagnostics.n, 0);
}

static void the_hash_changes_with_every_input(void **state)
{
    struct bench *b = *state;
    char before[HASH_TEXT + 1];
    take(b);
    strcpy(before, snapshot_hash(&b->snapshot, &b->arena));
    take(b);
    assert_string_equal(before, snapshot_hash(&b->snapshot, &b->arena));
    bench_put(b, "etc/gpconf/local.ini", "a");
    take(b);
    assert_string_not_equal(before, snapshot_hash(&b->snapshot, &b->arena));
    strcpy(before, snapshot_hash(&b->snapshot, &b->arena));
    bench_put(b, "etc/gpconf/local.ini", "b");
    take(b);
    assert_string_not_equal(before, snapshot_hash(&b->snapshot, &b->arena));
    strcpy(before, snapshot_hash(&b->snapshot, &b->arena));
    bench_put(b, "etc/gpconf/policies/" A "/x", "");
    take(b);
    assert_string_not_equal(before, snapshot_hash(&b->snapshot, &b->arena));
}

static void folders_that_differ_by_case_are_refused_by_name(void **state)
{
    struct bench *b = *state;
    bench_put(b, "etc/gpconf/policies/{a1000000-0000-0000-0000-00000000000a}/gpt.ini",
              "");
    bench_put(b, "etc/gpconf/policies/" A "/Machine/Registry.pol", "x");
    take(b);
    const struct input *in = input(b, INPUT_GPO, A);
    assert_int_equal(in->status, GPCONF_EDAMAGED);
    assert_non_null(strstr(in->why, "differ only by case"));
    assert_int_equal(input(b, INPUT_POL_MACHINE, A)->status, GPCONF_EDAMAGED);
    assert_null(snapshot_input(&b->snapshot, INPUT_GPT, A));
    assert_string_equal(b->diagnostics.first->code, "policies-case");
    assert_non_null(strstr(b->diagnostics.first->message, A));
    assert_int_equal(b->diagnostics.errors, 1);
}

static void halves_and_files_that_differ_by_case_are_refused(void **state)
{
    struct bench *b = *state;
    bench_put(b, "etc/gpconf/policies/" A "/Machine/Registry.pol", "x");
    bench_put(b, "etc/gpconf/policies/" A "/MACHINE/Registry.pol", "y");
    bench_put(b, "etc/gpconf/policies/" A "/User/Registry.pol", "x");
    bench_put(b, "etc/gpconf/policies/" A "/User/registry.pol", "y");
    bench_put(b, "etc/gpconf/policies/" A "/gpt.ini", "");
    bench_put(b, "etc/gpconf/policies/" A "/GPT.INI", "");
    bench_put(b, "etc/gpconf/policies/links.ini", "");
    bench_put(b, "etc/gpconf/policies/LINKS.ini", "");
    take(b);
    assert_int_equal(input(b, INPUT_POL_MACHINE, A)->status, GPCONF_EDAMAGED);
    assert_int_equal(input(b, INPUT_POL_USER, A)->status, GPCONF_EDAMAGED);
    assert_int_equal(input(b, INPUT_GPT, A)->status, GPCONF_EDAMAGED);
    assert_int_equal(input(b, INPUT_LINKS, NULL)->status, GPCONF_EDAMAGED);
    assert_non_null(
        strstr(input(b, INPUT_POL_USER, A)->why, "'Registry.pol' and 'registry.pol'"));
}

static void what_others_may_write_is_refused(void **state)
{
    struct bench *b = *state;
    bench_put(b, "etc/gpconf/local.ini", "[update]\n");
    bench_put(b, "etc/gpconf/policies/" A "/Machine/Registry.pol", "x");
    bench_put(b, "etc/gpconf/policies/" B "/Machine/Registry.pol", "x");
    assert_int_equal(chmod(bench_at(b, "etc/gpconf/local.ini"), 0664), 0);
    assert_int_equal(chmod(bench_at(b, "etc/gpconf/policies/" A), 0777), 0);
    assert_int_equal(chmod(bench_at(b, "etc/gpconf/policies/" B "/Machine"), 0775), 0);
    take(b);
    assert_int_equal(input(b, INPUT_LOCAL, NULL)->status, GPCONF_EUNTRUSTED);
    assert_non_null(input(b, INPUT_LOCAL, NULL)->why);
    assert_int_equal(input(b, INPUT_GPO, A)->status, GPCONF_EUNTRUSTED);
    assert_int_equal(input(b, INPUT_POL_MACHINE, A)->status, GPCONF_EUNTRUSTED);
    assert_int_equal(input(b, INPUT_POL_USER, A)->status, GPCONF_EUNTRUSTED);
    assert_int_equal(input(b, INPUT_GPO, B)->status, 0);
    assert_int_equal(input(b, INPUT_POL_MACHINE, B)->status, GPCONF_EUNTRUSTED);
    assert_int_equal(input(b, INPUT_POL_USER, B)->status, GPCONF_ENOTFOUND);
}

static void links_are_not_followed(void **state)
{
    struct bench *b = *state;
    bench_put(b, "secret.ini", "[update]\n");
    bench_put(b, "etc/gpconf/local.d/20-a.ini", "");
    bench_put(b, "elsewhere/Machine/Registry.pol", "x");
    bench_put(b, "etc/gpconf/policies/" B "/gpt.ini", "");
    assert_int_equal(symlink("../../secret.ini", bench_at(b, "etc/gpconf/local.ini")),
                     0);
    assert_int_equal(symlink("20-a.ini", bench_at(b, "etc/gpconf/local.d/10-b.ini")),
                     0);
    assert_int_equal(
        symlink("../../../elsewhere", bench_at(b, "etc/gpconf/policies/" A)), 0);
    assert_int_equal(symlink("../../../../elsewhere/Machine",
                             bench_at(b, "etc/gpconf/policies/" B "/Machine")),
                     0);
    take(b);
    const struct input *in = input(b, INPUT_LOCAL, NULL);
    assert_int_equal(in[0].status, GPCONF_EUNTRUSTED);
    assert_int_equal(in[1].status, GPCONF_EUNTRUSTED);
    assert_int_equal(in[2].status, 0);
    assert_int_equal(input(b, INPUT_GPO, A)->status, GPCONF_EUNTRUSTED);
    assert_int_equal(input(b, INPUT_POL_MACHINE, A)->status, GPCONF_EUNTRUSTED);
    assert_int_equal(input(b, INPUT_POL_MACHINE, B)->status, GPCONF_EUNTRUSTED);
}

static void what_is_no_gpo_is_told(void **state)
{
    struct bench *b = *state;
    bench_put(b, "etc/gpconf/policies/Servers/gpt.ini", "");
    bench_put(b, "etc/gpconf/policies/" A, "a file");
    bench_put(b, "etc/gpconf/policies/README.md", "");
    take(b);
    assert_null(snapshot_input(&b->snapshot, INPUT_GPO, A));
    assert_int_equal(b->snapshot.n, 3);
    assert_int_equal(b->diagnostics.warnings, 2);
    assert_string_equal(b->diagnostics.first->code, "policies-stray");
}

static void a_kept_copy_comes_with_its_input(void **state)
{
    struct bench *b = *state;
    bench_put(b, "etc/gpconf/policies/" A "/Machine/Registry.pol", "new");
    bench_put(b, "etc/gpconf/policies/links.ini", "new");
    bench_put(b, "etc/gpconf/local.ini", "new");
    bench_put(b, "etc/gpconf/local.d/1.ini", "new");
    bench_put(b, "etc/gpconf/policies/local/User/Registry.pol", "new");
    bench_put(b, "var/lib/gpconf/last-good/" A ".machine.pol", "old a");
    bench_put(b, "var/lib/gpconf/last-good/LOCAL.user.pol", "old l");
    bench_put(b, "var/lib/gpconf/last-good/links.ini", "old links");
    bench_put(b, "var/lib/gpconf/last-good/local.ini", "old local");
    bench_put(b, "var/lib/gpconf/last-good/local.d.1.ini", "old 1");
    bench_put(b, "var/lib/gpconf/last-good/limits.ini", "not kept");
    assert_int_equal(chmod(bench_at(b, "var/lib/gpconf/last-good/local.d.1.ini"), 0666),
                     0);
    take(b);
    assert_null(input(b, INPUT_POL_MACHINE, A)->last_good.bytes);
    snapshot_read_last_good(&b->machine, &b->diagnostics, &b->snapshot);
    const struct input *in = input(b, INPUT_POL_MACHINE, A);
    assert_string_equal(in->file.bytes, "new");
    assert_string_equal(in->last_good.bytes, "old a");
    assert_string_equal(snapshot_last_good_path(in, &b->arena),
                        "var/lib/gpconf/last-good/" A ".machine.pol");
    assert_null(input(b, INPUT_POL_USER, A)->last_good.bytes);
    assert_string_equal(input(b, INPUT_POL_USER, "local")->last_good.bytes, "old l");
    assert_string_equal(input(b, INPUT_LINKS, NULL)->last_good.bytes, "old links");
    in = input(b, INPUT_LOCAL, NULL);
    assert_string_equal(in[0].last_good.bytes, "old local");
    assert_null(in[1].last_good.bytes);
    assert_string_equal(b->diagnostics.first->code, "last-good-unreadable");
    assert_null(snapshot_last_good_path(input(b, INPUT_LIMITS, NULL), &b->arena));
    assert_null(snapshot_last_good_path(input(b, INPUT_GPO, A), &b->arena));
}

static void a_policy_folder_that_cannot_be_listed_is_not_an_empty_one(void **state)
{
    struct bench *b = *state;
    bench_put(b, "etc/gpconf/policies/" A "/Machine/Registry.pol", "new");
    bench_put(b, "var/lib/gpconf/last-good/" A ".machine.pol", "old");
    bench_put(b, "var/lib/gpconf/last-good/" A ".user.pol", "old user");
    bench_put(b, "var/lib/gpconf/last-good/LOCAL.user.pol", "old local");
    bench_put(b, "var/lib/gpconf/last-good/links.ini", "old links");
    assert_int_equal(chmod(bench_at(b, "etc/gpconf/policies"), 0777), 0);
    take(b);
    snapshot_read_last_good(&b->machine, &b->diagnostics, &b->snapshot);
    assert_string_equal(b->diagnostics.first->code, "policies-unreadable");
    assert_int_equal(b->diagnostics.n, 1);
    assert_int_equal(input(b, INPUT_LINKS, NULL)->status, GPCONF_EUNTRUSTED);
    assert_string_equal(input(b, INPUT_LINKS, NULL)->last_good.bytes, "old links");
    assert_string_equal(input(b, INPUT_POL_MACHINE, A)->last_good.bytes, "old");
    assert_string_equal(input(b, INPUT_POL_USER, A)->last_good.bytes, "old user");
    assert_string_equal(input(b, INPUT_POL_USER, "local")->last_good.bytes,
                        "old local");
    assert_int_equal(b->snapshot.n, 3 + 2 * 3);
}

static void a_file_in_the_place_of_a_folder_is_not_nothing(void **state)
{
    struct bench *b = *state;
    bench_put(b, "etc/gpconf/local.d", "[update]\n");
    bench_put(b, "etc/gpconf/policies", "x");
    take(b);
    assert_int_equal(input(b, INPUT_LINKS, NULL)->status, GPCONF_EUNTRUSTED);
    const struct diagnostic *d = b->diagnostics.first;
    assert_string_equal(d->code, "local-unreadable");
    assert_non_null(strstr(d->message, "is no folder, "));
    assert_string_equal(d->next->code, "policies-unreadable");
    assert_non_null(strstr(d->next->message, "is no folder, "));
    const struct input *folder = input(b, INPUT_LOCAL, NULL) + 1;
    assert_string_equal(folder->path, "etc/gpconf/local.d");
    assert_int_equal(folder->status, GPCONF_EUNTRUSTED);
    assert_string_equal(folder->why, "is no folder");
}

static void a_refused_folder_is_one_fault_with_what_mends_it(void **state)
{
    static const struct {
        const char *folder, *code;
        size_t told; /* inputs that it speaks for */
    } cases[] = {
        { "etc/gpconf", "configuration-unreadable", 3 + 1 + 3 },
        { "etc/gpconf/policies", "policies-unreadable", 1 + 3 },
        { "etc/gpconf/policies/" A, "gpo-unreadable", 3 },
        { "etc/gpconf/local.d", "local-unreadable", 1 },
    };
    struct bench *b = *state;
    bench_put(b, "etc/gpconf/limits.ini", "");
    bench_put(b, "etc/gpconf/local.ini", "");
    bench_put(b, "etc/gpconf/local.d/1.ini", "");
    bench_put(b, "etc/gpconf/policies/links.ini", "");
    bench_put(b, "etc/gpconf/policies/" A "/Machine/Registry.pol", "new");
    bench_put(b, "var/lib/gpconf/last-good/" A ".machine.pol", "old");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *folder = bench_at(b, cases[i].folder);
        assert_int_equal(chmod(folder, 0775), 0);
        take(b);
        assert_int_equal(b->diagnostics.n, 1);
        const struct diagnostic *d = b->diagnostics.first;
        assert_string_equal(d->code, cases[i].code);
        assert_string_equal(d->origin.file, folder);
        assert_non_null(strstr(d->message, "(mode 0775)"));
        assert_non_null(
            strstr(d->message, arena_format(&b->arena, "'chmod go-w %s'", folder)));
        size_t told = 0;
        for (size_t k = 0; k < b->snapshot.n; k++) {
            const struct input *in = &b->snapshot.inputs[k];
            told += in->is_told;
            assert_int_equal(in->is_told, in->status == GPCONF_EUNTRUSTED);
        }
        assert_int_equal(told, cases[i].told);
        assert_int_equal(b->snapshot.is_refused, i == 0);
        assert_int_equal(chmod(folder, 0755), 0);
    }
    if (geteuid() != 0)
        return;
    assert_int_equal(chown(bench_at(b, "etc"), 65534, 0), 0);
    take(b);
    assert_int_equal(b->diagnostics.n, 1);
    assert_string_equal(b->diagnostics.first->origin.file, bench_at(b, "etc"));
    assert_non_null(strstr(b->diagnostics.first->message, "'chown root "));
}

static void gpos_over_the_limit_are_named_and_not_read(void **state)
{
    struct bench *b = *state;
    bench_put(b, "etc/gpconf/policies/links.ini", "");
    for (unsigned i = 0; i < LIMIT_GPOS + 2; i++) {
        const char *gpo = arena_format(
            &b->arena, "etc/gpconf/policies/{%08X-0000-0000-0000-000000000000}", i);
        assert_int_equal(mkdir(bench_at(b, gpo), 0755), 0);
    }
    take(b);
    assert_int_equal(b->diagnostics.errors, 1);
    assert_string_equal(b->diagnostics.first->code, "policies-limit");
    size_t read = 0, refused = 0;
    for (size_t i = 0; i < b->snapshot.n; i++) {
        const struct input *in = &b->snapshot.inputs[i];
        read += in->role == INPUT_GPO && in->status == 0;
        refused += in->role == INPUT_GPO && in->status == GPCONF_ELIMIT;
    }
    assert_int_equal(read, LIMIT_GPOS);
    assert_int_equal(refused, 2);
}

static void an_overlay_has_other_bytes_in_one_input(void **state)
{
    struct bench *b = *state;
    struct snapshot overlay;
    bench_put(b, "etc/gpconf/local.d/1.ini", "[update]\n");
    assert_int_equal(chmod(bench_at(b, "etc/gpconf/local.d/1.ini"), 0600), 0);
    take(b);
    assert_int_equal(snapshot_overlay(&b->snapshot, "etc/gpconf/local.ini", "new", 3,
                                      &b->arena, &overlay),
                     0);
    const struct input *input = snapshot_input(&overlay, INPUT_LOCAL, NULL);
    assert_int_equal(input->status, 0);
    assert_string_equal(input->file.bytes, "new");
    assert_int_equal(input->file.mode, 0644);
    assert_string_not_equal(snapshot_hash(&overlay, &b->arena),
                            snapshot_hash(&b->snapshot, &b->arena));
    assert_int_equal(overlay.n, b->snapshot.n);
    /* The other one did not change, and a file that is there keeps its mode. */
    input = snapshot_input(&b->snapshot, INPUT_LOCAL, NULL);
    assert_int_equal(input->status, GPCONF_ENOTFOUND);
    assert_int_equal(snapshot_overlay(&b->snapshot, "etc/gpconf/local.d/1.ini", "", 0,
                                      &b->arena, &overlay),
                     0);
    input = snapshot_input(&overlay, INPUT_LOCAL, NULL) + 1; /* local.d follows */
    assert_int_equal(input->file.mode & 0777, 0600);
    assert_int_equal(input->file.size, 0);
    assert_int_equal(snapshot_overlay(&b->snapshot, "etc/gpconf/nothing", "", 0,
                                      &b->arena, &overlay),
                     GPCONF_ENOTFOUND);
}

static void a_file_over_the_limit_is_refused(void **state)
{
    struct bench *b = *state;
    bench_put(b, "etc/gpconf/local.ini", "");
    assert_int_equal(truncate(bench_at(b, "etc/gpconf/local.ini"), LIMIT_INI_FILE + 1),
                     0);
    take(b);
    assert_int_equal(input(b, INPUT_LOCAL, NULL)->status, GPCONF_ELIMIT);
}

#define T(name)                                                                        \
    cmocka_unit_test_setup_teardown(name, bench_set_up_root, bench_tear_down)
int main(void)
{
    const struct CMUnitTest tests[] = {
        T(an_empty_root_has_inputs_that_are_not_there),
        T(every_input_is_read_with_its_hash),
        T(the_hash_changes_with_every_input),
        T(folders_that_differ_by_case_are_refused_by_name),
        T(halves_and_files_that_differ_by_case_are_refused),
        T(what_others_may_write_is_refused),
        T(links_are_not_followed),
        T(what_is_no_gpo_is_told),
        T(a_kept_copy_comes_with_its_input),
        T(a_policy_folder_that_cannot_be_listed_is_not_an_empty_one),
        T(a_file_in_the_place_of_a_folder_is_not_nothing),
        T(a_refused_folder_is_one_fault_with_what_mends_it),
        T(gpos_over_the_limit_are_named_and_not_read),
        T(an_overlay_has_other_bytes_in_one_input),
        T(a_file_over_the_limit_is_refused),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
