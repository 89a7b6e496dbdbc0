/*
 * Skills as they were answered last. A skill's object changes only with a revision (but for what depends on the time, which is why nothing is kept
 * for long): whoever asks at the same position gets the same text, for the price of asking where the store stands.
 */
#include "agent/gateway/gateway.h"
#include "base/mem.h"

#define SLOTS 1024 /* direct-mapped; what is pushed out is asked for again */
#define TEXT_MOST ((size_t)64 * 1024)
#define KEEP_MS 1000

struct slot {
	char *key, *text;
	size_t len;
	struct store_rv at;
	int64_t until_ms;
};

struct gw_kept {
	struct slot slots[SLOTS];
};

struct gw_kept *gw_kept_new(void)
{
	return mem_zalloc(sizeof(struct gw_kept));
}

void gw_kept_free(struct gw_kept *k)
{
	for (size_t i = 0; k && i < SLOTS; i++) {
		free(k->slots[i].key);
		free(k->slots[i].text);
	}
	free(k);
}

static char *key_of(struct str domain, struct str name)
{
	return mem_printf("%.*s/%.*s", STR_ARG(domain), STR_ARG(name));
}

static struct slot *slot_of(struct gw_kept *k, const char *key)
{
	return &k->slots[str_hash(str_of(key)) % SLOTS];
}

struct str gw_kept_find(struct gw_kept *k, struct str domain, struct str name,
			const struct store_rv *at, int64_t now_ms)
{
	CLEANUP_FREE char *key = key_of(domain, name);
	const struct slot *s = slot_of(k, key);
	if (!s->key || strcmp(s->key, key) != 0 || s->until_ms <= now_ms || s->at.rev != at->rev ||
	    s->at.incarnation != at->incarnation || s->at.check != at->check)
		return STR("");
	return str_make(s->text, s->len);
}

void gw_kept_put(struct gw_kept *k, struct str domain, struct str name, const struct store_rv *at,
		 int64_t now_ms, struct str text)
{
	char *key = key_of(domain, name);
	struct slot *s = slot_of(k, key);
	if (text.len > TEXT_MOST) {
		free(key);
		return;
	}
	free(s->key);
	free(s->text);
	*s = (struct slot){.key = key,
			   .text = mem_strndup(text.p, text.len),
			   .len = text.len,
			   .at = *at,
			   .until_ms = now_ms + KEEP_MS};
}
