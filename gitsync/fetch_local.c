#include <stdio.h>

#include "gitsync/fetch_int.h"

static int see_one(struct fetch *f, git_repository *repo, const char *name, struct err *err)
{
	git_reference *ref = NULL, *direct = NULL;
	int rc = git_reference_lookup(&ref, repo, name);
	if (rc == 0)
		rc = git_reference_resolve(&direct, ref);
	git_reference_free(ref);
	if (rc == GIT_ENOTFOUND)
		return 0;
	if (rc < 0)
		return git_fail(err, ERR_GIT, "reading %s of the source repository", name);
	rc = fetch_see(f, name, git_reference_target(direct), err);
	git_reference_free(direct);
	return rc;
}

static int see_prefix(struct fetch *f, git_repository *repo, const char *glob, struct err *err)
{
	git_reference_iterator *it = NULL;
	const char *name;
	int rc = 0;
	uint64_t count = 0;
	if (git_reference_iterator_glob_new(&it, repo, glob) < 0)
		return git_fail(err, ERR_GIT, "listing %s of the source repository", glob);
	while (rc == 0 && git_reference_next_name(&name, it) == 0) {
		if (++count > f->limits.refs)
			rc = err_set(err, ERR_TOO_LARGE,
				     "the source repository has more than %llu refs",
				     (unsigned long long)f->limits.refs);
		else
			rc = see_one(f, repo, name, err);
	}
	git_reference_iterator_free(it);
	return rc;
}

static int list(struct fetch *f, git_repository *repo, struct err *err)
{
	git_reference *head = NULL;
	if (git_reference_lookup(&head, repo, "HEAD") == 0 &&
	    git_reference_type(head) == GIT_REFERENCE_SYMBOLIC)
		snprintf(f->head, sizeof(f->head), "%s", git_reference_symbolic_target(head));
	git_reference_free(head);
	int rc = 0;
	for (size_t i = 0; i < f->o->ref_count && rc == 0; i++) {
		const char *asked = f->o->refs[i];
		if (asked[strlen(asked) - 1] == '*')
			rc = see_prefix(f, repo, asked, err);
		else if (strcmp(asked, "HEAD") != 0)
			rc = see_one(f, repo, asked, err);
		else if (f->head[0])
			rc = see_one(f, repo, f->head, err);
	}
	return rc < 0 ? rc : fetch_compare(f, err);
}

static bool has_refs(struct mirror *m)
{
	git_reference_iterator *it = NULL;
	const char *name;
	if (git_reference_iterator_new(&it, m->repo) < 0)
		return false;
	bool has = git_reference_next_name(&name, it) == 0;
	git_reference_iterator_free(it);
	return has;
}

int fetch_local(struct fetch *f, struct err *err)
{
	CLEANUP(mirror_closep) struct mirror *source = NULL;
	int rc = mirror_open_source(f->o->url.path, &source, err);
	if (rc < 0 || (rc = list(f, source->repo, err)) < 0 || !f->fetched)
		return rc;
	fetch_at(f, FETCH_COPYING);
	bool first = !has_refs(f->m);
	if (first)
		rc = fetch_copy_packs(source, f->m, &f->limits, &f->objects, &f->bytes, err);
	for (size_t i = 0; i < f->want_count && rc == 0; i++)
		if (f->wants[i].moved)
			rc = fetch_copy(source, f->m, &f->wants[i].shown, !first, &f->limits,
					&f->objects, err);
	return rc;
}
