#include "engine/update/projection.h"

#include <stdlib.h>
#include <string.h>

#include "base/registry/name.h"
#include "engine/update/binding.h"
#include "engine/update/rules.h"

static bool is_local(const struct projection *p, const struct contribution *c)
{
    enum layer_kind kind = p->rsop->layers[c->layer].kind;
    return kind == LAYER_LOCAL_POLICY || kind == LAYER_GRANTED;
}

static bool is_set(const struct contribution *c)
{
    return c && (c->operation->op == OP_SET || c->operation->op == OP_SOFTSET);
}

void projection_set_number(struct projection *p, enum setting_index index,
                           uint32_t number)
{
    memcpy((char *)p->config + settings[index].offset, &number, sizeof number);
}

static void set_text(struct projection *p, enum setting_index index, const char *text)
{
    memcpy((char *)p->config + settings[index].offset, &text, sizeof text);
}

/* The setting is decided by c. */
static void decide(struct projection *p, enum setting_index index,
                   const struct contribution *c)
{
    struct decision *d = &p->config->decisions[index];
    d->source = is_local(p, c) ? BY_LOCAL : BY_POLICY;
    d->contribution = c - p->rsop->log;
    d->is_private |= c->operation->origin.is_private;
    const struct slot *slot = rsop_find(p->rsop, c->operation->key, c->operation->name);
    d->slot = slot ? (uint32_t)(slot - p->rsop->slots) : UINT32_MAX;
}

/* A value that cannot be used. The decision stays, the field keeps its fallback. */
static void unfit(struct projection *p, enum setting_index index,
                  const struct contribution *c, const char *why)
{
    struct decision *d = &p->config->decisions[index];
    d->is_unfit = true;
    d->is_private |= c->operation->origin.is_private;
    if (d->is_private)
        why = "cannot be used (it is not shown)";
    d->why = why;
    diagnostics_add(p->diagnostics, SEVERITY_WARNING, "setting-unfit",
                    c->operation->origin, "%s: the value of '%s' %s, ignoring",
                    settings[index].id,
                    c->operation->name && *c->operation->name ? c->operation->name
                                                              : c->operation->key,
                    why ? why : "cannot be used");
}

/* Does the layer say it again, later, as local policy with several files may? */
static bool is_said_again(const struct projection *p, const struct slot *slot,
                          uint32_t i)
{
    const uint32_t *at = &p->rsop->by_slot[slot->first];
    for (uint32_t later = i + 1; later < slot->n; later++)
        if (p->rsop->log[at[later]].layer == p->rsop->log[at[i]].layer)
            return true;
    return false;
}

/* The local choice on (key, name) that another layer keeps from counting. */
static void find_shadowed(struct projection *p, enum setting_index index,
                          const char *key, const char *name)
{
    struct decision *d = &p->config->decisions[index];
    const struct slot *slot = rsop_find(p->rsop, key, name);
    if (!slot || d->source != BY_POLICY)
        return;
    for (uint32_t i = 0; i < slot->n; i++) {
        uint32_t at = p->rsop->by_slot[slot->first + i];
        const struct contribution *c = &p->rsop->log[at];
        if (is_local(p, c) && is_set(c) && c->fate != FATE_IN_EFFECT &&
            !is_said_again(p, slot, i))
            d->shadowed = at;
    }
}

/* --- Numbers -------------------------------------------------------------------- */

/* Does the template that writes the setting allow the number? */
static bool template_allows(const struct projection *p, const struct setting *setting,
                            uint32_t number, const char **ret_why)
{
    const struct cat_policy *policy;
    const struct cat_element *e;
    if (!p->catalogue || !binding_find(p->catalogue, setting, &policy, &e) || !e)
        return true;
    if (e->kind == CAT_DECIMAL && (number < e->min_value || number > e->max_value)) {
        *ret_why = arena_format(p->arena, "is %u, outside the template's %llu to %llu",
                                number, (unsigned long long)e->min_value,
                                (unsigned long long)e->max_value);
        return false;
    }
    if (e->kind != CAT_ENUM)
        return true;
    const struct cat_choice *choice = catalogue_choices(p->catalogue) + e->first_choice;
    for (uint32_t i = 0; i < e->n_choices; i++)
        if (choice[i].value.kind == CAT_LITERAL_DECIMAL &&
            choice[i].value.number == number)
            return true;
    *ret_why =
        arena_format(p->arena, "is %u, which the template does not offer", number);
    return false;
}

static bool read_number(const struct projection *p, const struct setting *setting,
                        const struct contribution *c, uint32_t *ret,
                        const char **ret_why)
{
    uint64_t number;
    if (!value_number(&c->operation->value, &number)) {
        *ret_why = "is no number";
        return false;
    }
    uint32_t low = setting->min, high = setting->max;
    if (setting->kind != KIND_NUMBER) {
        low = 0;
        high = setting->kind == KIND_CHOICE ? UINT32_MAX : 1;
    }
    if (number < low || number > high) {
        *ret_why = arena_format(p->arena, "is %llu, outside %u to %u",
                                (unsigned long long)number, low, high);
        return false;
    }
    *ret = (uint32_t)number;
    return true;
}

static void project_number(struct projection *p, enum setting_index index,
                           const struct contribution *c)
{
    const struct setting *setting = &settings[index];
    const char *why = NULL;
    uint32_t number;
    if (!read_number(p, setting, c, &number, &why) ||
        !template_allows(p, setting, number, &why)) {
        unfit(p, index, c, why);
        return;
    }
    if (setting->kind == KIND_BOOL)
        number ^= setting->is_inverted;
    if (setting->kind == KIND_CHOICE) {
        const struct choice *choice = setting->choices;
        while (choice->word && (choice->raw != number || choice->is_disabled))
            choice++;
        if (!choice->word) {
            unfit(p, index, c,
                  arena_format(p->arena, "is %u, which has no meaning", number));
            return;
        }
        number = choice->value;
    }
    projection_set_number(p, index, number);
}

/* --- The mode ----------------------------------------------------------------------
 */

/* The last thing that local policy says about (key, name), shadowed or not. */
static const struct contribution *local_choice(const struct projection *p,
                                               const char *key, const char *name)
{
    const struct slot *slot = rsop_find(p->rsop, key, name);
    const struct contribution *found = NULL;
    for (uint32_t i = 0; slot && i < slot->n; i++) {
        const struct contribution *c = &p->rsop->log[p->rsop->by_slot[slot->first + i]];
        if (is_local(p, c) && is_set(c) && !is_said_again(p, slot, i))
            found = c;
    }
    return found;
}

/* AUOptions 5: the local administrator chooses, but not to switch updating off. */
static void project_delegated_mode(struct projection *p, const struct contribution *c)
{
    const struct setting *setting = &settings[SETTING_MODE];
    const struct contribution *local =
        local_choice(p, setting->key, setting->value_name);
    struct decision *d = &p->config->decisions[SETTING_MODE];
    uint64_t number = 0;
    if (!local || !value_number(&local->operation->value, &number) || number < 2 ||
        number > 4) {
        d->is_off = true;
        d->why = "policy leaves the mode to local policy, which chooses none that "
                 "counts; the client keeps its own";
        return;
    }
    decide(p, SETTING_MODE, local);
    d->shadowed = NO_CONTRIBUTION;
    d->why =
        arena_format(p->arena, "policy ('%s' in %s) leaves the mode to local policy",
                     setting->value_name,
                     c->operation->origin.file ? c->operation->origin.file : "?");
    projection_set_number(p, SETTING_MODE,
                          number == 2   ? MODE_NOTIFY
                          : number == 3 ? MODE_DOWNLOAD
                                        : MODE_AUTOMATIC);
}

static void project_mode(struct projection *p, const struct contribution *c)
{
    uint64_t number;
    uint32_t mode = MODE_CLIENT;
    if (!value_number(&c->operation->value, &number)) {
        unfit(p, SETTING_MODE, c, "is no number");
        return;
    }
    switch (number) {
    case 1: /* documented for the registry alone: checks are off, nothing is installed
             */
        mode = MODE_MANUAL;
        p->config->decisions[SETTING_MODE].why =
            "AUOptions 1 keeps automatic updating switched off";
        break;
    case 2:
        mode = MODE_NOTIFY;
        break;
    case 3:
    case 7: /* download, and restarting is the administrator's too */
        mode = MODE_DOWNLOAD;
        break;
    case 4:
        mode = MODE_AUTOMATIC;
        break;
    case 5:
        project_delegated_mode(p, c);
        return;
    default:
        unfit(p, SETTING_MODE, c,
              arena_format(p->arena, "is %llu, which has no meaning",
                           (unsigned long long)number));
        return;
    }
    projection_set_number(p, SETTING_MODE, mode);
}

/* --- Text, bits and lists -----------------------------------------------------------
 */

static void project_text(struct projection *p, enum setting_index index,
                         const struct contribution *c)
{
    const char *why = "is no text", *text = value_text(&c->operation->value, p->arena);
    uint64_t number;
    /* The window's date and its policy's own value have one name: 0 is Disabled. */
    if (value_number(&c->operation->value, &number) && number == 0)
        p->config->decisions[index].is_off = true;
    else if (!text || !grammar_fits(settings[index].grammar, text, &why))
        unfit(p, index, c, why);
    else
        set_text(p, index, text);
}

static void project_bits(struct projection *p, enum setting_index index)
{
    const struct setting *setting = &settings[index];
    const struct contribution *strongest = NULL;
    uint32_t bits = 0;
    bool any = false;
    for (const struct choice *choice = setting->choices; choice->word; choice++) {
        const struct contribution *c =
            rsop_decider(p->rsop, setting->key, choice->value_name);
        if (!c)
            continue;
        if (!strongest || c > strongest)
            strongest = c;
        uint32_t number;
        const char *why;
        if (!is_set(c))
            continue;
        any = true;
        p->config->decisions[index].is_private |= c->operation->origin.is_private;
        if (!read_number(p, setting, c, &number, &why))
            unfit(p, index, c, why);
        else if (number)
            bits |= choice->value;
    }
    if (!strongest)
        return;
    decide(p, index, strongest);
    p->config->decisions[index].is_off = !any;
    for (const struct choice *choice = setting->choices; choice->word; choice++)
        find_shadowed(p, index, setting->key, choice->value_name);
    if (!p->config->decisions[index].is_unfit)
        projection_set_number(p, index, bits);
}

struct entry {
    const char *name, *text;
};

/* Value names are usually numbers: 2 comes before 10. */
static int compare_entries(const void *one, const void *other)
{
    const struct entry *a = one, *b = other;
    size_t m = strlen(a->name), n = strlen(b->name);
    bool numbers =
        strspn(a->name, "0123456789") == m && strspn(b->name, "0123456789") == n;
    if (numbers && m != n)
        return m < n ? -1 : 1;
    return name_compare(a->name, b->name);
}

static void project_list(struct projection *p, enum setting_index index)
{
    const struct setting *setting = &settings[index];
    size_t first, n, kept = 0;
    rsop_key(p->rsop, setting->key, &first, &n);
    struct entry *entries = arena_array(p->arena, n, struct entry);
    const struct contribution *strongest = NULL;
    if (!entries)
        return;
    for (size_t i = first; i < first + n; i++) {
        const struct slot *slot = &p->rsop->slots[i];
        const struct contribution *c = rsop_winner(p->rsop, slot);
        if (!c || !slot->name || c->operation->op == OP_MKKEY)
            continue;
        if (!strongest || c > strongest)
            strongest = c;
        if (!is_set(c))
            continue;
        p->config->decisions[index].is_private |= c->operation->origin.is_private;
        const char *why = "is no text",
                   *text = value_text(&c->operation->value, p->arena);
        if (!text || !grammar_fits(setting->grammar, text, &why)) {
            unfit(p, index, c, why);
            continue;
        }
        entries[kept++] = (struct entry){ slot->name, text };
    }
    if (!strongest) /* cleared: any name will do to ask by whom */
        strongest = rsop_decider(p->rsop, setting->key, "1");
    if (!strongest)
        return;
    decide(p, index, strongest);
    struct decision *d = &p->config->decisions[index];
    d->is_off = kept == 0 && !d->is_unfit;
    d->is_unfit = d->is_unfit && kept == 0; /* the fit entries count */
    for (size_t i = first; i < first + n; i++)
        if (p->rsop->slots[i].name)
            find_shadowed(p, index, setting->key, p->rsop->slots[i].name);
    qsort(entries, kept, sizeof *entries, compare_entries);
    const char **items = arena_array(p->arena, kept, const char *);
    if (!items)
        return;
    for (size_t i = 0; i < kept; i++)
        items[i] = entries[i].text;
    struct config_list list = { items, kept };
    memcpy((char *)p->config + setting->offset, &list, sizeof list);
}

/* --- One setting
 * ---------------------------------------------------------------------- */

enum gate_state { GATE_IS_ABSENT, GATE_IS_ON, GATE_IS_OFF };

static enum gate_state read_gate(const struct projection *p,
                                 const struct setting_gate *gate,
                                 const struct contribution **ret)
{
    uint64_t number;
    *ret = gate->name ? rsop_decider(p->rsop, gate->key, gate->name) : NULL;
    if (!gate->name)
        return GATE_IS_ON;
    if (!is_set(*ret))
        return GATE_IS_ABSENT;
    if (!value_number(&(*ret)->operation->value, &number))
        return GATE_IS_ABSENT;
    return number == gate->on ? GATE_IS_ON : GATE_IS_OFF;
}

void projection_setting(struct projection *p, enum setting_index index)
{
    const struct setting *setting = &settings[index];
    struct decision *d = &p->config->decisions[index];
    *d = (struct decision){ .slot = UINT32_MAX,
                            .contribution = NO_CONTRIBUTION,
                            .shadowed = NO_CONTRIBUTION };
    if (setting->kind != KIND_TEXT && setting->kind != KIND_LIST)
        projection_set_number(
            p, index, setting->is_inverted ? !setting->fallback : setting->fallback);

    const struct contribution *gate;
    enum gate_state state = read_gate(p, &setting->gate, &gate);
    if (state == GATE_IS_OFF) {
        decide(p, index, gate);
        d->is_off = index != SETTING_MODE;
        if (index == SETTING_MODE)
            projection_set_number(p, index, MODE_MANUAL);
        find_shadowed(p, index, setting->gate.key, setting->gate.name);
        if (setting->value_name)
            find_shadowed(p, index, setting->key, setting->value_name);
        return;
    }
    if (setting->kind == KIND_LIST) {
        project_list(p, index);
    } else if (setting->kind == KIND_BITS) {
        project_bits(p, index);
    } else {
        const struct contribution *c =
            rsop_decider(p->rsop, setting->key, setting->value_name);
        if (!c)
            return;
        decide(p, index, c);
        find_shadowed(p, index, setting->key, setting->value_name);
        if (setting->gate.name)
            find_shadowed(p, index, setting->gate.key, setting->gate.name);
        if (!is_set(c))
            d->is_off = true;
        else if (index == SETTING_MODE)
            project_mode(p, c);
        else if (setting->kind == KIND_TEXT)
            project_text(p, index, c);
        else
            project_number(p, index, c);
    }
    if (state == GATE_IS_ABSENT && setting->gate.rule)
        rules_idle(p->config, index, setting->gate.rule);
}
