/* Findings as JSON and as text, and back. */
#include "skill/finding.h"

#include <stdio.h>

#include "skill/text.h"

#define FINDING_QUOTE_MAX 1024u /* characters: what was read back from elsewhere promises nothing */

static void add_field(struct hasher *h, struct str s)
{
	hasher_add(h, s.p ? s.p : "", s.len);
	hasher_add(h, "", 1);
}

char *finding_fingerprint(const struct finding *f, char out[17])
{
	char hex[DIGEST_HEX + 1];
	struct hasher h;
	hasher_init(&h);
	add_field(&h, str_of(f->rule));
	add_field(&h, f->domain);
	add_field(&h, f->skill);
	add_field(&h, f->path);
	/* A run of digits is one '#': "at most 5" and "at most 17" are the same complaint. */
	for (size_t i = 0; i < f->message.len; i++) {
		bool digit = f->message.p[i] >= '0' && f->message.p[i] <= '9';
		bool next = i + 1 < f->message.len && f->message.p[i + 1] >= '0' &&
			    f->message.p[i + 1] <= '9';
		if (!digit)
			hasher_add(&h, &f->message.p[i], 1);
		else if (!next)
			hasher_add(&h, "#", 1);
	}
	struct digest d = hasher_end(&h);
	memcpy(out, digest_hex(&d, hex), 16);
	out[16] = '\0';
	return out;
}

static void optional(struct json *j, const char *key, struct str s)
{
	if (s.len)
		json_str(j, key, s);
}

static void place_json(struct json *j, uint32_t line, uint32_t column)
{
	if (line) {
		json_int(j, "line", line);
		json_int(j, "column", column);
	}
}

static void quote_json(struct json *j, const struct finding *f)
{
	if (!f->quote.len)
		return;
	json_object_in(j, "quote");
	json_str(j, "text", f->quote);
	json_int(j, "at", f->quote_at);
	json_int(j, "length", f->quote_len);
	json_end(j);
}

void finding_json(struct json *j, const struct finding *f)
{
	char print[17], hex[65];
	json_object(j);
	json_strz(j, "rule", f->rule);
	json_strz(j, "severity", severity_name(f->severity));
	optional(j, "domain", f->domain);
	optional(j, "skill", f->skill);
	optional(j, "path", f->path);
	optional(j, "blob", str_of(tree_id_hex(&f->blob, hex)));
	place_json(j, f->line, f->column);
	if (f->start || f->end) {
		json_int(j, "start", f->start);
		json_int(j, "end", f->end);
	}
	json_str(j, "message", f->message);
	optional(j, "remedy", f->remedy);
	if (f->replacement.p)
		json_str(j, "replacement", f->replacement);
	if (f->related_path.len) {
		json_object_in(j, "related");
		json_str(j, "path", f->related_path);
		place_json(j, f->related_line, f->related_column);
		json_end(j);
	}
	quote_json(j, f);
	json_strz(j, "fingerprint", finding_fingerprint(f, print));
	json_end(j);
}

void findings_json(struct json *j, const struct findings *f)
{
	json_array(j);
	for (size_t i = 0; i < f->count; i++)
		finding_json(j, &f->items[i]);
	json_end(j);
}

static bool severity_parse(struct str s, enum severity *ret)
{
	for (int i = SEVERITY_NOTE; i <= SEVERITY_DENY; i++) {
		if (str_eqz(s, severity_name((enum severity)i))) {
			*ret = (enum severity)i;
			return true;
		}
	}
	return false;
}

static uint32_t number(const struct doc_node *map, const char *key)
{
	int64_t n = doc_int(map, key, 0);
	return n > 0 && n <= UINT32_MAX ? (uint32_t)n : 0;
}

static int one_from_json(struct findings *f, const struct doc_node *n, struct err *err)
{
	const struct doc_node *related = doc_find(n, "related"), *quote = doc_find(n, "quote");
	struct str rule = doc_text(n, "rule"), blob = doc_text(n, "blob");
	struct finding got = {.domain = doc_text(n, "domain"),
			      .skill = doc_text(n, "skill"),
			      .path = doc_text(n, "path"),
			      .start = number(n, "start"),
			      .end = number(n, "end"),
			      .line = number(n, "line"),
			      .column = number(n, "column"),
			      .message = doc_text(n, "message"),
			      .remedy = doc_text(n, "remedy"),
			      .replacement = doc_text(n, "replacement"),
			      .related_path = doc_text(related, "path"),
			      .related_line = number(related, "line"),
			      .related_column = number(related, "column"),
			      .quote = doc_text(quote, "text"),
			      .quote_at = number(quote, "at"),
			      .quote_len = number(quote, "length")};
	if (rule.len == 0 || !severity_parse(doc_text(n, "severity"), &got.severity))
		return err_set(err, ERR_INVALID,
			       "a finding needs a rule and a severity of note, warn or deny");
	if (blob.len && !tree_id_parse(blob, &got.blob))
		return err_set(err, ERR_INVALID, "a finding's blob is not an object id");
	got.rule = arena_strndup(f->arena, rule.p, rule.len);
	findings_add(f, &got);
	return 0;
}

int findings_from_json(struct findings *f, const struct doc_node *array, struct err *err)
{
	if (!array || array->type != DOC_LIST)
		return err_set(err, ERR_INVALID, "findings are a list");
	for (size_t i = 0; i < array->list.count; i++) {
		int rc = one_from_json(f, array->list.items[i], err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static void place_text(struct buf *out, struct str path, uint32_t line, uint32_t column)
{
	text_escape(out, path, 0);
	if (line)
		buf_addf(out, ":%u:%u", line, column);
}

/* As a compiler shows it: the line, and below it where. */
static void quote_text(struct buf *out, const struct finding *f)
{
	char number[16];
	if (!f->quote.len)
		return;
	int width = snprintf(number, sizeof(number), "%u", f->line);
	buf_addf(out, "    %s | ", number);
	text_escape(out, f->quote, 0);
	buf_addf(out, "\n    %*s | %*s^", width, "", (int)MIN(f->quote_at, FINDING_QUOTE_MAX), "");
	for (uint32_t i = 1; i < MIN(f->quote_len, FINDING_QUOTE_MAX); i++)
		buf_add_char(out, '~');
	buf_add_char(out, '\n');
}

void finding_text(struct buf *out, const struct finding *f)
{
	if (f->path.len) {
		place_text(out, f->path, f->line, f->column);
		buf_addz(out, ": ");
	} else if (f->domain.len) {
		text_escape(out, f->domain, 0);
		if (f->skill.len) {
			buf_add_char(out, '/');
			text_escape(out, f->skill, 0);
		}
		buf_addz(out, ": ");
	}
	buf_addf(out, "%s %s: ", severity_name(f->severity), f->rule);
	text_escape(out, f->message, 0);
	buf_add_char(out, '\n');
	quote_text(out, f);
	if (f->remedy.len) {
		buf_addz(out, "    ");
		text_escape(out, f->remedy, 0);
		buf_add_char(out, '\n');
	}
	if (f->related_path.len) {
		buf_addz(out, "    see ");
		place_text(out, f->related_path, f->related_line, f->related_column);
		buf_add_char(out, '\n');
	}
}
