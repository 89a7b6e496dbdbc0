/*
 * Repositories of any size, in memory, built into snapshots through a source that counts.
 */
#ifndef TESTS_UNIT_SKILL_REPO_H
#define TESTS_UNIT_SKILL_REPO_H

#include <stdio.h>

#include "base/mem.h"
#include "skill/digest.h"
#include "skill/snapshot.h"
#include "tests/unit/skill/counting.h"

#define FILES_MAX 5000

struct repo {
	struct arena *arena;
	struct tree_file files[FILES_MAX];
	size_t count;
};

static struct repo repo;

static inline void put_mode(const char *path, uint32_t mode, const char *text)
{
	size_t at = 0;
	while (at < repo.count && !str_eqz(repo.files[at].path, path))
		at++;
	ck_assert_uint_lt(at, FILES_MAX);
	if (at == repo.count)
		repo.files[repo.count++].path = str_of(arena_strdup(repo.arena, path));
	repo.files[at].mode = mode;
	repo.files[at].bytes = str_of(arena_strdup(repo.arena, text));
}

static inline void put(const char *path, const char *text)
{
	put_mode(path, TREE_MODE_FILE, text);
}

static inline void drop(const char *path)
{
	size_t kept = 0;
	for (size_t i = 0; i < repo.count; i++)
		if (!str_eqz(repo.files[i].path, path))
			repo.files[kept++] = repo.files[i];
	repo.count = kept;
}

static inline void put_skill(const char *domain, const char *name, const char *words)
{
	char path[200], text[400];
	snprintf(path, sizeof(path), "skills/%s/%s/SKILL.md", domain, name);
	snprintf(text, sizeof(text), "---\nname: %s\ndescription: Does %s.\n---\n%s\n", name, name,
		 words);
	put(path, text);
	snprintf(path, sizeof(path), "skills/%s/%s/code/handler.py", domain, name);
	put(path, "print(1)\n");
}

static inline void begin(void)
{
	repo.arena = arena_new(64 << 20);
	repo.count = 0;
}

static inline void end(void)
{
	arena_free(repo.arena);
}

static struct snapshot_opts plain = {.platform_from_tree = true};
static const struct source_ref source = {"main", "0123"};
static struct counting last; /* of the last build, for its counts */

static inline int build_with(const struct snapshot *previous, const struct snapshot_opts *opts,
			     struct snapshot **ret)
{
	counting_open(&last, repo.files, repo.count);
	int rc = snapshot_build(&last.source, &source, previous, opts, ret, &support_err);
	counting_close(&last);
	return rc;
}

static inline struct snapshot *build(const struct snapshot *previous)
{
	struct snapshot *s = NULL;
	assert_ok(build_with(previous, &plain, &s));
	ck_assert_uint_eq(s->cost.trees_listed, last.lists);
	ck_assert_uint_eq(s->cost.blobs_read, last.reads);
	return s;
}

static inline void assert_same(const struct snapshot *a, const struct snapshot *b)
{
	ck_assert_uint_eq(a->domain_count, b->domain_count);
	ck_assert_uint_eq(a->skill_count, b->skill_count);
	for (size_t i = 0; i < a->domain_count; i++) {
		CLEANUP(buf_release) struct buf fa = BUF_INIT(1 << 20), fb = BUF_INIT(1 << 20);
		CLEANUP(arena_freep) struct arena *arena = arena_new(16 << 20);
		struct findings la, lb;
		ck_assert(digest_equal(&a->domains[i]->candidate, &b->domains[i]->candidate));
		ck_assert(str_eq(a->domains[i]->config_file.path, b->domains[i]->config_file.path));
		ck_assert(digest_equal(&a->domains[i]->config_file.digest,
				       &b->domains[i]->config_file.digest));
		findings_init(&la, arena);
		findings_init(&lb, arena);
		domain_findings(a->domains[i], &la);
		domain_findings(b->domains[i], &lb);
		findings_sort(&la);
		findings_sort(&lb);
		for (size_t k = 0; k < la.count; k++)
			finding_text(&fa, &la.items[k]);
		for (size_t k = 0; k < lb.count; k++)
			finding_text(&fb, &lb.items[k]);
		ck_assert_str_eq(buf_cstr(&fa), buf_cstr(&fb));
	}
}

static inline const char *said(const struct snapshot *s)
{
	static char text[4096];
	CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
	struct findings all;
	findings_init(&all, s->arena);
	snapshot_findings(s, &all);
	findings_sort(&all);
	for (size_t i = 0; i < all.count; i++)
		finding_text(&out, &all.items[i]);
	snprintf(text, sizeof(text), "%s", buf_cstr(&out));
	return text;
}

#endif
