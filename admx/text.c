#include "admx/text.h"

#include <string.h>
#include <strings.h>

#include "base/status.h"

struct text_source {
    const struct template_file *file;
    const char *path;
    enum { UNREAD, READ, BROKEN } state;
    struct adml adml;
};

/* ---- Languages ---- */

/* Bytes of "it" in "it-IT". Systems write "it_IT.UTF-8". */
static size_t primary_size(const char *language)
{
    return strcspn(language, "-_.@");
}

static bool same_language(const char *a, const char *b)
{
    for (;; a++, b++) {
        bool a_ends = !*a || *a == '.' || *a == '@',
             b_ends = !*b || *b == '.' || *b == '@';
        if (a_ends || b_ends)
            return a_ends && b_ends;
        if (*a == '_' || *a == '-' ? *b != '_' && *b != '-' : strncasecmp(a, b, 1) != 0)
            return false;
    }
}

unsigned text_distance(const char *language, const char *asked)
{
    size_t n = primary_size(language);
    if (!asked)
        asked = "en-US";
    if (!*language)
        return 3;
    if (same_language(language, asked))
        return 0;
    if (n == primary_size(asked) && strncasecmp(language, asked, n) == 0)
        return 1;
    return same_language(language, "en-US") ? 2 : 4;
}

int text_compare(const char *a, const char *b, const char *asked)
{
    unsigned near_a = text_distance(a, asked), near_b = text_distance(b, asked);
    if (near_a != near_b)
        return near_a < near_b ? -1 : 1;
    return strcasecmp(a, b);
}

/* ---- Texts ---- */

void texts_init(struct texts *texts, const struct template_file *const *files,
                const char *const *paths, size_t n, const char *path,
                struct arena *arena, struct pool *pool, struct diagnostics *diagnostics)
{
    *texts = (struct texts){
        .arena = arena, .pool = pool, .diagnostics = diagnostics, .path = path
    };
    texts->sources = arena_array(arena, n, struct text_source);
    if (!texts->sources)
        return;
    texts->n = n;
    for (size_t i = 0; i < n; i++) {
        texts->sources[i].file = files[i];
        texts->sources[i].path = paths[i];
    }
}

/* The nth file, parsed; NULL when it is of no use. */
static struct adml *source(struct texts *texts, size_t n)
{
    struct text_source *s = &texts->sources[n];
    if (s->state == UNREAD) {
        int rc = adml_parse(s->file->bytes, s->file->size, s->path, texts->arena,
                            texts->diagnostics, &s->adml);
        if (rc == GPCONF_ENOMEM)
            texts->arena->failed = true;
        s->state = rc ? BROKEN : READ;
    }
    return s->state == READ ? &s->adml : NULL;
}

const char *texts_language(struct texts *texts)
{
    for (size_t i = 0; i < texts->n; i++)
        if (source(texts, i))
            return texts->sources[i].file->language;
    return NULL;
}

/* "X" of "$(kind.X)", in the arena; NULL for other text. Blanks around it happen. */
static const char *id_of(struct texts *texts, const char *reference, const char *kind)
{
    size_t n = strlen(kind);
    const char *at = reference;
    while (*at == ' ' || *at == '\t')
        at++;
    if (strncmp(at, "$(", 2) != 0 || strncasecmp(at + 2, kind, n) != 0 ||
        at[2 + n] != '.')
        return NULL;
    at += 3 + n;
    const char *end = strchr(at, ')');
    if (!end || end[1 + strspn(end + 1, " \t")])
        return NULL;
    while (*at == ' ')
        at++;
    while (end > at && end[-1] == ' ')
        end--;
    return arena_string_n(texts->arena, at, (size_t)(end - at));
}

uint32_t texts_resolve(struct texts *texts, const char *reference, uint32_t line)
{
    if (!reference)
        return 0;
    const char *id = id_of(texts, reference, "string");
    for (size_t i = 0; id && i < texts->n; i++) {
        struct adml *adml = source(texts, i);
        struct adml_string *string = adml ? adml_string(adml, id) : NULL;
        if (!string || !string->text)
            continue;
        if (!string->pooled)
            string->pooled = pool_add(texts->pool, string->text, string->size);
        return string->pooled;
    }
    if (id)
        diagnostics_add(texts->diagnostics, SEVERITY_WARNING, "admx-dangling-string",
                        origin_line(texts->path, line),
                        "no language has the string '%s', showing the reference", id);
    return pool_intern(texts->pool, reference, strlen(reference));
}

const struct adml_presentation *texts_presentation(struct texts *texts,
                                                   const char *reference, uint32_t line,
                                                   const struct adml **ret_adml)
{
    if (!reference)
        return NULL;
    const char *id = id_of(texts, reference, "presentation");
    for (size_t i = 0; id && i < texts->n; i++) {
        const struct adml *adml = source(texts, i);
        const struct adml_presentation *p = adml ? adml_presentation(adml, id) : NULL;
        if (p) {
            *ret_adml = adml;
            return p;
        }
    }
    diagnostics_add(texts->diagnostics, SEVERITY_WARNING, "admx-dangling-presentation",
                    origin_line(texts->path, line),
                    "no language has the presentation '%s', showing no controls",
                    id ? id : reference);
    return NULL;
}
