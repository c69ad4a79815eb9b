#include "base/registry/name.h"
#include "engine/answers/explaining.h"

/* A line of limits.ini: what it forbids every policy, and what it refuses now. */

static void say(struct explaining *x, struct gpconf_node *means,
                const struct ini_entry *entry)
{
    struct gpconf_answer *a = x->a;
    const struct machine_limits *limits = &x->e->store.limits;
    const char *text = NULL;
    if (!entry->key)
        text = "What no policy may do to this machine follows.";
    else if (name_equal(entry->key, "security updates"))
        text = "No policy may leave security updates out.";
    else if (name_equal(entry->key, "sources"))
        text = "No policy may change where updates come from.";
    else if (name_equal(entry->key, "greatest deferral"))
        text = arena_format(&a->arena,
                            "No policy may hold updates back for more than %u days.",
                            limits->greatest_deferral);
    else if (name_equal(entry->key, "restart hours"))
        text = arena_format(&a->arena,
                            "Policy may restart this machine only from %02u:00 to "
                            "%02u:00.",
                            limits->restart_from, limits->restart_to);
    answer_text(a, means, NULL, text);
}

/* The settings whose choice the line refuses; each is shown with who made it. */
static void add_refused(struct explaining *x, struct gpconf_node *means,
                        const char *file, uint32_t line)
{
    bool any = false;
    for (int i = 0; i < SETTING_COUNT; i++) {
        const struct origin *by = x->e->config.decisions[i].refused_by;
        if (!by || !explaining_is_at(by, file, line))
            continue;
        any = true;
        answer_text(x->a, means, NULL,
                    arena_format(&x->a->arena, "It refuses what is chosen for %s.",
                                 settings[i].id));
        explaining_add_setting(x, i);
    }
    if (!any)
        answer_text(x->a, means, NULL, "It refuses nothing now.");
}

void explaining_limits(struct explaining *x, const struct input *input, uint32_t line)
{
    struct ini_entry entry;
    struct gpconf_node *means = answer_list(x->a, x->a->data, "means");
    explaining_chain(x);
    if (!explaining_entry(x, input, line, means, &entry))
        return;
    say(x, means, &entry);
    if (entry.key)
        add_refused(x, means, input->shown, line);
}
