/* Objects of all kinds: their columns, pages, filters, tenants, and what they were. */
#include "store/object.h"

#include "tests/unit/store/help_object.h"

START_TEST(every_kind_has_the_columns_of_its_table)
{
	struct store *g = object_full();
	for (const struct kind *k = kinds; k->name; k++) {
		struct object_query q = {.kind = k->name};
		const struct doc_node *n = object_list(g, &q);
		ck_assert_msg(n->list.count > 0, "there is no %s", k->name);
		const struct doc_node *one = n->list.items[0];
		assert_path(one, "apiVersion", API_VERSION);
		assert_path(one, "kind", k->name);
		ck_assert_str_ne(object_text(one, "metadata.name"), "(absent)");
		if (k->namespaced)
			assert_path(one, "metadata.domain", "ecm");
		for (const struct kind_column *c = k->columns; c->title; c++) {
			const char *space = strrchr(c->path, ' ');
			const char *path = space ? space + 1 : c->path;
			/* Of a second version, of an error, of limits, of an end: not in these. */
			if (c->wide || strcmp(c->title, "USED") == 0)
				continue;
			ck_assert_msg(kind_path(one, path) != NULL, "%s lacks %s", k->name, path);
		}
		/* What is listed can be got by its name. */
		const char *name = object_text(one, "metadata.name");
		const char *domain = k->namespaced ? "ecm" : "";
		assert_path(object_get(g, k->name, domain, name), "metadata.name", name);
	}
}
END_TEST

START_TEST(details_of_the_kinds_are_as_documented)
{
	struct store *g = object_full();
	const struct doc_node *n = object_get(g, "Execution", "ecm", "EXEC-20260218120000-0");
	ck_assert_int_eq(kind_path(n, "spec.input.a")->type, DOC_NULL);
	assert_path(n, "status.phase", "succeeded");
	assert_path(n, "status.forwarded", "EXEC-2");
	assert_path(n, "status.result.output", "1");
	struct object_query q = {.kind = "Execution"};
	n = object_list(g, &q)->list.items[0];
	assert_path(n, "spec.input", "(absent)");
	n = object_get(g, "Release", "", "1");
	assert_path(n, "status.phase", "Current");
	assert_path(n, "status.domains[0]", "ecm");
	assert_path(n, "status.items[0].domain", "ecm");
	assert_path(n, "spec.message", "a message");
	n = object_get(g, "Source", "", "main");
	assert_path(n, "spec.url", "https://example.org/skills.git");
	assert_path(n, "status.domains[0]", "ecm");
	n = object_get(g, "Route", "ecm", "order-details.command.order-status-id-229802");
	assert_path(n, "spec.pattern", "order status {id}");
	assert_path(n, "spec.versions[0].weightMillionths", "1000000");
	q = (struct object_query){.kind = "Admission", .domain = STR("ecm")};
	n = object_list(g, &q)->list.items[0];
	assert_path(n, "status.verdict", "allow");
	ck_assert_ptr_nonnull(strstr(object_text(n, "status.receipt.text"), "aspora.verdict.v1"));
}
END_TEST

START_TEST(filters_leave_out_what_was_not_asked_for)
{
	struct store *g = object_full();
	static const struct {
		struct object_query q;
		size_t count;
	} cases[] = {
		{{.kind = "Execution", .state = STR("queued")}, 0},
		{{.kind = "Execution", .state = STR("succeeded"), .skill = STR("triage")}, 1},
		{{.kind = "Execution", .domain = STR("frm")}, 0},
		{{.kind = "Instance", .state = STR("live")}, 1},
		{{.kind = "Instance", .state = STR("ended")}, 0},
		{{.kind = "Admission", .state = STR("deny")}, 0},
		{{.kind = "Event", .about_kind = STR("Skill"), .about_name = STR("triage")}, 1},
		{{.kind = "Event", .about_kind = STR("Source")}, 0},
		{{.kind = "Release", .domain = STR("frm")}, 0},
		{{.kind = "Release", .domain = STR("ecm")}, 1},
		{{.kind = "Route", .skill = STR("triage")}, 0},
		{{.kind = "Skill", .domain = STR("frm")}, 0},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		ck_assert_msg(object_list(g, &cases[i].q)->list.count == cases[i].count, "case %zu",
			      i);
}
END_TEST

START_TEST(pages_show_everything_once_and_in_order)
{
	struct store *sync = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(sync, "sync");
	struct support_skill many[25] = {0};
	char names[25][16];
	for (size_t i = 0; i < 25; i++) {
		snprintf(names[i], sizeof(names[i]), "skill-%02zu", i);
		many[i] = (struct support_skill){.name = names[i], .content = "same"};
	}
	support_release(sync, l, "ecm", "c1", many, 25);
	support_release(sync, l, "frm", "c2", many, 3);
	struct store *g = support_pg_open(STORE_GATEWAY);
	struct object_query q = {.kind = "Skill", .limit = 10};
	struct object_cursor c = {0};
	struct buf out = BUF_INIT(BUF_MAX);
	size_t counts[4], total = 0;
	buf_add_char(&out, '[');
	for (size_t i = 0; i < 4; i++) {
		if (total && i < 3)
			buf_add_char(&out, ',');
		assert_ok(store_object_page(g, &q, &c, &out, &counts[i], &support_err));
		total += counts[i];
	}
	buf_add_char(&out, ']');
	ck_assert_uint_eq(counts[0], 10);
	ck_assert_uint_eq(counts[2], 8);
	ck_assert_uint_eq(counts[3], 0);
	const struct doc_node *n = object_parse(buf_str(&out));
	ck_assert_uint_eq(n->list.count, 28);
	for (size_t i = 0; i < 28; i++) {
		assert_path(n->list.items[i], "metadata.domain", i < 25 ? "ecm" : "frm");
		assert_path(n->list.items[i], "metadata.name", names[i < 25 ? i : i - 25]);
	}
	/* Releases: newest first, one by one. */
	q = (struct object_query){.kind = "Release", .limit = 1};
	c = (struct object_cursor){0};
	for (int i = 2; i >= 1; i--) {
		buf_reset(&out);
		assert_ok(store_object_page(g, &q, &c, &out, &total, &support_err));
		assert_path(object_parse(buf_str(&out)), "metadata.name", i == 2 ? "2" : "1");
	}
	assert_ok(store_object_page(g, &q, &c, &out, &total, &support_err));
	ck_assert_uint_eq(total, 0);
	buf_release(&out);
}
END_TEST

START_TEST(another_tenants_objects_are_not_there)
{
	struct store *g = object_full();
	assert_ok(store_scope(g, STR("frm"), &support_err));
	static const char *const hidden[] = {"Skill",	   "Domain",   "Route", "Release",
					     "Admission",  "Instance", "Event", "Execution",
					     "Quarantine", "Approval"};
	for (size_t i = 0; i < ARRAY_SIZE(hidden); i++) {
		struct object_query q = {.kind = hidden[i]};
		ck_assert_msg(object_list(g, &q)->list.count == 0, "%s is seen", hidden[i]);
	}
	assert_ok(store_scope(g, STR("frm,ecm"), &support_err));
	struct object_query q = {.kind = "Skill"};
	ck_assert_uint_eq(object_list(g, &q)->list.count, 2);
}
END_TEST

START_TEST(names_that_can_be_none_are_not_found)
{
	struct store *g = object_full();
	static const char *const names[] = {"../x",
					    "'; drop table key; --",
					    "ORDER-DETAILS",
					    "order-details\x01",
					    "9999999999999999999",
					    "\xff"};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		for (const struct kind *k = kinds; k->name; k++) {
			struct buf out = BUF_INIT(BUF_MAX);
			struct object_query q = {.kind = k->name,
						 .domain = k->namespaced ? STR("ecm") : STR_NULL,
						 .name = str_of(names[i])};
			assert_err(store_object_get(g, &q, &out, &support_err), ERR_NOT_FOUND,
				   "there is no ");
			buf_release(&out);
		}
}
END_TEST

/* The names of a list, one after the other, read in pages of `limit`. */
static const char *names_at(struct store *g, const char *kind, int64_t at, size_t limit)
{
	static char names[256];
	const struct object_query q = {.kind = kind, .at = at, .limit = limit};
	struct object_cursor cursor = {0};
	size_t count = limit;
	names[0] = '\0';
	while (count == limit) {
		struct buf page = BUF_INIT(BUF_MAX), list = BUF_INIT(BUF_MAX);
		assert_ok(store_object_page(g, &q, &cursor, &page, &count, &support_err));
		buf_addf(&list, "[%s]", buf_cstr(&page));
		const struct doc_node *n = object_parse(buf_str(&list));
		for (size_t i = 0; i < n->list.count; i++) {
			struct str name = doc_text(doc_find(n->list.items[i], "metadata"), "name");
			size_t len = strlen(names);
			snprintf(names + len, sizeof(names) - len, "%.*s ", STR_ARG(name));
		}
		buf_release(&page);
		buf_release(&list);
	}
	return names;
}

START_TEST(lists_are_read_as_they_were_and_page_by_page)
{
	struct store *sync;
	struct lease *l;
	struct store *g = object_released(&sync, &l);
	char before[256], domains[256];
	struct store_head head;
	assert_ok(store_head(g, &head, &support_err));
	snprintf(before, sizeof(before), "%s", names_at(g, "Skill", head.at.rev, 500));
	snprintf(domains, sizeof(domains), "%s", names_at(g, "Domain", head.at.rev, 500));
	struct support_skill added = {.name = "one-more", .content = "x1"};
	int64_t rev = support_release(sync, l, "later", "c9", &added, 1);
	ck_assert_str_eq(names_at(g, "Skill", rev - 1, 500), before);
	ck_assert_str_eq(names_at(g, "Skill", rev - 1, 1), before);
	ck_assert_str_eq(names_at(g, "Domain", rev - 1, 1), domains);
	ck_assert_ptr_nonnull(strstr(names_at(g, "Skill", rev, 1), "one-more"));
	ck_assert_ptr_nonnull(strstr(names_at(g, "Domain", rev, 500), "later"));
	ck_assert_str_eq(names_at(g, "Skill", 1, 500), "");
	const struct object_query none = {.kind = "Route", .at = rev, .limit = 1};
	struct object_cursor cursor = {0};
	struct buf page = BUF_INIT(BUF_MAX);
	size_t count = 0;
	assert_err(store_object_page(g, &none, &cursor, &page, &count, &support_err),
		   ERR_UNSUPPORTED, "objects of kind Route are not kept as they were");
	buf_release(&page);
}
END_TEST

START_TEST(a_revision_is_found_by_its_time_and_by_its_commit)
{
	struct store *g = object_seen();
	struct store_head head;
	int64_t rev = 0, now = clock_wall(&clock_real);
	assert_ok(store_head(g, &head, &support_err));
	assert_ok(store_revision_at_time(g, now + 3600000, &rev, &support_err));
	ck_assert_int_eq(rev, head.at.rev);
	assert_err(store_revision_at_time(g, now - (int64_t)86400000 * 365, &rev, &support_err),
		   ERR_NOT_FOUND, "there was nothing yet at 20");
	assert_err(store_revision_of_commit(g, STR("fffffffffff"), &rev, &support_err),
		   ERR_NOT_FOUND, "commit fffffffffff was never released");
	struct buf out = BUF_INIT(BUF_MAX);
	const struct object_query q = {
		.kind = "Skill", .domain = STR("ecm"), .name = STR("order-details")};
	assert_ok(store_object_get(g, &q, &out, &support_err));
	const struct doc_node *n = object_parse(buf_str(&out));
	struct str commit = doc_text(doc_find(doc_find(n, "metadata"), "source"), "revision");
	assert_ok(store_revision_of_commit(g, str_sub(commit, 0, 7), &rev, &support_err));
	ck_assert_int_le(rev, head.at.rev);
	ck_assert_int_gt(rev, 1);
	buf_release(&out);
}
END_TEST

START_TEST(the_past_is_read_by_revision)
{
	struct store *sync;
	struct lease *l;
	struct store *g = object_released(&sync, &l);
	object_promote("ecm", object_two, 2);
	struct support_skill changed = {.name = "order-details", .content = "a2"};
	int64_t rev = support_release(sync, l, "ecm", "c2", &changed, 1);
	char hex[DIGEST_HEX + 1];
	struct digest a1 = word_digest("a1"), a2 = word_digest("a2");
	struct buf out = BUF_INIT(BUF_MAX);
	struct object_query then = {
		.kind = "Skill", .domain = STR("ecm"), .name = STR("order-details"), .at = rev - 1};
	assert_ok(store_object_get(g, &then, &out, &support_err));
	const struct doc_node *n = object_parse(buf_str(&out));
	assert_path(n, "status.digest", digest_hex(&a1, hex));
	assert_path(n, "status.versions[0].content", digest_hex(&a1, hex));
	buf_reset(&out);
	then.at = rev;
	assert_ok(store_object_get(g, &then, &out, &support_err));
	assert_path(object_parse(buf_str(&out)), "status.digest", digest_hex(&a2, hex));
	then.at = 1;
	assert_err(store_object_get(g, &then, &out, &support_err), ERR_NOT_FOUND,
		   "there was no Skill \"ecm/order-details\" at revision 1");
	char near[132];
	assert_ok(store_object_nearest_skill(g, STR("ecm/order-detail"), near, &support_err));
	ck_assert_str_eq(near, "ecm/order-details");
	assert_ok(store_object_nearest_skill(g, STR("hr/resume-screening"), near, &support_err));
	ck_assert_str_eq(near, "");
	buf_release(&out);
}
END_TEST

static int64_t counted(const struct object_count *list_, size_t count, const char *metric,
		       const char *label)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list_[i].metric, metric) == 0 && str_eqz(list_[i].label, label))
			return list_[i].value;
	return -1;
}

START_TEST(what_is_counted_is_right)
{
	struct store *g = object_full();
	struct object_count *n = NULL;
	size_t count = 0;
	assert_ok(store_object_counts(g, object_arena(), &n, &count, &support_err));
	ck_assert_int_eq(counted(n, count, "skills", "Ready"), 2);
	ck_assert_int_eq(counted(n, count, "executions", "succeeded"), 1);
	ck_assert_int_eq(counted(n, count, "queue", ""), 0);
	ck_assert_int_eq(counted(n, count, "instances", "ready"), 1);
	ck_assert_int_eq(counted(n, count, "sources", "Pending"), 1);
	ck_assert_int_eq(counted(n, count, "quarantines", ""), 1);
	ck_assert_int_eq(counted(n, count, "release", ""), 1);
	ck_assert_int_gt(counted(n, count, "revision", ""), 2);
	ck_assert_int_gt(counted(n, count, "leases", "sync/0"), 0);
}
END_TEST

static const struct support_case cases[] = {CASE(every_kind_has_the_columns_of_its_table),
					    CASE(details_of_the_kinds_are_as_documented),
					    CASE(filters_leave_out_what_was_not_asked_for),
					    CASE(pages_show_everything_once_and_in_order),
					    CASE(another_tenants_objects_are_not_there),
					    CASE(names_that_can_be_none_are_not_found),
					    CASE(the_past_is_read_by_revision),
					    CASE(lists_are_read_as_they_were_and_page_by_page),
					    CASE(a_revision_is_found_by_its_time_and_by_its_commit),
					    CASE(what_is_counted_is_right),
					    {0}};

int main(void)
{
	return support_pg_main("store/object_list", cases);
}
