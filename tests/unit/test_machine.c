#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/machine.h"
#include "base/status.h"
#include "tests/unit/support.h"

static void the_root_itself_is_no_image(void **state)
{
    (void)state;
    time_t before = time(NULL);
    struct machine machine;
    assert_int_equal(machine_open("/", &machine), 0);
    assert_string_equal(machine.root, "/");
    assert_false(machine.is_image);
    assert_true(machine.now >= before && machine.now <= time(NULL));
    assert_int_equal(machine.caller, geteuid());
    assert_null(machine.zone);
    assert_true(machine.root_fd >= 0);
    machine_done(&machine);
    assert_int_equal(machine.root_fd, -1);
    machine_done(&machine);
}

static void files_are_read_below_the_root(void **state)
{
    (void)state;
    char *dir = scratch_new();
    scratch_text(dir, "etc/name", "image\n");
    struct machine machine;
    assert_int_equal(machine_open(dir, &machine), 0);
    assert_true(machine.is_image);
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct file file;
    assert_int_equal(
        file_read(machine.root_fd, "etc/name", FILE_TRUSTED, 100, &arena, &file, NULL),
        0);
    assert_string_equal(file.bytes, "image\n");
    assert_string_equal(machine_path(&machine, &arena), dir);
    arena_done(&arena);
    machine_done(&machine);
    assert_null(machine_path(&machine, &arena));
    scratch_remove(dir);
}

static void a_program_is_run_here(void **state)
{
    (void)state;
    struct machine machine;
    assert_int_equal(machine_open("/", &machine), 0);
    struct arena arena;
    arena_init(&arena, 1 << 20);
    const char *const arguments[] = { "/bin/echo", "hello", NULL };
    struct process process = { .arguments = arguments };
    struct process_result result;
    assert_int_equal(machine.run(&machine, &process, &arena, &result), 0);
    assert_string_equal(result.output, "hello\n");
    arena_done(&arena);
    machine_done(&machine);
}

static void a_root_that_cannot_be_opened_says_why(void **state)
{
    (void)state;
    char *dir = scratch_new();
    scratch_text(dir, "file", "");
    char *none = scratch_path(dir, "none"), *file = scratch_path(dir, "file"),
         *below = scratch_path(dir, "file/x"), *loop = scratch_path(dir, "loop");
    assert_int_equal(symlink("loop", loop), 0);
    struct machine machine = { .root_fd = -7 };
    assert_int_equal(machine_open(none, &machine), GPCONF_ENOTFOUND);
    assert_int_equal(machine_open("", &machine), GPCONF_ENOTFOUND);
    assert_int_equal(machine_open(file, &machine), GPCONF_ENOTFOUND);
    assert_int_equal(machine_open(below, &machine), GPCONF_ENOTFOUND);
    assert_int_equal(machine_open(loop, &machine), GPCONF_EIO);
    assert_int_equal(machine.root_fd, -7);
    free(none);
    free(file);
    free(below);
    free(loop);
    scratch_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_root_itself_is_no_image),
        cmocka_unit_test(files_are_read_below_the_root),
        cmocka_unit_test(a_program_is_run_here),
        cmocka_unit_test(a_root_that_cannot_be_opened_says_why),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
