#include "admx/parse.h"

#include <string.h>
#include <strings.h>

/* ---- Attribute values ---- */

const char *parse_raw(struct parse *parse, const struct xml_attribute *attribute)
{
    if (!attribute)
        return NULL;
    return arena_string_n(parse->admx->arena, attribute->value, attribute->value_size);
}

uint32_t parse_text(struct parse *parse, const struct xml_attribute *attribute)
{
    if (!attribute)
        return 0;
    return pool_intern(parse->pool, attribute->value, attribute->value_size);
}

uint32_t parse_key(struct parse *parse, const struct xml_attribute *attribute)
{
    if (!attribute)
        return 0;
    const char *key = attribute->value;
    size_t size = attribute->value_size;
    while (size > 0 && *key == '\\') {
        key++;
        size--;
    }
    while (size > 0 && key[size - 1] == '\\')
        size--;
    return pool_intern(parse->pool, key, size);
}

uint32_t parse_id(struct parse *parse, const struct xml_attribute *name)
{
    const char *ns = pool_text(parse->pool, parse->admx->ns);
    buffer_clear(&parse->text);
    buffer_string(&parse->text, ns);
    buffer_char(&parse->text, ':');
    buffer_append(&parse->text, name->value, name->value_size);
    if (buffer_failed(&parse->text)) {
        parse->pool->text.failed = true;
        return 0;
    }
    return pool_add(parse->pool, parse->text.data, parse->text.size);
}

bool parse_number(struct parse *parse, const struct xml_start *start,
                  const struct xml_attribute *attribute, uint64_t max, uint64_t *ret)
{
    uint64_t number = 0;
    if (!attribute)
        return false;
    const char *at = attribute->value, *end = at + attribute->value_size;
    while (at < end && *at == ' ')
        at++;
    while (end > at && end[-1] == ' ')
        end--;
    bool good = at < end;
    for (; good && at < end; at++) {
        unsigned digit = (unsigned)*at - '0';
        good = digit <= 9 && number <= (max - digit) / 10;
        number = number * 10 + digit;
    }
    if (!good) {
        parse_warn(parse, start, "admx-bad-number",
                   "'%.*s' is no whole number from 0 to %llu, ignoring %.*s",
                   (int)attribute->value_size, attribute->value,
                   (unsigned long long)max, (int)attribute->name_size, attribute->name);
        return false;
    }
    *ret = number;
    return true;
}

bool parse_bool(struct parse *parse, const struct xml_start *start,
                const struct xml_attribute *a)
{
    if (!a)
        return false;
    if (a->value_size == 4 && strncasecmp(a->value, "true", 4) == 0)
        return true;
    if (a->value_size == 1 && *a->value == '1')
        return true;
    if (!(a->value_size == 5 && strncasecmp(a->value, "false", 5) == 0) &&
        !(a->value_size == 1 && *a->value == '0'))
        parse_warn(parse, start, "admx-bad-boolean",
                   "'%.*s' is neither true nor false, ignoring %.*s",
                   (int)a->value_size, a->value, (int)a->name_size, a->name);
    return false;
}

/* ---- What to read and to search for ---- */

bool parse_note_start(struct parse *parse, const struct xml_start *start,
                      const struct word_attributes *a)
{
    (void)start, (void)a;
    buffer_clear(&parse->text);
    return true;
}

static void add_note(struct cat_texts *texts, size_t n)
{
    if (texts->n == 0)
        texts->first = (uint32_t)n - 1;
    texts->n++;
}

void parse_note_end(struct parse *parse, enum word word)
{
    struct admx *admx = parse->admx;
    bool of_policy = parse->stack[parse->depth - 1] == WORD_POLICY;
    struct cat_policy *policy =
        admx->n_policies ? &admx->policies[admx->n_policies - 1].record : NULL;
    struct cat_category *category =
        admx->n_categories ? &admx->categories[admx->n_categories - 1].record : NULL;
    size_t size = xml_fold(parse->text.data, parse->text.size);
    if (size == 0)
        return;
    const char **note =
        word == WORD_SEE_ALSO ? parse_add(admx, see_also) : parse_add(admx, keywords);
    if (!note)
        return;
    *note = arena_string_n(admx->arena, parse->text.data, size);
    if (word == WORD_SEE_ALSO)
        add_note(of_policy ? &policy->see_also : &category->see_also, admx->n_see_also);
    else
        add_note(of_policy ? &policy->keywords : &category->keywords, admx->n_keywords);
}
