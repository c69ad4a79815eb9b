#include <string.h>

#include "base/status.h"
#include "cli/command.h"
#include "cli/policy.h"
#include "cli/print.h"

/* gpconf policy list, search and show. */

static void print_row(const struct invocation *invocation,
                      const struct gpconf_node *row)
{
    const char *state = gpconf_get_text(row, "state");
    bool configured = state && strcmp(state, "not-configured") != 0;
    enum style style = configured ? STYLE_BOLD : STYLE_DIM;
    print_style(stdout, invocation->color, style);
    print_column(stdout, configured ? state : "-", 9);
    print_style(stdout, invocation->color, STYLE_PLAIN);
    print_text(stdout, gpconf_get_text(row, "title"));
    fputs("\n         ", stdout);
    print_style(stdout, invocation->color, STYLE_DIM);
    const char *class_ = gpconf_get_text(row, "class");
    print_text(stdout, gpconf_get_text(row, "id"));
    printf("  (%s)", class_ ? class_ : "");
    print_style(stdout, invocation->color, STYLE_PLAIN);
    fputc('\n', stdout);
}

static void print_rows(const struct invocation *invocation,
                       const struct gpconf_node *data)
{
    const struct gpconf_node *list = gpconf_node_get(data, "policies");
    for (const struct gpconf_node *n = gpconf_node_first(list); n;
         n = gpconf_node_next(n))
        print_row(invocation, n);
    if (!invocation->quiet)
        fprintf(stderr, "%zu policies\n", gpconf_node_count(list));
}

int cli_policy_list(struct invocation *invocation)
{
    struct gpconf_answer *answer = NULL;
    int status = gpconf_policy_list(invocation->session, &answer);
    return invocation_answer(invocation, status, answer, print_rows);
}

int cli_policy_search(struct invocation *invocation)
{
    char words[1024] = "";
    for (size_t i = 0; i < invocation->n_operands; i++) {
        size_t used = strlen(words);
        if (used + strlen(invocation->operands[i]) + 2 > sizeof words) {
            fputs("gpconf: too many words to search for\n", stderr);
            return 2;
        }
        strcat(words, invocation->operands[i]);
        strcat(words, " ");
    }
    struct gpconf_answer *answer = NULL;
    int status = gpconf_policy_search(invocation->session, words, &answer);
    bool none = answer && !gpconf_node_count(
                              gpconf_node_get(gpconf_answer_data(answer), "policies"));
    int result = invocation_answer(invocation, status, answer, print_rows);
    return result == 0 && none ? 1 : result;
}

static void print_field(const char *label, const char *text)
{
    if (!text)
        return;
    printf("  %-13s", label);
    print_text(stdout, text);
    fputc('\n', stdout);
}

static void print_category(const struct gpconf_node *policy)
{
    const struct gpconf_node *list = gpconf_node_get(policy, "category");
    printf("  %-13s", "category");
    for (const struct gpconf_node *n = gpconf_node_first(list); n;
         n = gpconf_node_next(n)) {
        print_text(stdout, gpconf_node_text(n));
        fputs(gpconf_node_next(n) ? " > " : "\n", stdout);
    }
    if (!gpconf_node_count(list))
        fputc('\n', stdout);
}

static void print_choices(const struct gpconf_node *element)
{
    const struct gpconf_node *choices = gpconf_node_get(element, "choices");
    for (const struct gpconf_node *n = gpconf_node_first(choices); n;
         n = gpconf_node_next(n)) {
        fputs("      ", stdout);
        print_node(stdout, gpconf_node_get(n, "value"));
        fputs("  ", stdout);
        print_text(stdout, gpconf_get_text(n, "text"));
        fputc('\n', stdout);
    }
}

static void print_element(const struct gpconf_node *element)
{
    const char *id = gpconf_get_text(element, "id");
    const char *label = gpconf_get_text(element, "label");
    if (!id) {
        fputs("    ", stdout);
        print_text(stdout, label);
        fputc('\n', stdout);
        return;
    }
    fputs("    ", stdout);
    print_text(stdout, id);
    printf("  (%s", gpconf_get_text(element, "kind"));
    if (gpconf_node_get(element, "max")) {
        fputs(", ", stdout);
        print_node(stdout, gpconf_node_get(element, "min"));
        fputs(" to ", stdout);
        print_node(stdout, gpconf_node_get(element, "max"));
    }
    fputs(gpconf_node_bool(gpconf_node_get(element, "required")) ? ", required)" : ")",
          stdout);
    const struct gpconf_node *value = gpconf_node_get(element, "value");
    if (value) {
        fputs(" = ", stdout);
        print_node(stdout, value);
    }
    fputc('\n', stdout);
    if (label && *label) {
        fputs("      ", stdout);
        print_text(stdout, label);
        fputc('\n', stdout);
    }
    print_choices(element);
}

static void print_names(const char *intro, const struct gpconf_node *list)
{
    fputs(intro, stdout);
    for (const struct gpconf_node *n = gpconf_node_first(list); n;
         n = gpconf_node_next(n)) {
        const char *id = gpconf_get_text(n, "id");
        fputs("  ", stdout);
        print_text(stdout, id ? id : gpconf_node_text(n));
        fputc('\n', stdout);
    }
}

void print_candidates(const char *intro, const struct gpconf_node *data)
{
    const struct gpconf_node *candidates = gpconf_node_get(data, "candidates");
    if (candidates)
        print_names(intro, candidates);
}

static void print_see_also(const struct gpconf_node *policy)
{
    const struct gpconf_node *list = gpconf_node_get(policy, "see_also");
    if (gpconf_node_count(list))
        puts("\n  see also");
    for (const struct gpconf_node *n = gpconf_node_first(list); n;
         n = gpconf_node_next(n)) {
        fputs("    ", stdout);
        print_text(stdout, gpconf_node_text(n));
        fputc('\n', stdout);
    }
}

static void print_policy(const struct invocation *invocation,
                         const struct gpconf_node *data)
{
    const struct gpconf_node *policy = gpconf_node_get(data, "policy");
    const struct gpconf_node *suggestions = gpconf_node_get(data, "suggestions");
    print_candidates("Several policies have that name; say which:\n", data);
    if (suggestions)
        print_names(gpconf_node_get(data, "no_templates")
                        ? "No policy has that name: there are no templates.\n"
                    : gpconf_node_count(suggestions)
                        ? "No policy has that name. Did you mean:\n"
                        : "No policy has that name; 'gpconf policy search' looks "
                          "for words.\n",
                    suggestions);
    if (!policy)
        return;
    print_style(stdout, invocation->color, STYLE_BOLD);
    print_text(stdout, gpconf_get_text(policy, "title"));
    print_style(stdout, invocation->color, STYLE_PLAIN);
    fputc('\n', stdout);
    print_field("state", gpconf_get_text(policy, "state"));
    print_field("id", gpconf_get_text(policy, "id"));
    print_field("class", gpconf_get_text(policy, "class"));
    print_category(policy);
    print_field("supported on", gpconf_get_text(policy, "supported_on"));
    print_field("key", gpconf_get_text(policy, "key"));
    print_field("value", gpconf_get_text(policy, "value_name"));
    const struct gpconf_node *elements = gpconf_node_get(policy, "elements");
    if (gpconf_node_count(elements))
        puts("  elements");
    for (const struct gpconf_node *n = gpconf_node_first(elements); n;
         n = gpconf_node_next(n))
        print_element(n);
    const char *help = gpconf_get_text(policy, "help");
    if (help) {
        fputc('\n', stdout);
        print_paragraph(stdout, help, 2);
    }
    print_see_also(policy);
}

int cli_policy_show(struct invocation *invocation)
{
    struct gpconf_answer *answer = NULL;
    int status =
        gpconf_policy_show(invocation->session, invocation->operands[0], &answer);
    return invocation_answer(invocation, status, answer, print_policy);
}
