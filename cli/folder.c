#include "cli/folder.h"

#include <errno.h>
#include <limits.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/mem.h"
#include "gitsync/gitsync.h"
#include "gitsync/tree_git.h"
#include "gitsync/tree_work.h"

static bool is_folder(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* The folder at or above path (absolute, changed) that has skills/ in it. False when none has. */
static bool climb(char *path)
{
	for (;;) {
		CLEANUP_FREE char *skills = io_join(path, "skills");
		if (is_folder(skills))
			return true;
		char *slash = strrchr(path, '/');
		if (!slash || path[1] == '\0')
			return false;
		slash[slash == path ? 1 : 0] = '\0';
	}
}

/* What stands below skills/ in place, a folder of the repository at root. */
static void scope_of_place(struct cli *c, const char *root, const char *place,
			   struct cli_scope *ret)
{
	size_t len = strcmp(root, "/") == 0 ? 0 : strlen(root);
	struct str rest = str_of(arena_strdup(c->arena, place + len)), part;
	bool below = false;
	while (str_split(&rest, '/', &part)) {
		if (!part.len)
			continue;
		if (!below && !str_eqz(part, "skills"))
			return;
		if (below && !ret->domain.len)
			ret->domain = part;
		else if (below && !ret->skill.len)
			ret->skill = part;
		below = true;
	}
}

static int scope_of_name(struct cli *c, const char *operand, struct cli_scope *ret, struct err *err)
{
	struct str name = str_of(arena_strdup(c->arena, operand));
	ptrdiff_t slash = str_find_byte(name, '/', 0);
	if (slash < 0)
		ret->domain = name;
	else if (name_split(name, &ret->domain, &ret->skill, err) < 0)
		return ERR_INVALID;
	return slash < 0 ? name_check(name, "domain", err) : 0;
}

static int no_folder(const struct cli *c, const char *where, struct err *err)
{
	err_set(err, ERR_NOT_FOUND, "there is no skills/ folder in %s or above it", where);
	err_remedy(err, c->folder ? "--folder names the folder that has skills/ in it"
				  : "go to a skills repository, or name it with --folder DIR");
	return ERR_NOT_FOUND;
}

/* An operand that is a folder says at once where the repository is and what of it is meant. */
static bool open_place(struct cli *c, const char *operand, struct cli_folder *ret,
		       struct cli_scope *scope)
{
	CLEANUP_FREE char *below = c->folder ? io_join(c->folder, operand) : mem_strdup(operand);
	char place[PATH_MAX], root[PATH_MAX];
	if (!is_folder(below) || !realpath(below, place))
		return false;
	memcpy(root, place, sizeof(root));
	if (!climb(root))
		return false;
	ret->root = arena_strdup(c->arena, root);
	scope_of_place(c, root, place, scope);
	return true;
}

int cli_folder_open(struct cli *c, const char *operand, struct cli_folder *ret,
		    struct cli_scope *ret_scope, struct err *err)
{
	struct cli_scope scope = {STR_NULL, STR_NULL};
	char root[PATH_MAX];
	*ret = (struct cli_folder){0};
	if (operand && open_place(c, operand, ret, &scope)) {
		*ret_scope = scope;
		return 0;
	}
	if (operand && !cli_may_be_name(operand) && is_folder(operand))
		return no_folder(c, operand, err);
	const char *start = c->folder ? c->folder : ".";
	if (!realpath(start, root))
		return err_sys(err, ERR_NOT_FOUND, errno, "the folder \"%s\"", start);
	CLEANUP_FREE char *from = mem_strdup(root);
	if (!climb(root))
		return no_folder(c, from, err);
	ret->root = arena_strdup(c->arena, root);
	int rc = operand ? scope_of_name(c, operand, &scope, err) : 0;
	*ret_scope = scope;
	return rc;
}

int cli_path_check(const char *path, struct err *err)
{
	if (strcmp(path, "-") == 0) {
		err_set(err, ERR_USAGE, "a skill is a folder of files, and standard input is none");
		return err_remedy(err,
				  "write them below skills/DOMAIN/NAME/, and name that folder");
	}
	if (strstr(path, "://")) {
		err_set(err, ERR_USAGE, "%s is an address, and files are taken from here", path);
		return err_remedy(err, "clone the repository, or let asporad follow it: a source "
				       "in asporad.conf");
	}
	return 0;
}

bool cli_may_be_name(const char *word)
{
	return !strchr(word, '.') && word[0] != '/' && strncmp(word, "skills/", 7) != 0;
}

void cli_folder_release(struct cli_folder *f)
{
	mirror_close(f->clone);
	f->clone = NULL;
}

/* --- reading ---------------------------------------------------------------------------------------------- */

void cli_tree_release(struct cli_tree *t)
{
	snapshot_unref(t->snap);
	tree_source_free(t->source);
	*t = (struct cli_tree){0};
}

static int build(struct cli_tree *t, const char *subpath, const struct snapshot *previous,
		 const struct cli_passed *passed, struct err *err)
{
	struct source_ref source = {.name = "folder"};
	const struct snapshot_opts opts = {.subpath = subpath,
					   .platform_from_tree = true,
					   .pass_over = passed ? passed->over : NULL,
					   .pass_state = passed ? passed->state : NULL};
	memcpy(source.revision, t->source->revision, sizeof(source.revision));
	return snapshot_build(t->source, &source, previous, &opts, &t->snap, err);
}

int cli_read_folder(struct cli_folder *f, struct cli_tree *ret, struct err *err)
{
	int rc = tree_folder_open(f->root, &ret->source, err);
	return rc < 0 ? rc : build(ret, NULL, NULL, NULL, err);
}

static int open_clone(struct cli *c, struct cli_folder *f, struct err *err)
{
	if (f->clone)
		return 0;
	int rc = gitsync_init(false, err);
	if (rc == 0)
		rc = mirror_open_clone(f->root, &f->clone, err);
	if (rc < 0)
		return rc;
	const char *top = mirror_work_tree(f->clone);
	size_t len = top ? strlen(top) : 0;
	if (top && strncmp(f->root, top, len) == 0 && f->root[len] == '/')
		f->subpath = arena_strdup(c->arena, f->root + len + 1);
	return 0;
}

int cli_find_commit(struct cli *c, struct cli_folder *f, const char *name, struct tree_id *ret,
		    struct err *err)
{
	int rc = open_clone(c, f, err);
	return rc < 0 ? rc : mirror_revision(f->clone, str_of(name), ret, err);
}

int cli_open_work(struct cli *c, struct cli_folder *f, const struct tree_work_memory *memory,
		  struct cli_tree *ret, struct err *err)
{
	int rc = open_clone(c, f, err);
	return rc < 0 ? rc : tree_work_open(f->clone, f->root, memory, &ret->source, err);
}

int cli_open_commit(struct cli *c, struct cli_folder *f, const char *name, struct cli_tree *ret,
		    struct err *err)
{
	struct tree_id id;
	int rc = cli_find_commit(c, f, name, &id, err);
	if (rc == 0)
		rc = tree_git_open(f->clone, &id, &ret->source, err);
	ret->in_clone = true;
	return rc;
}

int cli_read_open(const struct cli_folder *f, const struct snapshot *previous,
		  const struct cli_passed *passed, struct cli_tree *t, struct err *err)
{
	struct snapshot *before = TAKE_PTR(t->snap);
	int rc = build(t, t->in_clone ? f->subpath : NULL, previous ? previous : before, passed,
		       err);
	snapshot_unref(before);
	return rc;
}

int cli_read_commit(struct cli *c, struct cli_folder *f, const char *name,
		    const struct snapshot *previous, struct cli_tree *ret, struct err *err)
{
	int rc = cli_open_commit(c, f, name, ret, err);
	return rc < 0 ? rc : cli_read_open(f, previous, NULL, ret, err);
}

int cli_read_again(const struct cli_folder *f, const struct cli_tree *t,
		   const struct snapshot *platform_of, struct snapshot **ret, struct err *err)
{
	const struct snapshot_opts opts = {.subpath = t->in_clone ? f->subpath : NULL,
					   .platform = platform_of->platform,
					   .firm_text = platform_of->firm_text};
	return snapshot_build(t->source, &t->snap->source, t->snap, &opts, ret, err);
}

int cli_check_commit(struct cli *c, struct cli_folder *f, const char *name, struct err *err)
{
	struct tree_id id;
	return cli_find_commit(c, f, name, &id, err);
}

/* --- scopes ------------------------------------------------------------------------------------------------ */

bool cli_scope_has(const struct cli_scope *scope, struct str domain, struct str skill)
{
	return (!scope->domain.len || str_eq(scope->domain, domain)) &&
	       (!scope->skill.len || str_eq(scope->skill, skill));
}

static int no_domain(const struct cli *c, const struct snapshot *s, struct str domain,
		     struct err *err)
{
	const char **names = arena_array(c->arena, s->domain_count + 1, sizeof(*names));
	for (size_t i = 0; i < s->domain_count; i++)
		names[i] = arena_strndup(c->arena, s->domains[i]->name.p, s->domains[i]->name.len);
	err_set(err, ERR_NOT_FOUND, "there is no domain \"%.*s\" here", STR_ARG(domain));
	const char *near = str_nearest(domain, names, s->domain_count);
	if (near)
		err_remedy(err, "did you mean \"%s\"?", near);
	return ERR_NOT_FOUND;
}

static int no_skill(const struct cli *c, const struct domain *d, struct str skill, struct err *err)
{
	const char **names = arena_array(c->arena, d->skill_count + 1, sizeof(*names));
	for (size_t i = 0; i < d->skill_count; i++) {
		struct str name = d->skills[i].skill->name;
		names[i] = arena_strndup(c->arena, name.p, name.len);
	}
	err_set(err, ERR_NOT_FOUND, "there is no skill %.*s/%.*s here", STR_ARG(d->name),
		STR_ARG(skill));
	const char *near = str_nearest(skill, names, d->skill_count);
	if (near)
		err_remedy(err, "did you mean \"%.*s/%s\"?", STR_ARG(d->name), near);
	else
		err_remedy(err, "`aspora create skill %.*s/%.*s` makes one", STR_ARG(d->name),
			   STR_ARG(skill));
	return ERR_NOT_FOUND;
}

int cli_scope_check(const struct cli *c, const struct snapshot *s, const struct cli_scope *scope,
		    struct err *err)
{
	if (!scope->domain.len)
		return 0;
	const struct domain *d = snapshot_domain(s, scope->domain);
	if (!d)
		return no_domain(c, s, scope->domain, err);
	if (scope->skill.len && !domain_skill_find(d, scope->skill))
		return no_skill(c, d, scope->skill, err);
	return 0;
}

int cli_scope_skill(const struct cli *c, const struct snapshot *s, const struct cli_scope *scope,
		    struct domain **ret_domain, struct domain_skill **ret, struct err *err)
{
	if (!scope->skill.len)
		return cli_usage(c, err, "aspora %s needs a skill, as DOMAIN/NAME", c->verb->name);
	int rc = cli_scope_check(c, s, scope, err);
	if (rc < 0)
		return rc;
	*ret_domain = snapshot_domain(s, scope->domain);
	*ret = domain_skill_find(*ret_domain, scope->skill);
	return 0;
}
