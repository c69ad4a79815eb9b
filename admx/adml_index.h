#ifndef GPCONF_ADMX_ADML_INDEX_H
#define GPCONF_ADMX_ADML_INDEX_H

#include "admx/adml.h"

/*
 * How the strings or the presentations of an ADML file are found by their id. The reader
 * makes the two indexes of a file when it has all records; adml_string() and
 * adml_presentation() ask them. Of several records with one id the first counts, and the
 * others are told.
 */

/* Owned by the arena of the file; NULL after a failed allocation. */
struct adml_index *adml_index_make(const struct adml *adml, bool of_strings,
                                   struct diagnostics *diagnostics);

#endif
