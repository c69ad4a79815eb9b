#include "cli/command.h"
#include "cli/print.h"

/* gpconf lint: the findings are the answer's diagnostics, the rest is counting.
 */

static void print_lint(const struct invocation *invocation,
                       const struct gpconf_node *data)
{
    (void)invocation;
    printf("%zu files checked, ", gpconf_node_count(gpconf_node_get(data, "checked")));
    print_node(stdout, gpconf_node_get(data, "errors"));
    fputs(" errors, ", stdout);
    print_node(stdout, gpconf_node_get(data, "warnings"));
    puts(" warnings");
}

int cli_lint(struct invocation *invocation)
{
    struct gpconf_answer *answer = NULL;
    int status = gpconf_lint(invocation->session, invocation->operands,
                             invocation->n_operands, &answer);
    bool bad = answer && gpconf_node_number(
                             gpconf_node_get(gpconf_answer_data(answer), "errors")) > 0;
    int result = invocation_answer(invocation, status, answer, print_lint);
    return result == 0 && bad ? 1 : result;
}
