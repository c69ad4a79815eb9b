#include <string.h>

#include "cli/command.h"
#include "cli/print.h"

/* gpconf status, and gpconf get: what is in effect and who decided. */

enum { ID_COLUMNS = 28, VALUE_COLUMNS = 24 };

static void print_setting(const struct invocation *invocation,
                          const struct gpconf_node *setting)
{
    const char *value = gpconf_get_text(setting, "value");
    const char *state = gpconf_get_text(setting, "state");
    const char *who = gpconf_get_text(gpconf_node_get(setting, "origin"), "name");
    bool counts = !gpconf_node_get(setting, "refused_by") &&
                  !gpconf_node_get(setting, "idle_by_rule") &&
                  !gpconf_node_get(setting, "unfit");
    if (!value)
        value = gpconf_node_get(setting, "redacted") ? "(redacted)"
                : gpconf_node_get(setting, "off")    ? "off"
                                                     : "-";
    fputc(' ', stdout);
    print_column(stdout, gpconf_get_text(setting, "id"), ID_COLUMNS);
    fputc(' ', stdout);
    print_style(stdout, invocation->color, counts ? STYLE_BOLD : STYLE_DIM);
    print_column(stdout, value, VALUE_COLUMNS);
    print_style(stdout, invocation->color, STYLE_PLAIN);
    fputc(' ', stdout);
    print_column(stdout, state, 8);
    if (who && strcmp(who, "local policy") != 0)
        print_text(stdout, who);
    const struct gpconf_node *shadowed = gpconf_node_get(setting, "shadowed");
    if (gpconf_node_kind(shadowed) != GPCONF_NULL) {
        fputs("; local \"", stdout);
        print_node(stdout, shadowed);
        fputs("\" shadowed", stdout);
    }
    if (gpconf_node_get(setting, "refused_by"))
        fputs("; refused by this machine", stdout);
    fputc('\n', stdout);
    const char *why = gpconf_get_text(setting, "why");
    if (!counts && why)
        print_paragraph(stdout, why, 4);
}

static void print_status(const struct invocation *invocation,
                         const struct gpconf_node *data)
{
    print_text(stdout, gpconf_get_text(data, "root"));
    fputs("  ", stdout);
    print_node(stdout, gpconf_node_get(data, "gpos"));
    puts(" GPOs");
    const struct gpconf_node *list = gpconf_node_get(data, "settings");
    for (const struct gpconf_node *n = gpconf_node_first(list); n;
         n = gpconf_node_next(n))
        print_setting(invocation, n);
    if (!gpconf_node_count(list))
        puts(" Nothing is configured: the update client's own defaults are in effect.\n"
             " 'gpconf policy list' shows what can be.");
    const struct gpconf_node *run =
        gpconf_node_first(gpconf_node_get(data, "next_runs"));
    if (run) {
        fputs(" next install as configured: ", stdout);
        print_text(stdout, gpconf_get_text(run, "local_time"));
        fputc('\n', stdout);
    }
    size_t problems = gpconf_node_count(gpconf_node_get(data, "problems"));
    if (problems)
        printf(" %zu problem%s, told below\n", problems, problems == 1 ? "" : "s");
}

int cli_status(struct invocation *invocation)
{
    struct gpconf_answer *answer = NULL;
    bool all = invocation_option(invocation, "all") != NULL;
    int status = gpconf_status(invocation->session, all, &answer);
    bool problems =
        answer &&
        gpconf_node_count(gpconf_node_get(gpconf_answer_data(answer), "problems"));
    int result = invocation_answer(invocation, status, answer, print_status);
    return result == 0 && problems ? 1 : result;
}

static void print_suggestions(const struct gpconf_node *data)
{
    const char *near =
        gpconf_node_text(gpconf_node_first(gpconf_node_get(data, "suggestions")));
    fputs("gpconf: there is no such setting", stderr);
    if (near)
        fprintf(stderr, ", did you mean '%s'", near);
    fputs("; 'gpconf status --all' lists them\n", stderr);
}

static void print_get(const struct invocation *invocation,
                      const struct gpconf_node *data)
{
    const struct gpconf_node *setting = gpconf_node_get(data, "setting");
    (void)invocation;
    if (!setting) {
        print_suggestions(data);
        return;
    }
    const char *value = gpconf_get_text(setting, "value");
    print_text(stdout,
               value || !gpconf_node_get(setting, "redacted") ? value : "(redacted)");
    fputc('\n', stdout);
}

int cli_get(struct invocation *invocation)
{
    struct gpconf_answer *answer = NULL;
    int status = gpconf_get(invocation->session, invocation->operands[0], &answer);
    return invocation_answer(invocation, status, answer, print_get);
}
