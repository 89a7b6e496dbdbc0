#include <stdio.h>

#include "base/mem.h"
#include "gitsync/fetch_int.h"

/* What a callback of libgit2 returns when f->why says why. */
#define STOP GIT_EUSER

static int on_credentials(git_credential **out, const char *url, const char *user, unsigned types,
			  void *state)
{
	struct fetch *f = state;
	(void)url;
	fetch_at(f, FETCH_GREETING);
	if (types & GIT_CREDENTIAL_SSH_KEY)
		return fetch_ssh_key(f, out, user ? user : f->o->url.user);
	err_set(&f->why, ERR_UNAUTHENTICATED,
		"the server offers no way to log in that is supported");
	err_remedy(&f->why, "allow public keys on the server");
	return STOP;
}

static int on_certificate(git_cert *cert, int valid, const char *host, void *state)
{
	(void)valid; /* libgit2's own opinion comes from the user's home */
	(void)host;
	struct fetch *f = state;
	const struct url *u = &f->o->url;
	fetch_at(f, FETCH_GREETING);
	const git_cert_hostkey *k = (const git_cert_hostkey *)cert;
	if (cert->cert_type != GIT_CERT_HOSTKEY_LIBSSH2 || !(k->type & GIT_CERT_SSH_RAW)) {
		err_set(&f->why, ERR_DENIED, "the host key of %s cannot be read", u->host);
		return STOP;
	}
	return fetch_hostkey_check(f->o->auth.known_hosts, u->host, u->port,
				   str_make(k->hostkey, k->hostkey_len), &f->why) < 0
		       ? STOP
		       : 0;
}

static int on_progress(const git_indexer_progress *p, void *state)
{
	struct fetch *f = state;
	bool all = p->total_objects && p->received_objects == p->total_objects;
	if (atomic_load(&f->page->phase) != (all ? FETCH_INDEXING : FETCH_RECEIVING))
		fetch_at(f, all ? FETCH_INDEXING : FETCH_RECEIVING);
	f->objects = p->received_objects;
	atomic_store(&f->page->objects, p->received_objects);
	if (f->o->url.scheme == URL_SSH || f->o->url.scheme == URL_GIT)
		f->bytes = p->received_bytes;
	if (f->o->url.scheme == URL_SSH)
		atomic_store(&f->page->bytes, p->received_bytes);
	if (p->received_bytes > f->limits.pack_bytes) {
		err_set(&f->why, ERR_TOO_LARGE, "the server sends more than %llu bytes of objects",
			(unsigned long long)f->limits.pack_bytes);
		return STOP;
	}
	return 0;
}

static void set_callbacks(struct fetch *f, git_remote_callbacks *c)
{
	c->credentials = on_credentials;
	c->certificate_check = on_certificate;
	c->transfer_progress = on_progress;
	if (f->o->url.scheme == URL_HTTP || f->o->url.scheme == URL_HTTPS)
		c->transport = fetch_http_transport;
	c->payload = f;
}

static int greet(struct fetch *f, git_remote *r, struct err *err)
{
	git_remote_connect_options o = GIT_REMOTE_CONNECT_OPTIONS_INIT;
	set_callbacks(f, &o.callbacks);
	o.proxy_opts.type = GIT_PROXY_NONE;
	o.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
	int rc = git_remote_connect_ext(r, GIT_DIRECTION_FETCH, &o);
	return rc < 0 ? fetch_explain(f, rc, err) : 0;
}

static int list(struct fetch *f, git_remote *r, struct err *err)
{
	const git_remote_head **heads = NULL;
	size_t count = 0;
	fetch_at(f, FETCH_LISTING);
	int rc = git_remote_ls(&heads, &count, r);
	if (rc < 0)
		return fetch_explain(f, rc, err);
	if (count > f->limits.refs)
		return err_set(err, ERR_TOO_LARGE,
			       "the server shows %zu refs; at most %llu are accepted", count,
			       (unsigned long long)f->limits.refs);
	for (size_t i = 0; i < count; i++)
		if (!strcmp(heads[i]->name, "HEAD") && heads[i]->symref_target)
			snprintf(f->head, sizeof(f->head), "%s", heads[i]->symref_target);
	for (size_t i = 0; i < count && rc == 0; i++)
		rc = fetch_see(f, heads[i]->name, &heads[i]->oid, err);
	return rc < 0 ? rc : fetch_compare(f, err);
}

static int download(struct fetch *f, git_remote *r, struct err *err)
{
	git_fetch_options o = GIT_FETCH_OPTIONS_INIT;
	set_callbacks(f, &o.callbacks);
	o.proxy_opts.type = GIT_PROXY_NONE;
	o.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
	o.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
	o.update_fetchhead = 0;
	git_strarray specs = {mem_array(f->want_count, sizeof(char *)), 0};
	for (size_t i = 0; i < f->want_count; i++)
		if (f->wants[i].moved)
			specs.strings[specs.count++] = mem_printf("+%s:%s", f->wants[i].ref,
								  f->wants[i].ref);
	fetch_at(f, FETCH_WAITING);
	int rc = git_remote_download(r, &specs, &o);
	for (size_t i = 0; i < specs.count; i++)
		free(specs.strings[i]);
	free(specs.strings);
	return rc < 0 ? fetch_explain(f, rc, err) : 0;
}

/* The URL for libgit2: of ssh the host is the address that has been judged. */
static int address_of(struct fetch *f, struct buf *out, struct err *err)
{
	struct url u = f->o->url;
	if (u.scheme == URL_SSH) {
		int rc = fetch_resolve(f, err);
		if (rc < 0)
			return rc;
		snprintf(u.host, sizeof(u.host), "%s", f->address);
	}
	url_format(&u, out);
	return buf_check(out, "an address", err);
}

static void cleanup_remote(git_remote **r)
{
	if (*r)
		(void)git_remote_disconnect(*r);
	git_remote_free(*r);
}

int fetch_network(struct fetch *f, struct err *err)
{
	CLEANUP(buf_release) struct buf url = BUF_INIT(URL_MAX_BYTES * 2);
	CLEANUP(cleanup_remote) git_remote *r = NULL;
	int rc = address_of(f, &url, err);
	if (rc < 0)
		return rc;
	rc = f->m ? git_remote_create_anonymous(&r, f->m->repo, buf_cstr(&url))
		  : git_remote_create_detached(&r, buf_cstr(&url));
	if (rc < 0)
		return git_fail(err, ERR_GIT, "libgit2 refuses the address");
	if ((rc = greet(f, r, err)) < 0 || (rc = list(f, r, err)) < 0 || !f->fetched)
		return rc;
	return download(f, r, err);
}
