#include "agent/config.h"

#include <stddef.h>

#include "base/id.h"
#include "base/io.h"
#include "base/mem.h"

static const char *const log_formats[] = {"logfmt", "json", NULL};
static const char *const log_levels[] = {"debug", "info", "warn", "error", NULL};

#define S(member) offsetof(struct agent_source, member)
static const struct field source_fields[] = {
	{"url", FIELD_STRING, S(url), FIELD_REQUIRED | FIELD_NONEMPTY, 0, 0, NULL, NULL, 0, NULL,
	 "https://git.example/team/skills.git",
	 "Where the repository is: https, ssh, or with allow_plain http and git."},
	{"branch", FIELD_STRING, S(branch), FIELD_NONEMPTY, 0, 0, NULL, NULL, 0, "main", "main",
	 "The branch whose newest admitted commit is deployed."},
	{"path", FIELD_STRING, S(path), 0, 0, 0, NULL, NULL, 0, NULL, "agents",
	 "Folder of the repository that holds skills/; the root when left out."},
	{"poll", FIELD_DURATION, S(poll_ms), 0, 500, 86400000, NULL, NULL, 0, "30s", "30s",
	 "How often the branch is asked for; a tenth is added at random."},
	{"platform", FIELD_BOOL, S(platform), 0, 0, 0, NULL, NULL, 0, "false", "true",
	 "Platform policy and FIRM.md are taken from this source; at most one may say so, and a "
	 "single source is it by itself."},
	{"allow_local", FIELD_BOOL, S(allow_local), 0, 0, 0, NULL, NULL, 0, "false", "true",
	 "Allows file:// addresses and plain paths."},
	{"allow_private", FIELD_BOOL, S(allow_private), 0, 0, 0, NULL, NULL, 0, "false", "true",
	 "Allows loopback, private and link-local addresses."},
	{"allow_plain", FIELD_BOOL, S(allow_plain), 0, 0, 0, NULL, NULL, 0, "false", "true",
	 "Allows http:// and git://, which anybody on the way can change."},
	{"allow_rewrite", FIELD_BOOL, S(allow_rewrite), 0, 0, 0, NULL, NULL, 0, "false", "true",
	 "Follows a branch that was rewritten instead of holding with HistoryRewritten."},
	{"token", FIELD_STRING, S(token), FIELD_SECRET_REF, 0, 0, NULL, NULL, 0, NULL,
	 "file:/etc/aspora/git.token", "Access token for https, as env:NAME or file:PATH."},
	{"ssh_key", FIELD_STRING, S(ssh_key), 0, 0, 0, NULL, NULL, 0, NULL,
	 "/etc/aspora/id_ed25519", "Private key file for ssh."},
	{"known_hosts", FIELD_STRING, S(known_hosts), 0, 0, 0, NULL, NULL, 0, NULL,
	 "/etc/aspora/known_hosts",
	 "Pinned host keys for ssh, in known_hosts form; without it ssh is refused."},
	{"ca_file", FIELD_STRING, S(ca_file), 0, 0, 0, NULL, NULL, 0, NULL, "/etc/aspora/ca.pem",
	 "Certificates of a private authority for https, in PEM."},
	{"fetch_timeout", FIELD_DURATION, S(fetch_timeout_ms), 0, 1000, 3600000, NULL, NULL, 0,
	 "60s", "60s", "Longest that one fetch may take."},
	{"stall_timeout", FIELD_DURATION, S(stall_timeout_ms), 0, 1000, 3600000, NULL, NULL, 0,
	 "10s", "10s", "Longest that a fetch may move less than 1 KiB a second."},
	{"signatures", FIELD_ENUM, S(signatures), 0, 0, 0, agent_signature_words, NULL, 0, "shown",
	 "required",
	 "Whether every commit has to be signed by one of the signers (required), or who signed "
	 "the "
	 "newest is only shown."},
	{"signers", FIELD_OBJECT, S(signers), 0, 0, 0, NULL, agent_signer_fields, 0, NULL, NULL,
	 "Who may sign commits; the files are read again when they change."},
	FIELD_END};
#undef S

#define S(member) offsetof(struct agent_secret, member)
static const struct field secret_fields[] = {
	{"from", FIELD_STRING, S(from), FIELD_REQUIRED | FIELD_SECRET_REF, 0, 0, NULL, NULL, 0,
	 NULL, "file:/etc/aspora/redshift.token", "Where the value is, as env:NAME or file:PATH."},
	{"domains", FIELD_STRINGS, S(domains), FIELD_REQUIRED, 0, 0, NULL, NULL, 0, NULL,
	 "[ecm, frm]", "Domains whose skills may have it; \"*\" for all."},
	FIELD_END};
#undef S

#define C(member) offsetof(struct agent_config, member)
static const struct field gateway_fields[] = {
	{"listen", FIELD_STRING, C(gateway.listen) - C(gateway), 0, 0, 0, NULL, NULL, 0,
	 "127.0.0.1:8440", "0.0.0.0:8440",
	 "Address and port of the gateway; port 0 takes any free one (written to "
	 "STATE/gateway/address)."},
	{"url", FIELD_STRING, C(gateway.url) - C(gateway), 0, 0, 0, NULL, NULL, 0, NULL,
	 "https://aspora.example.com",
	 "The address that people write to reach the gateway, where a login comes back to."},
	{"socket", FIELD_STRING, C(gateway.socket) - C(gateway), 0, 0, 0, NULL, NULL, 0, NULL,
	 "/run/aspora/gateway.sock",
	 "Unix socket of the gateway, for the same machine; STATE/gateway/gateway.sock when left "
	 "out."},
	{"max_connections", FIELD_INT, C(gateway.max_connections) - C(gateway), 0, 1, 100000, NULL,
	 NULL, 0, "1024", "1024", "Connections at once; more are refused at once."},
	{"per_address", FIELD_INT, C(gateway.per_address) - C(gateway), 0, 1, 100000, NULL, NULL, 0,
	 "64", "64", "Connections at once from one address."},
	{"rate", FIELD_INT, C(gateway.rate) - C(gateway), 0, 1, 1000000, NULL, NULL, 0, "1000",
	 "1000", "Requests a second of one API key, on average; what is more is answered 429."},
	{"burst", FIELD_INT, C(gateway.burst) - C(gateway), 0, 1, 1000000, NULL, NULL, 0, "2000",
	 "2000", "Requests of one API key at once, after a silence."},
	{"body", FIELD_SIZE, C(gateway.body_bytes) - C(gateway), 0, 1024, 1 << 30, NULL, NULL, 0,
	 "1Mi", "1Mi", "Largest request body; uploads have their own limit of 64Mi."},
	{"kept", FIELD_SIZE, C(gateway.kept_bytes) - C(gateway), 0, 1, INT64_C(1) << 40, NULL, NULL,
	 0, "256Mi", "1Gi",
	 "Memory for skills as they are answered; past it lists come from the database."},
	{"header_timeout", FIELD_DURATION, C(gateway.header_timeout_ms) - C(gateway), 0, 100,
	 600000, NULL, NULL, 0, "10s", "10s",
	 "Longest that a request's header may take to arrive."},
	{"body_timeout", FIELD_DURATION, C(gateway.body_timeout_ms) - C(gateway), 0, 100, 600000,
	 NULL, NULL, 0, "30s", "30s", "Longest that a request's body may take to arrive."},
	FIELD_END};
static const struct field tls_fields[] = {
	{"certificate", FIELD_STRING, C(tls.certificate) - C(tls), 0, 0, 0, NULL, NULL, 0, NULL,
	 "/etc/aspora/tls/fullchain.pem",
	 "Certificate of the gateway in PEM, followed by those that lead to its authority; "
	 "gateway.listen speaks https then."},
	{"key", FIELD_STRING, C(tls.key) - C(tls), 0, 0, 0, NULL, NULL, 0, NULL,
	 "/etc/aspora/tls/key.pem",
	 "Its private key in PEM, without a password; others than owner and group may not read "
	 "it."},
	FIELD_END};
static const struct field runner_fields[] = {
	{"driver", FIELD_STRING, C(runner.driver) - C(runner), 0, 0, 0, NULL, NULL, 0, "bubblewrap",
	 "bubblewrap", "Sandbox driver for skills that ask for none."},
	{"slots", FIELD_INT, C(runner.slots) - C(runner), 0, 1, 4096, NULL, NULL, 0, "8", "8",
	 "Executions at once on this host."},
	{"drain", FIELD_DURATION, C(runner.drain_ms) - C(runner), 0, 0, 3600000, NULL, NULL, 0,
	 "30s", "30s", "How long running executions may go on after a stop was asked for."},
	{"guard_fail_open", FIELD_BOOL, C(runner.guard_fail_open) - C(runner), 0, 0, 0, NULL, NULL,
	 0, "false", "true",
	 "Let requests and answers pass that the guard could not look through to their end."},
	FIELD_END};
static const struct field lease_fields[] = {
	{"ttl", FIELD_DURATION, C(lease.ttl_ms) - C(lease), 0, 1000, 600000, NULL, NULL, 0, "15s",
	 "15s", "A lead that is not renewed for this long passes to another asporad."},
	{"renew", FIELD_DURATION, C(lease.renew_ms) - C(lease), 0, 100, 600000, NULL, NULL, 0, "5s",
	 "5s", "How often a lead is renewed; at most a third of ttl."},
	FIELD_END};
static const struct field retention_fields[] = {
	{"executions", FIELD_DURATION, C(retention.executions_ms) - C(retention), 0, 3600000,
	 315360000000, NULL, NULL, 0, "90d", "90d", "How long ended executions are kept."},
	{"events", FIELD_DURATION, C(retention.events_ms) - C(retention), 0, 3600000, 315360000000,
	 NULL, NULL, 0, "30d", "30d", "How long events are kept."},
	{"changes", FIELD_DURATION, C(retention.changes_ms) - C(retention), 0, 60000, 315360000000,
	 NULL, NULL, 0, "30d", "30d", "How far back a watcher may resume."},
	FIELD_END};
static const struct field log_fields[] = {
	{"format", FIELD_ENUM, C(log.format) - C(log), 0, 0, 0, log_formats, NULL, 0, "logfmt",
	 "json", "logfmt or json."},
	{"level", FIELD_ENUM, C(log.level) - C(log), 0, 0, 0, log_levels, NULL, 0, "info", "debug",
	 "Least level that is written."},
	FIELD_END};

const struct field agent_config_fields[] = {
	{"state", FIELD_STRING, C(state), FIELD_NONEMPTY, 0, 0, NULL, NULL, 0, "/var/lib/aspora",
	 "/var/lib/aspora", "Folder for mirrors, bundles, keys and the private PostgreSQL."},
	{"database", FIELD_STRING, C(database), 0, 0, 0, NULL, NULL, 0, NULL,
	 "postgresql://aspora@db/aspora",
	 "PostgreSQL to use (a URL or key=value form); a private one in the state folder when left "
	 "out."},
	{"libexec", FIELD_STRING, C(libexec), 0, 0, 0, NULL, NULL, 0, NULL, "/usr/libexec",
	 "Folder of aspora-init; found beside the program when left out."},
	{"user", FIELD_STRING, C(user), 0, 0, 0, NULL, NULL, 0, NULL, "aspora",
	 "Account that roles run as when asporad is started by root; aspora, postgres or nobody, "
	 "the first that exists, when left out."},
	{"gateway", FIELD_OBJECT, C(gateway), 0, 0, 0, NULL, gateway_fields, 0, NULL, NULL,
	 "The HTTP gateway."},
	{"tls", FIELD_OBJECT, C(tls), 0, 0, 0, NULL, tls_fields, 0, NULL, NULL,
	 "https for the gateway; both files are read again within seconds when they change."},
	{"runner", FIELD_OBJECT, C(runner), 0, 0, 0, NULL, runner_fields, 0, NULL, NULL,
	 "Where skills run."},
	{"lease", FIELD_OBJECT, C(lease), 0, 0, 0, NULL, lease_fields, 0, NULL, NULL,
	 "Who leads, where several asporad share a database."},
	{"retention", FIELD_OBJECT, C(retention), 0, 0, 0, NULL, retention_fields, 0, NULL, NULL,
	 "How long history is kept."},
	{"log", FIELD_OBJECT, C(log), 0, 0, 0, NULL, log_fields, 0, NULL, NULL,
	 "Logs, one event a line on stderr."},
	{"sources", FIELD_MAP, C(sources), 0, 0, 0, NULL, source_fields,
	 sizeof(struct agent_source), NULL, NULL, "The Git repositories, by name."},
	{"secrets", FIELD_MAP, C(secrets), 0, 0, 0, NULL, secret_fields,
	 sizeof(struct agent_secret), NULL, NULL,
	 "Secrets that skills may name as secret:NAME, and who may have them."},
	{"oidc", FIELD_MAP, C(oidc), 0, 0, 0, NULL, agent_oidc_fields, sizeof(struct agent_oidc),
	 NULL, NULL,
	 "Issuers of OpenID Connect whose tokens are taken instead of API keys, by names of your "
	 "own."},
	FIELD_END};
#undef C

static void note_unknown(void *state, const char *path, const struct doc_pair *pair,
			 const char *dotted, const char *nearest)
{
	struct agent_config *c = state;
	ARENA_GROW(c->arena, c->notes, c->note_count, c->note_cap);
	c->notes[c->note_count++].text = str_of(
		arena_printf(c->arena, "%s:%u:%u: unknown key \"%s\"%s%s%s", path, pair->key_line,
			     pair->key_column, dotted, nearest ? "; did you mean \"" : "",
			     nearest ? nearest : "", nearest ? "\"?" : ""));
}

/* A certificate without its key serves nobody, and asporad has no folder that a relative path could begin in. */
static int check_tls(const struct agent_config *c, const struct doc_node *root, const char *path,
		     struct err *err)
{
	const struct doc_node *at = doc_find(root, "tls");
	struct str cert = c->tls.certificate, key = c->tls.key;
	if ((cert.len == 0) != (key.len == 0))
		return doc_err(err, ERR_INVALID, path, at,
			       "tls.certificate and tls.key go together; %s is missing",
			       cert.len ? "tls.key" : "tls.certificate");
	if (cert.len && (cert.p[0] != '/' || key.p[0] != '/'))
		return doc_err(err, ERR_INVALID, path, at,
			       "tls.%s must be an absolute path, such as /etc/aspora/tls/%s.pem",
			       cert.p[0] != '/' ? "certificate" : "key",
			       cert.p[0] != '/' ? "fullchain" : "key");
	return 0;
}

/* Scheme and host, no path: paths are ours. */
static int check_url(const struct agent_config *c, const struct doc_node *root, const char *path,
		     struct err *err)
{
	struct str url = c->gateway.url, https = STR("https://"), http = STR("http://");
	struct str rest = str_starts(url, https)  ? str_sub(url, https.len, url.len)
			  : str_starts(url, http) ? str_sub(url, http.len, url.len)
						  : STR_NULL;
	bool fine = rest.len > 0;
	for (size_t i = 0; i < rest.len; i++)
		fine = fine && rest.p[i] > ' ' && rest.p[i] < 0x7f && !strchr("/?#@\"", rest.p[i]);
	if (url.len == 0 || fine)
		return 0;
	doc_err(err, ERR_INVALID, path, doc_find(root, "gateway"),
		"gateway.url \"%.*s\" is not an address", STR_ARG(url));
	return err_remedy(err, "write it as https://HOST or https://HOST:PORT, without a path");
}

/* What one row cannot say alone. */
static int check_whole(struct agent_config *c, const struct doc_node *root, const char *path,
		       struct err *err)
{
	if (c->lease.renew_ms * 3 > c->lease.ttl_ms)
		return doc_err(err, ERR_INVALID, path, doc_find(root, "lease"),
			       "lease.renew must be at most a third of lease.ttl");
	int rc = check_tls(c, root, path, err);
	if (rc == 0)
		rc = check_url(c, root, path, err);
	if (rc == 0)
		rc = agent_oidc_check(&c->oidc, c->gateway.url, doc_find(root, "oidc"), path, err);
	if (rc < 0)
		return rc;
	size_t platforms = 0;
	struct agent_source *s = c->sources.items;
	for (size_t i = 0; i < c->sources.count; i++) {
		const struct doc_node *map = doc_find(root, "sources");
		const struct doc_pair *pair = map ? doc_find_pair(map, s[i].key) : NULL;
		if (name_check(s[i].key, "source", err) < 0)
			return pair ? err_at(err, ERR_INVALID, path, pair->key_line,
					     pair->key_column,
					     "source name \"%.*s\": use a-z, 0-9 and single "
					     "hyphens",
					     STR_ARG(s[i].key))
				    : ERR_INVALID;
		if (s[i].platform && ++platforms > 1)
			return doc_err(err, ERR_INVALID, path, pair ? pair->value : root,
				       "a second source says platform: true; platform policy comes "
				       "from exactly one");
		rc = agent_signers_check(&s[i].signers, s[i].signatures, pair ? pair->value : NULL,
					 path, err);
		if (rc < 0)
			return rc;
	}
	if (c->sources.count == 1)
		s[0].platform = true;
	return 0;
}

int agent_config_load(const char *path, struct agent_config **ret, struct err *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(256 * 1024);
	struct arena *arena = arena_new(8 * 1024 * 1024);
	struct agent_config *c = arena_alloc(arena, sizeof(*c));
	c->arena = arena;
	CLEANUP(agent_config_freep) struct agent_config *owner = c;
	const struct doc_node *root = NULL;
	int rc = path ? io_read_file(path, &text, err) : 0;
	if (rc < 0)
		return rc;
	if ((rc = doc_parse_yaml(arena, buf_str(&text), &doc_limits_yaml, path ? path : "", 0,
				 &root, err)) < 0)
		return rc;
	struct agent_config decoded = {0};
	decoded.arena = arena;
	struct field_decode how = {.arena = arena,
				   .path = path ? path : "",
				   .unknown = FIELD_UNKNOWN_WARN,
				   .warn = note_unknown,
				   .warn_state = &decoded};
	if ((rc = field_decode(&how, agent_config_fields, root, &decoded, err)) < 0)
		return rc;
	*c = decoded;
	c->arena = arena;
	c->path = str_of(path ? arena_strdup(arena, path) : NULL);
	if ((rc = check_whole(c, root, path ? path : "", err)) < 0)
		return rc;
	*ret = TAKE_PTR(owner);
	return 0;
}

void agent_config_free(struct agent_config *c)
{
	if (c)
		arena_free(c->arena);
}

void agent_config_freep(struct agent_config **c)
{
	agent_config_free(*c);
}

size_t agent_config_source_count(const struct agent_config *c)
{
	return c->sources.count;
}

const struct agent_source *agent_config_source_at(const struct agent_config *c, size_t i)
{
	return (const struct agent_source *)c->sources.items + i;
}

const struct agent_source *agent_config_source(const struct agent_config *c, struct str name)
{
	for (size_t i = 0; i < c->sources.count; i++)
		if (str_eq(agent_config_source_at(c, i)->key, name))
			return agent_config_source_at(c, i);
	return NULL;
}

char *agent_state_path(const struct agent_config *c, const char *name)
{
	return mem_printf("%.*s/%s", STR_ARG(c->state), name);
}

const struct agent_secret *agent_config_secret(const struct agent_config *c, struct str name)
{
	const struct agent_secret *list = c->secrets.items;
	for (size_t i = 0; i < c->secrets.count; i++)
		if (str_eq(list[i].key, name))
			return &list[i];
	return NULL;
}
