/*
 * An HTTP client (libcurl behind it) for the command line and for outgoing calls of the agent.
 * Redirects are off, certificates are verified unless the person at the keyboard has said otherwise, bodies have limits, every call has a
 * deadline. Where the URL came from data, set `guard`: the address finally connected to is then
 * checked, whatever its spelling or DNS says. Loopback and private networks are refused unless
 * allowed; link-local (cloud metadata), multicast, unspecified and reserved addresses always. A
 * guarded call uses no proxy and no kept connection; others follow http_proxy and https_proxy
 * of the environment.
 *
 *	CLEANUP(http_client_freep) struct http_client *c = http_client_new(1 << 20);
 *	CLEANUP(http_response_release) struct http_response resp = {0};
 *	rc = http_call(c, &(struct http_request){.url = url}, &resp, err);
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
	const char *ca_file; /* trusted instead of the system's authorities; NULL: the system's */
	bool insecure; /* takes any certificate; for who was told what it means, never where the URL came from data */
	const char *proxy; /* connects in our place and does the looking up; no guard then */
	/*
	 * When set, the pieces of a 2xx body go here as they come instead of into the response
	 * (watch, logs), without limit; non-zero ends the call, which has then succeeded.
	 * Bodies of other statuses go into the response.
	 */
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
void http_client_freep(struct http_client **c);
/*
 * Any status is success here. *resp is overwritten: release it before it is used again. Errors:
 * ERR_UNAVAILABLE (cannot connect, or broken off), ERR_TIMEOUT, ERR_TOO_LARGE (body),
 * ERR_INVALID (URL, header), ERR_DENIED (guard, certificate); none carries more of the URL than its host.
 * Blocks: at most timeout_ms.
 */
NODISCARD int http_call(struct http_client *c, const struct http_request *req,
			struct http_response *resp, struct err *err);
void http_response_release(struct http_response *r);

enum http_address {
	HTTP_ADDRESS_PUBLIC,
	HTTP_ADDRESS_PRIVATE, /* loopback and private networks: where the operator allows them */
	HTTP_ADDRESS_NEVER, /* link-local (cloud metadata), multicast, unspecified, reserved */
};
struct sockaddr;
/* What the guard goes by, for connections that are not HTTP. */
enum http_address http_address_of(const struct sockaddr *addr);
/* True for addresses that are not of the public Internet (any but AF_INET and AF_INET6 are not). */
bool http_address_is_private(const struct sockaddr *addr);

#endif
