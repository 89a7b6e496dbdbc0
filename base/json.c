#include "base/json.h"

#include <assert.h>
#include <inttypes.h>

/* The open level's bit; none at the top, where one value stands alone. */
static uint64_t bit_of(const struct json *j)
{
	return j->depth ? UINT64_C(1) << (j->depth - 1) : 0;
}

static void separate(struct json *j)
{
	uint64_t bit = bit_of(j);
	if (j->after_key) {
		j->after_key = false;
		return;
	}
	/* Inside an object a value needs its key first. */
	assert(j->depth == 0 || (j->array_bits & bit));
	if (j->some_bits & bit)
		buf_add_char(j->out, ',');
	j->some_bits |= bit;
}

static void open_level(struct json *j, bool array)
{
	separate(j);
	assert(j->depth < JSON_DEPTH_MAX);
	j->depth++;
	uint64_t bit = bit_of(j);
	j->array_bits = array ? j->array_bits | bit : j->array_bits & ~bit;
	j->some_bits &= ~bit;
	buf_add_char(j->out, array ? '[' : '{');
}

void json_init(struct json *j, struct buf *out)
{
	*j = (struct json){.out = out};
}

void json_object(struct json *j)
{
	open_level(j, false);
}

void json_array(struct json *j)
{
	open_level(j, true);
}

void json_end(struct json *j)
{
	assert(j->depth > 0 && !j->after_key);
	buf_add_char(j->out, j->array_bits & bit_of(j) ? ']' : '}');
	j->depth--;
}

void json_add_str(struct json *j, struct str s)
{
	separate(j);
	json_quote(j->out, s);
}

void json_addz(struct json *j, const char *z)
{
	if (z)
		json_add_str(j, str_of(z));
	else
		json_add_null(j);
}

void json_add_int(struct json *j, int64_t v)
{
	separate(j);
	if (v < 0)
		buf_add_char(j->out, '-');
	buf_add_decimal(j->out, v < 0 ? -(uint64_t)v : (uint64_t)v);
}

void json_add_double(struct json *j, double v)
{
	separate(j);
	json_number(j->out, v);
}

void json_add_bool(struct json *j, bool v)
{
	separate(j);
	buf_addz(j->out, v ? "true" : "false");
}

void json_add_null(struct json *j)
{
	separate(j);
	buf_addz(j->out, "null");
}

void json_add_raw(struct json *j, struct str json_text)
{
	separate(j);
	buf_add_str(j->out, json_text);
}

void json_key(struct json *j, const char *key)
{
	json_key_str(j, str_of(key));
}

void json_key_str(struct json *j, struct str key)
{
	uint64_t bit = bit_of(j);
	assert(j->depth > 0 && !(j->array_bits & bit) && !j->after_key);
	if (j->some_bits & bit)
		buf_add_char(j->out, ',');
	j->some_bits |= bit;
	json_quote(j->out, key);
	buf_add_char(j->out, ':');
	j->after_key = true;
}

void json_object_in(struct json *j, const char *key)
{
	json_key(j, key);
	json_object(j);
}

void json_array_in(struct json *j, const char *key)
{
	json_key(j, key);
	json_array(j);
}

void json_str(struct json *j, const char *key, struct str s)
{
	json_key(j, key);
	json_add_str(j, s);
}

void json_strz(struct json *j, const char *key, const char *z)
{
	json_key(j, key);
	json_addz(j, z);
}

void json_int(struct json *j, const char *key, int64_t v)
{
	json_key(j, key);
	json_add_int(j, v);
}

void json_bool(struct json *j, const char *key, bool v)
{
	json_key(j, key);
	json_add_bool(j, v);
}

void json_raw(struct json *j, const char *key, struct str json_text)
{
	json_key(j, key);
	json_add_raw(j, json_text);
}

/* The escape letter of a byte, 'u' for the long form, 0 when it stands for itself. */
static char escape_of(unsigned char c)
{
	switch (c) {
	case '"':
	case '\\':
		return (char)c;
	case '\b':
		return 'b';
	case '\t':
		return 't';
	case '\n':
		return 'n';
	case '\f':
		return 'f';
	case '\r':
		return 'r';
	default:
		return c < 0x20 ? 'u' : 0;
	}
}

static void add_escape(struct buf *out, unsigned char c, char letter)
{
	if (letter == 'u')
		buf_addf(out, "\\u%04x", c);
	else
		buf_add(out, (char[]){'\\', letter}, 2);
}

static void quote(struct buf *out, struct str s, bool escape_separators)
{
	size_t from = 0, pos = 0;
	buf_add_char(out, '"');
	while (pos < s.len) {
		unsigned char c = (unsigned char)s.p[pos];
		if (c < 0x80) {
			char letter = escape_of(c);
			if (letter) {
				buf_add(out, s.p + from, pos - from);
				add_escape(out, c, letter);
				from = pos + 1;
			}
			pos++;
			continue;
		}
		size_t start = pos;
		uint32_t rune = str_next_rune(s, &pos);
		bool bad = rune == 0xFFFD && pos - start == 1;
		/*
		 * JSON allows them, JavaScript before 2019 does not: they break scripts made
		 * from JSON.
		 */
		bool separator = escape_separators && (rune == 0x2028 || rune == 0x2029);
		if (!bad && !separator)
			continue;
		buf_add(out, s.p + from, start - from);
		buf_addz(out, bad ? "\xEF\xBF\xBD" : rune == 0x2028 ? "\\u2028" : "\\u2029");
		from = pos;
	}
	if (s.len > from)
		buf_add(out, s.p + from, s.len - from);
	buf_add_char(out, '"');
}

void json_quote(struct buf *out, struct str s)
{
	quote(out, s, true);
}

void json_quote_canonical(struct buf *out, struct str s)
{
	quote(out, s, false);
}

void json_problem(struct buf *out, const struct err *err)
{
	struct json j;
	json_init(&j, out);
	json_object(&j);
	json_key(&j, "type");
	buf_addf(out, "\"urn:aspora:error:%s\"", err_text(err->code));
	j.after_key = false;
	json_strz(&j, "title", err_help(err->code));
	json_int(&j, "status", err_http_status(err->code));
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
}
