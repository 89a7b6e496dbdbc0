/*
 * What the two files of the HTTP client share.
 */
#ifndef BASE_HTTP_INT_H
#define BASE_HTTP_INT_H

#include "base/http.h"

enum http_address {
	HTTP_ADDRESS_PUBLIC,
	HTTP_ADDRESS_PRIVATE, /* loopback and private networks: where the operator allows them */
	HTTP_ADDRESS_NEVER, /* link-local (cloud metadata), multicast, unspecified, reserved */
};
enum http_address http_address_of(const struct sockaddr *addr);

#endif
