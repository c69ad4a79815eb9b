#ifndef GPCONF_POLICIES_REG_H
#define GPCONF_POLICIES_REG_H

#include "base/buffer.h"
#include "base/diagnostic.h"
#include "base/registry/operation.h"

/*
 * A .reg file: operations as Windows' registry editor imports them. It is written only,
 * never read: UTF-16LE with a byte order mark, lines that end with CR LF.
 *
 *    Windows Registry Editor Version 5.00
 *
 *    [-HKEY_LOCAL_MACHINE\Key]         DELKEY; all of them first
 *
 *    [HKEY_LOCAL_MACHINE\Key]          SET, DELETE and MKKEY of this key
 *    @="the default value"             REG_SZ; \ and " have a \ before them
 *    "name"=dword:0000002a             REG_DWORD
 *    "name"=hex:01,02                  REG_BINARY
 *    "name"=hex(7):61,00,00,00,\       any other type, its number in hexadecimal; lines
 *      00,00                           are folded at 80 columns
 *    "name"=-                          DELETE
 *
 * Data keeps its bytes: text that is not one line with one NUL at its end is written as
 * hex(1), a number of the wrong size as hex(4).
 *
 * The file cannot say CLEARVALS, nor SOFTSET ("unless it exists already"). Behind a
 * DELETE, CLEARVALS or DELKEY of the same value nothing exists, so a SOFTSET is a SET
 * there; and behind a DELKEY nothing is left that a CLEARVALS or a DELETE would remove.
 */
enum reg_hive { REG_LOCAL_MACHINE, REG_CURRENT_USER };

/* Append the file that has the effect of these operations, settled and ordered by key
 * and name. Those that it cannot say are left out, each with a warning, and counted in
 * *ret_lost. Scratch memory is the arena's. Returns 0 or GPCONF_ENOMEM. */
int reg_format(const struct operations *operations, enum reg_hive hive,
               struct arena *arena, struct diagnostics *diagnostics, struct buffer *to,
               size_t *ret_lost);

#endif
