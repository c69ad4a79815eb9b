#include <string.h>

#include "cli/command.h"
#include "cli/print.h"

/* gpconf result: the counterpart of gpresult. */

enum { NAME_COLUMNS = 38 }; /* a GUID with its braces */

static void print_gpo(const struct gpconf_node *gpo)
{
    const char *container = gpconf_get_text(gpo, "container");
    fputs("  ", stdout);
    print_column(stdout, gpconf_get_text(gpo, "name"), NAME_COLUMNS);
    if (container) {
        fputs(" ", stdout);
        print_text(stdout, container);
    }
    const struct gpconf_node *link = gpconf_node_get(gpo, "link");
    if (link) {
        fputs(" link ", stdout);
        print_node(stdout, link);
    }
    if (gpconf_node_bool(gpconf_node_get(gpo, "enforced")))
        fputs(" enforced", stdout);
    const char *reason = gpconf_get_text(gpo, "reason_text");
    if (reason) {
        fputs(": ", stdout);
        print_text(stdout, reason);
    }
    fputc('\n', stdout);
}

static void print_gpos(const struct gpconf_node *data, const char *state,
                       const char *title)
{
    const struct gpconf_node *list = gpconf_node_get(data, "gpos");
    bool any = false;
    for (const struct gpconf_node *n = gpconf_node_first(list); n;
         n = gpconf_node_next(n)) {
        const char *has = gpconf_get_text(n, "state");
        if (!has || strcmp(has, state) != 0)
            continue;
        if (!any)
            puts(title);
        any = true;
        print_gpo(n);
    }
}

static void print_origin(const struct gpconf_node *row)
{
    const struct gpconf_node *origin = gpconf_node_get(row, "origin");
    const char *name = gpconf_get_text(origin, "name");
    if (!name)
        return;
    fputs("  <- ", stdout);
    print_text(stdout, name);
    const struct gpconf_node *record = gpconf_node_get(origin, "record");
    const struct gpconf_node *line = gpconf_node_get(origin, "line");
    if (record || line) {
        fputs(record ? " #" : ":", stdout);
        print_node(stdout, record ? record : line);
    }
}

static void print_policy(const struct gpconf_node *policy)
{
    fputs("  ", stdout);
    print_text(stdout, gpconf_get_text(policy, "title"));
    fputs(": ", stdout);
    bool mixed = gpconf_node_count(gpconf_node_get(policy, "contradicted_by")) > 0;
    print_text(stdout, gpconf_get_text(policy, "state"));
    if (mixed)
        fputs(" (mixed)", stdout);
    print_origin(policy);
    const char *alias = gpconf_get_text(policy, "alias_of");
    if (alias) {
        fputs("  (the same values as ", stdout);
        print_text(stdout, alias);
        fputs(")", stdout);
    }
    fputc('\n', stdout);
    const struct gpconf_node *elements = gpconf_node_get(policy, "elements");
    for (const struct gpconf_node *n = gpconf_node_first(elements); n;
         n = gpconf_node_next(n)) {
        const struct gpconf_node *value = gpconf_node_get(n, "value");
        if (!value)
            continue;
        const char *text = gpconf_get_text(n, "text");
        fputs("    ", stdout);
        print_text(stdout, gpconf_get_text(n, "id"));
        fputs(" = ", stdout);
        print_node(stdout, value);
        if (text) {
            fputs("  ", stdout);
            print_text(stdout, text);
        }
        fputc('\n', stdout);
    }
}

static void print_value(const struct gpconf_node *value)
{
    const char *name = gpconf_get_text(value, "name");
    fputs("  ", stdout);
    print_text(stdout, gpconf_get_text(value, "key"));
    if (name) {
        fputs("\\", stdout);
        print_text(stdout, *name ? name : "(default)");
    }
    print_operation(stdout, value);
    print_origin(value);
    fputc('\n', stdout);
}

static void print_result(const struct invocation *invocation,
                         const struct gpconf_node *data)
{
    (void)invocation;
    print_gpos(data, "applied", "Applied, the strongest first");
    print_gpos(data, "superseded",
               "Superseded: stronger ones decide everything in them");
    print_gpos(data, "denied", "Denied");
    const struct gpconf_node *policies = gpconf_node_get(data, "policies");
    if (gpconf_node_count(policies))
        puts("Policies");
    for (const struct gpconf_node *n = gpconf_node_first(policies); n;
         n = gpconf_node_next(n))
        print_policy(n);
    const struct gpconf_node *values = gpconf_node_get(data, "values");
    if (gpconf_node_count(values))
        puts("Registry values that no template explains");
    for (const struct gpconf_node *n = gpconf_node_first(values); n;
         n = gpconf_node_next(n))
        print_value(n);
    if (!gpconf_node_count(policies) && !gpconf_node_count(values))
        puts("No policy is configured on this machine: the update client's own "
             "defaults\n"
             "are in effect. 'gpconf gpo deploy FOLDER' brings a GPO here.");
}

int cli_result(struct invocation *invocation)
{
    struct gpconf_answer *answer = NULL;
    int status = gpconf_result(invocation->session, &answer);
    return invocation_answer(invocation, status, answer, print_result);
}
