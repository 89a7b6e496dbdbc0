#include "agent/gateway/session.h"

#include "base/mem.h"

struct gw_sessions {
	const struct clock *clock;
	struct gw_session slots[GW_SESSIONS_MAX];
};

struct gw_sessions *gw_sessions_new(const struct clock *clock)
{
	struct gw_sessions *s = mem_zalloc(sizeof(*s));
	s->clock = clock;
	return s;
}

void gw_session_close(struct gw_sessions *s, const struct gw_session *one)
{
	struct gw_session *slot = &s->slots[one - s->slots];
	secret_release(&slot->key);
	if (slot->who)
		free(slot->who->domains);
	free(slot->who);
	crypto_wipe(slot, sizeof(*slot));
}

void gw_sessions_free(struct gw_sessions *s)
{
	for (size_t i = 0; s && i < GW_SESSIONS_MAX; i++)
		gw_session_close(s, &s->slots[i]);
	free(s);
}

static bool is_over(const struct gw_sessions *s, const struct gw_session *one)
{
	return clock_mono(s->clock) - one->used_ms > GW_SESSION_IDLE_MS ||
	       (one->who && clock_wall(s->clock) >= one->who->expires_ms);
}

static struct gw_session *take_slot(struct gw_sessions *s)
{
	struct gw_session *slot = &s->slots[0];
	for (size_t i = 0; i < GW_SESSIONS_MAX && slot->id[0]; i++)
		if (!s->slots[i].id[0] || s->slots[i].used_ms < slot->used_ms)
			slot = &s->slots[i];
	gw_session_close(s, slot);
	base62_random(slot->id, GW_SESSION_DIGITS);
	base62_random(slot->csrf, GW_SESSION_DIGITS);
	slot->used_ms = clock_mono(s->clock);
	return slot;
}

const struct gw_session *gw_session_open(struct gw_sessions *s, struct str key)
{
	struct gw_session *slot = take_slot(s);
	secret_set(&slot->key, key);
	return slot;
}

const struct gw_session *gw_session_open_as(struct gw_sessions *s, const struct gw_principal *who)
{
	struct gw_session *slot = take_slot(s);
	slot->who = mem_dup(who, sizeof(*who));
	slot->who->domains = mem_strdup(who->domains);
	return slot;
}

struct str gw_cookie(struct str field, const char *wanted)
{
	struct str one, name;
	while (str_split(&field, ';', &one)) {
		one = str_trim(one);
		if (str_split(&one, '=', &name) && str_eqz(name, wanted))
			return one;
	}
	return STR_NULL;
}

const struct gw_session *gw_session_find(struct gw_sessions *s, struct str cookie_field)
{
	struct str id = gw_cookie(cookie_field, GW_SESSION_COOKIE);
	if (id.len != GW_SESSION_DIGITS)
		return NULL;
	for (size_t i = 0; i < GW_SESSIONS_MAX; i++) {
		struct gw_session *slot = &s->slots[i];
		if (!slot->id[0] || !crypto_equal(slot->id, id.p, GW_SESSION_DIGITS))
			continue;
		if (is_over(s, slot)) {
			gw_session_close(s, slot);
			return NULL;
		}
		slot->used_ms = clock_mono(s->clock);
		return slot;
	}
	return NULL;
}
