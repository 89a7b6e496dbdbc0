/*
 * Who did something, as different places write it down: a key ("key:ana"), a login ("oidc:corp:ana@example.com"), the author of a commit ("Ana Ruiz
 * <ana@example.com>"). Nobody can prove that two of them are one person; where it counts (nobody approves what he wrote), names that are alike are taken for one.
 */
#ifndef SKILL_PERSON_H
#define SKILL_PERSON_H

#include "base/str.h"

/* "ana" of "key:ana" and of "oidc:corp:ana"; else all of it. Points into actor. */
struct str person_name(struct str actor);
/*
 * The same name, in any case: of an actor, or of a commit's author the words, the address, or what stands before the address's "@". Empty is nobody.
 */
bool person_is(struct str a, struct str b);

#endif
