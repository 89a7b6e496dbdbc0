/* aspora fix: the corrections that are certain, shown first and then written. */
#include <sys/stat.h>

#include "base/io.h"
#include "base/mem.h"
#include "cli/findings.h"
#include "cli/judge.h"
#include "cli/patch.h"
#include "cli/result.h"
#include "cli/verbs.h"

static struct {
	bool yes, dry_run;
} o;

static const struct opt options[] = {
	{"yes", 'y', OPT_FLAG, &o.yes, NULL, "Write them without asking.", NULL},
	{"dry-run", 'n', OPT_FLAG, &o.dry_run, NULL, "Only show them.", NULL},
	OPT_END,
};

/* One file that is to change. */
struct change {
	char *path; /* below the root */
	struct str before, after;
	size_t edits;
};

static const char *absolute(struct cli *c, const struct cli_folder *folder, const char *path)
{
	CLEANUP_FREE char *joined = io_join(folder->root, path);
	return arena_strdup(c->arena, joined);
}

/* The findings of one file (they are sorted by path) become one change. */
static int plan_file(struct cli *c, const struct cli_folder *folder, const struct finding *f,
		     size_t count, struct change *ret, struct err *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT((size_t)8 << 20), after = BUF_INIT(BUF_MAX);
	*ret = (struct change){.path = arena_strndup(c->arena, f->path.p, f->path.len)};
	int rc = io_read_file(absolute(c, folder, ret->path), &text, err);
	if (rc < 0)
		return rc;
	ret->before = arena_str(c->arena, buf_str(&text));
	ret->edits = cli_patch(&after, ret->before, f, count);
	ret->after = arena_str(c->arena, buf_str(&after));
	return 0;
}

static int plan_all(struct cli *c, const struct cli_folder *folder, const struct findings *f,
		    struct change **ret, size_t *ret_count, struct err *err)
{
	struct change *list = arena_array(c->arena, f->count + 1, sizeof(*list));
	size_t n = 0;
	for (size_t i = 0, k; i < f->count; i = k) {
		for (k = i + 1; k < f->count && str_eq(f->items[k].path, f->items[i].path);)
			k++;
		bool any = false;
		for (size_t m = i; m < k; m++)
			any |= f->items[m].replacement.p != NULL;
		if (!any || !f->items[i].path.len)
			continue;
		int rc = plan_file(c, folder, &f->items[i], k - i, &list[n], err);
		if (rc < 0)
			return rc;
		n += list[n].edits > 0;
	}
	*ret = list;
	*ret_count = n;
	return 0;
}

static int write_all(struct cli *c, const struct cli_folder *folder, const struct change *list,
		     size_t count, struct err *err)
{
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < count; i++) {
		struct stat st;
		const char *path = absolute(c, folder, list[i].path);
		mode_t mode = stat(path, &st) == 0 ? st.st_mode & 0777 : 0644;
		rc = io_write_file(path, list[i].after, mode, err);
	}
	return rc;
}

/* What reading says, and what admission of everything says: both may know what to write. */
static int collect(struct cli *c, struct cli_judged *j, struct findings *ret, struct err *err)
{
	struct findings all;
	findings_init(&all, c->arena);
	int rc = cli_judge_admit(c, j, err);
	if (rc < 0)
		return rc;
	snapshot_findings(j->want.snap, &all);
	findings_append(&all, &j->admission->platform.findings);
	for (size_t i = 0; i < j->admission->domain_count; i++)
		findings_append(&all, &j->admission->domains[i].verdict.findings);
	cli_findings_in(&all, &j->scope, ret);
	return 0;
}

/* On a terminal nothing of a file may steer it; in a pipe the difference has to be exact. */
static int show(const struct cli *c, const struct change *list, size_t count, struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX), safe = BUF_INIT(BUF_MAX);
	for (size_t i = 0; i < count; i++)
		cli_patch_diff(&out, list[i].path, list[i].before, list[i].after);
	if (!c->terminal_out)
		return cli_write(&out, err);
	cli_lines(&safe, buf_str(&out));
	return cli_write(&safe, err);
}

static int fix(struct cli *c, struct err *err)
{
	CLEANUP(cli_judged_release) struct cli_judged j = {0};
	struct findings f;
	struct change *list = NULL;
	size_t count = 0, edits = 0;
	char question[80];
	findings_init(&f, c->arena);
	int rc = cli_judge_plan(c, c->operand_count ? c->operands[0] : NULL, &(struct cli_sides){0},
				&j, err);
	if (rc == 0)
		rc = collect(c, &j, &f, err);
	if (rc == 0)
		rc = plan_all(c, &j.folder, &f, &list, &count, err);
	if (rc == 0)
		rc = show(c, list, count, err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < count; i++)
		edits += list[i].edits;
	if (!count) {
		cli_say("there is nothing that can be corrected for certain");
		return 0;
	}
	snprintf(question, sizeof(question), "Write %zu correction%s to %zu file%s?", edits,
		 edits == 1 ? "" : "s", count, count == 1 ? "" : "s");
	if (o.dry_run || (!o.yes && !cli_confirm(c, question))) {
		cli_say("nothing was written%s",
			o.dry_run || c->terminal_in ? "" : "; --yes writes it");
		return o.dry_run || c->terminal_in ? 0 : err_exit_status(ERR_DRIFT);
	}
	rc = write_all(c, &j.folder, list, count, err);
	if (rc == 0)
		cli_say("%zu correction%s written to %zu file%s", edits, edits == 1 ? "" : "s",
			count, count == 1 ? "" : "s");
	return rc;
}

const struct cli_verb cli_verb_fix = {
	.name = "fix",
	.usage = "[DOMAIN/NAME | DOMAIN | DIR]",
	.help = "Write the corrections that are certain.",
	.about = "Shows what would change as a unified diff, asks, and writes it. Findings without "
		 "a certain\n"
		 "correction are left for a person; `aspora validate` lists them.",
	.options = options,
	.uses = CLI_USES_FOLDER,
	.most = 1,
	.completes = CLI_SKILLS_HERE,
	.run = fix,
};
