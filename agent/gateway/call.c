#include "agent/gateway/call.h"

#include "agent/gateway/gateway.h"

struct str gw_call_query(const struct gw_call *c, const char *key)
{
	struct str v = gw_query(&c->target, key);
	return v.p ? v : STR("");
}

struct str gw_call_domain(const struct gw_call *c)
{
	return strstr(c->route->pattern, "{domain}") ? c->params[0] : gw_call_query(c, "domain");
}

int gw_call_document(struct gw_call *c, const struct doc_node **ret, struct err *err)
{
	/* An upload is one document with large texts in it. */
	static const struct doc_limits upload = {GW_UPLOAD_BYTES * 2, 64, 1000000, GW_UPLOAD_BYTES};
	const struct doc_limits *limits = c->route->body_max > doc_limits_json.bytes
						  ? &upload
						  : &doc_limits_json;
	if (c->q->body.len == 0)
		return err_set(err, ERR_USAGE, "the request needs a JSON body");
	return doc_parse_json(c->arena, c->q->body, limits, "body", ret, err);
}

int gw_call_body(struct gw_call *c, const struct field *fields, void *out, struct err *err)
{
	const struct doc_node *root = NULL;
	int rc = gw_call_document(c, &root, err);
	if (rc < 0)
		return rc;
	if (root->type != DOC_MAP)
		return err_set(err, ERR_INVALID, "the body must be an object, not %s",
			       doc_type_name(root->type));
	const struct field_decode how = {
		.arena = c->arena, .path = "body", .unknown = FIELD_UNKNOWN_ERROR};
	return field_decode(&how, fields, root, out, err);
}

int gw_call_wait(struct gw_call *c, int64_t *ret_ms, struct err *err)
{
	struct str v = gw_call_query(c, "wait");
	*ret_ms = 0;
	if (v.len == 0)
		return 0;
	if (duration_parse(v, ret_ms, err) < 0 || *ret_ms > GW_WAIT_MAX_MS) {
		err_set(err, ERR_USAGE, "wait=%.*s is not a duration of at most 10m", STR_ARG(v));
		return err_remedy(err, "write for example wait=30s");
	}
	return 0;
}

int gw_call_number(struct gw_call *c, const char *key, int64_t min, int64_t max, int64_t *ret,
		   struct err *err)
{
	struct str v = gw_query(&c->target, key);
	int64_t n;
	if (!v.p)
		return 0;
	if (!str_to_i64(v, &n) || n < min || n > max)
		return err_set(err, ERR_USAGE, "%s=%.*s is not a whole number from %lld to %lld",
			       key, STR_ARG(v), (long long)min, (long long)max);
	*ret = n;
	return 0;
}

void gw_call_json(struct gw_call *c, int status, struct json *j)
{
	c->reply->status = status;
	c->reply->type = "application/json";
	json_init(j, &c->reply->body);
}

void gw_object_begin(struct json *j, const char *kind)
{
	json_object(j);
	json_strz(j, "apiVersion", API_VERSION);
	json_strz(j, "kind", kind);
}

int gw_call_covers(struct gw_call *c, struct str domain, struct err *err)
{
	if (gw_covers(&c->who, domain))
		return 0;
	return err_set(err, ERR_DENIED, "key %s does not cover domain \"%.*s\"", c->who.name,
		       STR_ARG(domain));
}

/* Weak comparison (RFC 9110 8.8.3.2): W/ is nothing to us. */
static bool etag_is(struct str one, struct str tag)
{
	if (str_starts(one, STR("W/")))
		one = str_sub(one, 2, one.len);
	return one.len == tag.len + 2 && one.p[0] == '"' && one.p[one.len - 1] == '"' &&
	       str_eq(str_sub(one, 1, one.len - 1), tag);
}

bool gw_call_etag(struct gw_call *c, struct str tag)
{
	struct str rest = gw_field(c->q, "if-none-match"), one;
	bool same = str_eqz(str_trim(rest), "*");
	gw_reply_field(c->reply, "ETag", "W/\"%.*s\"", STR_ARG(tag));
	c->reply->cacheable = true;
	while (!same && str_split(&rest, ',', &one))
		same = etag_is(str_trim(one), tag);
	if (same) {
		c->reply->status = 304;
		c->reply->type = NULL;
		buf_reset(&c->reply->body);
	}
	return same;
}

int gw_call_selector(struct gw_call *c, struct selector *ret, struct err *err)
{
	int rc = selector_labels(ret, c->arena, gw_call_query(c, "labelSelector"), err);
	if (rc == 0)
		rc = selector_fields(ret, c->arena, gw_call_query(c, "fieldSelector"), err);
	return rc;
}
