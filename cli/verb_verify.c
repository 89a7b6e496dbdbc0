/* aspora verify: that what is deployed is what was admitted, and that the log was not rewritten; or receipts in files, without any gateway. */
#include "base/io.h"
#include "cli/gateway.h"
#include "cli/receipt.h"
#include "cli/verbs.h"

static struct {
	const char *signer, *domain, *save;
} o;

static const struct opt options[] = {
	{"signer", 0, OPT_STRING, &o.signer, "KEY",
	 "The public key to trust: 64 hex digits, or a file with them such as keys/release.pub. "
	 "Without it, whoever signed the first release.",
	 NULL},
	{"domain", 'd', OPT_STRING, &o.domain, "DOMAIN", "Hash the skills of this domain only.",
	 NULL},
	{"namespace", 'n', OPT_STRING, &o.domain, "DOMAIN", "The same, for who is used to kubectl.",
	 NULL},
	{"save", 0, OPT_STRING, &o.save, "FILE",
	 "Write the receipts that were verified to a file, for verifying without a gateway.", NULL},
	OPT_END,
};

static const struct doc_limits receipt_limits = {(size_t)256 << 20, 16, 20 * 1000 * 1000, 1 << 20};

static int say_line(const char *fmt, ...) PRINTF(1, 2);
static int say_line(const char *fmt, ...)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(64 * 1024);
	char line[1024];
	va_list args;
	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	buf_addf(&out, "%s\n", line);
	return cli_write(&out, NULL);
}

/* --- receipts -------------------------------------------------------------------------------------------------------- */

static int check_all(struct cli_receipts *r, const struct doc_node *items, const char *from,
		     struct err *err)
{
	int rc = 0;
	for (size_t i = 0; rc == 0 && items && i < items->list.count; i++) {
		char where[512];
		const struct doc_node *one = items->list.items[i];
		struct str number = cli_receipt_line(doc_text(one, "text"), "release");
		snprintf(where, sizeof(where), "%s, %s %.*s", from,
			 number.len ? "release" : "receipt", number.len ? (int)number.len : 0,
			 number.len ? number.p : "");
		rc = cli_receipts_check(r, one, where, err);
	}
	return rc;
}

static void keep(struct buf *saved, const struct doc_node *items)
{
	for (size_t i = 0; o.save && i < items->list.count; i++) {
		doc_write_json(saved, items->list.items[i], 0, false);
		buf_add_char(saved, '\n');
	}
}

static int releases(struct cli_gateway *g, struct cli_receipts *r, struct buf *saved,
		    struct err *err)
{
	struct cli *c = g->c;
	for (;;) {
		const struct doc_node *answer = NULL;
		const char *after = arena_printf(c->arena, "%lld", (long long)r->release);
		int rc = cli_get(g, cli_query(c, cli_path(c, "receipts", NULL), "after", after),
				 &answer, err);
		const struct doc_node *items = rc < 0 ? NULL : doc_find(answer, "items");
		if (rc < 0)
			return rc;
		if (!items || items->type != DOC_LIST || items->list.count == 0)
			return 0;
		cli_progress(c, "verifying releases … %lld", (long long)r->release);
		rc = check_all(r, items, "the gateway", err);
		if (rc < 0)
			return rc;
		keep(saved, items);
	}
}

/* --- the chain ------------------------------------------------------------------------------------------------------- */

struct chain {
	int64_t from, head, revisions;
	struct cli_receipts checkpoints;
};

static int checkpoint(struct chain *ch, const struct doc_node *one, struct buf *saved,
		      struct err *err)
{
	char where[64];
	const struct doc_node *receipt = doc_find(one, "receipt");
	struct str now = doc_text(one, "hash"), signed_hash;
	snprintf(where, sizeof(where), "the checkpoint of revision %lld",
		 (long long)doc_int(one, "revision", 0));
	int rc = cli_receipts_check(&ch->checkpoints, receipt, where, err);
	if (rc < 0)
		return rc;
	signed_hash = cli_receipt_line(doc_text(receipt, "text"), "hash");
	if (!str_eq(now, signed_hash)) {
		err_set(err, ERR_TAMPERED, "%s: the chain has another hash there now", where);
		return err_remedy(err, "revisions up to it were rewritten after it was signed");
	}
	if (o.save) {
		doc_write_json(saved, receipt, 0, false);
		buf_add_char(saved, '\n');
	}
	return 0;
}

static int chain_page(struct chain *ch, const struct doc_node *page, struct buf *saved,
		      struct err *err)
{
	const struct doc_node *points = doc_find(page, "checkpoints");
	int64_t from = doc_int(page, "from", 0), to = doc_int(page, "to", 0);
	int rc = 0;
	ch->head = doc_int(page, "head", 0);
	if (!doc_bool(page, "holds", false)) {
		err_set(err, ERR_TAMPERED, "the hash chain does not hold at revision %lld",
			(long long)doc_int(page, "firstBad", 0));
		return err_remedy(err, "it or a revision before it was changed or taken out of the "
				       "log");
	}
	ch->revisions += MAX(0, to - from + 1);
	for (size_t i = 0; rc == 0 && points && i < points->list.count; i++)
		rc = checkpoint(ch, points->list.items[i], saved, err);
	ch->from = to + 1;
	return rc;
}

static int chain(struct cli_gateway *g, struct chain *ch, struct buf *saved, struct err *err)
{
	struct cli *c = g->c;
	int rc = 0;
	ch->from = 1;
	do {
		const struct doc_node *page = NULL;
		const char *from = arena_printf(c->arena, "%lld", (long long)ch->from);
		rc = cli_get(g, cli_query(c, cli_path(c, "audit", "verify", NULL), "from", from),
			     &page, err);
		if (rc == 0)
			rc = chain_page(ch, page, saved, err);
		cli_progress(c, "verifying the chain … %lld of %lld", (long long)ch->from,
			     (long long)ch->head);
	} while (rc == 0 && ch->from <= ch->head);
	return rc;
}

/* --- the bytes ------------------------------------------------------------------------------------------------------- */

struct bytes {
	int64_t skills, files, problems;
};

static int bytes(struct cli_gateway *g, struct bytes *b, struct err *err)
{
	struct cli *c = g->c;
	const char *after = "";
	do {
		const struct doc_node *page = NULL;
		const char *path = cli_query(c, cli_path(c, "audit", "skills", NULL), "domain",
					     o.domain);
		int rc = cli_get(g, cli_query(c, path, "after", after), &page, err);
		if (rc < 0)
			return rc;
		const struct doc_node *problems = doc_find(page, "problems");
		b->skills += doc_int(page, "skills", 0);
		b->files += doc_int(page, "files", 0);
		for (size_t i = 0; problems && i < problems->list.count; i++, b->problems++)
			cli_say("%.*s: %.*s", STR_ARG(doc_text(problems->list.items[i], "skill")),
				STR_ARG(doc_text(problems->list.items[i], "problem")));
		struct str next = doc_text(page, "next");
		after = arena_strndup(c->arena, next.p, next.len);
		cli_progress(c, "hashing what is deployed … %lld skills", (long long)b->skills);
	} while (*after);
	if (b->problems == 0)
		return 0;
	err_set(err, ERR_TAMPERED, "%lld of %lld deployed skills are not what was admitted",
		(long long)b->problems, (long long)b->skills);
	return err_remedy(err, "`aspora rollback` or a new commit deploys good bytes again");
}

/* --- both ways ------------------------------------------------------------------------------------------------------- */

static int online(struct cli *c, struct cli_receipts *r, struct err *err)
{
	CLEANUP(cli_gateway_release) struct cli_gateway g = {0};
	CLEANUP(buf_release) struct buf saved = BUF_INIT(BUF_MAX);
	CLEANUP(buf_release) struct buf key = BUF_INIT(256);
	struct chain ch = {0};
	struct bytes b = {0};
	int rc = cli_gateway_open(c, &g, err);
	if (rc == 0)
		rc = releases(&g, r, &saved, err);
	ch.checkpoints = *r;
	if (rc == 0)
		rc = chain(&g, &ch, &saved, err);
	if (rc == 0)
		rc = bytes(&g, &b, err);
	cli_progress_end(c);
	if (rc < 0)
		return rc;
	hex_add(&key, r->signer, sizeof(r->signer));
	if ((rc = say_line("releases     %zu receipts hold, each follows the one before",
			   r->releases)) < 0 ||
	    (rc = say_line("chain        %lld revisions up to %lld hold, %zu signed checkpoints",
			   (long long)ch.revisions, (long long)ch.head,
			   ch.checkpoints.checkpoints)) < 0 ||
	    (rc = say_line("skills       %lld with %lld files are what was admitted",
			   (long long)b.skills, (long long)b.files)) < 0 ||
	    (rc = say_line("signed by    %s%s", r->known ? buf_cstr(&key) : "nobody yet",
			   r->pinned ? "" : " (not pinned: --signer)")) < 0)
		return rc;
	return o.save ? io_write_file(o.save, buf_str(&saved), 0644, err) : 0;
}

/* One receipt a line, as --save writes them; or one document: a receipt, a list, an admission. */
static int offline_file(struct cli *c, struct cli_receipts *r, const char *path, struct err *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(receipt_limits.bytes);
	int rc = io_read_file(path, &text, err);
	struct str rest = buf_str(&text), line;
	unsigned number = 0;
	while (rc == 0 && str_split(&rest, '\n', &line)) {
		const struct doc_node *one = NULL;
		char where[512];
		number++;
		if (str_trim(line).len == 0)
			continue;
		snprintf(where, sizeof(where), "%s:%u", path, number);
		rc = doc_parse_json(c->arena, line, &receipt_limits, where, &one, err);
		if (rc == 0)
			rc = cli_receipts_check(r, one, where, err);
	}
	return rc;
}

static int offline(struct cli *c, struct cli_receipts *r, struct err *err)
{
	CLEANUP(buf_release) struct buf key = BUF_INIT(256);
	int rc = 0;
	for (int i = 0; rc == 0 && i < c->operand_count; i++)
		rc = offline_file(c, r, c->operands[i], err);
	if (rc < 0)
		return rc;
	hex_add(&key, r->signer, sizeof(r->signer));
	if (r->verdicts + r->releases + r->checkpoints == 0)
		return err_set(err, ERR_INVALID, "there is no receipt in what was given");
	rc = say_line("%zu releases, %zu verdicts, %zu checkpoints hold", r->releases, r->verdicts,
		      r->checkpoints);
	return rc < 0 ? rc
		      : say_line("signed by %s%s", buf_cstr(&key),
				 r->pinned ? "" : " (not pinned: --signer)");
}

static int verify(struct cli *c, struct err *err)
{
	struct cli_receipts r = {0};
	int rc = o.signer ? cli_receipts_pin(&r, o.signer, err) : 0;
	if (rc == 0 && c->operand_count && (o.save || o.domain))
		rc = cli_usage(c, err, "--save and --domain are of what a gateway has");
	if (rc < 0)
		return rc;
	return c->operand_count ? offline(c, &r, err) : online(c, &r, err);
}

const struct cli_verb cli_verb_verify = {
	.name = "verify",
	.usage = "[FILE ...]",
	.help = "Verify receipts, the hash chain, and the deployed bytes.",
	.about = "Without operands: the signed receipts of all releases are fetched and verified\n"
		 "here, the gateway recomputes the hash chain of every change against its signed\n"
		 "checkpoints, and the files of every deployed skill are hashed and held against "
		 "what\n"
		 "was admitted. With files: receipts, one a line, as --save writes them, are "
		 "verified\n"
		 "without any gateway or database. The exit status is 20 when something does not "
		 "hold.",
	.options = options,
	.uses = CLI_USES_GATEWAY,
	.least = 0,
	.most = -1,
	.run = verify,
};
