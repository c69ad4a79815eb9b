#include "policies/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/registry/name.h"
#include "base/status.h"
#include "policies/links.h"

#define CONFIGURATION "etc/gpconf"
#define POLICIES CONFIGURATION "/policies"
#define LAST_GOOD SNAPSHOT_LAST_GOOD

struct take {
    struct machine *machine;
    struct arena *arena;
    struct diagnostics *diagnostics;
    struct snapshot *snapshot;
    size_t capacity, n_gpos;
    bool is_told; /* of what is added now: see struct input */
};

static const char *shown(struct take *t, const char *path)
{
    return file_join(t->arena, t->machine->root, path);
}

static size_t limit_of(enum input_role role)
{
    return role == INPUT_POL_MACHINE || role == INPUT_POL_USER ? LIMIT_POL_FILE
                                                               : LIMIT_INI_FILE;
}

/* What lies below policies/ is found by listing the folders on the way, from the top
 * down, so that each was checked once; the rest is asked for by its path. */
static enum file_check check_of(const struct input *input)
{
    return input->gpo || input->role == INPUT_LINKS ? FILE_INSIDE : FILE_TRUSTED;
}

/* GUIDs in capitals: a folder that changes its case keeps its copies. */
static const char *capitals(const char *name, struct arena *arena)
{
    char *copy = arena_string(arena, name);
    for (char *c = copy; c && *c; c++)
        *c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
    return copy;
}

const char *snapshot_last_good_path(const struct input *input, struct arena *arena)
{
    const char *name = strrchr(input->path, '/');
    name = name ? name + 1 : input->path;
    switch (input->role) {
    case INPUT_LINKS:
        return arena_string(arena, LAST_GOOD "/links.ini");
    case INPUT_LOCAL:
        return arena_format(arena, LAST_GOOD "/%s%s",
                            strstr(input->path, "/local.d/") ? "local.d." : "", name);
    case INPUT_POL_MACHINE:
        return arena_format(arena, LAST_GOOD "/%s.machine.pol",
                            capitals(input->gpo, arena));
    case INPUT_POL_USER:
        return arena_format(arena, LAST_GOOD "/%s.user.pol",
                            capitals(input->gpo, arena));
    case INPUT_LIMITS:
    case INPUT_GPT:
    case INPUT_GPO:
        break;
    }
    return NULL;
}

/* Add an input. With a status it is one that is not read any more. */
static void add(struct take *t, enum input_role role, const char *gpo, const char *path,
                int status, const char *why)
{
    struct snapshot *s = t->snapshot;
    struct input *inputs =
        arena_grow(t->arena, s->inputs, s->n, sizeof *inputs, &t->capacity);
    if (!inputs || !path)
        return;
    s->inputs = inputs;
    struct input *input = &inputs[s->n++];
    *input = (struct input){ .role = role,
                             .gpo = gpo,
                             .path = path,
                             .shown = shown(t, path),
                             .status = status,
                             .why = why,
                             .is_told = t->is_told };
    if (role == INPUT_GPO)
        return;
    if (!status)
        input->status = file_read(t->machine->root_fd, path, check_of(input),
                                  limit_of(role), t->arena, &input->file, &input->why);
}

/* A folder that is refused takes along all that is in it: one fault, told where it is. */
static void tell_distrust(struct take *t, const char *code, const struct distrust *d,
                          const char *until)
{
    const char *path = strcmp(d->path, ".") == 0 ? t->machine->root : shown(t, d->path);
    if (d->is_foreign)
        diagnostics_add(
            t->diagnostics, SEVERITY_ERROR, code, origin_file(path),
            "user %u owns it and could change it, so nothing in it is read; "
            "'chown root %s' mends it, until then %s",
            d->uid, path ? path : "", until);
    else
        diagnostics_add(t->diagnostics, SEVERITY_ERROR, code, origin_file(path),
                        "others may write to it (mode %04o), so nothing in it is read; "
                        "'chmod go-w %s' mends it, until then %s",
                        d->mode, path ? path : "", until);
}

/* The same of a folder that could not be listed, for whatever reason. */
static void tell_folder(struct take *t, const char *code, const char *folder,
                        const char *why, const char *until)
{
    struct distrust d;
    if (file_distrust(t->machine->root_fd, folder, t->arena, &d))
        tell_distrust(t, code, &d, until);
    else
        diagnostics_add(t->diagnostics, SEVERITY_ERROR, code,
                        origin_file(shown(t, folder)), "%s, nothing in it is read: %s",
                        file_reason(why, folder), until);
}

/* Find a component without case. GPCONF_EDAMAGED when there are several. */
static int find(struct take *t, const struct directory *directory, const char *name,
                const struct directory_entry **ret, const char **reterr_why)
{
    const struct directory_entry *found = NULL;
    for (size_t i = 0; i < directory->n; i++) {
        const struct directory_entry *entry = &directory->entries[i];
        if (!name_equal(entry->name, name))
            continue;
        if (found) {
            *reterr_why = arena_format(t->arena, "'%s' and '%s' differ only by case",
                                       found->name, entry->name);
            return GPCONF_EDAMAGED;
        }
        found = entry;
    }
    if (!found) {
        *reterr_why = "there is none";
        return GPCONF_ENOTFOUND;
    }
    *ret = found;
    return 0;
}

/* Add the file of that name of a listed folder. */
static void add_found(struct take *t, enum input_role role, const char *gpo,
                      const char *folder, const struct directory *directory,
                      const char *name)
{
    const struct directory_entry *entry = NULL;
    const char *why = NULL;
    int status = find(t, directory, name, &entry, &why);
    add(t, role, gpo, file_join(t->arena, folder, entry ? entry->name : name), status,
        why);
}

static void add_half(struct take *t, enum input_role role, const char *gpo,
                     const char *folder, const struct directory *directory,
                     const char *half)
{
    const struct directory_entry *entry = NULL;
    const char *why = NULL;
    struct directory inside;
    int status = find(t, directory, half, &entry, &why);
    const char *path = file_join(t->arena, folder, entry ? entry->name : half);
    if (!status && path)
        status =
            file_list(t->machine->root_fd, path, FILE_INSIDE, t->arena, &inside, &why);
    if (status)
        add(t, role, gpo, path ? file_join(t->arena, path, "Registry.pol") : NULL,
            status, why);
    else if (path)
        add_found(t, role, gpo, path, &inside, "Registry.pol");
}

/* A GPO whose folder is not looked into. */
static void add_refused_gpo(struct take *t, const char *gpo, int status,
                            const char *why)
{
    const char *folder = file_join(t->arena, POLICIES, gpo);
    if (!folder)
        return;
    add(t, INPUT_GPO, gpo, folder, status, why);
    add(t, INPUT_POL_MACHINE, gpo, file_join(t->arena, folder, "Machine/Registry.pol"),
        status, why);
    add(t, INPUT_POL_USER, gpo, file_join(t->arena, folder, "User/Registry.pol"),
        status, why);
}

static void add_gpo(struct take *t, const char *gpo)
{
    struct directory directory;
    const char *why = NULL;
    const char *folder = file_join(t->arena, POLICIES, gpo);
    if (!folder)
        return;
    int status =
        file_list(t->machine->root_fd, folder, FILE_INSIDE, t->arena, &directory, &why);
    if (t->n_gpos++ >= LIMIT_GPOS) {
        status = GPCONF_ELIMIT;
        why =
            arena_format(t->arena, "there are more than %u deployed GPOs", LIMIT_GPOS);
    }
    if (status == GPCONF_EUNTRUSTED) {
        tell_folder(t, "gpo-unreadable", folder, why, "the GPO counts as it was kept");
        t->is_told = true;
    }
    if (status) {
        add_refused_gpo(t, gpo, status, why);
        t->is_told = false;
        return;
    }
    add(t, INPUT_GPO, gpo, folder, 0, NULL);
    add_found(t, INPUT_GPT, gpo, folder, &directory, "gpt.ini");
    add_half(t, INPUT_POL_MACHINE, gpo, folder, &directory, "Machine");
    add_half(t, INPUT_POL_USER, gpo, folder, &directory, "User");
}

static bool is_gpo(const char *name)
{
    return links_is_guid(name) || name_equal(name, "local");
}

/* Say what stands beside the GPOs and is none. Hidden entries are being written. */
static void tell_stray(struct take *t, const char *name)
{
    if (name[0] != '.' && !name_equal(name, "links.ini") &&
        !name_equal(name, "README") && !name_equal(name, "README.md"))
        diagnostics_add(t->diagnostics, SEVERITY_WARNING, "policies-stray",
                        origin_file(shown(t, file_join(t->arena, POLICIES, name))),
                        "a GPO's folder is called by its GUID with braces or 'local', "
                        "ignoring");
}

static int by_name(const void *a, const void *b)
{
    const struct directory_entry *x = a, *y = b;
    int order = name_compare(x->name, y->name);
    return order ? order : strcmp(x->name, y->name);
}

static void add_gpos(struct take *t, const struct directory *policies)
{
    struct directory_entry *sorted =
        arena_copy(t->arena, policies->entries, policies->n * sizeof *sorted);
    if (!sorted || policies->n == 0)
        return;
    qsort(sorted, policies->n, sizeof *sorted, by_name);
    for (size_t i = 0, n; i < policies->n; i += n) {
        const char *name = sorted[i].name;
        n = 1;
        while (i + n < policies->n && name_equal(sorted[i + n].name, name))
            n++;
        if (!is_gpo(name)) {
            tell_stray(t, name);
        } else if (n > 1) {
            const char *why =
                arena_format(t->arena, "'%s' and '%s' differ only by case", name,
                             sorted[i + 1].name);
            diagnostics_add(t->diagnostics, SEVERITY_ERROR, "policies-case",
                            origin_file(shown(t, POLICIES)), "%s, reading neither",
                            why ? why : "");
            add_refused_gpo(t, name, GPCONF_EDAMAGED, why);
        } else if (sorted[i].kind == FILE_REGULAR) {
            tell_stray(t, name);
        } else {
            add_gpo(t, name);
        }
    }
    if (t->n_gpos > LIMIT_GPOS)
        diagnostics_add(t->diagnostics, SEVERITY_ERROR, "policies-limit",
                        origin_file(shown(t, POLICIES)),
                        "there are %zu deployed GPOs, reading the first %u of them",
                        t->n_gpos, LIMIT_GPOS);
}

/* The GPOs that we have known: those of which a copy was kept. */
static void add_remembered_gpos(struct take *t, int status, const char *why)
{
    static const char *const ends[] = { ".machine.pol", ".user.pol" };
    struct directory kept;
    const char *before = NULL;
    if (file_list(t->machine->root_fd, LAST_GOOD, FILE_TRUSTED, t->arena, &kept, NULL))
        return;
    for (size_t i = 0; i < kept.n * 2; i++) {
        const char *name = kept.entries[i / 2].name, *end = ends[i % 2];
        size_t size = strlen(name), behind = strlen(end);
        if (size <= behind || strcmp(name + size - behind, end) != 0)
            continue;
        const char *gpo = arena_string_n(t->arena, name, size - behind);
        if (gpo && name_equal(gpo, "local"))
            gpo = "local";
        if (!gpo || !is_gpo(gpo) || (before && name_equal(before, gpo)))
            continue;
        add_refused_gpo(t, gpo, status, why);
        before = gpo;
    }
}

/* List a folder that may be missing. What has its name and is no folder is not nothing:
 * somebody meant something by it. */
static int list(struct take *t, const char *folder, struct directory *ret,
                const char **reterr_why)
{
    int root = t->machine->root_fd;
    int status = file_list(root, folder, FILE_TRUSTED, t->arena, ret, reterr_why);
    if (status != GPCONF_ENOTFOUND || !file_present(root, folder))
        return status;
    *reterr_why = "is no folder";
    return GPCONF_EUNTRUSTED;
}

/* Of all that is below the folder what was kept, when it is refused. */
static void add_kept_policies(struct take *t, int status, const char *why)
{
    add(t, INPUT_LINKS, NULL, POLICIES "/links.ini", status, why);
    if (status != GPCONF_ENOTFOUND)
        add_remembered_gpos(t, status, why);
}

static void add_policies(struct take *t)
{
    struct directory policies;
    const char *why = NULL;
    int status = list(t, POLICIES, &policies, &why);
    if (!status) {
        add_found(t, INPUT_LINKS, NULL, POLICIES, &policies, "links.ini");
        add_gpos(t, &policies);
        return;
    }
    t->is_told = status != GPCONF_ENOTFOUND;
    if (t->is_told)
        tell_folder(t, "policies-unreadable", POLICIES, why,
                    "what was kept of the policies is used");
    add_kept_policies(t, status, why);
    t->is_told = false;
}

static void add_local(struct take *t)
{
    static const char folder[] = CONFIGURATION "/local.d";
    struct directory files;
    const char *why = NULL;
    add(t, INPUT_LOCAL, NULL, CONFIGURATION "/local.ini", 0, NULL);
    int status = list(t, folder, &files, &why);
    if (status == GPCONF_ENOTFOUND)
        return;
    if (status) {
        tell_folder(t, "local-unreadable", folder, why, "nothing is written");
        t->is_told = true;
        add(t, INPUT_LOCAL, NULL, folder, status, why);
        t->is_told = false;
        return;
    }
    for (size_t i = 0; i < files.n; i++) {
        const struct directory_entry *entry = &files.entries[i];
        size_t size = strlen(entry->name);
        if (entry->name[0] != '.' && entry->kind != FILE_DIRECTORY && size > 4 &&
            strcmp(entry->name + size - 4, ".ini") == 0)
            add(t, INPUT_LOCAL, NULL, file_join(t->arena, folder, entry->name), 0,
                NULL);
    }
}

/* The folder of all of it: what is refused there is not asked for one by one. */
static bool add_refused_configuration(struct take *t)
{
    static const char why[] = "the folder it is in is refused";
    struct distrust d;
    if (!file_distrust(t->machine->root_fd, CONFIGURATION, t->arena, &d))
        return false;
    tell_distrust(t, "configuration-unreadable", &d,
                  "what was kept of it is used and nothing is written");
    t->is_told = true;
    t->snapshot->is_refused = true;
    add(t, INPUT_LIMITS, NULL, CONFIGURATION "/limits.ini", GPCONF_EUNTRUSTED, why);
    add(t, INPUT_LOCAL, NULL, CONFIGURATION "/local.ini", GPCONF_EUNTRUSTED, why);
    if (file_present(t->machine->root_fd, CONFIGURATION "/local.d"))
        add(t, INPUT_LOCAL, NULL, CONFIGURATION "/local.d", GPCONF_EUNTRUSTED, why);
    add_kept_policies(t, GPCONF_EUNTRUSTED, why);
    t->is_told = false;
    return true;
}

static int compare_gpo(const char *a, const char *b)
{
    if (!a || !b)
        return (a != NULL) - (b != NULL);
    return name_compare(a, b);
}

static int by_role(const void *a, const void *b)
{
    const struct input *x = a, *y = b;
    int order = (int)x->role - (int)y->role;
    if (!order)
        order = compare_gpo(x->gpo, y->gpo);
    if (!order && x->role == INPUT_LOCAL)
        order = (strstr(x->path, "/local.d") != NULL) -
                (strstr(y->path, "/local.d") != NULL);
    return order ? order : strcmp(x->path, y->path);
}

const struct input *snapshot_input(const struct snapshot *snapshot,
                                   enum input_role role, const char *gpo)
{
    size_t low = 0, high = snapshot->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct input *input = &snapshot->inputs[middle];
        int order = (int)input->role - (int)role;
        if (!order)
            order = compare_gpo(input->gpo, gpo);
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == snapshot->n)
        return NULL;
    const struct input *input = &snapshot->inputs[low];
    return input->role == role && compare_gpo(input->gpo, gpo) == 0 ? input : NULL;
}

static void hash_input(const struct input *input, char ret[HASH_TEXT + 1])
{
    *ret = '\0';
    if (!input->status && input->role != INPUT_GPO)
        hash_content(input->file.bytes, input->file.size, ret);
}

const char *snapshot_input_hash(const struct input *input, struct arena *arena)
{
    char hash[HASH_TEXT + 1];
    hash_input(input, hash);
    return arena_string(arena, hash);
}

const char *snapshot_hash(const struct snapshot *snapshot, struct arena *arena)
{
    char hash[HASH_TEXT + 1];
    struct buffer all;
    buffer_init(&all, LIMIT_ARENA);
    for (size_t i = 0; i < snapshot->n; i++) {
        const struct input *input = &snapshot->inputs[i];
        hash_input(input, hash);
        buffer_format(&all, "%d %s %s ", (int)input->role,
                      gpconf_status_name(input->status), hash);
        buffer_append(&all, input->path, strlen(input->path) + 1);
    }
    bool failed = buffer_failed(&all);
    if (failed)
        arena->failed = true;
    else
        hash_content(all.data ? all.data : "", all.size, hash);
    buffer_done(&all);
    return failed ? NULL : arena_string(arena, hash);
}

int snapshot_read(struct machine *machine, struct arena *arena,
                  struct diagnostics *diagnostics, struct snapshot *ret)
{
    struct snapshot snapshot = { .arena = arena };
    struct take t = { .machine = machine,
                      .arena = arena,
                      .diagnostics = diagnostics,
                      .snapshot = &snapshot };
    if (!add_refused_configuration(&t)) {
        add(&t, INPUT_LIMITS, NULL, CONFIGURATION "/limits.ini", 0, NULL);
        add_local(&t);
        add_policies(&t);
    }
    if (snapshot.n)
        qsort(snapshot.inputs, snapshot.n, sizeof *snapshot.inputs, by_role);
    if (arena_failed(arena))
        return GPCONF_ENOMEM;
    *ret = snapshot;
    return 0;
}

/* The copy of one input, from a folder that was checked as said. */
static void read_copy(struct take *t, struct input *input, enum file_check check)
{
    const char *why = NULL;
    const char *path = snapshot_last_good_path(input, t->arena);
    if (!path)
        return;
    int status = file_read(t->machine->root_fd, path, check, limit_of(input->role),
                           t->arena, &input->last_good, &why);
    if (status && status != GPCONF_ENOTFOUND)
        diagnostics_add(t->diagnostics, SEVERITY_WARNING, "last-good-unreadable",
                        origin_file(shown(t, path)),
                        "the kept copy cannot be read (%s), going on without it", why);
}

void snapshot_read_last_good(struct machine *machine, struct diagnostics *diagnostics,
                             struct snapshot *snapshot)
{
    struct take t = { .machine = machine,
                      .arena = snapshot->arena,
                      .diagnostics = diagnostics,
                      .snapshot = snapshot };
    struct directory kept;
    int listed =
        file_list(machine->root_fd, LAST_GOOD, FILE_TRUSTED, t.arena, &kept, NULL);
    if (listed == GPCONF_ENOTFOUND)
        return;
    enum file_check check = listed == 0 ? FILE_INSIDE : FILE_TRUSTED;
    for (size_t i = 0; i < snapshot->n; i++)
        if (snapshot->inputs[i].status != GPCONF_ENOTFOUND)
            read_copy(&t, &snapshot->inputs[i], check);
}

int snapshot_overlay(const struct snapshot *snapshot, const char *path,
                     const void *bytes, size_t size, struct arena *arena,
                     struct snapshot *ret)
{
    struct snapshot overlay = { .arena = arena, .n = snapshot->n };
    struct input *found = NULL;
    overlay.inputs =
        arena_copy(arena, snapshot->inputs, snapshot->n * sizeof *snapshot->inputs);
    for (size_t i = 0; overlay.inputs && i < overlay.n && !found; i++)
        if (strcmp(overlay.inputs[i].path, path) == 0 &&
            overlay.inputs[i].role != INPUT_GPO)
            found = &overlay.inputs[i];
    if (arena_failed(arena))
        return GPCONF_ENOMEM;
    if (!found)
        return GPCONF_ENOTFOUND;
    if (found->status)
        found->file = (struct file){ .path = path, .mode = 0644 };
    found->status = 0;
    found->why = NULL;
    found->is_told = false;
    found->file.bytes = arena_string_n(arena, bytes, size);
    found->file.size = size;
    if (arena_failed(arena))
        return GPCONF_ENOMEM;
    *ret = overlay;
    return 0;
}
