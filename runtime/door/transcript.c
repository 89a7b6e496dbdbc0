#include "runtime/door/transcript.h"

#include "base/json.h"

#define CUT_LINE_MAX 64

void transcript_init(struct transcript *t)
{
	/* Each line is measured before it is added, so the limit leaves room for the last one. */
	buf_init(&t->lines, TRANSCRIPT_MAX + CUT_LINE_MAX);
	t->count = 0;
	t->cut = false;
}

void transcript_release(struct transcript *t)
{
	buf_release(&t->lines);
}

void transcript_head(struct transcript *t, const char *execution)
{
	struct json j;
	json_init(&j, &t->lines);
	json_object(&j);
	json_strz(&j, "transcript", "aspora/v1");
	json_strz(&j, "execution", execution);
	json_end(&j);
	buf_add_char(&t->lines, '\n');
}

static void body(struct json *j, const char *key, struct str bytes)
{
	char hex[DIGEST_HEX + 1];
	if (bytes.len <= TRANSCRIPT_BODY_MAX && str_is_utf8(bytes, NULL)) {
		json_str(j, key, bytes);
		return;
	}
	json_object_in(j, key);
	if (bytes.len <= TRANSCRIPT_BODY_MAX) {
		CLEANUP(buf_release) struct buf text = BUF_INIT(2 * TRANSCRIPT_BODY_MAX);
		base64_add(&text, bytes);
		json_str(j, "base64", buf_str(&text));
	} else {
		struct digest d = digest_of(bytes);
		json_strz(j, "digest", digest_hex(&d, hex));
		json_int(j, "size", (int64_t)bytes.len);
	}
	json_end(j);
}

void transcript_add(struct transcript *t, const struct transcript_exchange *x)
{
	CLEANUP(buf_release) struct buf line = BUF_INIT(TRANSCRIPT_MAX);
	struct json j;
	if (t->cut)
		return;
	json_init(&j, &line);
	json_object(&j);
	json_int(&j, "seq", ++t->count);
	json_int(&j, "ms", x->ms);
	json_str(&j, "method", x->method);
	json_str(&j, "target", x->target);
	body(&j, "request", x->request);
	json_int(&j, "status", x->status);
	body(&j, "response", x->response);
	json_end(&j);
	buf_add_char(&line, '\n');
	if (!line.overflow && t->lines.len + line.len <= TRANSCRIPT_MAX) {
		buf_add_str(&t->lines, buf_str(&line));
		return;
	}
	t->cut = true;
	buf_addf(&t->lines, "{\"seq\":%lld,\"cut\":true}\n", (long long)t->count);
}

struct digest transcript_digest(const struct transcript *t)
{
	return digest_tagged(TRANSCRIPT_TAG, buf_str(&t->lines));
}
