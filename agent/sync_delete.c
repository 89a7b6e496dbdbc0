/* Deleting a skill or a domain that came by apply. What Git has is deleted in Git: it would come back with the next commit. */
#include "agent/sync_compose.h"
#include "agent/sync_wish.h"

static int not_deployed(struct hand *h, struct str skill, struct err *err)
{
	if (skill.len)
		err_set(err, ERR_NOT_FOUND, "there is no skill %.*s/%.*s", STR_ARG(h->w->domain),
			STR_ARG(skill));
	else
		err_set(err, ERR_NOT_FOUND, "there is no domain %.*s", STR_ARG(h->w->domain));
	return err_remedy(err, "`aspora get skills` lists what is deployed");
}

static bool is_deployed(const struct hand *h, struct str skill)
{
	const struct deployed *d = h->s->deployed;
	for (size_t i = 0; !skill.len && i < d->domain_count; i++)
		if (str_eq(d->domains[i].name, h->w->domain))
			return true;
	for (size_t i = 0; skill.len && i < d->skill_count; i++)
		if (str_eq(d->skills[i].domain, h->w->domain) && str_eq(d->skills[i].name, skill))
			return true;
	return false;
}

/* An apply set may be pruned of what it brought; a repository is the source of truth of what it has. */
static int check_owner(struct hand *h, struct str owner, struct str skill, struct err *err)
{
	struct store_source *sources = NULL;
	size_t count = 0;
	int rc = store_source_list(h->s->ctx->store, h->a, &sources, &count, err);
	for (size_t i = 0; rc == 0 && i < count; i++)
		if (str_eq(sources[i].name, owner) && str_eqz(sources[i].kind, "apply"))
			return 0;
	if (rc < 0)
		return rc;
	err_set(err, ERR_CONFLICT, "domain %.*s belongs to source %.*s, a Git repository",
		STR_ARG(h->w->domain), STR_ARG(owner));
	return err_remedy(err, "delete it in Git: git rm -r skills/%.*s%s%.*s, commit and push",
			  STR_ARG(h->w->domain), skill.len ? "/" : "", STR_ARG(skill));
}

static bool is_below(struct str path, const char *folder)
{
	size_t n = strlen(folder);
	return path.len > n && memcmp(path.p, folder, n) == 0 && path.p[n] == '/';
}

/* The domain as it is, without the skill. */
static int without_skill(struct hand *h, struct str skill, struct tree_source **ret,
			 struct err *err)
{
	struct sync_files files = {0};
	const char *folder = arena_printf(h->a, "skills/%.*s/%.*s", STR_ARG(h->w->domain),
					  STR_ARG(skill));
	int rc = sync_compose_files(h->s, h->a, h->w->domain, &files, err);
	size_t kept = 0;
	for (size_t i = 0; rc == 0 && i < files.count; i++)
		if (!is_below(files.items[i].path, folder))
			files.items[kept++] = files.items[i];
	return rc < 0 ? rc : tree_memory_open(files.items, kept, h->w->id, ret, err);
}

int wish_delete(struct hand *h, struct err *err)
{
	CLEANUP(tree_source_freep) struct tree_source *tree = NULL;
	struct str skill = wish_text(h, "skill"), owner = sync_owner(h->s, h->w->domain);
	char domain[NAME_MAX_BYTES + 1];
	const char *scope[] = {domain, NULL};
	/* That it is asked for by name is the confirmation. */
	const struct admit_confirmation meant = {.kind = STR("deletion"),
						 .domain = h->w->domain,
						 .by = h->w->requested_by,
						 .reason = wish_reason(h, "deleted"),
						 .up_to_millionths = 1000000};
	struct pass p = {.kind = "apply",
			 .message = wish_reason(h, "deleted"),
			 .infer_deletes = true,
			 .domains = scope,
			 .confirmations = &meant,
			 .confirmation_count = 1};
	snprintf(domain, sizeof(domain), "%.*s", STR_ARG(h->w->domain));
	if (!is_deployed(h, skill))
		return not_deployed(h, skill, err);
	int rc = check_owner(h, owner, skill, err);
	if (rc == 0)
		rc = skill.len ? without_skill(h, skill, &tree, err)
			       : tree_memory_open(NULL, 0, h->w->id, &tree, err);
	if (rc < 0)
		return rc;
	p.tree = tree;
	snprintf(p.source.name, sizeof(p.source.name), "%.*s", STR_ARG(owner));
	return wish_pass(h, &p, err);
}
