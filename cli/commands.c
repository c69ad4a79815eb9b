#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/suggest.h"
#include "cli/commands.h"
#include "cli/print.h"

static const struct option_row status_options[] = {
    { "all", NULL, "also the settings that nobody configured" },
    { 0 },
};

static const struct option_row result_options[] = {
    { "export", "FORMAT", "reg: for Windows' registry editor; pol: a Registry.pol" },
    { "class", "CLASS", "which half to export: machine (the default) or user" },
    { 0 },
};

static const struct option_row plan_options[] = {
    { "exit-code", NULL, "exit with 1 when there is something to change" },
    { 0 },
};

static const struct option_row set_options[] = {
    { "apply", NULL, "take it to the update client at once" },
    { "keep", NULL, "store a choice that a GPO decides: it waits" },
    { "user", NULL, "the user half of a policy that has both" },
    { 0 },
};

static const struct option_row unset_options[] = {
    { "apply", NULL, "take it to the update client at once" },
    { "user", NULL, "the user half of a policy that has both" },
    { 0 },
};

static const struct option_row force_options[] = {
    { "force", NULL, "also files of ours that somebody edited; a copy is kept" },
    { 0 },
};

static const struct option_row recover_options[] = {
    { "at-boot", NULL, "take back every change that nobody confirmed" },
    { 0 },
};

static const struct option_row gpo_deploy_options[] = {
    { "as", "{GUID}", "which GPO it is; 'local' for the local GPO" },
    { "name", "NAME", "how the GPO is called here" },
    { 0 },
};

static const struct option_row gpo_link_options[] = {
    { "order", "N", "its link order, 1 the strongest; without, the weakest" },
    { "enforced", NULL, "nothing below can beat or block it" },
    { "disabled", NULL, "link it without effect" },
    { "site", NULL, "CONTAINER is a site" },
    { "here", NULL, "this machine stands in CONTAINER: say so in links.ini" },
    { 0 },
};

static const struct option_row gpo_unlink_options[] = {
    { "site", NULL, "CONTAINER is a site" },
    { 0 },
};

static const struct command commands[] = {
    { "status", "", 0, 0, "what is configured and who decided (the default)",
      "Shows the settings that local policy or a GPO configures, what waits in the\n"
      "shadow of a GPO, and the next run. Exits with 1 when there are problems.",
      "gpconf status --all", status_options, cli_status },
    { "plan", "", 0, 0, "what an apply would change, line by line; writes nothing",
      "Shows the files of the update client that policy leads to, what each line is\n"
      "for, and what the client cannot follow. 'gpconf apply' does it.",
      "gpconf plan --exit-code", plan_options, cli_plan },
    { "apply", "", 0, 0, "write what policy says into the update client",
      "Writes the files that 'gpconf plan' shows, all of them or none, lets the "
      "client\n"
      "check them first, and asks it afterwards what it sees. Nothing is installed "
      "by\n"
      "an apply. Exits with 6 when the client refuses, or does something else.",
      "gpconf apply", force_options, cli_apply },
    { "verify", "", 0, 0, "does the update client do what policy says?",
      "Asks the client's own reader and compares, changing nothing. Exits with 1 "
      "when\n"
      "something is not in effect, with 6 when the client cannot work like this.",
      "gpconf verify --json", NULL, cli_verify },
    { "undo", "[NUMBER]", 0, 1, "take back a change; without a number the newest",
      "Puts back what the change found. A file that somebody edited since is left "
      "alone\n"
      "and named. Afterwards the machine is held: nothing is written until "
      "'gpconf apply'.",
      "gpconf undo 12", force_options, cli_undo },
    { "history", "[NUMBER]", 0, 1, "what was done to this machine, and by whom",
      "Lists the changes, the newest first; one by its number, line by line.",
      "gpconf history 12", NULL, cli_history },
    { "enforce", "on|off", 1, 1, "may policy be written without being asked?",
      "A fresh installation is in audit mode: it evaluates and shows. 'on' is for the\n"
      "daemon, gpconfd, which does not exist yet; 'gpconf apply' by hand always works.",
      "gpconf enforce on", NULL, cli_enforce },
    { "recover", "", 0, 0, NULL, /* for the boot unit */
      "Finishes or takes back a change that a crash interrupted.",
      "gpconf recover --at-boot", recover_options, cli_recover },
    { "explain", "WHAT", 1, 1, "why something is what it is, and what comes of it",
      "WHAT is a setting (update.mode), a policy (AutoUpdateCfg), a line of a file "
      "that\n"
      "gpconf writes or people write (99-gpconf.conf:7, limits.ini:3), an option of\n"
      "the update client (Unattended-Upgrade::Mail), or a registry value (KEY\\NAME).\n"
      "The line with '>' is what is in effect; the others lost, each with the reason.\n"
      "Then come the lines of the client's files that policy leads to.",
      "gpconf explain update.mode", NULL, cli_explain },
    { "get", "SETTING", 1, 1, "the value of one setting",
      "Prints the value alone, for scripts; --json tells where it comes from. A "
      "setting\n"
      "without a value prints nothing, and why on standard error: the update client's\n"
      "own default is in effect then.",
      "gpconf get update.mode", NULL, cli_get },
    { "set", "SETTING VALUE | POLICY [STATE] [ELEMENT=VALUE…]", 2, SIZE_MAX,
      "set a setting or a policy in local policy",
      "Writes to local.ini what the template allows. A VALUE '-' is read from\n"
      "standard input, where no other user sees it. STATE is enabled, disabled or\n"
      "not-configured. ELEMENT=VALUE is all of an element, one line for each entry of\n"
      "a list; ELEMENT.ENTRY=VALUE is one entry. Exits with 5 when a GPO decides, and\n"
      "nothing is written then. 'gpconf policy show POLICY' lists the elements.",
      "gpconf set ExcludedPackages enabled ExcludedPackages.1='linux-image-*'",
      set_options, cli_set },
    { "unset", "SETTING | POLICY [ELEMENT[.ENTRY]]", 1, 2,
      "take a setting or a policy out of local policy",
      "Takes the lines out of local.ini. What is not set there is said, and is no\n"
      "failure.",
      "gpconf unset update.mode", unset_options, cli_unset },
    { "result", "", 0, 0, "the whole resultant set of policy, with its origins",
      "Shows every policy and registry value that is in effect on this machine, "
      "the\n"
      "GPO that decided it, and the GPOs that count, are denied (with the "
      "reason) or\n"
      "are superseded. With --export it goes to standard output as a file for Windows\n"
      "machines, without values that must not be shown. Exits with 1 when something "
      "is\n"
      "not in the file, and names it.",
      "gpconf result --export reg >policy.reg", result_options, cli_result },
    { "policy list", "", 0, 0, "the policies of the templates, with their state here",
      "One line per policy: its state on this machine, its identity, and its "
      "title.",
      "gpconf policy list --lang it-IT", NULL, cli_policy_list },
    { "policy search", "WORD…", 1, SIZE_MAX,
      "find policies by title, help text, key or value",
      "Every word must occur in the title, the name, the help text, the "
      "category, a\n"
      "registry key or a value name. The best match comes first.",
      "gpconf policy search restart logged on", NULL, cli_policy_search },
    { "policy show", "POLICY", 1, 1,
      "one policy: what it does, its elements, its state",
      "POLICY is an identity (NAMESPACE:NAME) or a name that only one policy "
      "has.",
      "gpconf policy show AutoUpdateCfg", NULL, cli_policy_show },
    { "gpo list", "", 0, 0, "the GPOs here, where they are linked, whether they count",
      "Shows each GPO with the state of its halves, its links with their order, and "
      "why\nit does not count on this machine where it does not.",
      "gpconf gpo list --json", NULL, cli_gpo_list },
    { "gpo show", "GPO", 1, 1, "what one GPO says, deployed here or not",
      "GPO is a GUID with braces, 'local', or the name of a deployed GPO; or a path:\n"
      "a GPO's folder, a backup of a GPO, or a Registry.pol. A text with a slash in\n"
      "it is always a path.",
      "gpconf gpo show ./backup/DomainSysvol/GPO", NULL, cli_gpo_show },
    { "gpo deploy", "FOLDER", 1, 1,
      "bring a GPO to this machine, or a newer state of it",
      "FOLDER is a GPO's folder (gpt.ini, Machine, User) or a backup of a GPO. All of "
      "it\nis copied, after its policy files have been checked; what is deployed by "
      "that "
      "GUID\nand is not in FOLDER goes. The GUID is that of --as, of the backup, or "
      "the "
      "name of\nFOLDER. A GPO counts where it is linked.",
      "gpconf gpo deploy ./baseline --as {D5398278-ABE5-4648-921E-D68A15AF59E9}",
      gpo_deploy_options, cli_gpo_deploy },
    { "gpo link", "GPO CONTAINER", 2, 2, "link a GPO to a container",
      "CONTAINER is a domain or an OU, named from the domain down "
      "(example.test/Servers).\nIf the GPO is linked there already, the link becomes "
      "what "
      "is said here. Links\nfrom the order N on move one down.",
      "gpconf gpo link Servers-Patching example.test/Servers --order 1",
      gpo_link_options, cli_gpo_link },
    { "gpo unlink", "GPO CONTAINER", 2, 2, "take a link of a GPO away",
      "The links behind it move one up; the GPO stays deployed.",
      "gpconf gpo unlink Servers-Patching example.test/Servers", gpo_unlink_options,
      cli_gpo_unlink },
    { "gpo remove", "GPO", 1, 1, "remove a deployed GPO and all its links",
      "Shows the links that went with it. 'gpconf undo' brings all of it back.",
      "gpconf gpo remove Servers-Patching", NULL, cli_gpo_remove },
    { "lint", "FILE…", 1, SIZE_MAX, "check templates and policy files",
      "FILE is an ADMX or ADML template, a Registry.pol, or a folder of them. "
      "Exits\n"
      "with 1 when there are errors.",
      "gpconf lint PolicyDefinitions/ Machine/Registry.pol", NULL, cli_lint },
};
enum { N_COMMANDS = sizeof commands / sizeof *commands };

const struct option_row common_options[N_COMMON_OPTIONS + 1] = {
    { "root", "DIR", "look at the system below DIR instead of this one" },
    { "templates", "DIR", "use these templates instead (may repeat; first wins)" },
    { "lang", "TAG", "language of the templates' text, it-IT or it; else by LANG" },
    { "json", NULL, "print one JSON document" },
    { "quiet", NULL, "no warnings" },
    { "color", "WHEN", "always, auto or never (NO_COLOR is respected)" },
    { "help", NULL, "this help, or the help of a command" },
    { "version", NULL, "the version" },
    { "now", "SECONDS", NULL }, /* for tests */
    { 0 },
};

/* What gpconf_status_exit() and the commands come to; the number is the place. */
static const char *const exit_statuses[] = {
    "done",
    "the answer is no: problems, drift, errors in a file, nothing found",
    "wrong usage",
    "what was asked for or is needed does not exist, or is not valid",
    "not permitted",
    "decided by a GPO: nothing was written",
    "the update client refused or does otherwise, or a file could not be written",
    "internal: out of memory, or gpconf's own records are damaged",
    "busy: another gpconf changes this machine",
};

static void print_option(const struct option_row *row)
{
    if (!row->help)
        return;
    char left[32];
    snprintf(left, sizeof left, "--%s%s%s", row->name, row->argument ? " " : "",
             row->argument ? row->argument : "");
    printf("  %-18s %s\n", left, row->help);
}

void commands_help(void)
{
    puts("usage: gpconf [OPTION…] COMMAND [ARGUMENT…]\n\n"
         "Group Policy for this server's update client: what is in effect, and "
         "why.\n");
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (commands[i].summary)
            printf("  %-18s %s\n", commands[i].name, commands[i].summary);
    puts("\nOptions:");
    for (const struct option_row *row = common_options; row->name; row++)
        print_option(row);
    puts("\nExit status:");
    for (size_t i = 0; i < sizeof exit_statuses / sizeof *exit_statuses; i++)
        printf("  %zu  %s\n", i, exit_statuses[i]);
    puts("\nExample:\n  gpconf policy search active hours\n\n"
         "'gpconf COMMAND --help' tells more about a command.");
}

void command_help(const struct command *command)
{
    printf("usage: gpconf %s%s%s%s\n\n%s\n", command->name,
           command->options ? " [OPTION…]" : "", *command->operands ? " " : "",
           command->operands, command->details);
    if (command->options) {
        puts("\nOptions:");
        for (const struct option_row *row = command->options; row->name; row++)
            print_option(row);
    }
    printf("\nExample:\n  %s\n", command->example);
}

const struct command *commands_default(void)
{
    return &commands[0];
}

const struct command *commands_find(char *const *words, size_t n, size_t *ret_used)
{
    const struct command *found = NULL;
    for (size_t i = 0; i < N_COMMANDS; i++) {
        const char *space = strchr(commands[i].name, ' ');
        size_t first =
            space ? (size_t)(space - commands[i].name) : strlen(commands[i].name);
        if (n < 1 || strlen(words[0]) != first ||
            strncmp(words[0], commands[i].name, first) != 0)
            continue;
        if (space && (n < 2 || strcmp(words[1], space + 1) != 0))
            continue;
        found = &commands[i];
        *ret_used = space ? 2 : 1;
    }
    return found;
}

int commands_unknown(char *const *words, size_t n)
{
    char given[256];
    snprintf(given, sizeof given, "%s%s%s", words[0], n > 1 ? " " : "",
             n > 1 ? words[1] : "");
    struct suggestion whole = suggest_start(given), first = suggest_start(words[0]);
    bool group = false;
    for (size_t i = 0; i < N_COMMANDS; i++) {
        if (!commands[i].summary)
            continue;
        suggest_offer(&whole, commands[i].name);
        suggest_offer(&first, commands[i].name);
        size_t length = strlen(words[0]);
        group |= strncmp(commands[i].name, words[0], length) == 0 &&
                 commands[i].name[length] == ' ';
    }
    const char *best = whole.best ? whole.best : first.best;
    fputs("gpconf: ", stderr);
    if (group) {
        fputs("which one: ", stderr);
        const char *comma = "";
        for (size_t i = 0; i < N_COMMANDS; i++)
            if (strncmp(commands[i].name, words[0], strlen(words[0])) == 0) {
                fprintf(stderr, "%s%s", comma, commands[i].name);
                comma = ", ";
            }
        fputs("?\n", stderr);
    } else {
        fputs("there is no command '", stderr);
        print_text(stderr, words[0]);
        fprintf(stderr, "'%s%s%s; 'gpconf --help' lists them\n",
                best ? ", did you mean '" : "", best ? best : "", best ? "'" : "");
    }
    return EXIT_USAGE;
}
