#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include <git2/sys/transport.h>

#include "base/crypto.h"
#include "base/http.h"
#include "base/io.h"
#include "base/mem.h"
#include "gitsync/fetch_int.h"

/*
 * Git's smart protocol over http and https, carried by base/http.h instead of libgit2's own client: that one crashes on some redirects
 * (1.5.1), knows no limits, tells failures in words only, and asks nobody before it connects. The protocol (gitprotocol-http(5), version
 * 0) is a GET for the list of refs, then a POST for each round of negotiation; the last answer carries the pack. libgit2 wants to
 * pull, the client pushes: an answer is kept in a nameless file in between.
 */
#define REF_BYTES 1024 /* what one advertised ref may take */
#define SLACK_BYTES ((size_t)1024 * 1024)
#define REQUEST_BYTES ((size_t)16 * 1024 * 1024)

struct http_transport {
	git_smart_subtransport parent;
	struct fetch *f;
	struct http_client *client;
};

struct http_stream {
	git_smart_subtransport_stream parent;
	struct http_transport *t;
	bool listing;
	bool done; /* the answer is in `spool` */
	struct buf request;
	int spool;
	uint64_t size;
	uint64_t most;
};

/* "Authorization: Basic …", wiped and freed by the caller; NULL without a token. */
static char *authorization(const struct remote_auth *a)
{
	if (!a->token || !secret_is_set(a->token))
		return NULL;
	struct str t = secret_lend(a->token);
	CLEANUP(buf_release) struct buf plain = BUF_INIT(BUF_MAX), line = BUF_INIT(BUF_MAX);
	buf_addf(&plain, "%s:", a->token_user ? a->token_user : "x-access-token");
	buf_add_str(&plain, t);
	buf_addz(&line, "Authorization: Basic ");
	base64_add(&line, buf_str(&plain));
	crypto_wipe(plain.data, plain.len);
	return buf_take(&line);
}

static int on_data(void *state, struct str piece)
{
	struct http_stream *s = state;
	struct fetch *f = s->t->f;
	enum fetch_phase phase = s->listing ? FETCH_LISTING : FETCH_RECEIVING;
	if (atomic_load(&f->page->phase) != (uint32_t)phase)
		fetch_at(f, phase);
	atomic_fetch_add(&f->page->bytes, (uint64_t)piece.len);
	f->bytes += piece.len;
	s->size += piece.len;
	if (s->size > s->most)
		return err_set(&f->why, ERR_TOO_LARGE, "the %s has more than %llu bytes",
			       s->listing ? "list of refs" : "server's answer",
			       (unsigned long long)s->most);
	return io_write_all(s->spool, piece, &f->why);
}

/* What each status means for a Git server; others are told by number. */
static const struct {
	int from, to;
	int code;
	const char *text, *remedy;
} statuses[] = {
	{301, 308, ERR_DENIED, "the server redirects to another address, which is never followed",
	 "write the address it redirects to, if you trust it"},
	{403, 403, ERR_UNAUTHENTICATED, "the server forbids reading the repository",
	 "give the token the right to read it"},
	{404, 404, ERR_NOT_FOUND,
	 "the server has no such repository, or does not show it without a login",
	 "check the path in the address, and whether a token is needed"},
	{429, 429, ERR_UNAVAILABLE, "the server asks to come back later", ""},
	{500, 599, ERR_UNAVAILABLE, "the server has failed", ""},
	{100, 999, ERR_GIT, "the server answers what no Git server does",
	 "check the address; it must be the one that git clone takes"},
};

static int explain_login(struct fetch *f)
{
	bool sent = f->o->auth.token && secret_is_set(f->o->auth.token);
	err_set(&f->why, ERR_UNAUTHENTICATED,
		sent ? "the server does not accept the token (HTTP status 401)"
		     : "the server asks for a login (HTTP status 401)");
	return err_remedy(&f->why, sent ? "make a new token that may read the repository"
					: "name a file with a token for this source in "
					  "asporad.conf: token: file:/etc/aspora/token");
}

static int explain_status(struct fetch *f, int status)
{
	if (status == 401)
		return explain_login(f);
	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++) {
		if (status < statuses[i].from || status > statuses[i].to)
			continue;
		err_set(&f->why, statuses[i].code, "%s (HTTP status %d)", statuses[i].text, status);
		return err_remedy(&f->why, "%s", statuses[i].remedy);
	}
	return err_set(&f->why, ERR_GIT, "the server answers HTTP status %d", status);
}

static int check_type(struct http_stream *s, const char *type)
{
	struct fetch *f = s->t->f;
	const char *want = s->listing ? "application/x-git-upload-pack-advertisement"
				      : "application/x-git-upload-pack-result";
	if (!strcmp(type, want))
		return 0;
	char shown[48];
	size_t n = 0;
	for (; type[n] && n < sizeof(shown) - 1; n++)
		shown[n] = type[n] < 0x20 || type[n] >= 0x7f ? '?' : type[n];
	shown[n] = '\0';
	err_set(&f->why, ERR_GIT, "what answers there is no Git server (content type \"%s\")",
		shown);
	return err_remedy(&f->why, "check the address; it must be the one that git clone takes");
}

/* The first line of the list carries the capabilities. */
static int check_format(struct http_stream *s)
{
	char head[4096];
	ssize_t n = s->listing ? pread(s->spool, head, sizeof(head), 0) : 0;
	if (n > 0 && str_find(str_make(head, (size_t)n), STR("object-format=sha256"), 0) >= 0)
		return git_refuse_sha256(&s->t->f->why, "the remote repository");
	return 0;
}

static int failed(struct fetch *f, struct err *e)
{
	if (f->why.code)
		return f->why.code;
	f->why = *e;
	if (e->code == ERR_DENIED && strstr(e->msg, "certificate"))
		return err_remedy(&f->why, "name the file of the authority that signed it for this "
					   "source in asporad.conf: ca_file: /etc/aspora/ca.pem");
	if (e->code == ERR_DENIED)
		return err_remedy(&f->why,
				  "write another host, or set allow_private: true for this "
				  "source in asporad.conf if a private one is meant");
	return e->code;
}

static int send_request(struct http_stream *s, const char *url, const char *const *headers)
{
	struct fetch *f = s->t->f;
	struct err e = ERR_INIT;
	struct http_response resp = {0};
	struct http_request q = {
		.method = s->listing ? "GET" : "POST",
		.url = url,
		.headers = headers,
		.body = buf_str(&s->request),
		.timeout_ms = f->limits.wall_ms + 5000, /* the parent keeps the time */
		.guard = true,
		.allow_private = f->o->policy.allow_private,
		.ca_file = f->o->auth.ca_file,
		.proxy = f->o->proxy,
		.on_data = on_data,
		.state = s,
	};
	fetch_at(f, s->listing ? FETCH_GREETING : FETCH_WAITING);
	int rc = http_call(s->t->client, &q, &resp, &e);
	if (rc < 0)
		return failed(f, &e);
	if (!f->why.code)
		rc = resp.status == 200 ? check_type(s, resp.content_type)
					: explain_status(f, resp.status);
	http_response_release(&resp);
	return f->why.code ? f->why.code : rc;
}

static int perform(struct http_stream *s)
{
	struct fetch *f = s->t->f;
	CLEANUP(buf_release) struct buf url = BUF_INIT(URL_MAX_BYTES * 2);
	url_format(&f->o->url, &url);
	buf_addz(&url, s->listing ? "/info/refs?service=git-upload-pack" : "/git-upload-pack");
	CLEANUP_FREE char *login = authorization(&f->o->auth);
	const char *get[] = {login, NULL};
	const char *post[] = {"Content-Type: application/x-git-upload-pack-request",
			      "Accept: application/x-git-upload-pack-result", login, NULL};
	int rc = send_request(s, buf_cstr(&url), s->listing ? get : post);
	if (login)
		crypto_wipe(login, strlen(login));
	if (rc == 0)
		rc = check_format(s);
	if (rc == 0 && lseek(s->spool, 0, SEEK_SET) < 0)
		rc = err_sys(&f->why, ERR_IO, errno, "reading what the server sent");
	s->done = true;
	return rc < 0 ? GIT_EUSER : 0;
}

static int stream_read(git_smart_subtransport_stream *parent, char *out, size_t size, size_t *ret)
{
	struct http_stream *s = (struct http_stream *)parent;
	int rc = s->done ? 0 : perform(s);
	if (rc < 0)
		return rc;
	ssize_t n;
	do
		n = read(s->spool, out, size);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		err_sys(&s->t->f->why, ERR_IO, errno, "reading what the server sent");
		return GIT_EUSER;
	}
	*ret = (size_t)n;
	return 0;
}

static int stream_write(git_smart_subtransport_stream *parent, const char *data, size_t len)
{
	struct http_stream *s = (struct http_stream *)parent;
	buf_add(&s->request, data, len);
	return buf_check(&s->request, "the request for objects", &s->t->f->why) < 0 ? GIT_EUSER : 0;
}

static void stream_free(git_smart_subtransport_stream *parent)
{
	struct http_stream *s = (struct http_stream *)parent;
	buf_release(&s->request);
	if (s->spool >= 0)
		close(s->spool);
	free(s);
}

/* A file without a name, beside the mirror: it is gone with us whatever happens. */
static int open_spool(struct fetch *f)
{
	CLEANUP_FREE char *dir = f->m ? mem_printf("%s/objects", f->m->path) : mem_strdup("/tmp");
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0)
		return fd;
	CLEANUP_FREE char *path = mem_printf("%s/pack_git2_spool_XXXXXX", dir);
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		err_sys(&f->why, ERR_IO, errno, "making a file in %s for what the server sends",
			dir);
	else
		(void)unlink(path);
	return fd;
}

static int transport_action(git_smart_subtransport_stream **out, git_smart_subtransport *parent,
			    const char *url, git_smart_service_t action)
{
	struct http_transport *t = (struct http_transport *)parent;
	const struct remote_limits *l = &t->f->limits;
	(void)url;
	if (action != GIT_SERVICE_UPLOADPACK_LS && action != GIT_SERVICE_UPLOADPACK) {
		err_set(&t->f->why, ERR_INTERNAL, "only fetching is supported");
		return GIT_EUSER;
	}
	int spool = open_spool(t->f);
	if (spool < 0)
		return GIT_EUSER;
	struct http_stream *s = mem_zalloc(sizeof(*s));
	s->parent.subtransport = parent;
	s->parent.read = stream_read;
	s->parent.write = stream_write;
	s->parent.free = stream_free;
	s->t = t;
	s->listing = action == GIT_SERVICE_UPLOADPACK_LS;
	s->most = s->listing ? l->refs * REF_BYTES + SLACK_BYTES : l->pack_bytes + SLACK_BYTES;
	s->spool = spool;
	buf_init(&s->request, REQUEST_BYTES);
	*out = &s->parent;
	return 0;
}

static int transport_close(git_smart_subtransport *parent)
{
	(void)parent;
	return 0;
}

static void transport_free(git_smart_subtransport *parent)
{
	struct http_transport *t = (struct http_transport *)parent;
	http_client_free(t->client);
	free(t);
}

static int transport_new(git_smart_subtransport **out, git_transport *owner, void *state)
{
	struct http_transport *t = mem_zalloc(sizeof(*t));
	(void)owner;
	t->parent.action = transport_action;
	t->parent.close = transport_close;
	t->parent.free = transport_free;
	t->f = state;
	t->client = http_client_new((size_t)64 * 1024);
	*out = &t->parent;
	return 0;
}

int fetch_http_transport(git_transport **out, git_remote *owner, void *state)
{
	git_smart_subtransport_definition d = {transport_new, 1, state};
	return git_transport_smart(out, owner, &d);
}
