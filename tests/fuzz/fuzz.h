#ifndef GPCONF_TESTS_FUZZ_H
#define GPCONF_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/diagnostic.h"
#include "base/status.h"

/*
 * What fuzz targets share. A target reads bytes, and where there is a law (what is
 * written is read again as the same) it holds the reader to it. A broken law is a crash.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Unlike assert(), never compiled out. */
#define require(claim) ((claim) ? (void)0 : abort())

#define FUZZ_ARENA (64u << 20) /* bytes; more than any input of a fuzzer needs */

#endif
