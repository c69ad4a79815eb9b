#include "engine/providers/apt/accept.h"

#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/status.h"
#include "engine/providers/apt/apt_config.h"

#define PARTS APT_CONFIG_PARTS

struct accept {
    struct machine *machine;
    const struct change *plan;
    const char *root; /* without a slash at its end: "" for "/" */
    struct arena *arena;
    struct diagnostics *diagnostics;
};

static bool is_part_of(const char *target)
{
    return strncmp(target, PARTS "/", sizeof PARTS) == 0;
}

/* --- The merged view ------------------------------------------------------------- */

/* The names of the merged folder in apt's order: those that are there, without what
 * the change removes, and what it adds. */
static int list_parts(const struct accept *a, struct directory *ret)
{
    struct directory live = { 0 };
    int status = file_list(a->machine->root_fd, PARTS, FILE_ANY, a->arena, &live, NULL);
    if (status && status != GPCONF_ENOTFOUND)
        return status;
    struct directory_entry *entries =
        arena_array(a->arena, live.n + a->plan->n_steps, struct directory_entry);
    if (!entries)
        return GPCONF_ENOMEM;
    size_t n = 0;
    for (size_t i = 0; i < live.n; i++) {
        const char *path = file_join(a->arena, PARTS, live.entries[i].name);
        if (!path)
            return GPCONF_ENOMEM;
        if (live.entries[i].kind == FILE_REGULAR &&
            apt_config_reads(live.entries[i].name) && !change_find(a->plan, path))
            entries[n++] = live.entries[i];
    }
    for (size_t i = 0; i < a->plan->n_steps; i++) {
        const struct step *step = &a->plan->steps[i];
        if (step->kind != STEP_FILE || !step->after || !is_part_of(step->target) ||
            !apt_config_reads(step->target + sizeof PARTS))
            continue;
        struct directory_entry entry = { step->target + sizeof PARTS, FILE_REGULAR };
        size_t at = n++;
        for (; at > 0 && strcmp(entries[at - 1].name, entry.name) > 0; at--)
            entries[at] = entries[at - 1];
        entries[at] = entry;
    }
    *ret = (struct directory){ entries, n };
    return 0;
}

/* The text for apt-config: the view up to last, or all of it when last is NULL. The
 * parts come while APT_CONFIG is read; apt then finds no folder of parts, and reads
 * its main file last by itself, wherever the parts say that it is. */
static const char *view_text(const struct accept *a, const struct directory *parts,
                             const char *last)
{
    struct buffer text;
    buffer_init(&text, 16u << 20);
    buffer_format(&text, "Dir \"%s/\";\n", a->root);
    for (size_t i = 0; i < parts->n; i++) {
        const char *name = parts->entries[i].name;
        const char *path = arena_format(a->arena, PARTS "/%s", name);
        const struct step *step = path ? change_find(a->plan, path) : NULL;
        if (step && step->staged)
            path = step->staged;
        buffer_format(&text, "#include \"%s/%s\";\n", a->root, path ? path : "");
        if (last && strcmp(last, name) == 0)
            break;
    }
    buffer_string(&text, "Dir::Etc::parts \"/dev/null\";\n");
    if (last)
        buffer_string(&text, "Dir::Etc::main \"/dev/null\";\n");
    const char *copy =
        buffer_failed(&text) ? NULL : arena_string_n(a->arena, text.data, text.size);
    buffer_done(&text);
    return copy;
}

/* --- Asking ---------------------------------------------------------------------- */

/* Run a program with a text on its standard input. Returns what run() does, and
 * GPCONF_ECLIENT, told, when it could not be run at all. */
static int ask(const struct accept *a, const struct process *process, bool may_lack,
               struct process_result *ret)
{
    const char *program = process->arguments[0];
    struct process reader = *process;
    reader.confined = a->machine->is_image;
    int status = a->machine->run(a->machine, &reader, a->arena, ret);
    if (!status || status == GPCONF_ENOMEM || (may_lack && status == GPCONF_ENOTFOUND))
        return status;
    diagnostics_add(a->diagnostics, SEVERITY_ERROR, "apt-reader-failed",
                    origin_file(program), "%s, changing nothing",
                    gpconf_status_text(status));
    return GPCONF_ECLIENT;
}

static int ask_apt(const struct accept *a, const char *text, struct process_result *ret)
{
    struct process process = { .arguments = apt_config_dump,
                               .environment = apt_config_input,
                               .input = text,
                               .input_size = text ? strlen(text) : 0,
                               .seconds = 30 };
    return text ? ask(a, &process, false, ret) : GPCONF_ENOMEM;
}

/* The first error: "E: Syntax error FILE:LINE: WHAT". What names a file of the root is
 * told as that file's. */
static const char *first_error(const struct accept *a, const char *errors)
{
    static const char start[] = "Syntax error ";
    const char *line = strstr(errors, "E: ");
    line = line ? line + 3 : errors;
    const char *text = arena_string_n(a->arena, line, strcspn(line, "\n"));
    if (text && strncmp(text, start, sizeof start - 1) == 0)
        text += sizeof start - 1;
    size_t root = strlen(a->root);
    if (text && strncmp(text, a->root, root) == 0 && text[root] == '/')
        text += root + (root > 0);
    return text && *text ? text : "it said nothing";
}

/* 1 */
static int check_syntax(const struct accept *a, const struct directory *parts)
{
    struct process_result result;
    int status = ask_apt(a, view_text(a, parts, NULL), &result);
    if (status || result.exit_status == 0)
        return status;
    diagnostics_add(a->diagnostics, SEVERITY_ERROR, "apt-syntax", origin_file(NULL),
                    "apt cannot read its configuration: %s; it must be mended first, "
                    "changing nothing",
                    first_error(a, result.errors));
    return GPCONF_ECLIENT;
}

/* Claims of one line with one value are one: several settings ask for it. */
static bool is_repeated(const struct step *step, size_t at)
{
    const struct claim *claim = &step->claims[at];
    for (size_t i = 0; i < at; i++)
        if (step->claims[i].line == claim->line && step->claims[i].value &&
            strcasecmp(step->claims[i].key, claim->key) == 0 &&
            strcmp(step->claims[i].value, claim->value) == 0)
            return true;
    return false;
}

static bool is_claimed(const struct step *step, size_t at)
{
    const struct claim *claim = &step->claims[at];
    return claim->fidelity != FIDELITY_UNSUPPORTED && claim->key && claim->value &&
           *claim->value && !is_repeated(step, at);
}

/* Has the view, of this key, exactly the values that are claimed, in their order? The
 * empty value is a list's own item and no member. */
static bool key_holds(const struct step *step, const struct view *view, const char *key)
{
    size_t entry = 0;
    for (size_t i = 0; i < step->n_claims; i++) {
        if (!is_claimed(step, i) || strcasecmp(step->claims[i].key, key) != 0)
            continue;
        while (entry < view->n && (strcasecmp(view->entries[entry].key, key) != 0 ||
                                   !*view->entries[entry].value))
            entry++;
        if (entry == view->n ||
            strcmp(view->entries[entry++].value, step->claims[i].value) != 0)
            return false;
    }
    for (; entry < view->n; entry++)
        if (strcasecmp(view->entries[entry].key, key) == 0 &&
            *view->entries[entry].value)
            return false;
    return true;
}

/* 2 */
static int check_claims(const struct accept *a, const struct directory *parts,
                        const struct step *step)
{
    struct process_result result;
    struct view view = { 0 };
    int status = ask_apt(a, view_text(a, parts, step->target + sizeof PARTS), &result);
    if (status)
        return status;
    apt_config_entries(result.output, a->arena, &view);
    if (arena_failed(a->arena))
        return GPCONF_ENOMEM;
    for (size_t i = 0; i < step->n_claims; i++) {
        const struct claim *claim = &step->claims[i];
        if (!is_claimed(step, i) || key_holds(step, &view, claim->key))
            continue;
        diagnostics_add(a->diagnostics, SEVERITY_ERROR, "apt-reads-otherwise",
                        origin_line(step->target, claim->line),
                        "apt reads something else for %s than was meant, changing "
                        "nothing",
                        claim->key);
        return GPCONF_ECLIENT;
    }
    return 0;
}

/* --- Values that another program reads ------------------------------------------- */

static bool ends_with(const char *text, const char *end)
{
    size_t size = strlen(text), length = strlen(end);
    return size >= length && strcmp(text + size - length, end) == 0;
}

static const char *last_line(const char *text, struct arena *arena)
{
    size_t size = strlen(text);
    while (size && text[size - 1] == '\n')
        size--;
    size_t start = size;
    while (start && text[start - 1] != '\n')
        start--;
    const char *line = arena_string_n(arena, text + start, size - start);
    return line && *line ? line : "it does not say why";
}

static int check_value(const struct accept *a, const struct step *step,
                       const struct claim *claim, const struct process *process)
{
    struct process_result result;
    int status = ask(a, process, true, &result);
    if (status == GPCONF_ENOTFOUND)
        return 0;
    if (status || result.exit_status == 0)
        return status;
    diagnostics_add(a->diagnostics, SEVERITY_ERROR, "apt-value-refused",
                    origin_line(step->target, claim->line),
                    "%s does not understand the value of %s: %s, changing nothing",
                    strrchr(process->arguments[0], '/') + 1, claim->key,
                    claim->sensitive ? "it is not shown"
                                     : last_line(result.errors, a->arena));
    return GPCONF_ECLIENT;
}

/* 3 */
static int check_time(const struct accept *a, const struct step *step,
                      const struct claim *claim)
{
    const char *verb = ends_with(claim->key, ":OnCalendar")           ? "calendar"
                       : ends_with(claim->key, ":RandomizedDelaySec") ? "timespan"
                       : ends_with(claim->key, ":OnBootSec")          ? "timespan"
                       : ends_with(claim->key, ":OnUnitActiveSec")    ? "timespan"
                                                                      : NULL;
    const char *const arguments[] = { "/usr/bin/systemd-analyze", verb, "--",
                                      claim->value, NULL };
    struct process process = { .arguments = arguments, .seconds = 30 };
    return verb ? check_value(a, step, claim, &process) : 0;
}

/* 4 */
static int check_pattern(const struct accept *a, const struct step *step,
                         const struct claim *claim)
{
    static const char script[] = "import re, sys\n"
                                 "re.compile(sys.argv[1])\n";
    const char *const arguments[] = { "/usr/bin/python3", "-I", "-", claim->value,
                                      NULL };
    struct process process = { .arguments = arguments,
                               .input = script,
                               .input_size = sizeof script - 1,
                               .seconds = 30 };
    if (strcasecmp(claim->key, "Unattended-Upgrade::Package-Blacklist") != 0)
        return 0;
    return check_value(a, step, claim, &process);
}

static int check_step(const struct accept *a, const struct directory *parts,
                      const struct step *step)
{
    int status = 0;
    if (is_part_of(step->target))
        status = check_claims(a, parts, step);
    for (size_t i = 0; !status && i < step->n_claims; i++) {
        if (!is_claimed(step, i))
            continue;
        status = check_time(a, step, &step->claims[i]);
        if (!status)
            status = check_pattern(a, step, &step->claims[i]);
    }
    return status;
}

/* What an image lies in may have any name; apt's syntax cannot carry them all. */
static bool can_carry(const char *path)
{
    for (const unsigned char *c = (const unsigned char *)path; *c; c++)
        if (*c < ' ' || *c == 0x7f || strchr("\"\\;", *c))
            return false;
    return true;
}

int accept_apt(struct machine *machine, const struct client *client,
               const struct change *plan, struct arena *arena,
               struct diagnostics *diagnostics)
{
    (void)client;
    const char *root = machine_path(machine, arena);
    struct accept a = { machine, plan, root, arena, diagnostics };
    struct directory parts;
    if (!root)
        return arena_failed(arena) ? GPCONF_ENOMEM : GPCONF_EIO;
    if (!can_carry(root)) {
        diagnostics_add(diagnostics, SEVERITY_ERROR, "apt-root-name", origin_file(root),
                        "apt's configuration cannot name this folder, changing "
                        "nothing");
        return GPCONF_ECLIENT;
    }
    if (strcmp(root, "/") == 0)
        a.root = "";
    int status = list_parts(&a, &parts);
    if (status && status != GPCONF_ENOMEM) {
        diagnostics_add(diagnostics, SEVERITY_ERROR, "apt-parts", origin_file(PARTS),
                        "%s, changing nothing", gpconf_status_text(status));
        return GPCONF_ECLIENT;
    }
    if (!status)
        status = check_syntax(&a, &parts);
    for (size_t i = 0; !status && i < plan->n_steps; i++) {
        const struct step *step = &plan->steps[i];
        if (step->kind == STEP_FILE && step->owner && strcmp(step->owner, "apt") == 0 &&
            step->after && step->action != STEP_KEEP)
            status = check_step(&a, &parts, step);
    }
    return status ? status : arena_failed(arena) ? GPCONF_ENOMEM : 0;
}
