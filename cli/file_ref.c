#include "cli/file_ref.h"

#include <errno.h>
#include <sys/stat.h>

#include "cli/folder.h"

/* "skills/ecm/manager/SKILL.md" stands for the skill: what is opened is its folder. *ret_file: it was a file. */
static int folder_of(struct cli *c, const char *path, const char **ret, bool *ret_file,
		     struct err *err)
{
	struct stat st;
	const char *place = c->folder && path[0] != '/'
				    ? arena_printf(c->arena, "%s/%s", c->folder, path)
				    : path;
	*ret = path;
	*ret_file = false;
	if (stat(place, &st) < 0) {
		int why = errno, rc = cli_path_check(path, err);
		if (rc < 0)
			return rc;
		/* A name of the folder, such as "ecm/manager", is no path. */
		return cli_may_be_name(path) ? 0 : err_sys(err, ERR_NOT_FOUND, why, "%s", path);
	}
	if (S_ISDIR(st.st_mode))
		return 0;
	const char *slash = strrchr(path, '/');
	*ret = slash ? arena_strndup(c->arena, path, (size_t)(slash - path) + 1) : ".";
	*ret_file = true;
	return 0;
}

static void add(struct cli *c, struct cli_refs *to, const struct skill *s)
{
	ARENA_GROW(c->arena, to->items, to->count, to->cap);
	to->items[to->count++] =
		(struct cli_ref){.kind = kind_find(STR("Skill")),
				 .domain = arena_strndup(c->arena, s->domain.p, s->domain.len),
				 .name = arena_strndup(c->arena, s->name.p, s->name.len)};
}

static int of_no_skill(const char *path, const struct cli_scope *scope, struct err *err)
{
	err_set(err, ERR_INVALID, "%s is a file of no skill", path);
	if (scope->domain.len)
		return err_remedy(err, "name the domain: domain/%.*s", STR_ARG(scope->domain));
	return err_remedy(err, "name a skill's folder or file, or a domain's folder");
}

int cli_file_refs(struct cli *c, const char *path, struct cli_refs *to, struct err *err)
{
	CLEANUP(cli_folder_release) struct cli_folder folder = {0};
	CLEANUP(cli_tree_release) struct cli_tree tree = {0};
	struct cli_scope scope;
	const char *place = path;
	size_t before = to->count;
	bool file = false;
	int rc = folder_of(c, path, &place, &file, err);
	if (rc == 0)
		rc = cli_folder_open(c, place, &folder, &scope, err);
	if (rc == 0 && file && !scope.skill.len)
		rc = of_no_skill(path, &scope, err);
	if (rc == 0)
		rc = cli_read_folder(&folder, &tree, err);
	if (rc == 0)
		rc = cli_scope_check(c, tree.snap, &scope, err);
	for (size_t i = 0; rc == 0 && i < tree.snap->domain_count; i++) {
		const struct domain *d = tree.snap->domains[i];
		for (size_t k = 0; k < d->skill_count; k++)
			if (cli_scope_has(&scope, d->name, d->skills[k].skill->name))
				add(c, to, d->skills[k].skill);
	}
	if (rc == 0 && to->count == before)
		rc = err_set(err, ERR_NOT_FOUND, "there is no skill in %s", path);
	return rc;
}
