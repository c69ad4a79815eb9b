#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/status.h"
#include "cli/command.h"
#include "cli/configured.h"
#include "cli/print.h"

/* gpconf result: the counterpart of gpresult. */

enum { NAME_COLUMNS = 38 }; /* a GUID with its braces */

static void print_gpo(const struct gpconf_node *gpo)
{
    const char *container = gpconf_get_text(gpo, "container");
    fputs("  ", stdout);
    print_column(stdout, gpconf_get_text(gpo, "name"), NAME_COLUMNS);
    if (container) {
        fputs(" ", stdout);
        print_text(stdout, container);
    }
    const struct gpconf_node *link = gpconf_node_get(gpo, "link");
    if (link) {
        fputs(" link ", stdout);
        print_node(stdout, link);
    }
    if (gpconf_node_bool(gpconf_node_get(gpo, "enforced")))
        fputs(" enforced", stdout);
    const char *reason = gpconf_get_text(gpo, "reason_text");
    if (reason) {
        fputs(": ", stdout);
        print_text(stdout, reason);
    }
    fputc('\n', stdout);
}

static void print_gpos(const struct gpconf_node *data, const char *state,
                       const char *title)
{
    const struct gpconf_node *list = gpconf_node_get(data, "gpos");
    bool any = false;
    for (const struct gpconf_node *n = gpconf_node_first(list); n;
         n = gpconf_node_next(n)) {
        const char *has = gpconf_get_text(n, "state");
        if (!has || strcmp(has, state) != 0)
            continue;
        if (!any)
            puts(title);
        any = true;
        print_gpo(n);
    }
}

static void print_result(const struct invocation *invocation,
                         const struct gpconf_node *data)
{
    (void)invocation;
    print_gpos(data, "applied", "Applied, the strongest first");
    print_gpos(data, "superseded",
               "Superseded: stronger ones decide everything in them");
    print_gpos(data, "denied", "Denied");
    bool complete = gpconf_node_bool(gpconf_node_get(data, "complete"));
    bool any = print_configured(data, NULL);
    if (!complete)
        puts(any ? "That is as far as could be read."
                 : "As far as could be read no policy is configured on this machine.");
    else if (!any)
        puts("No policy is configured on this machine: the update client's own "
             "defaults\n"
             "are in effect. 'gpconf gpo deploy FOLDER' brings a GPO here.");
}

/* --- Export ------------------------------------------------------------------- */

static int refuse(const char *message)
{
    fprintf(stderr, "gpconf: %s\n", message);
    return EXIT_USAGE;
}

/* An exit status for what --export and --class ask for; 0 to go on. */
static int read_request(const struct invocation *invocation,
                        enum gpconf_format *ret_format, enum gpconf_class *ret_class)
{
    const char *format = invocation_option(invocation, "export");
    const char *class_ = invocation_option(invocation, "class");
    if (!format)
        return refuse("--class goes with --export: 'gpconf result --export reg "
                      "--class user'");
    if (strcmp(format, "reg") != 0 && strcmp(format, "pol") != 0)
        return refuse("--export takes reg or pol");
    if (class_ && strcmp(class_, "machine") != 0 && strcmp(class_, "user") != 0)
        return refuse("--class takes machine or user");
    if (invocation->json)
        return refuse("--export writes a file for Windows, not JSON; leave out --json "
                      "or --export");
    bool reg = strcmp(format, "reg") == 0;
    if (isatty(STDOUT_FILENO))
        return refuse(
            reg ? "a .reg file is UTF-16, nothing for a terminal; try 'gpconf "
                  "result --export reg >policy.reg'"
                : "a policy file is nothing for a terminal; try 'gpconf "
                  "result --export pol >Registry.pol'");
    *ret_format = reg ? GPCONF_FORMAT_REG : GPCONF_FORMAT_POL;
    *ret_class = class_ && strcmp(class_, "user") == 0 ? GPCONF_CLASS_USER
                                                       : GPCONF_CLASS_MACHINE;
    return 0;
}

static int export_result(struct invocation *invocation)
{
    enum gpconf_format format = GPCONF_FORMAT_REG;
    enum gpconf_class class_ = GPCONF_CLASS_MACHINE;
    struct gpconf_answer *answer = NULL;
    void *bytes = NULL;
    size_t size = 0;
    int refused = read_request(invocation, &format, &class_);
    if (refused)
        return refused;
    int status =
        gpconf_export(invocation->session, format, class_, &bytes, &size, &answer);
    if (!status && (fwrite(bytes, 1, size, stdout) != size || fflush(stdout) != 0)) {
        fprintf(stderr, "gpconf: standard output %s\n", gpconf_status_text(GPCONF_EIO));
        status = GPCONF_EIO;
    }
    free(bytes);
    const struct gpconf_node *data = answer ? gpconf_answer_data(answer) : NULL;
    bool whole = !gpconf_node_number(gpconf_node_get(data, "left_out"));
    if (!status && !invocation->quiet &&
        gpconf_node_number(gpconf_node_get(data, "other_class"))) {
        const char *other = class_ == GPCONF_CLASS_MACHINE ? "user" : "machine";
        fprintf(stderr,
                "gpconf: note: the %s half has content too; --class %s exports it\n",
                other, other);
    }
    int result = invocation_answer(invocation, status, answer, NULL);
    return result || whole ? result : EXIT_NO;
}

int cli_result(struct invocation *invocation)
{
    if (invocation_option(invocation, "export") ||
        invocation_option(invocation, "class"))
        return export_result(invocation);
    struct gpconf_answer *answer = NULL;
    int status = gpconf_result(invocation->session, &answer);
    return invocation_answer(invocation, status, answer, print_result);
}
