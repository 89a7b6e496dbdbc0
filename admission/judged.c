#include "admission/judged.h"

#include "admission/memory_int.h"
#include "base/mem.h"

const struct judged *admit_memory_judged(const struct admit_memory *m, struct str domain)
{
	return m ? map_find(&m->judged, domain) : NULL;
}

const struct judged_skill *judged_next(struct judged_walk *w, const struct skill *s)
{
	const struct judged *was = w->was;
	/* What is new comes in between; what went is passed over. */
	for (size_t i = w->next; was && i < was->count; i++) {
		const struct judged_skill *k = &was->skills[i];
		if (k->skill == s) {
			w->next = i + 1;
			return k;
		}
		int c = str_cmp(k->skill->name, s->name);
		if (c >= 0) {
			w->next = i + (c == 0);
			return NULL;
		}
	}
	return NULL;
}

struct judged *judged_new(struct str domain, size_t count)
{
	struct judged *j = mem_zalloc(sizeof(*j) + count * sizeof(*j->skills));
	if (domain.len)
		memcpy(j->name, domain.p, MIN(domain.len, sizeof(j->name) - 1));
	j->count = count;
	return j;
}

void judged_free(struct judged *j)
{
	for (size_t i = 0; j && i < j->count; i++)
		skill_unref(j->skills[i].skill);
	free(j);
}

void admit_memory_learn(struct admit_memory *m, struct judged *j)
{
	for (size_t i = 0; i < j->count; i++)
		skill_ref(j->skills[i].skill);
	judged_free(map_set(&m->judged, str_of(j->name), j));
}

void judged_forget(struct admit_memory *m)
{
	MAP_EACH (&m->judged, e)
		judged_free(e->value);
	map_release(&m->judged);
}
