#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/status.h"
#include "tests/unit/support.h"

/* Every test has a scratch directory, a descriptor of it and an arena. */
static struct arena arena;
static char *dir;
static int fd;
static const char *why;

static int begin(void **state)
{
    (void)state;
    arena_init(&arena, LIMIT_ARENA);
    dir = scratch_new();
    fd = scratch_open(dir);
    why = NULL;
    return 0;
}

static int end(void **state)
{
    (void)state;
    close(fd);
    scratch_remove(dir);
    arena_done(&arena);
    return 0;
}

static int read_at(const char *path, enum file_check check, struct file *ret)
{
    return file_read(fd, path, check, 1000, &arena, ret, &why);
}

/* The status of reading, which fails with the reason. */
static void refuses(const char *path, enum file_check check, int status,
                    const char *reason)
{
    struct file file = { .size = 77 };
    why = NULL;
    assert_int_equal(read_at(path, check, &file), status);
    assert_non_null(why);
    assert_string_equal(why, reason);
    assert_int_equal(file.size, 77);
    /* Nobody has to ask for the reason. */
    assert_int_equal(file_read(fd, path, check, 1000, &arena, &file, NULL), status);
}

static void refuses_beneath(const char *path, int status, const char *reason)
{
    refuses(path, FILE_BENEATH, status, reason);
    refuses(path, FILE_TRUSTED, status, reason);
}

static void set_mode(const char *path, mode_t mode)
{
    char *full = scratch_path(dir, path);
    assert_int_equal(chmod(full, mode), 0);
    free(full);
}

static void link_to(const char *target, const char *path)
{
    char *full = scratch_path(dir, path);
    assert_int_equal(symlink(target, full), 0);
    free(full);
}

static void a_file_is_read_whole_with_its_facts(void **state)
{
    (void)state;
    scratch_write(dir, "a/b/file", "one\0two", 7);
    char *full = scratch_path(dir, "a/b/file");
    const struct timespec times[2] = { { 5, 6 }, { 1000, 42 } };
    assert_int_equal(utimensat(AT_FDCWD, full, times, 0), 0);
    set_mode("a/b/file", 0640);
    struct stat st;
    assert_int_equal(stat(full, &st), 0);
    for (enum file_check check = FILE_ANY; check <= FILE_TRUSTED; check++) {
        struct file file;
        assert_int_equal(read_at("a/b/file", check, &file), 0);
        assert_string_equal(file.path, "a/b/file");
        assert_int_equal(file.size, 7);
        assert_memory_equal(file.bytes, "one\0two", 8);
        assert_int_equal(file.mode, 0640);
        assert_int_equal(file.uid, geteuid());
        assert_int_equal(file.gid, st.st_gid);
        assert_int_equal(file.device, st.st_dev);
        assert_int_equal(file.inode, st.st_ino);
        assert_int_equal(file.modified_ns, 1000000000042);
    }
    struct file file;
    assert_int_equal(file_read(AT_FDCWD, full, FILE_ANY, 1000, &arena, &file, &why), 0);
    assert_string_equal(file.path, full);
    free(full);
}

static void a_time_that_does_not_fit_is_the_nearest(void **state)
{
    (void)state;
    scratch_text(dir, "file", "");
    char *full = scratch_path(dir, "file");
    /* The year 2400, and as far in the past as the file system goes. */
    const struct timespec future[2] = { { 0, 0 }, { 13569465600, 999999999 } };
    assert_int_equal(utimensat(AT_FDCWD, full, future, 0), 0);
    struct stat st;
    assert_int_equal(stat(full, &st), 0);
    if (st.st_mtim.tv_sec != future[1].tv_sec) {
        free(full);
        print_message("the file system does not go beyond 2262\n");
        skip();
    }
    struct file file;
    assert_int_equal(read_at("file", FILE_TRUSTED, &file), 0);
    assert_true(file.modified_ns == INT64_MAX);
    const struct timespec past[2] = { { 0, 0 }, { INT64_MIN / 2, 0 } };
    assert_int_equal(utimensat(AT_FDCWD, full, past, 0), 0);
    assert_int_equal(read_at("file", FILE_TRUSTED, &file), 0);
    assert_true(file.modified_ns < 0);
    free(full);
}

static void an_empty_file_is_empty_text(void **state)
{
    (void)state;
    scratch_text(dir, "empty", "");
    struct file file;
    assert_int_equal(file_read(fd, "empty", FILE_TRUSTED, 0, &arena, &file, &why), 0);
    assert_int_equal(file.size, 0);
    assert_string_equal(file.bytes, "");
}

static void the_size_limit_is_exact(void **state)
{
    (void)state;
    scratch_text(dir, "ten", "0123456789");
    struct file file = { .size = 77 };
    assert_int_equal(file_read(fd, "ten", FILE_TRUSTED, 10, &arena, &file, &why), 0);
    assert_int_equal(file.size, 10);
    file.size = 77;
    assert_int_equal(file_read(fd, "ten", FILE_TRUSTED, 9, &arena, &file, &why),
                     GPCONF_ELIMIT);
    assert_string_equal(why, "ten: is larger than the limit of 9 bytes");
    assert_int_equal(file.size, 77);
    assert_int_equal(file_read(fd, "ten", FILE_TRUSTED, SIZE_MAX, &arena, &file, &why),
                     0);
}

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

static void a_file_without_a_size_is_read_to_its_end(void **state)
{
    (void)state;
    /* The kernel says that these have 0 bytes, as a file that grows may. */
    struct file file;
    assert_int_equal(
        file_read(AT_FDCWD, "/proc/self/status", FILE_ANY, 100000, &arena, &file, &why),
        0);
    assert_true(file.size > 100);
    assert_int_equal(strlen(file.bytes), file.size);
    assert_non_null(strstr(file.bytes, "\nPid:"));
    assert_int_equal(
        file_read(AT_FDCWD, "/proc/self/status", FILE_ANY, 100, &arena, &file, &why),
        GPCONF_ELIMIT);
    assert_int_equal(file_read(AT_FDCWD, "/proc/kallsyms", FILE_ANY, LIMIT_ARENA,
                               &arena, &file, &why),
                     0);
    assert_int_equal(strlen(file.bytes), file.size);
}

static void a_read_that_fails_says_so(void **state)
{
    (void)state;
    /* Nothing is mapped at address 0. */
    struct file file = { .size = 77 };
    assert_int_equal(
        file_read(AT_FDCWD, "/proc/self/mem", FILE_ANY, 1000, &arena, &file, &why),
        GPCONF_EIO);
    assert_string_equal(why, "/proc/self/mem: could not be read or written");
    assert_int_equal(file.size, 77);
}

static void a_growing_file_is_a_prefix_of_itself(void **state)
{
    (void)state;
    scratch_text(dir, "log", "");
    char *full = scratch_path(dir, "log");
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int log = open(full, O_WRONLY | O_APPEND);
        for (int i = 0; i < 100000; i++)
            if (write(log, "abcdefghijklmnopqrstuvwxyz", 26) != 26)
                _exit(1);
        _exit(0);
    }
    int status = 0;
    size_t before = 0;
    do {
        struct arena mine;
        arena_init(&mine, LIMIT_ARENA);
        struct file file;
        assert_int_equal(
            file_read(fd, "log", FILE_TRUSTED, 10000000, &mine, &file, &why), 0);
        const char *bytes = file.bytes;
        assert_true(file.size >= before);
        before = file.size;
        for (size_t i = 0; i < file.size; i++)
            if (bytes[i] != 'a' + (char)(i % 26))
                fail_msg("byte %zu is %d", i, bytes[i]);
        assert_int_equal(bytes[file.size], 0);
        arena_done(&mine);
    } while (waitpid(child, &status, WNOHANG) == 0);
    assert_int_equal(status, 0);
    free(full);
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

static void a_full_arena_is_out_of_memory_with_a_reason(void **state)
{
    (void)state;
    scratch_text(dir, "a/file", "0123456789012345678901234567890123456789");
    for (size_t limit = 0; limit <= 160; limit += 16) {
        struct arena small;
        arena_init(&small, limit);
        struct file file = { .size = 77 };
        int status = file_read(fd, "a/file", FILE_TRUSTED, 1000, &small, &file, &why);
        if (status) {
            assert_int_equal(status, GPCONF_ENOMEM);
            assert_string_equal(why, "out of memory");
            assert_int_equal(file.size, 77);
        }
        assert_int_equal(status == 0, limit >= 16 + 16 + 48);
        arena_done(&small);
    }
    for (size_t limit = 0; limit <= 256; limit += 16) {
        struct arena small;
        arena_init(&small, limit);
        struct directory list = { .n = 77 };
        int status = file_list(fd, ".", FILE_BENEATH, &small, &list, &why);
        if (status) {
            assert_int_equal(status, GPCONF_ENOMEM);
            assert_string_equal(why, "out of memory");
        }
        assert_int_equal(list.n, status ? 77 : 1);
        arena_done(&small);
    }
}

static int list_at(const char *path, enum file_check check, struct directory *ret)
{
    return file_list(fd, path, check, &arena, ret, &why);
}

static void a_list_is_sorted_by_bytes_and_knows_kinds(void **state)
{
    (void)state;
    struct directory list = { .n = 77 };
    assert_int_equal(list_at(".", FILE_TRUSTED, &list), 0);
    assert_int_equal(list.n, 0);
    scratch_text(dir, "d/b", "");
    scratch_text(dir, "d/B", "");
    scratch_text(dir, "d/a", "");
    scratch_text(dir, "d/.hidden", "");
    scratch_text(dir, "d/\xFF\n", "");
    scratch_text(dir, "d/\xC3\xA9", "");
    scratch_folder(dir, "d/folder");
    link_to("a", "d/link");
    link_to("none", "d/dangling");
    link_to("folder", "d/to-folder");
    static const struct directory_entry beneath[] = {
        { ".hidden", FILE_REGULAR },  { "B", FILE_REGULAR },
        { "a", FILE_REGULAR },        { "b", FILE_REGULAR },
        { "dangling", FILE_OTHER },   { "folder", FILE_DIRECTORY },
        { "link", FILE_OTHER },       { "to-folder", FILE_OTHER },
        { "\xC3\xA9", FILE_REGULAR }, { "\xFF\n", FILE_REGULAR },
    };
    assert_int_equal(list_at("d", FILE_TRUSTED, &list), 0);
    assert_int_equal(list.n, 10);
    for (size_t i = 0; i < list.n; i++) {
        assert_string_equal(list.entries[i].name, beneath[i].name);
        assert_int_equal(list.entries[i].kind, beneath[i].kind);
    }
    /* Followed, a link is what it leads to, and nothing when that is missing. */
    assert_int_equal(list_at("d", FILE_ANY, &list), 0);
    assert_int_equal(list.n, 9);
    assert_null(file_entry(&list, "dangling"));
    assert_int_equal(file_entry(&list, "link")->kind, FILE_REGULAR);
    assert_int_equal(file_entry(&list, "to-folder")->kind, FILE_DIRECTORY);
}

static void a_list_is_refused_like_a_file(void **state)
{
    (void)state;
    scratch_text(dir, "file", "");
    scratch_folder(dir, "open/inner");
    link_to("open", "link");
    set_mode("open", 0777);
    struct directory list = { .n = 77 };
    for (enum file_check check = FILE_ANY; check <= FILE_TRUSTED; check++) {
        assert_int_equal(list_at("none", check, &list), GPCONF_ENOTFOUND);
        assert_string_equal(why, "none: No such file or directory");
        assert_int_equal(list_at("file", check, &list), GPCONF_ENOTFOUND);
        assert_string_equal(why, "file: Not a directory");
    }
    assert_int_equal(list_at("link", FILE_BENEATH, &list), GPCONF_EUNTRUSTED);
    assert_int_equal(list_at("..", FILE_BENEATH, &list), GPCONF_EUNTRUSTED);
    assert_int_equal(list_at("/", FILE_TRUSTED, &list), GPCONF_EUNTRUSTED);
    assert_int_equal(list_at("open", FILE_TRUSTED, &list), GPCONF_EUNTRUSTED);
    assert_string_equal(why, "open: can be written by its group or by others");
    assert_int_equal(list_at("open/inner", FILE_TRUSTED, &list), GPCONF_EUNTRUSTED);
    assert_string_equal(why, "open: can be written by its group or by others");
    assert_int_equal(list.n, 77);
    assert_int_equal(list_at("open", FILE_BENEATH, &list), 0);
    assert_int_equal(list_at("link", FILE_ANY, &list), 0);
}

/* A folder in memory where there is one: on a disk so many files take seconds. */
static void a_directory_has_a_limit(void **state)
{
    (void)state;
    char in_memory[] = "/dev/shm/gpconf-test-XXXXXX";
    const char *many = mkdtemp(in_memory) ? in_memory : dir;
    int here = open(many, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct directory full = { 0 }, over = { .n = 77 };
    int full_status = 1, over_status = 1;
    unsigned made = 0;
    char name[16];
    for (; made <= LIMIT_DIRECTORY; made++) {
        if (made == LIMIT_DIRECTORY)
            full_status = file_list(here, ".", FILE_BENEATH, &arena, &full, &why);
        snprintf(name, sizeof name, "%u", made);
        if (mknodat(here, name, S_IFREG | 0644, 0) < 0)
            break;
    }
    over_status = file_list(here, ".", FILE_BENEATH, &arena, &over, &why);
    for (unsigned i = 0; i < made; i++) {
        snprintf(name, sizeof name, "%u", i);
        unlinkat(here, name, 0);
    }
    close(here);
    if (many == in_memory)
        rmdir(many);
    assert_int_equal(made, LIMIT_DIRECTORY + 1);
    assert_int_equal(full_status, 0);
    assert_int_equal(full.n, LIMIT_DIRECTORY);
    for (size_t i = 1; i < full.n; i++)
        assert_true(strcmp(full.entries[i - 1].name, full.entries[i].name) < 0);
    assert_int_equal(over_status, GPCONF_ELIMIT);
    assert_string_equal(why, ".: has more than 65536 entries");
    assert_int_equal(over.n, 77);
}

static void an_entry_is_found_without_case_the_exact_one_first(void **state)
{
    (void)state;
    scratch_text(dir, "GPT.INI", "");
    scratch_text(dir, "Gpt.ini", "");
    scratch_text(dir, "gpt.ini", "");
    scratch_text(dir, "\xC3\x89t\xC3\xA9", "");
    struct directory list;
    assert_int_equal(list_at(".", FILE_TRUSTED, &list), 0);
    assert_string_equal(file_entry(&list, "gpt.ini")->name, "gpt.ini");
    assert_string_equal(file_entry(&list, "Gpt.ini")->name, "Gpt.ini");
    assert_string_equal(file_entry(&list, "gpT.ini")->name, "GPT.INI");
    assert_string_equal(file_entry(&list, "\xC3\xA9T\xC3\x89")->name,
                        "\xC3\x89t\xC3\xA9");
    assert_null(file_entry(&list, "gpt.in"));
    assert_null(file_entry(&list, "gpt.ini2"));
    assert_null(file_entry(&list, ""));
    struct directory nothing = { 0 };
    assert_null(file_entry(&nothing, "x"));
}

static void joining_puts_one_slash(void **state)
{
    (void)state;
    assert_string_equal(file_join(&arena, "a", "b"), "a/b");
    assert_string_equal(file_join(&arena, "a/", "b"), "a/b");
    assert_string_equal(file_join(&arena, "/", "b"), "/b");
    assert_string_equal(file_join(&arena, "", "b"), "b");
    assert_string_equal(file_join(&arena, "a/b", "c/d"), "a/b/c/d");
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

/* What each() got, joined, and how it was cut. */
struct pieces {
    struct buffer all;
    size_t n, most; /* pieces, and after how many to stop; 0: never */
};

static bool take_piece(void *context, const char *text)
{
    struct pieces *pieces = context;
    size_t size = strlen(text);
    assert_true(size > 0);
    buffer_append(&pieces->all, text, size);
    pieces->n++;
    return pieces->n != pieces->most;
}

/* n paragraphs of five lines, the last without an empty line behind it. */
static void put_paragraphs(struct buffer *to, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        buffer_format(to, "%sPackage: p%u\nA: a\nB: b\nC: c\nVersion: %u\n",
                      i ? "\n" : "", i, i);
}

static int scan(const char *path, size_t limit, struct pieces *ret, size_t most)
{
    *ret = (struct pieces){ .most = most };
    buffer_init(&ret->all, 1 << 20);
    return file_scan(fd, path, FILE_BENEATH, limit, &arena, take_piece, ret);
}

static bool whole_paragraph(void *context, const char *text)
{
    size_t size = strlen(text);
    bool *last = context;
    assert_false(*last);
    assert_int_equal(strncmp(text, "Package: ", 9), 0);
    *last = strcmp(text + size - 2, "\n\n") != 0;
    return true;
}

static void a_scan_gives_whole_paragraphs(void **state)
{
    (void)state;
    struct buffer text;
    struct pieces pieces;
    bool last = false;
    buffer_init(&text, 1 << 20);
    put_paragraphs(&text, 5000);
    scratch_write(dir, "status", text.data, text.size);
    assert_int_equal(scan("status", text.size, &pieces, 0), 0);
    assert_true(pieces.n > 3);
    assert_int_equal(pieces.all.size, text.size);
    assert_memory_equal(pieces.all.data, text.data, text.size);
    assert_int_equal(file_scan(fd, "status", FILE_BENEATH, text.size, &arena,
                               whole_paragraph, &last),
                     0);
    assert_true(last);
    buffer_done(&pieces.all);
    assert_int_equal(scan("status", text.size, &pieces, 2), 0);
    assert_int_equal(pieces.n, 2);
    buffer_done(&pieces.all);
    buffer_done(&text);
}

static void a_paragraph_of_any_size_is_whole(void **state)
{
    (void)state;
    static const size_t sizes[] = { 1, 32767, 32768, 32769, 65536, 100000 };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct buffer text;
        struct pieces pieces;
        buffer_init(&text, 1 << 20);
        for (size_t j = 0; j < sizes[i]; j++)
            buffer_append(&text, "x", 1);
        buffer_format(&text, "\n\nlast\n");
        scratch_write(dir, "long", text.data, text.size);
        assert_int_equal(scan("long", 1 << 20, &pieces, 1), 0);
        assert_true(pieces.all.size >= sizes[i] + 2);
        assert_memory_equal(pieces.all.data, text.data, sizes[i] + 2);
        buffer_done(&pieces.all);
        assert_int_equal(scan("long", 1 << 20, &pieces, 0), 0);
        assert_int_equal(pieces.all.size, text.size);
        buffer_done(&pieces.all);
        buffer_done(&text);
    }
}

static void a_scan_is_refused_like_a_file(void **state)
{
    (void)state;
    struct pieces pieces;
    scratch_text(dir, "five", "a\n\nb\n");
    scratch_text(dir, "empty", "");
    scratch_folder(dir, "folder");
    assert_int_equal(scan("five", 5, &pieces, 0), 0);
    assert_int_equal(pieces.all.size, 5);
    buffer_done(&pieces.all);
    assert_int_equal(scan("five", 4, &pieces, 0), GPCONF_ELIMIT);
    assert_int_equal(scan("missing", 5, &pieces, 0), GPCONF_ENOTFOUND);
    assert_int_equal(scan("folder", 5, &pieces, 0), GPCONF_EUNTRUSTED);
    assert_int_equal(scan("empty", 5, &pieces, 0), 0);
    assert_int_equal(pieces.n, 0);
    /* A file without a size is counted as it is read. */
    int process = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(
        file_scan(process, "status", FILE_BENEATH, 10, &arena, take_piece, &pieces),
        GPCONF_ELIMIT);
    close(process);
    buffer_done(&pieces.all);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_is_read_whole_with_its_facts),
        TEST(a_time_that_does_not_fit_is_the_nearest),
        TEST(an_empty_file_is_empty_text),
        TEST(the_size_limit_is_exact),
        TEST(what_is_missing_is_not_found),
        TEST(a_symbolic_link_is_refused_anywhere),
        TEST(a_path_that_leads_out_is_refused),
        TEST(what_is_there_is_present_even_a_link_that_leads_nowhere),
        TEST(inside_a_trusted_folder_the_last_component_is_checked),
        TEST(a_magic_link_is_refused),
        TEST(what_others_may_write_is_not_trusted),
        TEST(what_somebody_else_owns_is_not_trusted),
        TEST(a_user_trusts_root_and_themselves),
        TEST(only_a_regular_file_is_read),
        TEST(a_file_without_a_size_is_read_to_its_end),
        TEST(a_read_that_fails_says_so),
        TEST(a_growing_file_is_a_prefix_of_itself),
        TEST(a_lease_is_not_waited_for),
        TEST(a_full_arena_is_out_of_memory_with_a_reason),
        TEST(a_scan_gives_whole_paragraphs),
        TEST(a_paragraph_of_any_size_is_whole),
        TEST(a_scan_is_refused_like_a_file),
        TEST(a_list_is_sorted_by_bytes_and_knows_kinds),
        TEST(a_list_is_refused_like_a_file),
        TEST(a_directory_has_a_limit),
        TEST(an_entry_is_found_without_case_the_exact_one_first),
        TEST(joining_puts_one_slash),
        TEST(a_folder_that_a_person_names_is_opened_through_a_link),
        TEST(nothing_stays_open),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
