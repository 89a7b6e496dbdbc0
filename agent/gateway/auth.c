#include "agent/gateway/auth.h"

#include "base/mem.h"

/* A direct-mapped cache: nobody can choose where a key falls, and what is pushed out is asked for again. */
#define SLOTS 1024

struct slot {
	struct digest key;
	int64_t until_ms; /* monotonic; 0: empty */
	bool valid, used;
	struct gw_principal who;
};

struct gw_keys {
	const struct clock *clock;
	struct slot slots[SLOTS];
};

static const struct {
	unsigned role;
	const char *name;
} roles[] = {{GW_VIEWER, "viewer"},
	     {GW_OPERATOR, "operator"},
	     {GW_APPROVER, "approver"},
	     {GW_CI_BOT, "ci-bot"},
	     {GW_ADMIN, "admin"}};

const char *gw_role_name(unsigned role)
{
	for (size_t i = 0; i < ARRAY_SIZE(roles); i++)
		if (roles[i].role == role)
			return roles[i].name;
	return "nobody";
}

unsigned gw_role_find(struct str name)
{
	for (size_t i = 0; i < ARRAY_SIZE(roles); i++)
		if (str_eqz(name, roles[i].name))
			return roles[i].role;
	return 0;
}

char *gw_role_names(unsigned set, char out[64])
{
	size_t n = 0;
	out[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(roles); i++)
		if (set & roles[i].role)
			n += (size_t)snprintf(out + n, 64 - n, "%s%s", n ? ", " : "",
					      roles[i].name);
	return out;
}

bool gw_covers_all(const struct gw_principal *p)
{
	return strcmp(p->domains, "*") == 0;
}

bool gw_covers(const struct gw_principal *p, struct str domain)
{
	struct str rest = str_of(p->domains), one;
	if (domain.len == 0 || gw_covers_all(p))
		return true;
	while (str_split(&rest, ',', &one))
		if (str_eq(one, domain))
			return true;
	return false;
}

struct gw_keys *gw_keys_new(const struct clock *clock)
{
	struct gw_keys *k = mem_zalloc(sizeof(*k));
	k->clock = clock;
	return k;
}

void gw_keys_free(struct gw_keys *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		free(k->slots[i].who.domains);
	crypto_wipe(k, sizeof(*k));
	free(k);
}

static void fill(struct slot *slot, const struct key *key)
{
	struct gw_principal *p = &slot->who;
	free(p->domains);
	p->domains = mem_strndup(key->domains.p, key->domains.len);
	snprintf(p->id, sizeof(p->id), "%.*s", STR_ARG(key->id));
	snprintf(p->name, sizeof(p->name), "%.*s", STR_ARG(key->name));
	snprintf(p->actor, sizeof(p->actor), "key:%s", p->name);
	p->role = gw_role_find(key->role);
	p->role_name = gw_role_name(p->role);
	p->expires_ms = key->expires_ms;
}

/* Asks the store; an answer of no is believed as long as one of yes. */
static int ask(struct gw_keys *k, struct store *s, struct str text, struct slot *slot,
	       struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1024 * 1024);
	struct key key;
	int rc = store_key_check(s, a, text, &key, err);
	if (rc < 0 && rc != ERR_UNAUTHENTICATED)
		return rc;
	slot->valid = rc == 0;
	slot->used = false;
	if (rc == 0)
		fill(slot, &key);
	slot->until_ms = clock_mono(k->clock) + GW_KEY_TRUST_MS;
	return 0;
}

static int no_key(struct err *err, const char *why)
{
	err_set(err, ERR_UNAUTHENTICATED, "%s", why);
	return err_remedy(err, "send \"Authorization: Bearer aspora_...\"; asporad key create "
			       "NAME makes a key");
}

int gw_keys_check(struct gw_keys *k, struct store *s, struct str authorization,
		  struct gw_principal *ret, struct err *err)
{
	struct str scheme = str_sub(authorization, 0, 7);
	if (authorization.len == 0)
		return no_key(err, "no API key was sent");
	if (!str_eq_nocase(scheme, STR("Bearer ")))
		return no_key(err, "the Authorization field is not of the form \"Bearer KEY\"");
	struct str text = str_trim(str_sub(authorization, 7, authorization.len));
	/* The same words as for a key that is unknown: guessing learns nothing. */
	if (!store_key_looks_right(text))
		return no_key(err, "the key is not valid");
	struct digest d = digest_tagged("aspora.gateway.key", text);
	struct slot *slot = &k->slots[(d.bytes[0] | d.bytes[1] << 8) % SLOTS];
	if (!digest_equal(&slot->key, &d) || clock_mono(k->clock) >= slot->until_ms) {
		if (!s)
			return GW_KEY_ASK;
		int rc = ask(k, s, text, slot, err);
		if (rc < 0)
			return rc;
		slot->key = d;
	}
	if (!slot->valid)
		return no_key(err, "the key is not valid");
	slot->used = true;
	*ret = slot->who;
	return 0;
}

int gw_keys_flush(struct gw_keys *k, struct store *s, struct err *err)
{
	struct str ids[SLOTS];
	size_t count = 0;
	for (size_t i = 0; i < SLOTS; i++) {
		if (k->slots[i].used)
			ids[count++] = str_of(k->slots[i].who.id);
		k->slots[i].used = false;
	}
	return count ? store_key_used(s, ids, count, err) : 0;
}
