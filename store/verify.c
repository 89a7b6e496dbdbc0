#include "store/verify.h"

#include "skill/digest.h"
#include "store/blob.h"
#include "store/change.h"
#include "store/txn_int.h"

struct checking {
	struct arena *arena;
	struct verify_report *report;
	struct str skill;
	size_t cap;
};

static void problem(struct checking *c, const char *fmt, ...) PRINTF(2, 3);
static void problem(struct checking *c, const char *fmt, ...)
{
	char says[512];
	va_list args;
	va_start(args, fmt);
	vsnprintf(says, sizeof(says), fmt, args);
	va_end(args);
	struct verify_report *r = c->report;
	ARENA_GROW(c->arena, r->problems, r->problem_count, c->cap);
	r->problems[r->problem_count++] = (struct verify_problem){
		.skill = c->skill, .says = arena_str(c->arena, str_of(says))};
}

static int check_file(void *state, const struct manifest_file *f, struct str bytes, struct err *err)
{
	struct checking *c = state;
	struct digest d = blob_digest(bytes);
	(void)err;
	c->report->files++;
	c->report->bytes += bytes.len;
	if (!digest_equal(&d, &f->digest))
		problem(c, "%.*s: the stored bytes have another digest than the one admitted",
			STR_ARG(f->path));
	return 0;
}

static int check_bytes(struct checking *c, struct store *s, const struct manifest *m,
		       struct err *err)
{
	struct err missing = ERR_INIT;
	int r = store_blob_each(s, m, check_file, c, &missing);
	if (r == ERR_NOT_FOUND) {
		problem(c, "%s", missing.msg);
		return 0;
	}
	if (r < 0 && err)
		*err = missing;
	return r;
}

static int check_skill(struct checking *c, struct store *s, struct row *row, struct err *err)
{
	const struct manifest *m = NULL;
	char hex[DIGEST_HEX + 1];
	struct digest content = row_digest(row);
	int r = manifest_read(c->arena, row_text(row), &m, err);
	struct str logged = row_text(row);
	bool kept = row_bool(row), allowed = row_bool(row);
	if (r < 0)
		return r;
	struct digest made = skill_digest_content(m);
	if (!digest_equal(&made, &content))
		problem(c, "its list of files does not have the deployed digest %.12s",
			digest_hex(&content, hex));
	if (kept && !str_eqz(logged, digest_hex(&content, hex)))
		problem(c, "%.12s is deployed, and the chain recorded \"%.*s\"", hex,
			(int)MIN(logged.len, 12), logged.p);
	if (!allowed)
		problem(c, "%.12s is deployed without an allow verdict", hex);
	c->report->skills++;
	return check_bytes(c, s, m, err);
}

int store_verify_skills(struct store *s, struct arena *a, struct str domain, struct str after,
			size_t limit, struct verify_report *ret, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_verify_skills);
	bind_text(&b, domain);
	bind_text(&b, after);
	bind_i64(&b, (int64_t)limit);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int r = wire_query(s, &b, &rows, err);
	struct checking c = {.arena = a, .report = ret};
	*ret = (struct verify_report){.next = STR("")};
	for (int i = 0; r >= 0 && i < rows.count; i++) {
		struct row row = row_of(&rows, i);
		struct str d = row_text(&row), n = row_text(&row);
		c.skill = str_of(arena_printf(a, "%.*s/%.*s", STR_ARG(d), STR_ARG(n)));
		r = check_skill(&c, s, &row, err);
	}
	if (r >= 0 && (size_t)rows.count == limit)
		ret->next = c.skill;
	return r;
}

/* id, text, signer, signature: what both kinds of rows begin with. */
static void read_receipt(struct row *c, struct arena *a, void *ret)
{
	struct stored_receipt *r = ret;
	r->id = row_i64(c);
	r->text = row_copy(c, a);
	r->signer = (const uint8_t *)row_copy(c, a).p;
	r->signature = (const uint8_t *)row_copy(c, a).p;
}

int store_receipt_list(struct store *s, struct arena *a, int64_t after, size_t limit,
		       struct stored_receipt **ret, size_t *ret_count, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_receipt_list);
	bind_i64(&b, after);
	bind_i64(&b, (int64_t)limit);
	return wire_list(s, &b, &(struct row_list){a, read_receipt, sizeof(**ret), ret, ret_count},
			 err);
}

static void read_checkpoint(struct row *c, struct arena *a, void *ret)
{
	struct stored_receipt *e = ret;
	read_receipt(c, a, e);
	if (!row_null(c))
		e->hash = row_digest(c);
}

int store_checkpoint_list(struct store *s, struct arena *a, int64_t from, int64_t to,
			  struct stored_receipt **ret, size_t *ret_count, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_checkpoint_list);
	bind_i64(&b, from);
	bind_i64(&b, to);
	return wire_list(
		s, &b, &(struct row_list){a, read_checkpoint, sizeof(**ret), ret, ret_count}, err);
}

int store_checkpoint_put(struct store *s, const struct store_signer *signer, int64_t last,
			 int64_t *ret_rev, struct err *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(4096);
	uint8_t signature[SIGN_SIZE];
	struct store_head head;
	int r = store_head(s, &head, err);
	if (r < 0)
		return r;
	*ret_rev = head.at.rev;
	if (head.at.rev == last || head.at.rev == 0)
		return 0;
	store_receipt_checkpoint(&text, &head, clock_wall(store_clock(s)));
	sign_make(signer->secret_key, buf_str(&text), signature);
	CLEANUP(bind_release) struct bind b = BIND(&sql_checkpoint_put);
	bind_i64(&b, head.at.rev);
	bind_i64(&b, head.at.incarnation);
	bind_text(&b, buf_str(&text));
	bind_bytes(&b, signer->public_key, SIGN_PUBLIC_SIZE);
	bind_bytes(&b, signature, SIGN_SIZE);
	return wire_query(s, &b, NULL, err);
}
