#ifndef GPCONF_ENGINE_CHANGE_RECORD_H
#define GPCONF_ENGINE_CHANGE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"

/*
 * The text of the journal, of a history entry and of the ledger: lines of words, a
 * title first, a seal last. It is text so that a person without us can read what was
 * done to the machine; the seal makes a damaged record impossible to believe.
 *
 *    gpconf-txn 1            title: the kind of the record, its version
 *    op replace …            words, parted by one space
 *    end 51bc…               content hash of everything before this line
 *
 * In a word every byte that is no printable ASCII, a space or a per cent sign is
 * written %XX. NULL is written -, the text "-" is %2D, the empty word is %.
 */

/* Writer. word appends a space and the word; line ends the line. */
void record_begin(struct buffer *buffer, const char *title);
void record_start(struct buffer *buffer, const char *keyword);
void record_word(struct buffer *buffer, const char *word);
void record_number(struct buffer *buffer, uint64_t number);
void record_line(struct buffer *buffer);
void record_seal(struct buffer *buffer);

/* Reader. A record that does not begin with the title, or whose seal is not that of
 * its bytes, is refused whole. */
struct record {
    const char *at, *end; /* the rest of the lines; borrowed */
    struct arena *arena;  /* borrowed; owns the words */
    bool bad;             /* sticky, as in base/reader.h */
    const char *line_at, *line_end;
};

/* Returns 0 or GPCONF_EDAMAGED. The text is borrowed while the record is read. */
int record_open(const void *text, size_t size, const char *title, struct arena *arena,
                struct record *ret);

/* Go to the next line; its keyword, or NULL at the end. */
const char *record_next(struct record *record);

/* The next word of the line. NULL for -; also NULL, and bad, when there is none. */
const char *record_take(struct record *record);
const char *record_take_text(struct record *record); /* - is bad */
uint64_t record_take_number(struct record *record);
uint32_t record_take_u32(struct record *record); /* bad, too, when it is larger */
bool record_bad(const struct record *record);

#endif
