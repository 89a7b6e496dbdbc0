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

size_t cli_seen_filter(struct cli_seen *s, const char *word, const struct doc_node **objects,
		       size_t count)
{
	CLEANUP(buf_release) struct buf name = BUF_INIT(BUF_MAX), text = BUF_INIT(BUF_MAX);
	size_t kept = 0;
	for (size_t i = 0; i < s->count; i++)
		s->items[i].here = false;
	for (size_t i = 0; i < count; i++) {
		buf_reset(&name);
		buf_reset(&text);
		cli_object_name(&name, word, objects[i]);
		doc_write_json(&text, objects[i], 0, false);
		struct cli_seen_item *item = find(s, buf_cstr(&name));
		uint64_t digest = str_hash(buf_str(&text));
		item->here = true;
		if (item->digest != digest)
			objects[kept++] = objects[i];
		item->digest = digest;
	}
	drop_gone(s);
	return kept;
}
