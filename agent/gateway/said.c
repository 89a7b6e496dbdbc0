#include "agent/gateway/said.h"

#include "base/mem.h"

struct gw_said {
	struct said {
		char *scope; /* NULL: free */
		char *text;
		size_t len;
		int64_t at_ms;
	} all[GW_SAID_MAX];
	uint64_t forgotten;
};

struct gw_said *gw_said_new(void)
{
	return mem_zalloc(sizeof(struct gw_said));
}

static void drop(struct said *one)
{
	free(one->scope);
	free(one->text);
	*one = (struct said){0};
}

void gw_said_forget(struct gw_said *s)
{
	s->forgotten++;
	for (size_t i = 0; i < GW_SAID_MAX; i++)
		drop(&s->all[i]);
}

void gw_said_free(struct gw_said *s)
{
	if (s)
		gw_said_forget(s);
	free(s);
}

struct str gw_said_find(const struct gw_said *s, const char *scope, int64_t now_ms)
{
	for (size_t i = 0; i < GW_SAID_MAX; i++) {
		const struct said *one = &s->all[i];
		if (one->scope && strcmp(one->scope, scope) == 0)
			return now_ms - one->at_ms < GW_SAID_MS ? str_make(one->text, one->len)
								: STR("");
	}
	return STR("");
}

uint64_t gw_said_mark(const struct gw_said *s)
{
	return s->forgotten;
}

/* Its own, else a free one, else the oldest. */
static struct said *place_of(struct gw_said *s, const char *scope)
{
	struct said *found = &s->all[0];
	for (size_t i = 0; i < GW_SAID_MAX; i++) {
		struct said *one = &s->all[i];
		if (one->scope && strcmp(one->scope, scope) == 0)
			return one;
		if (found->scope && (!one->scope || one->at_ms < found->at_ms))
			found = one;
	}
	return found;
}

void gw_said_put(struct gw_said *s, const char *scope, int64_t at_ms, uint64_t mark,
		 struct str text)
{
	struct said *one = place_of(s, scope);
	if (mark != s->forgotten || text.len > GW_SAID_BYTES)
		return;
	drop(one);
	one->scope = mem_strdup(scope);
	one->text = mem_strndup(text.p, text.len);
	one->len = text.len;
	one->at_ms = at_ms;
}
