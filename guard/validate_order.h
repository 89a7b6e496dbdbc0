/*
 * The validator "order" of rules for instructions: false where the words are forbidden, reported or said of somebody else.
 */
#ifndef GUARD_VALIDATE_ORDER_H
#define GUARD_VALIDATE_ORDER_H

#include "guard/guard_int.h"

bool validate_order(struct str text, size_t start, size_t end, unsigned *confidence);

#endif
