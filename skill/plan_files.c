/*
 * What changed among the files of a skill, in a few words.
 */
#include "skill/digest.h"
#include "skill/plan_int.h"

#define NAMES_SHOWN 4

struct file_group {
	const char *field, *noun;
	const char *verb; /* "new", "changed", "removed" */
	struct buf names;
	size_t count;
	bool runtime;
};

static void group_add(struct file_group *g, struct str path)
{
	g->runtime |= skill_file_is_runtime(path);
	if (g->count++ < NAMES_SHOWN)
		buf_addf(&g->names, "%s%.*s", g->count > 1 ? ", " : "", STR_ARG(path));
}

/* What is told by other words: the front matter and text, and the configuration. */
static bool told_elsewhere(struct str path)
{
	return str_eqz(path, SKILL_FILE) || str_eqz(path, CONFIG_FILE);
}

static bool same_file(const struct manifest_file *a, const struct manifest_file *b)
{
	return digest_equal(&a->digest, &b->digest) && a->mode == b->mode;
}

static void handler_changed(struct details *d, const struct manifest_file *old,
			    const struct manifest_file *now)
{
	if (digest_equal(&old->digest, &now->digest))
		detail_add(d, "handler", DETAIL_ROLLOUT, "handler changed (%.*s: mode %o → %o)",
			   STR_ARG(now->path), old->mode, now->mode);
	else
		detail_add(d, "handler", DETAIL_ROLLOUT,
			   "handler changed (%.*s, %llu → %llu bytes)", STR_ARG(now->path),
			   (unsigned long long)old->size, (unsigned long long)now->size);
}

static void compare_file(struct details *d, const struct skill *now, struct file_group g[6],
			 struct str path, const struct manifest_file *a,
			 const struct manifest_file *b)
{
	if ((a && b && same_file(a, b)) || told_elsewhere(path))
		return;
	if (a && b && str_eq(path, now->handler)) {
		handler_changed(d, a, b);
		return;
	}
	size_t tests = str_starts(path, STR("tests/")) ? 3 : 0;
	group_add(&g[tests + (!a ? 0 : b ? 1 : 2)], path);
}

static void group_tell(struct details *d, struct file_group *g)
{
	unsigned flags = g->runtime ? DETAIL_ROLLOUT : 0;
	size_t more = g->count > NAMES_SHOWN ? g->count - NAMES_SHOWN : 0;
	if (g->count && more)
		detail_add(d, g->field, flags, "%s %s%s: %s and %zu more", g->verb, g->noun,
			   g->count > 1 ? "s" : "", buf_cstr(&g->names), more);
	else if (g->count)
		detail_add(d, g->field, flags, "%s %s%s: %s", g->verb, g->noun,
			   g->count > 1 ? "s" : "", buf_cstr(&g->names));
	buf_release(&g->names);
}

void difference_files(struct details *d, const struct skill *old, const struct skill *now)
{
	struct file_group g[6] = {
		{"files", "file", "new", BUF_INIT(2048), 0, false},
		{"files", "file", "changed", BUF_INIT(2048), 0, false},
		{"files", "file", "removed", BUF_INIT(2048), 0, false},
		{"tests", "test", "new", BUF_INIT(2048), 0, false},
		{"tests", "test", "changed", BUF_INIT(2048), 0, false},
		{"tests", "test", "removed", BUF_INIT(2048), 0, false},
	};
	const struct manifest *a = &old->manifest, *b = &now->manifest;
	size_t i = 0, k = 0;
	if (!str_eq(old->handler, now->handler))
		detail_add(d, "handler", DETAIL_ROLLOUT, "handler %.*s → %.*s",
			   STR_ARG(old->handler.len ? old->handler : STR("none")),
			   STR_ARG(now->handler.len ? now->handler : STR("none")));
	while (i < a->count || k < b->count) {
		int c = i == a->count	? 1
			: k == b->count ? -1
					: str_cmp(a->files[i].path, b->files[k].path);
		compare_file(d, now, g, c <= 0 ? a->files[i].path : b->files[k].path,
			     c <= 0 ? &a->files[i] : NULL, c >= 0 ? &b->files[k] : NULL);
		i += c <= 0;
		k += c >= 0;
	}
	for (size_t n = 0; n < ARRAY_SIZE(g); n++)
		group_tell(d, &g[n]);
	if (old->case_count != now->case_count)
		detail_add(d, "tests", 0, "cases %zu → %zu", old->case_count, now->case_count);
}
