#ifndef GPCONF_BASE_SYNTAX_INI_SCAN_H
#define GPCONF_BASE_SYNTAX_INI_SCAN_H

#include <stdbool.h>

#include "base/syntax/ini.h"

/*
 * The grammar of ini.h as a scanner: which line says what, and where in the bytes. Only
 * base/syntax/ini.c uses it, to check what iniparser is given and to edit in place.
 */
enum ini_line_kind { INI_LINE_SECTION, INI_LINE_KEY };

struct ini_line {
    enum ini_line_kind kind;
    uint32_t number;
    const char *section; /* one pointer a section */
    const char *key, *value;
    size_t begin, end; /* of the line with its end, in the bytes */
    size_t key_at, key_size;
    size_t value_at, value_size; /* of the value with its quotes */
};

struct ini_scan {
    struct ini_line *lines; /* sections and keys alone, in file order */
    size_t n, n_keys;
    struct ini_section *sections;
    size_t n_sections;
    size_t start;   /* behind the byte order mark */
    bool crlf;      /* the first line ends so */
    bool converted; /* was UTF-16: places are not in the file's own bytes */
};

/* Scan; see ini_parse() for what is answered. */
int ini_scan(const void *bytes, size_t size, enum ini_mode mode, const char *file,
             struct arena *arena, struct diagnostics *diagnostics,
             struct ini_scan *ret);

/* Why INI cannot carry this; NULL when it can. Static text. */
const char *ini_unfit(const char *section, const char *key, const char *value);

/* Append the value as it must be written: in quotes where it needs them, or (for
 * iniparser's eyes) wherever it can have them. */
enum ini_quotes { INI_QUOTES_NEEDED, INI_QUOTES_ALWAYS };
void ini_write_value(const char *value, enum ini_quotes quotes, struct buffer *to);

#endif
