/* Between the rewriting of expressions and what is asked of their parts. */
#ifndef GUARD_EXPRESSION_INT_H
#define GUARD_EXPRESSION_INT_H

#include "guard/table_int.h"

#define EXPRESSION_DEPTH 24 /* of groups in groups; deeper ones stay as they are */

/* The end of the element that starts at `at`: a group, a class, an escape or a byte, without its quantifier. */
size_t expression_element_end(struct str e, size_t at);
/* How much of a group opens it: "(?:", "(?<span>", "(?="; 0 for one that is not looked into. */
size_t expression_opener(struct str group);
/* The most bytes that e matches; many where that is not bounded. needs.c */
size_t expression_longest(struct str e);
/* The bytes that a match of e can begin with; false when that is not known, or it may be empty. */
bool expression_firsts(struct str e, uint8_t ret[32]);

#endif
