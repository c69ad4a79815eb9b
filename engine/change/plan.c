#include "engine/change/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/status.h"
#include "engine/change/label.h"
#include "engine/change/lock.h"

/* What planning one change needs everywhere. */
struct planner {
    int root;
    struct change *change;
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct ledger ledger;
};

__attribute__((format(printf, 5, 6))) static int refuse(struct planner *p, int status,
                                                        const char *code,
                                                        const char *target,
                                                        const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const char *message = arena_format_v(p->arena, format, arguments);
    va_end(arguments);
    diagnostics_add(p->diagnostics, status ? SEVERITY_ERROR : SEVERITY_WARNING, code,
                    origin_file(target), "%s",
                    message ? message : gpconf_status_text(status));
    return status;
}

bool plan_is_our_place(const char *target)
{
    return history_is_state(target) ||
           strncmp(target, "etc/gpconf/", strlen("etc/gpconf/")) == 0;
}

/* How a folder that must be made was before somebody removed it. */
static struct change_folder as_it_was(const struct change *change, const char *dir)
{
    struct change_folder folder = { .path = dir };
    for (size_t i = 0; i < change->n_known; i++)
        if (strcmp(change->known[i].path, dir) == 0)
            folder = change->known[i];
    return folder;
}

/* Note how the folders are that may go; one that is not there stays unknown. */
static int look_at_unmade(struct planner *p)
{
    for (size_t i = 0; i < p->change->n_unmade; i++) {
        struct change_folder *folder = &p->change->unmade[i];
        const char *dir, *name;
        struct stat st;
        int status = place_split(folder->path, p->arena, &dir, &name);
        int fd = status ? status : place_open(p->root, dir, p->diagnostics);
        if (fd == GPCONF_ENOTFOUND)
            continue;
        if (fd < 0)
            return fd;
        bool there =
            fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
        place_close(fd);
        if (!there)
            continue;
        folder->mode = st.st_mode & 07777;
        folder->uid = st.st_uid;
        folder->gid = st.st_gid;
    }
    return 0;
}

/* Note the folder, and those above it that are missing too, to be made. */
static int make_folder(struct planner *p, const char *dir)
{
    for (size_t i = 0; i < p->change->n_made; i++)
        if (strcmp(p->change->made[i].path, dir) == 0)
            return 0;
    const char *above, *name;
    int status = place_split(dir, p->arena, &above, &name);
    if (status)
        return status;
    int fd = place_open(p->root, above, p->diagnostics);
    if (fd == GPCONF_ENOTFOUND)
        status = make_folder(p, above);
    else if (fd < 0)
        return fd;
    place_close(fd);
    if (status)
        return status;
    struct change_folder *made =
        arena_grow(p->arena, p->change->made, p->change->n_made, sizeof *made,
                   &p->change->made_capacity);
    if (!made)
        return GPCONF_ENOMEM;
    p->change->made = made;
    made[p->change->n_made++] = as_it_was(p->change, dir);
    return 0;
}

/* Is what lies there provably ours? Sets the action to KEEP when it is not and is
 * not wanted either. */
static int check_ours(struct planner *p, struct step *step)
{
    const char *target = step->target;
    enum label label = LABEL_OURS;
    if (step->expects) {
        if (strcmp(step->expects, step->before_hash) != 0)
            return refuse(p, GPCONF_ECLIENT, "change-target-moved", target,
                          "was changed by somebody meanwhile, changing nothing");
        return 0;
    }
    if (!plan_is_our_place(target) && *step->before_hash)
        label = label_check(step->before, step->before_size);
    if (label == LABEL_OURS || (label == LABEL_CHANGED && p->change->overwrite))
        return 0;
    if (!step->after) {
        step->action = STEP_KEEP;
        if (label == LABEL_CHANGED)
            return refuse(p, 0, "change-drifted", target,
                          "is ours but was edited, leaving it there");
        return refuse(p, 0, "change-foreign-file", target,
                      "is not ours any more, leaving it there");
    }
    if (label == LABEL_CHANGED)
        return refuse(
            p, GPCONF_ECLIENT, "change-drifted", target,
            "is ours but was edited, changing nothing; --force replaces it and keeps "
            "a copy");
    return refuse(p, GPCONF_ECLIENT, "change-foreign-file", target,
                  "is somebody else's file, changing nothing");
}

static int no_file(struct planner *p, struct step *step, int dir, const char *name)
{
    struct stat st;
    const char *what = "is no regular file";
    if (place_is_mount(dir, name))
        what = "is a mount point";
    else if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode))
        what = "is a symbolic link";
    if (!step->after) {
        step->action = STEP_KEEP;
        return refuse(p, 0, "change-no-file", step->target, "%s, leaving it there",
                      what);
    }
    return refuse(p, GPCONF_ECLIENT, "change-no-file", step->target,
                  "%s, changing nothing", what);
}

/* Read what lies at the target. Contents of our own state are not needed: nobody takes
 * them back. */
static int read_before(struct planner *p, struct step *step, int dir, const char *name)
{
    struct identity found;
    struct file file;
    const char *why = NULL;
    if (place_identity(dir, name, &found) != 0)
        return place_fail_reading(p->diagnostics, step->target, "reading", errno);
    if (found.kind == PLACE_OTHER)
        return no_file(p, step, dir, name);
    if (found.kind == PLACE_ABSENT)
        return 0;
    memcpy(step->before_hash, found.hash, sizeof step->before_hash);
    step->before_mode = found.mode;
    step->before_uid = found.uid;
    step->before_gid = found.gid;
    if (history_is_note(step->target))
        return 0;
    int status =
        file_read(dir, name, FILE_BENEATH, LIMIT_CHANGE_FILE, p->arena, &file, &why);
    if (status)
        return refuse(p, status, "change-unreadable", step->target,
                      "%s, changing nothing", why ? why : gpconf_status_text(status));
    char hash[HASH_TEXT + 1];
    hash_content(file.bytes, file.size, hash);
    if (strcmp(hash, step->before_hash) != 0)
        return refuse(p, GPCONF_ECLIENT, "change-target-moved", step->target,
                      "is being written by somebody, changing nothing");
    step->before = file.bytes;
    step->before_size = file.size;
    return 0;
}

static void choose_action(struct step *step)
{
    struct identity before = identity_file(step->before_hash, step->before_mode,
                                           step->before_uid, step->before_gid);
    struct identity after =
        identity_file(step->after_hash, step->mode, step->uid, step->gid);
    if (!step->after)
        step->action = *step->before_hash ? STEP_REMOVE : STEP_KEEP;
    else if (!*step->before_hash)
        step->action = STEP_CREATE;
    else
        step->action = identity_same(&before, &after) ? STEP_KEEP : STEP_REPLACE;
}

/* Everything that planning fills in, forgotten; what is wanted, completed. */
static int begin_step(struct planner *p, struct step *step)
{
    step->action = STEP_KEEP;
    step->before = NULL;
    step->before_size = 0;
    step->before_mode = step->before_uid = step->before_gid = 0;
    *step->before_hash = *step->after_hash = '\0';
    step->staged = NULL;
    if (!step->after)
        return 0;
    if (step->after_size > LIMIT_CHANGE_FILE)
        return refuse(p, GPCONF_ELIMIT, "change-too-large", step->target,
                      "would be larger than %u bytes, changing nothing",
                      LIMIT_CHANGE_FILE);
    hash_content(step->after, step->after_size, step->after_hash);
    /* Without privileges (--root), what one writes is one's own. */
    if (geteuid() != 0) {
        step->uid = geteuid();
        step->gid = getegid();
    }
    return 0;
}

/* What has to be done, now that it is known what lies there, and may it be? */
static int decide(struct planner *p, struct step *step)
{
    choose_action(step);
    return step->action == STEP_KEEP ? 0 : check_ours(p, step);
}

static int plan_file(struct planner *p, struct step *step)
{
    const char *dir, *name;
    int status = begin_step(p, step);
    if (status)
        return status;
    status = place_split(step->target, p->arena, &dir, &name);
    if (status == GPCONF_EINVAL)
        return refuse(p, status, "change-bad-path", step->target,
                      "is no path below the root, changing nothing");
    if (status)
        return status;
    if (change_find(p->change, step->target) != step)
        return refuse(p, GPCONF_EINVAL, "change-twice", step->target,
                      "is wanted twice, changing nothing");
    int fd = place_open(p->root, dir, p->diagnostics);
    if (fd == GPCONF_ENOTFOUND) {
        status = decide(p, step);
        return status || !step->after ? status : make_folder(p, dir);
    }
    if (fd < 0)
        return fd;
    status = read_before(p, step, fd, name);
    /* Who looks without privileges need not be who will write. */
    if (!status && p->change->only_look && geteuid() != 0 && *step->before_hash) {
        step->uid = step->before_uid;
        step->gid = step->before_gid;
    }
    if (!status)
        status = decide(p, step);
    if (!status && step->action != STEP_KEEP && !p->change->only_look &&
        faccessat(fd, ".", W_OK, 0) < 0)
        status = place_fail(p->diagnostics, step->target, "writing", errno);
    place_close(fd);
    return status;
}

/* Our own state last, and of that its entry in the history: the change is on record
 * exactly when all of it is there. */
static int rank(const struct step *step)
{
    if (step->kind == STEP_FILE && strncmp(step->target, STATE_DIR "/changes/",
                                           strlen(STATE_DIR "/changes/")) == 0)
        return GATE_OPENS + 1;
    return (int)step->gate;
}

/* Insertion: stable, and the steps are few. */
static void sort(struct change *change)
{
    for (size_t i = 1; i < change->n_steps; i++) {
        struct step step = change->steps[i];
        size_t at = i;
        for (; at > 0 && rank(&change->steps[at - 1]) > rank(&step); at--)
            change->steps[at] = change->steps[at - 1];
        change->steps[at] = step;
    }
}

static bool is_complete(const struct change *change, const char *owner)
{
    for (size_t i = 0; i < change->n_complete; i++)
        if (owner && strcmp(change->complete[i], owner) == 0)
            return true;
    return false;
}

static int remove_one(struct planner *p, const char *target, const char *owner)
{
    if (!is_complete(p->change, owner) || change_find(p->change, target))
        return 0;
    struct step *step = change_add(p->change, p->arena, STEP_FILE);
    if (!step)
        return GPCONF_ENOMEM;
    step->target = target;
    step->owner = owner;
    return 0;
}

/* Does a file lie there that begins as ours do? What cannot be read does not. */
static bool bears_label(struct planner *p, const char *target)
{
    const char *dir, *name, *why;
    struct file file;
    int fd = place_split(target, p->arena, &dir, &name);
    if (!fd)
        fd = place_open(p->root, dir, NULL);
    if (fd < 0)
        return false;
    int status =
        file_read(fd, name, FILE_BENEATH, LIMIT_CHANGE_FILE, p->arena, &file, &why);
    place_close(fd);
    return !status && label_check(file.bytes, file.size) != LABEL_FOREIGN;
}

/* A step for each file that we own, or left without a record, and nobody wants any
 * more. */
static int remove_unwanted(struct planner *p)
{
    int status = 0;
    for (size_t i = 0; !status && i < p->ledger.n; i++)
        status = remove_one(p, p->ledger.files[i].target, p->ledger.files[i].owner);
    for (size_t i = 0; !status && i < p->change->n_traces; i++) {
        const struct trace *trace = &p->change->traces[i];
        if (!ledger_find(&p->ledger, trace->target) && bears_label(p, trace->target))
            status = remove_one(p, trace->target, trace->owner);
    }
    return status;
}

/* The label proves that a file is ours without the ledger, and that is enough to replace
 * it. But who removed the record should hear what went with it. */
static void find_unrecorded(struct planner *p)
{
    const char *names = NULL;
    size_t n = 0;
    for (size_t i = 0; i < p->change->n_steps; i++) {
        struct step *step = &p->change->steps[i];
        step->is_unrecorded =
            is_complete(p->change, step->owner) && step->before &&
            label_check(step->before, step->before_size) != LABEL_FOREIGN &&
            !ledger_find(&p->ledger, step->target);
        if (!step->is_unrecorded)
            continue;
        names = n++ ? arena_format(p->arena, "%s, /%s", names, step->target)
                    : arena_format(p->arena, "/%s", step->target);
    }
    if (names)
        diagnostics_add(p->diagnostics, SEVERITY_WARNING, "change-unrecorded",
                        origin_file(STATE_DIR "/changes"),
                        "there is no record of %s, which %s our label (was the record "
                        "removed?); an apply takes %s over, and no undo can bring back "
                        "what was there before",
                        names, n == 1 ? "bears" : "bear", n == 1 ? "it" : "them");
}

int plan_more(int root, struct change *change, size_t first, struct arena *arena,
              struct diagnostics *diagnostics)
{
    struct planner p = {
        .root = root, .change = change, .arena = arena, .diagnostics = diagnostics
    };
    int status = 0;
    for (size_t i = first; i < change->n_steps; i++) {
        struct step *step = &change->steps[i];
        int failed = 0;
        if (step->kind == STEP_FILE)
            failed = plan_file(&p, step);
        if (failed && !status)
            status = failed;
    }
    sort(change);
    return arena_failed(arena) ? GPCONF_ENOMEM : status;
}

int plan_make(int root, const struct history *history, struct change *change,
              struct arena *arena, struct diagnostics *diagnostics)
{
    struct planner p = {
        .root = root, .change = change, .arena = arena, .diagnostics = diagnostics
    };
    change->n_made = 0;
    int status = ledger_fold(history, UINT64_MAX, arena, &p.ledger);
    if (!status)
        status = remove_unwanted(&p);
    if (!status)
        status = look_at_unmade(&p);
    if (status)
        return status;
    status = plan_more(root, change, 0, arena, diagnostics);
    find_unrecorded(&p);
    return status;
}

size_t plan_acts(const struct change *change)
{
    size_t n = 0;
    for (size_t i = 0; i < change->n_steps; i++)
        n += change_acts(&change->steps[i]);
    return n;
}
