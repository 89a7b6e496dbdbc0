/*
 * {"id","text"} a line in, {"id","findings":[{"rule","category","type","start","end","confidence"}]} a line out. Offsets are bytes of
 * the text in UTF-8. A line that cannot be read is answered too, with "error", so that answers stay beside their questions.
 */
#include <errno.h>

#include "base/doc.h"
#include "base/json.h"
#include "cli/scan.h"

#define LINE_MAX_BYTES ((size_t)256 << 20)
static const struct doc_limits limits = {LINE_MAX_BYTES, 16, 1000, GUARD_TEXT_MAX};

/*
 * U+0000 in a string is refused by our reader, and a text under test may well hold one. U+0001 has as many bytes and no more
 * meaning.
 */
static void replace_nul(char *p, size_t len)
{
	for (size_t i = 0; i + 6 <= len; i++) {
		if (p[i] != '\\')
			continue;
		if (p[i + 1] == 'u' && memcmp(p + i + 2, "0000", 4) == 0)
			p[i + 5] = '1';
		i++;
	}
}

static void write_findings(struct json *j, const struct scan *s, const struct guard_findings *f)
{
	json_array_in(j, "findings");
	for (size_t i = 0; i < f->count; i++) {
		const struct guard_finding *g = &f->items[i];
		if (g->allowed || guard_policy_mode(&s->policy, g) == GUARD_OFF)
			continue;
		json_object(j);
		json_strz(j, "rule", g->rule->id);
		json_strz(j, "category", guard_category_name(g->rule->category));
		json_strz(j, "type", g->rule->type);
		json_int(j, "start", (int64_t)g->start);
		json_int(j, "end", (int64_t)g->end);
		json_key(j, "confidence");
		json_add_double(j, g->confidence / 100.0);
		json_end(j);
	}
	json_end(j);
}

static void write_id(struct json *j, const struct doc_node *id)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	if (id)
		doc_write_json(&text, id, 0, false);
	json_raw(j, "id", id ? buf_str(&text) : STR("null"));
}

static void answer(struct scan *s, struct str line, struct buf *out)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(LINE_MAX_BYTES * 2);
	struct guard_findings f = {0};
	const struct doc_node *root = NULL;
	struct err err = ERR_INIT;
	struct json j;
	int rc = doc_parse_json(a, line, &limits, "", &root, &err);
	const struct doc_node *text = rc < 0 ? NULL : doc_find(root, "text");
	if (rc == 0 && (!text || text->type != DOC_STRING))
		rc = err_set(&err, ERR_INVALID, "a line is an object with \"id\" and \"text\"");
	if (rc == 0)
		rc = guard_scan(s->rules, &s->options, text->text, a, &f, &err);
	json_init(&j, out);
	json_object(&j);
	write_id(&j, root ? doc_find(root, "id") : NULL);
	write_findings(&j, s, &f);
	if (rc < 0)
		json_strz(&j, "error", err.msg);
	json_end(&j);
	buf_add_char(out, '\n');
}

/* Answers the whole lines of in and keeps the rest. */
static int answer_lines(struct scan *s, struct buf *in, bool last, struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	size_t done = 0;
	for (ptrdiff_t end; (end = str_find_byte(buf_str(in), '\n', done)) >= 0;
	     done = (size_t)end + 1) {
		replace_nul(in->data + done, (size_t)end - done);
		answer(s, str_sub(buf_str(in), done, (size_t)end), &out);
	}
	if (last && done < in->len) {
		replace_nul(in->data + done, in->len - done);
		answer(s, str_sub(buf_str(in), done, in->len), &out);
		done = in->len;
	}
	if (done) {
		memmove(in->data, in->data + done, in->len - done);
		in->len -= done;
	}
	return out.len ? cli_write(&out, err) : 0;
}

int cli_scan_lines(struct scan *s, struct err *err)
{
	CLEANUP(buf_release) struct buf in = BUF_INIT(LINE_MAX_BYTES);
	for (;;) {
		char *room = buf_reserve(&in, (size_t)256 << 10);
		if (!room)
			return buf_check(&in, "a line", err);
		ssize_t n = read(STDIN_FILENO, room, (size_t)256 << 10);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, ERR_IO, errno, "reading standard input");
		buf_grew(&in, (size_t)n);
		int rc = answer_lines(s, &in, n == 0, err);
		if (rc < 0 || n == 0)
			return rc;
	}
}
