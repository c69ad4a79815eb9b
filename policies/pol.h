#ifndef GPCONF_POLICIES_POL_H
#define GPCONF_POLICIES_POL_H

#include "base/buffer.h"
#include "base/diagnostic.h"
#include "base/registry/operation.h"

/*
 * Registry.pol: what one half of a GPO says about the registry. [MS-GPREG] 2.2.1
 *
 *    OFFSET  SIZE  MEANING
 *    0       4     50 52 65 67, "PReg"
 *    4       4     version, 1
 *    8             records, each in UTF-16LE units:
 *                  '[' key NUL ';' name NUL ';' type(4) ';' size(4) ';' data(size) ']'
 *
 * A record is read by its lengths, never by searching for ']' or ';', which data may
 * hold. Nothing that stands in a record is lost: key and name keep their spelling
 * (one extra NUL before ';' is accepted and is the only thing not written back), the
 * data keeps its bytes, and records that nobody understands stay in their place.
 *
 * Records are bytes; what they ask for are operations (base/registry/operation.h):
 * a name that begins with "**" is a directive. The two are converted here.
 */
struct pol_record {
    const char *key;  /* as written; interned */
    const char *name; /* as written, with its directive; interned */
    struct value value;
};

struct pol {
    struct pol_record *records;
    size_t n, capacity;
};

/* Read a file. Returns 0, or GPCONF_ESYNTAX / GPCONF_ELIMIT when the signature, the
 * version or the framing is broken: *ret then holds the records before the fault, the
 * diagnostic names the record and the byte, and the half must not be applied. Data
 * that does not fit its type is a warning. Records are owned by the arena; data too. */
int pol_parse(const void *bytes, size_t size, const char *file, struct arena *arena,
              struct diagnostics *diagnostics, struct pol *ret);

/* Append the file that holds these records in this order. */
int pol_format(const struct pol *pol, struct buffer *to);

/* The canonical order: by key, then directives before values (**delvals., **del and
 * its kin, **soft., plain values), then by name; without case, stable. Two records
 * for the same (key, name) keep their order. Only the order changes. */
void pol_sort(struct pol *pol);

/* What the records ask for, in file order; origins count the records from 1. Unknown
 * directives and **securekey become no operation and are told. */
void pol_operations(const struct pol *pol, const char *file, struct arena *arena,
                    struct diagnostics *diagnostics, struct operations *ret);

/* Records that ask for these operations, in canonical order. */
void pol_from_operations(const struct operations *operations, struct arena *arena,
                         struct pol *ret);

#endif
