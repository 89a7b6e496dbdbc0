/*
 * What happens to a text in which the guard finds something: one word for the configuration (skill/) and for the guard
 * (guard/), which do not know of each other.
 */
#ifndef BASE_GUARD_MODE_H
#define BASE_GUARD_MODE_H

enum guard_mode { GUARD_OFF, GUARD_WARN, GUARD_REDACT, GUARD_BLOCK }; /* stricter rises */

#endif
