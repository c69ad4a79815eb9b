#include <stdio.h>
#include <fcntl.h>

#include "base/file.h"
#include "base/registry/name.h"
#include "engine/rsop/rsop.h"
#include "tests/unit/state_fixture.h"

/*
 * read(write(s)) == s over every policy of the collected templates: Disabled, and
 * Enabled with values at and between the bounds of each element.
 *
 * A state that is read back as another one passes only if both write the same: then no
 * reader could tell them apart. Those are counted, and the counts are pinned: a change
 * of the translator that makes more of them is seen.
 */
static const struct set {
    const char *folder;
    size_t policies, indistinct; /* of the policies: those with an indistinct state */
} sets[] = {
    { "activclient-nsacyber", 109, 1 },
    { "adobereader-nsacyber", 44, 6 },
    { "chrome-nsacyber", 307, 107 },
    { "firefox-mozilla", 412, 111 },
    { "fslogix-admxgen", 12, 4 },
    { "lithnet-idlelogoff", 2, 0 },
    { "mdatp-devicecontrol", 131, 26 },
    { "policyplusplus-testassets", 8, 1 },
    { "powershell7", 6, 0 },
    { "samba", 373, 358 },
    { "security-harvester57", 140, 29 },
    { "tailscale", 32, 1 },
    { "terminal", 2, 0 },
    { "ubuntu-adsys-all", 81, 0 },
    { "win10-1809-ms-mxkhist", 3317, 410 },
    { "win10-2019-multilang-josbraden", 67, 26 },
    { "win11-25h2-mxk", 4730, 848 },
    { "win11-25h2-mxk.gitraw-misdeclared", 878, 337 },
    { "winget", 22, 2 },
};
enum { LEAST_VARIANTS = 8, LONGEST = 2000, MOST_LINES = 40, TOLD = 40 };

static struct catalogue *load(const char *folder, struct arena *arena)
{
    const char *path =
        arena_format(arena, "%s/../shared/corpus/admx/%s", GPCONF_SOURCE_DIR, folder);
    struct directory directory;
    const char *why;
    if (file_list(AT_FDCWD, path, FILE_ANY, arena, &directory, &why) < 0)
        return NULL;
    struct template_file *files = arena_array(arena, directory.n, struct template_file);
    size_t n = 0;
    for (size_t i = 0; i < directory.n; i++) {
        const char *name = directory.entries[i].name;
        size_t size = strlen(name);
        if (size < 5 || !name_equal(name + size - 5, ".admx"))
            continue;
        struct file file;
        const char *whole = arena_format(arena, "%s/%s", path, name);
        assert_int_equal(file_read(AT_FDCWD, whole, FILE_ANY, LIMIT_TEMPLATE_FILE,
                                   arena, &file, &why),
                         0);
        files[n++] = (struct template_file){
            .path = name, .name = name, .bytes = file.bytes, .size = file.size
        };
    }
    struct catalogue *catalogue;
    assert_int_equal(catalogue_build(files, n, NULL, NULL, &catalogue), 0);
    return catalogue;
}

/* ---- states ---- */

static const char *text_of_length(struct arena *arena, size_t length)
{
    char *text = arena_alloc(arena, length + 1, 1);
    assert_non_null(text);
    memset(text, 'x', length);
    return text;
}

static void choose_number(const struct cat_element *e, unsigned variant,
                          struct element_value *value)
{
    uint64_t fits = e->kind == CAT_DECIMAL ? UINT32_MAX : UINT64_MAX;
    uint64_t most =
        e->flags & CAT_MAX_DECLARED && e->max_value < fits ? e->max_value : fits;
    uint64_t least = e->min_value < most ? e->min_value : most;
    const uint64_t numbers[] = { least, most, least + (most - least) / 2,
                                 least < most ? least + 1 : least };
    value->number = numbers[variant % 4];
}

static void choose_text(const struct cat_element *e, unsigned variant,
                        struct arena *arena, struct element_value *value)
{
    size_t most = e->max_length && e->max_length < LONGEST ? e->max_length : LONGEST;
    static const char foreign[] = "\xC3\xA4\xE2\x82\xAC"; /* two characters */
    switch (variant % 4) {
    case 0:
        value->text = "1";
        break;
    case 1:
        value->text = text_of_length(arena, most);
        break;
    case 2:
        value->text = most >= 2 ? foreign : "2";
        break;
    default:
        value->text = e->flags & CAT_REQUIRED ? "3" : "";
        break;
    }
}

static void choose_lines(const struct cat_element *e, unsigned variant,
                         struct arena *arena, struct element_value *value)
{
    size_t most =
        e->max_strings && e->max_strings < MOST_LINES ? e->max_strings : MOST_LINES;
    const char **lines = arena_array(arena, most, const char *);
    assert_non_null(lines);
    value->n = variant % 3 == 0 ? 1 : variant % 3 == 1 ? most : most > 1 ? 2 : 1;
    for (size_t i = 0; i < value->n; i++)
        lines[i] = i % 2 ? "b" : "\xC3\xA4";
    value->lines = lines;
}

static void choose_entries(const struct cat_element *e, unsigned variant,
                           struct arena *arena, struct element_value *value)
{
    static const size_t sizes[] = { 1, 3, 12, 0 };
    value->n = sizes[variant % 4];
    struct list_entry *entries = arena_array(arena, value->n, struct list_entry);
    assert_non_null(entries);
    for (size_t i = 0; i < value->n; i++) {
        entries[i].data = arena_format(arena, "data %zu", value->n - i);
        if (e->flags & CAT_EXPLICIT_VALUE)
            entries[i].name = arena_format(arena, "name %zu", i);
    }
    value->entries = entries;
    /* Empty says nothing where it does not clear. */
    value->is_set = value->n || !(e->flags & CAT_ADDITIVE);
}

static void choose(const struct cat_element *e, unsigned variant, struct arena *arena,
                   struct element_value *value)
{
    value->is_set = true;
    switch ((enum cat_element_kind)e->kind) {
    case CAT_BOOLEAN:
        value->boolean = variant % 2;
        break;
    case CAT_DECIMAL:
    case CAT_LONG_DECIMAL:
        choose_number(e, variant, value);
        break;
    case CAT_TEXT:
        choose_text(e, variant, arena, value);
        break;
    case CAT_MULTI_TEXT:
        choose_lines(e, variant, arena, value);
        break;
    case CAT_ENUM:
        value->is_set = e->n_choices > 0;
        value->choice = e->first_choice + (e->n_choices ? variant % e->n_choices : 0);
        break;
    case CAT_LIST:
        choose_entries(e, variant, arena, value);
        break;
    }
}

/* Enabled, variant by variant; variant 6 leaves out what it may, 7 every other element.
 */
static struct state make(const struct catalogue *c, const struct cat_policy *policy,
                         unsigned variant, struct arena *arena)
{
    struct state state = { .state = STATE_ENABLED, .n_elements = policy->n_elements };
    state.elements = arena_array(arena, policy->n_elements, struct element_value);
    assert_non_null(state.elements);
    for (uint32_t i = 0; i < policy->n_elements; i++) {
        uint32_t at = policy->first_element + i;
        const struct cat_element *e = &catalogue_elements(c)[at];
        state.elements[i].element = at;
        bool may_be_left_out = variant == 6 || (variant == 7 && i % 2);
        if (!may_be_left_out || e->flags & CAT_REQUIRED)
            choose(e, variant + i, arena, &state.elements[i]);
    }
    return state;
}

static unsigned variants_of(const struct catalogue *c, const struct cat_policy *policy)
{
    unsigned n = LEAST_VARIANTS;
    for (uint32_t i = 0; i < policy->n_elements; i++) {
        unsigned choices = catalogue_elements(c)[policy->first_element + i].n_choices;
        n = choices > n ? choices : n;
    }
    return n;
}

static bool equal_value(uint32_t kind, const struct element_value *a,
                        const struct element_value *b)
{
    if (a->is_set != b->is_set || a->n != b->n)
        return false;
    if (!a->is_set)
        return true;
    switch ((enum cat_element_kind)kind) {
    case CAT_BOOLEAN:
        return a->boolean == b->boolean;
    case CAT_DECIMAL:
    case CAT_LONG_DECIMAL:
        return a->number == b->number;
    case CAT_TEXT:
        return strcmp(a->text, b->text) == 0;
    case CAT_ENUM:
        return a->choice == b->choice;
    case CAT_MULTI_TEXT:
        for (size_t i = 0; i < a->n; i++)
            if (strcmp(a->lines[i], b->lines[i]) != 0)
                return false;
        return true;
    case CAT_LIST:
        for (size_t i = 0; i < a->n; i++)
            if (strcmp(a->entries[i].data, b->entries[i].data) != 0 ||
                (a->entries[i].name &&
                 strcmp(a->entries[i].name, b->entries[i].name) != 0))
                return false;
        return true;
    }
    return false;
}

static bool equal_state(const struct catalogue *c, const struct state *a,
                        const struct state *b)
{
    if (a->state != b->state)
        return false;
    for (size_t i = 0; a->state == STATE_ENABLED && i < a->n_elements; i++)
        if (!equal_value(catalogue_elements(c)[a->elements[i].element].kind,
                         &a->elements[i], &b->elements[i]))
            return false;
    return true;
}

/* ---- operations ---- */

static struct rsop merged(struct operations *operations, struct arena *arena)
{
    struct layer layer = { .machine = operations };
    struct order order = { .layers = &layer, .n_layers = 1 };
    struct rsop rsop;
    assert_int_equal(rsop_merge(&order, RSOP_MACHINE, arena, &rsop), 0);
    return rsop;
}

static bool same_operation(const struct operation *a, const struct operation *b)
{
    return a->op == b->op && (a->op == OP_DELETE || a->op == OP_CLEARVALS ||
                              value_equal(&a->value, &b->value));
}

/* Do both lists leave the same on every machine? */
static bool same_effect(struct operations *a, struct operations *b, struct arena *arena)
{
    struct rsop x = merged(a, arena), y = merged(b, arena);
    if (x.n_slots != y.n_slots)
        return false;
    for (size_t i = 0; i < x.n_slots; i++) {
        const struct slot *slot = rsop_find(&y, x.slots[i].key, x.slots[i].name);
        const struct contribution *s = rsop_winner(&x, &x.slots[i]);
        const struct contribution *r = slot ? rsop_winner(&y, slot) : NULL;
        if (!s || !r || !same_operation(s->operation, r->operation))
            return false;
    }
    return true;
}

/* ---- the property ---- */

enum verdict { SAME, INDISTINCT, WRONG };

static enum verdict round_trip(const struct catalogue *c,
                               const struct cat_policy *policy,
                               const struct state *state, struct state *ret_back,
                               struct arena *arena)
{
    struct operations written = { 0 }, again = { 0 };
    struct state_view *view;
    struct diagnostics told;
    diagnostics_init(&told, arena);
    int r = state_write(c, policy, state, origin_file("t"), arena, &told, &written);
    if (r < 0)
        print_error("%s: %s\n", catalogue_text(c, policy->id), told.last->message);
    assert_int_equal(r, 0);
    assert_int_equal(state_view_build(&written, arena, &view), 0);
    assert_int_equal(state_read(c, policy, view, arena, ret_back), 0);
    if (equal_state(c, state, ret_back) && ret_back->n_contradictions == 0)
        return SAME;
    diagnostics_init(&told, arena);
    r = state_write(c, policy, ret_back, origin_file("t"), arena, &told, &again);
    /* What the template does not allow is no other state; it only reads like one, such
     * as the 1 of an enabled policy whose number, of the same value, begins at 2. */
    if (r < 0)
        return ret_back->n_contradictions ? WRONG : INDISTINCT;
    return same_effect(&written, &again, arena) ? INDISTINCT : WRONG;
}

struct count {
    size_t policies, states, indistinct, indistinct_states, wrong;
};

static void tell(const struct catalogue *c, const struct cat_policy *policy,
                 int variant, const struct state *back, struct count *count)
{
    if (count->wrong++ < TOLD)
        print_error("%s, state %d: read as %s, %zu contradictions\n",
                    catalogue_text(c, policy->id), variant,
                    policy_state_name(back->state), back->n_contradictions);
}

static void try_policy(const struct catalogue *c, const struct cat_policy *policy,
                       struct count *count)
{
    struct arena arena;
    arena_init(&arena, LIMIT_ARENA);
    bool indistinct = false;
    int n = (int)variants_of(c, policy);
    for (int variant = -1; variant < n; variant++) {
        struct state back, state = { .state = STATE_DISABLED };
        if (variant >= 0)
            state = make(c, policy, (unsigned)variant, &arena);
        enum verdict verdict = round_trip(c, policy, &state, &back, &arena);
        count->states++;
        count->indistinct_states += verdict == INDISTINCT;
        indistinct = indistinct || verdict == INDISTINCT;
        if (verdict == WRONG)
            tell(c, policy, variant, &back, count);
    }
    count->policies++;
    count->indistinct += indistinct;
    arena_done(&arena);
}

static void what_is_written_is_read_back_for_every_policy(void **state)
{
    (void)state;
    size_t wrong = 0;
    bool pinned = true;
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        struct arena arena;
        arena_init(&arena, LIMIT_ARENA);
        struct catalogue *c = load(sets[i].folder, &arena);
        if (!c && i == 0) {
            arena_done(&arena);
            print_message("no ../shared/corpus: nothing to try\n");
            skip();
        }
        assert_non_null(c);
        struct count count = { 0 };
        size_t n;
        const struct cat_policy *policies = catalogue_policies(c, &n);
        for (size_t p = 0; p < n; p++)
            try_policy(c, &policies[p], &count);
        print_message("{ \"%s\", %zu, %zu }, %zu states, %zu indistinct\n",
                      sets[i].folder, count.policies, count.indistinct, count.states,
                      count.indistinct_states);
        wrong += count.wrong;
        pinned = pinned && count.policies == sets[i].policies &&
                 count.indistinct == sets[i].indistinct;
        catalogue_unref(c);
        arena_done(&arena);
    }
    assert_int_equal(wrong, 0);
    assert_true(pinned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_back_for_every_policy),
    };
    return !!cmocka_run_group_tests(tests, NULL, NULL);
}
