/*
 * The body of SKILL.md: its title, its links, its first paragraph. cmark tells what they are; where a link's target stands it only nearly
 * tells (it forgets indentation inside lists), so that is looked for in the text.
 */
#include "skill/markdown_int.h"
#include "skill/skill_int.h"

#define TARGET_NEAR 4096 /* bytes after its link in which a target is looked for */

#define TREE_MAX ((size_t)128 << 20) /* of memory for the tree of one body */

/* --- words ------------------------------------------------------------------------------------- */

/* The node after n in reading order, inside top; NULL at the end. cmark's iterator does the same with memory of its own. */
static cmark_node *next_node(cmark_node *n, cmark_node *top)
{
	cmark_node *next = cmark_node_first_child(n);
	while (!next && n != top) {
		next = cmark_node_next(n);
		n = cmark_node_parent(n);
	}
	return next;
}

/* The words inside a block, white space folded, at most `most` characters. */
static struct str words_of(struct arena *a, cmark_node *block, size_t most)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(4 * SKILL_DESCRIPTION_MAX + 64);
	for (cmark_node *n = block; n && !out.overflow; n = next_node(n, block)) {
		cmark_node_type type = cmark_node_get_type(n);
		if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE)
			buf_addz(&out, cmark_node_get_literal(n));
		else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK)
			buf_add_char(&out, ' ');
	}
	struct str text = str_trim(buf_str(&out));
	size_t pos = 0, n = 0;
	while (pos < text.len && n < most) {
		str_next_rune(text, &pos);
		n++;
	}
	return arena_str(a, str_sub(text, 0, pos));
}

/* --- links ------------------------------------------------------------------------------------- */

/*
 * Places are counted by two cursors that move with the links, which come in order: what is far apart is walked once, not for every link
 * from the beginning.
 */
struct links {
	struct md *md;
	size_t body_at; /* where the body begins in the file */
	size_t line_at; /* where `line` begins in the file */
	uint32_t line; /* of the body, from 1 */
	size_t at; /* a byte of the file, its line in the file, its column in characters */
	uint32_t at_line, at_column;
	size_t cap;
};

/* Where a line of the body begins in the file. */
static size_t line_start(struct links *l, uint32_t line)
{
	struct str text = l->md->of.text;
	while (l->line < line) {
		ptrdiff_t eol = str_find_byte(text, '\n', l->line_at);
		if (eol < 0)
			break;
		l->line_at = (size_t)eol + 1;
		l->line++;
	}
	while (l->line > line && l->line_at > l->body_at) {
		const char *eol = memrchr(text.p, '\n', l->line_at - 1);
		l->line_at = eol ? MAX((size_t)(eol - text.p) + 1, l->body_at) : l->body_at;
		l->line--;
	}
	return l->line_at;
}

static void step(struct str text, size_t from, size_t to, uint32_t *line, uint32_t *column)
{
	for (size_t i = from; i < to; i++) {
		if (text.p[i] == '\n') {
			++*line;
			*column = 1;
		} else if (((unsigned char)text.p[i] & 0xC0) != 0x80) {
			++*column;
		}
	}
}

/* Line and column of `to`, which is not far behind the link that begins at `from`. */
static void place(struct links *l, size_t from, size_t to, struct skill_link *ret)
{
	struct str text = l->md->of.text;
	if (from < l->at) {
		l->at = l->line_at;
		l->at_line = l->md->s->body_line + l->line - 1;
		l->at_column = 1;
	}
	step(text, l->at, from, &l->at_line, &l->at_column);
	l->at = MAX(from, l->at);
	ret->line = l->at_line;
	ret->column = l->at_column;
	step(text, l->at, to, &ret->line, &ret->column);
}

/* The target where it is written: behind "](", or as it stands. False when it is written by reference. */
static bool find_target(struct str text, size_t from, struct str target, size_t *ret)
{
	struct str near = str_sub(text, 0, from + TARGET_NEAR);
	for (ptrdiff_t at = (ptrdiff_t)from; (at = str_find(near, STR("]("), (size_t)at)) >= 0;
	     at++) {
		size_t begin = (size_t)at + 2;
		while (begin < near.len && strchr(" \t\n<", near.p[begin]))
			begin++;
		if (str_starts(str_sub(near, begin, near.len), target)) {
			*ret = begin;
			return true;
		}
	}
	ptrdiff_t plain = str_find(near, target, from);
	if (plain >= 0)
		*ret = (size_t)plain;
	return plain >= 0;
}

static void add_link(struct links *l, cmark_node *n)
{
	struct skill *s = l->md->s;
	struct str text = l->md->of.text, target = str_of(cmark_node_get_url(n));
	int line = cmark_node_get_start_line(n), column = cmark_node_get_start_column(n);
	if (target.len == 0)
		return;
	size_t begin = line_start(l, (uint32_t)MAX(line, 1));
	size_t from = MIN(begin + (size_t)MAX(column - 1, 0), text.len), at = from;
	bool exact = find_target(text, from, target, &at);
	if (!exact && find_target(text, begin, target, &at)) {
		exact = true;
		from = begin;
	}
	struct skill_link link = {.target = arena_str(l->md->a, target), .start = (uint32_t)at};
	link.end = (uint32_t)(exact ? at + target.len : at);
	place(l, from, at, &link);
	ARENA_GROW(l->md->a, s->links, s->link_count, l->cap);
	s->links[s->link_count++] = link;
}

/* --- the body ---------------------------------------------------------------------------------- */

static bool too_many_brackets(struct md *md)
{
	struct str body = md->s->body;
	size_t n = 0, at = (size_t)(body.p - md->of.text.p);
	for (ptrdiff_t i = -1; (i = str_find_byte(body, '[', (size_t)(i + 1))) >= 0;)
		if (++n > SKILL_BRACKETS_MAX) {
			say(&md->of, "SK-BODY-BRACKETS", at + (size_t)i, at + (size_t)i + 1,
			    "the body has more than %d opening brackets", SKILL_BRACKETS_MAX)
				->remedy = STR("move part of it into a file of its own");
			return true;
		}
	return false;
}

void body_read(struct md *md)
{
	struct str body = md->s->body;
	struct links links = {.md = md, .line = 1, .at_line = md->s->body_line, .at_column = 1};
	if (too_many_brackets(md) || body.len == 0)
		return;
	links.body_at = links.line_at = links.at = (size_t)(body.p - md->of.text.p);
	CLEANUP(arena_freep) struct arena *tree = arena_new_sized(TREE_MAX, 24 * body.len);
	cmark_node *doc = markdown_parse(tree, body);
	for (cmark_node *n = doc; n; n = next_node(n, doc)) {
		switch (cmark_node_get_type(n)) {
		case CMARK_NODE_HEADING:
			if (!md->s->title.len)
				md->s->title = words_of(md->a, n, 200);
			break;
		case CMARK_NODE_PARAGRAPH:
			if (!md->paragraph.len && cmark_node_parent(n) == doc)
				md->paragraph = words_of(md->a, n, SKILL_DESCRIPTION_MAX);
			break;
		case CMARK_NODE_LINK:
		case CMARK_NODE_IMAGE:
			add_link(&links, n);
			break;
		default:
			break;
		}
	}
}
