/*
 * The lines that findings are about, read once more when all is judged. A report is read by more people than the file: what the guard takes for
 * personal data or a secret is overwritten first, whatever the policy says of it.
 */
#include "admission/admit_int.h"
#include "guard/guard.h"

#define QUOTES_MAX 100 /* of one verdict; the rest has its place still */
#define READ_MAX ((size_t)4 << 20) /* bytes for one verdict */
#define FILE_MAX ((size_t)1 << 20)
#define SCAN_MEMORY ((size_t)64 << 20)

struct quoting {
	const struct guard_rules *rules;
	struct tree_source *tree;
	struct buf text; /* of the file last turned to, masked; empty: it cannot be shown */
	struct str path;
	struct tree_id blob;
	size_t count, read;
};

static void overwrite(struct buf *text, size_t start, size_t end)
{
	for (size_t i = start; i < MIN(end, text->len); i++)
		if (text->data[i] != '\n')
			text->data[i] = '*';
}

/* Errors: those of guard_scan(): then nothing of the file is shown. */
static int mask(struct quoting *q, struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new_sized(SCAN_MEMORY, 1024);
	const struct guard_options opt = {.categories = 1u << GUARD_PII | 1u << GUARD_SECRET,
					  .no_allow = true};
	struct guard_findings found = {0};
	int rc = guard_scan(q->rules, &opt, buf_str(&q->text), a, &found, err);
	for (size_t i = 0; i < found.count && rc == 0; i++)
		overwrite(&q->text, found.items[i].start, found.items[i].end);
	return rc;
}

/* What the parsers say has a path and no id. Errors: those of the tree. */
static int read_file(struct quoting *q, const struct finding *f, struct err *err)
{
	struct tree_entry at = {.id = f->blob};
	int rc = 0;
	if (q->read >= READ_MAX)
		return err_set(err, ERR_TOO_LARGE, "enough was read for one report");
	if (!f->blob.len)
		rc = tree_lookup(q->tree, f->path, &tree_limits_default, &at, err);
	if (rc == 0)
		rc = tree_read(q->tree, &at.id, &q->text, err);
	q->read += q->text.len;
	return rc < 0 ? rc : mask(q, err);
}

static void turn_to(struct quoting *q, const struct finding *f)
{
	struct err ignored = ERR_INIT; /* a report without the line is a report */
	if (str_eq(q->path, f->path) && tree_id_equal(&q->blob, &f->blob))
		return;
	q->path = f->path;
	q->blob = f->blob;
	q->text.len = 0;
	if (read_file(q, f, &ignored) < 0)
		q->text.len = 0;
}

static void quote_one(struct quoting *q, struct findings *list, struct finding *f)
{
	bool whole = f->line == 1 && f->column == 1 && f->end == f->start; /* of the file */
	if (f->severity == SEVERITY_NOTE || !f->path.len || !f->line || whole ||
	    q->count >= QUOTES_MAX)
		return;
	turn_to(q, f);
	struct str text = buf_str(&q->text);
	bool span = f->end > f->start && f->end <= text.len;
	size_t start = span ? f->start : finding_offset(f, text);
	if (!text.len)
		return;
	finding_quote(list, f, text, start, span ? f->end : start);
	q->count++;
}

static void quote_all(const struct admit_guard *g, struct findings *list)
{
	struct quoting q = {.rules = admit_guard_rules(g),
			    .tree = admit_guard_tree(g),
			    .text = BUF_INIT(FILE_MAX)};
	for (size_t i = 0; i < list->count; i++)
		quote_one(&q, list, &list->items[i]);
	buf_release(&q.text);
}

void admitting_quote(struct admitting *m)
{
	const struct admit_guard *g = m->o->guard;
	if (!admit_guard_tree(g))
		return;
	quote_all(g, &m->out->repository);
	if (m->out->platform_judged)
		quote_all(g, &m->out->platform.findings);
	for (size_t i = 0; i < m->out->domain_count; i++) {
		quote_all(g, &m->out->domains[i].verdict.findings);
		if (m->out->domains[i].reduced)
			quote_all(g, &m->out->domains[i].reduced->findings);
	}
}
