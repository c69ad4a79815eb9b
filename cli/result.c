#include <string.h>

#include "cli/command.h"
#include "cli/configured.h"
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

static void print_result(const struct invocation *invocation,
                         const struct gpconf_node *data)
{
    (void)invocation;
    print_gpos(data, "applied", "Applied, the strongest first");
    print_gpos(data, "superseded",
               "Superseded: stronger ones decide everything in them");
    print_gpos(data, "denied", "Denied");
    bool complete = gpconf_node_bool(gpconf_node_get(data, "complete"));
    bool any = print_configured(data, NULL);
    if (!complete)
        puts(any ? "That is as far as could be read."
                 : "As far as could be read no policy is configured on this machine.");
    else if (!any)
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
