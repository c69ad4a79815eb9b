#ifndef GPCONF_ENGINE_CHANGE_LEDGER_H
#define GPCONF_ENGINE_CHANGE_LEDGER_H

#include "base/buffer.h"
#include "engine/change/history.h"

/* The file of the ledger's base; history.h says what the ledger is. */

/* Sets history->base and history->through. Returns 0, GPCONF_EDAMAGED or ENOMEM. */
int ledger_parse(const void *text, size_t size, struct arena *arena,
                 struct history *history);
void ledger_print(const struct ledger *ledger, uint64_t through, struct arena *arena,
                  struct buffer *ret);

#endif
