/* aspora create skill: the files of a new skill that pass admission as they are. */
#include <sys/stat.h>

#include "base/io.h"
#include "base/mem.h"
#include "cli/folder.h"
#include "cli/verbs.h"
#include "skill/scaffold.h"

static struct {
	const char *role, *language;
} o;

static const char *const roles[] = {"manager", "specialist", "field", NULL};
static const char *const words[] = {"skill", NULL};

static const struct opt options[] = {
	{"role", 'r', OPT_STRING, &o.role, "ROLE",
	 "What the skill is: manager, specialist (when left out) or field.", roles},
	{"lang", 'l', OPT_STRING, &o.language, "LANGUAGE",
	 "What the handler is written in: python (when left out), javascript or shell.", NULL},
	OPT_END,
};

static enum role role_of(const char *name)
{
	for (int i = 0; name && roles[i]; i++)
		if (strcmp(name, roles[i]) == 0)
			return (enum role)i;
	return ROLE_SPECIALIST;
}

static int exists(struct str name, const char *path, struct err *err)
{
	err_set(err, ERR_CONFLICT, "%.*s is already there: %s", STR_ARG(name), path);
	err_remedy(err, "take another name, or edit what is there");
	return ERR_CONFLICT;
}

static int write_file(const char *root, const struct tree_file *f, struct err *err)
{
	CLEANUP_FREE char *below = mem_strndup(f->path.p, f->path.len);
	CLEANUP_FREE char *path = io_join(root, below);
	char *slash = strrchr(path, '/');
	*slash = '\0';
	int rc = io_mkdirs(path, 0777, err);
	*slash = '/';
	return rc < 0 ? rc : io_write_file(path, f->bytes, f->mode & 0777, err);
}

/* Where it goes: the repository at or above, or this folder when it is to become one. */
static int find_root(struct cli *c, struct cli_folder *folder, struct err *err)
{
	struct cli_scope scope;
	struct err why = ERR_INIT;
	if (cli_folder_open(c, NULL, folder, &scope, &why) == 0)
		return 0;
	if (!c->folder)
		return err_set(err, why.code, "%s", why.msg),
		       err_remedy(err, "go to a skills repository; --folder DIR begins one in DIR");
	folder->root = c->folder;
	return 0;
}

static int create(struct cli *c, struct err *err)
{
	CLEANUP(cli_folder_release) struct cli_folder folder = {0};
	CLEANUP(buf_release) struct buf out = BUF_INIT(64 * 1024);
	struct str name = str_of(c->operands[1]), domain, skill;
	struct tree_file *files = NULL;
	size_t count = 0;
	int rc = name_split(name, &domain, &skill, err);
	if (rc == 0)
		rc = scaffold_skill(c->arena, domain, skill, role_of(o.role),
				    o.language ? o.language : scaffold_languages[0], &files, &count,
				    err);
	if (rc == 0)
		rc = find_root(c, &folder, err);
	if (rc < 0)
		return rc;
	const char *path = arena_printf(c->arena, "skills/%s", c->operands[1]);
	CLEANUP_FREE char *whole = io_join(folder.root, path);
	if (io_exists(whole))
		return exists(name, path, err);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		rc = write_file(folder.root, &files[i], err);
		buf_addf(&out, "%.*s\n", STR_ARG(files[i].path));
	}
	return rc < 0 ? rc : cli_write(&out, err);
}

const struct cli_verb cli_verb_create = {
	.name = "create",
	.usage = "skill DOMAIN/NAME",
	.help = "Make the files of a new skill.",
	.about = "Makes SKILL.md, aspora.config.yaml, a handler, test cases and a fixture that "
		 "pass\n"
		 "admission as they are, and prints their names. Edit the words from there.",
	.options = options,
	.uses = CLI_USES_FOLDER,
	.words = words,
	.least = 2,
	.most = 2,
	.run = create,
};
