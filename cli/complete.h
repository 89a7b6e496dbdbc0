/*
 * What may come next on a command line, from the tables of verbs, options and kinds; names from the folder or the gateway.
 */
#ifndef CLI_COMPLETE_H
#define CLI_COMPLETE_H

#include "cli/cli.h"

/*
 * words[0 … count - 1] is a command line from "aspora" on; the last word is the one being written, and may be empty. Appends a candidate a line. Never fails:
 * where names cannot be had there are none. Blocks: a few seconds at most, for names of a gateway.
 */
void cli_complete(struct cli *c, char *const *words, int count, struct buf *out);

#endif
