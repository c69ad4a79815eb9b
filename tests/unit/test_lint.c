#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/limits.h"
#include "engine/gpo/lint.h"
#include "tests/unit/support.h"

static const char template_text[] =
    "<policyDefinitions><policyNamespaces><target prefix='t' namespace='T'/>"
    "</policyNamespaces><resources/><policies>"
    "<policy name='P' class='Machine' displayName='$(string.P)' key='K'"
    " valueName='V'><parentCategory ref='nowhere'/></policy>"
    "</policies></policyDefinitions>";

struct run {
    char *dir;
    struct arena arena;
    struct diagnostics diagnostics;
    struct lint_result result;
};

static void lint(struct run *run, const char *path)
{
    arena_init(&run->arena, 1 << 24);
    diagnostics_init(&run->diagnostics, &run->arena);
    char *whole = scratch_path(run->dir, path);
    const char *const paths[] = { whole };
    assert_int_equal(
        lint_paths(paths, 1, "en-US", &run->arena, &run->diagnostics, &run->result), 0);
    free(whole);
}

static void end(struct run *run)
{
    arena_done(&run->arena);
    scratch_remove(run->dir);
}

static bool says(const struct run *run, const char *code)
{
    for (const struct diagnostic *d = run->diagnostics.first; d; d = d->next)
        if (strcmp(d->code, code) == 0)
            return true;
    return false;
}

static void a_template_alone_is_looked_at(void **state)
{
    (void)state;
    struct run run = { .dir = scratch_new() };
    scratch_text(run.dir, "One.admx", template_text);
    scratch_text(run.dir, "Other.admx", "no XML at all");
    lint(&run, "One.admx");
    assert_int_equal(run.result.n, 1);
    assert_true(run.diagnostics.warnings > 0);
    assert_int_equal(run.diagnostics.errors, 0);
    end(&run);
}

static void a_folder_is_looked_through(void **state)
{
    (void)state;
    struct run run = { .dir = scratch_new() };
    scratch_text(run.dir, "One.admx", template_text);
    scratch_text(run.dir, "gpo/Machine/Registry.pol", "no policy file");
    scratch_text(run.dir, "gpo/GPT.INI", "[General]\nVersion=1\n");
    lint(&run, "");
    assert_int_equal(run.result.n, 3);
    assert_int_equal(run.diagnostics.errors, 1);
    end(&run);
}

static void what_lies_too_deep_is_told(void **state)
{
    (void)state;
    struct run run = { .dir = scratch_new() };
    char path[2 * (LIMIT_LINT_DEPTH + 1) + sizeof "x.pol"] = "";
    for (unsigned i = 0; i < LIMIT_LINT_DEPTH; i++)
        strcat(path, "d/");
    char *end_of_path = path + strlen(path);
    strcpy(end_of_path, "x.pol");
    scratch_text(run.dir, path, "no policy file");
    lint(&run, "");
    assert_int_equal(run.result.n, 1);
    arena_done(&run.arena);
    strcpy(end_of_path, "d/x.pol");
    scratch_text(run.dir, path, "no policy file");
    lint(&run, "");
    assert_int_equal(run.result.n, 1);
    assert_true(says(&run, "lint-unreadable"));
    assert_non_null(strstr(run.diagnostics.first->message, "too deeply, not checked"));
    end(&run);
}

static void what_is_missing_or_strange_is_a_finding(void **state)
{
    (void)state;
    struct run run = { .dir = scratch_new() };
    lint(&run, "absent.pol");
    assert_true(says(&run, "lint-unreadable"));
    arena_done(&run.arena);
    scratch_text(run.dir, "picture.png", "");
    lint(&run, "picture.png");
    assert_true(says(&run, "lint-unreadable"));
    end(&run);
}

static void make_link(const struct run *run, const char *to, const char *path)
{
    char *whole = scratch_path(run->dir, path);
    assert_int_equal(symlink(to, whole), 0);
    free(whole);
}

static void make_fifo(const struct run *run, const char *path)
{
    char *whole = scratch_path(run->dir, path);
    assert_int_equal(mkfifo(whole, 0600), 0);
    free(whole);
}

static void no_link_is_followed_to_a_folder(void **state)
{
    (void)state;
    struct run run = { .dir = scratch_new() };
    scratch_text(run.dir, "a/gpt.ini", "[General]\nVersion=1\n");
    /* Each would lead through both again, without end. */
    make_link(&run, ".", "a/en-US");
    make_link(&run, "..", "a/de-DE");
    lint(&run, "a");
    assert_int_equal(run.result.n, 1);
    assert_int_equal(run.diagnostics.n, 0);
    end(&run);
}

static void what_is_no_file_is_not_passed_over(void **state)
{
    (void)state;
    struct run run = { .dir = scratch_new() };
    scratch_text(run.dir, "t/One.admx", template_text);
    make_fifo(&run, "t/Two.admx");
    make_fifo(&run, "t/Registry.pol");
    lint(&run, "t");
    assert_int_equal(run.diagnostics.errors, 2);
    assert_true(says(&run, "template-unreadable"));
    assert_true(says(&run, "lint-unreadable"));
    end(&run);
}

static void an_adml_without_its_admx_is_a_finding(void **state)
{
    (void)state;
    struct run run = { .dir = scratch_new() };
    scratch_text(run.dir, "t/en-US/Lonely.adml", "<policyDefinitionResources/>");
    lint(&run, "t/en-US/Lonely.adml");
    assert_true(says(&run, "lint-unreadable"));
    arena_done(&run.arena);
    scratch_text(run.dir, "t/en-US/Beside.adml", "<policyDefinitionResources/>");
    scratch_text(run.dir, "t/en-US/Beside.admx", template_text);
    lint(&run, "t/en-US/Beside.adml");
    assert_int_equal(run.result.n, 2);
    assert_int_equal(run.diagnostics.errors, 0);
    arena_done(&run.arena);
    lint(&run, "t/Absent.admx");
    assert_true(says(&run, "lint-unreadable"));
    end(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_template_alone_is_looked_at),
        cmocka_unit_test(a_folder_is_looked_through),
        cmocka_unit_test(what_lies_too_deep_is_told),
        cmocka_unit_test(what_is_missing_or_strange_is_a_finding),
        cmocka_unit_test(no_link_is_followed_to_a_folder),
        cmocka_unit_test(what_is_no_file_is_not_passed_over),
        cmocka_unit_test(an_adml_without_its_admx_is_a_finding),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
