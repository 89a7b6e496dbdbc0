#include "agent/gateway/kept.h"

#include "agent/gateway/hub.h"
#include "base/crypto.h"
#include "base/mem.h"
#include "skill/digest.h"

#define VOLATILE_MS 1000
#define SLACK 256 /* what a skill costs beside its text, about */

/* One that waits for a second attempt is another when the time has come, though nothing changes. */
#define VOLATILE_WORD "\"Retrying\""

struct one {
	struct str domain, name; /* behind it, in the same piece of memory */
	char *json;
	size_t len;
	int64_t touched_rev; /* the newest change that may have touched it */
	int64_t until_ms; /* 0: as long as nothing touches it */
	char tag[GW_KEPT_TAG];
	bool fresh;
};

struct gw_kept {
	struct one **list; /* by domain and name */
	size_t count, cap, stale;
	size_t bytes, bytes_max;
	bool complete, over;
	int64_t all_rev; /* the newest change that touched others than named ones */
};

struct gw_kept *gw_kept_new(size_t bytes_max)
{
	struct gw_kept *k = mem_zalloc(sizeof(*k));
	k->bytes_max = bytes_max;
	return k;
}

static void drop_text(struct gw_kept *k, struct one *o)
{
	k->bytes -= o->len;
	k->stale += o->fresh;
	free(o->json);
	o->json = NULL;
	o->len = 0;
	o->fresh = false;
}

static void remove_at(struct gw_kept *k, size_t i)
{
	drop_text(k, k->list[i]);
	k->stale--;
	k->bytes -= SLACK;
	free(k->list[i]);
	memmove(&k->list[i], &k->list[i + 1], (k->count - i - 1) * sizeof(k->list[0]));
	k->count--;
}

void gw_kept_forget(struct gw_kept *k)
{
	for (size_t i = 0; i < k->count; i++) {
		free(k->list[i]->json);
		free(k->list[i]);
	}
	k->count = k->stale = k->bytes = 0;
	k->complete = k->over = false;
	k->all_rev = 0;
}

void gw_kept_free(struct gw_kept *k)
{
	if (!k)
		return;
	gw_kept_forget(k);
	free(k->list);
	free(k);
}

/* --- places ------------------------------------------------------------------------------------------------------------ */

static int order(const struct one *o, struct str domain, struct str name)
{
	int d = str_cmp(o->domain, domain);
	return d ? d : str_cmp(o->name, name);
}

/* The first that is not before it. */
static size_t place(const struct gw_kept *k, struct str domain, struct str name)
{
	size_t low = 0, high = k->count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (order(k->list[mid], domain, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static struct one *find(const struct gw_kept *k, struct str domain, struct str name)
{
	size_t i = place(k, domain, name);
	return i < k->count && order(k->list[i], domain, name) == 0 ? k->list[i] : NULL;
}

static struct one *add(struct gw_kept *k, struct str domain, struct str name)
{
	size_t i = place(k, domain, name);
	if (i < k->count && order(k->list[i], domain, name) == 0)
		return k->list[i];
	struct one *o = mem_zalloc(sizeof(*o) + domain.len + name.len);
	char *to = (char *)(o + 1);
	memcpy(to, domain.p, domain.len);
	memcpy(to + domain.len, name.p, name.len);
	o->domain = str_make(to, domain.len);
	o->name = str_make(to + domain.len, name.len);
	GROW(k->list, k->count, k->cap);
	memmove(&k->list[i + 1], &k->list[i], (k->count - i) * sizeof(k->list[0]));
	k->list[i] = o;
	k->count++;
	k->stale++;
	k->bytes += SLACK;
	return o;
}

/* --- what the log tells ------------------------------------------------------------------------------------------------ */

static void touch(struct gw_kept *k, struct one *o, int64_t rev)
{
	drop_text(k, o);
	o->touched_rev = MAX(o->touched_rev, rev);
}

static void touch_domain(struct gw_kept *k, struct str domain, int64_t rev)
{
	k->all_rev = MAX(k->all_rev, rev);
	for (size_t i = domain.len ? place(k, domain, STR("")) : 0; i < k->count; i++) {
		if (domain.len && !str_eq(k->list[i]->domain, domain))
			return;
		touch(k, k->list[i], rev);
	}
}

/* Changes that say nothing of a skill's object: what there is of them in it has changes of its own. */
static bool is_nothing(const struct change *c)
{
	static const char *const mute[] = {"Execution", "Key",	   "Event",	"Route",   "Wish",
					   "Request",	"Release", "Admission", "Platform"};
	for (size_t i = 0; i < ARRAY_SIZE(mute); i++)
		if (str_eqz(c->kind, mute[i]))
			return true;
	/* Where a source stands; that domains are refused is told of each. */
	return str_eqz(c->kind, "Source") && str_find(c->object, STR("\"failures\""), 0) >= 0;
}

void gw_kept_note(struct gw_kept *k, const struct hub_entry *e)
{
	const struct change *c = &e->change;
	bool instance = str_eqz(c->kind, "Instance");
	if (is_nothing(c))
		return;
	if (instance || str_eqz(c->kind, "Skill")) {
		struct str name = instance ? e->skill : c->name;
		if (c->domain.len && name.len) {
			touch(k, add(k, c->domain, name), c->rev);
			return;
		}
	}
	touch_domain(k, c->domain, c->rev);
}

/* --- texts ----------------------------------------------------------------------------------------------------------- */

static bool is_fresh(const struct one *o, int64_t now_ms)
{
	return o->fresh && (o->until_ms == 0 || now_ms < o->until_ms);
}

struct str gw_kept_find(struct gw_kept *k, struct str domain, struct str name, int64_t now_ms,
			const char **tag)
{
	struct one *o = find(k, domain, name);
	if (!o || !is_fresh(o, now_ms))
		return STR("");
	if (tag)
		*tag = o->tag;
	return str_make(o->json, o->len);
}

static void set_text(struct gw_kept *k, struct one *o, int64_t now_ms, struct str json)
{
	struct digest d = digest_tagged("aspora.etag", json);
	char hex[DIGEST_HEX + 1];
	drop_text(k, o);
	o->json = mem_strndup(json.p, json.len);
	o->len = json.len;
	o->until_ms = str_find(json, STR(VOLATILE_WORD), 0) >= 0 ? now_ms + VOLATILE_MS : 0;
	snprintf(o->tag, sizeof(o->tag), "%.32s", digest_hex(&d, hex));
	o->fresh = true;
	k->stale--;
	k->bytes += json.len;
}

void gw_kept_put(struct gw_kept *k, struct str domain, struct str name, int64_t rev, int64_t now_ms,
		 struct str json)
{
	struct one *o = find(k, domain, name);
	if (k->over || (!o && k->all_rev > rev))
		return;
	if (o && MAX(o->touched_rev, k->all_rev) > rev)
		return;
	if (json.len == 0) {
		if (o)
			remove_at(k, place(k, domain, name));
		return;
	}
	set_text(k, o ? o : add(k, domain, name), now_ms, json);
	if (k->bytes <= k->bytes_max)
		return;
	gw_kept_forget(k);
	k->over = true;
}

/* --- lists --------------------------------------------------------------------------------------------------------------- */

bool gw_kept_is_complete(const struct gw_kept *k)
{
	return k->complete;
}

void gw_kept_complete(struct gw_kept *k)
{
	k->complete = !k->over;
}

bool gw_kept_is_over(const struct gw_kept *k)
{
	return k->over;
}

size_t gw_kept_count(const struct gw_kept *k)
{
	return k->count;
}

size_t gw_kept_stale(const struct gw_kept *k)
{
	return k->stale;
}

size_t gw_kept_bytes(const struct gw_kept *k)
{
	return k->bytes;
}

size_t gw_kept_after(const struct gw_kept *k, struct str domain, struct str name)
{
	size_t i = domain.len ? place(k, domain, name) : 0;
	return i + (i < k->count && order(k->list[i], domain, name) == 0);
}

struct kept_skill gw_kept_at(const struct gw_kept *k, size_t i, int64_t now_ms)
{
	const struct one *o = k->list[i];
	return (struct kept_skill){o->domain, o->name,
				   is_fresh(o, now_ms) ? str_make(o->json, o->len) : STR("")};
}
