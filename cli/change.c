#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/change.h"
#include "cli/clients.h"
#include "cli/command.h"
#include "cli/print.h"

/* gpconf plan, apply, verify, undo, enforce, recover: what would be done, doing it, and
 * taking it back. */

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
    print_claims(gpconf_node_get(step, "claims"), 4);
}

static void print_steps(const struct invocation *invocation,
                        const struct gpconf_node *data)
{
    const struct gpconf_node *steps = gpconf_node_get(data, "steps");
    for (const struct gpconf_node *n = gpconf_node_first(steps); n;
         n = gpconf_node_next(n))
        print_step(invocation, n);
}

/* Because all is as policy wants it, or because it wants nothing? */
static void print_nothing(const struct gpconf_node *data)
{
    puts(gpconf_node_count(gpconf_node_get(data, "steps"))
             ? "Nothing to change."
             : "Nothing to change: no policy asks for a line in an update client's "
               "files.\n'gpconf status' shows what is configured.");
}

static void print_plan(const struct invocation *invocation,
                       const struct gpconf_node *data)
{
    const struct gpconf_node *changes = gpconf_node_get(data, "changes");
    print_steps(invocation, data);
    if (!changes)
        puts("There is no plan: mend what the errors name first.");
    else if (gpconf_node_number(changes) > 0)
        puts("'gpconf apply' does it.");
    else {
        /* Files can be as they should be, and the client still do something else. */
        print_nothing(data);
        if (gpconf_node_count(gpconf_node_get(data, "steps")))
            puts("'gpconf verify' asks the update client whether it does what they "
                 "say.");
    }
}

static const struct gpconf_node *data_of(const struct gpconf_answer *answer)
{
    return answer ? gpconf_answer_data(answer) : NULL;
}

int cli_plan(struct invocation *invocation)
{
    struct gpconf_answer *answer = NULL;
    int status = gpconf_plan(invocation->session, &answer);
    bool acts = gpconf_node_number(gpconf_node_get(data_of(answer), "changes")) > 0;
    int result = invocation_answer(invocation, status, answer, print_plan);
    bool asked = invocation_option(invocation, "exit-code") != NULL;
    return result == 0 && asked && acts ? 1 : result;
}

/* The files that a change touched, without what each line is for. */
static void print_done(const struct invocation *invocation,
                       const struct gpconf_node *data)
{
    const struct gpconf_node *steps = gpconf_node_get(data, "steps");
    for (const struct gpconf_node *n = gpconf_node_first(steps); n;
         n = gpconf_node_next(n)) {
        const char *action = gpconf_get_text(n, "action");
        if (strcmp(action, "keep") == 0)
            continue;
        print_style(stdout, invocation->color, STYLE_BOLD);
        printf("  %-8s /", action);
        print_text(stdout, gpconf_get_text(n, "target"));
        print_style(stdout, invocation->color, STYLE_PLAIN);
        fputc('\n', stdout);
    }
}

/* "Change 7 is done; 'gpconf undo 7' takes it back." */
static void print_number_of(const struct gpconf_node *data, const char *done)
{
    const struct gpconf_node *number = gpconf_node_get(data, "change");
    if (!number)
        return;
    fputs("Change ", stdout);
    print_node(stdout, number);
    printf(" %s; 'gpconf undo ", done);
    print_node(stdout, number);
    puts("' takes it back.");
}

void print_apply(const struct invocation *invocation, const struct gpconf_node *data)
{
    if (!gpconf_node_get(data, "changes")) {
        puts("Nothing was changed: mend what the errors name first.");
        return;
    }
    print_done(invocation, data);
    bool acts = gpconf_node_number(gpconf_node_get(data, "changes")) != 0;
    if (acts)
        print_number_of(data, "is done");
    else if (gpconf_node_get(data, "change"))
        puts("No file to change; this machine is no longer held.");
    else
        print_nothing(data);
    print_clients(invocation, data);
}

int cli_apply(struct invocation *invocation)
{
    struct gpconf_answer *answer = NULL;
    unsigned flags = invocation_option(invocation, "force") ? GPCONF_FORCE : 0;
    invocation_progress(invocation, "applying");
    int status = gpconf_apply(invocation->session, flags, &answer);
    enum clients_verdict verdict = clients_verdict(data_of(answer));
    int result = invocation_answer(invocation, status, answer, print_apply);
    return result == 0 && verdict > CLIENTS_UNKNOWN ? EXIT_CLIENT : result;
}

static void print_verify(const struct invocation *invocation,
                         const struct gpconf_node *data)
{
    if (!gpconf_node_get(data, "changes")) {
        puts("Not verified: mend what the errors name first.");
        return;
    }
    print_done(invocation, data);
    if (!gpconf_node_count(gpconf_node_get(data, "steps")))
        puts("Nothing to verify: no policy asks for a line in an update client's "
             "files.\n"
             "'gpconf status' shows what is configured.");
    print_clients(invocation, data);
}

int cli_verify(struct invocation *invocation)
{
    struct gpconf_answer *answer = NULL;
    invocation_progress(invocation, "asking the update clients");
    int status = gpconf_verify(invocation->session, &answer);
    enum clients_verdict verdict = clients_verdict(data_of(answer));
    int result = invocation_answer(invocation, status, answer, print_verify);
    return result != 0                    ? result
           : verdict == CLIENTS_ERROR     ? EXIT_CLIENT
           : verdict == CLIENTS_DIFFERENT ? 1
                                          : 0;
}

/* --- Taking back -------------------------------------------------------------------- */

/* Where the files are that were in the way. */
static void print_kept(const struct gpconf_node *data)
{
    const struct gpconf_node *drifts = gpconf_node_get(data, "drifts");
    for (const struct gpconf_node *n = gpconf_node_first(drifts); n;
         n = gpconf_node_next(n)) {
        const char *kept = gpconf_get_text(n, "kept_as");
        if (!kept)
            continue;
        fputs("What lay at /", stdout);
        print_text(stdout, gpconf_get_text(n, "target"));
        fputs(" is kept as /", stdout);
        print_text(stdout, kept);
        fputc('\n', stdout);
    }
}

static void print_undo(const struct invocation *invocation,
                       const struct gpconf_node *data)
{
    const struct gpconf_node *undone = gpconf_node_get(data, "undone");
    const struct gpconf_node *drifted = gpconf_node_get(data, "drifted");
    if (!undone)
        return;
    print_done(invocation, data);
    if (gpconf_node_get(data, "change")) {
        fputs("Change ", stdout);
        print_node(stdout, undone);
        puts(" is taken back. This machine is held: only 'gpconf apply' writes again.");
    } else {
        puts("Nothing was put back.");
    }
    print_kept(data);
    if (gpconf_node_number(drifted) == 0)
        return;
    fputs("Left alone, since somebody changed them: ", stdout);
    print_node(stdout, drifted);
    if (invocation_option(invocation, "force")) {
        puts(" (not ours any more).");
        return;
    }
    fputs("; 'gpconf undo ", stdout);
    print_node(stdout, undone);
    puts(" --force' puts back those that are ours and keeps a copy.");
}

int cli_number(const char *text, uint64_t *ret)
{
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    if (errno || *end || *text < '0' || *text > '9' || number == 0) {
        fputs("gpconf: '", stderr);
        print_text(stderr, text);
        fputs("' is not the number of a change; 'gpconf history' lists them\n", stderr);
        return EXIT_USAGE;
    }
    *ret = number;
    return 0;
}

int cli_undo(struct invocation *invocation)
{
    struct gpconf_answer *answer = NULL;
    uint64_t number = 0;
    if (invocation->n_operands && cli_number(invocation->operands[0], &number))
        return EXIT_USAGE;
    unsigned flags = invocation_option(invocation, "force") ? GPCONF_FORCE : 0;
    int status = gpconf_undo(invocation->session, number, flags, &answer);
    const struct gpconf_node *data = data_of(answer);
    bool whole = gpconf_node_number(gpconf_node_get(data, "drifted")) == 0 &&
                 !gpconf_node_get(data, "built_on_by") &&
                 !gpconf_node_get(data, "undone_by");
    int result = invocation_answer(invocation, status, answer, print_undo);
    return result || whole ? result : EXIT_NO;
}

/* --- Mode, and recovery --------------------------------------------------------------- */

static void print_enforce(const struct invocation *invocation,
                          const struct gpconf_node *data)
{
    const char *mode = gpconf_get_text(data, "mode");
    (void)invocation;
    if (!mode)
        return;
    if (strcmp(mode, "enforcing") == 0)
        puts("Enforcing. But gpconfd, which would write policy and put it back by "
             "itself,\n"
             "does not run: there is none yet. Until then 'gpconf apply' writes what "
             "policy\nsays, and 'gpconf verify' tells whether it is still so.");
    else
        puts("Audit: policy is evaluated and shown; only 'gpconf apply' writes it.\n"
             "What was written stays; 'gpconf undo' takes it back.");
}

int cli_enforce(struct invocation *invocation)
{
    struct gpconf_answer *answer = NULL;
    const char *word = invocation->operands[0];
    bool on = strcmp(word, "on") == 0;
    if (!on && strcmp(word, "off") != 0) {
        fputs("gpconf: enforce takes 'on' or 'off'\n", stderr);
        return EXIT_USAGE;
    }
    int status = gpconf_enforce(invocation->session, on, &answer);
    return invocation_answer(invocation, status, answer, print_enforce);
}

int cli_recover(struct invocation *invocation)
{
    struct gpconf_answer *answer = NULL;
    bool at_boot = invocation_option(invocation, "at-boot") != NULL;
    int status = gpconf_recover(invocation->session, at_boot, &answer);
    return invocation_answer(invocation, status, answer, NULL);
}
