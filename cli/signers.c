#include "cli/signers.h"

#include "base/io.h"
#include "gitsync/signature_range.h"

#define WALL_MS ((int64_t)10 * 60 * 1000)

struct files {
	struct buf ssh, revoked, openpgp;
};

static void files_release(struct files *f)
{
	buf_release(&f->ssh);
	buf_release(&f->revoked);
	buf_release(&f->openpgp);
}

/* What gpg --export writes, as text or as bytes; allowed_signers are lines of text. */
static bool is_openpgp(struct str bytes)
{
	return str_starts(bytes, STR("-----BEGIN PGP")) ||
	       (bytes.len && (unsigned char)bytes.p[0] >= 0x80);
}

static int read_files(const struct cli_signers *s, struct files *f, struct err *err)
{
	int rc = s->revoked ? io_read_file(s->revoked, &f->revoked, err) : 0;
	for (size_t i = 0; rc == 0 && i < s->files.count; i++) {
		CLEANUP(buf_release) struct buf one = BUF_INIT(SIGNERS_MAX_BYTES);
		rc = io_read_file(s->files.items[i], &one, err);
		if (rc < 0)
			break;
		struct buf *to = is_openpgp(buf_str(&one)) ? &f->openpgp : &f->ssh;
		buf_add_str(to, buf_str(&one));
		if (to == &f->ssh && !str_ends(buf_str(&one), STR("\n")))
			buf_add_char(to, '\n');
		rc = buf_check(to, "the list of who may sign", err);
	}
	return rc;
}

static int find(struct cli *c, struct cli_judged *j, const char *name, struct tree_id *ret,
		struct err *err)
{
	*ret = (struct tree_id){0};
	return name ? cli_find_commit(c, &j->folder, name, ret, err) : 0;
}

static int list_commits(struct cli *c, const struct cli_signers *s, const char *commit,
			struct cli_judged *j, struct signature_range *ret, struct err *err)
{
	struct tree_id newest, base, since;
	int rc = find(c, j, commit ? commit : "HEAD", &newest, err);
	if (rc == 0)
		rc = find(c, j, j->base_name, &base, err);
	if (rc == 0 && (rc = find(c, j, s->since, &since, err)) < 0)
		return err_context(err, "--signed-since");
	if (rc == 0)
		rc = signature_range(j->folder.clone, &newest, &base, &since, c->arena, ret, err);
	if (rc == ERR_TOO_LARGE)
		return err_remedy(err, "name a commit that is known to be right: --signed-since "
				       "COMMIT");
	return rc;
}

static int look(struct cli *c, const struct files *f, const struct signature_range *r,
		struct cli_judged *j, struct err *err)
{
	CLEANUP_FREE char *dir = NULL;
	int rc = io_temp_dir("aspora-signing", &dir, err);
	if (rc < 0)
		return rc;
	CLEANUP_FREE char *scratch = io_join(dir, "bench");
	const struct signature_opts o = {
		.repo = j->folder.root,
		.clone = true,
		.ids = r->commits,
		.count = r->count,
		.signers = {buf_str(&f->ssh), buf_str(&f->revoked), buf_str(&f->openpgp)},
		.scratch = scratch,
		.wall_ms = WALL_MS};
	struct signature *found = arena_array(c->arena, r->count, sizeof(*found));
	const struct signature **known = arena_array(c->arena, r->count, sizeof(*known));
	struct err ignored = ERR_INIT;
	rc = signature_run(&o, found, err);
	(void)!io_remove_tree(dir, &ignored);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < r->count; i++)
		known[i] = &found[i];
	struct signature_facts facts;
	signature_facts(j->folder.clone, r, known, c->arena, &facts);
	j->signature_count = r->count;
	j->signature = (struct admit_signature){!r->exempt, facts.signer, facts.problem,
						facts.remedy};
	return 0;
}

int cli_signers_look(struct cli *c, const struct cli_signers *s, const char *commit,
		     struct cli_judged *j, struct err *err)
{
	CLEANUP(files_release)
	struct files f = {BUF_INIT(SIGNERS_MAX_BYTES), BUF_INIT(SIGNERS_MAX_BYTES),
			  BUF_INIT(SIGNERS_MAX_BYTES)};
	struct signature_range range;
	if (!s->files.count && (s->revoked || s->since))
		return cli_usage(c, err, "--%s goes with --signers",
				 s->revoked ? "revoked" : "signed-since");
	if (!s->files.count)
		return 0;
	int rc = read_files(s, &f, err);
	if (rc == 0)
		rc = list_commits(c, s, commit, j, &range, err);
	return rc < 0 ? rc : look(c, &f, &range, j, err);
}

void cli_signers_say(const struct cli_judged *j, const char *commit, struct buf *out)
{
	if (j->signature_count)
		buf_addf(out, "signatures: %zu commit%s looked at\n", j->signature_count,
			 j->signature_count == 1 ? "" : "s");
	else if (commit || j->base_name)
		buf_addz(out, "signatures: not looked at; --signers FILE names who may sign\n");
}
