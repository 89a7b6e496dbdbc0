/*
 * An HTTP client (libcurl behind it) for the command line and for outgoing calls of the agent. Redirects are off,
 * certificates are always verified, bodies have limits, every call has a deadline. Where the URL came from data, set
 * `guard`: the address finally connected to is then checked (loopback, private, link-local, multicast and mapped forms refused
 * unless allowed), whatever its spelling or DNS says.
 */
#ifndef BASE_HTTP_H
#define BASE_HTTP_H

#include "base/buf.h"
#include "base/err.h"

struct http_client;

struct http_request {
	const char *method; /* "GET" when NULL */
	const char *url;
	const char *unix_socket; /* connect here instead of the URL's host; NULL: no */
	const char *const *headers; /* "Name: value", NULL-terminated; may be NULL */
	struct str body;
	const char *bearer; /* API key; never logged */
	int64_t timeout_ms; /* whole call; 0: 30 s */
	bool guard;
	bool allow_private;
	/* When set, body pieces go here as they come instead of into the response (watch, logs); non-zero ends the call. */
	int (*on_data)(void *state, struct str piece);
	void *state;
};

struct http_response {
	int status;
	struct buf body; /* born with the client's limit */
	char content_type[128];
	char etag[128];
	char retry_after[32];
};

struct http_client *http_client_new(size_t body_limit);
void http_client_free(struct http_client *c);
/* Any status is success here. Errors: ERR_UNAVAILABLE (cannot connect), ERR_TIMEOUT, ERR_TOO_LARGE, ERR_INVALID (URL). */
NODISCARD int http_call(struct http_client *c, const struct http_request *req,
			struct http_response *resp, struct err *err);
void http_response_release(struct http_response *r);

/* True for addresses that are not of the public Internet; sockaddr of AF_INET or AF_INET6. */
struct sockaddr;
bool http_address_is_private(const struct sockaddr *addr);

#endif
