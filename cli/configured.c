#include "cli/configured.h"

#include <string.h>

#include "cli/print.h"

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

static bool is_of(const struct gpconf_node *row, const char *class_)
{
    const char *has = gpconf_get_text(row, "class");
    return !class_ || (has && strcmp(has, class_) == 0);
}

/* Print the rows of a list that are of a class behind a title; how many there were. */
static size_t print_list(const struct gpconf_node *list, const char *class_,
                         const char *title, void (*print)(const struct gpconf_node *))
{
    size_t n = 0;
    for (const struct gpconf_node *row = gpconf_node_first(list); row;
         row = gpconf_node_next(row)) {
        if (!is_of(row, class_))
            continue;
        if (n++ == 0)
            puts(title);
        print(row);
    }
    return n;
}

bool print_configured(const struct gpconf_node *data, const char *class_)
{
    bool user = class_ && strcmp(class_, "user") == 0;
    size_t n = print_list(gpconf_node_get(data, "policies"), class_,
                          !class_ ? "Policies"
                          : user  ? "Policies, user"
                                  : "Policies, machine",
                          print_policy);
    n += print_list(gpconf_node_get(data, "values"), class_,
                    !class_ ? "Registry values that no template explains"
                    : user  ? "Registry values that no template explains, user"
                            : "Registry values that no template explains, machine",
                    print_value);
    return n > 0;
}
