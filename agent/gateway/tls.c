#include "agent/gateway/tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"

#define HANDSHAKE_RECORD 0x16
/* Of TLS 1.2: forward secrecy and authenticated encryption only. 1.3 has nothing else. */
#define CIPHERS "ECDHE+AESGCM:ECDHE+CHACHA20"

struct gw_tls {
	SSL_CTX *ctx;
	struct gw_tls_about about;
};

struct gw_tls_conn {
	SSL *ssl;
	int fd;
	bool begun; /* the first byte has been looked at */
	bool plain; /* and was none of TLS */
	bool dead; /* nothing more can be said */
	bool wants_write; /* a read waits for the socket to be writable */
	char peer[64];
};

/* --- the pair ---------------------------------------------------------------------------------------------------- */

static void bio_freep(BIO **p)
{
	BIO_free_all(*p);
}

static void x509_freep(X509 **p)
{
	X509_free(*p);
}

static void pkey_freep(EVP_PKEY **p)
{
	EVP_PKEY_free(*p);
}

static void names_freep(GENERAL_NAMES **p)
{
	GENERAL_NAMES_free(*p);
}

static void *or_abort(void *p)
{
	if (!p)
		mem_exhausted();
	return p;
}

/* What OpenSSL says of the oldest error, in words. */
static const char *why(void)
{
	unsigned long e = ERR_peek_error();
	const char *words = e ? ERR_reason_error_string(e) : NULL;
	return words ? words : "unknown error";
}

/* A key that needs a password is refused rather than asked for on a terminal that nobody sits at. */
static int no_password(char *out, int size, int writing, void *state)
{
	(void)out;
	(void)size;
	(void)writing;
	*(bool *)state = true;
	return 0;
}

static int use_certificates(SSL_CTX *ctx, struct str pem, struct err *err)
{
	CLEANUP(bio_freep) BIO *in = or_abort(BIO_new_mem_buf(pem.p, (int)pem.len));
	CLEANUP(x509_freep) X509 *own = PEM_read_bio_X509(in, NULL, NULL, NULL);
	if (!own) {
		err_set(err, ERR_INVALID, "there is no certificate in it: %s", why());
		return err_remedy(err, "it must be PEM: -----BEGIN CERTIFICATE-----");
	}
	if (SSL_CTX_use_certificate(ctx, own) != 1)
		return err_set(err, ERR_INVALID, "the certificate cannot be used: %s", why());
	for (X509 *next; (next = PEM_read_bio_X509(in, NULL, NULL, NULL));)
		if (SSL_CTX_add0_chain_cert(ctx, next) != 1) {
			X509_free(next);
			return err_set(err, ERR_INVALID,
				       "a certificate after the first cannot be used: %s", why());
		}
	/* The end of the text is an error to it as well. */
	unsigned long e = ERR_peek_last_error();
	if (ERR_GET_LIB(e) == ERR_LIB_PEM && ERR_GET_REASON(e) != PEM_R_NO_START_LINE)
		return err_set(err, ERR_INVALID, "a certificate after the first is damaged: %s",
			       ERR_reason_error_string(e));
	ERR_clear_error();
	return 0;
}

static int use_key(SSL_CTX *ctx, struct str pem, struct err *err)
{
	bool asked = false;
	CLEANUP(bio_freep) BIO *in = or_abort(BIO_new_mem_buf(pem.p, (int)pem.len));
	CLEANUP(pkey_freep) EVP_PKEY *key = PEM_read_bio_PrivateKey(in, NULL, no_password, &asked);
	if (asked) {
		err_set(err, ERR_INVALID, "the key is encrypted");
		return err_remedy(err, "write it without a password, readable by its owner only: "
				       "openssl pkey -in KEY -out PLAIN");
	}
	if (!key) {
		err_set(err, ERR_INVALID, "there is no private key in it: %s", why());
		return err_remedy(err, "it must be PEM: -----BEGIN PRIVATE KEY-----");
	}
	/* It says so itself when the two do not belong together. */
	if (SSL_CTX_use_PrivateKey(ctx, key) != 1 || SSL_CTX_check_private_key(ctx) != 1) {
		int reason = ERR_GET_REASON(ERR_peek_error());
		if (reason == X509_R_KEY_VALUES_MISMATCH || reason == X509_R_KEY_TYPE_MISMATCH)
			return err_set(err, ERR_INVALID, "the key is not that of the certificate");
		return err_set(err, ERR_INVALID, "the key cannot be used: %s", why());
	}
	return 0;
}

/* --- what the certificate says ------------------------------------------------------------------------------------- */

static void add_name(struct buf *out, const GENERAL_NAME *n)
{
	int type;
	const void *value = GENERAL_NAME_get0_value(n, &type);
	const ASN1_STRING *text = value;
	if (type == GEN_DNS)
		buf_addf(out, "%s%.*s", out->len ? ", " : "", ASN1_STRING_length(text),
			 (const char *)ASN1_STRING_get0_data(text));
	if (type == GEN_IPADD && ASN1_STRING_length(text) == 4) {
		const unsigned char *b = ASN1_STRING_get0_data(text);
		buf_addf(out, "%s%u.%u.%u.%u", out->len ? ", " : "", b[0], b[1], b[2], b[3]);
	}
}

static void describe(struct gw_tls *t)
{
	X509 *x = SSL_CTX_get0_certificate(t->ctx);
	CLEANUP(buf_release) struct buf out = BUF_INIT(sizeof(t->about.names) - 1);
	CLEANUP(names_freep)
	GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++)
		add_name(&out, sk_GENERAL_NAME_value(names, i));
	if (out.len == 0)
		X509_NAME_oneline(X509_get_subject_name(x), t->about.names,
				  (int)sizeof(t->about.names));
	else
		snprintf(t->about.names, sizeof(t->about.names), "%s", buf_cstr(&out));
	struct tm tm = {0};
	if (ASN1_TIME_to_tm(X509_get0_notAfter(x), &tm) == 1)
		t->about.not_after_ms = (int64_t)timegm(&tm) * 1000;
	ERR_clear_error();
}

/* --- the context ---------------------------------------------------------------------------------------------------- */

static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_len,
			   const unsigned char *in, unsigned in_len, void *state)
{
	static const unsigned char ours[] = "\x08http/1.1";
	(void)ssl;
	(void)state;
	/* SSL_select_next_proto() would take the client's first when there is none in common. */
	for (unsigned i = 0; i < in_len && i + 1 + in[i] <= in_len; i += 1u + in[i])
		if (in[i] == ours[0] && memcmp(in + i, ours, sizeof(ours) - 1) == 0) {
			*out = in + i + 1;
			*out_len = in[i];
			return SSL_TLSEXT_ERR_OK;
		}
	return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static SSL_CTX *context_new(void)
{
	SSL_CTX *ctx = or_abort(SSL_CTX_new(TLS_server_method()));
	SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
	SSL_CTX_set_options(ctx, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
					 SSL_OP_CIPHER_SERVER_PREFERENCE |
					 SSL_OP_PRIORITIZE_CHACHA);
	SSL_CTX_set_cipher_list(ctx, CIPHERS);
	/* Idle connections give their buffers back; a write may go on from a buffer that has moved. */
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
				      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"aspora", 6);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF); /* tickets do */
	SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, NULL);
	return ctx;
}

int gw_tls_new(struct str certificate, struct str key, struct gw_tls **ret, struct err *err)
{
	CLEANUP(gw_tls_freep) struct gw_tls *t = mem_zalloc(sizeof(*t));
	ERR_clear_error();
	t->ctx = context_new();
	int rc = use_certificates(t->ctx, certificate, err);
	if (rc < 0) {
		ERR_clear_error();
		return err_context(err, "tls.certificate");
	}
	if ((rc = use_key(t->ctx, key, err)) < 0) {
		ERR_clear_error();
		return err_context(err, "tls.key");
	}
	describe(t);
	*ret = TAKE_PTR(t);
	return 0;
}

void gw_tls_free(struct gw_tls *t)
{
	if (!t)
		return;
	SSL_CTX_free(t->ctx);
	free(t);
}

void gw_tls_freep(struct gw_tls **t)
{
	gw_tls_free(*t);
}

const struct gw_tls_about *gw_tls_about(const struct gw_tls *t)
{
	return &t->about;
}

/* --- a connection ---------------------------------------------------------------------------------------------------- */

struct gw_tls_conn *gw_tls_open(struct gw_tls *t, int fd, const char *peer)
{
	struct gw_tls_conn *c = mem_zalloc(sizeof(*c));
	c->fd = fd;
	c->ssl = or_abort(SSL_new(t->ctx));
	snprintf(c->peer, sizeof(c->peer), "%s", peer);
	if (SSL_set_fd(c->ssl, fd) != 1)
		mem_exhausted();
	SSL_set_accept_state(c->ssl);
	return c;
}

/* A client of TLS begins with a handshake record; whatever else it is, it is not TLS. */
static int look_at_first(struct gw_tls_conn *c)
{
	unsigned char first;
	ssize_t n = recv(c->fd, &first, 1, MSG_PEEK);
	if (n <= 0)
		return (int)n;
	c->begun = true;
	c->plain = first != HANDSHAKE_RECORD;
	return 1;
}

/* What a failed call came to, as recv() and send() would say it. */
static ssize_t failed(struct gw_tls_conn *c, int result, int sys)
{
	bool shaking = !SSL_is_init_finished(c->ssl);
	switch (SSL_get_error(c->ssl, result)) {
	case SSL_ERROR_WANT_WRITE:
		c->wants_write = true;
		errno = EAGAIN;
		return -1;
	case SSL_ERROR_WANT_READ:
		errno = EAGAIN;
		return -1;
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	case SSL_ERROR_SYSCALL:
		c->dead = true;
		errno = sys;
		return sys ? -1 : 0;
	default:
		c->dead = true;
		if (shaking)
			log_event(LOG_DEBUG_, "tls.handshake_failed", "peer", c->peer, "reason",
				  why(), NULL);
		ERR_clear_error();
		errno = EPROTO;
		return -1;
	}
}

ssize_t gw_tls_read(struct gw_tls_conn *c, void *to, size_t room)
{
	size_t got = 0;
	int first = c->begun ? 1 : look_at_first(c);
	if (first <= 0)
		return first;
	if (c->plain)
		return recv(c->fd, to, room, 0);
	if (c->dead) {
		errno = EPROTO;
		return -1;
	}
	c->wants_write = false;
	ERR_clear_error();
	errno = 0;
	int rc = SSL_read_ex(c->ssl, to, room, &got);
	return rc == 1 ? (ssize_t)got : failed(c, rc, errno);
}

ssize_t gw_tls_write(struct gw_tls_conn *c, const void *from, size_t len)
{
	size_t sent = 0;
	if (c->plain)
		return send(c->fd, from, len, MSG_NOSIGNAL);
	if (c->dead) {
		errno = EPIPE;
		return -1;
	}
	ERR_clear_error();
	errno = 0;
	int rc = SSL_write_ex(c->ssl, from, len, &sent);
	if (rc == 1)
		return (ssize_t)sent;
	ssize_t n = failed(c, rc, errno);
	/* The peer has said goodbye: nothing can be sent. */
	if (n == 0)
		errno = EPIPE;
	return -1;
}

uint32_t gw_tls_wants(const struct gw_tls_conn *c)
{
	/* A writable socket fires at once: that is how bytes that are decrypted already are come back to. */
	return c->wants_write || (!c->plain && SSL_pending(c->ssl) > 0) ? EPOLLOUT : 0;
}

bool gw_tls_is_plain(const struct gw_tls_conn *c)
{
	return c->plain;
}

void gw_tls_end(struct gw_tls_conn *c)
{
	if (c->plain || c->dead || !SSL_is_init_finished(c->ssl))
		return;
	ERR_clear_error();
	(void)SSL_shutdown(c->ssl);
	ERR_clear_error();
}

void gw_tls_close(struct gw_tls_conn *c)
{
	if (!c)
		return;
	gw_tls_end(c);
	SSL_free(c->ssl);
	free(c);
}
