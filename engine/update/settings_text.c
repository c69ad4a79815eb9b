#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/status.h"
#include "base/suggest.h"
#include "engine/update/settings.h"

/* Values as a person writes and reads them. strcasecmp is fit for words: they are
 * ASCII, and registry names are compared elsewhere. */

static bool parse_bool(const char *text, uint32_t *ret)
{
    static const char *const words[] = { "no",  "yes", "false", "true",
                                         "off", "on",  "0",     "1" };
    for (uint32_t i = 0; i < 8; i++)
        if (!strcasecmp(words[i], text)) {
            *ret = i & 1;
            return true;
        }
    return false;
}

static bool parse_number(const char *text, uint32_t *ret)
{
    if (!*text || strspn(text, "0123456789") != strlen(text) || strlen(text) > 10)
        return false;
    unsigned long long number = strtoull(text, NULL, 10);
    *ret = (uint32_t)number;
    return number <= UINT32_MAX;
}

static const struct choice *choice_word(const struct setting *setting, const char *word,
                                        size_t n)
{
    for (const struct choice *c = setting->choices; c && c->word; c++)
        if (strlen(c->word) == n && !strncasecmp(c->word, word, n))
            return c;
    return NULL;
}

const char *settings_words(const struct setting *setting, struct arena *arena)
{
    const char *words = "";
    if (setting->kind == KIND_BOOL)
        return "yes, no";
    for (const struct choice *c = setting->choices; c && c->word; c++)
        words = arena_format(arena, "%s%s%s", words, *words ? ", " : "", c->word);
    return words;
}

/* "; did you mean 'manual'?", or nothing. */
static const char *near_word(const struct setting *setting, const char *text,
                             struct arena *arena)
{
    struct suggestion near = suggest_start(text ? text : "");
    for (const struct choice *c = setting->choices; c && c->word; c++)
        suggest_offer(&near, c->word);
    const char *said =
        near.best ? arena_format(arena, "; did you mean '%s'?", near.best) : "";
    return said ? said : "";
}

static int refuse(const char *why, const char **reterr_why)
{
    *reterr_why = why ? why : "cannot be read: memory is out";
    return GPCONF_ERANGE;
}

static int parse_numeric(const struct setting *setting, const char *text,
                         struct arena *arena, struct setting_value *ret,
                         const char **reterr_why)
{
    ret->choice = choice_word(setting, text, strlen(text));
    if (ret->choice) {
        ret->number = ret->choice->raw;
        return 0;
    }
    size_t n = strlen(text);
    bool is_hour = setting->unit && !strcmp(setting->unit, "hour");
    if (is_hour && n > 3 && !strcmp(text + n - 3, ":00")) {
        text = arena_string_n(arena, text, n - 3);
        if (!text)
            return GPCONF_ENOMEM;
    }
    const char *words = settings_words(setting, arena);
    const char *near = near_word(setting, text, arena);
    if (setting->kind == KIND_CHOICE)
        return refuse(arena_format(arena, "is none of %s%s", words, near), reterr_why);
    if (!parse_number(text, &ret->number) || ret->number < setting->min ||
        ret->number > setting->max)
        return refuse(
            arena_format(arena, "is no number from %u to %u%s%s%s%s%s%s", setting->min,
                         setting->max, setting->unit ? " (" : "",
                         setting->unit ? setting->unit : "", setting->unit ? ")" : "",
                         words && *words ? ", nor one of " : "", words ? words : "",
                         near),
            reterr_why);
    return 0;
}

/* The parts between separators, without the blanks around them. */
static bool next_part(const char **text, char separator, const char **ret_part,
                      size_t *ret_n)
{
    if (!*text)
        return false;
    const char *part = *text + strspn(*text, " \t");
    const char *end = strchr(part, separator);
    size_t n = end ? (size_t)(end - part) : strlen(part);
    *text = end ? end + 1 : NULL;
    while (n > 0 && (part[n - 1] == ' ' || part[n - 1] == '\t'))
        n--;
    *ret_part = part;
    *ret_n = n;
    return true;
}

static int parse_bits(const struct setting *setting, const char *text,
                      struct arena *arena, struct setting_value *ret,
                      const char **reterr_why)
{
    const char *part;
    size_t n;
    while (next_part(&text, ',', &part, &n)) {
        const struct choice *c = choice_word(setting, part, n);
        if (!c)
            return refuse(
                arena_format(arena, "must be some of %s%s",
                             settings_words(setting, arena),
                             near_word(setting, arena_string_n(arena, part, n), arena)),
                reterr_why);
        ret->number |= c->value;
    }
    return 0;
}

/* Origins hold commas themselves. */
static char separator(const struct setting *setting)
{
    return setting->grammar == GRAMMAR_ORIGIN ? ';' : ',';
}

static int parse_list(const struct setting *setting, const char *text,
                      struct arena *arena, struct setting_value *ret,
                      const char **reterr_why)
{
    const char **items = NULL;
    size_t capacity = 0, n;
    const char *part;
    while (next_part(&text, separator(setting), &part, &n)) {
        const char *item = arena_string_n(arena, part, n);
        items = arena_grow(arena, (void *)items, ret->list.n, sizeof *items, &capacity);
        if (!item || !items)
            return GPCONF_ENOMEM;
        const char *why;
        if (!grammar_fits(setting->grammar, item, &why))
            return refuse(why, reterr_why);
        items[ret->list.n++] = item;
    }
    ret->list.items = items;
    return 0;
}

int settings_parse(const struct setting *setting, const char *text, struct arena *arena,
                   struct setting_value *ret, const char **reterr_why)
{
    struct setting_value value = { 0 };
    const char *why = NULL;
    int r = 0;
    switch (setting->kind) {
    case KIND_BOOL:
        if (!parse_bool(text, &value.number))
            return refuse("is neither yes nor no", reterr_why);
        value.number ^= setting->is_inverted;
        break;
    case KIND_NUMBER:
    case KIND_CHOICE:
        r = parse_numeric(setting, text, arena, &value, &why);
        break;
    case KIND_BITS:
        r = parse_bits(setting, text, arena, &value, &why);
        break;
    case KIND_TEXT:
        if (!grammar_fits(setting->grammar, text, &why))
            r = GPCONF_ERANGE;
        value.text = arena_string(arena, text);
        break;
    case KIND_LIST:
        r = parse_list(setting, text, arena, &value, &why);
        break;
    }
    if (r == GPCONF_ERANGE)
        *reterr_why = why;
    if (r == 0 && arena_failed(arena))
        r = GPCONF_ENOMEM;
    if (r == 0)
        *ret = value;
    return r;
}

static const char *print_number(const struct setting *setting, uint32_t field,
                                struct arena *arena)
{
    for (const struct choice *c = setting->choices; c && c->word; c++)
        if (c->value == field)
            return c->word;
    if (setting->kind == KIND_CHOICE)
        return NULL;
    return arena_format(arena, "%u", field);
}

static const char *join(const char *text, const char *more, const char *by,
                        struct arena *arena)
{
    return text ? arena_format(arena, "%s%s%s", text, by, more) : more;
}

const char *settings_print(const struct update_config *config, enum setting_index index,
                           struct arena *arena)
{
    const struct setting *setting = &settings[index];
    const char *field = (const char *)config + setting->offset, *text = NULL;
    uint32_t number = 0;
    if (setting->kind != KIND_TEXT && setting->kind != KIND_LIST)
        memcpy(&number, field, sizeof number);
    switch (setting->kind) {
    case KIND_BOOL:
        return number ? "yes" : "no";
    case KIND_NUMBER:
    case KIND_CHOICE:
        return print_number(setting, number, arena);
    case KIND_BITS:
        for (const struct choice *c = setting->choices; c->word; c++)
            if (number & c->value)
                text = join(text, c->word, ", ", arena);
        return text;
    case KIND_TEXT:
        memcpy(&text, field, sizeof text);
        return text;
    case KIND_LIST: {
        struct config_list list;
        memcpy(&list, field, sizeof list);
        for (size_t i = 0; i < list.n; i++)
            text = join(text, list.items[i], separator(setting) == ';' ? "; " : ", ",
                        arena);
        return text;
    }
    }
    return NULL;
}
