#ifndef GPCONF_ADMX_FIND_H
#define GPCONF_ADMX_FIND_H

#include "admx/block.h"

/*
 * The two indexes of a catalogue: policies by bare name, and by what they write. They
 * are part of the block, so the hash in them has no secret: names made to collide slow
 * a question down to a walk over all policies, and that is all they can do.
 */

/* Append the heads and links of both to the tables, for policies and what belongs to
 * them in the other tables. text is the front of the block to be. */
void find_index(const char *text, struct buffer tables[BLOCK_TABLES]);

#endif
