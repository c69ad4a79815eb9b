#include "tests/unit/change_sample.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "engine/change/history.h"

#define APT "etc/apt/apt.conf.d/99-gpconf.conf"
#define DROPIN "etc/systemd/system/apt-daily.timer.d/gpconf.conf"

/* A client that does as it is told. */
struct client {
    struct fixture *f;
    const char *meddle; /* a path that somebody writes while we ask for acceptance */
    int accept, activate, observe; /* what they return */
    int accepted, activated, observed;
    bool saw_staged;
    const char *setting; /* what current() says */
    bool sticks;
};

static int accept_it(void *context, const struct change *change, struct arena *arena,
                     struct diagnostics *diagnostics)
{
    struct client *client = context;
    (void)arena, (void)diagnostics;
    client->accepted++;
    client->saw_staged = change->n_steps && change->steps[0].staged &&
                         fixture_exists(client->f, change->steps[0].staged);
    if (client->meddle) {
        assert_true(unlinkat(client->f->root, client->meddle, 0) == 0 ||
                    errno == ENOENT);
        fixture_write(client->f, client->meddle, "somebody else\n");
    }
    return client->accept;
}

static int activate_it(void *context, const char *owner, const struct change *change,
                       struct arena *arena, struct diagnostics *diagnostics)
{
    struct client *client = context;
    (void)change, (void)arena, (void)diagnostics;
    assert_string_equal(owner, "apt");
    return client->activated++ ? 0 : client->activate;
}

static struct change two_files(struct fixture *f, const char *body)
{
    struct change change = sample_change();
    sample_want(f, &change, APT, body);
    sample_want(f, &change, DROPIN, body);
    return change;
}

static int edit_it(void *context, const char *owner, const struct change *change,
                   struct arena *arena, struct diagnostics *diagnostics)
{
    (void)owner, (void)change, (void)arena, (void)diagnostics;
    fixture_write(context, APT, "somebody else\n");
    return 0;
}

static void a_foreign_write_while_it_takes_effect_survives(void **state)
{
    struct fixture *f = *state;
    const struct change_table table = { .context = f, .activate = edit_it };
    assert_int_equal(sample_apply(f, APT, "one\n"), 0);
    struct change change = two_files(f, "two\n");
    assert_int_equal(sample_commit(f, &change, &table), GPCONF_ECLIENT);
    assert_string_equal(fixture_read(f, APT, NULL), "somebody else\n");
    assert_false(fixture_exists(f, DROPIN));
    assert_true(fixture_said(f, "change-drifted"));
    sample_assert_clean(f);
}

static int observe_it(void *context, const struct change *change, struct arena *arena,
                      struct diagnostics *diagnostics)
{
    struct client *client = context;
    (void)change, (void)arena, (void)diagnostics;
    client->observed++;
    return client->observe;
}

static int current_of(void *context, const char *owner, const char *setting,
                      struct arena *arena, const char **ret_value)
{
    struct client *client = context;
    (void)owner, (void)setting;
    *ret_value = arena_string(arena, client->setting);
    return 0;
}

static int call_it(void *context, const char *owner, const char *setting,
                   const char *value, struct arena *arena,
                   struct diagnostics *diagnostics)
{
    struct client *client = context;
    (void)owner, (void)setting, (void)diagnostics;
    if (client->sticks)
        client->setting = arena_string(arena, value);
    return 0;
}

static struct change_table table_of(struct client *client)
{
    return (struct change_table){ .context = client,
                                  .accept = accept_it,
                                  .activate = activate_it,
                                  .observe = observe_it,
                                  .current = current_of,
                                  .call = call_it };
}

static void files_are_created_replaced_and_removed(void **state)
{
    struct fixture *f = *state;
    struct client client = { .f = f };
    struct change_table table = table_of(&client);
    struct change change = two_files(f, "one\n");
    assert_int_equal(sample_commit(f, &change, &table), 0);
    assert_int_equal(change.number, 1);
    assert_int_equal(change.state, CHANGE_KEPT);
    assert_true(client.saw_staged);
    assert_int_equal(client.activated, 1);
    assert_int_equal(client.observed, 1);
    assert_string_equal(sample_body(f, APT), "one\n");
    assert_string_equal(sample_body(f, DROPIN), "one\n");
    sample_assert_clean(f);

    change = two_files(f, "two\n");
    assert_int_equal(sample_commit(f, &change, &table), 0);
    assert_string_equal(sample_body(f, APT), "two\n");

    change = sample_change();
    sample_want(f, &change, APT, "two\n");
    assert_int_equal(sample_commit(f, &change, &table), 0);
    assert_int_equal(change.number, 3);
    assert_string_equal(sample_body(f, APT), "two\n");
    assert_false(fixture_exists(f, DROPIN));
    sample_assert_clean(f);
}

static void nothing_to_do_leaves_no_trace(void **state)
{
    struct fixture *f = *state;
    struct client client = { .f = f };
    struct change_table table = table_of(&client);
    assert_int_equal(sample_apply(f, APT, "one\n"), 0);
    struct change change = sample_change();
    sample_want(f, &change, APT, "one\n");
    assert_int_equal(sample_commit(f, &change, &table), 0);
    assert_int_equal(change.number, 0);
    assert_int_equal(client.accepted + client.activated, 0);
    assert_int_equal(sample_entries(f, "var/lib/gpconf/changes"), 1);
}

static void a_mode_is_what_was_asked_for_whatever_the_umask(void **state)
{
    struct fixture *f = *state;
    struct stat st;
    struct change change = sample_change();
    sample_want(f, &change, DROPIN, "one\n")->mode = 0664;
    umask(077);
    assert_int_equal(sample_commit(f, &change, NULL), 0);
    umask(022);
    assert_int_equal(fstatat(f->root, DROPIN, &st, 0), 0);
    assert_int_equal(st.st_mode & 07777, 0664);
    assert_int_equal(fstatat(f->root, "etc/systemd", &st, 0), 0);
    assert_int_equal(st.st_mode & 07777, 0755);
}

static void a_refusal_changes_nothing(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(sample_apply(f, APT, "one\n"), 0);
    for (int i = 0; i < 3; i++) {
        struct client client = { .f = f };
        struct change_table table = table_of(&client);
        *(i == 0   ? &client.accept
          : i == 1 ? &client.activate
                   : &client.observe) = GPCONF_ECLIENT;
        struct change change = two_files(f, "two\n");
        assert_int_equal(sample_commit(f, &change, &table), GPCONF_ECLIENT);
        assert_string_equal(sample_body(f, APT), "one\n");
        assert_false(fixture_exists(f, "etc/systemd"));
        assert_int_equal(sample_entries(f, "var/lib/gpconf/changes"), 1);
        assert_int_equal(sample_entries(f, "var/lib/gpconf/before"), 0);
        /* once for the change, once for taking it back */
        assert_int_equal(client.activated, i == 0 ? 0 : 2);
        sample_assert_clean(f);
    }
}

static void a_foreign_write_in_between_survives(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(sample_apply(f, APT, "one\n"), 0);
    struct client client = { .f = f, .meddle = APT };
    struct change_table table = table_of(&client);
    struct change change = two_files(f, "two\n");
    assert_int_equal(sample_commit(f, &change, &table), GPCONF_ECLIENT);
    assert_string_equal(fixture_read(f, APT, NULL), "somebody else\n");
    assert_false(fixture_exists(f, DROPIN));
    assert_true(fixture_said(f, "change-target-moved"));
    sample_assert_clean(f);
}

static void a_foreign_file_that_appears_in_between_survives(void **state)
{
    struct fixture *f = *state;
    struct client client = { .f = f, .meddle = APT };
    struct change_table table = table_of(&client);
    fixture_folders(f, APT);
    struct change change = two_files(f, "two\n");
    assert_int_equal(sample_commit(f, &change, &table), GPCONF_ECLIENT);
    assert_string_equal(fixture_read(f, APT, NULL), "somebody else\n");
    assert_false(fixture_exists(f, DROPIN));
    sample_assert_clean(f);
}

static void a_foreign_write_before_a_removal_survives(void **state)
{
    struct fixture *f = *state;
    struct change change = two_files(f, "one\n");
    assert_int_equal(sample_commit(f, &change, NULL), 0);
    struct client client = { .f = f, .meddle = DROPIN };
    struct change_table table = table_of(&client);
    change = sample_change();
    sample_want(f, &change, APT, "two\n");
    assert_int_equal(sample_commit(f, &change, &table), GPCONF_ECLIENT);
    assert_string_equal(fixture_read(f, DROPIN, NULL), "somebody else\n");
    assert_string_equal(sample_body(f, APT), "one\n");
    sample_assert_clean(f);
}

static int move_folder(void *context, const struct change *change, struct arena *arena,
                       struct diagnostics *diagnostics)
{
    struct fixture *f = context;
    (void)change, (void)arena, (void)diagnostics;
    assert_int_equal(renameat(f->root, "etc/apt", f->root, "etc/apt.old"), 0);
    fixture_folders(f, APT);
    return 0;
}

static void a_folder_that_was_replaced_in_between_aborts(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(sample_apply(f, APT, "one\n"), 0);
    struct change_table table = { .context = f, .accept = move_folder };
    struct change change = two_files(f, "two\n");
    assert_int_equal(sample_commit(f, &change, &table), GPCONF_ECLIENT);
    assert_true(fixture_said(f, "change-folder-moved"));
    assert_string_equal(sample_body(f, "etc/apt.old/apt.conf.d/99-gpconf.conf"),
                        "one\n");
    assert_false(fixture_exists(f, APT));
    sample_assert_clean(f);
}

static void a_call_is_made_read_back_and_compensated(void **state)
{
    struct fixture *f = *state;
    struct client client = { .f = f, .setting = "old", .sticks = true };
    struct change_table table = table_of(&client);
    struct change change = sample_change();
    struct step *step = change_add(&change, &f->arena, STEP_CALL);
    step->target = "hostname";
    step->owner = "apt";
    step->before = "old";
    step->after = "new";
    step->before_size = step->after_size = 3;
    assert_int_equal(sample_commit(f, &change, &table), 0);
    assert_string_equal(client.setting, "new");
    step = change.steps; /* the list has grown */
    step->before = "new";
    step->after = "odd";
    client.observe = GPCONF_ECLIENT;
    assert_int_equal(sample_commit(f, &change, &table), GPCONF_ECLIENT);
    assert_string_equal(client.setting, "new");
    client.observe = 0;
    client.sticks = false;
    assert_int_equal(sample_commit(f, &change, &table), GPCONF_ECLIENT);
    assert_true(fixture_said(f, "change-call-without-effect"));
    assert_int_equal(sample_commit(f, &change, NULL), GPCONF_EINVAL);
    sample_assert_clean(f);
}

/* Run in a mount namespace of its own; skipped where that is not allowed. */
static void in_a_namespace(struct fixture *f, void (*body)(struct fixture *))
{
    pid_t pid = fork();
    if (pid == 0) {
        if (unshare(CLONE_NEWNS) < 0 ||
            mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
            _exit(77);
        /* The old descriptor sees the old namespace's mounts. */
        f->root = open(f->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
        body(f);
        _exit(0);
    }
    int result;
    assert_int_equal(waitpid(pid, &result, 0), pid);
    if (WIFEXITED(result) && WEXITSTATUS(result) == 77) {
        print_message("a mount namespace needs root\n");
        skip();
    }
    assert_int_equal(result, 0);
}

#define CHECK(condition)                                                               \
    do {                                                                               \
        if (!(condition)) {                                                            \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);            \
            _exit(1);                                                                  \
        }                                                                              \
    } while (0)

static void fill_a_small_disk(struct fixture *f)
{
    char path[128];
    snprintf(path, sizeof path, "%s/etc/apt/apt.conf.d", f->path);
    if (mount("tmpfs", path, "tmpfs", 0, "size=64k,mode=755") < 0)
        _exit(77);
    char *big = arena_array(&f->arena, 100001, char);
    memset(big, 'x', 100000);
    CHECK(sample_apply(f, APT, "one\n") == 0);
    struct change change = two_files(f, "two\n");
    sample_want(f, &change, "etc/apt/apt.conf.d/98-big.conf", big);
    CHECK(sample_commit(f, &change, NULL) == GPCONF_EWRITE);
    CHECK(fixture_message(f, strerror(ENOSPC)));
    CHECK(strcmp(sample_body(f, APT), "one\n") == 0);
    CHECK(!fixture_exists(f, DROPIN));
    CHECK(sample_entries(f, "etc/apt/apt.conf.d") == 1);
}

static void a_full_disk_changes_nothing(void **state)
{
    fixture_folders(*state, APT);
    in_a_namespace(*state, fill_a_small_disk);
}

static void write_to_a_read_only_disk(struct fixture *f)
{
    char path[128];
    snprintf(path, sizeof path, "%s/etc/apt/apt.conf.d", f->path);
    if (mount("tmpfs", path, "tmpfs", MS_RDONLY, "mode=755") < 0)
        _exit(77);
    CHECK(sample_apply(f, APT, "one\n") == GPCONF_EWRITE);
    CHECK(fixture_message(f, strerror(EROFS)));
    CHECK(fixture_message(f, "could not be written"));
}

static void a_read_only_disk_is_named(void **state)
{
    fixture_folders(*state, APT);
    in_a_namespace(*state, write_to_a_read_only_disk);
}

static void write_to_a_mount_point(struct fixture *f)
{
    char path[128], other[128];
    snprintf(path, sizeof path, "%s/" APT, f->path);
    snprintf(other, sizeof other, "%s/other", f->path);
    if (mount(other, path, NULL, MS_BIND, NULL) < 0)
        _exit(77);
    CHECK(sample_apply(f, APT, "two\n") == GPCONF_ECLIENT);
    CHECK(fixture_message(f, "is a mount point"));
}

static void a_mount_point_is_named(void **state)
{
    struct fixture *f = *state;
    fixture_write(f, "other", "text");
    assert_int_equal(sample_apply(f, APT, "one\n"), 0);
    in_a_namespace(f, write_to_a_mount_point);
}

static void two_writers_take_turns(void **state)
{
    struct fixture *f = *state;
    enum { ROUNDS = 8 };
    pid_t pids[2];
    for (int writer = 0; writer < 2; writer++) {
        pids[writer] = fork();
        if (pids[writer])
            continue;
        for (int i = 0; i < ROUNDS; i++) {
            struct lock lock;
            struct change change =
                two_files(f, arena_format(&f->arena, "%d %d\n", writer, i));
            CHECK(lock_take(f->root, "test", LOCK_WAIT, &f->diagnostics, &lock) == 0);
            CHECK(change_commit(&lock, &change, NULL, &f->arena, &f->diagnostics) == 0);
            lock_drop(&lock);
        }
        _exit(0);
    }
    for (int writer = 0; writer < 2; writer++) {
        int result;
        assert_int_equal(waitpid(pids[writer], &result, 0), pids[writer]);
        assert_int_equal(result, 0);
    }
    struct history history;
    assert_int_equal(history_read(f->root, &f->arena, &f->diagnostics, &history), 0);
    assert_int_equal(history.n, 2 * ROUNDS);
    assert_string_equal(sample_body(f, APT), sample_body(f, DROPIN));
    sample_assert_clean(f);
}

static void a_damaged_journal_stops_everything(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(sample_apply(f, APT, "one\n"), 0);
    fixture_write(f, "var/lib/gpconf/txn.apply", "gpconf-txn 1\nrubbish\n");
    assert_int_equal(sample_apply(f, APT, "two\n"), GPCONF_EDAMAGED);
    assert_string_equal(sample_body(f, APT), "one\n");
    assert_true(fixture_exists(f, "var/lib/gpconf/txn.apply"));
}

int main(void)
{
#define TEST(name)                                                                     \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(files_are_created_replaced_and_removed),
        TEST(nothing_to_do_leaves_no_trace),
        TEST(a_mode_is_what_was_asked_for_whatever_the_umask),
        TEST(a_refusal_changes_nothing),
        TEST(a_foreign_write_in_between_survives),
        TEST(a_foreign_file_that_appears_in_between_survives),
        TEST(a_foreign_write_before_a_removal_survives),
        TEST(a_folder_that_was_replaced_in_between_aborts),
        TEST(a_foreign_write_while_it_takes_effect_survives),
        TEST(a_call_is_made_read_back_and_compensated),
        TEST(a_full_disk_changes_nothing),
        TEST(a_read_only_disk_is_named),
        TEST(a_mount_point_is_named),
        TEST(two_writers_take_turns),
        TEST(a_damaged_journal_stops_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
