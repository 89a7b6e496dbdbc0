#include "skill/markdown_int.h"

#include "base/mem.h"

/*
 * cmark's functions for memory take no state, so the arena at work is kept here. There are no threads, and cmark does not call back.
 * Before each piece stands its size, for realloc.
 */
static struct arena *at_work;

union head {
	size_t size;
	max_align_t align;
};

static void *from_arena(size_t size)
{
	union head *h = arena_alloc(at_work, sizeof(*h) + size);
	h->size = size;
	return h + 1;
}

static void *md_calloc(size_t count, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(count, size, &bytes))
		abort();
	return from_arena(bytes);
}

static void *md_realloc(void *old, size_t size)
{
	if (!old)
		return from_arena(size);
	const union head *h = (union head *)old - 1;
	if (h->size >= size)
		return old;
	void *grown = from_arena(size);
	memcpy(grown, old, h->size);
	return grown;
}

static void md_free(void *p)
{
	(void)p; /* it goes with the arena */
}

static cmark_mem arena_mem = {md_calloc, md_realloc, md_free};

cmark_node *markdown_parse(struct arena *a, struct str text)
{
	struct arena *before = at_work;
	at_work = a;
	cmark_parser *parser = cmark_parser_new_with_mem(CMARK_OPT_DEFAULT, &arena_mem);
	cmark_parser_feed(parser, text.p, text.len);
	cmark_node *doc = cmark_parser_finish(parser);
	at_work = before;
	return doc;
}

const char *markdown_html(struct arena *a, cmark_node *doc)
{
	struct arena *before = at_work;
	at_work = a;
	/* CMARK_OPT_UNSAFE is not set: raw HTML and addresses that run code are left out. */
	char *html = cmark_render_html(doc, CMARK_OPT_DEFAULT);
	at_work = before;
	return html;
}
