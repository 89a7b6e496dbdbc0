/* The bytes of replies. */
#include <stdarg.h>
#include <time.h>

#include "agent/gateway/server_int.h"
#include "base/json.h"

static const struct {
	int status;
	const char *text;
} status_texts[] = {{200, "OK"},
		    {201, "Created"},
		    {202, "Accepted"},
		    {204, "No Content"},
		    {303, "See Other"},
		    {304, "Not Modified"},
		    {400, "Bad Request"},
		    {401, "Unauthorized"},
		    {403, "Forbidden"},
		    {404, "Not Found"},
		    {405, "Method Not Allowed"},
		    {408, "Request Timeout"},
		    {409, "Conflict"},
		    {410, "Gone"},
		    {413, "Content Too Large"},
		    {414, "URI Too Long"},
		    {415, "Unsupported Media Type"},
		    {417, "Expectation Failed"},
		    {422, "Unprocessable Content"},
		    {429, "Too Many Requests"},
		    {431, "Request Header Fields Too Large"},
		    {500, "Internal Server Error"},
		    {501, "Not Implemented"},
		    {502, "Bad Gateway"},
		    {503, "Service Unavailable"},
		    {504, "Gateway Timeout"},
		    {505, "HTTP Version Not Supported"}};

const char *gw_status_text(int status)
{
	for (size_t i = 0; i < ARRAY_SIZE(status_texts); i++)
		if (status_texts[i].status == status)
			return status_texts[i].text;
	return "Status";
}

void gw_reply_reset(struct gw_reply *a)
{
	buf_release(&a->fields);
	buf_release(&a->body);
	*a = (struct gw_reply){.fields = BUF_INIT(BUF_MAX), .body = BUF_INIT(BUF_MAX)};
}

void gw_reply_field(struct gw_reply *a, const char *name, const char *fmt, ...)
{
	va_list ap;
	buf_addf(&a->fields, "%s: ", name);
	va_start(ap, fmt);
	buf_vaddf(&a->fields, fmt, ap);
	va_end(ap);
	buf_addz(&a->fields, "\r\n");
}

void gw_problem(struct gw_reply *a, int status, const struct err *err)
{
	struct json j;
	a->status = status ? status : err_http_status(err->code);
	a->type = "application/problem+json";
	a->more = NULL;
	a->again = NULL;
	buf_reset(&a->body);
	json_init(&j, &a->body);
	json_object(&j);
	json_key(&j, "type");
	buf_addf(&a->body, "\"urn:aspora:error:%s\"", err_text(err->code));
	j.after_key = false;
	json_strz(&j, "title", err_help(err->code));
	json_int(&j, "status", a->status);
	json_strz(&j, "detail", err->msg);
	json_strz(&j, "code", err_text(err->code));
	if (err->where.path[0]) {
		json_object_in(&j, "where");
		json_strz(&j, "path", err->where.path);
		if (err->where.line)
			json_int(&j, "line", err->where.line);
		if (err->where.column)
			json_int(&j, "column", err->where.column);
		json_end(&j);
	}
	if (err->remedy[0])
		json_strz(&j, "remedy", err->remedy);
	json_end(&j);
	if ((a->status == 429 || a->status == 503) &&
	    str_find(buf_str(&a->fields), STR("Retry-After"), 0) < 0)
		gw_reply_field(a, "Retry-After", "1");
}

void gw_refuse(struct gw_reply *a, int code, int status, const char *fmt, ...)
{
	struct err err = ERR_INIT;
	char words[ERR_MSG_MAX];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(words, sizeof(words), fmt, ap);
	va_end(ap);
	err_set(&err, code, "%s", words);
	gw_problem(a, status, &err);
}

static bool has_no_body(int status)
{
	return status == 204 || status == 304;
}

/* The same for all replies of a second. */
static const char *date_of(struct gw_server *s)
{
	int64_t now = clock_wall(loop_clock(s->opts.loop)) / 1000;
	time_t seconds = (time_t)now;
	struct tm tm;
	if (now == s->date_s)
		return s->date;
	gmtime_r(&seconds, &tm);
	strftime(s->date, sizeof(s->date), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	s->date_s = now;
	return s->date;
}

static void field(struct buf *out, const char *name, const char *value)
{
	buf_addz(out, name);
	buf_addz(out, value);
	buf_addz(out, "\r\n");
}

/* Put together by hand: as formats, these few were a twentieth of what a reply from memory costs. */
static void common_fields(struct gw_conn *c)
{
	const struct gw_reply *a = &c->reply;
	const char status[] = {(char)('0' + a->status / 100 % 10),
			       (char)('0' + a->status / 10 % 10), (char)('0' + a->status % 10), ' ',
			       '\0'};
	buf_addz(&c->out, "HTTP/1.1 ");
	field(&c->out, status, gw_status_text(a->status));
	field(&c->out, "Date: ", date_of(c->server));
	buf_addz(&c->out, "Server: aspora\r\n");
	if (c->request.id[0])
		field(&c->out, "Aspora-Request: ", c->request.id);
	field(&c->out, "Cache-Control: ", a->cacheable ? "private, no-cache" : "no-store");
	buf_addz(&c->out, "X-Content-Type-Options: nosniff\r\n");
	if (a->type)
		field(&c->out, "Content-Type: ", a->type);
	buf_add_str(&c->out, buf_str(&a->fields));
	if (!c->keep)
		buf_addz(&c->out, "Connection: close\r\n");
}

static void add_chunk(struct gw_conn *c, struct str data)
{
	if (data.len == 0)
		return;
	buf_addf(&c->out, "%zx\r\n", data.len);
	buf_add_str(&c->out, data);
	buf_addz(&c->out, "\r\n");
}

void gw_reply_begin(struct gw_conn *c)
{
	struct gw_reply *a = &c->reply;
	c->keep = c->keep && !a->close && !c->server->draining;
	common_fields(c);
	c->chunked = a->more != NULL && !has_no_body(a->status);
	if (c->chunked) {
		buf_addz(&c->out, "Transfer-Encoding: chunked\r\n\r\n");
	} else if (has_no_body(a->status)) {
		buf_addz(&c->out, "\r\n");
	} else {
		buf_addz(&c->out, "Content-Length: ");
		buf_add_decimal(&c->out, a->body.len);
		buf_addz(&c->out, "\r\n\r\n");
	}
	if (c->head_only || has_no_body(a->status)) {
		c->chunked = false;
	} else if (c->chunked) {
		add_chunk(c, buf_str(&a->body));
	} else {
		buf_add_str(&c->out, buf_str(&a->body));
	}
	buf_release(&a->body);
	a->body = (struct buf)BUF_INIT(BUF_MAX);
}

void gw_reply_end(struct gw_conn *c)
{
	buf_addz(&c->out, "0\r\n\r\n");
	c->chunked = false;
}

int gw_reply_more(struct gw_conn *c)
{
	CLEANUP(buf_release) struct buf piece = BUF_INIT(BUF_MAX);
	int rc = c->reply.more(c->reply.state, &piece);
	if (rc < 0)
		return rc;
	add_chunk(c, buf_str(&piece));
	if (rc == GW_MORE_END)
		gw_reply_end(c);
	return rc;
}
