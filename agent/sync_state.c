/* What sync knows of the deployed state while it leads, and how it learns it. */
#include <errno.h>
#include <unistd.h>

#include "agent/sync_int.h"
#include "base/io.h"
#include "base/mem.h"
#include "store/event.h"

static void forget_deployed(struct sync *s)
{
	store_deployed_free(s->deployed);
	surfaces_free(s->surfaces);
	arena_free(s->known);
	s->deployed = NULL;
	s->surfaces = NULL;
	s->known = NULL;
	s->owners = NULL;
	s->overlays = NULL;
	s->platform = NULL;
	s->firm_text = STR_NULL;
	s->owner_count = s->overlay_count = 0;
	memset(&s->firm, 0, sizeof(s->firm));
	memset(&s->platform_file, 0, sizeof(s->platform_file));
	s->loaded = false;
}

void sync_forget_holds(struct sync *s)
{
	arena_free(s->holds.arena);
	s->holds = (struct sync_holds){0};
}

int sync_load_holds(struct sync *s, struct err *err)
{
	struct store *store = s->ctx->store;
	struct sync_holds h = {.rev = s->rev};
	if (s->rev && s->holds.rev == s->rev)
		return 0;
	sync_forget_holds(s);
	h.arena = arena_new(64 * 1024 * 1024);
	int rc = store_suspension_list(store, h.arena, &h.suspended, &h.suspended_count, err);
	if (rc == 0)
		rc = store_quarantine_list(store, h.arena, STR_NULL, &h.quarantined,
					   &h.quarantined_count, err);
	if (rc == 0)
		rc = arena_check(h.arena, "what is held back", err);
	if (rc == 0)
		s->holds = h;
	else
		arena_free(h.arena);
	return rc;
}

/* Our own release holds nothing back: what was known before it still is, when nobody else has come between. */
static void move_on(struct sync *s, const struct pass *p)
{
	if (p->rev == s->rev + 1 && s->holds.rev == s->rev)
		s->holds.rev = s->rev = p->rev;
}

void sync_forget(struct sync *s)
{
	sync_forget_holds(s);
	forget_deployed(s);
	s->last = (struct store_tick){0};
	s->sources_read = false;
}

/* The released platform configuration, decoded again from the text that the release kept. */
static int decode_platform(struct sync *s, const struct release_platform *released, struct err *err)
{
	const struct doc_node *root = NULL;
	int rc = doc_parse_json(s->known, released->config_json, &doc_limits_json, "platform",
				&root, err);
	if (rc < 0)
		return rc;
	struct str text = doc_text(root, "text");
	struct findings ignored;
	findings_init(&ignored, s->known);
	if (text.len == 0)
		return 0;
	s->platform_file = blob_digest(text);
	return config_decode(s->known, LEVEL_PLATFORM, STR(CONFIG_FILE), &(struct tree_id){0}, text,
			     &ignored, STR_NULL, STR_NULL, &s->platform, err);
}

int sync_load(struct sync *s, struct err *err)
{
	struct store_led led;
	if (s->loaded)
		return 0;
	forget_deployed(s);
	s->known = arena_new(1024 * 1024 * 1024);
	int rc = store_led_load(s->ctx->store, s->known, &led, err);
	if (rc < 0)
		return rc;
	s->deployed = led.deployed;
	s->owners = led.owners;
	s->owner_count = led.owner_count;
	s->overlays = led.overlays;
	s->overlay_count = led.overlay_count;
	if (led.platform) {
		s->firm = led.platform->firm;
		s->firm_text = led.firm_text;
		rc = decode_platform(s, led.platform, err);
	}
	s->loaded = rc == 0;
	return rc;
}

int sync_load_surfaces(struct sync *s, struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = NULL;
	struct surface *list = NULL;
	size_t count = 0;
	if (s->surfaces)
		return 0;
	a = arena_new(1024 * 1024 * 1024);
	int rc = store_surfaces_load(s->ctx->store, a, STR_NULL, &list, &count, err);
	if (rc < 0)
		return rc;
	s->surfaces = surfaces_new();
	for (size_t i = 0; i < count; i++)
		surfaces_set(s->surfaces, &list[i]);
	return 0;
}

struct str sync_owner(const struct sync *s, struct str domain)
{
	for (size_t i = 0; i < s->owner_count; i++)
		if (str_eq(s->owners[i].domain, domain))
			return s->owners[i].source;
	return STR_NULL;
}

const struct overlay *sync_overlay(const struct sync *s, struct str domain)
{
	for (size_t i = 0; i < s->overlay_count; i++)
		if (str_eq(s->overlays[i].domain, domain))
			return &s->overlays[i];
	return NULL;
}

/* --- learning from one's own release --------------------------------------------------------------------------- */

static struct deployed_skill *find_skill(const struct deployed *d, struct str domain,
					 struct str name)
{
	size_t low = 0, high = d->skill_count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = str_cmp(d->skills[mid].domain, domain);
		c = c ? c : str_cmp(d->skills[mid].name, name);
		if (c == 0)
			return &d->skills[mid];
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

static struct deployed_domain *find_domain(const struct deployed *d, struct str name)
{
	for (size_t i = 0; i < d->domain_count; i++)
		if (str_eq(d->domains[i].name, name))
			return &d->domains[i];
	return NULL;
}

/* Updates in place; false when something came or went, or was held back, and the whole must be read again. */
static bool learn_domain(struct sync *s, const struct pass *p, const struct admission_domain *ad)
{
	struct deployed_domain *d = find_domain(s->deployed, ad->name);
	if (!d || ad->op != CHANGE_UPDATE || ad->reduced || !ad->release)
		return false;
	for (size_t i = 0; i < ad->change->skill_count; i++) {
		const struct skill_change *c = &ad->change->skills[i];
		struct deployed_skill *to = find_skill(s->deployed, c->domain, c->name);
		if (c->op != CHANGE_UPDATE || !to)
			return false;
		to->tree = c->to->skill->tree;
		to->content = c->to->skill->content;
		to->runtime = c->to->runtime;
		to->context = c->to->context;
	}
	d->source = p->source;
	d->tree = ad->release->tree;
	d->candidate = ad->verdict.key.candidate;
	d->policy = ad->verdict.key.policy;
	if (!ad->exposes_same)
		surfaces_set(s->surfaces, &ad->surface);
	return true;
}

/*
 * So many changes are read again from the store at the next idle moment (sync_prepare()), rather than told one by one while somebody waits for the
 * release.
 */
#define LEARN_MOST 250

bool sync_platform_is(const struct sync *s, const struct snapshot *snap)
{
	return digest_equal(&snap->platform_digest, &s->deployed->platform_digest) &&
	       digest_equal(&snap->platform_file.digest, &s->platform_file) &&
	       digest_equal(&snap->firm, &s->firm);
}

/* With an unchanged platform an ordinary update of known domains is all there is. */
static bool can_learn(const struct sync *s, const struct pass *p)
{
	size_t skills = 0;
	for (size_t i = 0; i < p->admission->domain_count; i++)
		skills += p->admission->domains[i].change->skill_count;
	return p->held_count == 0 && !p->overlay && skills <= LEARN_MOST &&
	       sync_platform_is(s, p->snapshot);
}

void sync_learn(struct sync *s, const struct pass *p)
{
	bool all = can_learn(s, p);
	for (size_t i = 0; all && i < p->admission->domain_count; i++) {
		const struct admission_domain *ad = &p->admission->domains[i];
		if (ad->release || (ad->op == CHANGE_DELETE && ad->verdict.allow))
			all = learn_domain(s, p, ad);
	}
	if (!all)
		forget_deployed(s);
	if (strcmp(p->kind, "sync") == 0)
		move_on(s, p);
}

int sync_prepare(struct sync *s, struct err *err)
{
	int rc = sync_load(s, err);
	return rc == 0 ? sync_load_surfaces(s, err) : rc;
}

/* --- signing and events ---------------------------------------------------------------------------------------- */

int sync_signing_key(struct sync *s, struct err *err)
{
	CLEANUP_FREE char *path = agent_state_path(s->ctx->config, "keys/release.key");
	CLEANUP_FREE char *public_path = agent_state_path(s->ctx->config, "keys/release.pub");
	CLEANUP(buf_release) struct buf text = BUF_INIT(1024);
	CLEANUP(buf_release) struct buf shown = BUF_INIT(1024);
	int rc = io_read_file(path, &text, err);
	if (rc == ERR_NOT_FOUND) {
		sign_keypair(s->signer.public_key, s->secret_key);
		hex_add(&text, s->secret_key, sizeof(s->secret_key));
		rc = io_write_file(path, buf_str(&text), 0600, err);
		hex_add(&shown, s->signer.public_key, sizeof(s->signer.public_key));
		buf_add_char(&shown, '\n');
		if (rc == 0)
			rc = io_write_file(public_path, buf_str(&shown), 0644, err);
	} else if (rc == 0) {
		if (!hex_parse(str_trim(buf_str(&text)), s->secret_key, sizeof(s->secret_key)))
			rc = err_set(err, ERR_INVALID,
				     "%s does not hold a signing key of %d hex digits", path,
				     2 * SIGN_SECRET_SIZE);
		/* The second half of an Ed25519 secret key is its public key (RFC 8032 as libsodium lays it out). */
		memcpy(s->signer.public_key, s->secret_key + SIGN_SECRET_SIZE - SIGN_PUBLIC_SIZE,
		       SIGN_PUBLIC_SIZE);
	}
	s->signer.secret_key = s->secret_key;
	if (text.data)
		crypto_wipe(text.data, text.cap);
	return rc;
}

int sync_event(struct store_txn *t, const char *kind, struct str domain, struct str name,
	       bool warning, const char *reason, struct str message, const char *revision,
	       struct err *err)
{
	/* A domain's own events are of the domain: who may not see it does not see them. */
	bool own = domain.len == 0 && strcmp(kind, "Domain") == 0;
	const struct event e = {.kind = kind,
				.domain = own ? name : domain,
				.name = name,
				.warning = warning,
				.reason = reason,
				.message = message,
				.revision = str_of(revision)};
	return store_event_put(store_txn_store(t), t, &e, 1, err);
}
