#include <string.h>

#include "cli/command.h"
#include "cli/print.h"

/* gpconf plan: the files that policy leads to, and what each line is for. */

static void print_claim(const struct gpconf_node *claim)
{
    const char *value = gpconf_get_text(claim, "value");
    const char *setting = gpconf_get_text(claim, "setting");
    const char *fidelity = gpconf_get_text(claim, "fidelity");
    const char *why = gpconf_get_text(claim, "why");
    fputs("    ", stdout);
    if (gpconf_node_get(claim, "line")) {
        print_text(stdout, gpconf_get_text(claim, "key"));
        fputs(" = ", stdout);
        print_text(stdout, value ? value : "(redacted)");
    }
    if (setting) {
        fputs(gpconf_node_get(claim, "line") ? "   <- " : "", stdout);
        print_text(stdout, setting);
    }
    if (fidelity && strcmp(fidelity, "exact") != 0)
        printf(" (%s)", fidelity);
    fputc('\n', stdout);
    if (why)
        print_paragraph(stdout, why, 8);
}

static void print_step(const struct invocation *invocation,
                       const struct gpconf_node *step)
{
    const char *action = gpconf_get_text(step, "action");
    bool keep = strcmp(action, "keep") == 0;
    print_style(stdout, invocation->color, keep ? STYLE_DIM : STYLE_BOLD);
    printf("  %-8s /", action);
    print_text(stdout, gpconf_get_text(step, "target"));
    print_style(stdout, invocation->color, STYLE_PLAIN);
    fputc('\n', stdout);
    const struct gpconf_node *claims = gpconf_node_get(step, "claims");
    for (const struct gpconf_node *n = gpconf_node_first(claims); n;
         n = gpconf_node_next(n))
        print_claim(n);
}

static void print_plan(const struct invocation *invocation,
                       const struct gpconf_node *data)
{
    const struct gpconf_node *steps = gpconf_node_get(data, "steps");
    for (const struct gpconf_node *n = gpconf_node_first(steps); n;
         n = gpconf_node_next(n))
        print_step(invocation, n);
    const struct gpconf_node *changes = gpconf_node_get(data, "changes");
    if (!changes)
        puts("No plan: what stands below must be mended first.");
    else if (gpconf_node_number(changes) == 0)
        puts("Nothing to change.");
}

int cli_plan(struct invocation *invocation)
{
    struct gpconf_answer *answer = NULL;
    int status = gpconf_plan(invocation->session, &answer);
    bool acts = answer && gpconf_node_number(gpconf_node_get(gpconf_answer_data(answer),
                                                             "changes")) > 0;
    int result = invocation_answer(invocation, status, answer, print_plan);
    bool asked = invocation_option(invocation, "exit-code") != NULL;
    return result == 0 && asked && acts ? 1 : result;
}
