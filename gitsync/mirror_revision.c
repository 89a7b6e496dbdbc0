/* Revisions as people type them: a name, then steps back. No revision parser of the library ever sees one. */
#include <stdio.h>

#include "gitsync/git_int.h"

#define STEPS_MAX 10000
#define SHORT_MIN 4

/* One step back: "~3" is three times the first parent, "^2" once the second; no number is 1. */
struct step {
	uint64_t times, parent;
};

static bool take_step(struct str *s, struct step *ret)
{
	size_t len = 1;
	uint64_t n = 1;
	bool up = s->p[0] == '^';
	if (!up && s->p[0] != '~')
		return false;
	while (len < s->len && s->p[len] >= '0' && s->p[len] <= '9')
		len++;
	if (len > 1 && (!str_to_u64(str_sub(*s, 1, len), &n) || n > STEPS_MAX))
		return false;
	*s = str_sub(*s, len, s->len);
	*ret = up ? (struct step){n > 0, n} : (struct step){n, 1};
	return true;
}

/* The nth parent, from 1. */
static int parent_of(struct mirror *m, struct str name, uint64_t n, git_oid *at, struct err *err)
{
	git_commit *c = NULL;
	int rc = git_commit_lookup(&c, m->repo, at);
	if (rc < 0)
		return git_fail(err, git_code(rc, ERR_GIT), "\"%.*s\"", STR_ARG(name));
	unsigned count = git_commit_parentcount(c);
	if (n <= count)
		*at = *git_commit_parent_id(c, (unsigned)n - 1);
	git_commit_free(c);
	if (n <= count)
		return 0;
	err_set(err, ERR_NOT_FOUND, "\"%.*s\" goes back further than the history does",
		STR_ARG(name));
	return err_remedy(err, git_repository_is_shallow(m->repo)
				       ? "this clone is shallow: git fetch --unshallow"
				       : "git log shows what there is");
}

/* The first digits of a commit's id, if only one begins so. */
static bool by_digits(struct mirror *m, struct str digits, git_oid *ret)
{
	git_oid from;
	char z[GIT_OID_HEXSZ + 1];
	if (digits.len < SHORT_MIN || digits.len > GIT_OID_HEXSZ)
		return false;
	snprintf(z, sizeof(z), "%.*s", STR_ARG(digits));
	return git_oid_fromstrp(&from, z) == 0 &&
	       git_odb_exists_prefix(ret, m->odb, &from, digits.len) == 0;
}

static int no_revision(struct str text, struct err *err)
{
	char show[64];
	err_set(err, ERR_INVALID, "\"%s\" is not a revision", ref_name_shown(text, show));
	return err_remedy(err, "write a branch, a tag or a commit id, and ~N for what came N "
			       "commits before it: HEAD~1");
}

static int find_name(struct mirror *m, struct str name, git_oid *ret, struct err *err)
{
	struct tree_id id;
	struct err why = ERR_INIT;
	char what[64];
	int rc = mirror_resolve(m, str_eqz(name, "@") ? STR("HEAD") : name, &id, &why);
	if (rc == 0)
		*ret = oid_of(&id);
	else if (by_digits(m, name, ret))
		return git_peel_commit(m->repo, ret, ref_name_shown(name, what), ret, err);
	else if (rc == ERR_INVALID)
		return no_revision(name, err);
	else if (err)
		*err = why;
	return rc;
}

int mirror_revision(struct mirror *m, struct str text, struct tree_id *ret, struct err *err)
{
	size_t len = 0;
	git_oid at;
	while (len < text.len && text.p[len] != '~' && text.p[len] != '^')
		len++;
	struct str steps = str_sub(text, len, text.len), form = steps;
	struct step step;
	while (form.len)
		if (!take_step(&form, &step))
			return no_revision(text, err);
	int rc = find_name(m, str_sub(text, 0, len), &at, err);
	while (rc == 0 && steps.len) {
		(void)take_step(&steps, &step);
		for (uint64_t i = 0; rc == 0 && i < step.times; i++)
			rc = parent_of(m, text, step.parent, &at, err);
	}
	if (rc == 0)
		*ret = id_of(&at);
	return rc;
}
