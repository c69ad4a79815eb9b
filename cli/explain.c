#include <string.h>

#include "cli/command.h"
#include "cli/print.h"

/* gpconf explain: why something is what it is. */

static void print_link(const struct gpconf_node *origin)
{
    const char *container = gpconf_get_text(origin, "container");
    const struct gpconf_node *link = gpconf_node_get(origin, "link");
    if (container) {
        fputs(", ", stdout);
        print_text(stdout, container);
    }
    if (link) {
        fputs(" link ", stdout);
        print_node(stdout, link);
    }
    if (gpconf_node_bool(gpconf_node_get(origin, "enforced")))
        fputs(" enforced", stdout);
}

static void print_place(const struct gpconf_node *origin)
{
    const char *file = gpconf_get_text(origin, "file");
    const struct gpconf_node *record = gpconf_node_get(origin, "record");
    const struct gpconf_node *line = gpconf_node_get(origin, "line");
    if (!file)
        return;
    const char *slash = strrchr(file, '/');
    fputs(", ", stdout);
    print_text(stdout, slash ? slash + 1 : file);
    fputs(record ? " #" : line ? ":" : "", stdout);
    print_node(stdout, record ? record : line);
}

static void print_contribution(const struct invocation *invocation,
                               const struct gpconf_node *row)
{
    const struct gpconf_node *origin = gpconf_node_get(row, "origin");
    const char *why = gpconf_get_text(row, "why"), *name = gpconf_get_text(row, "name");
    print_style(stdout, invocation->color, why ? STYLE_DIM : STYLE_BOLD);
    fputs(why ? "  " : "> ", stdout);
    print_text(stdout, gpconf_get_text(origin, "name"));
    print_link(origin);
    print_place(origin);
    fputs("  ", stdout);
    print_text(stdout, name ? name : gpconf_get_text(row, "op"));
    if (name)
        print_operation(stdout, row);
    if (why)
        printf("  lost: %s", why);
    print_style(stdout, invocation->color, STYLE_PLAIN);
    fputc('\n', stdout);
}

static void print_unknown(const struct gpconf_node *data)
{
    const char *near =
        gpconf_node_text(gpconf_node_first(gpconf_node_get(data, "suggestions")));
    fputs("gpconf: there is no such setting", stderr);
    if (near)
        fprintf(stderr, ", did you mean '%s'", near);
    fputs("; 'gpconf status --all' lists them\n", stderr);
}

static void print_explain(const struct invocation *invocation,
                          const struct gpconf_node *data)
{
    const char *setting = gpconf_get_text(data, "setting");
    const char *value = gpconf_get_text(data, "value"),
               *why = gpconf_get_text(data, "why");
    if (gpconf_node_get(data, "suggestions")) {
        print_unknown(data);
        return;
    }
    if (setting) {
        printf("%s = ", setting);
        print_text(stdout, value                               ? value
                           : gpconf_node_get(data, "redacted") ? "(redacted)"
                                                               : "-");
        printf("  (%s)\n", gpconf_get_text(data, "state"));
    }
    const struct gpconf_node *chain = gpconf_node_get(data, "chain");
    for (const struct gpconf_node *n = gpconf_node_first(chain); n;
         n = gpconf_node_next(n))
        print_contribution(invocation, n);
    if (!gpconf_node_count(chain))
        puts("  No policy says anything about it: the client's own default is in "
             "effect.");
    if (why)
        print_paragraph(stdout, why, 2);
}

int cli_explain(struct invocation *invocation)
{
    struct gpconf_answer *answer = NULL;
    int status = gpconf_explain(invocation->session, invocation->operands[0], &answer);
    return invocation_answer(invocation, status, answer, print_explain);
}
