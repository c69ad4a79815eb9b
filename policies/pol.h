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
 * Records are bytes; what they ask for are operations (base/registry/operation.h). A
 * name that begins with "**" is a directive, without case ([MS-GPREG] 3.2.5.1):
 *
 *    NAME            DATA            OPERATIONS ON THE RECORD'S KEY
 *    NAME            any             SET
 *    "" (type, size 0)  none         MKKEY
 *    **soft.NAME     any             SOFTSET
 *    **del.NAME      ignored         DELETE
 *    **delvals[.]    ignored         CLEARVALS
 *    **deletevalues  text "A;B;C"    DELETE of each
 *    **deletekeys    text "K1;K2"    DELKEY of each, see below
 *    **securekey, **comment, others  none; kept when the file is written
 *
 * **deletekeys names subkeys of the record's key; but Windows' own editor writes whole
 * paths there. A path is whole when it lies at or below the record's key, or when it
 * has the same first component and more than one.
 */
struct pol_record {
    const char *key;  /* as written; interned */
    const char *name; /* as written, with its directive */
    struct value value;
};

struct pol {
    struct pol_record *records;
    size_t n, capacity;
};

/* Read a file. Returns 0, or GPCONF_ESYNTAX / GPCONF_ELIMIT when the signature, the
 * version or the framing is broken: *ret then holds the records before the fault, the
 * diagnostic names the record and the byte, and the half must not be applied. A file
 * of no bytes has no records, with a warning; so has data that does not fit its type.
 * GPCONF_ENOMEM. Records are owned by the arena; data too. */
int pol_parse(const void *bytes, size_t size, const char *file, struct arena *arena,
              struct diagnostics *diagnostics, struct pol *ret);

/* Append the file that holds these records in this order. Returns 0, or GPCONF_ENOMEM
 * when the buffer failed. */
int pol_format(const struct pol *pol, struct buffer *to);

/* The canonical order: by key, then directives before values (**delvals., **del and
 * its kin, **soft., plain values), then by name (the default value, then names that are
 * numbers, by number, then all others); without case, stable. Two records for the same
 * (key, name) keep their order. Only the order of records changes; where
 * a directive stood behind what it undoes (pol_lint tells), that changes the effect:
 * pol_from_operations() is the way that keeps it. Scratch memory is the arena's. */
void pol_sort(struct pol *pol, struct arena *arena);

/* What the records ask for, in file order; origins count the records from 1. Keys are
 * without outer backslashes. Unknown directives and **securekey become no operation
 * and are told. */
void pol_operations(const struct pol *pol, const char *file, struct arena *arena,
                    struct diagnostics *diagnostics, struct operations *ret);

/* Can a policy file say this? Not a value whose name begins with "**", a deleted key
 * whose path holds ';', or a key or name that is over a limit with its directive. */
bool pol_can_say(const struct operation *operation);

/* The operations that no later one of the list undoes, in their order: no value has
 * more than one SET or DELETE, and one SOFTSET behind a DELETE; no key more than one
 * DELKEY, CLEARVALS and MKKEY; all that is said about a deleted or cleared key comes
 * behind that. Returns 0 or GPCONF_ENOMEM. Owned by the arena. */
int pol_settle(const struct operations *operations, struct arena *arena,
               struct operations *ret);

/* Records that have the effect of these operations, in canonical order; they are
 * settled first, so that the order by kind does not change what the whole does.
 * Returns 0; GPCONF_ERANGE when a policy file cannot say one: *reterr_bad (may be NULL)
 * is then its index and *ret untouched. GPCONF_ENOMEM. */
int pol_from_operations(const struct operations *operations, struct arena *arena,
                        struct pol *ret, size_t *reterr_bad);

/* Tell what is lawful but surprising: two records for the same value, of which the
 * later one counts, and a directive behind the values that it undoes. */
void pol_lint(const struct pol *pol, const char *file, struct arena *arena,
              struct diagnostics *diagnostics);

#endif
