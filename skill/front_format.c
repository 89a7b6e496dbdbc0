#include "skill/front_format.h"

static const char *const order[] = {"name",	     "description",   "license",
				    "compatibility", "allowed-tools", "domain",
				    "role",	     "trigger",	      "capabilities"};
#define OWN_FROM 5 /* from here on they are ours */
#define METADATA_RANK 1000

/* One field with the comments above it, as lines of the file. */
struct block {
	size_t rank, place;
	struct str text; /* ends with a line end */
	const struct doc_pair *pair;
};

static size_t rank_of(struct str key)
{
	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		if (str_eqz(key, order[i]))
			return i;
	return str_eqz(key, "metadata") ? METADATA_RANK : ARRAY_SIZE(order);
}

static int blocks_by_rank(const void *pa, const void *pb)
{
	const struct block *a = pa, *b = pb;
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	return a->place < b->place ? -1 : a->place > b->place;
}

static size_t line_begin(struct str text, size_t at)
{
	while (at > 0 && text.p[at - 1] != '\n')
		at--;
	return at;
}

/* Comments right above a field go with it; in a block of text they could not begin a line. */
static size_t with_comments(struct str text, size_t from, size_t at)
{
	while (at > from) {
		size_t above = line_begin(text, at - 1);
		if (above < from || text.p[above] != '#')
			break;
		at = above;
	}
	return at;
}

/* Every field begins a line of its own, or the frontmatter is not rewritten ("{name: x}"). */
static bool cut(const struct skill *s, struct str front, struct block *blocks)
{
	const struct doc_node *root = s->front;
	ptrdiff_t eol = str_find_byte(front, '\n', 0);
	size_t begin = eol < 0 ? front.len : (size_t)eol + 1, n = root->map.count, from = begin;
	for (size_t i = 0; i < n; i++) {
		const struct doc_pair *p = &root->map.pairs[i];
		if (line_begin(front, p->key_offset) != p->key_offset || p->key_offset < from)
			return false;
		size_t at = with_comments(front, from, p->key_offset);
		if (i)
			blocks[i - 1].text = str_sub(front, from, at);
		/* What stands above the first field stays first. */
		from = i ? at : begin;
		blocks[i] = (struct block){.rank = rank_of(p->key), .place = i, .pair = p};
	}
	if (n)
		blocks[n - 1].text = str_sub(front, from, front.len);
	return n > 0;
}

/* --- the portable form -------------------------------------------------------------------------------------------- */

static void text_of(struct buf *out, const struct doc_node *n)
{
	if (n->type == DOC_LIST || n->type == DOC_MAP)
		doc_write_json(out, n, 0, false);
	else
		buf_add_str(out, n->text);
}

static void put(struct buf *out, const char *indent, struct str key, struct str value)
{
	buf_addz(out, indent);
	buf_add_str(out, key);
	buf_addz(out, ": ");
	json_quote(out, value);
	buf_add_char(out, '\n');
}

static void trigger_lines(const struct skill *s, struct buf *out)
{
	for (size_t i = 0; i < s->trigger_count; i++) {
		if (i)
			buf_add_char(out, '\n');
		trigger_text(out, &s->triggers[i]);
	}
}

static void words_of(struct buf *out, const struct doc_node *n)
{
	for (size_t i = 0; n->type == DOC_LIST && i < n->list.count; i++) {
		buf_addz(out, i ? " " : "");
		text_of(out, n->list.items[i]);
	}
	if (n->type != DOC_LIST)
		text_of(out, n);
}

static void moved(const struct skill *s, const struct block *b, struct buf *out)
{
	CLEANUP(buf_release) struct buf key = BUF_INIT(1024), value = BUF_INIT(BUF_MAX);
	bool own = b->rank >= OWN_FROM && b->rank < ARRAY_SIZE(order);
	const struct doc_node *meta = doc_find(s->front, "metadata");
	buf_addf(&key, "%s%.*s", own ? "aspora." : "", STR_ARG(b->pair->key));
	if (doc_find_pair(meta, buf_str(&key)))
		return; /* stands there already, with the same value or a finding */
	if (str_eqz(b->pair->key, "trigger"))
		trigger_lines(s, &value);
	else
		words_of(&value, b->pair->value);
	put(out, "  ", buf_str(&key), buf_str(&value));
}

static void metadata(const struct skill *s, const struct block *blocks, size_t n, struct buf *out)
{
	CLEANUP(buf_release) struct buf lines = BUF_INIT(BUF_MAX);
	const struct doc_node *meta = doc_find(s->front, "metadata");
	for (size_t i = 0; i < n; i++)
		if (blocks[i].rank >= OWN_FROM && blocks[i].rank < METADATA_RANK)
			moved(s, &blocks[i], &lines);
	for (size_t i = 0; meta && meta->type == DOC_MAP && i < meta->map.count; i++) {
		const struct doc_pair *p = &meta->map.pairs[i];
		CLEANUP(buf_release) struct buf value = BUF_INIT(BUF_MAX);
		if (str_eqz(p->key, "aspora.trigger"))
			trigger_lines(s, &value);
		else
			words_of(&value, p->value);
		put(&lines, "  ", p->key, buf_str(&value));
	}
	if (lines.len)
		buf_addf(out, "metadata:\n%s", buf_cstr(&lines));
}

static void portable_front(const struct skill *s, const struct block *blocks, size_t n,
			   struct buf *out)
{
	bool named = doc_find_pair(s->front, STR("name")) != NULL;
	if (!named)
		buf_addf(out, "name: %.*s\n", STR_ARG(s->name));
	for (size_t i = 0; i < n; i++) {
		const struct block *b = &blocks[i];
		bool list = b->pair->value->type == DOC_LIST;
		if (b->rank >= OWN_FROM)
			continue;
		if (!list) {
			buf_add_str(out, b->text);
			continue;
		}
		CLEANUP(buf_release) struct buf words = BUF_INIT(BUF_MAX);
		words_of(&words, b->pair->value);
		put(out, "", b->pair->key, buf_str(&words));
	}
	metadata(s, blocks, n, out);
}

bool front_format(const struct skill *s, bool portable, struct buf *out)
{
	if (!s->front || s->front->type != DOC_MAP || !s->body.p)
		return false;
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)16 << 20);
	struct str text = s->md_text;
	size_t body = (size_t)(s->body.p - text.p);
	/* The line of "---" that ends it. */
	size_t end = line_begin(text, body > 1 ? body - 1 : 0);
	struct str front = str_sub(text, 0, end);
	ptrdiff_t eol = str_find_byte(text, '\n', 0);
	size_t n = s->front->map.count;
	struct block *blocks = arena_array(a, n + 1, sizeof(*blocks));
	if (end == 0 || eol < 0 || !cut(s, front, blocks))
		return false;
	qsort(blocks, n, sizeof(*blocks), blocks_by_rank);
	buf_add_str(out, str_sub(text, 0, (size_t)eol + 1));
	if (portable)
		portable_front(s, blocks, n, out);
	else
		for (size_t i = 0; i < n; i++)
			buf_add_str(out, blocks[i].text);
	buf_add_str(out, str_sub(text, end, text.len));
	return !str_eq(buf_str(out), text);
}
