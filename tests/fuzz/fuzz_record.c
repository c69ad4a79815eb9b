/*
 * The records of engine/change: the journal, an entry of the history, the ledger. No
 * input that is changed byte by byte would carry the right seal, so an input is what
 * stands between the title and the seal, and is read as each of the three. What is
 * accepted is printed, and what is printed says the same when it is read again; any word
 * comes back as it was written.
 */
#include "engine/change/history.h"
#include "engine/change/journal.h"
#include "engine/change/ledger.h"
#include "engine/change/record.h"
#include "tests/fuzz/fuzz.h"

/* The input with its title and seal: a whole record. */
static void seal(const char *title, const uint8_t *data, size_t size,
                 struct buffer *ret)
{
    record_begin(ret, title);
    buffer_append(ret, data, size);
    if (size == 0 || data[size - 1] != '\n')
        buffer_char(ret, '\n');
    record_seal(ret);
}

/* Read a record and print what was read. */
typedef int again(const struct buffer *text, struct arena *arena, struct buffer *ret);

static int journal(const struct buffer *text, struct arena *arena, struct buffer *ret)
{
    struct txn txn;
    int status = journal_parse(text->data, text->size, arena, &txn);
    if (status)
        return status;
    for (size_t i = 0; i < txn.n_ops; i++) {
        require(txn.ops[i].kind <= TXN_CALL && txn.ops[i].name);
        require(txn.ops[i].kind == TXN_CALL || txn.ops[i].dir < txn.n_dirs);
        require(txn.ops[i].kind == TXN_CALL || !strchr(txn.ops[i].name, '/'));
    }
    journal_print(&txn, arena, ret);
    return 0;
}

static int history(const struct buffer *text, struct arena *arena, struct buffer *ret)
{
    struct change change;
    int status = history_parse(text->data, text->size, arena, &change);
    if (status)
        return status;
    require(change.number > 0 && change.verb);
    for (size_t i = 0; i < change.n_steps; i++)
        require(change.steps[i].target);
    history_print(&change, arena, ret);
    return 0;
}

static int ledger(const struct buffer *text, struct arena *arena, struct buffer *ret)
{
    struct history base = { 0 };
    int status = ledger_parse(text->data, text->size, arena, &base);
    if (status)
        return status;
    for (size_t i = 0; i < base.base.n; i++)
        require(ledger_find(&base.base, base.base.files[i].target) ==
                &base.base.files[i]);
    ledger_print(&base.base, base.through, arena, ret);
    return 0;
}

static void holds(const char *title, again *read, const uint8_t *data, size_t size)
{
    struct arena arena;
    struct buffer text, once, twice;

    arena_init(&arena, FUZZ_ARENA);
    buffer_init(&text, FUZZ_ARENA);
    buffer_init(&once, FUZZ_ARENA);
    buffer_init(&twice, FUZZ_ARENA);
    seal(title, data, size, &text);
    if (read(&text, &arena, &once) == 0) {
        require(!buffer_failed(&once));
        require(read(&once, &arena, &twice) == 0);
        require(once.size == twice.size);
        require(memcmp(once.data, twice.data, once.size) == 0);
    }
    /* One byte less, and the seal is broken. */
    text.size--;
    require(read(&text, &arena, &twice) == GPCONF_EDAMAGED);
    buffer_done(&twice);
    buffer_done(&once);
    buffer_done(&text);
    arena_done(&arena);
}

static void word_comes_back(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct buffer text;
    struct record record;

    arena_init(&arena, FUZZ_ARENA);
    buffer_init(&text, FUZZ_ARENA);
    const char *word = arena_string_n(&arena, (const char *)data, size);
    record_begin(&text, "word");
    record_start(&text, "is");
    record_word(&text, word);
    record_word(&text, NULL);
    record_line(&text);
    record_seal(&text);
    require(record_open(text.data, text.size, "word", &arena, &record) == 0);
    require(strcmp(record_next(&record), "is") == 0);
    require(strcmp(record_take_text(&record), word) == 0);
    require(!record_take(&record) && !record_bad(&record));
    require(!record_next(&record) && !record_bad(&record));
    buffer_done(&text);
    arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    holds("gpconf-txn 1", journal, data, size);
    holds("gpconf-change 1", history, data, size);
    holds("gpconf-ledger 1", ledger, data, size);
    word_comes_back(data, size);
    return 0;
}
