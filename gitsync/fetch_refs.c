#include <stdio.h>

#include "base/mem.h"
#include "gitsync/fetch_int.h"

static bool is_prefix(const char *asked)
{
	size_t n = strlen(asked);
	return n > 1 && asked[n - 1] == '*';
}

static struct fetch_want *add_want(struct fetch *f, const char *asked, const char *ref)
{
	GROW(f->wants, f->want_count, f->want_cap);
	struct fetch_want *w = &f->wants[f->want_count++];
	memset(w, 0, sizeof(*w));
	snprintf(w->asked, sizeof(w->asked), "%s", asked);
	snprintf(w->ref, sizeof(w->ref), "%s", ref);
	return w;
}

static bool seen(const struct fetch *f, const char *asked)
{
	for (size_t i = 0; i < f->want_count; i++)
		if (!strcmp(f->wants[i].asked, asked))
			return true;
	return false;
}

int fetch_see(struct fetch *f, const char *name, const git_oid *id, struct err *err)
{
	size_t len = strlen(name);
	if (len >= sizeof(f->wants->ref))
		return 0; /* longer than any that can be asked for */
	if (len > 3 && !strcmp(name + len - 3, "^{}"))
		return 0; /* what the tag before it leads to */
	for (size_t i = 0; i < f->o->ref_count; i++) {
		const char *asked = f->o->refs[i];
		bool head = !strcmp(asked, "HEAD") && f->head[0] && !strcmp(f->head, name);
		bool match = is_prefix(asked) ? !strncmp(name, asked, strlen(asked) - 1)
					      : head || !strcmp(name, asked);
		if (!match || seen(f, is_prefix(asked) ? name : asked))
			continue;
		if (!ref_name_ok(str_of(name)))
			return err_set(err, ERR_GIT,
				       "the server shows a ref with an impossible name");
		struct fetch_want *w = add_want(f, is_prefix(asked) ? name : asked, name);
		w->found = true;
		w->shown = *id;
	}
	return 0;
}

/* In the order asked; within a prefix by name, as the servers send them. */
static int order_of(const struct fetch *f, const char *name)
{
	for (size_t i = 0; i < f->o->ref_count; i++) {
		const char *asked = f->o->refs[i];
		if (is_prefix(asked) ? !strncmp(name, asked, strlen(asked) - 1)
				     : !strcmp(name, asked))
			return (int)i;
	}
	return (int)f->o->ref_count;
}

static int compare_wants(const void *a, const void *b, void *state)
{
	const struct fetch_want *x = a, *y = b;
	int ox = order_of(state, x->asked), oy = order_of(state, y->asked);
	return ox != oy ? ox - oy : strcmp(x->asked, y->asked);
}

int fetch_compare(struct fetch *f, struct err *err)
{
	for (size_t i = 0; i < f->o->ref_count; i++)
		if (!is_prefix(f->o->refs[i]) && !seen(f, f->o->refs[i]))
			add_want(f, f->o->refs[i],
				 !strcmp(f->o->refs[i], "HEAD") ? f->head : f->o->refs[i]);
	if (f->want_count)
		qsort_r(f->wants, f->want_count, sizeof(*f->wants), compare_wants, f);
	for (size_t i = 0; i < f->want_count; i++) {
		struct fetch_want *w = &f->wants[i];
		w->had = false;
		if (f->m && w->ref[0]) {
			int rc = git_reference_name_to_id(&w->held, f->m->repo, w->ref);
			if (rc < 0 && rc != GIT_ENOTFOUND) {
				f->damaged = true;
				return git_fail(err, ERR_GIT, "reading the mirror's %s", w->ref);
			}
			w->had = rc == 0;
		}
		w->moved = w->found && !(w->had && git_oid_equal(&w->shown, &w->held));
		f->fetched |= w->moved && f->m;
	}
	return 0;
}

/* A ref "a" and a ref "a/b" cannot both be: what the remote no longer has makes room. */
static void make_room(struct mirror *m, const char *ref)
{
	char parent[256];
	snprintf(parent, sizeof(parent), "%s", ref);
	for (char *slash = strrchr(parent, '/'); slash; slash = strrchr(parent, '/')) {
		*slash = '\0';
		if (strchr(parent, '/'))
			(void)git_reference_remove(m->repo, parent);
	}
	char glob[300];
	snprintf(glob, sizeof(glob), "%s/*", ref);
	git_reference_iterator *it = NULL;
	const char *name;
	if (git_reference_iterator_glob_new(&it, m->repo, glob) < 0)
		return;
	while (git_reference_next_name(&name, it) == 0)
		(void)git_reference_remove(m->repo, name);
	git_reference_iterator_free(it);
}

static int write_ref(struct fetch *f, const struct fetch_want *w, struct err *err)
{
	git_reference *made = NULL;
	int rc = git_reference_create(&made, f->m->repo, w->ref, &w->shown, 1, NULL);
	if (rc < 0) {
		make_room(f->m, w->ref);
		rc = git_reference_create(&made, f->m->repo, w->ref, &w->shown, 1, NULL);
	}
	git_reference_free(made);
	return rc < 0 ? git_fail(err, ERR_IO, "writing the mirror's %s", w->ref) : 0;
}

/* What the result names are commits: tags are followed. A former value that is no longer readable counts as none. */
static int peel(struct fetch *f, struct fetch_want *w, struct err *err)
{
	struct err ignored = ERR_INIT;
	char what[300];
	snprintf(what, sizeof(what), "the remote's %s", w->ref);
	git_oid commit;
	if (w->had)
		w->had = git_peel_commit(f->m->repo, &w->held, w->ref, &w->held, &ignored) == 0;
	if (!w->found)
		return 0;
	int rc = git_peel_commit(f->m->repo, &w->shown, what, &commit, err);
	if (rc == ERR_NOT_FOUND)
		rc = err->code = ERR_GIT; /* the remote showed what it did not send */
	if (rc == 0)
		w->shown = commit;
	return rc;
}

int fetch_publish(struct fetch *f, struct err *err)
{
	int rc = 0;
	fetch_at(f, FETCH_CHECKING);
	(void)git_odb_refresh(f->m->odb);
	for (size_t i = 0; i < f->want_count && rc == 0; i++)
		if (f->wants[i].moved || (f->wants[i].found && f->o->check))
			rc = fetch_verify(f, &f->wants[i].shown, f->o->check, err);
	fetch_at(f, FETCH_WRITING);
	for (size_t i = 0; i < f->want_count && rc == 0; i++)
		if (f->wants[i].moved)
			rc = write_ref(f, &f->wants[i], err);
	for (size_t i = 0; i < f->want_count && rc == 0; i++)
		rc = peel(f, &f->wants[i], err);
	return rc;
}
