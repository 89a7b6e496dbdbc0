#include "cli/upload.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/crypto.h"
#include "base/mem.h"
#include "cli/folder.h"
#include "skill/tree.h"

struct walk {
	struct cli_upload *u;
	struct tree_source *tree;
	const char *prefix; /* of the paths: "skills/ecm" */
	bool domains; /* prefix is "skills": what lies beside domains is none of theirs */
};

static int add_file(struct walk *w, const char *path, const struct tree_entry *file,
		    struct err *err)
{
	CLEANUP(buf_release) struct buf bytes = BUF_INIT(tree_limits_default.blob_bytes);
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	struct json *j = w->u->j;
	int rc = tree_read(w->tree, &file->id, &bytes, err);
	if (rc < 0)
		return err_context(err, "%s", path);
	struct str s = buf_str(&bytes);
	json_object(j);
	json_strz(j, "path", path);
	if (file->mode == TREE_MODE_EXEC)
		json_strz(j, "mode", "100755");
	if (str_is_utf8(s, NULL) && str_find_byte(s, '\0', 0) < 0) {
		json_str(j, "content", s);
	} else {
		base64_add(&text, s);
		json_str(j, "contentBase64", buf_str(&text));
	}
	json_end(j);
	w->u->files++;
	return 0;
}

static int walk_file(void *state, struct str path, const struct tree_entry *file, struct err *err)
{
	struct walk *w = state;
	if (w->domains && str_find_byte(path, '/', 0) < 0)
		return 0;
	CLEANUP_FREE char *whole = mem_printf("%s/%.*s", w->prefix, STR_ARG(path));
	return add_file(w, whole, file, err);
}

/* A folder, or one file, of the repository at root. */
static int add_below(struct cli_upload *u, const char *root, const char *path, struct err *err)
{
	CLEANUP(tree_source_freep) struct tree_source *tree = NULL;
	struct walk w = {.u = u, .prefix = path, .domains = strcmp(path, "skills") == 0};
	struct tree_entry entry;
	size_t entries = 0, lists = 0;
	int rc = tree_folder_open(root, &tree, err);
	if (rc == 0)
		rc = tree_lookup(tree, str_of(path), &tree_limits_default, &entry, err);
	if (rc < 0)
		return rc;
	w.tree = tree;
	if (entry.mode != TREE_MODE_DIR)
		return add_file(&w, path, &entry, err);
	return tree_walk(tree, &entry.id, str_of(path), &tree_limits_default, walk_file, &w,
			 &entries, &lists, err);
}

static const char *scope_path(struct cli *c, const struct cli_scope *s)
{
	if (!s->domain.len)
		return "skills";
	if (!s->skill.len)
		return arena_printf(c->arena, "skills/%.*s", STR_ARG(s->domain));
	return arena_printf(c->arena, "skills/%.*s/%.*s", STR_ARG(s->domain), STR_ARG(s->skill));
}

/* What is below no skill can be one file of a domain; what is a skill's stands for all of it. */
static bool stands_alone(struct cli *c, const struct cli_folder *f, const struct cli_scope *s)
{
	if (!s->skill.len)
		return true;
	struct stat st;
	const char *md = arena_printf(c->arena, "%s/%s/SKILL.md", f->root, scope_path(c, s));
	return stat(md, &st) < 0;
}

static int add_one_file(struct cli *c, struct cli_upload *u, const char *path, struct err *err)
{
	CLEANUP(cli_folder_release) struct cli_folder f = {0};
	struct cli_scope scope;
	char real[PATH_MAX];
	if (!realpath(path, real))
		return err_sys(err, ERR_NOT_FOUND, errno, "%s", path);
	char *slash = strrchr(real, '/');
	const char *dir = arena_strndup(c->arena, real, (size_t)(slash - real) + 1);
	int rc = cli_folder_open(c, dir, &f, &scope, err);
	if (rc < 0)
		return rc;
	if (!scope.domain.len) {
		err_set(err, ERR_INVALID, "%s is no file of a domain", path);
		return err_remedy(err, "apply takes what is below skills/DOMAIN/; the platform's "
				       "own files come from its source");
	}
	size_t root = strlen(f.root);
	return add_below(u, f.root,
			 stands_alone(c, &f, &scope) ? arena_strdup(c->arena, real + root + 1)
						     : scope_path(c, &scope),
			 err);
}

/* What was given as a whole: the domain that is meant, or all of them. */
static int name_folders(struct cli *c, struct cli_upload *u, const char *root,
			const struct cli_scope *s, struct err *err)
{
	CLEANUP(tree_source_freep) struct tree_source *tree = NULL;
	struct tree_entry skills;
	struct tree_list list;
	if (s->skill.len)
		return 0;
	if (s->domain.len) {
		buf_addf(&u->folders, "%s\n", scope_path(c, s));
		return 0;
	}
	int rc = tree_folder_open(root, &tree, err);
	if (rc == 0)
		rc = tree_lookup(tree, STR("skills"), &tree_limits_default, &skills, err);
	if (rc == 0)
		rc = tree_list(tree, &skills.id, STR("skills"), &tree_limits_default, c->arena,
			       &list, err);
	for (size_t i = 0; rc == 0 && i < list.count; i++)
		if (list.items[i].mode == TREE_MODE_DIR)
			buf_addf(&u->folders, "skills/%.*s\n", STR_ARG(list.items[i].name));
	return rc;
}

int cli_upload_add(struct cli *c, struct cli_upload *u, const char *path, struct err *err)
{
	CLEANUP(cli_folder_release) struct cli_folder f = {0};
	struct cli_scope scope;
	struct stat st;
	size_t before = u->files;
	CLEANUP_FREE char *place = c->folder && path[0] != '/'
					   ? mem_printf("%s/%s", c->folder, path)
					   : mem_strdup(path);
	bool exists = stat(place, &st) == 0;
	int rc = exists ? 0 : cli_path_check(path, err);
	if (rc < 0)
		return rc;
	if (exists && S_ISREG(st.st_mode)) {
		rc = add_one_file(c, u, place, err);
	} else if (!exists && !cli_may_be_name(path)) {
		rc = err_sys(err, ERR_NOT_FOUND, ENOENT, "%s", path);
	} else {
		rc = cli_folder_open(c, path, &f, &scope, err);
		if (rc == 0)
			rc = add_below(u, f.root, scope_path(c, &scope), err);
		if (rc == 0)
			rc = name_folders(c, u, f.root, &scope, err);
	}
	if (rc == 0 && u->files == before)
		rc = err_set(err, ERR_NOT_FOUND, "there is no file of a domain in %s", path);
	return rc;
}

static void write_folders(struct json *j, struct str lines)
{
	struct str one;
	json_array_in(j, "folders");
	while (str_split(&lines, '\n', &one))
		if (one.len)
			json_add_str(j, one);
	json_end(j);
}

int cli_upload_write(struct cli *c, struct json *j, const struct opt_strings *paths,
		     size_t *ret_files, struct err *err)
{
	struct cli_upload u = {.j = j, .folders = BUF_INIT(BUF_MAX)};
	int rc = 0;
	json_array_in(j, "files");
	for (size_t i = 0; rc == 0 && i < paths->count; i++)
		rc = cli_upload_add(c, &u, paths->items[i], err);
	json_end(j);
	write_folders(j, buf_str(&u.folders));
	buf_release(&u.folders);
	*ret_files = u.files;
	return rc;
}
