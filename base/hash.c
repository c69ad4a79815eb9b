#include "base/hash.h"

#include <pthread.h>
#include <sodium.h>

static unsigned char table_key[crypto_shorthash_KEYBYTES];
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* A failing sodium_init() leaves the key at zero: tables still work, and a machine
 * without a random source has worse troubles than collisions. */
static void draw_key(void)
{
    if (sodium_init() >= 0)
        randombytes_buf(table_key, sizeof table_key);
}

void hash_content(const void *bytes, size_t size, char ret[HASH_TEXT + 1])
{
    unsigned char digest[HASH_TEXT / 2];
    crypto_generichash(digest, sizeof digest, bytes, size, NULL, 0);
    sodium_bin2hex(ret, HASH_TEXT + 1, digest, sizeof digest);
}

_Static_assert(sizeof(crypto_generichash_state) <= sizeof(struct hash_stream) &&
                   alignof(crypto_generichash_state) <= alignof(struct hash_stream),
               "libsodium's state fits");

static crypto_generichash_state *state_of(struct hash_stream *stream)
{
    return (crypto_generichash_state *)(void *)stream->state;
}

void hash_begin(struct hash_stream *stream)
{
    crypto_generichash_init(state_of(stream), NULL, 0, HASH_TEXT / 2);
}

void hash_add(struct hash_stream *stream, const void *bytes, size_t size)
{
    crypto_generichash_update(state_of(stream), bytes, size);
}

void hash_end(struct hash_stream *stream, char ret[HASH_TEXT + 1])
{
    unsigned char digest[HASH_TEXT / 2];
    crypto_generichash_final(state_of(stream), digest, sizeof digest);
    sodium_bin2hex(ret, HASH_TEXT + 1, digest, sizeof digest);
}

uint64_t hash_table(const void *bytes, size_t size)
{
    pthread_once(&once, draw_key);
    uint64_t hash;
    crypto_shorthash((unsigned char *)&hash, bytes, size, table_key);
    return hash;
}
