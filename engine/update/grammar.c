#include "engine/update/grammar.h"

#include <string.h>

enum { TEXT_MAX = 255 }; /* characters; longer names exist in no client */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_word(char c)
{
    return is_digit(c) || is_letter(c);
}

/* Only letters, digits and the extra characters, and the first is no extra. */
static bool of(const char *text, size_t n, const char *extra)
{
    if (n == 0 || !is_word(text[0]))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!is_word(text[i]) && !strchr(extra, text[i]))
            return false;
    return true;
}

static int two(const char *text)
{
    return (text[0] - '0') * 10 + (text[1] - '0');
}

static bool time_fits(const char *t)
{
    return strlen(t) == 5 && is_digit(t[0]) && is_digit(t[1]) && t[2] == ':' &&
           is_digit(t[3]) && is_digit(t[4]) && two(t) <= 23 && two(t + 3) <= 59;
}

static bool date_fits(const char *t)
{
    static const char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    if (strlen(t) != 10 || t[4] != '-' || t[7] != '-')
        return false;
    for (int i = 0; i < 10; i++)
        if (i != 4 && i != 7 && !is_digit(t[i]))
            return false;
    int year = two(t) * 100 + two(t + 2), month = two(t + 5), day = two(t + 8);
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return year >= 1970 && month >= 1 && month <= 12 && day >= 1 &&
           day <= days[month - 1] + (month == 2 && leap);
}

static bool origin_key(const char *key, size_t n)
{
    static const char *const keys[] = { "o",     "origin",   "a",     "archive",
                                        "suite", "l",        "c",     "component",
                                        "n",     "codename", "label", "site" };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strlen(keys[i]) == n && !memcmp(keys[i], key, n))
            return true;
    return false;
}

/* One value: fnmatch text, and the two variables that the client replaces. A character
 * class is not allowed: "[" alone makes some matchers raise. */
static bool origin_value(const char *text, size_t n)
{
    if (n == 0)
        return false;
    for (size_t i = 0; i < n; i++) {
        static const char *const variables[] = { "${distro_id}", "${distro_codename}" };
        bool variable = false;
        for (size_t v = 0; text[i] == '$' && v < 2; v++) {
            size_t length = strlen(variables[v]);
            if (length <= n - i && !memcmp(text + i, variables[v], length)) {
                i += length - 1;
                variable = true;
                break;
            }
        }
        if (!variable && !is_word(text[i]) && !strchr(" ._+:/~*?()-", text[i]))
            return false;
    }
    return true;
}

static bool origin_fits(const char *text)
{
    for (;;) {
        size_t part = strcspn(text, ",");
        const char *equals = memchr(text, '=', part);
        if (!equals || !origin_key(text, (size_t)(equals - text)))
            return false;
        if (!origin_value(equals + 1, part - (size_t)(equals - text) - 1))
            return false;
        if (!text[part])
            return true;
        text += part + 1;
    }
}

/* A pattern of nothing but wildcards would exclude every package. */
static bool package_fits(const char *text, size_t n)
{
    if (n == 0 || (!is_word(*text) && *text != '*' && *text != '?'))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!is_word(text[i]) && !strchr("._+~*?-", text[i]))
            return false;
    return strspn(text, "*?") != n;
}

static bool mail_fits(const char *text)
{
    const char *at = strchr(text, '@');
    size_t user = at ? (size_t)(at - text) : strlen(text);
    return of(text, user, "._+-") && (!at || of(at + 1, strlen(at + 1), ".-"));
}

static bool url_fits(const char *text, const char **ret_why)
{
    *ret_why = "is no address that begins with http:// or https://";
    const char *host = !strncmp(text, "http://", 7)    ? text + 7
                       : !strncmp(text, "https://", 8) ? text + 8
                                                       : NULL;
    if (!host)
        return false;
    size_t n = strcspn(host, "/?#");
    if (memchr(host, '@', n)) {
        *ret_why = "holds a user name or password, which the client's file would show "
                   "to everybody";
        return false;
    }
    if (*host == '[' ? n < 4 : !of(host, n, ".:-"))
        return false;
    for (const char *c = host; *c; c++)
        if (!is_word(*c) && !strchr("._~:/?&=%+-[]", *c))
            return false;
    return true;
}

bool grammar_fits(enum grammar grammar, const char *text, const char **ret_why)
{
    size_t n = strlen(text);
    if (n > TEXT_MAX) {
        *ret_why = "is longer than 255 characters";
        return false;
    }
    switch (grammar) {
    case GRAMMAR_ANY:
        return true;
    case GRAMMAR_TIME:
        *ret_why = "is no time of day such as 03:30";
        return time_fits(text);
    case GRAMMAR_DATE:
        *ret_why = "is no date such as 2026-11-24";
        return date_fits(text);
    case GRAMMAR_PACKAGE:
        *ret_why = "is no package name (letters, digits, . _ + - ~, and * or ? for any "
                   "characters)";
        return package_fits(text, n);
    case GRAMMAR_ORIGIN:
        *ret_why = "is no origin such as origin=Debian,codename=${distro_codename}";
        return origin_fits(text);
    case GRAMMAR_MAIL:
        *ret_why = "is no mail address";
        return mail_fits(text);
    case GRAMMAR_URL:
        return url_fits(text, ret_why);
    case GRAMMAR_CODENAME:
        *ret_why = "is no codename of a release";
        return of(text, n, "-.");
    case GRAMMAR_NAME:
        *ret_why = "is no name of letters, digits and -";
        return of(text, n, "-._");
    case GRAMMAR_UNIT:
        *ret_why = "is no name of a service";
        return of(text, n, "-._@:");
    }
    return false;
}
