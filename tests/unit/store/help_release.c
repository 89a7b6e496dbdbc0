#include "tests/unit/store/help_release.h"

#include "base/mem.h"
#include "store/rollout.h"
#include "store/source.h"

struct digest word_digest(const char *word)
{
	return digest_tagged("test", str_of(word));
}

struct tree_id word_tree(const char *word)
{
	struct tree_id id = {.len = 20};
	struct digest d = word_digest(word);
	memcpy(id.bytes, d.bytes, 20);
	return id;
}

const struct store_signer *support_signer(void)
{
	static struct store_signer signer;
	static uint8_t secret_key[SIGN_SECRET_SIZE];
	if (!signer.secret_key) {
		sign_keypair(signer.public_key, secret_key);
		signer.secret_key = secret_key;
	}
	return &signer;
}

void support_declare(struct store *s, const struct lease *l, const char *const *names)
{
	struct store_source list[8] = {0};
	size_t n = 0;
	for (; names[n]; n++) {
		list[n].name = str_of(names[n]);
		list[n].kind = STR("git");
		list[n].url = STR("https://example.org/skills.git");
		list[n].ref = STR("main");
	}
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	assert_ok(store_txn_begin(s, STORE_FENCED, "test", l, &t, &support_err));
	assert_ok(store_source_declare(t, list, n, &support_err));
	assert_ok(store_txn_commit(t, NULL, &support_err));
}

static int put_versions(struct store_txn *t, const char *domain, const struct support_skill *skills,
			size_t count)
{
	static const struct manifest none;
	struct store_version *v = mem_array(count + 1, sizeof(*v));
	struct store_context *c = mem_array(count + 1, sizeof(*c));
	char(*triggers)[300] = mem_array(count + 1, sizeof(*triggers));
	for (size_t i = 0; i < count; i++) {
		if (skills[i].pattern)
			snprintf(triggers[i], sizeof(triggers[i]),
				 "[{\"kind\":\"command\",\"pattern\":\"%s\",\"path\":\"SKILL.md\","
				 "\"line\":3,\"column\":1}]",
				 skills[i].pattern);
		v[i] = (struct store_version){.domain = str_of(domain),
					      .skill = str_of(skills[i].name),
					      .content = word_digest(skills[i].content),
					      .runtime = word_digest(skills[i].content),
					      .role = STR("specialist"),
					      .title = STR("A title"),
					      .handler = STR("code/handler.py"),
					      .manifest = &none,
					      .triggers_json = str_of(triggers[i])};
		c[i] = (struct store_context){word_digest(skills[i].content),
					      STR("{\"firm\":null}")};
	}
	int r = store_version_put(t, v, count, &support_err);
	if (r >= 0)
		r = store_context_put(t, c, count, &support_err);
	free(v);
	free(c);
	free(triggers);
	return r;
}

int support_release_in(struct store *s, const struct lease *l, const char *source,
		       const char *domain, const char *candidate,
		       const struct support_skill *skills, size_t count, bool admitted,
		       int64_t *ret_rev)
{
	struct source_ref ref = {0};
	snprintf(ref.name, sizeof(ref.name), "%s", source);
	snprintf(ref.revision, sizeof(ref.revision), "rev-%s", candidate);
	struct release_skill *list = mem_array(count + 1, sizeof(*list));
	for (size_t i = 0; i < count; i++) {
		struct digest d = word_digest(skills[i].content);
		list[i] = (struct release_skill){.op = skills[i].deleted ? CHANGE_DELETE
									 : CHANGE_UPDATE,
						 .domain = str_of(domain),
						 .name = str_of(skills[i].name),
						 .tree = word_tree(skills[i].content),
						 .content = d,
						 .runtime = d,
						 .context = d,
						 .concurrency = skills[i].concurrency,
						 .per_minute = skills[i].per_minute,
						 .per_run_microusd = skills[i].per_run_microusd,
						 .per_day_microusd = skills[i].per_day_microusd};
	}
	struct release_domain item = {.op = CHANGE_UPDATE,
				      .name = str_of(domain),
				      .source = ref,
				      .tree = word_tree(candidate),
				      .candidate = word_digest(candidate),
				      .policy = word_digest("policy"),
				      .surface = word_digest("surface"),
				      .exposes_json = STR("{}")};
	struct verdict v = {.key = {str_of(domain), item.candidate, item.policy, item.surface},
			    .allow = admitted};
	struct release release = {.kind = "sync",
				  .source = ref,
				  .message = STR("a message"),
				  .domains = &item,
				  .domain_count = 1,
				  .skills = list,
				  .skill_count = count};
	struct store_txn *t = NULL;
	int64_t id;
	int r = store_txn_begin(s, STORE_FENCED, "sync@test", l, &t, &support_err);
	if (r >= 0)
		r = store_verdict_put(t, &v, &ref, STR_NULL, support_signer(), &support_err);
	if (r >= 0)
		r = put_versions(t, domain, skills, count);
	if (r >= 0)
		r = store_release_write(t, &release, support_signer(), &id, &support_err);
	if (r >= 0)
		r = store_txn_commit(t, ret_rev, &support_err);
	store_txn_end(t);
	free(list);
	return r;
}

int64_t support_release(struct store *s, const struct lease *l, const char *domain,
			const char *candidate, const struct support_skill *skills, size_t count)
{
	if (!support_pg_int("select count(*) from source where name = 'main'"))
		support_declare(s, l, (const char *const[]){"main", NULL});
	int64_t rev = 0;
	assert_ok(support_release_in(s, l, "main", domain, candidate, skills, count, true, &rev));
	return rev;
}

struct rollout_key support_key(const char *domain, const char *skill, const char *content)
{
	struct digest d = word_digest(content);
	return (struct rollout_key){str_of(domain), str_of(skill), d, d};
}

void support_promote(struct store *s, const struct lease *control, const char *domain,
		     const struct support_skill *skills, size_t count)
{
	struct rollout_key *keys = mem_array(count + 1, sizeof(*keys));
	for (size_t i = 0; i < count; i++)
		keys[i] = support_key(domain, skills[i].name, skills[i].content);
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	assert_ok(store_txn_begin(s, STORE_FENCED, "control@test", control, &t, &support_err));
	assert_ok(store_rollout_begin(t, keys, count, &support_err));
	assert_ok(store_rollout_promote(t, keys, count, 1000, &support_err));
	assert_ok(store_txn_commit(t, NULL, &support_err));
	free(keys);
}
