/*
 * The address of a Git remote: what we accept, in one parser, so that what was judged is what is connected to.
 *
 *	https://host[:port]/path        always
 *	ssh://[user@]host[:port]/path   always (host key pinned); user@host:path is the same, written short
 *	http://, git://                 when the operator allows plain transports
 *	file:///path, /path             when the operator allows local repositories
 *
 * Refused, each with what to write instead: other schemes (ext::), a leading "-", no host, a password, a user on http(s), port
 * 0 or over 65535, a backslash, control bytes, blanks, "%00", a query, a fragment, "..", more than 2,048 bytes. Loopback, private,
 * link-local, multicast and mapped addresses are refused by url_address_check() unless allowed: it is asked about the
 * very address a connection is made to, so neither spelling nor DNS gets round it.
 */
#ifndef GITSYNC_URL_H
#define GITSYNC_URL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define URL_MAX_BYTES 2048
#define URL_HOST_MAX 253

enum url_scheme { URL_HTTPS, URL_HTTP, URL_SSH, URL_GIT, URL_LOCAL };

/* The operator's switches (asporad.conf: allow_local, allow_private, allow_plain). All false is the safe default. */
struct url_policy {
	bool allow_local;
	bool allow_private;
	bool allow_plain;
};

struct url {
	enum url_scheme scheme;
	char user[65]; /* ssh only; "git" when not given */
	char host[URL_HOST_MAX + 1]; /* lower case, IPv6 without brackets; "" for local */
	uint16_t port; /* always set but for local */
	bool host_is_address; /* host is an IPv4 or IPv6 literal */
	char path
		[URL_MAX_BYTES +
		 1]; /* begins with '/'; of the short ssh form it may be relative to the home folder */
};

/* Errors: ERR_INVALID, ERR_TOO_LARGE, ERR_DENIED (a switch is off; the remedy names it). None repeats a password. */
NODISCARD int url_parse(struct str text, const struct url_policy *policy, struct url *ret,
			struct err *err);

/* The canonical text: default ports left out, no secrets in it by construction. Equal remotes give equal text. */
void url_format(const struct url *u, struct buf *out);
const char *url_scheme_name(enum url_scheme s); /* "https", …; static */

/* Errors: ERR_DENIED naming the address, its kind ("loopback") and the switch. host is for the message. */
NODISCARD int url_address_check(const struct sockaddr *address, const struct url_policy *policy,
				const char *host, struct err *err);

/* Copies text with the user part of every URL in it, and values of authorization headers, replaced by "***". */
void url_redact(struct str text, struct buf *out);

/* "refs/heads/main" from "main"; a full name stays. Errors: ERR_INVALID for a name Git does not allow, or outside refs/. */
NODISCARD int ref_name_full(struct str name, char out[256], struct err *err);

#endif
