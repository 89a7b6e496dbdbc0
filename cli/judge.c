#include "cli/judge.h"

#include "base/clock.h"
#include "base/io.h"
#include "skill/digest.h"

/* --- the base as a deployed state ------------------------------------------------------------------------ */

static void deploy_domain(struct deployed *have, const struct snapshot *s, const struct domain *d)
{
	struct deployed_domain *to = &have->domains[have->domain_count++];
	*to = (struct deployed_domain){
		.name = d->name,
		.source = s->source,
		.tree = d->tree,
		.candidate = d->candidate,
		.policy = policy_digest(s->platform, d->config, RULES_VERSION),
	};
	for (size_t k = 0; k < d->skill_count; k++)
		have->skills[have->skill_count++] = (struct deployed_skill){
			.domain = d->name,
			.name = d->skills[k].skill->name,
			.tree = d->skills[k].skill->tree,
			.content = d->skills[k].skill->content,
			.runtime = d->skills[k].runtime,
			.context = d->skills[k].context,
		};
}

/* A domain that nobody compares: it counts for how much of all is deleted. */
static void deploy_still(struct deployed *have, const struct snapshot *s, const struct surface *d)
{
	have->domains[have->domain_count++] = (struct deployed_domain){.name = d->domain,
								       .source = s->source};
	for (size_t k = 0; k < d->skill_count; k++)
		have->skills[have->skill_count++] =
			(struct deployed_skill){.domain = d->domain, .name = d->skills[k].name};
}

static int domains_by_name(const void *pa, const void *pb)
{
	const struct deployed_domain *a = pa, *b = pb;
	return str_cmp(a->name, b->name);
}

static int skills_by_name(const void *pa, const void *pb)
{
	const struct deployed_skill *a = pa, *b = pb;
	int order = str_cmp(a->domain, b->domain);
	return order ? order : str_cmp(a->name, b->name);
}

static void deploy(struct cli *c, const struct snapshot *s, const struct cli_still *still,
		   struct deployed *have)
{
	*have = (struct deployed){.arena = c->arena};
	if (!s)
		return;
	size_t skills = s->skill_count;
	for (size_t i = 0; i < still->count; i++)
		skills += still->items[i].skill_count;
	have->domains = arena_array(c->arena, s->domain_count + still->count + 1,
				    sizeof(*have->domains));
	have->skills = arena_array(c->arena, skills + 1, sizeof(*have->skills));
	have->platform_source = s->source;
	have->platform_digest = s->platform_digest;
	for (size_t i = 0; i < s->domain_count; i++)
		deploy_domain(have, s, s->domains[i]);
	for (size_t i = 0; i < still->count; i++)
		deploy_still(have, s, &still->items[i]);
	qsort(have->domains, have->domain_count, sizeof(*have->domains), domains_by_name);
	qsort(have->skills, have->skill_count, sizeof(*have->skills), skills_by_name);
}

static struct domain_skill *base_skill(const struct cli_judged *j, const struct deployed_skill *d)
{
	struct domain *domain = snapshot_domain(j->base.snap, d->domain);
	return domain ? domain_skill_find(domain, d->name) : NULL;
}

static int load_old(void *state, const struct deployed_skill *d, struct skill **ret,
		    struct err *err)
{
	const struct domain_skill *ds = base_skill(state, d);
	(void)err;
	*ret = ds ? skill_ref(ds->skill) : NULL;
	return 0;
}

static int load_effective(void *state, const struct deployed_skill *d, struct arena *a,
			  const struct config **ret, struct err *err)
{
	const struct domain_skill *ds = base_skill(state, d);
	(void)a;
	(void)err;
	*ret = ds ? &ds->effective : NULL;
	return 0;
}

/* --- judging ------------------------------------------------------------------------------------------------ */

static bool is_still(void *state, struct str domain)
{
	return cli_still_has(state, domain);
}

static int read_both(struct cli_judged *j, const struct cli_passed *passed, struct err *err)
{
	int rc = cli_read_open(&j->folder, NULL, passed, &j->base, err);
	return rc < 0 ? rc : cli_read_open(&j->folder, j->base.snap, passed, &j->want, err);
}

/* The candidate: the commit, or the folder under the ids of one, which Git's index helps to read. */
static int open_want(struct cli *c, const struct cli_sides *sides, bool by_index,
		     struct cli_judged *j, struct err *err)
{
	if (sides->commit)
		return cli_open_commit(c, &j->folder, sides->commit, &j->want, err);
	return cli_open_work(c, &j->folder, by_index ? cli_still_sizes(c) : NULL, &j->want, err);
}

/* Of both only what differs. What is read of them is kept for the next time. */
static int read_differing(struct cli *c, struct cli_judged *j, struct err *err)
{
	const struct cli_passed passed = {is_still, &j->still};
	cli_still_find(c, &j->folder, &j->base, &j->want, &j->still);
	int rc = read_both(j, &passed, err);
	if (rc == 0 && j->still.count && cli_still_is_left(j->want.snap)) {
		j->still.count = 0;
		rc = read_both(j, NULL, err);
	}
	if (rc < 0)
		return rc;
	cli_still_keep(c, &j->folder, &j->base);
	cli_still_keep(c, &j->folder, &j->want);
	return 0;
}

static int read_opened(struct cli *c, bool differing, struct cli_judged *j, struct err *err)
{
	return differing ? read_differing(c, j, err) : read_both(j, NULL, err);
}

/* What Git's index said of a file was not so, or the file has changed since: then all is read. */
static int read_without_index(struct cli *c, const struct cli_sides *sides, bool differing,
			      struct cli_judged *j, struct err *err)
{
	cli_tree_release(&j->want);
	int rc = open_want(c, sides, false, j, err);
	return rc < 0 ? rc : read_opened(c, differing, j, err);
}

static int read_sides(struct cli *c, const struct cli_sides *sides, struct cli_judged *j,
		      struct err *err)
{
	bool differing = sides->differing && !j->scope.domain.len;
	struct err why = ERR_INIT;
	if (!sides->base)
		return sides->commit
			       ? cli_read_commit(c, &j->folder, sides->commit, NULL, &j->want, err)
			       : cli_read_folder(&j->folder, &j->want, err);
	int rc = cli_open_commit(c, &j->folder, sides->base, &j->base, err);
	if (rc == 0)
		rc = open_want(c, sides, !sides->no_index, j, err);
	if (rc < 0)
		return rc;
	rc = read_opened(c, differing, j, &why);
	if (rc == ERR_CONFLICT && !sides->commit && !sides->no_index)
		return read_without_index(c, sides, differing, j, err);
	if (rc < 0 && err)
		*err = why;
	return rc;
}

/* A name that one of the sides has: what is being deleted has one too. */
static int check_scope(struct cli *c, const struct cli_judged *j, struct err *err)
{
	struct err ignored = ERR_INIT;
	if (j->base.snap && cli_scope_check(c, j->base.snap, &j->scope, &ignored) == 0)
		return 0;
	return cli_scope_check(c, j->want.snap, &j->scope, err);
}

/* The domains to compare, NULL at the end; NULL: all. */
static const char *const *compared(struct cli *c, const struct cli_judged *j)
{
	const struct snapshot *sides[] = {j->base.snap, j->want.snap};
	size_t room = 2, n = 0;
	if (!j->scope.domain.len && !j->still.count)
		return NULL;
	for (size_t k = 0; k < 2; k++)
		room += sides[k] ? sides[k]->domain_count : 0;
	const char **names = arena_array(c->arena, room, sizeof(*names));
	if (j->scope.domain.len)
		names[n++] = arena_strndup(c->arena, j->scope.domain.p, j->scope.domain.len);
	for (size_t k = 0; k < 2 && !j->scope.domain.len; k++)
		for (size_t i = 0; sides[k] && i < sides[k]->domain_count; i++) {
			struct str name = sides[k]->domains[i]->name;
			names[n++] = arena_strndup(c->arena, name.p, name.len);
		}
	names[n] = NULL;
	return names;
}

static int compare(struct cli *c, struct cli_judged *j, struct err *err)
{
	const struct plan_scope scope = {
		.domains = compared(c, j), .infer_deletes = true, .rules_version = RULES_VERSION};
	return plan_make(j->want.snap, &j->have, &scope, &j->old, &j->plan, err);
}

int cli_judge_plan(struct cli *c, const char *operand, const struct cli_sides *sides,
		   struct cli_judged *ret, struct err *err)
{
	*ret = (struct cli_judged){.base_name = sides->base};
	int rc = cli_folder_open(c, operand, &ret->folder, &ret->scope, err);
	if (rc == 0)
		rc = read_sides(c, sides, ret, err);
	if (rc == 0)
		rc = check_scope(c, ret, err);
	if (rc < 0)
		return rc;
	deploy(c, ret->base.snap, &ret->still, &ret->have);
	ret->old = (struct plan_old){load_old, ret, load_effective};
	return compare(c, ret, err);
}

static int check_revision(struct cli *c, const char *word, struct err *err)
{
	CLEANUP(cli_folder_release) struct cli_folder folder = {0};
	struct cli_scope all;
	int rc = cli_folder_open(c, NULL, &folder, &all, err);
	return rc < 0 ? rc : cli_check_commit(c, &folder, word, err);
}

int cli_judge_sides(struct cli *c, const struct cli_sides *sides, struct cli_judged *ret,
		    struct err *err)
{
	const char *base = sides->base, *what = c->operands[0];
	struct err why = ERR_INIT, no_commit = ERR_INIT;
	if (c->operand_count == 2 && base)
		return cli_usage(c, err, "\"%s\" and --base both say what to compare with", what);
	if (c->operand_count == 2) {
		base = what;
		what = c->operands[1];
	}
	struct cli_sides plain = *sides;
	plain.base = base ? base : sides->usual_base;
	int rc = cli_judge_plan(c, what, &plain, ret, &why);
	/* Names come first: a branch that is called as a domain is must be named with --base. */
	if ((rc == ERR_NOT_FOUND || rc == ERR_INVALID) && what && !base) {
		if (check_revision(c, what, &no_commit) == 0) {
			cli_judged_release(ret);
			plain.base = what;
			return cli_judge_plan(c, NULL, &plain, ret, err);
		}
		if (strpbrk(what, "~^@")) {
			why = no_commit;
			rc = why.code;
		}
	}
	if (rc < 0 && err)
		*err = why;
	return rc;
}

int cli_read_tools(struct cli *c, struct str server, const char *path, struct mcp_server *ret,
		   struct err *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT((size_t)16 << 20);
	static const struct doc_limits limits = {(size_t)16 << 20, 64, 1000000, (size_t)1 << 20};
	const struct doc_node *root = NULL;
	int rc = io_read_file(path, &text, err);
	if (rc == 0)
		rc = doc_parse_json(c->arena, buf_str(&text), &limits, path, &root, err);
	if (rc == 0)
		rc = mcp_server_read(c->arena, server, root, path, ret, err);
	return rc;
}

int cli_judge_seen(struct cli *c, const struct opt_strings *given, struct cli_judged *j,
		   struct err *err)
{
	struct mcp_server *all = arena_array(c->arena, given->count, sizeof(*all));
	for (size_t i = 0; i < given->count; i++) {
		struct str file = str_of(given->items[i]), server;
		if (str_find_byte(file, '=', 0) <= 0)
			return cli_usage(c, err, "--mcp-tools takes SERVER=FILE, not \"%s\"",
					 given->items[i]);
		(void)str_split(&file, '=', &server);
		int rc = cli_read_tools(c, server, file.p, &all[i], err);
		if (rc < 0)
			return rc;
	}
	j->seen = all;
	j->seen_count = given->count;
	return 0;
}

static void show_base(struct cli *c, struct cli_judged *j)
{
	j->surfaces = surfaces_new();
	for (size_t i = 0; j->base.snap && i < j->base.snap->domain_count; i++) {
		struct surface s;
		surface_of(c->arena, j->base.snap->domains[i], &s);
		surfaces_set(j->surfaces, &s);
	}
	for (size_t i = 0; i < j->still.count; i++)
		surfaces_set(j->surfaces, &j->still.items[i]);
	/* Where one domain is asked for, the others stand beside it as the folder has them. */
	for (size_t i = 0; j->scope.domain.len && i < j->want.snap->domain_count; i++) {
		struct surface s;
		if (str_eq(j->want.snap->domains[i]->name, j->scope.domain))
			continue;
		surface_of(c->arena, j->want.snap->domains[i], &s);
		surfaces_set(j->surfaces, &s);
	}
}

static int admit_once(struct cli_judged *j, struct admit_guard *guard, bool platform_changed,
		      struct err *err)
{
	const struct admit_facts facts = {.now_ms = clock_wall(&clock_real),
					  .signature = j->signature,
					  .seen = j->seen,
					  .seen_count = j->seen_count};
	const struct snapshot *base = j->base.snap;
	struct admit_opts o = {
		.snapshot = j->want.snap,
		.plan = j->plan,
		.released_platform = base ? base->platform : NULL,
		.platform_changed = platform_changed,
		.deployed = j->surfaces,
		.have = &j->have,
		.old = &j->old,
		.facts = &facts,
		.guard = guard,
	};
	return admit_plan(&o, &j->admission, err);
}

/* A platform configuration that is refused does not shape the domains that come with it. */
static int look_again(struct cli *c, struct cli_judged *j, struct admit_guard *guard,
		      struct err *err)
{
	j->refused.snap = TAKE_PTR(j->want.snap);
	j->refused.plan = TAKE_PTR(j->plan);
	j->refused.admission = TAKE_PTR(j->admission);
	struct cli_tree first = {
		.source = j->want.source, .in_clone = j->want.in_clone, .snap = j->refused.snap};
	int rc = cli_read_again(&j->folder, &first, j->base.snap, &j->want.snap, err);
	if (rc == 0)
		rc = compare(c, j, err);
	if (rc == 0)
		rc = admit_once(j, guard, false, err);
	if (rc < 0)
		return rc;
	j->admission->platform = j->refused.admission->platform;
	j->admission->platform_judged = true;
	j->admission->allow = false;
	return 0;
}

int cli_judge_admit(struct cli *c, struct cli_judged *j, struct err *err)
{
	const struct snapshot *base = j->base.snap;
	CLEANUP(admit_guard_freep)
	struct admit_guard *guard = admit_guard_new(guard_rules_builtin());
	show_base(c, j);
	admit_guard_source(guard, j->want.source);
	int rc = admit_once(j, guard, !base || !snapshot_same_platform(base, j->want.snap), err);
	bool refused = rc == 0 && j->admission->platform_judged && !j->admission->platform.allow;
	return refused && base && base->platform ? look_again(c, j, guard, err) : rc;
}

void cli_judged_release(struct cli_judged *j)
{
	admission_free(j->admission);
	admission_free(j->refused.admission);
	plan_free(j->plan);
	plan_free(j->refused.plan);
	snapshot_unref(j->refused.snap);
	surfaces_free(j->surfaces);
	cli_tree_release(&j->want);
	cli_tree_release(&j->base);
	cli_folder_release(&j->folder);
	*j = (struct cli_judged){0};
}
