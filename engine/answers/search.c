#include "engine/answers/policy.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/registry/name.h"
#include "base/status.h"
#include "base/utf16.h"

/*
 * Searching the policies. Every word must occur somewhere in a policy; where it occurs
 * decides how much the policy is worth, and a word that begins there is worth more
 * than one that is a part of another. The best policies come first, equals by title.
 */

enum { WORDS_MOST = 16, NEEDLE_MOST = 128 };

/* Folded code points; what is longer than the room is cut. */
static size_t fold(const char *text, size_t size, unsigned *to, size_t room)
{
    size_t n = 0;
    for (size_t at = 0; at < size && n < room;)
        to[n++] = name_upcase(utf8_next(text, size, &at));
    return n;
}

struct word {
    unsigned points[NEEDLE_MOST];
    size_t n;
};

static bool letter(unsigned c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c > 0x7F;
}

/* Does the word stand at this place of the text? */
static bool stands(const struct word *word, const char *text, size_t size, size_t at)
{
    for (size_t i = 0; i < word->n; i++)
        if (at >= size || name_upcase(utf8_next(text, size, &at)) != word->points[i])
            return false;
    return true;
}

/* 0: not there; 1: within a word; 2: where a word begins. */
static int occurs(const struct word *word, const char *text)
{
    if (!text)
        return 0;
    size_t size = strlen(text);
    unsigned before = ' ';
    int best = 0;
    for (size_t at = 0; at < size && best < 2;) {
        if (stands(word, text, size, at))
            best = letter(before) ? 1 : 2;
        before = name_upcase(utf8_next(text, size, &at));
    }
    return best;
}

static int in_elements(const struct catalogue *c, const struct cat_policy *policy,
                       const struct word *word)
{
    const struct cat_element *elements = catalogue_elements(c) + policy->first_element;
    int best = 0;
    for (uint32_t i = 0; i < policy->n_elements; i++) {
        int found = occurs(word, catalogue_text(c, elements[i].value_name));
        best = found > best ? found : best;
    }
    return best;
}

static int in_texts(const struct catalogue *c, const struct cat_texts *texts,
                    const struct word *word)
{
    int best = 0;
    for (uint32_t i = 0; i < texts->n; i++) {
        int found =
            occurs(word, catalogue_text(c, catalogue_texts(c)[texts->first + i]));
        best = found > best ? found : best;
    }
    return best;
}

static int in_category(const struct catalogue *c, const struct cat_policy *policy,
                       const struct word *word)
{
    size_t n;
    const struct cat_category *categories = catalogue_categories(c, &n);
    if (policy->category >= n)
        return 0;
    const struct cat_category *category = &categories[policy->category];
    int in_title = occurs(word, catalogue_text(c, category->title));
    int in_keywords = in_texts(c, &category->keywords, word);
    return in_title > in_keywords ? in_title : in_keywords;
}

/* What a word is worth in a policy; 0 when it does not occur. */
static int worth(const struct catalogue *c, const struct cat_policy *policy,
                 const struct word *word)
{
    return 40 * occurs(word, catalogue_text(c, policy->title)) +
           30 * occurs(word, catalogue_text(c, policy->name)) +
           20 * in_texts(c, &policy->keywords, word) +
           20 * in_elements(c, policy, word) +
           20 * occurs(word, catalogue_text(c, policy->value_name)) +
           10 * occurs(word, catalogue_text(c, policy->key)) +
           8 * in_category(c, policy, word) +
           2 * occurs(word, catalogue_text(c, policy->help));
}

static size_t split(const char *text, struct word words[WORDS_MOST])
{
    size_t n = 0;
    while (*text && n < WORDS_MOST) {
        size_t blanks = strspn(text, " \t\n");
        text += blanks;
        size_t size = strcspn(text, " \t\n");
        if (size)
            words[n].n = fold(text, size, words[n].points, NEEDLE_MOST);
        n += size > 0;
        text += size;
    }
    return n;
}

struct hit {
    const struct cat_policy *policy;
    const char *title;
    int worth;
};

static int by_worth(const void *a, const void *b)
{
    const struct hit *x = a, *y = b;
    if (x->worth != y->worth)
        return x->worth > y->worth ? -1 : 1;
    int order = name_compare(x->title, y->title);
    if (order)
        return order;
    return x->policy < y->policy ? -1 : x->policy > y->policy;
}

static size_t find_hits(const struct catalogue *c, const struct word *words,
                        size_t n_words, struct hit *hits)
{
    size_t n, found = 0;
    const struct cat_policy *policies = catalogue_policies(c, &n);
    for (size_t i = 0; i < n; i++) {
        int total = 0;
        for (size_t w = 0; w < n_words; w++) {
            int value = worth(c, &policies[i], &words[w]);
            if (value == 0) {
                total = 0;
                break;
            }
            total += value;
        }
        const char *title = catalogue_text(c, policies[i].title);
        if (total)
            hits[found++] = (struct hit){ &policies[i], title ? title : "", total };
    }
    return found;
}

int policy_search(const struct evaluation *e, const char *text,
                  struct gpconf_answer **ret)
{
    struct gpconf_answer *a = answer_new("policy-search", e->now);
    if (!a)
        return GPCONF_ENOMEM;
    struct arena scratch;
    arena_init(&scratch, LIMIT_ARENA);
    struct word words[WORDS_MOST];
    size_t n_words = split(text, words), n_policies, n = 0;
    catalogue_policies(e->catalogue, &n_policies);
    struct hit *hits = arena_array(&scratch, n_policies, struct hit);
    if (hits)
        n = find_hits(e->catalogue, words, n_words, hits);
    if (n)
        qsort(hits, n, sizeof *hits, by_worth);
    policy_tell_templates(a, e);
    struct gpconf_node *list = answer_list(a, a->data, "policies");
    int status = 0;
    for (size_t i = 0; i < n && !status; i++)
        status = policy_row(a, list, e, hits[i].policy, &scratch);
    if (arena_failed(&scratch))
        a->arena.failed = true;
    arena_done(&scratch);
    if (status) {
        gpconf_answer_unref(a);
        return status;
    }
    return answer_finish(a, ret);
}
