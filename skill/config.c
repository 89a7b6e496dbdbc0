#include "skill/config.h"

#include <assert.h>

#include "base/mem.h"
#include "skill/config_int.h"

const char *config_level_name(enum config_level l)
{
	static const char *const names[] = {"platform", "domain", "skill"};
	return names[l];
}

const char *role_name(enum role r)
{
	static const char *const names[] = {"manager", "specialist", "field"};
	return names[r];
}

enum config_tighten config_field_tighten(const struct field *f)
{
	return (enum config_tighten)(f->flags >> TIGHTEN_SHIFT & 7);
}

bool config_field_at(const struct field *f, enum config_level l)
{
	return f->flags & AT(l);
}

const char *config_tighten_help(enum config_tighten t)
{
	static const char *const help[] = {
		[TIGHTEN_FREE] = "A lower level may set it to something else.",
		[TIGHTEN_LOWER] = "A lower level may only make it less.",
		[TIGHTEN_HIGHER] = "A lower level may only make it more.",
		[TIGHTEN_STRICTER] = "A lower level may only make it stricter.",
		[TIGHTEN_SUBSET] = "A lower level may only leave entries out.",
		[TIGHTEN_MERGE] = "A lower level may add entries, not change those above.",
	};
	return help[t];
}

/* --- leaves ----------------------------------------------------------------------------------- */

static struct config_leaf leaves[CONFIG_LEAVES_MAX];
static size_t leaf_count;

static void collect_leaves(const struct field *fields, const char *prefix, size_t base)
{
	for (const struct field *f = fields; f->name; f++) {
		/* Once in a process, and as long as it. */
		const char *dotted = *prefix ? mem_printf("%s.%s", prefix, f->name) : f->name;
		if (f->type == FIELD_OBJECT) {
			collect_leaves(f->sub, dotted, base + f->offset);
			continue;
		}
		assert(leaf_count < CONFIG_LEAVES_MAX);
		leaves[leaf_count++] = (struct config_leaf){f, dotted, base + f->offset};
	}
}

const struct config_leaf *config_leaves(size_t *ret_count)
{
	if (!leaf_count)
		collect_leaves(config_fields, "", 0);
	*ret_count = leaf_count;
	return leaves;
}

const struct config_leaf *config_leaf_find(struct str dotted)
{
	size_t n;
	const struct config_leaf *l = config_leaves(&n);
	for (size_t i = 0; i < n; i++)
		if (str_eqz(dotted, l[i].dotted))
			return &l[i];
	return NULL;
}

int config_leaf_index(const struct field *f)
{
	size_t n;
	const struct config_leaf *l = config_leaves(&n);
	for (size_t i = 0; i < n; i++)
		if (l[i].field == f)
			return (int)i;
	return -1;
}

const struct field_set_entry *config_set_entry(const struct config_doc *doc,
					       const struct field *leaf)
{
	for (size_t i = 0; doc && i < doc->set.count; i++)
		if (doc->set.items[i].field == leaf)
			return &doc->set.items[i];
	return NULL;
}

const struct doc_node *config_place(const struct config_doc *doc, const char *dotted)
{
	for (size_t i = 0; doc && i < doc->set.count; i++)
		if (strcmp(doc->set.items[i].dotted, dotted) == 0)
			return doc->set.items[i].node;
	return NULL;
}

bool mcp_pattern_covers(struct str pattern, struct str tool)
{
	if (str_eq(pattern, tool))
		return true;
	if (pattern.len && pattern.p[pattern.len - 1] == '*')
		return str_starts(tool, str_sub(pattern, 0, pattern.len - 1));
	/* A server stands for all its tools. */
	return str_starts(tool, pattern) && tool.len > pattern.len && tool.p[pattern.len] == '.';
}
