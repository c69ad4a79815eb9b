#ifndef GPCONF_ADMX_BLOCK_H
#define GPCONF_ADMX_BLOCK_H

#include <stdatomic.h>

#include "admx/catalogue.h"
#include "base/buffer.h"

/*
 * The block that a frozen catalogue is: a header, the texts, the tables. Each table
 * begins at a multiple of 8. Nothing in it depends on where it lies in memory.
 */
enum block_table {
    BLOCK_POLICIES,
    BLOCK_ELEMENTS,
    BLOCK_CHOICES,
    BLOCK_ITEMS,
    BLOCK_CONTROLS,
    BLOCK_TEXTS, /* uint32_t */
    BLOCK_CATEGORIES,
    BLOCK_SUPPORTED,
    BLOCK_CONDITIONS,
    BLOCK_PRODUCTS,
    BLOCK_FILES,
    BLOCK_NAME_HEADS, /* uint32_t, a power of two: struct block_link by bare name */
    BLOCK_NAME_LINKS,
    BLOCK_VALUE_HEADS, /* the same by key and value name */
    BLOCK_VALUE_LINKS,
    BLOCK_TABLES,
};

/* One link of a chain; both tables of heads and links count from 1. */
struct block_link {
    uint32_t policy, next;
};

struct block_header {
    char magic[8];       /* "gpcat" and the version of this layout */
    uint32_t size;       /* bytes of the block */
    uint32_t byte_order; /* 0x01020304 */
    struct {
        uint32_t offset, n;
    } tables[BLOCK_TABLES];
};

struct catalogue {
    atomic_uint references;
    const unsigned char *block;
    struct buffer bytes; /* owns the block */
};

/* The records of a table. */
const void *block_table(const struct catalogue *c, enum block_table table,
                        size_t *ret_n);

/* Bytes of one record. */
size_t block_record_size(enum block_table table);

#endif
