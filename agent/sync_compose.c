/* Trees out of the store: what was deployed, as files again, with other files laid over it. */
#include "agent/sync_compose.h"
#include "base/mem.h"

struct files {
	struct arena *a;
	struct tree_file *items;
	size_t count, cap;
	struct map by_path; /* path → index + 1 */
	const char *prefix; /* of the manifest that is being read */
	bool keep_others; /* a path that is there already stays */
};

static void put(struct files *f, struct str path, uint32_t mode, struct str bytes)
{
	uintptr_t at = (uintptr_t)map_find(&f->by_path, path);
	if (at && f->keep_others)
		return;
	if (!at) {
		ARENA_GROW(f->a, f->items, f->count, f->cap);
		at = ++f->count;
		f->items[at - 1].path = arena_str(f->a, path);
		map_set(&f->by_path, f->items[at - 1].path, (void *)at);
	}
	f->items[at - 1].mode = mode;
	f->items[at - 1].bytes = bytes;
}

static int take_blob(void *state, const struct manifest_file *file, struct str bytes,
		     struct err *err)
{
	struct files *f = state;
	(void)err;
	put(f, str_of(arena_printf(f->a, "%s/%.*s", f->prefix, STR_ARG(file->path))), file->mode,
	    arena_str(f->a, bytes));
	return 0;
}

static int add_manifest(struct sync *s, struct files *f, const char *prefix,
			const struct manifest *m, struct err *err)
{
	f->prefix = prefix;
	int rc = m->count ? store_blob_each(s->ctx->store, m, take_blob, f, err) : 0;
	return rc == 0 ? arena_check(f->a, "what is deployed", err) : rc;
}

static int add_skill(struct sync *s, struct files *f, struct str domain, struct str name,
		     const struct digest *content, const struct digest *runtime, struct err *err)
{
	struct store_version *v = NULL;
	int rc = store_version_find(s->ctx->store, f->a, domain, name, content, runtime, &v, err);
	if (rc == 0 && !v)
		rc = err_set(err, ERR_NOT_FOUND, "the files of %.*s/%.*s are no longer kept",
			     STR_ARG(domain), STR_ARG(name));
	if (rc < 0)
		return rc;
	return add_manifest(s, f,
			    arena_printf(f->a, "skills/%.*s/%.*s", STR_ARG(domain), STR_ARG(name)),
			    v->manifest, err);
}

/* The domain's own files and skills at a revision (0: now). */
static int add_domain(struct sync *s, struct files *f, struct str domain, struct str only_skill_at,
		      int64_t at, struct err *err)
{
	CLEANUP(store_deployed_freep) struct deployed *then = NULL;
	struct manifest own = {0};
	bool one_skill = only_skill_at.len > 0;
	int rc = store_deployed_load(s->ctx->store, one_skill ? 0 : at, &then, err);
	if (rc == 0)
		rc = store_domain_files(s->ctx->store, f->a, domain, one_skill ? 0 : at, &own, err);
	if (rc == 0)
		rc = add_manifest(s, f, arena_printf(f->a, "skills/%.*s", STR_ARG(domain)), &own,
				  err);
	for (size_t i = 0; rc == 0 && i < then->skill_count; i++) {
		const struct deployed_skill *k = &then->skills[i];
		if (str_eq(k->domain, domain) && !(one_skill && str_eq(k->name, only_skill_at)))
			rc = add_skill(s, f, domain, k->name, &k->content, &k->runtime, err);
	}
	if (rc < 0 || !one_skill)
		return rc;
	struct desired_skill old;
	bool found = false;
	rc = store_desired_at(s->ctx->store, f->a, domain, only_skill_at, at, &old, &found, err);
	if (rc == 0 && !found)
		rc = err_set(err, ERR_NOT_FOUND, "%.*s/%.*s was not deployed then", STR_ARG(domain),
			     STR_ARG(only_skill_at));
	return rc < 0 ? rc
		      : add_skill(s, f, domain, only_skill_at, &old.content, &old.runtime, err);
}

static int open_files(struct files *f, int rc, struct tree_source **ret, struct err *err)
{
	if (rc == 0)
		rc = tree_memory_open(f->items, f->count, "store", ret, err);
	map_release(&f->by_path);
	return rc;
}

int sync_compose(struct sync *s, struct arena *a, struct str domain, struct str skill, int64_t at,
		 const struct tree_file *over, size_t over_count, struct tree_source **ret,
		 struct err *err)
{
	struct files f = {.a = a, .by_path = MAP_INIT};
	int rc = add_domain(s, &f, domain, skill, at, err);
	for (size_t i = 0; rc == 0 && i < over_count; i++)
		put(&f, over[i].path, over[i].mode, over[i].bytes);
	if (rc == 0 && f.count == 0)
		rc = err_set(err, ERR_NOT_FOUND, "domain %.*s was not deployed then",
			     STR_ARG(domain));
	return open_files(&f, rc, ret, err);
}

int sync_compose_files(struct sync *s, struct arena *a, struct str domain, struct sync_files *ret,
		       struct err *err)
{
	struct files f = {.a = a, .by_path = MAP_INIT};
	int rc = add_domain(s, &f, domain, STR_NULL, 0, err);
	if (rc == 0 && f.count == 0)
		rc = err_set(err, ERR_NOT_FOUND, "domain %.*s is not deployed", STR_ARG(domain));
	map_release(&f.by_path);
	if (rc == 0)
		*ret = (struct sync_files){f.items, f.count};
	return rc;
}

/* "ecm" of "skills/ecm/…"; empty for anything else. */
static struct str domain_of(struct str path)
{
	struct str rest = path, part;
	if (!str_split(&rest, '/', &part) || !str_eqz(part, "skills") ||
	    !str_split(&rest, '/', &part) || rest.len == 0)
		return STR_NULL;
	return part;
}

/* Folders of skills that the upload brings: their old files do not shine through. */
static bool skill_is_replaced(const struct tree_file *over, size_t count, struct str domain,
			      struct str skill)
{
	CLEANUP_FREE char *file = mem_printf("skills/%.*s/%.*s/SKILL.md", STR_ARG(domain),
					     STR_ARG(skill));
	for (size_t i = 0; i < count; i++)
		if (str_eqz(over[i].path, file))
			return true;
	return false;
}

static bool domain_is_whole(const struct doc_node *folders, struct str domain)
{
	for (size_t i = 0; folders && folders->type == DOC_LIST && i < folders->list.count; i++) {
		struct str folder = folders->list.items[i]->text;
		if (str_starts(folder, STR("skills/")) &&
		    str_eq(str_sub(folder, strlen("skills/"), folder.len), domain))
			return true;
	}
	return false;
}

int sync_compose_all(struct sync *s, struct arena *a, const struct tree_file *over,
		     size_t over_count, const struct doc_node *folders, struct tree_source **ret,
		     struct err *err)
{
	struct files f = {.a = a, .by_path = MAP_INIT, .keep_others = true};
	int rc = 0;
	for (size_t i = 0; i < over_count; i++)
		put(&f, over[i].path, over[i].mode, over[i].bytes);
	for (size_t i = 0; rc == 0 && i < s->deployed->domain_count; i++) {
		struct str domain = s->deployed->domains[i].name;
		struct manifest own = {0};
		bool touched = false;
		for (size_t k = 0; k < over_count && !touched; k++)
			touched = str_eq(domain_of(over[k].path), domain);
		if (!touched)
			continue;
		if (!domain_is_whole(folders, domain))
			rc = store_domain_files(s->ctx->store, a, domain, 0, &own, err);
		if (rc == 0)
			rc = add_manifest(s, &f, arena_printf(a, "skills/%.*s", STR_ARG(domain)),
					  &own, err);
		for (size_t k = 0; rc == 0 && k < s->deployed->skill_count; k++) {
			const struct deployed_skill *d = &s->deployed->skills[k];
			if (str_eq(d->domain, domain) &&
			    !skill_is_replaced(over, over_count, domain, d->name))
				rc = add_skill(s, &f, domain, d->name, &d->content, &d->runtime,
					       err);
		}
	}
	return open_files(&f, rc, ret, err);
}

int sync_read_skill(struct sync *s, struct arena *a, const struct deployed_skill *d,
		    struct skill **ret, struct err *err)
{
	struct files f = {.a = a, .by_path = MAP_INIT};
	CLEANUP(tree_source_freep) struct tree_source *tree = NULL;
	struct tree_entry dir;
	const char *path = arena_printf(a, "skills/%.*s/%.*s", STR_ARG(d->domain),
					STR_ARG(d->name));
	int rc = add_skill(s, &f, d->domain, d->name, &d->content, &d->runtime, err);
	if ((rc = open_files(&f, rc, &tree, err)) == 0)
		rc = tree_lookup(tree, str_of(path), &tree_limits_default, &dir, err);
	return rc < 0 ? rc
		      : skill_read(tree, &dir, d->domain, d->name, &tree_limits_default, ret, err);
}
