/*
 * Corrections of one file: findings with a replacement applied to its text, and the difference as a unified diff.
 */
#ifndef CLI_PATCH_H
#define CLI_PATCH_H

#include "skill/finding.h"

/*
 * Appends text with the replacements of the findings made. Of two that overlap the first by place is made and the other left for the next time; the same
 * one twice is made once. Returns how many were made.
 */
size_t cli_patch(struct buf *out, struct str text, const struct finding *f, size_t count);

/* The unified diff of two texts (three lines of context), with path in its head; nothing when they are equal. */
void cli_patch_diff(struct buf *out, const char *path, struct str before, struct str after);

#endif
