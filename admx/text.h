#ifndef GPCONF_ADMX_TEXT_H
#define GPCONF_ADMX_TEXT_H

#include "admx/adml.h"
#include "admx/catalogue.h"
#include "admx/pool.h"

/*
 * The texts of one ADMX file: its ADML files in the order in which they are asked.
 * That is the language asked for, other regions of it, en-US, an ADML beside the ADMX
 * (language ""), then whatever there is, each group by name. A file is parsed when
 * those before it did not know an answer, so usually one is.
 */
struct texts {
    struct arena *arena; /* borrowed; owns everything */
    struct pool *pool;
    struct diagnostics *diagnostics;
    const char *path; /* of the ADMX */
    struct text_source *sources;
    size_t n;
};

/* How near a language is to the one asked for: 0 is it, and more is farther. */
unsigned text_distance(const char *language, const char *asked);

/* Less than, equal to or greater than 0: the order above. */
int text_compare(const char *a, const char *b, const char *asked);

/* files: the ADML files of this ADMX, in order; borrowed as long as texts is used.
 * paths: the same paths, living as long as the diagnostics. */
void texts_init(struct texts *texts, const struct template_file *const *files,
                const char *const *paths, size_t n, const char *path,
                struct arena *arena, struct pool *pool,
                struct diagnostics *diagnostics);

/* The text that "$(string.ID)" stands for, in the pool; the reference itself, with a
 * warning, when nobody knows it; other text stands for itself. 0 for NULL. */
uint32_t texts_resolve(struct texts *texts, const char *reference, uint32_t line);

/* The presentation that "$(presentation.ID)" stands for, and the file it is in. NULL,
 * with a warning, when nobody knows it; NULL for NULL. */
const struct adml_presentation *texts_presentation(struct texts *texts,
                                                   const char *reference, uint32_t line,
                                                   const struct adml **ret_adml);

/* The folder name of the first file that could be read; NULL. */
const char *texts_language(struct texts *texts);

#endif
