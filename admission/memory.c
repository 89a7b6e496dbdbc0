#include "admission/memory.h"

#include "base/mem.h"

struct entry {
	struct digest content; /* the map's key points here */
	struct text_facts *facts;
	bool current;
};

struct admit_memory {
	struct map entries;
};

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
	free(m);
}

void admit_memory_freep(struct admit_memory **m)
{
	admit_memory_free(*m);
}

static struct str key_of(const struct digest *content)
{
	return str_make((const char *)content->bytes, DIGEST_SIZE);
}

void admit_memory_note(struct admit_memory *m, const struct skill *s)
{
	if (!s->md_text.p || map_find(&m->entries, key_of(&s->content)))
		return;
	struct entry *e = mem_zalloc(sizeof(*e));
	e->content = s->content;
	e->facts = text_facts_make(s);
	map_set(&m->entries, key_of(&e->content), e);
}

const struct text_facts *admit_memory_find(const struct admit_memory *m,
					   const struct digest *content)
{
	const struct entry *e = m ? map_find(&m->entries, key_of(content)) : NULL;
	return e ? e->facts : NULL;
}

static void mark_domain(struct admit_memory *m, const struct domain *d)
{
	for (size_t i = 0; i < d->skill_count; i++) {
		struct entry *e = map_find(&m->entries, key_of(&d->skills[i].skill->content));
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
		map_set(&kept, key_of(&entry->content), entry);
	}
	map_release(&m->entries);
	m->entries = kept;
}

size_t admit_memory_count(const struct admit_memory *m)
{
	return m->entries.live;
}
