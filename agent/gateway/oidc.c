#include "agent/gateway/oidc.h"

#include "agent/gateway/errand.h"
#include "agent/gateway/jwk.h"
#include "agent/gateway/jwt.h"
#include "agent/gateway/oidc_ask.h"
#include "agent/gateway/oidc_claims.h"
#include "base/log.h"
#include "base/mem.h"

#define ERRAND_MS (3 * OIDC_ASK_MS)
#define BACKOFF_FIRST_MS 2000
#define BACKOFF_MOST_MS 300000

struct oidc_issuer {
	struct gw_oidc *up;
	const struct agent_oidc *config;
	struct jwk_set *keys; /* NULL: none yet */
	char *authorization, *token; /* NULL: not known, or none */
	bool basic;
	int64_t got_ms, asked_ms; /* monotonic; asked_ms 0: never */
	int64_t backoff_ms;
	struct gw_errand *errand; /* under way */
	struct loop_source *timer;
};

struct gw_oidc {
	struct loop *loop;
	const struct clock *clock;
	struct oidc_issuer *issuers;
	size_t count;
};

static int64_t now_ms(const struct gw_oidc *o)
{
	return clock_mono(o->clock);
}

/* --- keys -------------------------------------------------------------------------------------------------------------- */

static char *text_of(const struct doc_node *root, const char *name)
{
	struct str s = doc_text(root, name);
	return s.len ? mem_strndup(s.p, s.len) : NULL;
}

int oidc_issuer_take(struct gw_oidc *o, struct oidc_issuer *i, struct str answer, struct err *err)
{
	static const struct doc_limits limits = {GW_ERRAND_BYTES, 4, 100, JWK_SET_BYTES};
	CLEANUP(arena_freep) struct arena *a = arena_new(4 * GW_ERRAND_BYTES);
	CLEANUP(buf_release) struct buf notes = BUF_INIT(BUF_MAX);
	const struct doc_node *root = NULL;
	struct jwk_set *keys = NULL;
	int rc = doc_parse_json(a, answer, &limits, "answer", &root, err);
	if (rc == 0)
		rc = jwk_set_parse(doc_text(root, "keys"), &notes, &keys, err);
	if (rc < 0)
		return rc;
	struct str rest = buf_str(&notes), line;
	char name[64];
	snprintf(name, sizeof(name), "%.*s", STR_ARG(i->config->key));
	while (str_split(&rest, '\n', &line)) {
		CLEANUP_FREE char *why = mem_strndup(line.p, line.len);
		log_event(LOG_DEBUG_, "oidc.key_left_out", "issuer", name, "reason", why, NULL);
	}
	jwk_set_free(i->keys);
	free(i->authorization);
	free(i->token);
	i->keys = keys;
	i->authorization = text_of(root, "authorization");
	i->token = text_of(root, "token");
	i->basic = doc_bool(root, "basic", true);
	i->got_ms = now_ms(o);
	return 0;
}

static void fetched(void *state, int rc, struct str out, const struct err *why)
{
	struct oidc_issuer *i = state;
	struct err err = *why;
	char name[64], count[16];
	bool first = !i->keys;
	snprintf(name, sizeof(name), "%.*s", STR_ARG(i->config->key));
	i->errand = NULL;
	if (rc == 0)
		rc = oidc_issuer_take(i->up, i, out, &err);
	if (rc < 0) {
		log_err(LOG_WARN_, "oidc.keys_not_fetched", &err, "issuer", name, NULL);
		i->backoff_ms = MIN(MAX(i->backoff_ms * 2, BACKOFF_FIRST_MS), BACKOFF_MOST_MS);
		loop_timer_reset(i->timer, i->backoff_ms);
		return;
	}
	snprintf(count, sizeof(count), "%zu", jwk_set_count(i->keys));
	log_event(first ? LOG_INFO_ : LOG_DEBUG_, "oidc.keys_fetched", "issuer", name, "keys",
		  count, NULL);
	i->backoff_ms = 0;
	loop_timer_reset(i->timer, OIDC_REFRESH_MS);
}

static void fetch(struct oidc_issuer *i)
{
	struct gw_oidc *o = i->up;
	struct err err = ERR_INIT;
	if (!o->loop || i->errand)
		return;
	i->asked_ms = now_ms(o);
	const struct gw_errand_opts opts = {.loop = o->loop,
					    .timeout_ms = ERRAND_MS,
					    .work = oidc_ask_keys,
					    .what = i->config,
					    .done = fetched,
					    .state = i};
	if (gw_errand_start(&opts, &i->errand, &err) < 0)
		fetched(i, err.code, STR_NULL, &err);
}

static void due(struct loop *l, void *state)
{
	(void)l;
	fetch(state);
}

/* Whether the keys may be asked for once more, and it was done. */
static bool fetch_again(struct oidc_issuer *i)
{
	if (i->errand)
		return true;
	if (i->asked_ms && now_ms(i->up) - i->asked_ms < OIDC_AGAIN_MS)
		return false;
	i->asked_ms = now_ms(i->up);
	fetch(i);
	return i->errand != NULL;
}

/* --- life ---------------------------------------------------------------------------------------------------------------- */

struct gw_oidc *gw_oidc_new(const struct agent_config *config, struct loop *loop,
			    const struct clock *clock)
{
	struct gw_oidc *o = mem_zalloc(sizeof(*o));
	const struct agent_oidc *list = config->oidc.items;
	o->loop = loop;
	o->clock = clock;
	o->count = config->oidc.count;
	o->issuers = mem_array(o->count + 1, sizeof(*o->issuers));
	for (size_t i = 0; i < o->count; i++) {
		o->issuers[i] = (struct oidc_issuer){.up = o, .config = &list[i], .basic = true};
		if (loop)
			o->issuers[i].timer = loop_add_timer(loop, 0, due, &o->issuers[i]);
	}
	return o;
}

void gw_oidc_free(struct gw_oidc *o)
{
	if (!o)
		return;
	for (size_t i = 0; i < o->count; i++) {
		gw_errand_cancel(o->issuers[i].errand);
		loop_remove(o->issuers[i].timer);
		jwk_set_free(o->issuers[i].keys);
		free(o->issuers[i].authorization);
		free(o->issuers[i].token);
	}
	free(o->issuers);
	free(o);
}

bool gw_oidc_is_on(const struct gw_oidc *o)
{
	return o->count > 0;
}

size_t gw_oidc_count(const struct gw_oidc *o)
{
	return o->count;
}

struct oidc_issuer *gw_oidc_at(struct gw_oidc *o, size_t i)
{
	return &o->issuers[i];
}

struct oidc_issuer *gw_oidc_find(struct gw_oidc *o, struct str name)
{
	for (size_t i = 0; i < o->count; i++)
		if (str_eq(o->issuers[i].config->key, name))
			return &o->issuers[i];
	return NULL;
}

const struct agent_oidc *oidc_issuer_config(const struct oidc_issuer *i)
{
	return i->config;
}

const char *oidc_issuer_authorization(const struct oidc_issuer *i)
{
	return i->authorization;
}

const char *oidc_issuer_token(const struct oidc_issuer *i, bool *ret_basic)
{
	*ret_basic = i->basic;
	return i->token;
}

int64_t oidc_issuer_age_ms(const struct oidc_issuer *i)
{
	return i->keys ? now_ms(i->up) - i->got_ms : -1;
}

int64_t oidc_issuer_asked_ms(const struct oidc_issuer *i)
{
	return i->asked_ms;
}

/* --- a token ---------------------------------------------------------------------------------------------------------------- */

bool gw_oidc_looks_like(struct str text)
{
	return str_find_byte(text, '.', 0) >= 0;
}

static bool takes(const struct agent_oidc *c, struct str alg)
{
	for (size_t i = 0; i < c->algorithms.count; i++)
		if (str_eq(c->algorithms.items[i], alg))
			return true;
	return false;
}

static int no_keys(struct oidc_issuer *i, struct err *err)
{
	(void)fetch_again(i);
	err_set(err, ERR_UNAVAILABLE, "the keys of the issuer %.*s are not known yet",
		STR_ARG(i->config->key));
	return err_remedy(err, "try again in a second; the log says why when it lasts");
}

/* A name that is not in the set may be of a key that came since. */
static int unknown_key(struct oidc_issuer *i, const struct jwt *t, struct err *err)
{
	if (t->kid.len && fetch_again(i)) {
		err_set(err, ERR_UNAVAILABLE,
			"the token's key is not among those of %.*s; they are being looked at "
			"again",
			STR_ARG(i->config->key));
		return err_remedy(err, "try again in a second");
	}
	return err_set(err, ERR_UNAUTHENTICATED,
		       "the token is not valid: its key (kid) is not one of %.*s",
		       STR_ARG(i->config->key));
}

static int check_signature(struct oidc_issuer *i, const struct jwt *t, struct err *err)
{
	enum jw_alg alg = jw_alg_find(t->alg);
	if (alg == JW_NONE || !takes(i->config, t->alg))
		return err_set(err, ERR_UNAUTHENTICATED,
			       "the token is not valid: its algorithm %.*s is not one of "
			       "oidc.%.*s.algorithms",
			       (int)MIN(t->alg.len, 32), t->alg.p, STR_ARG(i->config->key));
	if (!i->keys || now_ms(i->up) - i->got_ms > OIDC_STALE_MS)
		return no_keys(i, err);
	const struct jwk *key = jwk_find(i->keys, t->kid, alg);
	if (!key)
		return unknown_key(i, t, err);
	if (!jwk_verify(key, alg, t->signed_text, t->signature, t->signature_len))
		return err_set(err, ERR_UNAUTHENTICATED,
			       "the token is not valid: its signature does not hold");
	return 0;
}

static int verify(struct oidc_issuer *i, const struct jwt *t, struct str audience, struct err *err)
{
	int rc = check_signature(i, t, err);
	return rc < 0 ? rc
		      : oidc_claims_check(i->config, audience, t->claims, clock_wall(i->up->clock),
					  err);
}

int oidc_issuer_verify(struct oidc_issuer *i, struct arena *a, struct str token,
		       struct str audience, const struct doc_node **ret_claims, struct err *err)
{
	struct jwt t;
	int rc = jwt_parse(a, token, &t, err);
	if (rc == 0)
		rc = verify(i, &t, audience, err);
	if (rc == 0)
		*ret_claims = t.claims;
	return rc;
}

static int advise(int rc, struct err *err)
{
	if (rc == ERR_UNAUTHENTICATED)
		err_remedy(err, "get a new token from its issuer, or use an API key");
	return rc;
}

int gw_oidc_check(struct gw_oidc *o, struct arena *a, struct str token, struct gw_principal *ret,
		  struct err *err)
{
	struct oidc_issuer *found = NULL;
	struct jwt t;
	int rc = jwt_parse(a, token, &t, err);
	if (rc < 0)
		return advise(rc, err);
	/* Which keys to look at is all that is taken from it unverified. */
	struct str iss = doc_text(t.claims, "iss");
	for (size_t i = 0; i < o->count && iss.len; i++)
		if (str_eq(o->issuers[i].config->issuer, iss))
			found = &o->issuers[i];
	if (!found)
		return advise(err_set(err, ERR_UNAUTHENTICATED,
				      "the token is not valid: its issuer (iss) is none of those "
				      "in asporad.conf"),
			      err);
	rc = verify(found, &t, found->config->audience, err);
	if (rc == 0)
		rc = oidc_principal(found->config, a, t.claims, ret, err);
	return advise(rc, err);
}
