#ifndef GPCONF_BASE_DIAGNOSTIC_H
#define GPCONF_BASE_DIAGNOSTIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/*
 * A diagnostic tells a person what is wrong with an input, where, and what
 * happens next. Parsers collect them and keep going; they live in the product
 * that they describe. Nothing below the programs prints.
 *
 * A message is one sentence without a full stop that ends with the consequence:
 * "unknown attribute 'Area', ignoring". Names from the input are quoted with ''.
 */

enum severity { SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR };

/* Where in an input. A file counts its lines or its records, from 1. */
enum origin_unit { ORIGIN_WHOLE, ORIGIN_LINE, ORIGIN_RECORD };
struct origin {
    const char *file; /* as the person knows it; NULL when there is no file */
    uint32_t at;      /* line or record, from 1; 0 for ORIGIN_WHOLE */
    enum origin_unit unit;
    bool is_private; /* not everybody may read the file: no value of it is shown */
};

struct diagnostic {
    struct diagnostic *next;
    enum severity severity;
    const char *code; /* stable, for programs: "admx-dangling-category" */
    struct origin origin;
    const char *message; /* UTF-8; may hold control characters of the input */
};

struct diagnostics {
    struct arena *arena;             /* borrowed: the product's */
    struct diagnostic *first, *last; /* in the order they were met */
    size_t n, errors, warnings;      /* n counts all, also those not kept */
};

/* An empty list whose entries the arena owns. */
void diagnostics_init(struct diagnostics *diagnostics, struct arena *arena);

/* Add one. code is static text; origin.file must live as long as the arena.
 * Over LIMIT_DIAGNOSTICS entries are counted only. A NULL list is fine. */
void diagnostics_add(struct diagnostics *diagnostics, enum severity severity,
                     const char *code, struct origin origin, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Copy the entries of from to the end of to, another list (strings too); what from
 * only counted is counted. A NULL list is fine. */
void diagnostics_append(struct diagnostics *to, const struct diagnostics *from);

/* The same, without those that have the code. */
void diagnostics_append_other(struct diagnostics *to, const struct diagnostics *from,
                              const char *code);

/* "note", "warning" or "error". */
const char *severity_name(enum severity severity);

struct origin origin_file(const char *file);
struct origin origin_line(const char *file, uint32_t line);
struct origin origin_record(const char *file, uint32_t record);

#endif
