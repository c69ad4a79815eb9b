#include <string.h>
#include <time.h>

#include "cli/command.h"
#include "cli/configured.h"
#include "cli/gpo.h"
#include "cli/print.h"

/* gpconf gpo list and show: what is deployed here, and what a GPO says. */

static bool flag(const struct gpconf_node *object, const char *name)
{
    return gpconf_node_bool(gpconf_node_get(object, name));
}

static void print_number(const struct gpconf_node *object, const char *name)
{
    print_node(stdout, gpconf_node_get(object, name));
}

/* "machine: version 3, 12 operations, last good copy of 2026-11-24 10:00 UTC" */
static void print_half(const struct gpconf_node *gpo, const char *half,
                       const char *version)
{
    const struct gpconf_node *node = gpconf_node_get(gpo, half);
    const char *state = gpconf_get_text(node, "state");
    printf("  %-8s ", half);
    if (!state || strcmp(state, "absent") == 0) {
        fputs("nothing", stdout);
    } else if (strcmp(state, "damaged") == 0) {
        fputs("DAMAGED, and no good copy is kept", stdout);
    } else {
        print_number(node, "operations");
        fputs(" operations", stdout);
    }
    fputs(", version ", stdout);
    print_number(gpo, version);
    if (state && strcmp(state, "last-good") == 0) {
        char when[32];
        time_t since = (time_t)gpconf_node_number(gpconf_node_get(node, "good_since"));
        struct tm utc;
        if (gmtime_r(&since, &utc) &&
            strftime(when, sizeof when, "%Y-%m-%d %H:%M UTC", &utc))
            printf(", DAMAGED: using the copy of %s", when);
    }
    puts(flag(node, "disabled") ? ", disabled" : "");
}

void print_gpo_head(const struct invocation *invocation, const struct gpconf_node *gpo)
{
    const char *id = gpconf_get_text(gpo, "id"), *name = gpconf_get_text(gpo, "name");
    print_style(stdout, invocation->color, STYLE_BOLD);
    print_text(stdout, name);
    print_style(stdout, invocation->color, STYLE_PLAIN);
    if (id && name && strcmp(id, name) != 0) {
        fputs("  ", stdout);
        print_text(stdout, id);
    }
    fputc('\n', stdout);
}

void print_gpo_link(const struct gpconf_node *link)
{
    fputs("  linked   ", stdout);
    fputs(flag(link, "site") ? "site " : "", stdout);
    print_text(stdout, gpconf_get_text(link, "container"));
    fputs(", order ", stdout);
    print_number(link, "order");
    fputs(flag(link, "enforced") ? ", enforced" : "", stdout);
    puts(flag(link, "disabled") ? ", disabled" : "");
}

/* "example.test: the link is disabled (detail)" */
static void print_reason(const struct gpconf_node *denied)
{
    const char *container = gpconf_get_text(denied, "container");
    const char *detail = gpconf_get_text(denied, "detail");
    if (container) {
        print_text(stdout, container);
        fputs(": ", stdout);
    }
    print_text(stdout, gpconf_get_text(denied, "reason_text"));
    if (detail) {
        fputs(" (", stdout);
        print_text(stdout, detail);
        fputs(")", stdout);
    }
}

/* Whether it counts, and why not, or not everywhere. */
static void print_counts(const struct gpconf_node *gpo)
{
    const struct gpconf_node *list = gpconf_node_get(gpo, "denied");
    fputs(flag(gpo, "counts") ? "  counts   yes" : "  counts   no", stdout);
    const char *comma = flag(gpo, "counts") ? ", but " : ": ";
    for (const struct gpconf_node *n = gpconf_node_first(list); n;
         n = gpconf_node_next(n)) {
        fputs(comma, stdout);
        print_reason(n);
        comma = "\n           ";
    }
    fputc('\n', stdout);
}

static void print_gpo(const struct invocation *invocation,
                      const struct gpconf_node *gpo)
{
    print_gpo_head(invocation, gpo);
    if (flag(gpo, "deployed")) {
        print_half(gpo, "machine", "version_machine");
        print_half(gpo, "user", "version_user");
    }
    const struct gpconf_node *links = gpconf_node_get(gpo, "links");
    for (const struct gpconf_node *n = gpconf_node_first(links); n;
         n = gpconf_node_next(n))
        print_gpo_link(n);
    print_counts(gpo);
}

static void print_gpos(const struct invocation *invocation,
                       const struct gpconf_node *data)
{
    const struct gpconf_node *machine = gpconf_node_get(data, "machine");
    const struct gpconf_node *list = gpconf_node_get(data, "gpos");
    const char *container = gpconf_get_text(machine, "container");
    const char *site = gpconf_get_text(machine, "site");
    if (!gpconf_node_count(list)) {
        puts("No GPO is deployed. 'gpconf gpo deploy FOLDER' brings one here.");
        return;
    }
    fputs("This machine stands in ", stdout);
    print_text(stdout, container ? container : "no container");
    if (site) {
        fputs(", site ", stdout);
        print_text(stdout, site);
    }
    puts(container || site ? "" : ", so no link counts here");
    for (const struct gpconf_node *n = gpconf_node_first(list); n;
         n = gpconf_node_next(n))
        print_gpo(invocation, n);
}

int cli_gpo_list(struct invocation *invocation)
{
    struct gpconf_answer *answer = NULL;
    int status = gpconf_gpo_list(invocation->session, &answer);
    return invocation_answer(invocation, status, answer, print_gpos);
}

void print_gpo_candidates(const struct gpconf_node *data)
{
    const struct gpconf_node *list = gpconf_node_get(data, "candidates");
    for (const struct gpconf_node *n = gpconf_node_first(list); n;
         n = gpconf_node_next(n))
        print_gpo_head(&(struct invocation){ 0 }, n);
}

static void print_show(const struct invocation *invocation,
                       const struct gpconf_node *data)
{
    const struct gpconf_node *gpo = gpconf_node_get(data, "gpo");
    print_gpo_candidates(data);
    if (!gpo)
        return;
    print_gpo_head(invocation, gpo);
    const char *path = gpconf_get_text(data, "path");
    if (path) {
        fputs("  not deployed: ", stdout);
        print_text(stdout, path);
        fputc('\n', stdout);
    }
    print_half(gpo, "machine", "version_machine");
    print_half(gpo, "user", "version_user");
    bool machine = print_configured(data, "machine");
    bool user = print_configured(data, "user");
    if (!machine && !user)
        puts("Nothing is configured in it.");
}

int cli_gpo_show(struct invocation *invocation)
{
    struct gpconf_answer *answer = NULL;
    int status = gpconf_gpo_show(invocation->session, invocation->operands[0], &answer);
    return invocation_answer(invocation, status, answer, print_show);
}
