/* From a connection's bytes to a request: its head, its body, and the handler that answers it. */
#include "agent/gateway/server_int.h"
#include "base/log.h"

#define SLOW_BYTES_PER_MS 256 /* a body may take its deadline, and this long beside */

static void hold(struct gw_conn *c, size_t bytes)
{
	c->server->stats.held_bytes += bytes;
	c->held += bytes;
}

/* The buffer may have moved since the head was read. */
static void bind_request(struct gw_conn *c)
{
	struct gw_request *q = &c->request;
	q->bytes = c->in.data;
	q->head = &c->head;
	q->method = str_make(c->in.data + c->head.method.at, c->head.method.len);
	q->target = str_make(c->in.data + c->head.target.at, c->head.target.len);
	ptrdiff_t query = str_find_byte(q->target, '?', 0);
	q->path = query < 0 ? q->target : str_sub(q->target, 0, (size_t)query);
	q->query = query < 0 ? STR("") : str_sub(q->target, (size_t)query + 1, q->target.len);
	q->body = c->head.chunked ? buf_str(&c->body)
				  : str_sub(buf_str(&c->in), c->head.head_len,
					    c->head.head_len + (size_t)c->body_length);
}

enum conn_step gw_conn_refuse(struct gw_conn *c, int code, int status, const char *words)
{
	c->keep = false;
	gw_refuse(&c->reply, code, status, "%s", words);
	gw_conn_begin_send(c);
	return CONN_STEP_ON;
}

/* There is no request: what is left of the one before says nothing of this one. */
static enum conn_step refuse_head(struct gw_conn *c, int code, int status, const char *words)
{
	c->server->stats.bad_heads++;
	c->request.id[0] = '\0';
	c->head_only = false;
	return gw_conn_refuse(c, code, status, words);
}

static enum conn_step bad_head(struct gw_conn *c, enum http_outcome o)
{
	int code = o == HTTP_CODING || o == HTTP_VERSION	  ? ERR_UNSUPPORTED
		   : o == HTTP_TARGET_LONG || o == HTTP_HEAD_LONG ? ERR_TOO_LARGE
								  : ERR_SYNTAX;
	return refuse_head(c, code, -(int)o, c->head.why);
}

/* Plain HTTP where TLS is spoken. What a browser or curl is shown says what to write instead. */
static enum conn_step plain_head(struct gw_conn *c)
{
	log_event(LOG_DEBUG_, "tls.plain_http", "peer", c->request.peer, NULL);
	return refuse_head(c, ERR_USAGE, 400,
			   "this port speaks TLS: write https:// instead of http://");
}

/* What the parser lets through because a sender of answers may write it. */
static const char *odd_fields(const struct gw_request *q)
{
	static const char *const once[] = {"authorization", "content-type", "expect",
					   "idempotency-key", "if-none-match"};
	for (size_t i = 0; i < ARRAY_SIZE(once); i++)
		if (gw_field_count(q, once[i]) > 1)
			return once[i];
	return NULL;
}

static void begin_id(struct gw_conn *c)
{
	snprintf(c->request.id, sizeof(c->request.id), "%s-%llx", c->server->id_prefix,
		 (unsigned long long)++c->server->next_id);
}

static bool wants_close(const struct gw_request *q)
{
	struct str rest = gw_field(q, "connection"), word;
	while (str_split(&rest, ',', &word))
		if (str_eq_nocase(str_trim(word), STR("close")))
			return true;
	return false;
}

/* Says what may come, and whether it is waited for. */
static enum conn_step begin_body(struct gw_conn *c)
{
	struct gw_server *s = c->server;
	struct str expect = gw_field(&c->request, "expect");
	size_t room = c->head.chunked ? c->body_max : (size_t)c->body_length;
	if (c->body_length > c->body_max) {
		char words[128];
		snprintf(words, sizeof(words),
			 "the body has %llu bytes; at most %zu are taken here",
			 (unsigned long long)c->body_length, c->body_max);
		return gw_conn_refuse(c, ERR_TOO_LARGE, 413, words);
	}
	if (c->request.has_body && c->body_max == 0)
		return gw_conn_refuse(c, ERR_TOO_LARGE, 413, "this request takes no body");
	if (expect.p && !str_eq_nocase(expect, STR("100-continue")))
		return gw_conn_refuse(c, ERR_USAGE, 417, "only 100-continue may be expected");
	if (room > GW_READ_BYTES && s->stats.held_bytes + room > s->opts.held_bytes)
		return gw_conn_refuse(c, ERR_QUOTA, 503,
				      "too many large bodies are being received");
	if (c->request.has_body)
		hold(c, room);
	if (expect.p && c->request.has_body && c->in.len == c->head.head_len)
		buf_addz(&c->out, "HTTP/1.1 100 Continue\r\n\r\n");
	c->in.limit = c->head.head_len + (size_t)c->body_length + GW_READ_BYTES;
	c->body.limit = c->body_max;
	c->chunk = (struct chunk_decoder){0};
	c->phase = CONN_BODY;
	c->deadline_ms = gw_conn_now_ms(c) + s->opts.body_timeout_ms +
			 (int64_t)(room / SLOW_BYTES_PER_MS);
	return CONN_STEP_ON;
}

enum conn_step gw_conn_step_head(struct gw_conn *c)
{
	const struct http_rules rules = {
		.body_max = UINT32_MAX, .target_max = GW_TARGET_MAX, .chunked = true};
	struct gw_server *s = c->server;
	enum http_outcome o = http_parse_request(buf_cstr(&c->in), c->in.len, &c->scan, &rules,
						 &c->head);
	if (c->tls && gw_tls_is_plain(c->tls) && c->in.len)
		return plain_head(c);
	if (o == HTTP_MORE)
		return CONN_STEP_WAIT;
	c->keep = true;
	c->sent_total = 0;
	if (o != HTTP_DONE)
		return bad_head(c, o);
	begin_id(c);
	c->body_length = c->head.content_length;
	bind_request(c);
	c->request.began_ms = gw_conn_now_ms(c);
	c->request.has_body = c->head.chunked || c->body_length > 0;
	c->request.user = NULL;
	c->request.held = c->request.gone = false;
	c->head_only = str_eqz(c->request.method, "HEAD");
	c->keep = !wants_close(&c->request) && !s->draining;
	const char *odd = odd_fields(&c->request);
	if (gw_field_count(&c->request, "host") == 0)
		return gw_conn_refuse(c, ERR_SYNTAX, 400, "the request has no Host field");
	if (odd) {
		char words[64];
		snprintf(words, sizeof(words), "more than one %s field", odd);
		return gw_conn_refuse(c, ERR_SYNTAX, 400, words);
	}
	c->under_way = true;
	return gw_conn_judge(c);
}

static enum conn_step begin_wait(struct gw_conn *c, bool judging)
{
	c->phase = CONN_WAIT;
	c->judging = judging;
	c->server->stats.waiting++;
	return CONN_STEP_WAIT;
}

enum conn_step gw_conn_judge(struct gw_conn *c)
{
	struct gw_server *s = c->server;
	c->body_max = 0;
	s->opts.handler.head(s->opts.handler.state, &c->request, &c->body_max, &c->reply);
	if (c->reply.again)
		return begin_wait(c, true);
	if (c->reply.status == 0)
		return begin_body(c);
	c->keep = c->keep && !c->request.has_body;
	gw_conn_begin_send(c);
	return CONN_STEP_ON;
}

static enum conn_step run_handler(struct gw_conn *c)
{
	struct gw_server *s = c->server;
	bind_request(c);
	s->opts.handler.body(s->opts.handler.state, &c->request, &c->reply);
	if (c->reply.again)
		return begin_wait(c, false);
	gw_conn_begin_send(c);
	return CONN_STEP_ON;
}

enum conn_step gw_conn_step_body(struct gw_conn *c)
{
	if (!c->head.chunked)
		return c->in.len >= c->head.head_len + (size_t)c->body_length ? run_handler(c)
									      : CONN_STEP_WAIT;
	size_t used = 0;
	struct str data = str_sub(buf_str(&c->in), c->head.head_len, c->in.len);
	enum chunk_outcome o = chunk_decode(&c->chunk, data, &used, &c->body);
	if (used) {
		memmove(c->in.data + c->head.head_len, data.p + used, data.len - used);
		c->in.len -= used;
	}
	if (o == CHUNK_BAD)
		return gw_conn_refuse(c, ERR_SYNTAX, 400,
				      "the chunks of the body are not as they must be");
	if (o == CHUNK_TOO_LARGE)
		return gw_conn_refuse(c, ERR_TOO_LARGE, 413,
				      "the body is larger than is taken here");
	return o == CHUNK_DONE ? run_handler(c) : CONN_STEP_WAIT;
}
