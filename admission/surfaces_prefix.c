#include "admission/surfaces_int.h"

#include "base/mem.h"

/* No pattern's prefix holds a control byte, so alerts share the map under one. */
#define ALERT_MARK '\001'

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static char fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* Takes the next word off *rest; false at the end or at the first word with a placeholder in it. */
static bool next_literal(struct str *rest, struct str *ret)
{
	size_t i = 0;
	while (i < rest->len && is_space(rest->p[i]))
		i++;
	size_t from = i;
	while (i < rest->len && !is_space(rest->p[i]))
		i++;
	*ret = str_sub(*rest, from, i);
	*rest = str_sub(*rest, i, rest->len);
	return ret->len && str_find_byte(*ret, '{', 0) < 0;
}

static size_t write_prefix(char *out, struct str text)
{
	struct str word;
	size_t n = 0;
	while (next_literal(&text, &word)) {
		if (n)
			out[n++] = ' ';
		for (size_t i = 0; i < word.len; i++)
			out[n++] = fold(word.p[i]);
	}
	return n;
}

struct str prefix_of(struct arena *a, struct str text)
{
	char *out = arena_alloc(a, text.len + 1);
	return str_make(out, write_prefix(out, text));
}

static struct bucket *bucket_get(struct surfaces *s, struct str key)
{
	struct bucket *b = map_find(&s->buckets, key);
	if (b)
		return b;
	b = mem_zalloc(sizeof(*b));
	b->key = mem_strndup(key.p ? key.p : "", key.len);
	b->key_len = key.len;
	map_set(&s->buckets, str_make(b->key, b->key_len), b);
	return b;
}

static void link_in(struct bucket_link **head, struct bucket_link *l)
{
	l->next = *head;
	if (*head)
		(*head)->prev = l;
	*head = l;
}

static void insert_at(struct surfaces *s, struct indexed_pattern *p, struct str key, bool whole)
{
	struct bucket *b = bucket_get(s, key);
	struct bucket_link *l = &p->links[p->link_count++];
	l->bucket = b;
	l->pattern = p;
	link_in(whole ? &b->whole : &b->longer, l);
}

static size_t count_words(struct str prefix)
{
	size_t n = prefix.len ? 1 : 0;
	for (size_t i = 0; i < prefix.len; i++)
		n += prefix.p[i] == ' ';
	return n;
}

void prefix_insert(struct surfaces *s, struct arena *a, struct indexed_pattern *p, bool alert)
{
	if (alert) {
		char *key = arena_alloc(a, p->pub.text.len + 2);
		key[0] = ALERT_MARK;
		memcpy(key + 1, p->pub.text.p, p->pub.text.len);
		p->links = arena_array(a, 1, sizeof(*p->links));
		insert_at(s, p, str_make(key, p->pub.text.len + 1), true);
		return;
	}
	struct str prefix = prefix_of(a, p->pub.text);
	p->links = arena_array(a, count_words(prefix) + 1, sizeof(*p->links));
	for (size_t i = 1; i < prefix.len; i++)
		if (prefix.p[i] == ' ')
			insert_at(s, p, str_sub(prefix, 0, i), false);
	if (prefix.len)
		insert_at(s, p, STR(""), false);
	insert_at(s, p, prefix, true);
}

void prefix_remove(struct surfaces *s, struct indexed_pattern *p)
{
	for (size_t i = 0; i < p->link_count; i++) {
		struct bucket_link *l = &p->links[i];
		struct bucket *b = l->bucket;
		if (l->next)
			l->next->prev = l->prev;
		if (l->prev)
			l->prev->next = l->next;
		else if (b->whole == l)
			b->whole = l->next;
		else
			b->longer = l->next;
		if (b->whole || b->longer)
			continue;
		map_remove(&s->buckets, str_make(b->key, b->key_len));
		free(b->key);
		free(b);
	}
	p->link_count = 0;
}

static void call_list(const struct bucket_link *l, struct str except, surface_pattern_fn fn,
		      void *state)
{
	for (; l; l = l->next)
		if (!except.len || !str_eq(l->pattern->pub.domain, except))
			fn(state, &l->pattern->pub);
}

void surfaces_candidates(const struct surfaces *s, struct str text, struct str except,
			 surface_pattern_fn fn, void *state)
{
	char stack[512];
	CLEANUP_FREE char *heap = text.len >= sizeof(stack) ? mem_alloc(text.len + 1) : NULL;
	char *out = heap ? heap : stack;
	struct str prefix = str_make(out, write_prefix(out, text));
	for (size_t i = 0; i <= prefix.len; i++) {
		if (i && i < prefix.len && prefix.p[i] != ' ')
			continue;
		const struct bucket *b = map_find(&s->buckets, str_sub(prefix, 0, i));
		if (!b)
			continue;
		call_list(b->whole, except, fn, state);
		if (i == prefix.len)
			call_list(b->longer, except, fn, state);
	}
}

void surfaces_alert(const struct surfaces *s, struct str alert, struct str except,
		    surface_pattern_fn fn, void *state)
{
	CLEANUP_FREE char *key = mem_alloc(alert.len + 2);
	key[0] = ALERT_MARK;
	memcpy(key + 1, alert.p, alert.len);
	const struct bucket *b = map_find(&s->buckets, str_make(key, alert.len + 1));
	if (b)
		call_list(b->whole, except, fn, state);
}
