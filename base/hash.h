#ifndef GPCONF_BASE_HASH_H
#define GPCONF_BASE_HASH_H

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The two hashes, both libsodium's. A content hash (BLAKE2b-256, in hexadecimal)
 * names bytes: files we wrote, inputs we read. A table hash (SipHash-2-4 with a
 * key drawn once per process) places names in hash tables; the names come from
 * files that may be hostile, hence the key. Table hashes are never stored.
 */

enum { HASH_TEXT = 64 }; /* characters of a content hash, without the NUL */

/* The content hash of the bytes, NUL-terminated, in lower case. */
void hash_content(const void *bytes, size_t size, char ret[HASH_TEXT + 1]);

/* The same hash, piece by piece; allocates nothing. hash_begin, hash_add, hash_end. */
struct hash_stream {
    alignas(64) unsigned char state[384]; /* libsodium's */
};
void hash_begin(struct hash_stream *stream);
void hash_add(struct hash_stream *stream, const void *bytes, size_t size);
void hash_end(struct hash_stream *stream, char ret[HASH_TEXT + 1]);

uint64_t hash_table(const void *bytes, size_t size);

#endif
