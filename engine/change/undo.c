#include "engine/change/undo.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/status.h"
#include "engine/change/label.h"
#include "engine/change/mode.h"
#include "engine/change/object.h"
#include "engine/change/plan.h"
#include "engine/change/recover.h"

struct undoer {
    const struct lock *lock;
    const struct undo_options *options;
    const struct change *old; /* what is taken back */
    struct change *change;    /* what takes it back */
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct undo_result *result;
};

/* Has the change done anything that an undo can put back? */
static bool can_be_undone(const struct change *change)
{
    for (size_t i = 0; i < change->n_steps; i++)
        if (change->steps[i].kind != STEP_FILE ||
            !history_is_state(change->steps[i].target))
            return true;
    return false;
}

static const struct change *choose(const struct history *history, uint64_t number)
{
    if (number)
        return history_find(history, number);
    for (size_t i = history->n; i-- > 0;) {
        const struct change *change = &history->changes[i];
        if (change->state != CHANGE_REVERTED && !change->undoes &&
            can_be_undone(change))
            return change;
    }
    return NULL;
}

/* The identity of what lies at a target now. */
static int look(const struct undoer *u, const char *target, struct identity *ret)
{
    const char *dir, *name;
    int status = place_split(target, u->arena, &dir, &name);
    if (status)
        return status;
    int fd = place_open(u->lock->root, dir, u->diagnostics);
    if (fd == GPCONF_ENOTFOUND) {
        *ret = (struct identity){ .kind = PLACE_ABSENT };
        return 0;
    }
    if (fd < 0)
        return fd;
    status = place_identity(fd, name, ret);
    if (status)
        place_fail(u->diagnostics, target, "reading", errno);
    place_close(fd);
    return status;
}

/* Where a content can be kept aside; NULL when it is already. Returns 0 or a status. */
static int find_aside(const struct undoer *u, const char *target,
                      const struct file *file, const char **ret)
{
    char name[OBJECT_ASIDE], hash[HASH_TEXT + 1];
    hash_content(file->bytes, file->size, hash);
    for (unsigned nth = 0; nth <= OBJECT_ASIDES; nth++) {
        struct identity found;
        object_aside_name(u->old->number, target, nth, name);
        const char *path = arena_format(u->arena, STATE_DIR "/aside/%s", name);
        int status = path ? look(u, path, &found) : GPCONF_ENOMEM;
        if (status)
            return status;
        if (found.kind == PLACE_ABSENT && !change_find(u->change, path)) {
            *ret = path;
            return 0;
        }
        if (found.kind == PLACE_FILE && strcmp(found.hash, hash) == 0) {
            *ret = NULL;
            return 0;
        }
    }
    diagnostics_add(u->diagnostics, SEVERITY_ERROR, "change-not-written",
                    origin_file(target),
                    STATE_DIR "/aside holds too many copies of it, changing nothing");
    return GPCONF_ELIMIT;
}

/* A step that keeps what is in the way in STATE_DIR/aside. */
static int keep_aside(const struct undoer *u, const char *target,
                      const struct file *file)
{
    const char *path = NULL;
    int status = find_aside(u, target, file, &path);
    if (status || !path)
        return status;
    struct step *step = change_add(u->change, u->arena, STEP_FILE);
    if (!step)
        return GPCONF_ENOMEM;
    step->target = path;
    step->owner = "gpconf";
    step->after = file->bytes;
    step->after_size = file->size;
    step->mode = 0600;
    step->expects = ""; /* whatever comes there meanwhile stays */
    return 0;
}

/* Read what lies at a target, in the folder where it would be replaced. */
static int read_found(const struct undoer *u, const char *target, struct file *ret)
{
    const char *why = NULL, *dir, *name;
    int status = place_split(target, u->arena, &dir, &name);
    int fd = status ? status : place_open(u->lock->root, dir, u->diagnostics);
    if (fd < 0)
        return fd;
    status = file_read(fd, name, FILE_BENEATH, LIMIT_CHANGE_FILE, u->arena, ret, &why);
    place_close(fd);
    if (status)
        diagnostics_add(u->diagnostics, SEVERITY_ERROR, "change-unreadable",
                        origin_file(target), "%s, changing nothing",
                        why ? why : gpconf_status_text(status));
    return status;
}

static int undo_call(const struct undoer *u, const struct step *old)
{
    struct step *step = change_add(u->change, u->arena, old->kind);
    if (!step)
        return GPCONF_ENOMEM;
    step->target = old->target;
    step->owner = old->owner;
    step->gate = old->gate == GATE_CLOSES  ? GATE_OPENS
                 : old->gate == GATE_OPENS ? GATE_CLOSES
                                           : GATE_NEUTRAL;
    step->before = old->after;
    step->before_size = old->after_size;
    step->after = old->before;
    step->after_size = old->before_size;
    u->result->restored++;
    return 0;
}

/* Leave a file alone and say so. */
static int leave(const struct undoer *u, const struct step *old, const char *what)
{
    diagnostics_add(u->diagnostics, SEVERITY_WARNING, "change-drifted",
                    origin_file(old->target),
                    "is %s change %llu wrote, leaving it alone", what,
                    (unsigned long long)u->old->number);
    u->result->drifted++;
    return 1;
}

/* What is there is neither what the change wrote nor what it had found. Force is for
 * what we own: a file that bears no label any more is somebody's own. Returns 0 when it
 * may be put back, 1 when it is left alone, or a status. */
static int drifted(const struct undoer *u, const struct step *old,
                   const struct identity *found)
{
    struct file file = { 0 };
    if (!u->options->force || found->kind == PLACE_OTHER)
        return leave(u, old, "not what");
    int status = found->kind == PLACE_FILE ? read_found(u, old->target, &file) : 0;
    if (status)
        return status;
    if (found->kind == PLACE_FILE && !plan_is_our_place(old->target) &&
        label_check(file.bytes, file.size) == LABEL_FOREIGN)
        return leave(u, old, "somebody else's file now and not what");
    diagnostics_add(u->diagnostics, SEVERITY_WARNING, "change-drifted",
                    origin_file(old->target),
                    "is not what change %llu wrote, putting back what it had found; "
                    "what is there now is kept in " STATE_DIR "/aside",
                    (unsigned long long)u->old->number);
    return found->kind == PLACE_FILE ? keep_aside(u, old->target, &file) : 0;
}

static int undo_file(const struct undoer *u, const struct step *old)
{
    struct identity found, before = { 0 }, after = { 0 };
    int status = look(u, old->target, &found);
    if (status)
        return status;
    if (*old->before_hash)
        before = identity_file(old->before_hash, old->before_mode, old->before_uid,
                               old->before_gid);
    if (*old->after_hash)
        after = identity_file(old->after_hash, old->mode, old->uid, old->gid);
    if (identity_same(&found, &before))
        return 0; /* somebody has put it back already */
    if (!identity_same(&found, &after)) {
        status = drifted(u, old, &found);
        if (status)
            return status < 0 ? status : 0;
    }
    struct step *step = change_add(u->change, u->arena, STEP_FILE);
    if (!step)
        return GPCONF_ENOMEM;
    step->target = old->target;
    step->owner = old->owner;
    step->gate = old->gate == GATE_CLOSES  ? GATE_OPENS
                 : old->gate == GATE_OPENS ? GATE_CLOSES
                                           : GATE_NEUTRAL;
    step->expects = arena_string(u->arena, found.hash);
    if (before.kind == PLACE_FILE) {
        status = object_read(u->lock->root, before.hash, u->arena, &step->after,
                             &step->after_size);
        if (status) {
            diagnostics_add(u->diagnostics, SEVERITY_ERROR, "change-copy-lost",
                            origin_file(old->target),
                            "the copy of what was there before %s, changing nothing",
                            gpconf_status_text(status));
            return status;
        }
        step->mode = before.mode;
        step->uid = before.uid;
        step->gid = before.gid;
    }
    u->result->restored++;
    return 0;
}

static int undo_steps(const struct undoer *u)
{
    int status = 0;
    for (size_t i = u->old->n_steps; !status && i-- > 0;) {
        const struct step *old = &u->old->steps[i];
        if (old->kind != STEP_FILE)
            status = undo_call(u, old);
        else if (!history_is_state(old->target))
            status = undo_file(u, old);
    }
    u->change->unmade = u->old->made;
    u->change->n_unmade = u->old->n_made;
    return status;
}

/* Steps 1 of the protocol, and the history after it. */
static int begin(const struct lock *lock, const struct change_table *table,
                 struct arena *arena, struct diagnostics *diagnostics,
                 struct history *ret)
{
    enum recovery what;
    int status = recover(lock, table, arena, diagnostics, &what);
    return status ? status : history_read(lock->root, arena, diagnostics, ret);
}

static int find(const struct history *history, const struct undo_options *options,
                struct diagnostics *diagnostics, const struct change **ret)
{
    const struct change *old = choose(history, options->number);
    const char *why = NULL;
    int status = GPCONF_EINVAL;
    if (!old) {
        status = GPCONF_ENOTFOUND;
        why = options->number ? "there is no change with this number"
                              : "there is no change to take back";
    } else if (old->state == CHANGE_REVERTED && !(options->force && options->number)) {
        why = "this change has been taken back already";
    } else if (!can_be_undone(old)) {
        why = "this change wrote no file that could be put back";
    }
    if (why) {
        diagnostics_add(diagnostics, SEVERITY_ERROR, "change-not-undone",
                        origin_file(NULL), "%s, changing nothing", why);
        return status;
    }
    *ret = old;
    return 0;
}

/* Name what is newer than the change that was chosen and cannot be taken back. */
static void tell_passed(const struct history *history, const struct change *old,
                        struct diagnostics *diagnostics)
{
    for (size_t i = history->n; i-- > 0 && history->changes[i].number > old->number;) {
        const struct change *change = &history->changes[i];
        if (change->state != CHANGE_REVERTED && !change->undoes && !change->keeps &&
            !can_be_undone(change))
            diagnostics_add(diagnostics, SEVERITY_NOTE, "change-passed-over",
                            origin_file(NULL),
                            "change %llu ('%s') is newer and wrote no file that could "
                            "be put back, taking back change %llu",
                            (unsigned long long)change->number, change->verb,
                            (unsigned long long)old->number);
    }
}

int undo(const struct lock *lock, const struct undo_options *options,
         const struct change_table *table, struct arena *arena,
         struct diagnostics *diagnostics, struct undo_result *ret)
{
    struct history history;
    struct undo_result result = { .change = arena_new(arena, struct change) };
    struct undoer u = {
        lock, options, NULL, result.change, arena, diagnostics, &result
    };
    if (!u.change)
        return GPCONF_ENOMEM;
    int status = begin(lock, table, arena, diagnostics, &history);
    if (!status)
        status = find(&history, options, diagnostics, &u.old);
    if (status)
        return status;
    result.undone = u.old->number;
    if (!options->number)
        tell_passed(&history, u.old, diagnostics);
    *u.change = (struct change){ .at = options->now,
                                 .verb = "undo",
                                 .author = options->author,
                                 .owner = u.old->owner,
                                 .undoes = u.old->number };
    status = undo_steps(&u);
    if (!status && !result.restored && result.drifted) {
        *ret = result; /* nothing can be put back: it is as if nobody had asked */
        return 0;
    }
    if (!status)
        status = mode_hold(lock->root, u.change, arena, diagnostics);
    if (!status)
        status = change_commit(lock, u.change, table, arena, diagnostics);
    if (!status)
        *ret = result;
    return status;
}

int undo_not(const struct lock *lock, const struct undo_options *options,
             const struct change_table *table, struct arena *arena,
             struct diagnostics *diagnostics)
{
    struct history history;
    int status = begin(lock, table, arena, diagnostics, &history);
    if (status)
        return status;
    const struct change *old = history_find(&history, options->number);
    if (!old || old->state != CHANGE_PROVISIONAL) {
        diagnostics_add(diagnostics, SEVERITY_ERROR, "change-not-provisional",
                        origin_file(NULL), "no such change waits to be confirmed");
        return old ? GPCONF_EINVAL : GPCONF_ENOTFOUND;
    }
    struct change change = { .at = options->now,
                             .verb = "keep",
                             .author = options->author,
                             .owner = old->owner,
                             .keeps = old->number };
    return change_commit(lock, &change, table, arena, diagnostics);
}

int undo_expired(const struct lock *lock, int64_t now, bool at_boot,
                 const struct change_table *table, struct arena *arena,
                 struct diagnostics *diagnostics)
{
    struct history history;
    int status = begin(lock, table, arena, diagnostics, &history);
    for (size_t i = status ? 0 : history.n; i-- > 0;) {
        const struct change *change = &history.changes[i];
        if (change->state != CHANGE_PROVISIONAL || (!at_boot && change->keep_by > now))
            continue;
        struct undo_result result;
        struct undo_options options = {
            .number = change->number, .force = true, .now = now, .author = "gpconf"
        };
        int failed = undo(lock, &options, table, arena, diagnostics, &result);
        if (failed && !status)
            status = failed;
    }
    return status;
}
