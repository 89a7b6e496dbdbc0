/*
 * The record of a job, as lines: "C INDEX STATE KIND", then signer, key and detail, a line each; "E CODE", then message and remedy. Texts have
 * no newline in them: signature_read() and err_set() see to that, and the reader does not rely on it.
 */
#include <stdio.h>
#include <string.h>

#include "gitsync/signature_int.h"
#include "skill/text.h"

static void add_line(struct buf *out, const char *z)
{
	char quoted[ERR_MSG_MAX + 8];
	buf_addf(out, "%s\n", text_quote(str_of(z), quoted, sizeof(quoted)));
}

void signature_record_add(struct buf *out, size_t index, const struct signature *s)
{
	buf_addf(out, "C %zu %s %u\n", index, signature_state_name(s->state), (unsigned)s->kind);
	add_line(out, s->signer);
	add_line(out, s->key);
	add_line(out, s->detail);
}

void signature_record_end(struct buf *out, int code, const struct err *err)
{
	buf_addf(out, "E %d\n", -code);
	add_line(out, code < 0 ? err->msg : "");
	add_line(out, code < 0 ? err->remedy : "");
}

/* One whole line; false when its end is not there. */
static bool take_line(struct str *rest, struct str *ret)
{
	ptrdiff_t end = str_find_byte(*rest, '\n', 0);
	if (end < 0)
		return false;
	*ret = str_sub(*rest, 0, (size_t)end);
	*rest = str_sub(*rest, (size_t)end + 1, rest->len);
	return true;
}

static bool copy(struct str s, char *out, size_t size)
{
	if (s.len >= size || !str_is_utf8(s, NULL) || (s.len && memchr(s.p, 0, s.len)))
		return false;
	memcpy(out, s.p ? s.p : "", s.len);
	out[s.len] = '\0';
	return true;
}

/* 1: taken, 0: it stops short, -1: it is no record. */
static int take_commit(struct str head, struct str *rest, struct signature *ret, size_t count)
{
	struct signature s = {0};
	struct str word, state, text[3];
	uint64_t index, kind;
	if (!str_split(&head, ' ', &word) || !str_to_u64(word, &index) || index >= count ||
	    !str_split(&head, ' ', &state) || !signature_state_find(state, &s.state) ||
	    !str_to_u64(head, &kind) || kind >= SIGNATURE_KINDS)
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(text); i++)
		if (!take_line(rest, &text[i]))
			return 0;
	s.kind = (enum signature_kind)kind;
	if (!copy(text[0], s.signer, sizeof(s.signer)) || !copy(text[1], s.key, sizeof(s.key)) ||
	    !copy(text[2], s.detail, sizeof(s.detail)))
		return -1;
	ret[index] = s;
	return 1;
}

static int take_end(struct str head, struct str *rest, int *ret_code, struct err *ret_child)
{
	struct str msg, remedy;
	struct err child = ERR_INIT;
	uint64_t code;
	if (!str_to_u64(head, &code) || code > 1000 || (code && -(int)code >= ERR_END_))
		return -1;
	if (!take_line(rest, &msg) || !take_line(rest, &remedy))
		return 0;
	if (!copy(msg, child.msg, sizeof(child.msg)) ||
	    !copy(remedy, child.remedy, sizeof(child.remedy)) || rest->len)
		return -1;
	child.code = *ret_code = -(int)code;
	*ret_child = child;
	return 1;
}

int signature_record_read(struct str in, struct signature *ret, size_t count, bool *ret_ended,
			  int *ret_code, struct err *ret_child, struct err *err)
{
	struct str line;
	int took = 1;
	memset(ret, 0, count * sizeof(*ret));
	*ret_ended = false;
	while (took > 0 && !*ret_ended && take_line(&in, &line)) {
		if (str_starts(line, STR("C ")))
			took = take_commit(str_sub(line, 2, line.len), &in, ret, count);
		else if (str_starts(line, STR("E ")))
			*ret_ended = (took = take_end(str_sub(line, 2, line.len), &in, ret_code,
						      ret_child)) > 0;
		else
			took = -1;
	}
	if (took >= 0)
		return 0;
	memset(ret, 0, count * sizeof(*ret));
	return err_set(err, ERR_GIT, "the process that looks at signatures gave no result");
}
