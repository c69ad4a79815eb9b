#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/status.h"
#include "cli/change.h"
#include "cli/clients.h"
#include "cli/print.h"

/* gpconf set and unset: local policy. */

enum { VALUE_MOST = 64 << 10 }; /* bytes from standard input */

/* "update.mode", or "AutoUpdateCfg AUOptions" for a part of a policy. */
static void print_subject(const struct gpconf_node *data, const struct gpconf_node *row)
{
    const char *element = gpconf_get_text(row, "element");
    const char *entry = gpconf_get_text(row, "entry");
    print_text(stdout, gpconf_get_text(data, "what"));
    if (element) {
        fputc(' ', stdout);
        print_text(stdout, element);
    }
    if (entry) {
        fputc('.', stdout);
        print_text(stdout, entry);
    }
}

/* "update.mode = manual  /etc/gpconf/local.ini:3" */
static void print_said(const struct gpconf_node *data, const struct gpconf_node *row)
{
    const char *value = gpconf_get_text(row, "value");
    print_subject(data, row);
    fputs(" = ", stdout);
    print_text(stdout, value ? value : "(redacted)");
    fputs("  in ", stdout);
    print_text(stdout, gpconf_get_text(data, "file"));
    fputc(':', stdout);
    print_node(stdout, gpconf_node_get(row, "line"));
    fputc('\n', stdout);
}

/* What a setting is once the choice is taken out. */
static void print_now(const struct gpconf_node *setting)
{
    const char *value = gpconf_get_text(setting, "value");
    const char *who = gpconf_get_text(gpconf_node_get(setting, "origin"), "name");
    if (!setting)
        return;
    if (!who) {
        puts("Nobody decides it now: the client's own default is in effect.");
        return;
    }
    fputs("It is ", stdout);
    print_text(stdout, value                                  ? value
                       : gpconf_node_get(setting, "redacted") ? "(redacted)"
                                                              : "off");
    fputs(" now, by ", stdout);
    print_text(stdout, who);
    puts(".");
}

static void print_choice(const struct invocation *invocation,
                         const struct gpconf_node *data)
{
    const struct gpconf_node *said = gpconf_node_get(data, "said"),
                             *gone = gpconf_node_get(data, "gone"),
                             *number = gpconf_node_get(data, "change"),
                             *by = gpconf_node_get(data, "decided_by");
    bool stored = gpconf_node_bool(gpconf_node_get(data, "stored"));
    for (const struct gpconf_node *n = gpconf_node_first(said); stored && n;
         n = gpconf_node_next(n))
        print_said(data, n);
    if (!stored && number) {
        print_subject(data, data);
        printf(" is taken out, %zu line%s, of ", gpconf_node_count(gone),
               gpconf_node_count(gone) == 1 ? "" : "s");
        print_text(stdout, gpconf_get_text(data, "file"));
        fputc('\n', stdout);
        print_now(gpconf_node_get(data, "setting"));
    } else if (!number && !stored) {
        print_subject(data, data);
        puts(" is not set in local.ini: nothing to change.");
    } else if (!number) {
        puts("That is said already: nothing to change.");
    }
    if (by && stored) {
        fputs("It waits: ", stdout);
        print_text(stdout, gpconf_get_text(by, "name"));
        puts(" decides. It counts when that GPO says nothing any more.");
    } else if (number) {
        fputs("Change ", stdout);
        print_node(stdout, number);
        puts(gpconf_node_get(data, "apply")
                 ? "."
                 : "; 'gpconf apply' takes it to the update client.");
    }
    if (gpconf_node_get(data, "apply"))
        print_apply(invocation, gpconf_node_get(data, "apply"));
}

/* The first start bytes of the word, then what is on standard input; the last line end
 * does not belong to it. The caller frees it; NULL after a message. */
static char *read_value(const char *word, size_t start)
{
    size_t size = start;
    char *text = malloc(start + VALUE_MOST + 2);
    ssize_t n = 1;
    if (!text) {
        fputs("gpconf: out of memory\n", stderr);
        return NULL;
    }
    memcpy(text, word, start);
    while (n > 0 && size - start <= VALUE_MOST) {
        n = read(STDIN_FILENO, text + size, start + VALUE_MOST + 1 - size);
        size += n > 0 ? (size_t)n : 0;
    }
    const char *why = n < 0                       ? "cannot be read"
                      : size - start > VALUE_MOST ? "is longer than 64 KiB"
                      : memchr(text + start, '\0', size - start) != 0 ? "holds a NUL"
                                                                      : NULL;
    if (why) {
        fprintf(stderr, "gpconf: the value on standard input %s\n", why);
        free(text);
        return NULL;
    }
    if (size > start && text[size - 1] == '\n')
        size--;
    text[size] = '\0';
    return text;
}

/* Is the word "-", or "ELEMENT=-"? */
static bool is_input(const char *word)
{
    const char *equals = strchr(word, '=');
    return strcmp(equals ? equals + 1 : word, "-") == 0;
}

/* The words, with the one from standard input in its place. Returns an exit status;
 * *ret and *ret_value are the caller's. */
static int read_words(const struct invocation *invocation, const char ***ret,
                      char **ret_value)
{
    size_t n = invocation->n_operands;
    const char **words = calloc(n, sizeof *words);
    *ret_value = NULL;
    for (size_t i = 0; words && i < n; i++) {
        words[i] = invocation->operands[i];
        if (i == 0 || !is_input(words[i]))
            continue;
        if (*ret_value) {
            fputs("gpconf: one value can come from standard input, not two\n", stderr);
            free(*ret_value);
            free((void *)words);
            return EXIT_USAGE;
        }
        *ret_value = read_value(words[i], strlen(words[i]) - 1);
        words[i] = *ret_value;
        if (!words[i]) {
            free((void *)words);
            return 3;
        }
    }
    *ret = words;
    return words ? 0 : 7;
}

/* A value that must not be shown should not have been an argument. */
static void warn_of_argument(const struct gpconf_answer *answer)
{
    const struct gpconf_node *said =
        gpconf_node_get(gpconf_answer_data(answer), "said");
    for (const struct gpconf_node *n = gpconf_node_first(said); n;
         n = gpconf_node_next(n))
        if (gpconf_node_get(n, "redacted")) {
            fputs("gpconf: warning: other users of this machine can see arguments; a "
                  "value '-' is read from standard input\n",
                  stderr);
            return;
        }
}

static unsigned flags_of(const struct invocation *invocation)
{
    unsigned flags = 0;
    if (invocation_option(invocation, "keep"))
        flags |= GPCONF_SET_KEEP;
    if (invocation_option(invocation, "user"))
        flags |= GPCONF_SET_USER;
    if (invocation_option(invocation, "apply")) {
        flags |= GPCONF_SET_APPLY;
        invocation_progress(invocation, "applying");
    }
    return flags;
}

/* The choice is shown also where applying it failed. */
static int finish(struct invocation *invocation, int status,
                  struct gpconf_answer *answer)
{
    const struct gpconf_node *apply =
        answer ? gpconf_node_get(gpconf_answer_data(answer), "apply") : NULL;
    enum clients_verdict verdict = clients_verdict(apply);
    int result = invocation_answer(invocation, status, answer,
                                   status && !apply ? NULL : print_choice);
    return result == 0 && verdict > CLIENTS_UNKNOWN ? EXIT_CLIENT : result;
}

int cli_set(struct invocation *invocation)
{
    struct gpconf_answer *answer = NULL;
    const char **words;
    char *value;
    int result = read_words(invocation, &words, &value);
    if (result)
        return result;
    int status = gpconf_set(invocation->session, words[0], words + 1,
                            invocation->n_operands - 1, flags_of(invocation), &answer);
    if (answer && !value && !invocation->quiet)
        warn_of_argument(answer);
    result = finish(invocation, status, answer);
    free(value);
    free((void *)words);
    return result;
}

int cli_unset(struct invocation *invocation)
{
    struct gpconf_answer *answer = NULL;
    const char *const *words = invocation->operands;
    int status = gpconf_unset(invocation->session, words[0],
                              invocation->n_operands > 1 ? words[1] : NULL,
                              flags_of(invocation), &answer);
    return finish(invocation, status, answer);
}
