#include "cli/print.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "base/utf16.h"

enum { WIDTH = 80, WIDTH_LEAST = 20 };

int print_width(FILE *to)
{
    struct winsize size;
    const char *said = getenv("COLUMNS");
    if (!isatty(fileno(to)))
        return INT_MAX;
    long columns = said ? strtol(said, NULL, 10) : 0;
    if (columns <= 0 && ioctl(fileno(to), TIOCGWINSZ, &size) == 0)
        columns = size.ws_col;
    return columns < WIDTH_LEAST || columns > INT_MAX ? WIDTH : (int)columns;
}

/* Characters that could steer a terminal or reorder a line. */
static bool steers(unsigned c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C ||
           (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
           (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF ||
           (c >= 0xE0000 && c <= 0xE0FFF);
}

static bool blank(unsigned c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == 0x2028 ||
           c == 0x2029;
}

static bool invisible(unsigned c)
{
    return (c >= 0x200B && c <= 0x200F) || c == 0xFEFF;
}

static void put(FILE *to, unsigned c)
{
    char bytes[8];
    struct buffer one;
    buffer_init(&one, sizeof bytes);
    utf8_append(&one, steers(c) ? 0xFFFD : c);
    if (!buffer_failed(&one))
        fwrite(one.data, 1, one.size, to);
    buffer_done(&one);
}

/* East Asian characters take two columns, combining ones none. */
static int columns_of(unsigned c)
{
    if (steers(c))
        return 1;
    int n = wcwidth((wchar_t)c);
    return n < 0 ? 1 : n;
}

/* Show up to limit columns; returns the columns used. */
static int show(FILE *to, const char *text, int limit)
{
    size_t size = text ? strlen(text) : 0;
    int used = 0;
    bool pending = false;
    for (size_t at = 0; at < size;) {
        unsigned c = utf8_next(text, size, &at);
        if (invisible(c))
            continue;
        if (blank(c)) {
            pending = used > 0;
            continue;
        }
        int width = columns_of(c);
        if (used + width + pending > limit)
            break;
        if (pending)
            fputc(' ', to);
        put(to, c);
        used += width + pending;
        pending = false;
    }
    return used;
}

void print_text(FILE *to, const char *text)
{
    show(to, text, INT32_MAX);
}

void print_column(FILE *to, const char *text, int columns)
{
    for (int used = show(to, text, columns); used < columns; used++)
        fputc(' ', to);
}

/* One word of a paragraph: its bytes and its columns. */
static size_t word_size(const char *text, size_t size, int *ret_columns)
{
    size_t end = 0;
    *ret_columns = 0;
    for (size_t at = 0; at < size; end = at) {
        unsigned c = utf8_next(text, size, &at);
        if (blank(c))
            break;
        *ret_columns += invisible(c) ? 0 : columns_of(c);
    }
    return end;
}

static void put_word(FILE *to, const char *text, size_t size)
{
    for (size_t at = 0; at < size;) {
        unsigned c = utf8_next(text, size, &at);
        if (!invisible(c))
            put(to, c);
    }
}

/* Words behind an indentation, the first line behind its own, up to a width. */
static void wrap(FILE *to, const char *text, int first, int indent, int width)
{
    size_t size = strlen(text);
    int column = 0, margin = first;
    for (size_t at = 0; at < size;) {
        if (text[at] == '\n') {
            fputc('\n', to);
            column = 0;
            at++;
            continue;
        }
        int columns;
        size_t length = word_size(text + at, size - at, &columns);
        if (length == 0) {
            at++;
            continue;
        }
        if (column && columns >= width - column) {
            fputc('\n', to);
            column = 0;
        }
        if (column == 0)
            column = fprintf(to, "%*s", margin, "");
        else
            column += fputc(' ', to) == ' ';
        margin = indent;
        put_word(to, text + at, length);
        column += columns;
        at += length;
    }
    if (column)
        fputc('\n', to);
}

void print_paragraph(FILE *to, const char *text, int indent)
{
    int width = print_width(to);
    wrap(to, text, indent, indent, width < WIDTH ? width : WIDTH);
}

void print_message(FILE *to, const char *text, int indent)
{
    int width = print_width(to);
    if (width == INT_MAX)
        fprintf(to, "%*s%s\n", indent, "", text);
    else
        wrap(to, text, indent, indent + 2, width);
}

void print_style(FILE *to, bool color, enum style style)
{
    static const char *const codes[] = { "0", "1", "2", "32", "31" };
    if (color)
        fprintf(to, "\033[%sm", codes[style]);
}

/* "local.ini:3: warning: message", in one line. */
static void tell(FILE *to, const struct gpconf_diagnostic *diagnostic)
{
    if (diagnostic->file)
        print_text(to, diagnostic->file);
    else
        fputs("gpconf", to);
    if (diagnostic->unit && strcmp(diagnostic->unit, "line") == 0)
        fprintf(to, ":%" PRIu32, diagnostic->at);
    else if (diagnostic->unit)
        fprintf(to, ": %s %" PRIu32, diagnostic->unit, diagnostic->at);
    fprintf(to, ": %s: ", diagnostic->severity);
    print_text(to, diagnostic->message);
}

void print_diagnostics(FILE *to, const struct gpconf_answer *answer, unsigned shown)
{
    const struct gpconf_diagnostic *list;
    size_t n = gpconf_answer_diagnostics(answer, &list);
    for (size_t i = 0; i < n; i++) {
        unsigned kind = strcmp(list[i].severity, "error") == 0     ? SHOW_ERRORS
                        : strcmp(list[i].severity, "warning") == 0 ? SHOW_WARNINGS
                                                                   : 0;
        char *text = NULL;
        size_t size = 0;
        FILE *line = kind & shown ? open_memstream(&text, &size) : NULL;
        if (!line)
            continue;
        tell(line, &list[i]);
        if (fclose(line) == 0)
            print_message(to, text, 0);
        free(text);
    }
}

void print_node(FILE *to, const struct gpconf_node *node)
{
    switch (gpconf_node_kind(node)) {
    case GPCONF_NULL:
        break;
    case GPCONF_BOOL:
        fputs(gpconf_node_bool(node) ? "yes" : "no", to);
        break;
    case GPCONF_NUMBER:
        fprintf(to, "%" PRId64, gpconf_node_number(node));
        break;
    case GPCONF_TEXT:
        print_text(to, gpconf_node_text(node));
        break;
    case GPCONF_LIST:
    case GPCONF_OBJECT:
        for (const struct gpconf_node *n = gpconf_node_first(node); n;
             n = gpconf_node_next(n)) {
            print_node(to, n);
            if (gpconf_node_next(n))
                fputs(gpconf_node_kind(node) == GPCONF_LIST ? ", " : " ", to);
        }
        break;
    }
}

void print_operation(FILE *to, const struct gpconf_node *operation)
{
    const struct gpconf_node *data = gpconf_node_get(operation, "data");
    if (data) {
        fputc('=', to);
        print_node(to, data);
    } else if (gpconf_node_get(operation, "redacted")) {
        fputs("=(redacted)", to);
    } else {
        fputs(" (", to);
        print_text(to, gpconf_get_text(operation, "op"));
        fputc(')', to);
    }
}

bool print_same_line(const struct gpconf_node *a, const struct gpconf_node *b)
{
    const struct gpconf_node *line = gpconf_node_get(a, "line");
    const char *one = gpconf_get_text(a, "file"), *other = gpconf_get_text(b, "file");
    bool same_file = one && other ? strcmp(one, other) == 0 : !one && !other;
    return line && same_file &&
           gpconf_node_number(line) == gpconf_node_number(gpconf_node_get(b, "line"));
}

/* "Unattended-Upgrade::Mail = root", "apt-daily.timer:OnCalendar emptied" */
static void print_client_line(const struct gpconf_node *claim)
{
    const char *value = gpconf_get_text(claim, "value");
    print_text(stdout, gpconf_get_text(claim, "key"));
    if (gpconf_node_get(claim, "unset")) {
        fputs(" unset", stdout);
        return;
    }
    fputs(value && !*value ? " emptied" : " = ", stdout);
    print_text(stdout, value ? value : "(redacted)");
}

/* The claim and those behind it of the same line; returns the last of them. */
static const struct gpconf_node *print_claim(const struct gpconf_node *claim,
                                             int indent)
{
    const char *fidelity = gpconf_get_text(claim, "fidelity");
    const char *why = gpconf_get_text(claim, "why");
    const struct gpconf_node *last = claim, *next;
    bool line = gpconf_node_get(claim, "line") || gpconf_node_get(claim, "unset");
    const char *key = gpconf_get_text(claim, "key"),
               *setting = gpconf_get_text(claim, "setting");
    if (line && key && setting && strcmp(key, setting) == 0)
        setting = NULL; /* local policy speaks of the setting itself */
    printf("%*s", indent, "");
    if (line)
        print_client_line(claim);
    if (setting)
        fputs(line ? "   <- " : "", stdout);
    print_text(stdout, setting);
    for (; (next = gpconf_node_next(last)) && print_same_line(claim, next);
         last = next) {
        fputs(", ", stdout);
        print_text(stdout, gpconf_get_text(next, "setting"));
    }
    if (fidelity && strcmp(fidelity, "exact") != 0)
        printf(" (%s)", fidelity);
    fputc('\n', stdout);
    if (why)
        print_paragraph(stdout, why, indent + 4);
    return last;
}

void print_claims(const struct gpconf_node *claims, int indent)
{
    for (const struct gpconf_node *n = gpconf_node_first(claims); n;
         n = gpconf_node_next(n))
        n = print_claim(n, indent);
}
