#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/status.h"
#include "tests/unit/file_fixture.h"

static void what_is_missing_is_not_found(void **state)
{
    (void)state;
    scratch_text(dir, "file", "");
    const char *text = "No such file or directory";
    for (enum file_check check = FILE_ANY; check <= FILE_TRUSTED; check++) {
        refuses("none", check, GPCONF_ENOTFOUND,
                arena_format(&arena, "none: %s", text));
        refuses("", check, GPCONF_ENOTFOUND, arena_format(&arena, ": %s", text));
    }
    refuses("none/file", FILE_BENEATH, GPCONF_ENOTFOUND,
            arena_format(&arena, "none/file: %s", text));
    refuses("none/file", FILE_TRUSTED, GPCONF_ENOTFOUND,
            arena_format(&arena, "none: %s", text));
    refuses("file/x", FILE_BENEATH, GPCONF_ENOTFOUND, "file/x: Not a directory");
    refuses("file/x", FILE_TRUSTED, GPCONF_ENOTFOUND, "file: Not a directory");
    refuses("file/", FILE_BENEATH, GPCONF_ENOTFOUND, "file/: Not a directory");
}

static void a_symbolic_link_is_refused_anywhere(void **state)
{
    (void)state;
    scratch_text(dir, "real/file", "text");
    link_to("real/file", "link");
    link_to("real", "folder");
    link_to(".", "real/self");
    link_to("loop", "loop");
    refuses_beneath("link", GPCONF_EUNTRUSTED,
                    "link: is or goes through a symbolic link");
    refuses("folder/file", FILE_BENEATH, GPCONF_EUNTRUSTED,
            "folder/file: is or goes through a symbolic link");
    refuses("real/self/file", FILE_BENEATH, GPCONF_EUNTRUSTED,
            "real/self/file: is or goes through a symbolic link");
    /* A trusted reading names the link itself. */
    refuses("folder/file", FILE_TRUSTED, GPCONF_EUNTRUSTED,
            "folder: is or goes through a symbolic link");
    refuses("real/self/file", FILE_TRUSTED, GPCONF_EUNTRUSTED,
            "real/self: is or goes through a symbolic link");
    struct file file;
    assert_int_equal(read_at("folder/file", FILE_ANY, &file), 0);
    assert_int_equal(read_at("link", FILE_ANY, &file), 0);
    refuses("loop", FILE_ANY, GPCONF_EIO, "loop: Too many levels of symbolic links");
}

static void a_path_that_leads_out_is_refused(void **state)
{
    (void)state;
    scratch_text(dir, "in/file", "text");
    scratch_text(dir, "out", "text");
    close(fd);
    char *in = scratch_path(dir, "in");
    fd = scratch_open(in);
    free(in);
    refuses_beneath("/etc/passwd", GPCONF_EUNTRUSTED,
                    "/etc/passwd: leads out of its folder");
    refuses_beneath("/", GPCONF_EUNTRUSTED, "/: leads out of its folder");
    refuses_beneath("//x", GPCONF_EUNTRUSTED, "//x: leads out of its folder");
    refuses_beneath("..", GPCONF_EUNTRUSTED, "..: leads out of its folder");
    refuses("../out", FILE_BENEATH, GPCONF_EUNTRUSTED,
            "../out: leads out of its folder");
    refuses("../out", FILE_TRUSTED, GPCONF_EUNTRUSTED, "..: leads out of its folder");
    refuses("./../in/file", FILE_BENEATH, GPCONF_EUNTRUSTED,
            "./../in/file: leads out of its folder");
    struct file file;
    assert_int_equal(read_at("./file", FILE_TRUSTED, &file), 0);
    assert_int_equal(read_at(".//file", FILE_TRUSTED, &file), 0);
}

static void what_is_there_is_present_even_a_link_that_leads_nowhere(void **state)
{
    (void)state;
    scratch_text(dir, "in/file", "text");
    assert_int_equal(symlinkat("nowhere", fd, "link"), 0);
    assert_true(file_present(fd, "in"));
    assert_true(file_present(fd, "in/file"));
    assert_true(file_present(fd, "link"));
    assert_false(file_present(fd, "in/other"));
    assert_false(file_present(fd, "link/file"));
    assert_false(file_present(fd, "../"));
    assert_true(file_absent(fd, "in/other"));
    assert_true(file_absent(fd, "in/file/other"));
    assert_false(file_absent(fd, "in/file"));
    assert_false(file_absent(fd, "link/file"));
    assert_false(file_absent(fd, "../"));
}

static void inside_a_trusted_folder_the_last_component_is_checked(void **state)
{
    (void)state;
    struct file file;
    scratch_text(dir, "in/file", "text");
    scratch_text(dir, "in/other", "text");
    assert_int_equal(fchmodat(fd, "in/other", 0666, 0), 0);
    assert_int_equal(read_at("in/file", FILE_INSIDE, &file), 0);
    refuses("in/other", FILE_INSIDE, GPCONF_EUNTRUSTED,
            "in/other: can be written by its group or by others");
    assert_int_equal(symlinkat("file", fd, "in/link"), 0);
    refuses("in/link", FILE_INSIDE, GPCONF_EUNTRUSTED,
            "in/link: is or goes through a symbolic link");
}

static void a_magic_link_is_refused(void **state)
{
    (void)state;
    close(fd);
    fd = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
    assert_true(fd >= 0);
    refuses_beneath("exe", GPCONF_EUNTRUSTED,
                    "exe: is or goes through a symbolic link");
    refuses("cwd/file", FILE_BENEATH, GPCONF_EUNTRUSTED,
            "cwd/file: is or goes through a symbolic link");
}

static void what_others_may_write_is_not_trusted(void **state)
{
    (void)state;
    scratch_text(dir, "a/b/file", "text");
    static const mode_t bad[] = { 0664, 0646, 0666, 0662 };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        set_mode("a/b/file", bad[i]);
        refuses("a/b/file", FILE_TRUSTED, GPCONF_EUNTRUSTED,
                "a/b/file: can be written by its group or by others");
    }
    set_mode("a/b/file", 0644);
    struct file file;
    assert_int_equal(read_at("a/b/file", FILE_TRUSTED, &file), 0);

    set_mode("a/b", 0775);
    refuses("a/b/file", FILE_TRUSTED, GPCONF_EUNTRUSTED,
            "a/b: can be written by its group or by others");
    set_mode("a/b", 0755);
    set_mode("a", 01777); /* a sticky folder lets others add names all the same */
    refuses("a/b/file", FILE_TRUSTED, GPCONF_EUNTRUSTED,
            "a: can be written by its group or by others");
    set_mode("a", 0755);
    set_mode("", 0757);
    refuses("a/b/file", FILE_TRUSTED, GPCONF_EUNTRUSTED,
            ".: can be written by its group or by others");
    assert_int_equal(read_at("a/b/file", FILE_BENEATH, &file), 0);
    set_mode("", 0755);
    assert_int_equal(read_at("a/b/file", FILE_TRUSTED, &file), 0);
}

static void what_somebody_else_owns_is_not_trusted(void **state)
{
    (void)state;
    if (geteuid() != 0) {
        print_message("only root can give a file away\n");
        skip();
    }
    scratch_text(dir, "a/file", "text");
    char *file = scratch_path(dir, "a/file"), *folder = scratch_path(dir, "a");
    struct file ret;
    assert_int_equal(chown(file, 12345, 0), 0);
    refuses("a/file", FILE_TRUSTED, GPCONF_EUNTRUSTED,
            "a/file: is owned by neither root nor you");
    assert_int_equal(read_at("a/file", FILE_BENEATH, &ret), 0);
    assert_int_equal(chown(file, 0, 12345), 0); /* the group does not matter */
    assert_int_equal(read_at("a/file", FILE_TRUSTED, &ret), 0);
    assert_int_equal(chown(folder, 12345, 0), 0);
    refuses("a/file", FILE_TRUSTED, GPCONF_EUNTRUSTED,
            "a: is owned by neither root nor you");
    free(file);
    free(folder);
}

/* As a user without privileges; the answer is an exit status. */
static int read_as_nobody(void)
{
    if (setgid(65534) || setuid(65534))
        return 1;
    struct file file;
    if (read_at("roots", FILE_TRUSTED, &file))
        return 2;
    if (read_at("mine", FILE_TRUSTED, &file))
        return 3;
    if (read_at("theirs", FILE_TRUSTED, &file) != GPCONF_EUNTRUSTED)
        return 4;
    if (read_at("secret", FILE_TRUSTED, &file) != GPCONF_EPERM)
        return 5;
    if (strcmp(why, "secret: Permission denied") != 0)
        return 6;
    struct directory list;
    if (file_list(fd, "closed", FILE_TRUSTED, &arena, &list, &why) != GPCONF_EPERM)
        return 7;
    return read_at("closed/file", FILE_TRUSTED, &file) == GPCONF_EPERM ? 0 : 8;
}

static void who_is_not_trusted_on_the_way_is_found(void **state)
{
    (void)state;
    struct distrust found = { .mode = 77 };
    scratch_text(dir, "a/b/file", "text");
    assert_false(file_distrust(fd, "a/b/file", &arena, &found));
    assert_false(file_distrust(fd, "a/b/none", &arena, &found));
    assert_int_equal(found.mode, 77);
    set_mode("a/b/file", 0646);
    assert_true(file_distrust(fd, "a/b/file", &arena, &found));
    assert_string_equal(found.path, "a/b/file");
    assert_int_equal(found.mode, 0646);
    assert_false(found.is_foreign);
    set_mode("a/b", 0775);
    assert_true(file_distrust(fd, "a/b/file", &arena, &found));
    assert_string_equal(found.path, "a/b");
    assert_int_equal(found.mode, 0775);
    assert_int_equal(found.uid, geteuid());
    set_mode(".", 0777);
    assert_true(file_distrust(fd, "a/b/file", &arena, &found));
    assert_string_equal(found.path, ".");
    if (geteuid() != 0)
        return;
    set_mode(".", 0755);
    char *full = scratch_path(dir, "a");
    assert_int_equal(chown(full, 65534, 0), 0);
    free(full);
    assert_true(file_distrust(fd, "a/b/file", &arena, &found));
    assert_string_equal(found.path, "a");
    assert_true(found.is_foreign);
    assert_int_equal(found.uid, 65534);
}

static void a_user_trusts_root_and_themselves(void **state)
{
    (void)state;
    if (geteuid() != 0) {
        print_message("only root can become somebody else\n");
        skip();
    }
    static const char *const names[] = { "roots", "mine", "theirs", "secret" };
    static const uid_t owners[] = { 0, 65534, 12345, 0 };
    for (size_t i = 0; i < 4; i++) {
        scratch_text(dir, names[i], "text");
        char *full = scratch_path(dir, names[i]);
        assert_int_equal(chown(full, owners[i], 0), 0);
        free(full);
    }
    set_mode("secret", 0600);
    scratch_text(dir, "closed/file", "text");
    set_mode("closed", 0700);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(read_as_nobody());
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void only_a_regular_file_is_read(void **state)
{
    (void)state;
    scratch_folder(dir, "folder");
    char *fifo = scratch_path(dir, "fifo");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    free(fifo);
    int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(chdir(dir), 0); /* the path of a socket must be short */
    int sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "socket" };
    assert_int_equal(bind(sock, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(fchdir(here), 0);
    close(here);
    set_mode("socket", 0600);
    for (enum file_check check = FILE_ANY; check <= FILE_TRUSTED; check++) {
        alarm(5); /* none of them may make us wait */
        refuses("folder", check, GPCONF_EUNTRUSTED, "folder: is no regular file");
        refuses("fifo", check, GPCONF_EUNTRUSTED, "fifo: is no regular file");
        refuses("socket", check, GPCONF_EUNTRUSTED, "socket: is no regular file");
        alarm(0);
    }
    refuses("/dev/null", FILE_ANY, GPCONF_EUNTRUSTED, "/dev/null: is no regular file");
    close(sock);
}

static void a_lease_is_not_waited_for(void **state)
{
    (void)state;
    scratch_text(dir, "file", "text");
    char *full = scratch_path(dir, "file");
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        alarm(20);              /* whatever becomes of the test */
        signal(SIGIO, SIG_IGN); /* asked to give it up, it does not */
        int held = open(full, O_RDWR);
        char ok = fcntl(held, F_SETLEASE, F_WRLCK) == 0;
        if (write(ready[1], &ok, 1) != 1)
            _exit(1);
        pause();
        _exit(0);
    }
    char ok = 0;
    assert_int_equal(read(ready[0], &ok, 1), 1);
    close(ready[0]);
    close(ready[1]);
    if (ok) {
        alarm(5);
        for (enum file_check check = FILE_ANY; check <= FILE_TRUSTED; check++)
            refuses("file", check, GPCONF_EBUSY,
                    "file: Resource temporarily unavailable");
        alarm(0);
    }
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    free(full);
    if (!ok) {
        print_message("this file system has no leases\n");
        skip();
    }
}

static void a_folder_that_a_person_names_is_opened_through_a_link(void **state)
{
    (void)state;
    struct file file;
    int folder = -1;
    scratch_text(dir, "inner/file", "text");
    assert_int_equal(symlinkat("inner", fd, "link"), 0);
    char *path = scratch_path(dir, "link");
    assert_int_equal(file_open_folder(path, &arena, &folder, &why), 0);
    assert_int_equal(file_read(folder, "file", FILE_BENEATH, 1000, &arena, &file, &why),
                     0);
    assert_string_equal(file.bytes, "text");
    close(folder);
    free(path);
    path = scratch_path(dir, "inner/file");
    assert_int_equal(file_open_folder(path, &arena, &folder, &why), GPCONF_ENOTFOUND);
    assert_non_null(file_reason(why, path));
    assert_ptr_not_equal(file_reason(why, path), why);
    free(path);
    assert_ptr_equal(file_reason(why, "other"), why);
    assert_null(file_reason(NULL, "other"));
}

static void nothing_stays_open(void **state)
{
    (void)state;
    scratch_text(dir, "file", "text");
    scratch_folder(dir, "folder");
    set_mode("folder", 0777);
    int next = dup(fd);
    close(next);
    static const char *const paths[] = { "file", "none",        "folder", "/x",
                                         "..",   "folder/file", "" };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        for (enum file_check check = FILE_ANY; check <= FILE_TRUSTED; check++) {
            struct file file;
            struct directory list;
            file_read(fd, paths[i], check, 3, &arena, &file, &why);
            file_list(fd, paths[i], check, &arena, &list, &why);
        }
    int now = dup(fd);
    close(now);
    assert_int_equal(now, next);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_missing_is_not_found),
        TEST(a_symbolic_link_is_refused_anywhere),
        TEST(a_path_that_leads_out_is_refused),
        TEST(what_is_there_is_present_even_a_link_that_leads_nowhere),
        TEST(inside_a_trusted_folder_the_last_component_is_checked),
        TEST(a_magic_link_is_refused),
        TEST(what_others_may_write_is_not_trusted),
        TEST(what_somebody_else_owns_is_not_trusted),
        TEST(who_is_not_trusted_on_the_way_is_found),
        TEST(a_user_trusts_root_and_themselves),
        TEST(only_a_regular_file_is_read),
        TEST(a_lease_is_not_waited_for),
        TEST(a_folder_that_a_person_names_is_opened_through_a_link),
        TEST(nothing_stays_open),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
