/*
 * An admission made by hand, for tests of what reports write: one domain "ecm" that was updated, and findings that tests add.
 */
#ifndef TESTS_UNIT_ADMISSION_HELP_REPORT_H
#define TESTS_UNIT_ADMISSION_HELP_REPORT_H

#include "admission/report_int.h"
#include "base/mem.h"
#include "tests/unit/support.h"

struct made {
	struct arena *arena;
	struct snapshot snapshot;
	struct change_detail details[2];
	struct skill_change skill;
	struct domain_change change;
	struct admission_domain domain;
	struct admission admission;
	struct report_opts opts;
	struct buf out; /* what was written last */
};

static inline void made_init(struct made *m)
{
	*m = (struct made){.arena = arena_new((size_t)64 << 20), .out = BUF_INIT(BUF_MAX)};
	snprintf(m->snapshot.source.name, sizeof(m->snapshot.source.name), "main");
	snprintf(m->snapshot.source.revision, sizeof(m->snapshot.source.revision), "0123abcd");
	m->skill = (struct skill_change){
		.op = CHANGE_UPDATE, .domain = STR("ecm"), .name = STR("order")};
	m->change = (struct domain_change){
		.op = CHANGE_UPDATE, .name = STR("ecm"), .skills = &m->skill, .skill_count = 1};
	m->domain = (struct admission_domain){
		.name = STR("ecm"), .op = CHANGE_UPDATE, .change = &m->change};
	m->admission = (struct admission){.arena = m->arena,
					  .domains = &m->domain,
					  .domain_count = 1,
					  .denied = 1,
					  .snapshot = &m->snapshot};
	findings_init(&m->domain.verdict.findings, m->arena);
	findings_init(&m->admission.repository, m->arena);
	findings_init(&m->admission.platform.findings, m->arena);
}

static inline void made_release(struct made *m)
{
	buf_release(&m->out);
	arena_free(m->arena);
}

static inline struct finding *made_add(struct made *m, const struct finding *f)
{
	return findings_add(&m->domain.verdict.findings, f);
}

/* Good until the next call. */
static inline const char *made_write(struct made *m, const char *format)
{
	const struct report_format *f = report_format_find(str_of(format));
	ck_assert_msg(f != NULL, "no format %s", format);
	buf_reset(&m->out);
	f->write(&m->out, &m->admission, &m->opts);
	return buf_cstr(&m->out);
}

/* The same, read back. */
static inline const struct doc_node *made_parse(struct made *m, const char *format)
{
	const struct doc_node *root = NULL;
	static const struct doc_limits limits = {(size_t)16 << 20, 64, 1000000, (size_t)16 << 20};
	(void)made_write(m, format);
	assert_ok(doc_parse_json(m->arena, arena_str(m->arena, buf_str(&m->out)), &limits, format,
				 &root, &support_err));
	return root;
}

static inline const struct doc_node *item(const struct doc_node *list, size_t i)
{
	ck_assert(list && list->type == DOC_LIST && i < list->list.count);
	return list->list.items[i];
}

static inline size_t count_of(const char *text, const char *part)
{
	size_t n = 0;
	for (const char *at = text; (at = strstr(at, part)) != NULL; at += strlen(part))
		n++;
	return n;
}

#define assert_part(text, part)                                                                    \
	do {                                                                                       \
		const char *t_ = (text);                                                           \
		ck_assert_msg(strstr(t_, part) != NULL, "\"%.1500s\" lacks \"%s\"", t_, part);     \
	} while (0)
#define assert_no_part(text, part)                                                                 \
	do {                                                                                       \
		const char *t_ = (text);                                                           \
		ck_assert_msg(strstr(t_, part) == NULL, "\"%.1500s\" has \"%s\"", t_, part);       \
	} while (0)

#endif
