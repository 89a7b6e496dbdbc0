/* aspora fmt: SKILL.md with the fields of its frontmatter in one order, or in the form of the open format. */
#include <sys/stat.h>

#include "base/io.h"
#include "base/mem.h"
#include "cli/folder.h"
#include "cli/patch.h"
#include "cli/result.h"
#include "cli/verbs.h"
#include "skill/front_format.h"

static struct {
	bool check, diff, portable;
} o;

static const struct opt options[] = {
	{"check", 0, OPT_FLAG, &o.check, NULL,
	 "Write nothing; name the files that would change, and end with 1 when there are any.",
	 NULL},
	{"diff", 0, OPT_FLAG, &o.diff, NULL, "Write nothing; show what would change.", NULL},
	{"portable", 0, OPT_FLAG, &o.portable, NULL,
	 "Into the form of the open format: Aspora's fields below metadata, as texts.", NULL},
	OPT_END,
};

static int write_file(const struct cli_folder *folder, const char *below, struct str text,
		      struct err *err)
{
	CLEANUP_FREE char *path = io_join(folder->root, below);
	struct stat st;
	mode_t mode = stat(path, &st) == 0 ? st.st_mode & 0777 : 0644;
	return io_write_file(path, text, mode, err);
}

static int one(struct cli *c, const struct cli_folder *folder, const struct skill *s,
	       bool *ret_differs, struct err *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX), out = BUF_INIT(BUF_MAX);
	const char *below = arena_printf(c->arena, "%.*s/" SKILL_FILE, STR_ARG(s->path));
	*ret_differs = front_format(s, o.portable, &text);
	if (!*ret_differs)
		return 0;
	if (o.diff)
		cli_patch_diff(&out, below, s->md_text, buf_str(&text));
	else
		buf_addf(&out, "%s\n", below);
	int rc = cli_write(&out, err);
	return rc < 0 || o.check || o.diff ? rc : write_file(folder, below, buf_str(&text), err);
}

static int fmt(struct cli *c, struct err *err)
{
	CLEANUP(cli_folder_release) struct cli_folder folder = {0};
	CLEANUP(cli_tree_release) struct cli_tree tree = {0};
	struct cli_scope scope;
	size_t changed = 0;
	int rc = cli_folder_open(c, c->operand_count ? c->operands[0] : NULL, &folder, &scope, err);
	if (rc == 0)
		rc = cli_read_folder(&folder, &tree, err);
	if (rc == 0)
		rc = cli_scope_check(c, tree.snap, &scope, err);
	for (size_t i = 0; rc == 0 && i < tree.snap->domain_count; i++) {
		const struct domain *d = tree.snap->domains[i];
		for (size_t k = 0; rc == 0 && k < d->skill_count; k++) {
			bool differs = false;
			if (!cli_scope_has(&scope, d->name, d->skills[k].skill->name))
				continue;
			rc = one(c, &folder, d->skills[k].skill, &differs, err);
			changed += differs;
		}
	}
	if (rc < 0)
		return rc;
	return (o.check || o.diff) && changed ? err_exit_status(ERR_DRIFT) : 0;
}

const struct cli_verb cli_verb_fmt = {
	.name = "fmt",
	.usage = "[DOMAIN/NAME | DOMAIN | DIR]",
	.help = "Put the frontmatter of SKILL.md into its canonical order.",
	.about = "The order is name, description, license, compatibility, allowed-tools, domain, "
		 "role,\n"
		 "trigger, capabilities, other fields, metadata. Comments go with the field below "
		 "them;\n"
		 "nothing else is touched, and the files that changed are named.",
	.options = options,
	.uses = CLI_USES_FOLDER,
	.most = 1,
	.completes = CLI_SKILLS_HERE,
	.run = fmt,
};
