#include <string.h>

#include "cli/command.h"
#include "cli/policy.h"
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
    const char *class_ = gpconf_get_text(row, "class");
    if (class_ && strcmp(class_, "user") == 0)
        fputs("  (user)", stdout);
    if (why)
        printf("  lost: %s", why);
    print_style(stdout, invocation->color, STYLE_PLAIN);
    fputc('\n', stdout);
}

/* --- What comes of it in the update client ---------------------------------------- */

/* Drop-ins of units are all called alike, so their folder is shown as well. */
static void print_file(const char *file)
{
    const char *slash = strrchr(file, '/');
    if (slash && strncmp(file, "etc/systemd/", 12) == 0)
        while (slash > file && slash[-1] != '/')
            slash--;
    else if (slash)
        slash++;
    print_text(stdout, slash ? slash : file);
}

/* "written      99-gpconf.conf:7  Unattended-Upgrade::Mail "root"" */
static void print_line(const struct invocation *invocation,
                       const struct gpconf_node *claim)
{
    const struct gpconf_node *applied = gpconf_node_get(claim, "applied");
    const char *fidelity = gpconf_get_text(claim, "fidelity");
    const char *value = gpconf_get_text(claim, "value");
    print_style(stdout, invocation->color, STYLE_BOLD);
    fputs(!applied                    ? "wanted       "
          : gpconf_node_bool(applied) ? "written      "
                                      : "not written  ",
          stdout);
    print_style(stdout, invocation->color, STYLE_PLAIN);
    print_file(gpconf_get_text(claim, "file"));
    fputc(':', stdout);
    print_node(stdout, gpconf_node_get(claim, "line"));
    fputs("  ", stdout);
    print_text(stdout, gpconf_get_text(claim, "key"));
    fputs(value ? " \"" : " ", stdout);
    print_text(stdout, value ? value : "(redacted)");
    fputs(value ? "\"" : "", stdout);
    if (fidelity && strcmp(fidelity, "exact") != 0)
        printf("  (%s)", fidelity);
    fputc('\n', stdout);
}

static bool same_text(const struct gpconf_node *a, const struct gpconf_node *b,
                      const char *name)
{
    const char *x = gpconf_get_text(a, name), *y = gpconf_get_text(b, name);
    return x && y && strcmp(x, y) == 0;
}

static void print_lines(const struct invocation *invocation,
                        const struct gpconf_node *list)
{
    const struct gpconf_node *last = NULL;
    for (const struct gpconf_node *n = gpconf_node_first(list); n;
         last = n, n = gpconf_node_next(n)) {
        const char *why = gpconf_get_text(n, "why");
        if (!gpconf_node_get(n, "line")) {
            print_text(stdout, gpconf_get_text(n, "owner"));
            fputs(" cannot do it: ", stdout);
            print_text(stdout, gpconf_get_text(n, "setting"));
            fputc('\n', stdout);
        } else if (!print_same_line(last, n)) {
            print_line(invocation, n);
        }
        if (why && !(print_same_line(last, n) && same_text(last, n, "why")))
            print_paragraph(stdout, why, 13);
    }
}

/* Files that are not on the disk as they should be, each once. */
static void print_unapplied(const struct gpconf_node *list)
{
    const struct gpconf_node *last = NULL;
    for (const struct gpconf_node *n = gpconf_node_first(list); n;
         n = gpconf_node_next(n)) {
        const struct gpconf_node *applied = gpconf_node_get(n, "applied");
        if (!applied || gpconf_node_bool(applied) || same_text(last, n, "file"))
            continue;
        last = n;
        fputs("  /", stdout);
        print_text(stdout, gpconf_get_text(n, "file"));
        puts(gpconf_node_get(n, "drifted")
                 ? "\n  was edited or removed since gpconf wrote it."
                 : "\n  is not what policy asks for now.");
    }
    if (last)
        puts("  'gpconf plan' shows what would change, 'gpconf apply' writes it.");
}

static void print_written(const struct invocation *invocation,
                          const struct gpconf_node *data)
{
    const struct gpconf_node *list = gpconf_node_get(data, "written");
    if (!list)
        puts("  What the update client is told could not be worked out; below is why.");
    print_lines(invocation, list);
    print_unapplied(list);
}

/* --- What is asked about ------------------------------------------------------------ */

static void print_setting(const struct invocation *invocation,
                          const struct gpconf_node *data)
{
    const char *value = gpconf_get_text(data, "value");
    (void)invocation;
    printf("%s = ", gpconf_get_text(data, "setting"));
    print_text(stdout, value                               ? value
                       : gpconf_node_get(data, "redacted") ? "(redacted)"
                                                           : "-");
    printf("  (%s)\n", gpconf_get_text(data, "state"));
}

static void print_element(const struct gpconf_node *element)
{
    const char *id = gpconf_get_text(element, "id");
    const char *text = gpconf_get_text(element, "text");
    const struct gpconf_node *value = gpconf_node_get(element, "value");
    if (!id)
        return;
    fputs("    ", stdout);
    print_text(stdout, id);
    fputs(" = ", stdout);
    if (value)
        print_node(stdout, value);
    else
        fputs(gpconf_node_get(element, "redacted") ? "(redacted)" : "-", stdout);
    if (text) {
        fputs("  ", stdout);
        print_text(stdout, text);
    }
    fputc('\n', stdout);
}

static void print_policy(const struct invocation *invocation,
                         const struct gpconf_node *data)
{
    const struct gpconf_node *policy = gpconf_node_get(data, "policy");
    print_style(stdout, invocation->color, STYLE_BOLD);
    print_text(stdout, gpconf_get_text(policy, "title"));
    print_style(stdout, invocation->color, STYLE_PLAIN);
    fputs(": ", stdout);
    print_text(stdout, gpconf_get_text(policy, "state"));
    fputs("\n  ", stdout);
    print_text(stdout, gpconf_get_text(policy, "id"));
    fputc('\n', stdout);
    const struct gpconf_node *elements = gpconf_node_get(policy, "elements");
    for (const struct gpconf_node *n = gpconf_node_first(elements); n;
         n = gpconf_node_next(n))
        print_element(n);
}

/* A line of local policy: what it says, and whether that counts. */
static void print_said(const struct gpconf_node *row)
{
    const char *setting = gpconf_get_text(row, "setting");
    const char *element = gpconf_get_text(row, "element");
    const char *entry = gpconf_get_text(row, "entry");
    const char *text = gpconf_get_text(row, "text"), *why = gpconf_get_text(row, "why");
    fputs("  It says: ", stdout);
    print_text(stdout, setting ? setting : gpconf_get_text(row, "policy"));
    if (element) {
        fputs(", ", stdout);
        print_text(stdout, element);
    }
    if (entry) {
        fputc('.', stdout);
        print_text(stdout, entry);
    }
    fputs(" = ", stdout);
    print_text(stdout, text ? text : "(redacted)");
    if (gpconf_node_bool(gpconf_node_get(row, "counts"))) {
        puts("\n  That counts on this machine.");
        return;
    }
    fputs("\n  That does not count here", stdout);
    fputs(why ? ": " : "", stdout);
    print_text(stdout, why);
    fputc('\n', stdout);
}

static void print_local_line(const struct gpconf_node *data)
{
    const struct gpconf_node *says = gpconf_node_get(data, "says");
    const char *unreadable = gpconf_get_text(data, "unreadable");
    const char *why = gpconf_get_text(data, "why");
    puts(": local policy.");
    if (unreadable && !why) {
        fputs("  The file is damaged or could not be read: ", stdout);
        print_text(stdout, unreadable);
        fputc('\n', stdout);
    } else if (!gpconf_node_count(says)) {
        fputs("  It says nothing", stdout);
        fputs(why ? ": " : " about a setting or policy.", stdout);
        print_text(stdout, why);
        fputc('\n', stdout);
    }
    for (const struct gpconf_node *n = gpconf_node_first(says); n;
         n = gpconf_node_next(n))
        print_said(n);
}

/* A line of limits.ini or links.ini, in sentences. */
static void print_means(const struct gpconf_node *data)
{
    bool limits = strcmp(gpconf_get_text(data, "owner"), "limits") == 0;
    puts(limits ? ": what no policy may do to this machine."
                : ": where this machine stands, and which GPOs are linked.");
    for (const struct gpconf_node *n =
             gpconf_node_first(gpconf_node_get(data, "means"));
         n; n = gpconf_node_next(n))
        print_paragraph(stdout, gpconf_node_text(n), 2);
}

static void print_place_asked(const struct invocation *invocation,
                              const struct gpconf_node *data)
{
    int64_t line = gpconf_node_number(gpconf_node_get(data, "line"));
    int64_t lines = gpconf_node_number(gpconf_node_get(data, "lines"));
    (void)invocation;
    fputc('/', stdout);
    print_text(stdout, gpconf_get_text(data, "file"));
    printf(", line %lld", (long long)line);
    if (gpconf_node_get(data, "says")) {
        print_local_line(data);
        return;
    }
    if (gpconf_node_get(data, "means")) {
        print_means(data);
        return;
    }
    fputs(": gpconf writes this file for ", stdout);
    print_text(stdout, gpconf_get_text(data, "owner"));
    puts(".");
    const struct gpconf_node *applied = gpconf_node_get(data, "applied");
    bool differs = applied && !gpconf_node_bool(applied);
    if (!lines)
        puts("  Policy asks for nothing in it any more: 'gpconf apply' removes it.");
    else if (line > lines)
        printf("  There is no such line: as policy wants it, the file has %lld.\n",
               (long long)lines);
    else if (!gpconf_node_count(gpconf_node_get(data, "written")))
        puts("  The line sets nothing by itself: it is a comment, or part of others.");
    if (differs && lines)
        puts("  The file on the disk is not that one; this is told of the file as "
             "policy\n"
             "  wants it.");
}

static void print_option(const struct invocation *invocation,
                         const struct gpconf_node *data)
{
    print_style(stdout, invocation->color, STYLE_BOLD);
    print_text(stdout, gpconf_get_text(data, "option"));
    print_style(stdout, invocation->color, STYLE_PLAIN);
    puts(": set by gpconf, because of");
}

static void print_chain(const struct invocation *invocation,
                        const struct gpconf_node *data)
{
    const struct gpconf_node *chain = gpconf_node_get(data, "chain");
    const char *state = gpconf_get_text(data, "state");
    const char *setting = gpconf_get_text(data, "setting");
    for (const struct gpconf_node *n = gpconf_node_first(chain); n;
         n = gpconf_node_next(n))
        print_contribution(invocation, n);
    if (gpconf_node_count(chain) || !(state || gpconf_node_get(data, "policy")))
        return;
    if (!gpconf_node_bool(gpconf_node_get(data, "complete")))
        puts("  As far as could be read no policy says anything about it.");
    else
        puts("  No policy says anything about it: the client's own default is in "
             "effect.");
    if (setting && gpconf_node_bool(gpconf_node_get(data, "complete")))
        printf("  'gpconf set %s VALUE' chooses one on this machine.\n", setting);
}

static void print_unknown(const struct invocation *invocation,
                          const struct gpconf_node *data)
{
    const struct gpconf_node *near =
        gpconf_node_first(gpconf_node_get(data, "suggestions"));
    fputs("gpconf: '", stderr);
    print_text(stderr, invocation->operands[0]);
    if (gpconf_node_get(data, "incomplete")) {
        fputs("' is no setting, policy or registry value; what gpconf tells the\n"
              "update client could not be worked out, below is why\n",
              stderr);
        return;
    }
    if (gpconf_node_get(data, "file")) {
        fputs(
            "' is no line of a file of gpconf's,\n"
            "which writes whole files of its own and touches no others; 'gpconf plan'\n"
            "lists them, and what people write is in /etc/gpconf\n",
            stderr);
        return;
    }
    fputs("' is no setting or policy, and no line, client option or\n"
          "registry value that policy leads to here",
          stderr);
    for (const char *before = ";\ndid you mean '"; near;
         near = gpconf_node_next(near), before = " or '") {
        fputs(before, stderr);
        print_text(stderr, gpconf_node_text(near));
        fputc('\'', stderr);
    }
    fputs(";\n'gpconf status --all' lists the settings, 'gpconf policy search' finds "
          "policies\n",
          stderr);
}

static void print_explain(const struct invocation *invocation,
                          const struct gpconf_node *data)
{
    static const struct {
        const char *about;
        void (*print)(const struct invocation *, const struct gpconf_node *);
    } heads[] = {
        { "setting", print_setting },
        { "policy", print_policy },
        { "line", print_place_asked },
        { "option", print_option },
    };
    const char *about = gpconf_get_text(data, "about");
    const char *why = gpconf_get_text(data, "why");
    if (gpconf_node_get(data, "suggestions")) {
        print_unknown(invocation, data);
        return;
    }
    if (gpconf_node_get(data, "candidates")) {
        print_candidates("That is the name of several; say which:\n", data);
        return;
    }
    for (size_t i = 0; about && i < sizeof heads / sizeof *heads; i++)
        if (strcmp(about, heads[i].about) == 0)
            heads[i].print(invocation, data);
    print_chain(invocation, data);
    if (why && about && strcmp(about, "line") != 0)
        print_paragraph(stdout, why, 2);
    if (!gpconf_node_get(data, "means"))
        print_written(invocation, data);
}

int cli_explain(struct invocation *invocation)
{
    struct gpconf_answer *answer = NULL;
    int status = gpconf_explain(invocation->session, invocation->operands[0], &answer);
    return invocation_answer(invocation, status, answer, print_explain);
}
