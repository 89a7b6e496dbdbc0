/* Certificates and keys of all kinds, made on the spot. */
#ifndef TESTS_UNIT_AGENT_HELP_PAIR_H
#define TESTS_UNIT_AGENT_HELP_PAIR_H

#include "base/buf.h"

struct pair_opts {
	const char *name; /* "localhost" when NULL */
	int rsa_bits; /* 0: a P-256 key */
	int days; /* 0: 30; negative: expired */
	const char *password; /* of the key; NULL: none */
};
/* A self-signed certificate and its key, in PEM. */
void pair_make(const struct pair_opts *o, struct buf *certificate, struct buf *key);

#endif
