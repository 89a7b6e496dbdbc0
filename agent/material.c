#include "agent/material.h"

#include "agent/context_doc.h"

#define SECRET_PREFIX "secret:"

static bool secret_is_for(const struct agent_secret *s, struct str domain)
{
	for (size_t i = 0; i < s->domains.count; i++)
		if (str_eq(s->domains.items[i], domain) || str_eqz(s->domains.items[i], "*"))
			return true;
	return false;
}

/*
 * A repository names secrets, the operator's configuration says what they are and who may have them: content never names a file or
 * variable that we then open.
 */
static int resolve(const struct agent_config *c, struct arena *a, struct str domain,
		   struct str value, struct str *ret, struct err *err)
{
	*ret = value;
	if (str_starts(value, STR("env:")) || str_starts(value, STR("file:"))) {
		err_set(err, ERR_DENIED, "\"%.*s\" would have us open what a repository names",
			STR_ARG(value));
		err_remedy(err, "write secret:NAME, and have an operator add NAME under secrets: "
				"in asporad.conf");
		return ERR_DENIED;
	}
	if (!str_starts(value, STR(SECRET_PREFIX)))
		return 0;
	struct str name = str_sub(value, sizeof(SECRET_PREFIX) - 1, value.len);
	const struct agent_secret *secret = agent_config_secret(c, name);
	if (!secret || !secret_is_for(secret, domain)) {
		err_set(err, ERR_DENIED, "the secret \"%.*s\" is not given to domain %.*s",
			STR_ARG(name), STR_ARG(domain));
		err_remedy(
			err,
			"an operator adds it under secrets: in asporad.conf, with domains: [%.*s]",
			STR_ARG(domain));
		return ERR_DENIED;
	}
	struct secret bytes = SECRET_INIT;
	int rc = secret_resolve(&bytes, secret->from, err);
	if (rc == 0)
		*ret = arena_str(a, secret_lend(&bytes));
	secret_release(&bytes);
	return rc;
}

static int load_env(struct material *m, const struct agent_config *c, struct str domain,
		    struct err *err)
{
	const struct config_env *env = m->config.runtime.env.items;
	m->env_count = m->config.runtime.env.count;
	m->env = arena_array(m->arena, m->env_count + 1, sizeof(*m->env));
	for (size_t i = 0; i < m->env_count; i++) {
		m->env[i].name = env[i].key;
		int rc = resolve(c, m->arena, domain, env[i].value, &m->env[i].value, err);
		if (rc < 0)
			return err_context(err, "environment variable %.*s", STR_ARG(env[i].key));
	}
	return 0;
}

int material_load(struct store *s, const struct agent_config *c, const struct rollout_key *key,
		  struct material *ret, struct err *err)
{
	*ret = (struct material){.arena = arena_new(64 * 1024 * 1024),
				 .blobs = store_blob_reader(s)};
	int rc = store_version_find(s, ret->arena, key->domain, key->skill, &key->content,
				    &key->runtime, &ret->version, err);
	if (rc == 0 && !ret->version)
		rc = err_set(err, ERR_NOT_FOUND, "version of %.*s/%.*s is not in the store",
			     STR_ARG(key->domain), STR_ARG(key->skill));
	/* The version's own: a context is what skills of a domain share, and their limits are not. */
	if (rc == 0)
		rc = context_doc_config(ret->arena, ret->version->spec_json, &ret->config, err);
	if (rc < 0)
		return rc;
	run_guard_init(&ret->guard, &ret->config, c->runner.guard_fail_open);
	ret->driver = ret->config.runtime.driver.len ? ret->config.runtime.driver
						     : c->runner.driver;
	if (ret->version->handler.len == 0) {
		err_set(err, ERR_MODEL,
			"%.*s/%.*s has no handler, and no model is configured that could follow "
			"its text",
			STR_ARG(key->domain), STR_ARG(key->skill));
		err_remedy(err, "add code/handler.py (or .js, .sh) beside SKILL.md");
		return ERR_MODEL;
	}
	return load_env(ret, c, key->domain, err);
}

void material_release(struct material *m)
{
	/* Resolved secrets live in it. */
	for (size_t i = 0; i < m->env_count; i++)
		if (m->env[i].value.len)
			crypto_wipe((char *)(uintptr_t)m->env[i].value.p, m->env[i].value.len);
	run_guard_release(&m->guard);
	arena_free(m->arena);
	*m = (struct material){0};
}

void material_request(const struct material *m, const char *instance, struct run_request *ret)
{
	*ret = (struct run_request){
		.instance = instance,
		.driver = m->driver,
		.isolation = (enum isolation)m->config.runtime.isolation,
		.runtime = m->version->runtime,
		.manifest = m->version->manifest,
		.blobs = &m->blobs,
		.handler = m->version->handler,
		.limits = run_limits_of(&m->config),
		.env = m->env,
		.env_count = m->env_count,
		.network = m->config.runtime.network,
		.guard = &m->guard,
	};
}
