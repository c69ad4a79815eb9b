#ifndef GPCONF_BASE_SYNTAX_INI_H
#define GPCONF_BASE_SYNTAX_INI_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/diagnostic.h"

/*
 * INI files, and the door to iniparser.
 *
 *    [section name]        ; comment
 *    key = value           # comment
 *    key = "value; with #"
 *
 * iniparser has no line numbers, loses the case of names, joins lines, drops what it
 * cannot hold without a word, and its versions differ in what quotes and backslashes
 * mean. So every line is first held against the grammar below; what no version of the
 * library reads alike is refused by line. iniparser then reads a clean copy, and only
 * the values it gives are used; a value that is not the expected one refuses the file.
 *
 *    1. Bytes are UTF-8 or UTF-16 with a byte order mark; no NUL, no control
 *       characters but tabs. Lines end with LF or CRLF.
 *    2. A line is empty, a comment (its first character is ; or #), a section, or a
 *       key with a value. Spaces around each part do not count.
 *    3. A section name is not empty and holds no bracket. A section may come again;
 *       its keys add up. A key outside all sections is refused.
 *    4. A key holds no = ; # and does not begin with [. A key comes once in a section,
 *       without case (as base/registry/name.h compares).
 *    5. A value in " or ' is what stands between, and holds neither that quote nor a
 *       backslash; only a comment may follow. Any other value ends before the first ;
 *       or # and does not end with a backslash (iniparser would join the next line).
 *    6. A line has less than LIMIT_INI_LINE bytes, and so has "section:key".
 *
 * For foreign files there is a tolerant mode: a line that breaks a rule is skipped, a
 * key that comes again is skipped, ; and # do not end a value (as on Windows), keys
 * may stand outside all sections (section ""), and bytes that are no UTF-8 become
 * U+FFFD. iniparser would end such values elsewhere, so it does not see these files.
 */
enum ini_mode { INI_STRICT, INI_TOLERANT };

struct ini_section {
    const char *name; /* as written first */
    uint32_t line;    /* of its first header */
};

struct ini_entry {
    const char *section; /* as ini_section spells it: one pointer a section */
    const char *key;     /* as written */
    const char *value;   /* without quotes */
    uint32_t line;
};

struct ini {
    struct ini_section *sections; /* in file order, each once; not the section "" */
    size_t n_sections;
    struct ini_entry *entries; /* in file order */
    size_t n;
};

/* Read a file. Returns 0, or GPCONF_ESYNTAX / GPCONF_ELIMIT with a diagnostic for each
 * fault (in tolerant mode never: faults are warnings); GPCONF_ENOMEM; GPCONF_EIO when
 * /proc is missing. On failure *ret is untouched. Owned by the arena. */
int ini_parse(const void *bytes, size_t size, enum ini_mode mode, const char *file,
              struct arena *arena, struct diagnostics *diagnostics, struct ini *ret);

/* The entry, without case; NULL when there is none. */
const struct ini_entry *ini_find(const struct ini *ini, const char *section,
                                 const char *key);

/*
 * Edit a file's bytes without parsing away what a person wrote: comments, spacing,
 * order and line ends stay byte for byte. The file must be well-formed UTF-8
 * (GPCONF_ESYNTAX otherwise; nothing at all is well-formed). Nothing is appended to the
 * buffer on failure, and the result has been parsed again before it is handed out.
 *
 * ini_set() changes the value in its line, or adds the key behind the last key of its
 * section, or adds the section at the end. GPCONF_ERANGE when INI cannot carry the
 * section, key or value. ini_unset() removes the line of the key, and leaves an empty
 * section; GPCONF_ENOTFOUND when there is no such key. ini_rename() gives the key
 * another name in its line. ini_drop() removes the headers of a section without keys,
 * and an empty line before each; comments stay; GPCONF_ENOTFOUND when there is no such
 * section, or it has keys. *reterr_why (may be NULL) is a sentence fragment owned by
 * the arena.
 */
int ini_set(const void *bytes, size_t size, const char *section, const char *key,
            const char *value, struct arena *arena, struct buffer *to,
            const char **reterr_why);
int ini_unset(const void *bytes, size_t size, const char *section, const char *key,
              struct arena *arena, struct buffer *to, const char **reterr_why);
int ini_rename(const void *bytes, size_t size, const char *section, const char *key,
               const char *new_key, struct arena *arena, struct buffer *to,
               const char **reterr_why);
int ini_drop(const void *bytes, size_t size, const char *section, struct arena *arena,
             struct buffer *to, const char **reterr_why);

#endif
