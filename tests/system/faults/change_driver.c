/*
 * The program that tests/system/faults/sweep kills: one fixed change of four files on a
 * scratch root, and its undo and recovery. Everything it writes is the same each time.
 *
 *     change_driver ROOT setup|apply|undo|recover
 *
 * Exit status: that of the library's answer (base/status.h). Diagnostics go to standard
 * error as "code: file: message".
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/status.h"
#include "engine/change/label.h"
#include "engine/change/mode.h"
#include "engine/change/recover.h"
#include "engine/change/undo.h"

static const char *const owners[] = { "apt" };

static void want(struct change *change, struct arena *arena, const char *target,
                 const char *owner, const char *body, enum gate gate)
{
    struct step *step = change_add(change, arena, STEP_FILE);
    if (!step)
        return;
    step->target = target;
    step->owner = owner;
    step->gate = gate;
    step->uid = geteuid();
    step->gid = getegid();
    if (strcmp(owner, "apt") == 0) {
        step->after = label_add("# ", body, strlen(body), arena, &step->after_size);
    } else {
        step->after = body;
        step->after_size = strlen(body);
    }
}

static struct change begin(const char *verb)
{
    return (struct change){ .at = 1700000000,
                            .verb = verb,
                            .author = "root",
                            .owner = "gpconf",
                            .complete = owners,
                            .n_complete = 1 };
}

/* What the machine is like before. */
static int setup(const struct lock *lock, struct arena *arena,
                 struct diagnostics *diagnostics)
{
    struct change change = begin("apply");
    want(&change, arena, "etc/apt/apt.conf.d/98-old.conf", "apt", "old\n",
         GATE_NEUTRAL);
    want(&change, arena, "etc/apt/apt.conf.d/99-gpconf.conf", "apt", "one\n",
         GATE_NEUTRAL);
    want(&change, arena, "etc/gpconf/local.ini", "local", "mode = notify\n",
         GATE_NEUTRAL);
    mode_step(&change, (struct mode_state){ MODE_ENFORCING, MODE_ENFORCING }, arena);
    return change_commit(lock, &change, NULL, arena, diagnostics);
}

/* One file replaced, one removed, one created with its folder, one of our own. */
static int apply(const struct lock *lock, struct arena *arena,
                 struct diagnostics *diagnostics)
{
    struct change change = begin("apply");
    want(&change, arena, "etc/apt/apt.conf.d/99-gpconf.conf", "apt", "two\n",
         GATE_OPENS);
    want(&change, arena, "etc/systemd/system/apt-daily.timer.d/gpconf.conf", "apt",
         "timer\n", GATE_CLOSES);
    want(&change, arena, "etc/gpconf/local.ini", "local", "mode = automatic\n",
         GATE_NEUTRAL);
    return change_commit(lock, &change, NULL, arena, diagnostics);
}

static int take_back(const struct lock *lock, struct arena *arena,
                     struct diagnostics *diagnostics)
{
    struct undo_result result;
    const struct undo_options options = { .now = 1700000001, .author = "root" };
    return undo(lock, &options, NULL, arena, diagnostics, &result);
}

static int run(int root, const char *verb, struct arena *arena,
               struct diagnostics *diagnostics)
{
    struct lock lock;
    enum recovery what;
    int status = lock_take(root, verb, LOCK_NO_WAIT, diagnostics, &lock);
    if (status)
        return status;
    if (strcmp(verb, "setup") == 0)
        status = setup(&lock, arena, diagnostics);
    else if (strcmp(verb, "apply") == 0)
        status = apply(&lock, arena, diagnostics);
    else if (strcmp(verb, "undo") == 0)
        status = take_back(&lock, arena, diagnostics);
    else if (strcmp(verb, "recover") == 0)
        status = recover(&lock, NULL, arena, diagnostics, &what);
    else
        status = GPCONF_EINVAL;
    lock_drop(&lock);
    return status;
}

int main(int argc, char **argv)
{
    struct arena arena;
    struct diagnostics diagnostics;
    if (argc != 3) {
        fprintf(stderr, "usage: change_driver ROOT setup|apply|undo|recover\n");
        return 2;
    }
    umask(022);
    int root = open(argv[1], O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0)
        return 2;
    arena_init(&arena, 64u << 20);
    diagnostics_init(&diagnostics, &arena);
    int status = run(root, argv[2], &arena, &diagnostics);
    for (const struct diagnostic *d = diagnostics.first; d; d = d->next)
        fprintf(stderr, "%s: %s: %s\n", d->code, d->origin.file ? d->origin.file : "",
                d->message);
    arena_done(&arena);
    close(root);
    return gpconf_status_exit(status);
}
