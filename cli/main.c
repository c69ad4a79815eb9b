#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/status.h"
#include "cli/commands.h"
#include "cli/print.h"

/*
 * gpconf, the command line. This file reads options and runs the row of the table
 * (cli/commands.c) that they name; everything else is in the subcommand's own file.
 */

const char *invocation_option(const struct invocation *invocation, const char *name)
{
    const struct option_row *rows = invocation->command->options;
    for (size_t i = 0; rows && rows[i].name; i++)
        if (strcmp(rows[i].name, name) == 0)
            return invocation->values[i];
    return NULL;
}

int invocation_answer(struct invocation *invocation, int status,
                      struct gpconf_answer *answer,
                      void (*print)(const struct invocation *invocation,
                                    const struct gpconf_node *data))
{
    char *json = NULL;
    size_t size = 0;
    progress_stop();
    if (answer && invocation->json) {
        int failed = gpconf_answer_json(answer, &json, &size);
        if (failed)
            status = failed;
        else
            fwrite(json, 1, size, stdout);
        free(json);
    } else if (answer && print) {
        print(invocation, gpconf_answer_data(answer));
    }
    bool errors = invocation->json || !invocation->tells_errors;
    if (answer)
        print_diagnostics(stderr, answer,
                          (invocation->quiet ? 0u : SHOW_WARNINGS) |
                              (errors ? SHOW_ERRORS : 0u));
    if (status == GPCONF_EPERM && geteuid() != 0)
        fputs("gpconf: only root may do this; try it with sudo\n", stderr);
    if (status && !answer)
        fprintf(stderr, "gpconf: %s\n", gpconf_status_text(status));
    gpconf_answer_unref(answer);
    if (fflush(stdout) != 0 && !status)
        status = GPCONF_EIO;
    return gpconf_status_exit(status);
}

static bool want_color(const char *when)
{
    const char *no_color = getenv("NO_COLOR");
    if (when && strcmp(when, "always") == 0)
        return true;
    if ((when && strcmp(when, "never") == 0) || (no_color && *no_color))
        return false;
    const char *terminal = getenv("TERM");
    return isatty(STDOUT_FILENO) != 0 && terminal && strcmp(terminal, "dumb") != 0;
}

/* The long options of the common table and of a command, in getopt's form. val
 * is the index in its table, plus 1000 for the command's. */
static void fill_options(const struct command *command, struct option *to)
{
    for (int i = 0; common_options[i].name; i++)
        *to++ = (struct option){ common_options[i].name,
                                 common_options[i].argument ? required_argument
                                                            : no_argument,
                                 NULL, i };
    for (int i = 0; command && command->options && command->options[i].name; i++)
        *to++ = (struct option){ command->options[i].name,
                                 command->options[i].argument ? required_argument
                                                              : no_argument,
                                 NULL, 1000 + i };
    *to = (struct option){ 0 };
}

/* What the common options asked for. */
struct request {
    bool help, version, json, quiet;
    const char *color;
};

static int take_now(struct gpconf *session, const char *value)
{
    char *end;
    errno = 0;
    long long now = strtoll(value, &end, 10);
    if (errno || end == value || *end)
        return GPCONF_EINVAL;
    return gpconf_set_now(session, now);
}

static int take_color(struct request *request, const char *value)
{
    request->color = value;
    bool known = strcmp(value, "always") == 0 || strcmp(value, "auto") == 0 ||
                 strcmp(value, "never") == 0;
    return known ? 0 : GPCONF_EINVAL;
}

static int take_common(const char *name, const char *value, struct gpconf *session,
                       struct request *request)
{
    if (strcmp(name, "root") == 0)
        return gpconf_set_root(session, value);
    if (strcmp(name, "templates") == 0)
        return gpconf_add_templates(session, value);
    if (strcmp(name, "lang") == 0)
        return gpconf_set_language(session, value);
    if (strcmp(name, "now") == 0)
        return take_now(session, value);
    if (strcmp(name, "color") == 0)
        return take_color(request, value);
    request->help |= strcmp(name, "help") == 0;
    request->version |= strcmp(name, "version") == 0;
    request->json |= strcmp(name, "json") == 0;
    request->quiet |= strcmp(name, "quiet") == 0;
    return 0;
}

static int take_option(int c, struct invocation *invocation, struct request *request)
{
    if (c == 'h') {
        request->help = true;
        return 0;
    }
    if (c >= 1000) {
        invocation->values[c - 1000] = optarg ? optarg : "";
        return 0;
    }
    const char *name = common_options[c].name;
    int status = take_common(name, optarg, invocation->session, request);
    if (!status)
        return 0;
    fprintf(stderr, "gpconf: --%s ", name);
    print_text(stderr, optarg ? optarg : "");
    fprintf(stderr, ": %s\n", gpconf_status_text(status));
    return gpconf_status_exit(status);
}

/* Options are long. So a word with one dash, behind the first operand, is an operand
 * too: 'gpconf set SETTING -5'. */
static bool is_operand(const char *word)
{
    return word[0] != '-' || (word[1] != '-' && strcmp(word, "-h") != 0);
}

/* Read options up to the next operand, which is argv[optind] then. Returns an exit
 * status, 0 to go on. */
static int read_options(int argc, char **argv, struct invocation *invocation,
                        struct request *request, bool is_first)
{
    const struct command *command = invocation->command;
    struct option options[N_COMMON_OPTIONS + OPTIONS_MOST + 1];
    fill_options(command, options);
    while (is_first || optind >= argc || !is_operand(argv[optind])) {
        int c = getopt_long(argc, argv, "+h", options, NULL);
        if (c == -1)
            return 0;
        if (c == '?') {
            fprintf(stderr, "'gpconf %s%s--help' lists the options%s\n",
                    command ? command->name : "", command ? " " : "",
                    command && *command->operands
                        ? "; '--' goes before a word with dashes"
                        : "");
            return EXIT_USAGE;
        }
        int result = take_option(c, invocation, request);
        if (result)
            return result;
    }
    return 0;
}

/* Read options wherever they stand; the operands are gathered behind argv[0]. */
static int read_words(int argc, char **argv, struct invocation *invocation,
                      struct request *request)
{
    size_t n = 0;
    optind = 0;
    for (bool all = false; !all;) {
        int status = read_options(argc, argv, invocation, request, n == 0);
        if (status)
            return status;
        if (optind >= argc)
            break;
        all = strcmp(argv[optind - 1], "--") == 0;
        do
            argv[1 + n++] = argv[optind++];
        while (optind < argc && (all || is_operand(argv[optind])));
    }
    invocation->operands = (const char *const *)argv + 1;
    invocation->n_operands = n;
    return 0;
}

static int run_command(int argc, char **argv, struct invocation *invocation,
                       struct request *request)
{
    size_t used = 1;
    char **words = argv + optind;
    size_t n = (size_t)(argc - optind);
    bool help = n && strcmp(words[0], "help") == 0;
    if (help && n == 1) {
        commands_help();
        return 0;
    }
    request->help |= help;
    words += help;
    n -= help;
    invocation->command = n ? commands_find(words, n, &used) : commands_default();
    if (!invocation->command)
        return commands_unknown(words, n);

    /* The last word of the name stands where getopt expects the program's. */
    int skip = optind + help + (int)used - 1;
    char *name = argv[skip];
    argv[skip] = argv[0];
    int status = read_words(argc - skip, argv + skip, invocation, request);
    argv[skip] = name;
    if (status)
        return status;
    if (request->help) {
        command_help(invocation->command);
        return 0;
    }
    const struct command *command = invocation->command;
    if (invocation->n_operands < command->least ||
        invocation->n_operands > command->most) {
        fprintf(stderr, "usage: gpconf %s%s%s\n", command->name,
                *command->operands ? " " : "", command->operands);
        return EXIT_USAGE;
    }
    invocation->json = request->json;
    invocation->quiet = request->quiet;
    invocation->color = want_color(request->color);
    return command->run(invocation);
}

/* The language of the environment, for the texts of the templates: the first of these
 * that is set decides. What is no locale's name is as good as none. */
static int take_locale(struct gpconf *session)
{
    static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
    const char *locale = NULL;
    for (size_t i = 0; (!locale || !*locale) && i < sizeof names / sizeof *names; i++)
        locale = getenv(names[i]);
    if (!locale || !*locale)
        return 0;
    int status = gpconf_set_locale(session, locale);
    return status == GPCONF_EINVAL ? 0 : status;
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    /* Else each character of a message is a system call: 10,000 messages take seconds. */
    setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
    struct invocation invocation = { 0 };
    struct request request = { 0 };
    int status = gpconf_new(&invocation.session);
    if (!status)
        status = take_locale(invocation.session);
    if (status) {
        gpconf_free(invocation.session);
        fprintf(stderr, "gpconf: %s\n", gpconf_status_text(status));
        return gpconf_status_exit(status);
    }
    const char *person = geteuid() == 0 ? getenv("SUDO_USER") : NULL;
    if (person)
        gpconf_set_author(invocation.session, person);
    static char program[] = "gpconf";
    argv[0] = program; /* as getopt names it */
    int result = read_options(argc, argv, &invocation, &request, true);
    if (result == 0 && request.version)
        puts("gpconf " GPCONF_VERSION);
    else if (result == 0 && request.help)
        commands_help();
    else if (result == 0)
        result = run_command(argc, argv, &invocation, &request);
    gpconf_free(invocation.session);
    return result;
}
