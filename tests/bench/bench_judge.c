/*
 * Admission on one core: every file of a repository lies in memory; a snapshot of it is parsed, planned against nothing and judged by every rule,
 * beside the bare parsing of the same configurations and SKILL.md files. Prints one row a line, as bench_route does.
 *
 *	bench_judge REPOSITORY
 */
#include <git2.h>
#include <stdio.h>
#include <stdlib.h>

#include "admission/admit.h"
#include "admission/guard_memory.h"
#include "base/mem.h"
#include "tests/bench/floor_parse.h"

#define RUNS 7

static struct arena *arena;
static struct tree_file *files;
static size_t count, cap;

static int take(const char *root, const git_tree_entry *e, void *state)
{
	git_repository *repo = state;
	git_blob *blob = NULL;
	if (git_tree_entry_type(e) != GIT_OBJECT_BLOB)
		return 0;
	if (git_blob_lookup(&blob, repo, git_tree_entry_id(e)) < 0)
		return -1;
	ARENA_GROW(arena, files, count, cap);
	files[count++] = (struct tree_file){
		.path = str_of(arena_printf(arena, "%s%s", root, git_tree_entry_name(e))),
		.mode = TREE_MODE_FILE,
		.bytes = arena_str(arena, str_make(git_blob_rawcontent(blob),
						   (size_t)git_blob_rawsize(blob)))};
	git_blob_free(blob);
	return 0;
}

static int load(const char *path)
{
	git_repository *repo = NULL;
	git_object *tree = NULL;
	git_libgit2_init();
	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
	if (git_repository_open_bare(&repo, path) < 0 ||
	    git_revparse_single(&tree, repo, "main^{tree}") < 0)
		return -1;
	int rc = git_tree_walk((git_tree *)tree, GIT_TREEWALK_PRE, take, repo);
	git_object_free(tree);
	git_repository_free(repo);
	return rc;
}

static double floor_s(void)
{
	double from = now_s(CLOCK_PROCESS_CPUTIME_ID);
	for (size_t i = 0; i < count; i++) {
		const struct str path = files[i].path, bytes = files[i].bytes;
		if (str_ends(path, STR("/SKILL.md")))
			(void)floor_markdown(bytes.p, bytes.len);
		else if (str_ends(path, STR("/aspora.config.yaml")))
			(void)floor_yaml(bytes.p, bytes.len);
	}
	return now_s(CLOCK_PROCESS_CPUTIME_ID) - from;
}

/* Without the guard, or with one that knows no file yet. */
static int ours_s(bool guarded, double *ret, size_t *ret_skills, struct err *err)
{
	CLEANUP(admit_guard_freep) struct admit_guard *guard = NULL;
	CLEANUP(tree_source_freep) struct tree_source *t = NULL;
	CLEANUP(snapshot_unrefp) struct snapshot *snap = NULL;
	CLEANUP(plan_freep) struct plan *plan = NULL;
	CLEANUP(admission_freep) struct admission *admission = NULL;
	const struct source_ref source = {.name = "bench", .revision = "r"};
	const struct snapshot_opts so = {.platform_from_tree = true};
	const struct plan_scope scope = {.source = "bench"};
	const struct deployed none = {0};
	const struct admit_facts facts = {.now_ms = 1};
	int rc = tree_memory_open(files, count, "r", &t, err);
	double from = now_s(CLOCK_PROCESS_CPUTIME_ID);
	if (guarded) {
		guard = admit_guard_new(guard_rules_builtin());
		admit_guard_source(guard, t);
	}
	if (rc == 0)
		rc = snapshot_build(t, &source, NULL, &so, &snap, err);
	if (rc == 0)
		rc = plan_make(snap, &none, &scope, NULL, &plan, err);
	if (rc < 0)
		return rc;
	const struct admit_opts ao = {.snapshot = snap,
				      .plan = plan,
				      .platform_changed = true,
				      .facts = &facts,
				      .guard = guard};
	rc = admit_plan(&ao, &admission, err);
	*ret = now_s(CLOCK_PROCESS_CPUTIME_ID) - from;
	*ret_skills = snap->skill_count;
	if (rc == 0 && !admission->allow)
		rc = err_set(err, ERR_INTERNAL, "the repository is not admitted");
	return rc;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	double ours[RUNS], floors[RUNS];
	size_t skills = 0;
	arena = arena_new(BUF_MAX);
	if (argc != 2 || crypto_init(&err) < 0 || load(argv[1]) < 0)
		return 2;
	double cold = 0;
	/* The first run compiles what the rules need. */
	if (ours_s(true, &cold, &skills, &err) < 0) {
		fprintf(stderr, "bench_judge: %s\n", err.msg);
		return 1;
	}
	for (int k = 0; k < RUNS; k++) {
		floors[k] = floor_s();
		if (ours_s(false, &ours[k], &skills, &err) < 0) {
			fprintf(stderr, "bench_judge: %s\n", err.msg);
			return 1;
		}
	}
	printf("{\"name\":\"admission from cold, all rules and the "
	       "guard\",\"n\":%zu,\"value\":%.6f,"
	       "\"unit\":\"s\",\"floor\":%.6f,\"limit\":1}\n",
	       skills, cold, 10.0 * (double)skills / 10000);
	qsort(ours, RUNS, sizeof(*ours), by_value);
	qsort(floors, RUNS, sizeof(*floors), by_value);
	printf("{\"name\":\"admission, CPU a skill, all rules\",\"n\":%zu,\"value\":%.6f,"
	       "\"unit\":\"us\",\"floor\":%.6f,\"limit\":1.667}\n",
	       skills, ours[RUNS / 2] * 1e6 / (double)skills,
	       floors[RUNS / 2] * 1e6 / (double)skills);
	arena_free(arena);
	return 0;
}
