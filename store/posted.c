/* What others send on their own: webhook deliveries, and results of checks. */
#include "store/inbox.h"
#include "store/wire_int.h"

int store_delivery_put(struct store *s, struct str source, struct str delivery_id, struct str body,
		       bool *ret_new, int64_t *ret_token, struct err *err)
{
	struct digest d = digest_of(body);
	CLEANUP(bind_release) struct bind b = BIND(&sql_delivery_put);
	bind_text(&b, source);
	bind_text(&b, delivery_id);
	bind_digest(&b, &d);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	struct row c;
	int r = wire_one(s, &b, &rows, &c, err, NULL);
	if (r < 0)
		return r;
	if (!row_bool(&c))
		return err_set(err, ERR_NOT_FOUND, "there is no source \"%.*s\"", STR_ARG(source));
	*ret_new = row_bool(&c);
	*ret_token = row_i64(&c);
	return 0;
}

int store_check_post(struct store *s, const struct posted_check *p, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_check_post);
	bind_text(&b, p->domain);
	bind_text(&b, p->skill);
	bind_digest(&b, &p->content);
	bind_text(&b, p->name);
	bind_bool(&b, p->passed);
	bind_text(&b, p->summary);
	bind_text(&b, p->url);
	bind_text(&b, p->by);
	bind_text(&b, p->tool);
	bind_text(&b, p->version);
	bind_i64(&b, p->passed_count);
	bind_i64(&b, p->failed_count);
	bind_i64(&b, p->skipped_count);
	bind_i64(&b, p->cost_microusd);
	return wire_query(s, &b, NULL, err);
}

static void read_check(struct row *c, struct arena *a, void *ret)
{
	struct posted_check *p = ret;
	p->domain = row_copy(c, a);
	p->skill = row_copy(c, a);
	p->content = row_digest(c);
	p->name = row_copy(c, a);
	p->summary = row_copy(c, a);
	p->url = row_copy(c, a);
	p->by = row_copy(c, a);
	p->tool = row_copy(c, a);
	p->version = row_copy(c, a);
	p->passed = row_bool(c);
	p->passed_count = row_i64(c);
	p->failed_count = row_i64(c);
	p->skipped_count = row_i64(c);
	p->cost_microusd = row_i64(c);
	p->at_ms = row_time(c);
}

int store_check_list(struct store *s, struct arena *a, struct str domain, struct str skill,
		     const struct digest *content, struct posted_check **ret, size_t *ret_count,
		     struct err *err)
{
	static const struct digest any;
	CLEANUP(bind_release) struct bind b = BIND(&sql_check_list);
	bind_text_or_null(&b, domain);
	bind_text_or_null(&b, skill);
	bind_digest_or_null(&b, content ? content : &any);
	return wire_list(s, &b, &(struct row_list){a, read_check, sizeof(**ret), ret, ret_count},
			 err);
}

int store_check_state(struct store *s, char ret[64], struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_check_state);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	struct row c;
	int r = wire_one(s, &b, &rows, &c, err, NULL);
	if (r < 0)
		return r;
	row_name(&c, ret, 64);
	return 0;
}
