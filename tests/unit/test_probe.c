#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buffer.h"
#include "engine/providers/apt/probe.h"
#include "tests/unit/support.h"

static const char packages[] = "Package: apt\nStatus: install ok installed\n"
                               "Version: 2.6.1\n\n"
                               "Package: gone\nStatus: deinstall ok config-files\n"
                               "Version: 1.0\n\n"
                               "Package: unattended-upgrades\n"
                               "Status: install ok installed\n"
                               "Description: x\n Version: 0.0\n"
                               "Version: 2.9.1+nmu3\n";

static struct client probe(const char *dir, struct arena *arena,
                           struct diagnostics *diagnostics)
{
    struct machine machine = { .root = dir,
                               .root_fd = scratch_open(dir),
                               .is_image = true };
    struct client client;
    diagnostics_init(diagnostics, arena);
    assert_int_equal(probe_apt(&machine, arena, diagnostics, &client), 0);
    close(machine.root_fd);
    return client;
}

static void installed_packages_have_a_version(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    assert_string_equal(probe_package_version(packages, "apt", &arena), "2.6.1");
    assert_string_equal(probe_package_version(packages, "unattended-upgrades", &arena),
                        "2.9.1+nmu3");
    assert_null(probe_package_version(packages, "gone", &arena));
    assert_null(probe_package_version(packages, "ap", &arena));
    assert_null(probe_package_version("", "apt", &arena));
    arena_done(&arena);
}

static void os_release_values_lose_their_quotes(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1 << 20);
    const char *text = "NAME=\"Debian GNU/Linux\"\nVERSION_ID='12'\nID=debian";
    assert_string_equal(probe_os_release(text, "NAME", &arena), "Debian GNU/Linux");
    assert_string_equal(probe_os_release(text, "VERSION_ID", &arena), "12");
    assert_string_equal(probe_os_release(text, "ID", &arena), "debian");
    assert_null(probe_os_release(text, "VERSION_CODENAME", &arena));
    arena_done(&arena);
}

static void a_machine_is_recognised(void **state)
{
    (void)state;
    char *dir = scratch_new();
    scratch_text(dir, "usr/lib/os-release", "ID=debian\nVERSION_CODENAME=bookworm\n");
    scratch_text(dir, "var/lib/dpkg/status", packages);
    scratch_text(dir, "usr/bin/snap", "");
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct diagnostics diagnostics;
    struct client client = probe(dir, &arena, &diagnostics);
    assert_true(client.present);
    assert_string_equal(client.version, "2.9.1+nmu3");
    assert_string_equal(client.codename, "bookworm");
    assert_int_equal(client.n_updaters, 1);
    assert_string_equal(client.updaters[0], "snapd");
    assert_null(client.orchestrator);
    assert_false(client.systemd_running);
    assert_int_equal(diagnostics.n, 0);
    arena_done(&arena);
    scratch_remove(dir);
}

static void a_foreign_orchestrator_is_named(void **state)
{
    (void)state;
    char *dir = scratch_new();
    scratch_folder(dir, "var/lib/waagent/"
                        "Microsoft.CPlat.Core.LinuxPatchExtension-1.6.40");
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct diagnostics diagnostics;
    struct client client = probe(dir, &arena, &diagnostics);
    assert_non_null(client.orchestrator);
    assert_false(client.present);
    arena_done(&arena);
    scratch_remove(dir);
}

static void a_client_that_installs_nothing_is_told(void **state)
{
    (void)state;
    char *dir = scratch_new();
    scratch_text(dir, "var/lib/dpkg/status",
                 "Package: apt\nStatus: install ok installed\nVersion: 2.6.1\n");
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct diagnostics diagnostics;
    struct client client = probe(dir, &arena, &diagnostics);
    assert_true(client.present);
    assert_null(client.version);
    assert_string_equal(diagnostics.first->code, "apt-no-unattended-upgrades");
    arena_done(&arena);
    scratch_remove(dir);
}

static void packages_are_found_far_into_the_file(void **state)
{
    (void)state;
    char *dir = scratch_new();
    struct buffer text;
    buffer_init(&text, 1 << 20);
    for (unsigned i = 0; i < 3000; i++)
        buffer_format(&text, "Package: p%u\nStatus: install ok installed\n\n", i);
    buffer_format(&text,
                  "%s\nPackage: unattended-upgrades\n"
                  "Status: install ok installed\nVersion: 9\n",
                  packages);
    assert_false(buffer_failed(&text));
    scratch_write(dir, "var/lib/dpkg/status", text.data, text.size);
    struct arena arena;
    arena_init(&arena, 1 << 20);
    struct diagnostics diagnostics;
    struct client client = probe(dir, &arena, &diagnostics);
    assert_true(client.present);
    assert_string_equal(client.version, "2.9.1+nmu3"); /* what is said first */
    arena_done(&arena);
    buffer_done(&text);
    scratch_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(installed_packages_have_a_version),
        cmocka_unit_test(os_release_values_lose_their_quotes),
        cmocka_unit_test(a_machine_is_recognised),
        cmocka_unit_test(a_foreign_orchestrator_is_named),
        cmocka_unit_test(a_client_that_installs_nothing_is_told),
        cmocka_unit_test(packages_are_found_far_into_the_file),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
