/* What skills and domains have run of late: what `aspora top` shows. */
#include "agent/gateway/gateway.h"
#include "store/object.h"

#define DAY_MS ((int64_t)86400000)
#define ROWS_MAX 1000

/* since=24h, or a time; a day when left out. */
static int read_since(struct gw_call *c, int64_t now, int64_t *ret, struct err *err)
{
	struct str since = gw_call_query(c, "since");
	int64_t span = DAY_MS;
	if (since.len && clock_parse(since, ret, NULL) == 0)
		return 0;
	if (since.len && duration_parse(since, &span, NULL) < 0) {
		err_set(err, ERR_USAGE, "since=%.*s is neither a time nor a span", STR_ARG(since));
		return err_remedy(err, "write one such as 24h or 2026-11-24T10:00:00Z");
	}
	*ret = now - span;
	return 0;
}

static int read_by(struct gw_call *c, bool *ret_domains, struct err *err)
{
	struct str by = gw_call_query(c, "by");
	*ret_domains = str_eqz(by, "domains");
	if (!by.len || *ret_domains || str_eqz(by, "skills"))
		return 0;
	return err_set(err, ERR_USAGE, "by=%.*s is neither skills nor domains", STR_ARG(by));
}

int gw_top(struct gw_call *c, struct err *err)
{
	CLEANUP(buf_release) struct buf items = BUF_INIT(BUF_MAX);
	struct top_query q = {.domain = gw_call_query(c, "domain"), .limit = ROWS_MAX};
	int64_t now = clock_wall(c->g->ctx->clock);
	char since[32], until[32];
	struct json j;
	int rc = read_by(c, &q.by_domain, err);
	if (rc == 0)
		rc = read_since(c, now, &q.since_ms, err);
	if (rc == 0)
		rc = gw_call_number(c, "limit", 1, ROWS_MAX, &q.limit, err);
	if (rc == 0)
		rc = store_top(c->g->store, &q, &items, err);
	if (rc < 0)
		return rc;
	gw_call_json(c, 200, &j);
	gw_object_begin(&j, "TopList");
	json_object_in(&j, "metadata");
	json_strz(&j, "since", clock_format(q.since_ms, since));
	json_strz(&j, "until", clock_format(now, until));
	json_end(&j);
	json_raw(&j, "items", buf_str(&items));
	json_end(&j);
	buf_add_char(&c->reply->body, '\n');
	return 0;
}
