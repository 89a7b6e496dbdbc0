#include "skill/page.h"

#include "skill/markdown_int.h"

#define PAGE_MAX ((size_t)1 << 20)

/* Behind the second line "---", when the first line is one. */
static struct str without_front(struct str text)
{
	struct str rest = text, line;
	if (!str_split(&rest, '\n', &line) || !str_eqz(str_trim(line), "---"))
		return text;
	while (str_split(&rest, '\n', &line))
		if (str_eqz(str_trim(line), "---"))
			return rest;
	return text;
}

/* The page has headings of its own above: "# Order details" is a section of it. */
static void lower_headings(cmark_node *doc)
{
	for (cmark_node *n = cmark_node_first_child(doc); n; n = cmark_node_next(n))
		if (cmark_node_get_type(n) == CMARK_NODE_HEADING)
			cmark_node_set_heading_level(n,
						     MIN(6, cmark_node_get_heading_level(n) + 2));
}

int skill_page_html(struct str markdown, struct buf *out, struct err *err)
{
	if (markdown.len > PAGE_MAX)
		return err_set(err, ERR_TOO_LARGE, "SKILL.md has %zu bytes, more than %zu",
			       markdown.len, PAGE_MAX);
	CLEANUP(arena_freep) struct arena *a = arena_new(300 * (PAGE_MAX + 1));
	cmark_node *doc = markdown_parse(a, without_front(markdown));
	lower_headings(doc);
	const char *html = markdown_html(a, doc);
	int rc = arena_check(a, "the tree of SKILL.md", err);
	if (rc == 0)
		buf_addz(out, html);
	return rc;
}
