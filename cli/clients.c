#include "cli/clients.h"

#include <string.h>

#include "cli/print.h"

/* The states of a client, as programs read them (but "absent", which is a state of
 * its own to people only), and what they come to. */
static const struct {
    const char *name, *text;
    enum clients_verdict verdict;
    enum style style;
} states[] = {
    { "not-configured", "nothing is configured for it", CLIENTS_GOOD, STYLE_DIM },
    { "in-effect", "does what policy says", CLIENTS_GOOD, STYLE_GOOD },
    { "unknown", "could not be asked for everything", CLIENTS_UNKNOWN, STYLE_PLAIN },
    { "pending-activation", "written; its timers take notice once systemd runs",
      CLIENTS_GOOD, STYLE_PLAIN },
    { "not-applied", "policy is not written yet; 'gpconf apply' does it",
      CLIENTS_DIFFERENT, STYLE_BAD },
    { "drifted", "DRIFTED, it does something else", CLIENTS_DIFFERENT, STYLE_BAD },
    { "error", "ERROR, it does not do what policy says", CLIENTS_ERROR, STYLE_BAD },
    { "absent", "not installed", CLIENTS_GOOD, STYLE_DIM },
    { "unsupported", "is not driven by gpconf", CLIENTS_GOOD, STYLE_DIM },
};
enum { N_STATES = sizeof states / sizeof *states };

static size_t state_of(const struct gpconf_node *client)
{
    const struct gpconf_node *installed = gpconf_node_get(client, "installed");
    const char *name = gpconf_get_text(client, "state");
    if (installed && !gpconf_node_bool(installed))
        name = "absent";
    for (size_t i = 0; i < N_STATES; i++)
        if (name && strcmp(states[i].name, name) == 0)
            return i;
    return N_STATES - 1;
}

/* Where a finding is about a line of ours: " (99-gpconf.conf:7)". */
static void print_place(const struct gpconf_node *finding)
{
    const char *file = gpconf_get_text(finding, "file");
    const char *slash = file ? strrchr(file, '/') : NULL;
    if (!file)
        return;
    fputs("  ", stdout);
    print_text(stdout, slash ? slash + 1 : file);
    if (gpconf_node_get(finding, "line")) {
        fputc(':', stdout);
        print_node(stdout, gpconf_node_get(finding, "line"));
    }
}

static bool same_text(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

/* A reason that the next one gives too is left to that one. */
static void print_finding(const struct gpconf_node *finding)
{
    const char *seen = gpconf_get_text(finding, "seen");
    const char *value = gpconf_get_text(finding, "value");
    const char *by = gpconf_get_text(finding, "by");
    const char *why = gpconf_get_text(finding, "why");
    printf("    %-8s ", gpconf_get_text(finding, "state"));
    print_text(stdout, gpconf_get_text(finding, "key"));
    if (value) {
        fputs(*value ? " = " : " emptied", stdout);
        print_text(stdout, value);
    }
    if (seen && (!value || strcmp(seen, value) != 0)) {
        fputs(", the client has ", stdout);
        print_text(stdout, *seen ? seen : "nothing");
    }
    print_place(finding);
    fputc('\n', stdout);
    if (by) {
        fputs("             ", stdout);
        print_text(stdout, by);
        puts(" decides instead");
    }
    if (why && !same_text(why, gpconf_get_text(gpconf_node_next(finding), "why")))
        print_paragraph(stdout, why, 13);
}

/* What is in effect, and what there is to know about it. */
static void print_remark(const struct gpconf_node *finding)
{
    const char *seen = gpconf_get_text(finding, "seen");
    fputs("    in effect ", stdout);
    print_text(stdout, gpconf_get_text(finding, "key"));
    if (seen) {
        fputs(" = ", stdout);
        print_text(stdout, seen);
    }
    fputs(": ", stdout);
    print_text(stdout, gpconf_get_text(finding, "why"));
    fputc('\n', stdout);
}

static bool is_remark(const struct gpconf_node *finding)
{
    return strcmp(gpconf_get_text(finding, "state"), "in-effect") == 0;
}

/* What only waits, or is in effect with a remark, is shown to whoever asks for all of
 * it. Status tells problems its own way. */
static bool is_shown(const struct invocation *invocation,
                     const struct gpconf_node *finding)
{
    const char *state = gpconf_get_text(finding, "state");
    const char *command = invocation->command->name;
    bool waits = strcmp(state, "pending") == 0 || strcmp(state, "unknown") == 0 ||
                 is_remark(finding);
    return waits ? strcmp(command, "verify") == 0 : strcmp(command, "status") != 0;
}

static void print_client(const struct invocation *invocation,
                         const struct gpconf_node *client)
{
    size_t state = state_of(client);
    fputs("  ", stdout);
    print_text(stdout, gpconf_get_text(client, "name"));
    fputs(": ", stdout);
    print_style(stdout, invocation->color, states[state].style);
    fputs(states[state].text, stdout);
    print_style(stdout, invocation->color, STYLE_PLAIN);
    fputc('\n', stdout);
    const struct gpconf_node *before = NULL,
                             *findings = gpconf_node_get(client, "findings");
    for (const struct gpconf_node *n = gpconf_node_first(findings); n;
         before = n, n = gpconf_node_next(n))
        if (is_shown(invocation, n) && !(before && print_same_line(before, n)))
            (is_remark(n) ? print_remark : print_finding)(n);
}

void print_clients(const struct invocation *invocation, const struct gpconf_node *data)
{
    const struct gpconf_node *list = gpconf_node_get(data, "providers");
    for (const struct gpconf_node *n = gpconf_node_first(list); n;
         n = gpconf_node_next(n))
        print_client(invocation, n);
    const char *orchestrator = gpconf_get_text(data, "orchestrator");
    if (orchestrator) {
        fputs("  updates are driven by ", stdout);
        print_text(stdout, orchestrator);
        puts(", so gpconf writes nothing");
    }
}

enum clients_verdict clients_verdict(const struct gpconf_node *data)
{
    enum clients_verdict verdict = CLIENTS_GOOD;
    const struct gpconf_node *list = gpconf_node_get(data, "providers");
    for (const struct gpconf_node *n = gpconf_node_first(list); n;
         n = gpconf_node_next(n))
        if (states[state_of(n)].verdict > verdict)
            verdict = states[state_of(n)].verdict;
    return verdict;
}
