/*
 * Certificate and key on disk, and who may read them. The gateway gives up root, and with it a key that only root may read; so a small process is forked
 * before that, which keeps the right, never sees a byte from outside, and does one thing: it looks at the two files twice a second, and once both have
 * changed and stand still, sends them. It ends with the gateway.
 *
 * The caller: 1. tls_files_start() before privileges are dropped 2. tls_files_next() for the first pair, blocking 3. and again whenever tls_files_fd() is
 * readable 4. tls_files_stop().
 */
#ifndef AGENT_GATEWAY_TLS_FILES_H
#define AGENT_GATEWAY_TLS_FILES_H

#include "base/buf.h"
#include "base/crypto.h"
#include "base/err.h"

#define TLS_CERTIFICATE_MAX ((size_t)64 * 1024)
#define TLS_KEY_MAX ((size_t)32 * 1024)
#define TLS_LOOK_MS 500

struct tls_pair {
	struct buf certificate;
	struct secret key;
};
void tls_pair_release(struct tls_pair *p);

/*
 * Reads both. Errors: ERR_NOT_FOUND, ERR_IO, ERR_TOO_LARGE; ERR_DENIED when others than owner and group may read or write the key.
 */
NODISCARD int tls_pair_read(const char *certificate, const char *key, struct tls_pair *ret,
			    struct err *err);

struct tls_files;

/* Forks; the paths are copied. Errors: ERR_IO. Gives. */
NODISCARD int tls_files_start(struct str certificate, struct str key, struct tls_files **ret,
			      struct err *err);
void tls_files_stop(struct tls_files *f); /* NULL is fine */
void tls_files_stopp(struct tls_files **f);
int tls_files_fd(const struct tls_files *f); /* readable: tls_files_next() */
/*
 * Waits at most timeout_ms for the next pair. Errors: ERR_TIMEOUT: nothing new; ERR_UNAVAILABLE: the process has ended, and there will be none; else what
 * was wrong with the files.
 */
NODISCARD int tls_files_next(struct tls_files *f, int64_t timeout_ms, struct tls_pair *ret,
			     struct err *err);

#endif
