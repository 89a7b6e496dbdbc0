#include "admission/memory_int.h"

#include "base/mem.h"

/* One block: the entry and its key. */
struct entry {
	struct text_facts *facts;
	bool current;
	size_t key_len;
	char key[]; /* content digest, then the folder: links are relative to it */
};

#define KEY_MAX (DIGEST_SIZE + 256)

struct admit_memory *admit_memory_new(void)
{
	return mem_zalloc(sizeof(struct admit_memory));
}

static void entry_free(struct entry *e)
{
	free(e->facts);
	free(e);
}

void admit_memory_free(struct admit_memory *m)
{
	if (!m)
		return;
	MAP_EACH (&m->entries, e)
		entry_free(e->value);
	map_release(&m->entries);
	judged_forget(m);
	free(m);
}

void admit_memory_freep(struct admit_memory **m)
{
	admit_memory_free(*m);
}

/* "skills/" and two names of at most 64 bytes always fit. */
static struct str key_of(const struct skill *s, char out[KEY_MAX])
{
	size_t len = MIN(s->path.len, (size_t)KEY_MAX - DIGEST_SIZE);
	memcpy(out, s->content.bytes, DIGEST_SIZE);
	memcpy(out + DIGEST_SIZE, s->path.p, len);
	return str_make(out, DIGEST_SIZE + len);
}

void admit_memory_note(struct admit_memory *m, const struct skill *s)
{
	char buffer[KEY_MAX];
	struct str key = key_of(s, buffer);
	if (!s->md_text.p || map_find(&m->entries, key))
		return;
	struct entry *e = mem_zalloc(sizeof(*e) + key.len);
	e->key_len = key.len;
	memcpy(e->key, key.p, key.len);
	e->facts = text_facts_make(s);
	map_set(&m->entries, str_make(e->key, e->key_len), e);
}

const struct text_facts *admit_memory_find(const struct admit_memory *m, const struct skill *s)
{
	char buffer[KEY_MAX];
	const struct entry *e = m ? map_find(&m->entries, key_of(s, buffer)) : NULL;
	return e ? e->facts : NULL;
}

static void mark_domain(struct admit_memory *m, const struct domain *d)
{
	for (size_t i = 0; i < d->skill_count; i++) {
		char buffer[KEY_MAX];
		struct entry *e = map_find(&m->entries, key_of(d->skills[i].skill, buffer));
		if (e)
			e->current = true;
	}
}

void admit_memory_sweep(struct admit_memory *m, const struct snapshot *current)
{
	struct map kept = MAP_INIT;
	for (size_t i = 0; i < current->domain_count; i++)
		mark_domain(m, current->domains[i]);
	MAP_EACH (&m->entries, e) {
		struct entry *entry = e->value;
		if (!entry->current) {
			entry_free(entry);
			continue;
		}
		entry->current = false;
		map_set(&kept, str_make(entry->key, entry->key_len), entry);
	}
	map_release(&m->entries);
	m->entries = kept;
	judged_forget(m);
}

size_t admit_memory_count(const struct admit_memory *m)
{
	return m->entries.live;
}
