#include "engine/answers/status.h"

#include <string.h>

#include "base/limits.h"
#include "base/registry/name.h"
#include "base/status.h"
#include "engine/answers/change.h"
#include "engine/answers/result.h"
#include "engine/change/label.h"
#include "engine/update/rules.h"
#include "engine/update/schedule.h"
#include "engine/update/settings.h"

enum { NEXT_RUNS = 3 };

static const char *source_name(enum source source)
{
    return source == BY_POLICY ? "policy" : source == BY_LOCAL ? "local" : "default";
}

/* The local choice that waits: as a person wrote it when that is known, else as the
 * registry value that it stands for. */
static void add_shadowed(struct gpconf_answer *a, struct gpconf_node *to,
                         const struct evaluation *e, enum setting_index index)
{
    int64_t shadowed = e->config.decisions[index].shadowed;
    if (shadowed == NO_CONTRIBUTION) {
        answer_null(a, to, "shadowed");
        return;
    }
    const struct statements *local = &e->store.local;
    const struct origin *origin =
        &e->rsop[RSOP_MACHINE].log[shadowed].operation->origin;
    bool hidden = settings[index].is_sensitive || origin->is_private;
    const char *said = NULL;
    for (size_t i = 0; i < local->n; i++)
        if (local->items[i].kind == STATEMENT_SETTING &&
            name_equal(local->items[i].subject, settings[index].id)) {
            said = local->items[i].text;
            hidden = hidden || local->items[i].origin.is_private;
        }
    if (hidden)
        answer_text(a, to, "shadowed", "(redacted)");
    else if (said)
        answer_text(a, to, "shadowed", said);
    else
        answer_value(a, to, "shadowed",
                     &e->rsop[RSOP_MACHINE].log[shadowed].operation->value);
}

bool status_hides(const struct evaluation *e, enum setting_index index)
{
    const struct decision *d = &e->config.decisions[index];
    return d->is_private || (settings[index].is_sensitive && d->source != BY_DEFAULT);
}

void status_add(struct gpconf_answer *a, struct gpconf_node *to,
                const struct evaluation *e, enum setting_index index)
{
    const struct setting *setting = &settings[index];
    const struct decision *d = &e->config.decisions[index];
    answer_text(a, to, "id", setting->id);
    if (status_hides(e, index))
        answer_bool(a, to, "redacted", true);
    else if (!d->is_off && !d->is_unfit)
        answer_text(a, to, "value", settings_print(&e->config, index, &a->arena));
    answer_text(a, to, "unit", setting->unit);
    answer_text(a, to, "state", source_name(d->source));
    if (d->contribution != NO_CONTRIBUTION)
        result_origin(a, to, "origin", &e->rsop[RSOP_MACHINE],
                      &e->rsop[RSOP_MACHINE].log[d->contribution]);
    add_shadowed(a, to, e, index);
    if (d->is_off && !d->is_private)
        answer_bool(a, to, "off", true);
    if (d->is_unfit)
        answer_bool(a, to, "unfit", true);
    if (d->idle_by)
        answer_number(a, to, "idle_by_rule", d->idle_by);
    if (!d->is_private || d->idle_by || d->refused_by || d->is_unfit)
        answer_text(a, to, "why", d->why);
    if (d->refused_by)
        answer_origin(a, to, "refused_by", d->refused_by);
}

static void add_runs(struct gpconf_answer *a, const struct evaluation *e)
{
    struct gpconf_node *list = answer_list(a, a->data, "next_runs");
    struct schedule schedule;
    int64_t runs[NEXT_RUNS];
    if (e->config.mode != MODE_AUTOMATIC || e->config.paused ||
        !schedule_install(&e->config, &schedule))
        return;
    size_t n = schedule_next(&schedule, &e->facts, runs, NEXT_RUNS);
    for (size_t i = 0; i < n; i++) {
        int64_t wall = zone_wall(e->facts.zone, runs[i]);
        struct civil date = civil_from_days(wall_day(wall));
        int64_t minutes = (wall - wall_day(wall) * SECONDS_PER_DAY) / 60;
        struct gpconf_node *run = answer_object(a, list, NULL);
        answer_text(a, run, "what", "install");
        answer_number(a, run, "at", runs[i]);
        answer_text(a, run, "local_time",
                    arena_format(&a->arena, "%04d-%02d-%02d %02d:%02d", date.year,
                                 date.month, date.day, (int)(minutes / 60),
                                 (int)(minutes % 60)));
    }
}

/* The change whose files are there: the newest apply that was not taken back. */
static const struct change *applied(const struct history *history)
{
    for (size_t i = history ? history->n : 0; i-- > 0;) {
        const struct change *change = &history->changes[i];
        if (strcmp(change->verb, "apply") == 0 && change->state != CHANGE_REVERTED)
            return change;
    }
    return NULL;
}

/* --- Problems ------------------------------------------------------------------------- */

static struct gpconf_node *add_problem(struct gpconf_answer *a,
                                       struct gpconf_node *list, const char *code,
                                       const char *message, const char *command)
{
    struct gpconf_node *problem = answer_object(a, list, NULL);
    answer_text(a, problem, "code", code);
    answer_text(a, problem, "message", message);
    answer_text(a, problem, "command", command);
    return problem;
}

static void add_diagnostics(struct gpconf_answer *a, struct gpconf_node *list,
                            const struct diagnostics *diagnostics)
{
    for (const struct diagnostic *d = diagnostics->first; d; d = d->next)
        if (d->severity == SEVERITY_ERROR)
            answer_origin(a, add_problem(a, list, d->code, d->message, NULL), "origin",
                          &d->origin);
}

/* Is it the same line of the client as the finding before? One line may do what several
 * settings ask, and is one problem. */
static bool same_line(const struct findings *findings, size_t i)
{
    const struct claim *a = findings->items[i].claim,
                       *b = i ? findings->items[i - 1].claim : NULL;
    return a && b && a->line == b->line && a->line &&
           strcmp(findings->items[i].file, findings->items[i - 1].file) == 0;
}

/* A client whose claims are not in effect: one problem for each. */
static void add_findings(struct gpconf_answer *a, struct gpconf_node *list,
                         const struct driven *d)
{
    for (size_t i = 0; i < d->findings.n; i++) {
        const struct finding *f = &d->findings.items[i];
        if ((f->state != FINDING_DRIFTED && f->state != FINDING_ERROR) ||
            same_line(&d->findings, i))
            continue;
        const char *message =
            f->by && f->claim
                ? arena_format(&a->arena, "%s overrides %s", f->by, f->key)
                : arena_format(&a->arena, "%s: %s%s%s%s", f->key,
                               f->why ? f->why : "is not what was written",
                               f->by ? " (" : "", f->by ? f->by : "", f->by ? ")" : "");
        const char *setting = f->claim ? f->claim->setting : NULL;
        add_problem(
            a, list, f->state == FINDING_ERROR ? "client-error" : "client-drifted",
            message,
            setting && !f->by ? arena_format(&a->arena, "gpconf explain %s", setting)
                              : "gpconf verify");
    }
}

/* What became of a file that we wrote: what was written is in owned, which may be NULL,
 * what is there in step. */
static const char *what_became(const struct owned *owned, const struct step *step,
                               struct arena *arena)
{
    const struct identity *was = owned ? &owned->identity : NULL;
    if (!*step->before_hash)
        return "was removed by somebody";
    if (!was || strcmp(was->hash, step->before_hash) != 0)
        return "was edited by somebody";
    if (was->mode != step->before_mode)
        return arena_format(arena, "its mode changed from %04o to %04o", was->mode,
                            step->before_mode);
    return arena_format(arena, "its owner changed from %u:%u to %u:%u", was->uid,
                        was->gid, step->before_uid, step->before_gid);
}

/* An edited file is replaced only by who says so. */
static const char *what_mends(const struct step *step)
{
    bool edited =
        step->before && label_check(step->before, step->before_size) == LABEL_CHANGED;
    return edited ? "'gpconf apply --force' puts it back"
                  : "'gpconf apply' puts it back";
}

/* The files that somebody changed, when the client's words do not show it. */
static void add_drifted_files(struct gpconf_answer *a, struct gpconf_node *list,
                              const struct driven *d,
                              const struct status_machine *machine)
{
    struct ledger ledger;
    if (ledger_fold(machine->history, UINT64_MAX, &a->arena, &ledger))
        return;
    for (size_t i = 0; i < machine->wanted->n_steps; i++) {
        const struct step *step = &machine->wanted->steps[i];
        if (!step->owner || strcmp(step->owner, d->provider->name) != 0 ||
            step->action == STEP_KEEP || !clients_step_drifted(&ledger, step))
            continue;
        add_problem(a, list, "client-drifted",
                    arena_format(&a->arena, "%s: /%s: %s; %s", d->provider->name,
                                 step->target,
                                 what_became(ledger_find(&ledger, step->target), step,
                                             &a->arena),
                                 what_mends(step)),
                    "gpconf plan");
    }
}

/* Of a fresh machine in audit mode nobody expects that policy is written. */
static void add_client_problems(struct gpconf_answer *a, struct gpconf_node *list,
                                const struct status_machine *machine)
{
    bool expected = (machine->mode && machine->mode->mode == MODE_ENFORCING) ||
                    applied(machine->history);
    for (size_t i = 0; machine->clients && i < machine->clients->n; i++) {
        const struct driven *d = &machine->clients->items[i];
        const char *name = d->provider->name;
        if (d->state == CLIENT_NOT_APPLIED && expected)
            add_problem(a, list, "client-not-applied",
                        arena_format(&a->arena, "%s: policy is not written yet", name),
                        "gpconf plan");
        size_t before = list ? list->n : 0;
        if (d->state == CLIENT_DRIFTED || d->state == CLIENT_ERROR)
            add_findings(a, list, d);
        if (d->state == CLIENT_DRIFTED && list && list->n == before)
            add_drifted_files(a, list, d, machine);
    }
}

/* --- The machine ---------------------------------------------------------------------- */

static void add_applied(struct gpconf_answer *a, const struct history *history)
{
    const struct change *change = applied(history);
    if (!change)
        return;
    struct gpconf_node *node = answer_object(a, a->data, "applied");
    answer_unsigned(a, node, "change", change->number);
    answer_number(a, node, "at", change->at);
}

static void add_restart(struct gpconf_answer *a, const struct facts *facts)
{
    struct gpconf_node *restart = answer_object(a, a->data, "restart");
    answer_bool(a, restart, "needed", facts->restart_needed);
    struct gpconf_node *packages = answer_list(a, restart, "packages");
    for (size_t i = 0; i < facts->n_restart_packages; i++)
        answer_text(a, packages, NULL, facts->restart_packages[i]);
}

/* The distribution as the first client that knows it says. */
static void add_distribution(struct gpconf_answer *a, const struct clients *clients)
{
    for (size_t i = 0; clients && i < clients->n; i++) {
        const struct client *client = &clients->items[i].client;
        if (!client->distribution)
            continue;
        answer_text(a, a->data, "distribution", client->distribution);
        answer_text(a, a->data, "codename", client->codename);
        return;
    }
}

static int64_t count_gpos(const struct evaluation *e)
{
    int64_t gpos = 0;
    for (size_t i = 0; i < e->order.n_layers; i++)
        gpos += e->order.layers[i].gpo != NULL;
    return gpos;
}

int status_answer(const struct evaluation *e, const struct status_machine *machine,
                  bool all, struct gpconf_answer **ret)
{
    const struct diagnostics *diagnostics =
        machine->diagnostics ? machine->diagnostics : &e->diagnostics;
    struct gpconf_answer *a = answer_new("status", e->now);
    if (!a)
        return GPCONF_ENOMEM;
    /* Why a setting is idle stands beside it. */
    diagnostics_append_other(&a->diagnostics, diagnostics, RULES_IDLE);
    answer_text(a, a->data, "root", e->root);
    add_distribution(a, machine->clients);
    if (machine->mode)
        answer_text(a, a->data, "mode", mode_name(machine->mode->mode));
    answer_number(a, a->data, "gpos", count_gpos(e));
    answer_bool(a, a->data, "complete", evaluation_is_complete(e));
    struct gpconf_node *list = answer_list(a, a->data, "settings");
    for (int i = 0; i < SETTING_COUNT; i++)
        if (all || e->config.decisions[i].source != BY_DEFAULT)
            status_add(a, answer_object(a, list, NULL), e, (enum setting_index)i);
    if (machine->clients)
        change_answer_clients(a, a->data, machine->clients, machine->wanted);
    add_applied(a, machine->history);
    add_runs(a, e);
    if (e->config.valid_until != INT64_MAX)
        answer_number(a, a->data, "valid_until", e->config.valid_until);
    add_restart(a, &e->facts);
    list = answer_list(a, a->data, "problems");
    add_diagnostics(a, list, diagnostics);
    add_client_problems(a, list, machine);
    return answer_finish(a, ret);
}

int status_setting(const struct evaluation *e, const char *id,
                   struct gpconf_answer **ret)
{
    struct gpconf_answer *a = answer_new("get", e->now);
    if (!a)
        return GPCONF_ENOMEM;
    const char *near = NULL;
    int index = settings_find(id, &near);
    bool complete = evaluation_is_complete(e);
    answer_bool(a, a->data, "complete", complete);
    if (!complete)
        diagnostics_append(&a->diagnostics, &e->diagnostics);
    if (index >= 0)
        status_add(a, answer_object(a, a->data, "setting"), e,
                   (enum setting_index)index);
    else
        answer_text(a, answer_list(a, a->data, "suggestions"), NULL, near);
    int status = answer_finish(a, ret);
    return status ? status : index < 0 ? GPCONF_ENOTFOUND : 0;
}
