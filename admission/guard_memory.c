#include "admission/guard_memory.h"

#include "base/map.h"
#include "base/mem.h"
#include "skill/finding.h"

#define SCAN_MEMORY ((size_t)256 << 20)
#define FILE_BUDGET_MS                                                                             \
	10000 /* far beyond what any file takes: what is admitted rests on no clock */
#define TEXT_SEEN 8192 /* a NUL among the first bytes says that it is no text */

struct admit_guard {
	const struct guard_rules *rules;
	/* Nearly all of many are clean: an entry is its digest, in the arena, and &clean, so that it leaves no holes between what is scanned and let go. */
	struct map entries;
	struct arena *keys;
	int64_t budget_ms;
	struct tree_source *source;
};

static struct guard_facts clean;

struct admit_guard *admit_guard_new(const struct guard_rules *rules)
{
	struct admit_guard *g = mem_zalloc(sizeof(*g));
	g->rules = rules;
	g->keys = arena_new(BUF_MAX);
	g->budget_ms = FILE_BUDGET_MS;
	return g;
}

static void facts_free(struct guard_facts *f)
{
	if (f != &clean)
		free(f);
}

void admit_guard_free(struct admit_guard *g)
{
	if (!g)
		return;
	MAP_EACH (&g->entries, e)
		facts_free(e->value);
	map_release(&g->entries);
	arena_free(g->keys);
	free(g);
}

void admit_guard_freep(struct admit_guard **g)
{
	admit_guard_free(*g);
}

void admit_guard_budget(struct admit_guard *g, int64_t ms)
{
	g->budget_ms = ms;
}

size_t admit_guard_count(const struct admit_guard *g)
{
	return g->entries.live;
}

static struct str key_of(const struct digest *d)
{
	return str_make((const char *)d->bytes, DIGEST_SIZE);
}

/* --- looking through --------------------------------------------------------------------------------------- */

static struct str put(char **at, struct str words)
{
	char *p = *at;
	if (words.len)
		memcpy(p, words.p, words.len);
	p[words.len] = '\0';
	*at = p + words.len + 1;
	return str_make(p, words.len);
}

static void place(struct guard_fact *f, struct str text, size_t start, size_t end)
{
	struct finding at = {0};
	finding_span(&at, text, start, end);
	f->start = at.start;
	f->end = at.end;
	f->line = at.line;
	f->column = at.column;
}

static struct guard_facts *pack(const struct guard_findings *found, struct str text,
				const char *fault)
{
	size_t count = found->count + found->note_count;
	size_t bytes = fault ? strlen(fault) + 1 : 0;
	if (!count && !fault)
		return &clean;
	for (size_t i = 0; i < found->count; i++)
		bytes += found->items[i].reason.len + 1;
	for (size_t i = 0; i < found->note_count; i++)
		bytes += strlen(found->notes[i].says) + 1;
	char *block =
		mem_zalloc(sizeof(struct guard_facts) + count * sizeof(struct guard_fact) + bytes);
	struct guard_facts *facts = (void *)block;
	facts->items = (void *)(facts + 1);
	char *words = (char *)(facts->items + count);
	for (size_t i = 0; i < found->count; i++) {
		const struct guard_finding *g = &found->items[i];
		struct guard_fact *f = &facts->items[facts->count++];
		f->rule = g->rule;
		f->encoding = g->encoding;
		f->allowed = g->allowed;
		f->words = put(&words, g->reason);
		place(f, text, g->start, g->end);
	}
	for (size_t i = 0; i < found->note_count; i++) {
		struct guard_fact *f = &facts->items[facts->count++];
		f->words = put(&words, str_of(found->notes[i].says));
		place(f, text, found->notes[i].start, found->notes[i].end);
	}
	if (fault)
		facts->fault = put(&words, str_of(fault)).p;
	return facts;
}

static struct guard_facts *look(const struct admit_guard *g, struct str bytes)
{
	CLEANUP(arena_freep) struct arena *a = arena_new_sized(SCAN_MEMORY, 1024);
	struct guard_findings found = {0};
	struct err err = ERR_INIT;
	const struct guard_options options = {.budget_ms = g->budget_ms};
	if (!bytes.len || memchr(bytes.p, 0, MIN(bytes.len, (size_t)TEXT_SEEN)))
		return &clean;
	int rc = guard_scan(g->rules, &options, bytes, a, &found, &err);
	return pack(&found, bytes, rc < 0 ? err.msg : NULL);
}

void admit_guard_note(struct admit_guard *g, const struct digest *digest, struct str bytes)
{
	if (map_find(&g->entries, key_of(digest)))
		return;
	map_set(&g->entries, arena_str(g->keys, key_of(digest)), look(g, bytes));
}

void admit_guard_source(struct admit_guard *g, struct tree_source *t)
{
	g->source = t;
}

struct tree_source *admit_guard_tree(const struct admit_guard *g)
{
	return g ? g->source : NULL;
}

const struct guard_rules *admit_guard_rules(const struct admit_guard *g)
{
	return g->rules;
}

int admit_guard_get(struct admit_guard *g, const struct digest *digest, const struct tree_id *blob,
		    const struct guard_facts **ret, struct err *err)
{
	CLEANUP(buf_release) struct buf bytes = BUF_INIT(GUARD_TEXT_MAX);
	const struct guard_facts *facts = map_find(&g->entries, key_of(digest));
	if (!facts) {
		if (!g->source || !blob->len)
			return err_set(err, ERR_INTERNAL, "the guard has not seen the file");
		int rc = tree_read(g->source, blob, &bytes, err);
		if (rc < 0)
			return rc;
		admit_guard_note(g, digest, buf_str(&bytes));
		facts = map_find(&g->entries, key_of(digest));
	}
	*ret = facts;
	return 0;
}

bool admit_guard_is_clean(const struct admit_guard *g, const struct digest *digest)
{
	return map_find(&g->entries, key_of(digest)) == &clean;
}

/* --- forgetting ----------------------------------------------------------------------------------------------- */

/* What is kept, gathered beside what there was. */
struct sweep {
	struct admit_guard *g;
	struct map kept;
	struct arena *keys;
};

static void keep(struct sweep *w, const struct digest *digest)
{
	struct guard_facts *facts = map_find(&w->g->entries, key_of(digest));
	if (!facts || map_find(&w->kept, key_of(digest)))
		return;
	map_set(&w->kept, arena_str(w->keys, key_of(digest)), facts);
}

static void keep_domain(struct sweep *w, const struct domain *d)
{
	for (size_t i = 0; i < d->file_count; i++)
		keep(w, &d->files[i].digest);
	keep(w, &d->config_file.digest);
	for (size_t i = 0; i < d->skill_count; i++) {
		const struct manifest *m = &d->skills[i].skill->manifest;
		for (size_t k = 0; k < m->count; k++)
			keep(w, &m->files[k].digest);
	}
}

void admit_guard_sweep(struct admit_guard *g, struct snapshot *const *current, size_t count)
{
	struct sweep w = {.g = g, .kept = MAP_INIT, .keys = arena_new(BUF_MAX)};
	for (size_t k = 0; k < count; k++)
		for (size_t i = 0; current[k] && i < current[k]->domain_count; i++)
			keep_domain(&w, current[k]->domains[i]);
	MAP_EACH (&g->entries, e)
		if (!map_find(&w.kept, e->key))
			facts_free(e->value);
	map_release(&g->entries);
	arena_free(g->keys);
	g->entries = w.kept;
	g->keys = w.keys;
}
