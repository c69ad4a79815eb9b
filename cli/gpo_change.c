#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/gpo.h"
#include "cli/print.h"

/* gpconf gpo deploy, link, unlink and remove. */

/* "3 files created, 1 replaced": what the steps do, as far as they do something. */
static void print_counts(const struct gpconf_node *steps)
{
    static const char *const actions[][2] = { { "create", "created" },
                                              { "replace", "replaced" },
                                              { "remove", "removed" } };
    const char *before = "  files: ";
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
        size_t n = 0;
        for (const struct gpconf_node *step = gpconf_node_first(steps); step;
             step = gpconf_node_next(step)) {
            const char *has = gpconf_get_text(step, "action");
            n += has && strcmp(has, actions[i][0]) == 0;
        }
        if (n)
            printf("%s%zu %s", before, n, actions[i][1]);
        before = n ? ", " : before;
    }
}

/* What was done, and how it is taken back. False when nothing was tried. */
static bool print_change(const struct invocation *invocation,
                         const struct gpconf_node *data)
{
    const struct gpconf_node *steps = gpconf_node_get(data, "steps");
    const struct gpconf_node *change = gpconf_node_get(data, "change");
    print_gpo_candidates(data);
    if (!steps)
        return false;
    print_gpo_head(invocation, gpconf_node_get(data, "gpo"));
    if (!change) {
        puts("  Nothing to do: it was so already.");
        return true;
    }
    print_counts(steps);
    fputs("; 'gpconf undo ", stdout);
    print_node(stdout, change);
    puts("' takes it back");
    return true;
}

static void print_deployed(const struct invocation *invocation,
                           const struct gpconf_node *data)
{
    const char *id = gpconf_get_text(gpconf_node_get(data, "gpo"), "id");
    if (!print_change(invocation, data) || !id || strcmp(id, "local") == 0)
        return;
    if (gpconf_node_count(gpconf_node_get(data, "links")))
        return;
    fputs("  It is linked nowhere yet: gpconf gpo link ", stdout);
    print_text(stdout, id);
    puts(" CONTAINER");
}

int cli_gpo_deploy(struct invocation *invocation)
{
    const struct gpconf_gpo_deployment deployment = {
        .folder = invocation->operands[0],
        .as = invocation_option(invocation, "as"),
        .name = invocation_option(invocation, "name"),
    };
    struct gpconf_answer *answer = NULL;
    int status = gpconf_gpo_deploy(invocation->session, &deployment, &answer);
    return invocation_answer(invocation, status, answer, print_deployed);
}

static void print_changed(const struct invocation *invocation,
                          const struct gpconf_node *data)
{
    print_change(invocation, data);
}

/* From 1 to 10000; 0 for what is none. */
static unsigned read_order(const char *text)
{
    char *end;
    unsigned long order = strtoul(text, &end, 10);
    bool good = *text >= '0' && *text <= '9' && !*end && order <= 10000;
    return good ? (unsigned)order : 0;
}

int cli_gpo_link(struct invocation *invocation)
{
    const char *order = invocation_option(invocation, "order");
    const struct gpconf_gpo_link link = {
        .gpo = invocation->operands[0],
        .container = invocation->operands[1],
        .is_site = invocation_option(invocation, "site") != NULL,
        .order = order ? read_order(order) : 0,
        .enforced = invocation_option(invocation, "enforced") != NULL,
        .disabled = invocation_option(invocation, "disabled") != NULL,
        .here = invocation_option(invocation, "here") != NULL,
    };
    if (order && !link.order) {
        fputs("gpconf: --order ", stderr);
        print_text(stderr, order);
        fputs(": a link order is a number from 1 to 10000\n", stderr);
        return EXIT_USAGE;
    }
    struct gpconf_answer *answer = NULL;
    int status = gpconf_gpo_link(invocation->session, &link, &answer);
    return invocation_answer(invocation, status, answer, print_changed);
}

int cli_gpo_unlink(struct invocation *invocation)
{
    struct gpconf_answer *answer = NULL;
    int status = gpconf_gpo_unlink(
        invocation->session, invocation->operands[0], invocation->operands[1],
        invocation_option(invocation, "site") != NULL, &answer);
    return invocation_answer(invocation, status, answer, print_changed);
}

static void print_removed(const struct invocation *invocation,
                          const struct gpconf_node *data)
{
    if (!print_change(invocation, data))
        return;
    const struct gpconf_node *links = gpconf_node_get(data, "links");
    if (gpconf_node_count(links))
        puts("  These links went with it:");
    for (const struct gpconf_node *n = gpconf_node_first(links); n;
         n = gpconf_node_next(n))
        print_gpo_link(n);
}

int cli_gpo_remove(struct invocation *invocation)
{
    struct gpconf_answer *answer = NULL;
    int status =
        gpconf_gpo_remove(invocation->session, invocation->operands[0], &answer);
    return invocation_answer(invocation, status, answer, print_removed);
}
