#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/clients.h"
#include "cli/command.h"
#include "cli/print.h"

/* gpconf status, and gpconf get: what is in effect and who decided. */

/* On a narrow terminal who decided stands in a line of its own. */
enum { ID_COLUMNS = 28, VALUE_COLUMNS = 24, VALUE_COLUMNS_NARROW = 20, WIDE = 80 };

/* The reason is the same for several settings: it stands below the last of them. */
static bool gives_why(const struct gpconf_node *setting, const char *why)
{
    for (const struct gpconf_node *n = gpconf_node_next(setting); n;
         n = gpconf_node_next(n)) {
        const char *other = gpconf_get_text(n, "why");
        if (gpconf_node_get(n, "idle_by_rule") && other && strcmp(other, why) == 0)
            return false;
    }
    return true;
}

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
    bool narrow = print_width(stdout) < WIDE;
    fputc(' ', stdout);
    print_style(stdout, invocation->color, counts ? STYLE_BOLD : STYLE_DIM);
    print_column(stdout, value, narrow ? VALUE_COLUMNS_NARROW : VALUE_COLUMNS);
    print_style(stdout, invocation->color, STYLE_PLAIN);
    fputc(' ', stdout);
    print_column(stdout, state, 8);
    bool named = who && strcmp(who, "local policy") != 0;
    if (named) {
        fputs(narrow ? "\n    by " : "", stdout);
        print_text(stdout, who);
    }
    const struct gpconf_node *shadowed = gpconf_node_get(setting, "shadowed");
    if (gpconf_node_kind(shadowed) != GPCONF_NULL) {
        fputs("; local \"", stdout);
        print_node(stdout, shadowed);
        fputs("\" shadowed", stdout);
    }
    if (gpconf_node_get(setting, "refused_by"))
        fputs("; refused by this machine", stdout);
    else if (!counts)
        fputs(named ? "; no effect" : "no effect", stdout);
    fputc('\n', stdout);
    const char *why = gpconf_get_text(setting, "why");
    if (!counts && why && gives_why(setting, why))
        print_paragraph(stdout, why, 4);
}

/* "srv01  debian bookworm  AUDIT  3 GPOs" */
static void print_first(const struct invocation *invocation,
                        const struct gpconf_node *data)
{
    char host[256] = "";
    const char *root = gpconf_get_text(data, "root");
    const char *mode = gpconf_get_text(data, "mode");
    const char *distribution = gpconf_get_text(data, "distribution");
    bool here = root && strcmp(root, "/") == 0 &&
                gethostname(host, sizeof host - 1) == 0 && *host;
    print_text(stdout, here ? host : root);
    if (distribution) {
        fputs("  ", stdout);
        print_text(stdout, distribution);
        fputc(' ', stdout);
        print_text(stdout, gpconf_get_text(data, "codename"));
    }
    fputs("  ", stdout);
    print_style(stdout, invocation->color, STYLE_BOLD);
    for (const char *c = mode ? mode : "mode unknown"; *c; c++)
        fputc(toupper((unsigned char)*c), stdout);
    print_style(stdout, invocation->color, STYLE_PLAIN);
    int64_t gpos = gpconf_node_number(gpconf_node_get(data, "gpos"));
    printf("  %lld GPO%s\n", (long long)gpos, gpos == 1 ? "" : "s");
    if (mode && strcmp(mode, "enforcing") == 0)
        puts(" gpconfd does not run (there is none yet): nothing is put back by "
             "itself,\n"
             " 'gpconf apply' does it.");
}

static void print_restart(const struct invocation *invocation,
                          const struct gpconf_node *restart)
{
    if (!gpconf_node_bool(gpconf_node_get(restart, "needed")))
        return;
    print_style(stdout, invocation->color, STYLE_BAD);
    fputs("  RESTART NEEDED", stdout);
    print_style(stdout, invocation->color, STYLE_PLAIN);
    const struct gpconf_node *packages = gpconf_node_get(restart, "packages");
    if (gpconf_node_count(packages)) {
        fputs(" by ", stdout);
        print_node(stdout, packages);
    }
    fputc('\n', stdout);
}

/* "local.ini:3: what is wrong  -> gpconf explain local.ini:3", in one line. */
static void tell_problem(FILE *to, const struct gpconf_node *problem)
{
    const char *command = gpconf_get_text(problem, "command");
    const struct gpconf_node *origin = gpconf_node_get(problem, "origin");
    const char *file = gpconf_get_text(origin, "file");
    if (file) {
        print_text(to, file);
        fputs(gpconf_node_get(origin, "line")     ? ":"
              : gpconf_node_get(origin, "record") ? ": record "
                                                  : "",
              to);
        print_node(to, gpconf_node_get(origin, "line"));
        print_node(to, gpconf_node_get(origin, "record"));
        fputs(": ", to);
    }
    print_text(to, gpconf_get_text(problem, "message"));
    if (command)
        fprintf(to, "  -> %s", command);
}

static void print_problems(const struct gpconf_node *data)
{
    const struct gpconf_node *list = gpconf_node_get(data, "problems");
    size_t n = gpconf_node_count(list);
    if (n)
        printf("  %zu problem%s:\n", n, n == 1 ? "" : "s");
    for (const struct gpconf_node *p = gpconf_node_first(list); p;
         p = gpconf_node_next(p)) {
        char *text = NULL;
        size_t size = 0;
        FILE *line = open_memstream(&text, &size);
        if (!line)
            continue;
        tell_problem(line, p);
        if (fclose(line) == 0)
            print_message(stdout, text, 4);
        free(text);
    }
}

static void print_status(const struct invocation *invocation,
                         const struct gpconf_node *data)
{
    print_first(invocation, data);
    const struct gpconf_node *list = gpconf_node_get(data, "settings");
    for (const struct gpconf_node *n = gpconf_node_first(list); n;
         n = gpconf_node_next(n))
        print_setting(invocation, n);
    bool complete = gpconf_node_bool(gpconf_node_get(data, "complete"));
    const char *state =
        gpconf_get_text(gpconf_node_first(gpconf_node_get(data, "providers")), "state");
    bool left = state && strcmp(state, "not-applied") == 0;
    if (!gpconf_node_count(list) && !complete)
        puts(" As far as could be read nothing is configured.");
    else if (!gpconf_node_count(list) && left)
        puts(" Nothing is configured any more. What gpconf wrote stays until "
             "'gpconf apply'.");
    else if (!gpconf_node_count(list))
        puts(" Nothing is configured: the update client's own defaults are in effect.\n"
             " 'gpconf status --all' shows what can be, 'gpconf set update.mode "
             "automatic'\n"
             " is a first choice, and 'gpconf gpo deploy FOLDER' brings a GPO here.");
    else if (!complete)
        puts(" That is as far as could be read.");
    print_clients(invocation, data);
    const struct gpconf_node *run =
        gpconf_node_first(gpconf_node_get(data, "next_runs"));
    if (run) {
        fputs("  next install as configured: ", stdout);
        print_text(stdout, gpconf_get_text(run, "local_time"));
        fputc('\n', stdout);
    }
    const struct gpconf_node *updaters = gpconf_node_get(data, "updaters");
    if (gpconf_node_count(updaters)) {
        fputs("  also seen here, may install updates too: ", stdout);
        print_node(stdout, updaters);
        fputc('\n', stdout);
    }
    print_restart(invocation, gpconf_node_get(data, "restart"));
    print_problems(data);
}

int cli_status(struct invocation *invocation)
{
    struct gpconf_answer *answer = NULL;
    bool all = invocation_option(invocation, "all") != NULL;
    invocation->tells_errors = true;
    invocation_progress(invocation, "asking the update clients");
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

/* A script reads nothing, and a person why that is. */
static void print_unset(const struct invocation *invocation,
                        const struct gpconf_node *data,
                        const struct gpconf_node *setting)
{
    const char *state = gpconf_get_text(setting, "state");
    bool complete = gpconf_node_bool(gpconf_node_get(data, "complete"));
    if (invocation->quiet)
        return;
    fprintf(stderr, "gpconf: %s has no value: ", gpconf_get_text(setting, "id"));
    if (gpconf_node_get(setting, "unfit"))
        fputs("what policy says does not fit it and is not used;\n"
              "'gpconf explain' shows who says it\n",
              stderr);
    else if (strcmp(state, "default") != 0)
        fputs("policy switches it off; 'gpconf explain' shows\nwho does\n", stderr);
    else
        fprintf(stderr,
                "%s configures it, and the update\n"
                "client's own default is in effect\n",
                complete ? "nobody" : "as far as could be read nobody");
}

static void print_get(const struct invocation *invocation,
                      const struct gpconf_node *data)
{
    const struct gpconf_node *setting = gpconf_node_get(data, "setting");
    if (!setting) {
        print_suggestions(data);
        return;
    }
    const char *value = gpconf_get_text(setting, "value");
    if (!value && !gpconf_node_get(setting, "redacted")) {
        print_unset(invocation, data, setting);
        return;
    }
    print_text(stdout, value ? value : "(redacted)");
    fputc('\n', stdout);
}

int cli_get(struct invocation *invocation)
{
    struct gpconf_answer *answer = NULL;
    int status = gpconf_get(invocation->session, invocation->operands[0], &answer);
    return invocation_answer(invocation, status, answer, print_get);
}
