#include "admission/rule_int.h"

#include <stdio.h>

#include "admission/rule_link.h"

/* --- managers and specialists load no field resources ------------------------------------------------------------- */

#define RUNBOOKS "runbooks/"

/* "skills/ecm/runbooks/x.md", and runbooks of any other domain. */
static bool is_field_resource(const struct link_place *p)
{
	struct str path = str_make(p->path, p->path_len), piece;
	for (int i = 0; str_split(&path, '/', &piece); i++)
		if (i == 2)
			return str_eqz(piece, "runbooks");
	return false;
}

static struct finding *say_runbook(const struct rule_in *in, struct findings *out, struct str what)
{
	const char *role = role_name(in->skill->skill->role);
	return rule_say(in, out, "a %s must not load field resources, and this names %.*s", role,
			STR_ARG(what));
}

static void runbook_links(const struct rule_in *in, struct findings *out)
{
	const struct skill *s = in->skill->skill;
	for (size_t i = 0; i < s->link_count; i++) {
		struct link_place p;
		link_resolve(s->path, s->links[i].target, &p);
		if (p.kind == LINK_INSIDE && is_field_resource(&p))
			rule_at_link(in, say_runbook(in, out, s->links[i].target), s, &s->links[i]);
	}
}

static bool inside_link(const struct skill *s, size_t at)
{
	for (size_t i = 0; i < s->link_count; i++)
		if (at >= s->links[i].start && at < s->links[i].end)
			return true;
	return false;
}

static bool path_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_' || c == '.' || c == '/';
}

/* "runbooks/x.md" in running text or code. */
static void runbook_words(const struct rule_in *in, struct findings *out)
{
	const struct skill *s = in->skill->skill;
	size_t from = (size_t)(s->body.p - s->md_text.p);
	ptrdiff_t at = s->body.len ? (ptrdiff_t)from : -1;
	while (at >= 0 && (at = str_find(s->md_text, STR(RUNBOOKS), (size_t)at)) >= 0) {
		size_t start = (size_t)at, end = start + sizeof(RUNBOOKS) - 1;
		while (start > from && path_byte(s->md_text.p[start - 1]))
			start--;
		while (end < s->md_text.len && path_byte(s->md_text.p[end]))
			end++;
		bool names_a_file = end > (size_t)at + sizeof(RUNBOOKS) - 1;
		if (names_a_file && !inside_link(s, (size_t)at))
			rule_at_body(in, say_runbook(in, out, str_sub(s->md_text, start, end)), s,
				     start, end);
		at = (ptrdiff_t)end;
	}
}

static void runbook_files(const struct rule_in *in, struct findings *out)
{
	const struct skill *s = in->skill->skill;
	for (size_t i = 0; i < s->manifest.count; i++) {
		const struct manifest_file *m = &s->manifest.files[i];
		if (!str_starts(m->path, STR(RUNBOOKS)))
			continue;
		struct finding *f = say_runbook(in, out, m->path);
		f->path = str_of(
			arena_printf(in->arena, "%.*s/%.*s", STR_ARG(s->path), STR_ARG(m->path)));
		f->blob = m->blob;
		f->remedy = STR("move it to the runbooks/ folder of the domain, where field skills "
				"find it");
	}
}

int rule_role_manager(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	if (in->skill->skill->role == ROLE_FIELD)
		return 0;
	runbook_links(in, out);
	runbook_words(in, out);
	runbook_files(in, out);
	return 0;
}

/* --- field skills compute no batch scores ---------------------------------------------------------------------------- */

static const char *const batch_phrases[] = {
	"batch score",	  "batch-score",      "batch scoring", "batch-scoring",
	"score in batch", "scores in batch",  "score a batch", "score the batch",
	"bulk score",	  "bulk scoring",     "score all",     "score every",
	"scores for all", "scores for every", "rescore",       NULL};
static const char *const denials[] = {"never",	 "not",	       "don't",	      "cannot", "no",
				      "without", "instead of", "rather than", NULL};

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '\'' || c == '_';
}

/* Does phrase stand at text[at], case-blind, beginning a word; white space in text may be any run? Gives the end. */
static bool phrase_at(struct str text, size_t at, const char *phrase, size_t *ret_end)
{
	if (at && is_word(text.p[at - 1]))
		return false;
	for (; *phrase; phrase++) {
		if (at >= text.len)
			return false;
		char c = text.p[at];
		if (*phrase == ' ') {
			if (c != ' ' && c != '\n' && c != '\t' && c != '\r')
				return false;
			while (at < text.len && (text.p[at] == ' ' || text.p[at] == '\n' ||
						 text.p[at] == '\t' || text.p[at] == '\r'))
				at++;
			continue;
		}
		if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != *phrase)
			return false;
		at++;
	}
	*ret_end = at;
	return true;
}

/* "never compute batch scores" is what a field skill should say. Looks back to the start of the sentence or list item. */
static bool denied_before(struct str text, size_t at)
{
	size_t from = at;
	while (from && !strchr(".!?:;", text.p[from - 1]) &&
	       !(from > 1 && text.p[from - 1] == '\n' && strchr("\n-*#", text.p[from])))
		from--;
	for (size_t i = from; i < at; i++)
		for (size_t k = 0; denials[k]; k++) {
			size_t end;
			if (phrase_at(text, i, denials[k], &end) &&
			    (end >= text.len || !is_word(text.p[end])))
				return true;
		}
	return false;
}

/* First phrase at or after from that nothing before it denies. */
static bool find_batch(struct str text, size_t from, size_t *ret_start, size_t *ret_end)
{
	for (size_t i = from; i < text.len; i++) {
		if (!strchr("bsBSrR", text.p[i]))
			continue;
		for (size_t k = 0; batch_phrases[k]; k++)
			if (phrase_at(text, i, batch_phrases[k], ret_end) &&
			    !denied_before(text, i)) {
				*ret_start = i;
				return true;
			}
	}
	return false;
}

static bool is_batch_capability(struct str s)
{
	return str_eqz(s, "batch-scores") || str_eqz(s, "batch-score") ||
	       str_eqz(s, "batch-scoring") || str_eqz(s, "batch");
}

/* `capabilities` of the frontmatter, or of metadata as "aspora.capabilities": a list, or words with commas or spaces. */
static const struct doc_node *declared_batch(const struct doc_node *n)
{
	for (size_t i = 0; n && n->type == DOC_LIST && i < n->list.count; i++)
		if (is_batch_capability(n->list.items[i]->text))
			return n->list.items[i];
	if (!n || n->type != DOC_STRING)
		return NULL;
	for (size_t i = 0, from = 0; i <= n->text.len; i++)
		if (i == n->text.len || strchr(", \t", n->text.p[i])) {
			if (is_batch_capability(str_sub(n->text, from, i)))
				return n;
			from = i + 1;
		}
	return NULL;
}

int rule_role_field(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	const struct skill *s = in->skill->skill;
	size_t start, end;
	if (s->role != ROLE_FIELD)
		return 0;
	const struct doc_node *n = declared_batch(doc_find(s->front, "capabilities"));
	if (!n)
		n = declared_batch(doc_find(doc_find(s->front, "metadata"), "aspora.capabilities"));
	if (n) {
		struct finding *f = rule_say(
			in, out, "a field skill computes no batch scores, and this declares %.*s",
			STR_ARG(n->text));
		rule_at_front(in, f, s, NULL);
		finding_at_node(f, n);
	}
	size_t from = s->body.len ? (size_t)(s->body.p - s->md_text.p) : s->md_text.len;
	if (find_batch(s->md_text, from, &start, &end)) {
		struct str words = str_sub(s->md_text, start, end);
		rule_at_body(
			in,
			rule_say(in, out,
				 "a field skill computes no batch scores, and this says \"%.*s\"",
				 STR_ARG(words)),
			s, start, end);
	} else if (find_batch(s->description, 0, &start, &end)) {
		struct str words = str_sub(s->description, start, end);
		rule_at_front(
			in,
			rule_say(in, out,
				 "a field skill computes no batch scores, and this says \"%.*s\"",
				 STR_ARG(words)),
			s, "description");
	}
	return 0;
}

/* --- a specialist can be reached -------------------------------------------------------------------------------------- */

/* Somebody of the same domain forwards to it by name. */
static bool is_forwarded_to(const struct rule_in *in, const struct skill *s)
{
	char name[2 * NAME_MAX_BYTES + 2];
	int len = snprintf(name, sizeof(name), "%.*s/%.*s", STR_ARG(in->name), STR_ARG(s->name));
	return map_find(&in->index->forwarded, str_make(name, (size_t)len)) != NULL;
}

int rule_role_specialist(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	const struct skill *s = in->skill->skill;
	if (s->role != ROLE_SPECIALIST || in->index->managers || s->trigger_count ||
	    is_forwarded_to(in, s))
		return 0;
	struct finding *f = rule_say(
		in, out,
		"nothing can reach this specialist: domain %.*s has no manager, and it has "
		"no trigger",
		STR_ARG(in->name));
	rule_at_front(in, f, s, "role");
	return 0;
}
