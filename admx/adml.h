#ifndef GPCONF_ADMX_ADML_H
#define GPCONF_ADMX_ADML_H

#include <stdbool.h>

#include "admx/catalogue.h"
#include "base/arena.h"

/*
 * One ADML file: the strings and presentations of an ADMX file in one language.
 * Everything is owned by the arena.
 */
struct adml_string {
    const char *id, *text;
    size_t size; /* bytes of text */
    uint32_t line;
    uint32_t pooled; /* where the text was stored in the pool; 0: not yet */
};

struct adml_control {
    uint32_t kind; /* enum cat_control_kind */
    uint32_t line;
    const char *ref;   /* refId; NULL of static text */
    const char *label; /* white space folded; NULL */
    const char *default_text;
    uint64_t default_number;
    bool has_default, no_sort;
    uint32_t first_suggestion, n_suggestions;
};

struct adml_presentation {
    const char *id;
    uint32_t line;
    uint32_t first, n; /* controls */
};

struct adml {
    struct arena *arena; /* borrowed */
    const char *path;
    struct adml_string *strings;
    struct adml_presentation *presentations;
    struct adml_control *controls;
    const char **suggestions;
    size_t n_strings, n_presentations, n_controls, n_suggestions;
    size_t strings_room, presentations_room, controls_room, suggestions_room;
    struct adml_index *string_index, *presentation_index;
};

/* Parse the bytes of an ADML file. path as in xml_parse(). Returns 0, or what
 * xml_parse() returns: the file is then of no use. Memory: ask the arena. */
int adml_parse(const void *bytes, size_t size, const char *path, struct arena *arena,
               struct diagnostics *diagnostics, struct adml *ret);

/* By id: as it is written, else without case; of several the first. NULL. */
struct adml_string *adml_string(const struct adml *adml, const char *id);
const struct adml_presentation *adml_presentation(const struct adml *adml,
                                                  const char *id);

#endif
