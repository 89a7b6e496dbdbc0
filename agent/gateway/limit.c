#include "agent/gateway/limit.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"

#define SLOTS                                                                                      \
	1024 /* direct-mapped: a key that pushes another out begins with a full bucket, no more */
#define MILLI 1000

struct bucket {
	char key[64];
	int64_t milli; /* thousandths of a request that are left */
	int64_t at_ms;
};

struct gw_limits {
	struct gw_limits_opts opts;
	struct gw_limits_stats stats;
	struct bucket buckets[SLOTS];
};

const char *gw_class_name(enum gw_class c)
{
	static const char *const names[] = {"health", "people", "programs"};
	return names[c];
}

struct gw_limits *gw_limits_new(const struct gw_limits_opts *o)
{
	struct gw_limits *l = mem_zalloc(sizeof(*l));
	l->opts = *o;
	return l;
}

void gw_limits_free(struct gw_limits *l)
{
	free(l);
}

void gw_limits_stats(const struct gw_limits *l, struct gw_limits_stats *ret)
{
	*ret = l->stats;
}

static struct bucket *bucket_of(struct gw_limits *l, const char *key, int64_t now_ms)
{
	struct bucket *b = &l->buckets[str_hash(str_of(key)) % SLOTS];
	if (strcmp(b->key, key) == 0)
		return b;
	snprintf(b->key, sizeof(b->key), "%s", key);
	b->milli = l->opts.burst * MILLI;
	b->at_ms = now_ms;
	return b;
}

static size_t most(const struct gw_limits *l, enum gw_class class)
{
	return class == GW_CLASS_PROGRAMS ? l->opts.programs : l->opts.people;
}

static int too_fast(struct gw_limits *l, const struct bucket *b, int64_t *ret_after_s,
		    struct err *err)
{
	int64_t wait_ms = (MILLI - b->milli + l->opts.rate - 1) / l->opts.rate;
	*ret_after_s = MAX(1, (wait_ms + 999) / 1000);
	err_set(err, ERR_QUOTA, "more than %lld requests a second with this key",
		(long long)l->opts.rate);
	return err_remedy(err, "wait %lld s; watch=1 instead of asking again and again",
			  (long long)*ret_after_s);
}

int gw_limits_enter(struct gw_limits *l, enum gw_class class, const char *key, int64_t now_ms,
		    int64_t *ret_after_s, struct err *err)
{
	if (class != GW_CLASS_HEALTH) {
		struct bucket *b = bucket_of(l, key, now_ms);
		b->milli = MIN(l->opts.burst * MILLI,
			       b->milli + MIN(now_ms - b->at_ms, 1000000) * l->opts.rate);
		b->at_ms = now_ms;
		if (b->milli < MILLI) {
			l->stats.refused[class]++;
			return too_fast(l, b, ret_after_s, err);
		}
		if (l->stats.under_way[class] >= most(l, class)) {
			l->stats.refused[class]++;
			*ret_after_s = 1;
			return err_set(err, ERR_QUOTA, "%zu requests of %s are under way already",
				       l->stats.under_way[class], gw_class_name(class));
		}
		b->milli -= MILLI;
	}
	l->stats.under_way[class]++;
	return 0;
}

void gw_limits_leave(struct gw_limits *l, enum gw_class class)
{
	l->stats.under_way[class]--;
}
