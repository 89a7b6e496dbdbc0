/* Every rule, by fixtures: a change to the repository of fixtures/base.txt and what the text report says. */
#include "tests/unit/admission/repo_text.h"
#include "tests/unit/skill/golden.h"

struct options {
	bool deployed, notes;
	struct str spares[8]; /* rules that have nothing to say to this, though it is near */
	size_t spare_count;
	size_t check_skill_count;
	struct {
		struct str skill; /* "ecm/order-details" */
		bool stale;
	} check_skills[8];
	struct str bound[8]; /* beside the confirmations: what they are about */
};

static struct str word(struct str *rest)
{
	struct str w = STR_NULL;
	*rest = str_trim(*rest);
	(void)str_split(rest, ' ', &w);
	return w;
}

static int64_t number(struct str s)
{
	int64_t n = 0;
	ck_assert_msg(str_to_i64(s, &n), "\"%.*s\" is not a number", STR_ARG(s));
	return n;
}

/* ! confirm DOMAIN SHARE WHO WHY: '*' is the repository, '-' is nobody. */
static void confirm(struct world *w, struct str line)
{
	struct admit_confirmation *c = &w->confirmations[w->facts.confirmation_count++];
	struct str domain = word(&line);
	*c = (struct admit_confirmation){.kind = STR("deletion"),
					 .domain = str_eqz(domain, "*") ? STR("") : domain};
	c->up_to_millionths = number(word(&line));
	c->by = word(&line);
	if (str_eqz(c->by, "-"))
		c->by = STR(" ");
	c->reason = line;
}

/* ! check NAME DOMAIN/SKILL this|other PASSED FAILED SKIPPED */
static void check(struct world *w, struct options *o, struct str line)
{
	struct admit_check *c = &w->checks[w->facts.check_count++];
	c->name = word(&line);
	o->check_skills[o->check_skill_count].skill = word(&line);
	o->check_skills[o->check_skill_count++].stale = str_eqz(word(&line), "other");
	c->passed = number(word(&line));
	c->failed = number(word(&line));
	c->skipped = number(word(&line));
}

/* ! says KIND DOMAIN WHO: '*' is the repository. */
static void says(struct world *w, struct str line)
{
	struct admit_confirmation *c = &w->confirmations[w->facts.confirmation_count++];
	*c = (struct admit_confirmation){.kind = word(&line), .up_to_millionths = 1000000};
	c->domain = word(&line);
	if (str_eqz(c->domain, "*"))
		c->domain = STR("");
	c->by = line;
}

/* ! approves KIND DOMAIN this|other|moved WHO: bound to this change; to other content of it; or to another state that it came upon. */
static void approves(struct world *w, struct options *o, struct str line)
{
	struct str kind = word(&line), domain = word(&line);
	size_t i = w->facts.confirmation_count++;
	o->bound[i] = word(&line);
	w->confirmations[i] = (struct admit_confirmation){.kind = kind,
							  .domain = domain,
							  .by = line,
							  .bound = true,
							  .up_to_millionths = 1000000};
}

/* ! seen SERVER JSON: what it answers to tools/list. */
static void seen(struct world *w, struct str line)
{
	struct mcp_server *all = arena_array(w->arena, w->facts.seen_count + 1, sizeof(*all));
	const struct doc_node *root = NULL;
	if (w->facts.seen_count)
		memcpy(all, w->facts.seen, w->facts.seen_count * sizeof(*all));
	struct str name = word(&line);
	assert_ok(doc_parse_json(w->arena, line, &doc_limits_json, "seen", &root, &support_err));
	assert_ok(mcp_server_read(w->arena, name, root, "seen", &all[w->facts.seen_count++],
				  &support_err));
	w->facts.seen = all;
}

/* ! lock DOMAIN: what was seen is written into its mcp.lock, and is what was pinned from then on. */
static void lock(struct world *w, struct str line)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 20);
	struct mcp_lock l = {0};
	for (size_t i = 0; i < w->facts.seen_count; i++)
		mcp_lock_set(w->arena, &l, &w->facts.seen[i]);
	mcp_lock_write(&text, &l);
	world_put_str(w, str_of(arena_printf(w->arena, "skills/%.*s/mcp.lock", STR_ARG(line))),
		      buf_str(&text));
	w->facts.seen = NULL;
	w->facts.seen_count = 0;
}

static struct str *file_text(struct world *w, struct str path)
{
	for (size_t i = 0; i < w->file_count; i++)
		if (str_eq(w->files[i].path, path))
			return &w->files[i].bytes;
	ck_abort_msg("no file %.*s", STR_ARG(path));
}

/* ! append FILE TEXT puts a line below "policy:"; ! replace FILE WORD: TEXT puts another for the block that begins with it. */
static void edit(struct world *w, struct str line, bool replace)
{
	struct str path = word(&line);
	struct str *text = file_text(w, path);
	const char *begin = "policy:\n";
	ptrdiff_t at = str_find(*text, str_of(begin), 0);
	ck_assert_int_ge(at, 0);
	size_t from = (size_t)at, to = from + strlen(begin);
	if (replace) {
		(void)word(&line);
		line = str_trim(line);
		while (to < text->len && text->p[to] == ' ')
			to = (size_t)str_find_byte(*text, '\n', to) + 1;
	} else {
		from = to;
	}
	*text = str_of(arena_printf(w->arena, "%.*s%.*s\n%.*s", STR_ARG(str_sub(*text, 0, from)),
				    STR_ARG(line), STR_ARG(str_sub(*text, to, text->len))));
}

static void option(struct world *w, struct str line, void *state)
{
	struct options *o = state;
	struct str rest = line, name = word(&rest);
	if (str_eqz(name, "deployed"))
		world_deploy(w);
	else if (str_eqz(name, "notes"))
		o->notes = true;
	else if (str_eqz(name, "spares"))
		o->spares[o->spare_count++] = rest;
	else if (str_eqz(name, "confirm"))
		confirm(w, rest);
	else if (str_eqz(name, "check"))
		check(w, o, rest);
	else if (str_eqz(name, "says"))
		says(w, rest);
	else if (str_eqz(name, "approves"))
		approves(w, o, rest);
	else if (str_eqz(name, "restores"))
		w->facts.restores = true;
	else if (str_eqz(name, "author"))
		w->facts.author = rest;
	else if (str_eqz(name, "now"))
		ck_assert_int_eq(clock_parse(rest, &w->facts.now_ms, NULL), 0);
	else if (str_eqz(name, "signed"))
		w->facts.signature = (struct admit_signature){.required = true, .signer = rest};
	else if (str_eqz(name, "unsigned"))
		w->facts.signature = (struct admit_signature){.required = true, .problem = rest};
	else if (str_eqz(name, "seen"))
		seen(w, rest);
	else if (str_eqz(name, "lock"))
		lock(w, rest);
	else if (str_eqz(name, "forgotten"))
		w->forgotten = true;
	else if (str_eqz(name, "guarded"))
		w->guarded = true;
	else if (str_eqz(name, "slow"))
		admit_guard_budget(w->guard, -1);
	else if (str_eqz(name, "append") || str_eqz(name, "replace"))
		edit(w, rest, str_eqz(name, "replace"));
	else
		ck_abort_msg("no option %.*s", STR_ARG(line));
}

/* Results are posted for a digest, which is known only once the change has been read. */
static void bind_checks(struct world *w, const struct options *o)
{
	struct snapshot *s = o->check_skill_count ? world_snapshot(w, NULL) : NULL;
	for (size_t i = 0; i < o->check_skill_count; i++) {
		struct str domain, name;
		assert_ok(name_split(o->check_skills[i].skill, &domain, &name, &support_err));
		const struct domain_skill *ds = domain_skill_find(snapshot_domain(s, domain), name);
		w->checks[i].content = ds->skill->content;
		if (o->check_skills[i].stale)
			w->checks[i].content.bytes[0] ^= 1;
	}
	snapshot_unref(s);
}

/* The same of what people approve. */
static void bind_approvals(struct world *w, const struct options *o)
{
	struct snapshot *s = world_snapshot(w, NULL);
	for (size_t i = 0; i < w->facts.confirmation_count; i++) {
		struct admit_confirmation *c = &w->confirmations[i];
		struct domain *d = c->bound ? snapshot_domain(s, c->domain) : NULL;
		if (d)
			c->candidate = d->candidate;
		for (size_t k = 0; k < w->have.domain_count && c->bound; k++)
			if (str_eq(w->have.domains[k].name, c->domain))
				c->base = w->have.domains[k].candidate;
		c->candidate.bytes[0] ^= str_eqz(o->bound[i], "other");
		c->base.bytes[0] ^= str_eqz(o->bound[i], "moved");
	}
	snapshot_unref(s);
}

/* By index into the table: fixtures that show what the rule is against, and those that show what it lets be. */
static size_t shown[RULES_MAX], spared[RULES_MAX];

static void count_finding(void *fixture, const struct finding *f)
{
	const struct rule *r = rule_find(str_of(f->rule));
	if (r && f->severity != SEVERITY_NOTE && !((bool *)fixture)[r - rules]) {
		((bool *)fixture)[r - rules] = true;
		shown[r - rules]++;
	}
}

static void count(const struct admission *a, const struct options *o, struct str name)
{
	bool said[RULES_MAX] = {false};
	for (size_t i = 0; i < a->repository.count; i++)
		count_finding(said, &a->repository.items[i]);
	for (size_t i = 0; i < a->platform.findings.count; i++)
		count_finding(said, &a->platform.findings.items[i]);
	for (size_t d = 0; d < a->domain_count; d++)
		for (size_t i = 0; i < a->domains[d].verdict.findings.count; i++)
			count_finding(said, &a->domains[d].verdict.findings.items[i]);
	for (size_t i = 0; i < o->spare_count; i++) {
		const struct rule *r = rule_find(o->spares[i]);
		ck_assert_msg(r != NULL, "no rule %.*s", STR_ARG(o->spares[i]));
		ck_assert_msg(!said[r - rules], "\"%.*s\" is not spared by %s", STR_ARG(name),
			      r->id);
		spared[r - rules]++;
	}
}

static void run(struct str name, struct str input, struct buf *out)
{
	struct world w;
	struct options o = {0};
	world_init(&w);
	world_base(&w);
	world_read(&w, arena_str(w.arena, input), option, &o);
	bind_checks(&w, &o);
	bind_approvals(&w, &o);
	struct report_opts how = {.quiet = !o.notes};
	report_format_find(STR("text"))->write(out, world_admit(&w), &how);
	count(w.admission, &o, name);
	world_release(&w);
}

static const char *const files[] = {"tests",	 "limits",     "roles",	    "routes",  "references",
				    "deletions", "policy",     "bad-input", "context", "channels",
				    "pins",	 "provenance", "freeze",    "guard"};

START_TEST(every_rule_says_what_its_fixtures_want)
{
	char path[128];
	snprintf(path, sizeof(path), "admission/fixtures/%s.txt", files[_i]);
	golden_run_file(path, run);
}
END_TEST

/* What no content brings about: reading refuses a model without a price first (SK-CONFIG), and rules decide. */
static const char *const beyond_content[] = {"AD-INTERNAL-001", "AD-MODEL-002"};

/* As in a platform configuration that was released when prices were no part of one. */
START_TEST(a_price_that_is_not_known_denies_the_platform_and_who_uses_it)
{
	struct world w;
	struct policy policy;
	world_init(&w);
	world_base(&w);
	world_deploy(&w);
	struct config_doc *platform = w.before->platform;
	struct surface_view view = {w.deployed, NULL};
	struct rule_in in = {
		.snap = w.before, .policy = &policy, .surfaces = &view, .facts = &w.facts};
	((struct config_model *)platform->values.models.items)->output_microusd_per_mtok = -1;
	policy_make(w.arena, platform, NULL, &w.facts, &policy);
	for (int i = 0; i < 2; i++) {
		struct verdict v;
		bool said = false;
		in.platform = i ? NULL : platform;
		in.domain = i ? snapshot_domain(w.before, STR("frm")) : NULL;
		in.name = i ? STR("frm") : STR("");
		admit_domain(w.arena, &in, &v);
		for (size_t k = 0; k < v.findings.count; k++)
			said |= strcmp(v.findings.items[k].rule, "AD-MODEL-002") == 0;
		ck_assert(said && !v.allow);
	}
	world_release(&w);
}
END_TEST

START_TEST(every_rule_has_a_fixture_that_shows_it_and_one_that_it_spares)
{
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		char path[128];
		snprintf(path, sizeof(path), "admission/fixtures/%s.txt", files[i]);
		golden_run_file(path, run);
	}
	for (size_t i = 0; i < rule_count(); i++) {
		bool beyond = false;
		for (size_t k = 0; k < ARRAY_SIZE(beyond_content); k++)
			beyond |= strcmp(rules[i].id, beyond_content[k]) == 0;
		ck_assert_msg(!beyond || !shown[i], "%s has a fixture after all", rules[i].id);
		if (beyond)
			continue;
		ck_assert_msg(shown[i] > 0, "no fixture shows what %s is against", rules[i].id);
		ck_assert_msg(spared[i] > 0, "no fixture says \"! spares %s\"", rules[i].id);
	}
}
END_TEST

START_TEST(rules_are_in_the_order_of_their_ids)
{
	for (size_t i = 0; i < rule_count(); i++) {
		ck_assert_ptr_eq(rule_find(str_of(rules[i].id)), &rules[i]);
		ck_assert(i == 0 || strcmp(rules[i - 1].id, rules[i].id) < 0);
	}
	ck_assert_ptr_null(rule_find(STR("AD-TESTS-0011")));
	ck_assert_ptr_null(rule_find(STR("")));
	ck_assert_str_eq(rule_nearest(STR("AD-TEST-001")), "AD-TESTS-001");
}
END_TEST

START_TEST(every_rule_has_its_words)
{
	for (size_t i = 0; i < rule_count(); i++) {
		const struct rule *r = &rules[i];
		ck_assert_msg(r->family && r->looks_at && r->sentence && r->advice, "%s", r->id);
		ck_assert_msg(r->sentence[strlen(r->sentence) - 1] == '.', "%s", r->id);
		ck_assert_msg(!r->check == !r->scope, "%s", r->id);
		ck_assert_int_ge(r->severity, SEVERITY_WARN);
	}
}
END_TEST

/* Lines of the manual's source: one sentence each, as it stands in the table. */
START_TEST(the_manual_has_every_rule)
{
	CLEANUP(buf_release) struct buf page = BUF_INIT(1 << 20);
	char path[4096], line[512];
	snprintf(path, sizeof(path), "%s/man/aspora-admission.7", support_root());
	assert_ok(io_read_file(path, &page, &support_err));
	for (size_t i = 0; i < rule_count(); i++) {
		const struct rule *r = &rules[i];
		snprintf(line, sizeof(line), "\n.It Sy %s\n.Pq %s, %s\n%s\n", r->id, r->family,
			 r->severity == SEVERITY_DENY ? "denies" : "warns", r->sentence);
		ck_assert_msg(strstr(buf_cstr(&page), line) != NULL, "%s", line);
		snprintf(line, sizeof(line), "\nTo correct it: %s.\n", r->advice);
		ck_assert_msg(strstr(buf_cstr(&page), line) != NULL, "%s", line);
	}
}
END_TEST

static const struct support_case cases[] = {
	CASE_LOOP(every_rule_says_what_its_fixtures_want, ARRAY_SIZE(files)),
	CASE(a_price_that_is_not_known_denies_the_platform_and_who_uses_it),
	CASE(every_rule_has_a_fixture_that_shows_it_and_one_that_it_spares),
	CASE(rules_are_in_the_order_of_their_ids),
	CASE(every_rule_has_its_words),
	CASE(the_manual_has_every_rule),
	{0}};

int main(void)
{
	return support_main("admission/rules", cases);
}
