/* The configured sources, opened and declared. */
#include "agent/sync_int.h"
#include "base/mem.h"

#define BACKOFF_FIRST_MS 1000
#define BACKOFF_MOST_MS 300000

static char *text_or_null(struct str s)
{
	return s.len ? mem_strndup(s.p, s.len) : NULL;
}

static int open_source(struct sync *s, struct sync_source *src, const struct agent_source *decl,
		       struct err *err)
{
	src->up = s;
	src->decl = decl;
	src->backoff = (struct backoff)BACKOFF_INIT(BACKOFF_FIRST_MS, BACKOFF_MOST_MS);
	src->policy = (struct url_policy){decl->allow_local, decl->allow_private,
					  decl->allow_plain};
	snprintf(src->name, sizeof(src->name), "%.*s", STR_ARG(decl->key));
	int rc = url_parse(decl->url, &src->policy, &src->url, err);
	if (rc == 0)
		rc = ref_name_full(str_starts(decl->branch, STR("refs/")) ? decl->branch
									  : decl->branch,
				   src->ref, err);
	if (rc == 0 && decl->token.len)
		rc = secret_resolve(&src->token, decl->token, err);
	if (rc < 0)
		return rc;
	CLEANUP_FREE char *folder = mem_printf("mirrors/%s.git", src->name);
	src->mirror_path = agent_state_path(s->ctx->config, folder);
	src->ssh_key = text_or_null(decl->ssh_key);
	src->known_hosts = text_or_null(decl->known_hosts);
	src->ca_file = text_or_null(decl->ca_file);
	src->refs[0] = src->ref;
	src->remote = (struct remote_opts){.url = src->url,
					   .policy = src->policy,
					   .mirror = src->mirror_path,
					   .refs = src->refs,
					   .ref_count = 1};
	src->remote.auth = (struct remote_auth){.token = secret_is_set(&src->token) ? &src->token
										    : NULL,
						.ssh_key_file = src->ssh_key,
						.known_hosts = src->known_hosts,
						.ca_file = src->ca_file};
	src->remote.limits.wall_ms = decl->fetch_timeout_ms;
	src->remote.limits.stall_ms = decl->stall_timeout_ms;
	source_signing_open(src);
	return 0;
}

/* While this process is small. Without it fetches cost more, and that is all. */
static void open_starter(struct sync *s)
{
	CLEANUP_FREE struct remote_opts **list = mem_array(s->source_count + 1, sizeof(*list));
	struct err why = ERR_INIT;
	size_t count = 0;
	for (size_t i = 0; i < s->source_count; i++)
		if (!s->sources[i].broken.code)
			list[count++] = &s->sources[i].remote;
	if (count && remote_starter_open(list, count, &s->starter, &why) < 0)
		log_err(LOG_WARN_, "source.starter_failed", &why, NULL);
}

int sync_sources_open(struct sync *s, struct err *err)
{
	(void)err;
	s->source_count = agent_config_source_count(s->ctx->config);
	s->sources = mem_array(s->source_count + 1, sizeof(*s->sources));
	for (size_t i = 0; i < s->source_count; i++) {
		struct sync_source *src = &s->sources[i];
		struct err why = ERR_INIT;
		/* One that cannot be opened says so, and stops no other. */
		if (open_source(s, src, agent_config_source_at(s->ctx->config, i), &why) < 0) {
			src->broken = why;
			log_err(LOG_ERROR_, "source.unusable", &why, "source", src->name, NULL);
		}
	}
	open_starter(s);
	return 0;
}

void sync_make_guard(struct sync *s)
{
	if (s->guard)
		return;
	s->guard = admit_guard_new(guard_rules_builtin());
	guard_rules_ready(guard_rules_builtin());
}

void sync_sweep_guard(struct sync *s)
{
	if (!s->guard || admit_guard_count(s->guard) <= s->guard_kept * 5 / 4 + 4096)
		return;
	struct snapshot **current = mem_array(s->source_count + 1, sizeof(*current));
	for (size_t i = 0; i < s->source_count; i++)
		current[i] = s->sources[i].snapshot;
	admit_guard_sweep(s->guard, current, s->source_count);
	s->guard_kept = admit_guard_count(s->guard);
	free(current);
}

void sync_sources_close(struct sync *s)
{
	admit_guard_free(s->guard);
	s->guard = NULL;
	for (size_t i = 0; i < s->source_count; i++) {
		struct sync_source *src = &s->sources[i];
		loop_remove(src->job_watch);
		remote_job_free(src->job);
		source_signing_close(src);
		snapshot_unref(src->snapshot);
		admit_memory_free(src->texts);
		arena_free(src->confirm_arena);
		mirror_close(src->mirror);
		secret_release(&src->token);
		free(src->mirror_path);
		free(src->ssh_key);
		free(src->known_hosts);
		free(src->ca_file);
		free((char *)(uintptr_t)src->observed.p);
		free((char *)(uintptr_t)src->released.p);
		free((char *)(uintptr_t)src->refused.p);
	}
	remote_starter_close(s->starter);
	s->starter = NULL;
	free(s->sources);
	s->sources = NULL;
	s->source_count = 0;
}

/* What people and programs need to know of the declaration, beside where the source is. */
static struct str spec_of(const struct agent_source *d)
{
	if (!agent_signers_named(&d->signers))
		return STR("{}");
	return d->signatures == AGENT_SIGNATURES_REQUIRED ? STR("{\"signatures\":\"required\"}")
							  : STR("{\"signatures\":\"shown\"}");
}

/* What the operator declared becomes rows, so that people and the gateway see it. */
int sync_sources_declare(struct sync *s, struct err *err)
{
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	CLEANUP_FREE struct store_source *list = mem_array(s->source_count + 1, sizeof(*list));
	for (size_t i = 0; i < s->source_count; i++) {
		const struct agent_source *d = s->sources[i].decl;
		list[i] = (struct store_source){.name = d->key,
						.kind = STR("git"),
						.url = d->url,
						.ref = str_of(s->sources[i].ref),
						.path = d->path,
						.platform = d->platform,
						.declared = true,
						.spec_json = spec_of(d)};
	}
	int rc = store_txn_begin(s->ctx->store, STORE_FENCED, s->actor, worker_lease(s->worker), &t,
				 err);
	if (rc == 0)
		rc = store_source_declare(t, list, s->source_count, err);
	return rc < 0 ? rc : store_txn_commit(t, NULL, err);
}
