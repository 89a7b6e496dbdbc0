/*
 * What a text costs in a model's context, estimated. Providers' tokenizers differ, are not all public, and change; a limit needs a number
 * that is the same on every machine for ever. So this is a count of pieces, near what byte-pair encodings of large vocabularies make of them
 * (within a fifth on English prose and Markdown), and stated:
 *
 *	a run of letters a-z	one for every 6 bytes begun
 *	a run of digits		one for every 3 begun
 *	a run of spaces, tabs	nothing when it is one space; else one
 *	a run of line ends	one
 *	the same mark again and again ("----")	one for every 4 begun; any other mark one
 *	Latin, Greek, Cyrillic, Hebrew, Arabic letters beyond a-z	one for every 2 characters begun
 *	any other character	one
 *
 * Version 1: a change of these words is a change of verdicts, and so of RULES_VERSION in admission/rule.h.
 */
#ifndef SKILL_TOKENS_H
#define SKILL_TOKENS_H

#include "base/str.h"

size_t tokens_estimate(struct str text);

#endif
