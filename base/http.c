#include "base/http.h"

#include <arpa/inet.h>
#include <assert.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/crypto.h"
#include "base/mem.h"

#define URL_MAX 8192
#define TIMEOUT_DEFAULT_MS 30000

struct http_client {
	CURL *easy;
	size_t body_limit;
};

/* What one call knows; the callbacks' state. */
struct call {
	struct http_client *client;
	const struct http_request *req;
	struct http_response *resp;
	struct curl_slist *headers;
	char where[320]; /* "http://host:port", for messages: a whole URL may hold a secret */
	char refused[INET6_ADDRSTRLEN]; /* address that the guard did not let through */
	bool stopped; /* by on_data */
	bool too_large;
	char detail[CURL_ERROR_SIZE];
};

static void *or_abort(void *p)
{
	if (!p)
		mem_exhausted();
	return p;
}

struct http_client *http_client_new(size_t body_limit)
{
	struct http_client *c = mem_zalloc(sizeof(*c));
	curl_global_init(CURL_GLOBAL_DEFAULT);
	c->easy = or_abort(curl_easy_init());
	c->body_limit = body_limit;
	return c;
}

void http_client_free(struct http_client *c)
{
	if (!c)
		return;
	curl_easy_cleanup(c->easy);
	curl_global_cleanup();
	free(c);
}

void http_client_freep(struct http_client **c)
{
	http_client_free(*c);
}

void http_response_release(struct http_response *r)
{
	buf_release(&r->body);
	*r = (struct http_response){0};
}

/* --- the request's parts are looked at before libcurl sees them ------------------------------- */

static int bad_url(struct err *err, const char *why)
{
	err_set(err, ERR_INVALID, "the URL %s", why);
	err_remedy(err, "write https://host/path");
	return ERR_INVALID;
}

static char *part_of(CURLU *u, CURLUPart part, unsigned flags)
{
	char *text = NULL;
	return curl_url_get(u, part, &text, flags) == CURLUE_OK ? text : NULL;
}

static void curl_freep(char **p)
{
	curl_free(*p);
}

static void url_freep(CURLU **u)
{
	curl_url_cleanup(*u);
}

static int check_url(struct call *c, struct err *err)
{
	const char *url = c->req->url;
	if (!url || !*url)
		return bad_url(err, "is empty");
	if (strlen(url) > URL_MAX)
		return bad_url(err, "is longer than 8192 bytes");
	CLEANUP(url_freep) CURLU *u = or_abort(curl_url());
	if (curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
		return bad_url(err, "is not of the form http://host/path");
	CLEANUP(curl_freep) char *scheme = part_of(u, CURLUPART_SCHEME, 0);
	CLEANUP(curl_freep) char *host = part_of(u, CURLUPART_HOST, 0);
	CLEANUP(curl_freep) char *port = part_of(u, CURLUPART_PORT, CURLU_DEFAULT_PORT);
	CLEANUP(curl_freep) char *user = part_of(u, CURLUPART_USER, 0);
	CLEANUP(curl_freep) char *password = part_of(u, CURLUPART_PASSWORD, 0);
	if (!scheme || (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0))
		return bad_url(err, "is neither http nor https");
	/* libcurl takes "http:///x" for the host x. */
	const char *authority = strstr(url, "://");
	if (!host || !*host || !authority || authority[3] == '/')
		return bad_url(err, "names no host");
	if (user || password)
		return bad_url(err, "holds a user name or password");
	snprintf(c->where, sizeof(c->where), "%s://%s:%s", scheme, host, port ? port : "");
	return 0;
}

static bool has_line_break(const char *z)
{
	return strpbrk(z, "\r\n") != NULL;
}

static void add_header(struct call *c, const char *line)
{
	c->headers = or_abort(curl_slist_append(c->headers, line));
}

static int add_headers(struct call *c, struct err *err)
{
	bool typed = false;
	for (const char *const *h = c->req->headers; h && *h; h++) {
		if (has_line_break(*h) || !strchr(*h, ':'))
			return err_set(err, ERR_INVALID,
				       "a header line is not of the form \"Name: value\"");
		typed |= str_eq_nocase(str_sub(str_of(*h), 0, 13), STR("Content-Type:"));
		add_header(c, *h);
	}
	/* libcurl would call a body a form, and wait a second for "100 Continue". */
	if (!typed)
		add_header(c, "Content-Type:");
	add_header(c, "Expect:");
	if (!c->req->bearer)
		return 0;
	if (has_line_break(c->req->bearer))
		return err_set(err, ERR_INVALID, "the API key holds a line break");
	char *line = mem_printf("Authorization: Bearer %s", c->req->bearer);
	add_header(c, line);
	crypto_wipe(line, strlen(line));
	free(line);
	return 0;
}

static void call_release(struct call *c)
{
	for (struct curl_slist *s = c->headers; s; s = s->next)
		crypto_wipe(s->data, strlen(s->data));
	curl_slist_free_all(c->headers);
}

/* --- callbacks -------------------------------------------------------------------------------- */

static void copy_header(struct str line, struct str name, char *out, size_t out_size)
{
	if (line.len <= name.len || !str_eq_nocase(str_sub(line, 0, name.len), name))
		return;
	struct str value = str_trim(str_sub(line, name.len, line.len));
	/* A value that does not fit is no value: half an ETag is another ETag. */
	if (value.len < out_size && !memchr(value.p, '\0', value.len))
		snprintf(out, out_size, "%.*s", STR_ARG(value));
}

static size_t on_header(char *data, size_t size, size_t count, void *state)
{
	struct call *c = state;
	struct str line = str_make(data, size * count);
	if (str_starts(line, STR("HTTP/"))) /* the answer after a 100 Continue begins anew */
		c->resp->content_type[0] = c->resp->etag[0] = c->resp->retry_after[0] = '\0';
	copy_header(line, STR("Content-Type:"), c->resp->content_type,
		    sizeof(c->resp->content_type));
	copy_header(line, STR("ETag:"), c->resp->etag, sizeof(c->resp->etag));
	copy_header(line, STR("Retry-After:"), c->resp->retry_after, sizeof(c->resp->retry_after));
	return line.len;
}

static size_t on_body(char *data, size_t size, size_t count, void *state)
{
	struct call *c = state;
	struct str piece = str_make(data, size * count);
	long status = 0;
	curl_easy_getinfo(c->client->easy, CURLINFO_RESPONSE_CODE, &status);
	if (c->req->on_data && status >= 200 && status < 300) {
		c->stopped = c->req->on_data(c->req->state, piece) != 0;
		return c->stopped ? 0 : piece.len;
	}
	buf_add_str(&c->resp->body, piece);
	c->too_large = c->resp->body.overflow;
	return c->too_large ? 0 : piece.len;
}

static curl_socket_t on_socket(void *state, curlsocktype purpose, struct curl_sockaddr *address)
{
	(void)purpose;
	struct call *c = state;
	enum http_address kind = http_address_of(&address->addr);
	if (kind == HTTP_ADDRESS_PUBLIC || (kind == HTTP_ADDRESS_PRIVATE && c->req->allow_private))
		return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
	const struct sockaddr *sa = &address->addr;
	const void *in =
		sa->sa_family == AF_INET6
			? (const void *)&((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr
			: (const void *)&((const struct sockaddr_in *)(const void *)sa)->sin_addr;
	inet_ntop(sa->sa_family, in, c->refused, sizeof(c->refused));
	return CURL_SOCKET_BAD;
}

/* --- the call --------------------------------------------------------------------------------- */

static void set_body(CURL *e, const struct http_request *req)
{
	const char *method = req->method ? req->method : "GET";
	bool takes_body = req->body.len || strcmp(method, "POST") == 0 ||
			  strcmp(method, "PUT") == 0 || strcmp(method, "PATCH") == 0;
	if (strcmp(method, "HEAD") == 0)
		curl_easy_setopt(e, CURLOPT_NOBODY, 1L);
	if (takes_body) {
		curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)req->body.len);
		curl_easy_setopt(e, CURLOPT_POSTFIELDS, req->body.p ? req->body.p : "");
	}
	curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, method);
}

static void set_guard(struct call *c, CURL *e)
{
	/*
	 * A proxy would connect in our place; a kept connection may have been made without the
	 * guard.
	 */
	curl_easy_setopt(e, CURLOPT_PROXY, "");
	curl_easy_setopt(e, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(e, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, on_socket);
	curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, c);
}

static void set_options(struct call *c)
{
	CURL *e = c->client->easy;
	const struct http_request *req = c->req;
	curl_easy_reset(e);
	curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(e, CURLOPT_URL, req->url);
	curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(e, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	curl_easy_setopt(e, CURLOPT_USERAGENT, "aspora/" ASPORA_VERSION);
	curl_easy_setopt(e, CURLOPT_HTTPHEADER, c->headers);
	curl_easy_setopt(e, CURLOPT_TIMEOUT_MS,
			 (long)(req->timeout_ms > 0 ? req->timeout_ms : TIMEOUT_DEFAULT_MS));
	curl_easy_setopt(e, CURLOPT_ERRORBUFFER, c->detail);
	curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(e, CURLOPT_HEADERDATA, c);
	curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(e, CURLOPT_WRITEDATA, c);
	set_body(e, req);
	if (req->unix_socket) {
		curl_easy_setopt(e, CURLOPT_UNIX_SOCKET_PATH, req->unix_socket);
		curl_easy_setopt(e, CURLOPT_PROXY, "");
	} else if (req->proxy) {
		curl_easy_setopt(e, CURLOPT_PROXY, req->proxy);
	} else if (req->guard) {
		set_guard(c, e);
	}
	if (req->ca_file) {
		curl_easy_setopt(e, CURLOPT_CAINFO, req->ca_file);
		curl_easy_setopt(e, CURLOPT_CAPATH, NULL);
	}
	if (req->insecure) {
		assert(!req->guard);
		curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 0L);
	}
}

static int refused_address(const struct call *c, struct err *err)
{
	err_set(err, ERR_DENIED, "%s is at %s, which is not an address of the public Internet",
		c->where, c->refused);
	err_remedy(err, "use a public address; loopback and private networks need the operator's "
			"permission");
	return ERR_DENIED;
}

static int failed(const struct call *c, CURLcode rc, struct err *err)
{
	const char *detail = c->detail[0] ? c->detail : curl_easy_strerror(rc);
	if (c->too_large)
		return err_set(err, ERR_TOO_LARGE,
			       "the answer of %s is over the limit of %zu bytes", c->where,
			       c->client->body_limit);
	if (c->refused[0])
		return refused_address(c, err);
	if (rc == CURLE_OPERATION_TIMEDOUT)
		return err_set(err, ERR_TIMEOUT, "%s did not answer in time: %s", c->where, detail);
	if (rc == CURLE_URL_MALFORMAT)
		return bad_url(err, "is not of the form http://host/path");
	if (rc == CURLE_PEER_FAILED_VERIFICATION)
		return err_set(err, ERR_DENIED, "the certificate of %s is not trusted: %s",
			       c->where, detail);
	if (rc == CURLE_SSL_CACERT_BADFILE)
		return err_set(err, ERR_INVALID, "the certificates in %s cannot be read",
			       c->req->ca_file ? c->req->ca_file : "the system's file");
	return err_set(err, ERR_UNAVAILABLE, "%s cannot be reached: %s", c->where, detail);
}

int http_call(struct http_client *client, const struct http_request *req,
	      struct http_response *resp, struct err *err)
{
	*resp = (struct http_response){0};
	buf_init(&resp->body, client->body_limit);
	CLEANUP(call_release) struct call c = {.client = client, .req = req, .resp = resp};
	int rc = check_url(&c, err);
	if (rc == 0 && req->method &&
	    strspn(req->method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != strlen(req->method))
		rc = err_set(err, ERR_INVALID, "the HTTP method is not of capital letters");
	if (rc == 0)
		rc = add_headers(&c, err);
	if (rc < 0)
		return rc;
	set_options(&c);
	CURLcode code = curl_easy_perform(client->easy);
	long status = 0;
	curl_easy_getinfo(client->easy, CURLINFO_RESPONSE_CODE, &status);
	/* The handle outlives the call, and its options point into it. */
	curl_easy_reset(client->easy);
	if (code != CURLE_OK && !c.stopped) {
		http_response_release(resp);
		return failed(&c, code, err);
	}
	resp->status = (int)status;
	return 0;
}
