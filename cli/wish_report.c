#include "cli/wish_report.h"

#include "skill/finding.h"
#include "skill/text.h"

/* --- the plan --------------------------------------------------------------------------------------------- */

static char mark_of(struct str op)
{
	return str_eqz(op, "create") ? '+' : str_eqz(op, "delete") ? '-' : '~';
}

static const struct doc_node *item(const struct doc_node *list, size_t i)
{
	return list && list->type == DOC_LIST && i < list->list.count ? list->list.items[i] : NULL;
}

static void skill_line(struct buf *out, struct str domain, const struct doc_node *skill)
{
	const struct doc_node *details = doc_find(skill, "details"), *d;
	struct str op = doc_text(skill, "op");
	buf_addf(out, "%c ", mark_of(op));
	text_escape(out, domain, 0);
	buf_add_char(out, '/');
	text_escape(out, doc_text(skill, "name"), 0);
	buf_addf(out, "  %.*s\n", STR_ARG(op));
	for (size_t i = 0; (d = item(details, i)); i++) {
		buf_addf(out, "    %c ", doc_bool(d, "growth", false) ? '!' : ' ');
		text_escape(out, doc_text(d, "text"), 0);
		buf_add_char(out, '\n');
	}
}

void cli_wish_plan(struct buf *out, const struct doc_node *plan)
{
	const struct doc_node *domains = doc_find(plan, "domains"), *d, *s;
	for (size_t i = 0; (d = item(domains, i)); i++) {
		const struct doc_node *skills = doc_find(d, "skills");
		for (size_t k = 0; (s = item(skills, k)); k++)
			skill_line(out, doc_text(d, "name"), s);
		if (item(skills, 0))
			continue;
		buf_addf(out, "%c ", mark_of(doc_text(d, "op")));
		text_escape(out, doc_text(d, "name"), 0);
		buf_addz(out, "  its own files or policy\n");
	}
}

/* --- findings ---------------------------------------------------------------------------------------------- */

static int collect(struct findings *all, const struct doc_node *of, struct err *err)
{
	struct findings some;
	const struct doc_node *list = doc_find(of, "findings");
	findings_init(&some, all->arena);
	int rc = list ? findings_from_json(&some, list, err) : 0;
	if (rc == 0)
		findings_append(all, &some);
	return rc;
}

static int findings_lines(struct buf *out, const struct doc_node *admission, enum severity least,
			  struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)256 << 20);
	const struct doc_node *domains = doc_find(admission, "domains"), *d;
	struct findings all;
	findings_init(&all, a);
	int rc = collect(&all, admission, err);
	if (rc == 0)
		rc = collect(&all, doc_find(admission, "platform"), err);
	for (size_t i = 0; rc == 0 && (d = item(domains, i)); i++)
		rc = collect(&all, d, err);
	findings_sort(&all);
	for (size_t i = 0; rc == 0 && i < all.count; i++)
		if (all.items[i].severity >= least)
			finding_text(out, &all.items[i]);
	return rc;
}

int cli_wish_report(struct buf *out, const struct doc_node *wish, struct err *err)
{
	const struct doc_node *result = doc_find(doc_find(wish, "status"), "result");
	const struct doc_node *admission = doc_find(result, "admission");
	bool dry_run = doc_bool(result, "dryRun", false);
	cli_wish_plan(out, doc_find(result, "plan"));
	return admission ? findings_lines(out, admission, dry_run ? SEVERITY_WARN : SEVERITY_DENY,
					  err)
			 : 0;
}
