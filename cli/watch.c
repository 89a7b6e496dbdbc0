#include "cli/watch.h"

#include <poll.h>

#include "base/mem.h"

void cli_pause(int64_t ms)
{
	/* A signal ends it early, which costs one question more. */
	(void)!poll(NULL, 0, (int)ms);
}

void cli_seen_release(struct cli_seen *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->items[i].name);
	free(s->items);
	*s = (struct cli_seen){0};
}

static struct cli_seen_item *find(struct cli_seen *s, const char *name)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->items[i].name, name) == 0)
			return &s->items[i];
	GROW(s->items, s->count, s->cap);
	s->items[s->count] = (struct cli_seen_item){.name = mem_strdup(name)};
	return &s->items[s->count++];
}

static void drop_gone(struct cli_seen *s)
{
	size_t kept = 0;
	for (size_t i = 0; i < s->count; i++) {
		if (s->items[i].here) {
			s->items[kept++] = s->items[i];
			continue;
		}
		cli_say("%s is gone", s->items[i].name);
		free(s->items[i].name);
	}
	s->count = kept;
}

/* The one of this object, and whether it is as it was seen last. */
static struct cli_seen_item *look_up(struct cli_seen *s, const char *word,
				     const struct doc_node *object, uint64_t *ret_digest)
{
	CLEANUP(buf_release) struct buf name = BUF_INIT(BUF_MAX), text = BUF_INIT(BUF_MAX);
	cli_object_name(&name, word, object);
	doc_write_json(&text, object, 0, false);
	*ret_digest = str_hash(buf_str(&text));
	return find(s, buf_cstr(&name));
}

bool cli_seen_new(struct cli_seen *s, const char *word, const struct doc_node *object)
{
	uint64_t digest;
	struct cli_seen_item *item = look_up(s, word, object, &digest);
	bool changed = item->digest != digest;
	item->digest = digest;
	return changed;
}

bool cli_seen_drop(struct cli_seen *s, const char *word, const struct doc_node *object)
{
	size_t before = s->count;
	uint64_t digest;
	struct cli_seen_item *item = look_up(s, word, object, &digest);
	bool was = s->count == before;
	free(item->name);
	*item = s->items[--s->count];
	return was;
}

size_t cli_seen_filter(struct cli_seen *s, const char *word, const struct doc_node **objects,
		       size_t count)
{
	size_t kept = 0;
	for (size_t i = 0; i < s->count; i++)
		s->items[i].here = false;
	for (size_t i = 0; i < count; i++) {
		uint64_t digest;
		struct cli_seen_item *item = look_up(s, word, objects[i], &digest);
		item->here = true;
		if (item->digest != digest)
			objects[kept++] = objects[i];
		item->digest = digest;
	}
	drop_gone(s);
	return kept;
}
