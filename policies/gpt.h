#ifndef GPCONF_POLICIES_GPT_H
#define GPCONF_POLICIES_GPT_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/diagnostic.h"

/*
 * gpt.ini: the version of a GPO, [MS-GPOL] 2.2.4. Real files come without a version,
 * with "NaN" for one, with a byte order mark or in UTF-16, with lines that are no INI
 * at all; nothing here ever costs the GPO. A version that is missing or no number is
 * 0. It counts edits of both halves: user in the high 16 bits, machine in the low.
 */
struct gpt {
    uint32_t version;
    const char *display_name;                         /* NULL when not said */
    const char *machine_extensions, *user_extensions; /* bracketed GUID pairs; NULL */
};

/* Read the file. Never fails but for memory (arena); oddities are diagnostics. */
void gpt_parse(const void *bytes, size_t size, const char *file, struct arena *arena,
               struct diagnostics *diagnostics, struct gpt *ret);

/* Append a gpt.ini that says this. Control characters of the name become spaces. */
void gpt_format(const struct gpt *gpt, struct buffer *to);

static inline uint16_t gpt_machine_version(const struct gpt *gpt)
{
    return (uint16_t)gpt->version;
}

static inline uint16_t gpt_user_version(const struct gpt *gpt)
{
    return (uint16_t)(gpt->version >> 16);
}

#endif
