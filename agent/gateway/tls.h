/*
 * TLS of the gateway's TCP listener: a certificate with its key, and what one connection needs. OpenSSL behind it; nothing blocks, and reading and writing
 * look like recv() and send(), so that connections know deadlines, phases and caps as before. TLS 1.2 and 1.3, HTTP/1.1 by ALPN, no renegotiation, no early
 * data. Who speaks plain HTTP is told so in plain HTTP.
 *
 * The caller: 1. gw_tls_new() of a pair 2. gw_tls_open() for each connection 3. gw_tls_read(), gw_tls_write(), and waits for what gw_tls_wants() says as
 * well 4. gw_tls_close(). Connections outlive the gw_tls they were made of.
 */
#ifndef AGENT_GATEWAY_TLS_H
#define AGENT_GATEWAY_TLS_H

#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"

struct gw_tls;
struct gw_tls_conn;

struct gw_tls_about {
	char names[256]; /* DNS names and addresses that it is for, or its subject */
	int64_t not_after_ms; /* wall clock */
};

/*
 * certificate: PEM, the server's first, then those that lead to its authority. key: PEM, not encrypted. Errors: ERR_INVALID with what is wrong (no
 * certificate, an encrypted key, one of another certificate, too weak). Gives.
 */
NODISCARD int gw_tls_new(struct str certificate, struct str key, struct gw_tls **ret,
			 struct err *err);
void gw_tls_free(struct gw_tls *t); /* NULL is fine */
void gw_tls_freep(struct gw_tls **t);
const struct gw_tls_about *gw_tls_about(const struct gw_tls *t);

/* fd stays the caller's; peer is for logs. Gives. */
struct gw_tls_conn *gw_tls_open(struct gw_tls *t, int fd, const char *peer);
/* As recv() and send() without blocking: -1 with errno (EAGAIN: later), 0 of the first: the peer has ended. The handshake is done on the way. */
ssize_t gw_tls_read(struct gw_tls_conn *c, void *to, size_t room);
ssize_t gw_tls_write(struct gw_tls_conn *c, const void *from, size_t len);
/* Events of epoll to wait for beside one's own: a read that must write first, or bytes that are here already. */
uint32_t gw_tls_wants(const struct gw_tls_conn *c);
/* Its first bytes were no TLS; it goes on as plain as it began. */
bool gw_tls_is_plain(const struct gw_tls_conn *c);
/* Says goodbye if it can at once. */
void gw_tls_end(struct gw_tls_conn *c);
void gw_tls_close(struct gw_tls_conn *c); /* NULL is fine; gw_tls_end() and frees */

#endif
