/* The ring of watches: what stands in it, what leaves it first, what overtakes what, and who is too late for it. */
#include "agent/gateway/gateway.h"
#include "tests/unit/support.h"

static struct gw_hub *hub;

static void begin(void)
{
	hub = gw_hub_new(NULL);
	hub->following = true;
	hub->at.incarnation = hub->base.incarnation = 1;
	hub->at.rev = INT64_MAX; /* whatever a test adds has been read */
}

static struct hub_entry entry(const char *op, const char *name, int64_t rev, int32_t ord)
{
	return (struct hub_entry){.change = {.rev = rev,
					     .ord = ord,
					     .actor = STR("key:me"),
					     .kind = STR("Skill"),
					     .domain = STR("ecm"),
					     .name = str_of(name),
					     .op = str_of(op)},
				  .at = {.incarnation = 1, .rev = rev, .ord = ord},
				  .created = strcmp(op, "create") == 0};
}

static void add(const char *op, const char *name, int64_t rev)
{
	const struct hub_entry e = entry(op, name, rev, -1);
	gw_hub_add(hub, &e);
}

/* The entry that a watcher at this position is told first; -1: the ring does not reach back so far. */
static int64_t after(int64_t rev, int32_t ord)
{
	const struct store_rv at = {.incarnation = 1, .rev = rev, .ord = ord};
	uint64_t seq = 0;
	return gw_hub_seek(hub, &at, &seq) ? (int64_t)seq : -1;
}

START_TEST(an_entry_owns_its_texts)
{
	char name[] = "order";
	begin();
	struct hub_entry e = entry("create", name, 1, -1);
	e.skill = str_of(name);
	e.change.object = STR("{\"x\":1}");
	gw_hub_add(hub, &e);
	memset(name, 'x', sizeof(name) - 1);
	const struct hub_entry *own = gw_hub_entry(hub, 0);
	assert_str(own->change.name, "order");
	assert_str(own->skill, "order");
	assert_str(own->change.kind, "Skill");
	assert_str(own->change.domain, "ecm");
	assert_str(own->change.op, "create");
	assert_str(own->change.actor, "key:me");
	assert_str(own->change.object, "{\"x\":1}");
	ck_assert_uint_eq(hub->bytes, own->bytes);
	gw_hub_free(hub);
}
END_TEST

START_TEST(what_is_not_in_the_ring_is_null)
{
	begin();
	ck_assert_ptr_null(gw_hub_entry(hub, 0));
	add("create", "a", 1);
	ck_assert_ptr_nonnull(gw_hub_entry(hub, 0));
	ck_assert_ptr_null(gw_hub_entry(hub, 1));
	ck_assert_ptr_null(gw_hub_entry(hub, UINT64_MAX));
	gw_hub_free(hub);
	gw_hub_free(NULL);
}
END_TEST

START_TEST(the_ring_is_cut_at_its_bound_and_a_slow_watcher_is_told)
{
	char name[16];
	begin();
	for (int i = 0; i < HUB_ENTRIES; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		add("create", name, i + 1);
	}
	/* All of it is there: who has seen nothing begins with the first. */
	ck_assert_uint_eq(hub->next - hub->first, HUB_ENTRIES);
	ck_assert_int_eq(after(0, -1), 0);
	/* One past: the first has left, and who had not seen it is too late; who had seen it is not. */
	add("create", "one-more", HUB_ENTRIES + 1);
	ck_assert_uint_eq(hub->next - hub->first, HUB_ENTRIES);
	ck_assert_ptr_null(gw_hub_entry(hub, 0));
	ck_assert_int_eq(after(0, -1), -1);
	ck_assert_int_eq(after(1, -1), 1);
	ck_assert_int_eq(hub->base.rev, 1);
	for (int i = 0; i < 1000; i++)
		add("update", "one-more", HUB_ENTRIES + 2 + i);
	ck_assert_uint_eq(hub->next - hub->first, HUB_ENTRIES);
	ck_assert_int_eq(after(1000, -1), -1);
	ck_assert_int_eq(after(1001, -1), 1001);
	gw_hub_free(hub);
}
END_TEST

START_TEST(the_ring_is_cut_at_its_bytes_too)
{
	static char big[1 << 20];
	begin();
	memset(big, 'x', sizeof(big));
	for (int i = 0; i < 64; i++) {
		struct hub_entry e = entry("update", "a", i + 1, -1);
		e.change.object = str_make(big, sizeof(big));
		gw_hub_add(hub, &e);
		ck_assert_uint_le(hub->bytes, HUB_BYTES);
		ck_assert_ptr_nonnull(gw_hub_entry(hub, (uint64_t)i));
	}
	/* 31 and no 32nd: each is a little more than a mebibyte. */
	ck_assert_uint_eq(hub->next - hub->first, 31);
	ck_assert_int_eq(after(32, -1), -1);
	ck_assert_int_eq(after(33, -1), 33);
	gw_hub_free(hub);
}
END_TEST

START_TEST(a_position_is_found_between_revisions_and_inside_one)
{
	begin();
	for (int rev = 2; rev <= 6; rev += 2)
		for (int ord = 0; ord < 3; ord++) {
			const struct hub_entry e = entry("update", "a", rev, ord == 2 ? -1 : ord);
			gw_hub_add(hub, &e);
		}
	ck_assert_int_eq(after(0, -1), 0);
	ck_assert_int_eq(after(1, -1), 0);
	ck_assert_int_eq(after(2, 0), 1);
	ck_assert_int_eq(after(2, 1), 2);
	ck_assert_int_eq(after(2, -1), 3);
	ck_assert_int_eq(after(3, -1), 3);
	ck_assert_int_eq(after(6, 1), 8);
	/* At the end: nothing to tell yet. */
	ck_assert_int_eq(after(6, -1), 9);
	ck_assert_int_eq(after(7, -1), 9);
	gw_hub_free(hub);
}
END_TEST

START_TEST(another_history_or_a_lost_connection_is_never_in_the_ring)
{
	const struct store_rv other = {.incarnation = 2, .rev = 1, .ord = -1};
	uint64_t seq = 0;
	begin();
	add("create", "a", 1);
	ck_assert(!gw_hub_seek(hub, &other, &seq));
	ck_assert_int_eq(after(1, -1), 1);
	gw_hub_lost(hub);
	ck_assert_int_eq(after(1, -1), -1);
	gw_hub_free(hub);
}
END_TEST

START_TEST(a_newer_change_overtakes_what_nobody_asked_about)
{
	begin();
	add("create", "a", 1);
	add("create", "b", 2);
	add("update", "a", 3);
	add("delete", "a", 4);
	ck_assert(gw_hub_entry(hub, 0)->overtaken);
	ck_assert(!gw_hub_entry(hub, 1)->overtaken);
	ck_assert(gw_hub_entry(hub, 2)->overtaken);
	ck_assert(!gw_hub_entry(hub, 3)->overtaken);
	/* What is told of a is that it is new: nobody was told of its creation. */
	ck_assert(gw_hub_entry(hub, 2)->created && gw_hub_entry(hub, 3)->created);
	gw_hub_free(hub);
}
END_TEST

START_TEST(what_somebody_was_told_is_not_overtaken)
{
	begin();
	add("create", "a", 1);
	gw_hub_entry(hub, 0)->object.state = HUB_GONE;
	add("update", "a", 2);
	ck_assert(!gw_hub_entry(hub, 0)->overtaken);
	ck_assert(!gw_hub_entry(hub, 1)->created);
	/* The same when it was asked as what it says of a skill. */
	gw_hub_entry(hub, 1)->of_skill.state = HUB_GONE;
	add("update", "a", 3);
	ck_assert(!gw_hub_entry(hub, 1)->overtaken);
	add("update", "a", 4);
	ck_assert(gw_hub_entry(hub, 2)->overtaken);
	gw_hub_free(hub);
}
END_TEST

START_TEST(objects_are_told_apart_by_kind_domain_and_name)
{
	struct hub_entry a = entry("update", "a", 1, -1), b = a;
	ck_assert(gw_hub_same(&a, &b));
	b.change.op = STR("delete");
	ck_assert(gw_hub_same(&a, &b));
	b.change.kind = STR("Instance");
	ck_assert(!gw_hub_same(&a, &b));
	b = a;
	b.change.domain = STR("frm");
	ck_assert(!gw_hub_same(&a, &b));
	b = a;
	b.change.name = STR("b");
	ck_assert(!gw_hub_same(&a, &b));
	begin();
	gw_hub_add(hub, &a);
	gw_hub_add(hub, &b);
	ck_assert(!gw_hub_entry(hub, 0)->overtaken);
	gw_hub_free(hub);
}
END_TEST

/* 511 others between the two, or 512: the search ends, and both are told. */
START_TEST(overtaking_looks_back_so_far_and_no_further)
{
	for (int between = 510; between <= 512; between++) {
		char name[16];
		begin();
		add("update", "a", 1);
		for (int i = 0; i < between; i++) {
			snprintf(name, sizeof(name), "n%d", i);
			add("update", name, i + 2);
		}
		add("update", "a", 1000);
		ck_assert_int_eq(gw_hub_entry(hub, 0)->overtaken, between < 512);
		gw_hub_free(hub);
	}
}
END_TEST

START_TEST(an_instance_is_about_its_skill_and_others_are_not)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct change c = {.rev = 7,
			   .ord = 1,
			   .kind = STR("Instance"),
			   .domain = STR("ecm"),
			   .name = STR("i1"),
			   .op = STR("create"),
			   .object = STR("{\"skill\":\"order\"}")};
	struct hub_entry e = gw_hub_entry_of(&c, 3, a);
	assert_str(e.skill, "order");
	ck_assert(e.created);
	ck_assert_int_eq(e.at.incarnation, 3);
	ck_assert_int_eq(e.at.rev, 7);
	ck_assert_int_eq(e.at.ord, 1);
	c.op = STR("update");
	c.last = true;
	e = gw_hub_entry_of(&c, 3, a);
	ck_assert(!e.created);
	ck_assert_int_eq(e.at.ord, -1);
	c.kind = STR("Execution");
	ck_assert(str_eqz(gw_hub_entry_of(&c, 3, a).skill, "order"));
	c.kind = STR("Release");
	ck_assert_uint_eq(gw_hub_entry_of(&c, 3, a).skill.len, 0);
	c.kind = STR("Instance");
	c.object = STR("{\"skill\":");
	ck_assert_uint_eq(gw_hub_entry_of(&c, 3, a).skill.len, 0);
	c.object = STR("{}");
	ck_assert_uint_eq(gw_hub_entry_of(&c, 3, a).skill.len, 0);
}
END_TEST

START_TEST(a_watcher_that_has_read_further_than_the_ring_waits_for_it)
{
	begin();
	add("create", "a", 1);
	hub->at.rev = 1;
	hub->at.ord = -1;
	ck_assert_int_eq(after(1, -1), 1);
	ck_assert_int_eq(after(2, -1), -1);
	hub->at.rev = 2;
	ck_assert_int_eq(after(2, -1), 1);
	gw_hub_free(hub);
}
END_TEST

START_TEST(objects_that_were_loaded_count_and_push_out_what_is_older)
{
	begin();
	for (int i = 0; i < 8; i++)
		add("create", (char[]){(char)('a' + i), '\0'}, i + 1);
	size_t before = hub->bytes, own = gw_hub_entry(hub, 3)->bytes;
	gw_hub_grew(hub, gw_hub_entry(hub, 3), 1000);
	ck_assert_uint_eq(hub->bytes, before + 1000);
	ck_assert_uint_eq(gw_hub_entry(hub, 3)->bytes, own + 1000);
	ck_assert_uint_eq(hub->first, 0);
	/* Up to the bound nothing leaves; one byte past it the oldest does, with what it had loaded. */
	gw_hub_grew(hub, gw_hub_entry(hub, 2), HUB_BYTES - hub->bytes);
	ck_assert_uint_eq(hub->first, 0);
	gw_hub_grew(hub, gw_hub_entry(hub, 5), 1);
	ck_assert_uint_eq(hub->first, 1);
	ck_assert_uint_lt(hub->bytes, HUB_BYTES);
	/* What is being looked at stays, however large. */
	gw_hub_grew(hub, gw_hub_entry(hub, 5), 2 * HUB_BYTES);
	ck_assert_uint_eq(hub->first, 5);
	ck_assert_ptr_nonnull(gw_hub_entry(hub, 5));
	add("create", "z", 9);
	ck_assert_uint_eq(hub->first, 6);
	ck_assert_uint_le(hub->bytes, HUB_BYTES);
	gw_hub_free(hub);
}
END_TEST

START_TEST(nobody_watching_means_that_no_events_are_read)
{
	/* No store at all: a look at it would crash. */
	struct gateway g = {.hub = gw_hub_new(NULL)};
	assert_ok(gw_hub_events(&g, &support_err));
	gw_hub_free(g.hub);
}
END_TEST

START_TEST(the_last_one_to_leave_empties_the_ring)
{
	begin();
	struct gateway g = {.hub = hub};
	hub->watchers = 2;
	add("create", "a", 1);
	add("create", "b", 2);
	gw_hub_leave(&g);
	ck_assert_ptr_nonnull(gw_hub_entry(hub, 0));
	gw_hub_leave(&g);
	ck_assert_ptr_null(gw_hub_entry(hub, 0));
	ck_assert_uint_eq(hub->bytes, 0);
	ck_assert_int_eq(after(1, -1), -1);
	gw_hub_free(hub);
}
END_TEST

static const struct {
	const char *kind, *object;
	bool route, quarantine;
} about[] = {
	{"Route", "", true, false},
	{"Skill", "{}", false, false},
	{"Skill", "{\"rollout\":\"stable\",\"content\":\"ab\"}", true, false},
	{"Skill", "{\"rollout\":\"draining\",\"content\":\"ab\"}", true, false},
	{"Skill", "{\"rollout\":\"ended\",\"content\":\"ab\"}", true, false},
	{"Skill", "{\"rollout\":\"starting\",\"content\":\"ab\"}", false, false},
	{"Skill", "{\"quarantine\":\"put\",\"content\":\"ab\",\"reason\":\"\"}", false, true},
	/* What a person writes is in quotes that are escaped. */
	{"Skill", "{\"quarantine\":\"put\",\"reason\":\"\\\"rollout\\\":\\\"ended\\\"\"}", false,
	 true},
	{"Instance", "{\"rollout\":\"ended\",\"quarantine\":\"put\"}", false, false},
	{"Domain", "{\"rollout\":\"ended\"}", false, false},
};

START_TEST(an_entry_of_a_skill_is_about_its_routes_or_its_quarantines)
{
	const struct kind *route = kind_find(STR("Route")), *held = kind_find(STR("Quarantine"));
	struct hub_entry e = entry("update", "triage", 1, -1);
	e.change.kind = str_of(about[_i].kind);
	e.change.object = str_of(about[_i].object);
	ck_assert_int_eq(gw_hub_is_of_parts(&e, route), about[_i].route);
	ck_assert_int_eq(gw_hub_is_of_parts(&e, held), about[_i].quarantine);
	ck_assert(gw_hub_has_parts(route) && gw_hub_has_parts(held));
	ck_assert(!gw_hub_has_parts(kind_find(STR("Skill"))));
}
END_TEST

START_TEST(parts_are_read_one_after_the_other)
{
	char text[] = "mone\t{\"a\":1}\ncone.two\t{}\ngthree\t\n";
	const struct hub_object parts = {
		.state = HUB_THERE, .json = text, .json_len = strlen(text)};
	const struct hub_object none = {.state = HUB_THERE, .json = text, .json_len = 0};
	struct hub_part p;
	size_t at = 0;
	ck_assert(gw_hub_part(&parts, &at, &p) && p.made && !p.gone);
	assert_str(p.name, "one");
	assert_str(p.json, "{\"a\":1}");
	ck_assert(gw_hub_part(&parts, &at, &p) && !p.made && !p.gone);
	assert_str(p.name, "one.two");
	assert_str(p.json, "{}");
	ck_assert(gw_hub_part(&parts, &at, &p) && !p.made && p.gone);
	assert_str(p.name, "three");
	ck_assert_uint_eq(p.json.len, 0);
	ck_assert(!gw_hub_part(&parts, &at, &p));
	at = 0;
	ck_assert(!gw_hub_part(&none, &at, &p));
}
END_TEST

int main(void)
{
	static const struct support_case cases[] = {
		CASE(an_entry_owns_its_texts),
		CASE(what_is_not_in_the_ring_is_null),
		CASE(the_ring_is_cut_at_its_bound_and_a_slow_watcher_is_told),
		CASE_LOOP(an_entry_of_a_skill_is_about_its_routes_or_its_quarantines,
			  (int)ARRAY_SIZE(about)),
		CASE(parts_are_read_one_after_the_other),
		CASE(the_ring_is_cut_at_its_bytes_too),
		CASE(a_position_is_found_between_revisions_and_inside_one),
		CASE(another_history_or_a_lost_connection_is_never_in_the_ring),
		CASE(a_newer_change_overtakes_what_nobody_asked_about),
		CASE(what_somebody_was_told_is_not_overtaken),
		CASE(objects_are_told_apart_by_kind_domain_and_name),
		CASE(overtaking_looks_back_so_far_and_no_further),
		CASE(an_instance_is_about_its_skill_and_others_are_not),
		CASE(a_watcher_that_has_read_further_than_the_ring_waits_for_it),
		CASE(objects_that_were_loaded_count_and_push_out_what_is_older),
		CASE(nobody_watching_means_that_no_events_are_read),
		CASE(the_last_one_to_leave_empties_the_ring),
		{0},
	};
	return support_main("agent/gateway_hub", cases);
}
