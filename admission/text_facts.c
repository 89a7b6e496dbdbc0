#include "admission/rule_link.h"
#include "admission/text_int.h"

#include "base/id.h"
#include "base/mem.h"
#include "skill/tokens.h"

#define RUNBOOKS "runbooks/"
#define FACTS_OF_A_KIND 1000 /* more say no more */
#define FACTS_BYTES ((size_t)64 << 20) /* SKILL.md itself is limited */

static bool name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

static bool path_byte(char c)
{
	return name_byte(c) || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c == '/';
}

/* "runbooks/x.md", with what stands before it of the same path. The folder alone is only spoken of. */
bool text_find_runbook(struct str text, size_t from, struct text_span *ret)
{
	for (ptrdiff_t at = (ptrdiff_t)from;
	     (at = str_find(text, STR(RUNBOOKS), (size_t)at)) >= 0;) {
		size_t start = (size_t)at, bare = start + sizeof(RUNBOOKS) - 1, end = bare;
		while (start > from && path_byte(text.p[start - 1]))
			start--;
		while (end < text.len && path_byte(text.p[end]))
			end++;
		*ret = (struct text_span){start, end};
		if (end > bare)
			return true;
		at = (ptrdiff_t)end;
	}
	return false;
}

/* "code/x.py" or "scripts/x.sh" at the beginning of a path. */
bool text_find_script(struct str text, size_t from, struct text_span *ret)
{
	for (size_t i = from; (i = (size_t)str_find_byte(text, '/', i)) < text.len; i++) {
		size_t start = i, end = i + 1;
		while (start > from && path_byte(text.p[start - 1]))
			start--;
		while (end < text.len && path_byte(text.p[end]))
			end++;
		size_t after = end;
		while (end > i && (text.p[end - 1] == '.' || text.p[end - 1] == '/'))
			end--;
		struct str path = str_sub(text, start, end);
		struct str bare = str_starts(path, STR("./")) ? str_sub(path, 2, path.len) : path;
		bool script = (str_starts(bare, STR("code/")) ||
			       str_starts(bare, STR("scripts/"))) &&
			      str_find_byte(bare, '.', 0) > 0 && str_find(bare, STR(".."), 0) < 0;
		*ret = (struct text_span){end - bare.len, end};
		if (script)
			return true;
		i = after;
	}
	return false;
}

/* The words around a '/', when they could be domain/skill and are not part of a longer path. */
static bool mention_at(struct str text, size_t from, size_t slash, struct text_span *ret)
{
	size_t start = slash, end = slash + 1;
	while (start > from && name_byte(text.p[start - 1]))
		start--;
	while (end < text.len && name_byte(text.p[end]))
		end++;
	*ret = (struct text_span){start, end};
	if (start == slash || end == slash + 1 || slash - start > NAME_MAX_BYTES ||
	    end - slash - 1 > NAME_MAX_BYTES)
		return false;
	char before = start > from ? text.p[start - 1] : ' ';
	char after = end < text.len ? text.p[end] : ' ';
	bool path = strchr("/._", before) || strchr("/_", after);
	return !path && !(after == '.' && end + 1 < text.len && name_byte(text.p[end + 1]));
}

bool text_find_mention(struct str text, size_t from, struct text_span *ret)
{
	for (ptrdiff_t at = (ptrdiff_t)from; (at = str_find_byte(text, '/', (size_t)at)) >= 0; at++)
		if (mention_at(text, from, (size_t)at, ret))
			return true;
	return false;
}

/* --- gathering ------------------------------------------------------------------------------------------------- */

struct gathering {
	const struct skill *s;
	struct arena *arena;
	struct text_fact *items;
	size_t count, cap, bytes;
};

static void add(struct gathering *g, const struct text_fact *f)
{
	ARENA_GROW(g->arena, g->items, g->count, g->cap);
	g->items[g->count++] = *f;
	g->bytes += f->words.len + f->path.len + 2;
}

static void add_span(struct gathering *g, enum text_fact_kind kind, struct text_span at)
{
	struct finding place = {0};
	finding_span(&place, g->s->md_text, at.start, at.end);
	add(g, &(struct text_fact){.kind = kind,
				   .start = place.start,
				   .end = place.end,
				   .line = place.line,
				   .column = place.column,
				   .words = str_sub(g->s->md_text, at.start, at.end)});
}

static void add_link(struct gathering *g, const struct skill_link *l)
{
	struct link_place p;
	link_resolve(g->s->path, l->target, &p);
	bool somewhere = p.kind == LINK_INSIDE || p.kind == LINK_OUTSIDE;
	add(g, &(struct text_fact){
		       .kind = TEXT_LINK,
		       .link = p.kind,
		       .start = l->start,
		       .end = l->end,
		       .line = l->line,
		       .column = l->column,
		       .words = l->target,
		       .path = somewhere ? arena_str(g->arena, str_make(p.path, p.path_len))
					 : STR("")});
}

static bool inside_link(const struct skill *s, size_t at)
{
	for (size_t i = 0; i < s->link_count; i++)
		if (at >= s->links[i].start && at < s->links[i].end)
			return true;
	return false;
}

static void add_all(struct gathering *g, enum text_fact_kind kind,
		    bool (*find)(struct str text, size_t from, struct text_span *ret))
{
	struct str text = g->s->md_text, body = g->s->body;
	struct text_span at = {0, body.len ? (size_t)(body.p - text.p) : text.len};
	size_t most = g->count + FACTS_OF_A_KIND;
	while (g->count < most && find(text, at.end, &at))
		if (kind == TEXT_REMOTE || kind >= TEXT_COMMENT || !inside_link(g->s, at.start))
			add_span(g, kind, at);
}

/* --- batch scores of field skills ---------------------------------------------------------------------------------- */

static bool is_batch_capability(struct str s)
{
	return str_eqz(s, "batch-scores") || str_eqz(s, "batch-score") ||
	       str_eqz(s, "batch-scoring") || str_eqz(s, "batch");
}

/* A list, or words with commas or spaces between them. */
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

static void add_node(struct gathering *g, const struct doc_node *n, struct str words)
{
	struct finding place = {0};
	finding_at_node(&place, n);
	add(g, &(struct text_fact){.kind = TEXT_BATCH,
				   .start = place.start,
				   .end = place.end,
				   .line = place.line,
				   .column = place.column,
				   .words = words});
}

static void add_batch(struct gathering *g)
{
	const struct doc_node *front = g->s->front;
	const struct doc_node *n = declared_batch(doc_find(front, "capabilities"));
	struct text_span at;
	if (!n)
		n = declared_batch(doc_find(doc_find(front, "metadata"), "aspora.capabilities"));
	if (n)
		add_node(g, n, n->text);
	n = doc_find(front, "description");
	if (n && text_find_batch(g->s->description, 0, &at))
		add_node(g, n, str_sub(g->s->description, at.start, at.end));
	add_all(g, TEXT_BATCH, text_find_batch);
}

/* --- packing ---------------------------------------------------------------------------------------------------------- */

static struct str put(char **at, struct str words)
{
	char *p = *at;
	if (words.len)
		memcpy(p, words.p, words.len);
	p[words.len] = '\0';
	*at = p + words.len + 1;
	return str_make(p, words.len);
}

static struct text_facts *pack(const struct gathering *g)
{
	size_t head = sizeof(struct text_facts) + g->count * sizeof(struct text_fact);
	char *block = mem_alloc(head + g->bytes);
	struct text_facts *facts = (void *)block;
	char *words = block + head;
	facts->metadata_tokens =
		(uint32_t)(tokens_estimate(g->s->name) + tokens_estimate(g->s->description));
	facts->body_tokens = (uint32_t)tokens_estimate(g->s->body);
	facts->count = g->count;
	facts->items = (void *)(facts + 1);
	for (size_t i = 0; i < g->count; i++) {
		facts->items[i] = g->items[i];
		facts->items[i].words = put(&words, g->items[i].words);
		facts->items[i].path = put(&words, g->items[i].path);
	}
	return facts;
}

struct text_facts *text_facts_make(const struct skill *s)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(FACTS_BYTES);
	struct gathering g = {.s = s, .arena = a};
	for (size_t i = 0; i < s->link_count; i++)
		add_link(&g, &s->links[i]);
	if (s->role == ROLE_FIELD)
		add_batch(&g);
	else
		add_all(&g, TEXT_RUNBOOK, text_find_runbook);
	add_all(&g, TEXT_REMOTE, text_find_remote);
	add_all(&g, TEXT_MENTION, text_find_mention);
	if (text_has_channel(s->md_text)) {
		add_all(&g, TEXT_COMMENT, text_find_comment);
		add_all(&g, TEXT_HIDDEN, text_find_hidden);
	}
	if (text_has_address(s->md_text)) {
		add_all(&g, TEXT_ADDRESS, text_find_address);
		add_all(&g, TEXT_QUOTED, text_find_quoted);
	}
	add_all(&g, TEXT_SCRIPT, text_find_script);
	return pack(&g);
}
