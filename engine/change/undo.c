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
#include "engine/change/standing.h"

struct undoer {
    const struct lock *lock;
    const struct undo_options *options;
    const struct history *history;
    const struct change *old; /* what is taken back */
    struct change *change;    /* what takes it back */
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct undo_result *result;
    const struct change *builder; /* the newest that must go first; NULL */
    const char *built_at;         /* a file that it wrote */
};

/* Has the change done anything that an undo can put back? */
static bool can_be_undone(const struct change *change)
{
    for (size_t i = 0; i < change->n_steps; i++)
        if (change->steps[i].kind != STEP_FILE ||
            (!history_is_state(change->steps[i].target) &&
             !change_adopts(&change->steps[i])))
            return true;
    return false;
}

static const struct change *choose(const struct history *history, uint64_t number)
{
    if (number)
        return history_find(history, number);
    for (size_t i = history->n; i-- > 0;) {
        const struct change *change = &history->changes[i];
        if (!change->undone_by && !change->undoes && can_be_undone(change))
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
        place_fail_reading(u->diagnostics, target, "reading", errno);
    place_close(fd);
    return status;
}

/* Where a content can be kept aside, or is already. Returns 0 or a status. */
static int find_aside(const struct undoer *u, const char *target,
                      const struct file *file, const char **ret, bool *ret_is_there)
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
        bool is_there = found.kind == PLACE_FILE && strcmp(found.hash, hash) == 0;
        if (is_there || (found.kind == PLACE_ABSENT && !change_find(u->change, path))) {
            *ret = path;
            *ret_is_there = is_there;
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
                      const struct file *file, const char **ret_path)
{
    bool is_there;
    int status = find_aside(u, target, file, ret_path, &is_there);
    if (status || is_there)
        return status;
    struct step *step = change_add(u->change, u->arena, STEP_FILE);
    if (!step)
        return GPCONF_ENOMEM;
    step->target = *ret_path;
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
    return change_drift(u->change, u->arena, old->target, NULL) ? 1 : GPCONF_ENOMEM;
}

/* What is there is neither what the change wrote nor what it had found. Force is for
 * what we own: a file that bears no label any more is somebody's own. Returns 0 when it
 * may be put back, 1 when it is left alone, or a status. */
static int drifted(const struct undoer *u, const struct step *old,
                   const struct identity *found)
{
    struct file file = { 0 };
    const char *aside = NULL;
    if (!u->options->force || found->kind == PLACE_OTHER)
        return leave(u, old, "not what");
    int status = found->kind == PLACE_FILE ? read_found(u, old->target, &file) : 0;
    if (status)
        return status;
    if (found->kind == PLACE_FILE && !plan_is_our_place(old->target) &&
        label_check(file.bytes, file.size) == LABEL_FOREIGN)
        return leave(u, old, "somebody else's file now and not what");
    if (found->kind == PLACE_FILE)
        status = keep_aside(u, old->target, &file, &aside);
    if (status)
        return status;
    diagnostics_add(
        u->diagnostics, SEVERITY_WARNING, "change-drifted", origin_file(old->target),
        "is not what change %llu wrote, putting back what it had found%s%s",
        (unsigned long long)u->old->number,
        aside ? "; what is there now is kept as /" : "", aside ? aside : "");
    return !aside || change_drift(u->change, u->arena, old->target, aside)
               ? 0
               : GPCONF_ENOMEM;
}

/* A later change has written there, too: without force that one goes first, for who
 * takes only this one back leaves half of each. Of several the newest goes first. */
static int note_builder(struct undoer *u, const struct step *old,
                        const struct change *builder)
{
    if (!u->builder || builder->number > u->builder->number) {
        u->builder = builder;
        u->built_at = old->target;
    }
    return 1;
}

static void tell_builder(const struct undoer *u)
{
    bool partly = u->builder->state == CHANGE_PARTLY;
    unsigned long long old = u->old->number, builder = u->builder->number;
    diagnostics_add(
        u->diagnostics, SEVERITY_ERROR, "change-built-on", origin_file(u->built_at),
        "change %llu ('%s') builds on change %llu here%s, changing nothing; "
        "'gpconf undo %llu%s' first, or --force puts back what change %llu "
        "had found and keeps a copy of what is there",
        builder, u->builder->verb, old,
        partly ? " and was taken back only in part" : "", builder,
        partly ? " --force" : "", old);
}

static int undo_file(struct undoer *u, const struct step *old)
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
    if (standing_is_past(u->history, u->old, old->target))
        return 0; /* what lies there is of a time after it was put back */
    if (!identity_same(&found, &after)) {
        const struct change *builder =
            u->options->force ? NULL
                              : standing_builder(u->history, u->old, old->target);
        status = builder ? note_builder(u, old, builder) : drifted(u, old, &found);
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

static int undo_steps(struct undoer *u)
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
    u->change->known = u->old->unmade;
    u->change->n_known = u->old->n_unmade;
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
        if (!change->undone_by && !change->undoes && !change->keeps &&
            !can_be_undone(change))
            diagnostics_add(diagnostics, SEVERITY_NOTE, "change-passed-over",
                            origin_file(NULL),
                            "change %llu ('%s') is newer and wrote no file that could "
                            "be put back, taking back change %llu",
                            (unsigned long long)change->number, change->verb,
                            (unsigned long long)old->number);
    }
}

/* Is there nothing left to take back? What had drifted then can still be forced. */
static bool is_over(const struct undoer *u)
{
    if (u->old->state != CHANGE_REVERTED || u->options->force)
        return false;
    diagnostics_add(
        u->diagnostics, SEVERITY_ERROR, "change-not-undone", origin_file(NULL),
        "change %llu was taken back already, by change %llu, changing "
        "nothing",
        (unsigned long long)u->old->number, (unsigned long long)u->old->undone_by);
    return true;
}

/* All of it, now that it may be taken back. */
static int take_back(struct undoer *u, const struct change_table *table)
{
    int status = undo_steps(u);
    /* When nothing can be put back it is as if nobody had asked. */
    if (!status && u->builder) {
        u->result->builder = u->builder->number;
        u->result->restored = u->result->drifted = 0;
        tell_builder(u);
    }
    if (status || u->builder || (!u->result->restored && u->result->drifted)) {
        *u->change = (struct change){ .verb = u->change->verb };
        return status;
    }
    status = mode_hold(u->lock->root, u->change, u->arena, u->diagnostics);
    return status ? status
                  : change_commit(u->lock, u->change, table, u->arena, u->diagnostics);
}

int undo(const struct lock *lock, const struct undo_options *options,
         const struct change_table *table, struct arena *arena,
         struct diagnostics *diagnostics, struct undo_result *ret)
{
    struct history history;
    struct undo_result result = { .change = arena_new(arena, struct change) };
    struct undoer u = { .lock = lock,
                        .options = options,
                        .history = &history,
                        .change = result.change,
                        .arena = arena,
                        .diagnostics = diagnostics,
                        .result = &result };
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
    if (is_over(&u))
        result.undone_by = u.old->undone_by;
    else
        status = take_back(&u, table);
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
