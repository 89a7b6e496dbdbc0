#include "gitsync/signature_range.h"

#include "base/mem.h"
#include "skill/text.h"

static int too_many(const struct tree_id *released, struct err *err)
{
	char hex[65] = "";
	if (released->len)
		tree_id_hex(released, hex);
	err_set(err, ERR_TOO_LARGE,
		"more than %d commits came since %s%.12s, and each is to be looked at",
		SIGNATURE_COMMITS_MAX, released->len ? "the released " : "the beginning", hex);
	return err_remedy(err, "name a commit that is known to be right as signers.since of the "
			       "source, and start asporad again");
}

int signature_range(struct mirror *m, const struct tree_id *newest, const struct tree_id *released,
		    const struct tree_id *since, struct arena *a, struct signature_range *ret,
		    struct err *err)
{
	struct tree_id without[2] = {*released, *since};
	bool more = false;
	struct err why = ERR_INIT;
	*ret = (struct signature_range){0};
	int rc = since->len ? mirror_is_ancestor(m, newest, since, &ret->exempt, err) : 0;
	if (rc < 0)
		return err ? err_context(err, "signers.since") : rc;
	rc = mirror_log_without(m, newest, without, 2, SIGNATURE_COMMITS_MAX, a, &ret->commits,
				&ret->count, &more, &why);
	/* A mirror that was made afresh after a rewrite need not have it any more: then all are looked at. */
	if (rc == ERR_NOT_FOUND && released->len) {
		without[0].len = 0;
		rc = mirror_log_without(m, newest, without, 2, SIGNATURE_COMMITS_MAX, a,
					&ret->commits, &ret->count, &more, &why);
	}
	if (rc < 0 && err)
		*err = why;
	if (rc == 0 && more)
		return too_many(&without[0], err);
	if (rc < 0 || ret->count)
		return rc;
	ret->commits = arena_array(a, 1, sizeof(*ret->commits));
	ret->commits[0] = *newest;
	ret->count = 1;
	return 0;
}

static void add_commit(struct mirror *m, const struct tree_id *id, struct arena *a, struct buf *out)
{
	struct err ignored = ERR_INIT;
	struct commit c;
	char hex[65], name[128], email[128];
	buf_addf(out, "commit %.12s", tree_id_hex(id, hex));
	if (mirror_commit(m, id, 0, a, &c, &ignored) == 0)
		buf_addf(out, " by %s <%s>", text_quote(c.author.name, name, sizeof(name)),
			 text_quote(c.author.email, email, sizeof(email)));
	buf_addz(out, " is ");
}

static const char *remedy_of(enum signature_state s)
{
	switch (s) {
	case SIGNATURE_UNTRUSTED:
		return "if the key is that of somebody who may sign, the operator adds it to the "
		       "source's signers; it is judged again by itself";
	case SIGNATURE_EXPIRED:
		return "if the key was still good, the operator lengthens its time in the source's "
		       "signers; it is judged again by itself";
	default:
		return "sign it (git commit --amend --no-edit -S) and push it with allow_rewrite, "
		       "or the operator looks at it and names it as signers.since of the source";
	}
}

void signature_facts(struct mirror *m, const struct signature_range *r,
		     const struct signature *const *known, struct arena *a,
		     struct signature_facts *ret)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	size_t wrong = 0;
	*ret = (struct signature_facts){0};
	if (known[0]->state == SIGNATURE_GOOD)
		ret->signer = str_of(arena_strdup(a, known[0]->signer));
	for (size_t i = 0; i < r->count; i++) {
		if (known[i]->state == SIGNATURE_GOOD || wrong++)
			continue;
		add_commit(m, &r->commits[i], a, &text);
		signature_words(known[i], &text);
		ret->remedy = str_of(remedy_of(known[i]->state));
	}
	if (wrong > 1)
		buf_addf(&text, "; of %zu commits that came, %zu more %s not signed well", r->count,
			 wrong - 1, wrong == 2 ? "is" : "are");
	if (wrong)
		ret->problem = arena_str(a, buf_str(&text));
}
