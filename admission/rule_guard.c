/*
 * AD-GUARD: what the guard found in the files of the root, of a domain and of its skills. What a finding weighs is said by guard.pii,
 * guard.secrets and guard.injection of the skill (or of the domain or the platform, for their own files). Nothing can be redacted in a repository: there `redact` warns,
 * and redacts at run time.
 */
#include <stdio.h>

#include "admission/rule_int.h"

static enum guard_mode mode_of(const struct config *c, enum guard_category category)
{
	int mode = category == GUARD_PII      ? c->guard.pii
		   : category == GUARD_SECRET ? c->guard.secrets
					      : c->guard.injection;
	return (enum guard_mode)mode;
}

/* One file being looked at. */
struct file {
	struct str path; /* in the repository */
	struct tree_id blob;
	struct digest digest;
	const struct config *effective;
};

static void put_place(struct finding *f, const struct file *file, const struct guard_fact *at)
{
	f->path = file->path;
	f->blob = file->blob;
	f->start = at->start;
	f->end = at->end;
	f->line = at->line;
	f->column = at->column;
}

static void say_found(const struct rule_in *in, struct findings *out, const struct file *file,
		      const struct guard_fact *g, enum guard_mode mode)
{
	struct finding *f = rule_say(in, out, "%s%s%s (guard rule %s)%s%.*s", g->rule->says,
				     g->encoding ? " in " : "", g->encoding ? g->encoding : "",
				     g->rule->id, g->allowed ? ", allowed: " : "",
				     STR_ARG(g->words));
	put_place(f, file, g);
	if (g->allowed) {
		f->severity = SEVERITY_NOTE;
		f->remedy = STR_NULL;
		return;
	}
	if (mode != GUARD_BLOCK)
		f->severity = SEVERITY_WARN;
	const char *remedy = g->rule->remedy[0] ? g->rule->remedy : "take it out";
	finding_remedy(out, f,
		       "%s; or allow it with a comment in its line or the one before: guard:allow "
		       "%s REASON",
		       remedy, g->rule->id);
}

static void check_category(const struct rule_in *in, struct findings *out, const struct file *file,
			   const struct guard_facts *facts, enum guard_category category)
{
	enum guard_mode mode = mode_of(file->effective, category);
	for (size_t i = 0; mode != GUARD_OFF && i < facts->count; i++)
		if (facts->items[i].rule && facts->items[i].rule->category == category)
			say_found(in, out, file, &facts->items[i], mode);
}

static void check_comments(const struct rule_in *in, struct findings *out, const struct file *file,
			   const struct guard_facts *facts)
{
	for (size_t i = 0; i < facts->count; i++) {
		const struct guard_fact *g = &facts->items[i];
		if (!g->rule)
			put_place(rule_say(in, out, "%.*s", STR_ARG(g->words)), file, g);
	}
}

/* A file that was not looked through to its end may hold anything. */
static void check_fault(const struct rule_in *in, struct findings *out, const struct file *file,
			const struct guard_facts *facts)
{
	if (facts->fault)
		put_place(rule_say(in, out, "%s", facts->fault), file, &(struct guard_fact){0});
}

/* --- files ----------------------------------------------------------------------------------------------------- */

enum what { PII = GUARD_PII, SECRET = GUARD_SECRET, INJECTION = GUARD_INJECTION, COMMENTS, FAULTS };

/* The path is made only for a file with something to be told: of thousands nearly all are clean. */
static int check_file(const struct rule_in *in, struct findings *out, struct file *file,
		      struct str folder, struct str name, enum what what, struct err *err)
{
	const struct guard_facts *facts;
	int rc = admit_guard_get(in->guard, &file->digest, &file->blob, &facts, err);
	if (rc < 0) {
		err_context(err, "%.*s%s%.*s", STR_ARG(folder), folder.len ? "/" : "",
			    STR_ARG(name));
		return rc;
	}
	if (!facts->count && !facts->fault)
		return 0;
	file->path = str_of(arena_printf(in->arena, "%.*s%s%.*s", STR_ARG(folder),
					 folder.len ? "/" : "", STR_ARG(name)));
	if (what == COMMENTS)
		check_comments(in, out, file, facts);
	else if (what == FAULTS)
		check_fault(in, out, file, facts);
	else
		check_category(in, out, file, facts, (enum guard_category)what);
	return 0;
}

/* A skill that is held at its old version was judged when that was new, and its files are not at hand. */
static bool is_held(const struct rule_in *in)
{
	const struct domain *d = snapshot_domain(in->snap, in->name);
	const struct domain_skill *now = d ? domain_skill_find(d, in->skill->skill->name) : NULL;
	return !now || now->skill != in->skill->skill;
}

bool rule_guard_clean(struct admit_guard *g, const struct skill *s)
{
	for (size_t i = 0; g && i < s->manifest.count; i++)
		if (!admit_guard_is_clean(g, &s->manifest.files[i].digest))
			return false;
	return g != NULL;
}

static int check_skill(const struct rule_in *in, struct findings *out, enum what what,
		       struct err *err)
{
	const struct skill *s = in->skill->skill;
	int rc = 0;
	if (in->index->judged->skills[in->skill - in->domain->skills].clean)
		return 0;
	bool held = is_held(in);
	for (size_t i = 0; i < s->manifest.count && rc == 0 && !held; i++) {
		const struct manifest_file *m = &s->manifest.files[i];
		struct file file = {
			.blob = m->blob, .digest = m->digest, .effective = in->effective};
		rc = check_file(in, out, &file, s->path, m->path, what, err);
	}
	return rc;
}

static int check_domain_file(const struct rule_in *in, struct findings *out,
			     const struct domain_file *m, enum what what, struct err *err)
{
	char folder[16 + NAME_MAX_BYTES];
	int len = snprintf(folder, sizeof(folder), "skills/%.*s", STR_ARG(in->name));
	struct file file = {
		.blob = m->blob, .digest = m->digest, .effective = in->domain_effective};
	return check_file(in, out, &file, str_make(folder, (size_t)len), m->path, what, err);
}

static int check_domain(const struct rule_in *in, struct findings *out, enum what what,
			struct err *err)
{
	int rc = 0;
	if (!in->domain)
		return 0;
	if (in->domain->config_file.path.len)
		rc = check_domain_file(in, out, &in->domain->config_file, what, err);
	for (size_t i = 0; i < in->domain->file_count && rc == 0; i++)
		rc = check_domain_file(in, out, &in->domain->files[i], what, err);
	return rc;
}

/* The root's own files: FIRM.md is given to every skill. The platform that judges says what a finding weighs. */
static int check_platform(const struct rule_in *in, struct findings *out, enum what what,
			  struct err *err)
{
	const struct snapshot *s = in->snap;
	struct config effective;
	struct findings unsaid;
	int rc = 0;
	findings_init(&unsaid, in->arena);
	config_cascade(in->policy->platform, NULL, NULL, &effective, &unsaid, STR_NULL, STR_NULL);
	struct file firm = {.blob = s->firm_blob, .digest = s->firm, .effective = &effective};
	struct file config = {.blob = s->platform_file.blob,
			      .digest = s->platform_file.digest,
			      .effective = &effective};
	if (firm.blob.len)
		rc = check_file(in, out, &firm, STR_NULL, STR("FIRM.md"), what, err);
	if (rc == 0 && config.blob.len)
		rc = check_file(in, out, &config, STR_NULL, STR(CONFIG_FILE), what, err);
	return rc;
}

static int check(const struct rule_in *in, struct findings *out, enum what what, struct err *err)
{
	if (!in->guard)
		return 0;
	if (!in->domain && !in->change)
		return check_platform(in, out, what, err);
	return in->skill ? check_skill(in, out, what, err) : check_domain(in, out, what, err);
}

int rule_guard_pii(const struct rule_in *in, struct findings *out, struct err *err)
{
	return check(in, out, PII, err);
}

int rule_guard_secret(const struct rule_in *in, struct findings *out, struct err *err)
{
	return check(in, out, SECRET, err);
}

int rule_guard_injection(const struct rule_in *in, struct findings *out, struct err *err)
{
	return check(in, out, INJECTION, err);
}

int rule_guard_allow(const struct rule_in *in, struct findings *out, struct err *err)
{
	return check(in, out, COMMENTS, err);
}

int rule_guard_fault(const struct rule_in *in, struct findings *out, struct err *err)
{
	return check(in, out, FAULTS, err);
}
