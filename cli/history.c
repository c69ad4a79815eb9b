#include <string.h>
#include <time.h>

#include "cli/command.h"
#include "cli/print.h"

/* gpconf history: what was done to this machine, and by whom. */

static void print_when(const struct gpconf_node *change)
{
    char text[32] = "?";
    time_t at = (time_t)gpconf_node_number(gpconf_node_get(change, "at"));
    struct tm local;
    if (localtime_r(&at, &local))
        strftime(text, sizeof text, "%Y-%m-%d %H:%M", &local);
    fputs(text, stdout);
}

/* The verb; of enforce, which of the two. */
static const char *what_of(const struct gpconf_node *change)
{
    const char *verb = gpconf_get_text(change, "verb");
    const char *mode = gpconf_get_text(change, "mode");
    if (!verb || !mode || strcmp(verb, "enforce") != 0)
        return verb;
    return strcmp(mode, "enforcing") == 0 ? "enforce on" : "enforce off";
}

/* "(undone by 7)"; nothing of what stays. */
static void print_state(const struct gpconf_node *change, const char *state)
{
    const struct gpconf_node *by = gpconf_node_get(change, "undone_by");
    if (!state || strcmp(state, "kept") == 0)
        return;
    printf("  (%s", strcmp(state, "partly-undone") == 0 ? "partly undone" : state);
    if (by) {
        fputs(" by ", stdout);
        print_node(stdout, by);
    }
    fputc(')', stdout);
}

static void print_head(const struct invocation *invocation,
                       const struct gpconf_node *change)
{
    const char *state = gpconf_get_text(change, "state");
    bool undone = state && strcmp(state, "undone") == 0;
    print_style(stdout, invocation->color, undone ? STYLE_DIM : STYLE_BOLD);
    printf("%5lld  ", (long long)gpconf_node_number(gpconf_node_get(change, "number")));
    print_when(change);
    fputs("  ", stdout);
    print_column(stdout, what_of(change), 11);
    print_style(stdout, invocation->color, STYLE_PLAIN);
    fputc(' ', stdout);
    print_text(stdout, gpconf_get_text(change, "author"));
    if (gpconf_node_get(change, "undoes")) {
        fputs("  takes back ", stdout);
        print_node(stdout, gpconf_node_get(change, "undoes"));
    }
    if (gpconf_node_get(change, "keeps")) {
        fputs("  keeps ", stdout);
        print_node(stdout, gpconf_node_get(change, "keeps"));
    }
    print_state(change, state);
    fputc('\n', stdout);
}

/* What an undo did not put back, and where what was in its way lies now. */
static void print_drifts(const struct gpconf_node *change)
{
    const struct gpconf_node *drifts = gpconf_node_get(change, "drifts");
    for (const struct gpconf_node *n = gpconf_node_first(drifts); n;
         n = gpconf_node_next(n)) {
        const char *kept = gpconf_get_text(n, "kept_as");
        printf("       %-8s /", kept ? "aside" : "left");
        print_text(stdout, gpconf_get_text(n, "target"));
        if (kept) {
            fputs(", kept as /", stdout);
            print_text(stdout, kept);
        } else {
            fputs(", changed by somebody", stdout);
        }
        fputc('\n', stdout);
    }
}

static void print_steps(const struct gpconf_node *change)
{
    const struct gpconf_node *steps = gpconf_node_get(change, "steps");
    for (const struct gpconf_node *n = gpconf_node_first(steps); n;
         n = gpconf_node_next(n)) {
        const char *action = gpconf_get_text(n, "action");
        if (strcmp(action, "keep") == 0)
            continue;
        printf("       %-8s /", action);
        print_text(stdout, gpconf_get_text(n, "target"));
        fputc('\n', stdout);
        print_claims(gpconf_node_get(n, "claims"), 9);
    }
}

static void print_history(const struct invocation *invocation,
                          const struct gpconf_node *data)
{
    const struct gpconf_node *list = gpconf_node_get(data, "changes");
    bool one = invocation->n_operands > 0;
    if (!list)
        return;
    for (const struct gpconf_node *n = gpconf_node_first(list); n;
         n = gpconf_node_next(n)) {
        print_head(invocation, n);
        print_steps(n);
        print_drifts(n);
    }
    if (!gpconf_node_count(list) && !one)
        puts("gpconf has changed nothing on this machine yet, or the record of it was "
             "removed;\n'gpconf plan' shows what an apply would change.");
}

int cli_history(struct invocation *invocation)
{
    struct gpconf_answer *answer = NULL;
    uint64_t number = 0;
    if (invocation->n_operands && cli_number(invocation->operands[0], &number))
        return EXIT_USAGE;
    int status = gpconf_history(invocation->session, number, &answer);
    return invocation_answer(invocation, status, answer, print_history);
}
