#include "tests/unit/store/help_object.h"

#include "store/rollout.h"

const struct support_skill object_two[] = {
	{.name = "order-details", .content = "a1", .pattern = "order status {id}"},
	{.name = "triage", .content = "b1"}};

struct arena *object_arena(void)
{
	static struct arena *a;
	if (!a)
		a = arena_new(64 * 1024 * 1024);
	return a;
}

const struct doc_node *object_parse(struct str text)
{
	const struct doc_node *n = NULL;
	assert_ok(
		doc_parse_json(object_arena(), text, &doc_limits_json, "object", &n, &support_err));
	return n;
}

const struct doc_node *object_get(struct store *s, const char *kind, const char *domain,
				  const char *name)
{
	struct buf out = BUF_INIT(BUF_MAX);
	struct object_query q = {.kind = kind, .domain = str_of(domain), .name = str_of(name)};
	assert_ok(store_object_get(s, &q, &out, &support_err));
	const struct doc_node *n = object_parse(buf_str(&out));
	buf_release(&out);
	return n;
}

const char *object_text(const struct doc_node *n, const char *path)
{
	const struct doc_node *at = kind_path(n, path);
	return at ? arena_str(object_arena(), at->text).p : "(absent)";
}

const struct doc_node *object_list(struct store *s, const struct object_query *q)
{
	struct buf out = BUF_INIT(BUF_MAX);
	struct object_query all = *q;
	struct object_cursor c = {0};
	size_t count = 0;
	all.limit = OBJECT_PAGE_MAX;
	buf_add_char(&out, '[');
	assert_ok(store_object_page(s, &all, &c, &out, &count, &support_err));
	buf_add_char(&out, ']');
	const struct doc_node *n = object_parse(buf_str(&out));
	ck_assert_uint_eq(n->list.count, count);
	buf_release(&out);
	return n;
}

struct store *object_released(struct store **ret_sync, struct lease **ret_lease)
{
	*ret_sync = support_pg_open(STORE_SYNC);
	*ret_lease = support_pg_lease(*ret_sync, "sync");
	support_release(*ret_sync, *ret_lease, "ecm", "c1", object_two, 2);
	return support_pg_open(STORE_GATEWAY);
}

struct store *object_seen(void)
{
	struct store *sync;
	struct lease *l;
	return object_released(&sync, &l);
}

void object_promote(const char *domain, const struct support_skill *skills, size_t count)
{
	struct store *c = support_pg_open(STORE_CONTROL);
	support_promote(c, support_pg_lease(c, "control"), domain, skills, count);
}

struct store *object_full(void)
{
	struct store *g = object_seen();
	object_promote("ecm", object_two, 2);
	support_pg_run(
		"insert into instance (id, domain, skill, content, runtime, state, host, boot_id, "
		"driver, epoch, rev) select 'INST-1', domain, skill, content, runtime, "
		"'ready', 'h', 'b', 'bubblewrap', 1, 5 from version limit 1");
	support_pg_run(
		"insert into execution (id, domain, skill, requested_by, request_digest, "
		"input, deadline_at, state, result, content, runtime, ended_at) select "
		"'EXEC-20260218120000-0', 'ecm', 'triage', 'key:a', sha256('r'), "
		"'{\"a\":null}', now(), 'succeeded', '{\"output\":1,\"forwarded\":\"EXEC-2\"}',"
		" content, runtime, now() from version limit 1");
	support_pg_run("insert into event (kind, domain, name, type, reason, message, reporter) "
		       "values ('Skill', 'ecm', 'triage', 'Warning', 'RolloutFailed', 'm', 'c')");
	support_pg_run("insert into key (id, hash, name, role, created_by, expires_at) values "
		       "('aspora_1', sha256('k'), 'ann', 'admin', 'x', now() + interval '1 day')");
	support_pg_run("insert into quarantine (domain, skill, content, cause, reason, by, since) "
		       "values ('ecm', 'triage', sha256('x'), 'operator', 'why', 'x', 3)");
	support_pg_run(
		"insert into approval (domain, candidate, base, kind, person, by, expires_at, "
		"rev) values ('ecm', sha256('x'), sha256('y'), 'review', 'key:ana', "
		"'key:ana', now() + interval '1 day', 3)");
	support_pg_run("insert into platform (source, revision, digest, release, since) values "
		       "('main', 'r', sha256('p'), 1, 2)");
	return g;
}
