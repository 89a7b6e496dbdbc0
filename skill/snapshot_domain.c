/* One domain of a snapshot: its own files, its skills, and what the cascade makes of them. */
#include "base/mem.h"
#include "skill/digest.h"
#include "skill/skill_int.h"
#include "skill/snapshot_int.h"
#include "skill/text.h"

#define DOMAIN_ARENA_MAX ((size_t)256 << 20)

static const char *const knowledge[] = {"DOMAIN.md", "DECISIONS.md", "GUARDRAILS.md"};

struct reading_domain {
	struct build *b;
	struct domain *d;
	const struct domain *before; /* NULL: there was none */
	struct str path; /* "skills/ecm" */
	size_t file_cap;
	size_t next; /* in before->skills: Git's order of folders is nearly that of names */
};

static struct domain *domain_new(struct str name, const struct tree_id *tree)
{
	struct domain *d = mem_zalloc(sizeof(*d));
	d->refs = 1;
	d->arena = arena_new(DOMAIN_ARENA_MAX);
	d->name = arena_str(d->arena, name);
	d->tree = *tree;
	findings_init(&d->findings, d->arena);
	return d;
}

static struct str below(struct reading_domain *r, struct str name)
{
	return str_of(arena_printf(r->d->arena, "%.*s/%.*s", STR_ARG(r->path), STR_ARG(name)));
}

/* --- files -------------------------------------------------------------------------------------------- */

static void add_file(struct reading_domain *r, const struct domain_file *f)
{
	struct domain *d = r->d;
	ARENA_GROW(d->arena, d->files, d->file_count, r->file_cap);
	d->files[d->file_count] = *f;
	d->files[d->file_count++].path = arena_str(d->arena, f->path);
}

/* The same bytes in the previous snapshot; NULL when there are none or they had something to be told. */
static const struct domain_file *file_before(const struct reading_domain *r, struct str path,
					     const struct tree_id *blob)
{
	const struct domain *d = r->before;
	if (d && build_told(&d->findings, blob))
		return NULL;
	for (size_t i = 0; d && i < d->file_count; i++)
		if (str_eq(d->files[i].path, path) && tree_id_equal(&d->files[i].blob, blob))
			return &d->files[i];
	return NULL;
}

static int read_file(struct reading_domain *r, struct str path, const struct tree_entry *e,
		     struct err *err)
{
	const struct domain_file *same = file_before(r, path, &e->id);
	struct domain_file f = {.path = path, .blob = e->id};
	CLEANUP(arena_freep) struct arena *scratch = NULL;
	bool fine = false;
	struct str text;
	if (same) {
		add_file(r, same);
		return 0;
	}
	scratch = arena_new(1 << 20);
	int rc = build_read_text(r->b, e, below(r, path), scratch, &r->d->findings, r->d->name,
				 &text, &fine, err);
	if (rc < 0)
		return rc;
	f.size = text.len;
	f.digest = blob_digest(text);
	add_file(r, &f);
	return 0;
}

static int on_runbook(void *state, struct str path, const struct tree_entry *e, struct err *err)
{
	struct reading_domain *r = state;
	char *full = arena_printf(r->d->arena, "runbooks/%.*s", STR_ARG(path));
	return read_file(r, str_of(full), e, err);
}

static int read_runbooks(struct reading_domain *r, const struct tree_entry *e, struct err *err)
{
	struct err why = ERR_INIT;
	size_t entries = 0;
	r->d->runbooks = e->id;
	int rc = tree_walk(r->b->t, &e->id, below(r, e->name), r->b->limits, on_runbook, r,
			   &entries, &r->b->reading.trees_listed, &why);
	if (rc == ERR_INVALID || rc == ERR_TOO_LARGE) {
		findings_add_err(&r->d->findings, "SK-TREE", SEVERITY_DENY, r->d->name, STR(""),
				 &why);
		rc = 0;
	} else if (rc < 0 && err) {
		*err = why;
	}
	return rc < 0 ? rc : build_count(r->b, entries, err);
}

/* Runbooks as they were, when their folder is the same and had nothing to be told. */
static bool keep_runbooks(struct reading_domain *r, const struct tree_entry *e)
{
	const struct domain *d = r->before;
	struct str prefix = below(r, STR("runbooks"));
	if (!d || !tree_id_equal(&d->runbooks, &e->id))
		return false;
	for (size_t i = 0; i < d->findings.count; i++)
		if (str_starts(d->findings.items[i].path, prefix))
			return false;
	r->d->runbooks = e->id;
	for (size_t i = 0; i < d->file_count; i++)
		if (str_starts(d->files[i].path, STR("runbooks/")))
			add_file(r, &d->files[i]);
	return true;
}

/* The same file as in the previous snapshot, which had nothing to be told. */
static bool keep_config(struct reading_domain *r, const struct tree_entry *e)
{
	const struct domain *d = r->before;
	if (!d || !d->config || !tree_id_equal(&d->config->blob, &e->id) ||
	    build_told(&d->findings, &e->id))
		return false;
	r->d->own = shared_config_ref(d->own);
	r->d->config = d->config;
	r->d->config_file = d->config_file;
	r->d->config_file.path = arena_str(r->d->arena, d->config_file.path);
	return true;
}

static int read_config(struct reading_domain *r, const struct tree_entry *e, struct err *err)
{
	struct domain *d = r->d;
	struct str path = below(r, e->name), text;
	bool fine = false;
	if (keep_config(r, e))
		return 0;
	d->own = shared_config_new();
	struct arena *a = d->own->arena;
	int rc = build_read_text(r->b, e, path, a, &d->findings, d->name, &text, &fine, err);
	if (rc < 0)
		return rc;
	d->config_file = (struct domain_file){arena_str(d->arena, e->name), e->id,
					      blob_digest(text), text.len};
	if (fine)
		d->config = config_load(a, LEVEL_DOMAIN, arena_str(a, path), &e->id, text,
					&d->findings, d->name, STR(""));
	d->own->doc = d->config;
	return arena_check(a, "the domain's configuration", err);
}

/* Listed as a file of the domain, and read: rules look into it. */
static int read_lock(struct reading_domain *r, const struct tree_entry *e, struct err *err)
{
	struct domain *d = r->d;
	CLEANUP(arena_freep) struct arena *scratch = arena_new(64 << 20);
	struct str path = below(r, e->name), text;
	const struct doc_node *root = NULL;
	struct mcp_lock lock;
	struct err why = ERR_INIT;
	bool fine = false;
	int rc = build_read_text(r->b, e, path, scratch, &d->findings, d->name, &text, &fine, err);
	if (rc < 0)
		return rc;
	add_file(r, &(struct domain_file){e->name, e->id, blob_digest(text), text.len});
	if (!fine)
		return 0;
	rc = doc_parse_json(scratch, text, &doc_limits_json, path.p, &root, &why);
	if (rc == 0)
		rc = mcp_lock_read(scratch, root, path.p, &lock, &why);
	if (rc == 0)
		d->lock = mcp_lock_copy(d->arena, &lock);
	else
		findings_add_err(&d->findings, "SK-MCP-LOCK", SEVERITY_DENY, d->name, STR(""), &why)
			->blob = e->id;
	return 0;
}

/* --- skills ------------------------------------------------------------------------------------------- */

static void add_skill(struct reading_domain *r, struct skill *s)
{
	struct domain *d = r->d;
	d->skills[d->skill_count++] = (struct domain_skill){.skill = s};
}

static const struct domain_skill *skill_before(struct reading_domain *r, struct str name)
{
	const struct domain *d = r->before;
	const struct domain_skill *guess = d && r->next < d->skill_count ? &d->skills[r->next]
									 : NULL;
	if (!guess || !str_eq(guess->skill->name, name))
		guess = domain_skill_find(d, name);
	if (guess)
		r->next = (size_t)(guess - d->skills) + 1;
	return guess;
}

static int read_skill(struct reading_domain *r, const struct tree_entry *e, struct err *err)
{
	struct build *b = r->b;
	const struct domain_skill *old = skill_before(r, e->name);
	if (old && tree_id_equal(&old->skill->tree, &e->id)) {
		add_skill(r, skill_ref(old->skill));
		b->s->cost.skills_reused++;
		return 0;
	}
	CLEANUP(skill_unrefp) struct skill *s = NULL;
	int rc = skill_read_with(b->t, e, r->d->name, e->name, b->limits, &b->reading, &s, err);
	if (rc == 0)
		rc = build_count(b, 0, err);
	if (rc == 0 && b->opts->on_skill)
		rc = b->opts->on_skill(b->opts->state, b->t, s, err);
	if (rc < 0)
		return rc;
	if (b->opts->shrink)
		skill_shrink(s);
	b->s->cost.skills_parsed++;
	add_skill(r, TAKE_PTR(s));
	return 0;
}

static int read_folder(struct reading_domain *r, const struct tree_entry *e, struct err *err)
{
	struct err why = ERR_INIT;
	if (str_eqz(e->name, "runbooks"))
		return keep_runbooks(r, e) ? 0 : read_runbooks(r, e, err);
	if (e->name.p[0] == '.' || e->name.p[0] == '_')
		return 0;
	if (name_check(e->name, "skill name", &why) == 0)
		return read_skill(r, e, err);
	char quoted[100];
	struct findings *f = &r->d->findings;
	struct finding *told = findings_addf(f, "SK-NAME-FORM", SEVERITY_DENY, r->d->name, STR(""),
					     "%s", why.msg);
	text_quote(e->name, quoted, sizeof(quoted));
	told->path = below(r, str_of(quoted));
	finding_remedy(f, told, "rename the folder: %s", why.remedy);
	return 0;
}

static int read_entry(struct reading_domain *r, const struct tree_entry *e, struct err *err)
{
	if (e->mode == TREE_MODE_DIR)
		return read_folder(r, e, err);
	if (str_eqz(e->name, CONFIG_FILE))
		return read_config(r, e, err);
	if (str_eqz(e->name, MCP_LOCK_FILE))
		return read_lock(r, e, err);
	for (size_t i = 0; i < ARRAY_SIZE(knowledge); i++)
		if (str_eqz(e->name, knowledge[i]))
			return read_file(r, e->name, e, err);
	return 0;
}

static int skills_by_name(const void *pa, const void *pb)
{
	const struct domain_skill *a = pa, *b = pb;
	return str_cmp(a->skill->name, b->skill->name);
}

static int files_by_path(const void *pa, const void *pb)
{
	const struct domain_file *a = pa, *b = pb;
	return str_cmp(a->path, b->path);
}

static int domain_read(struct reading_domain *r, const struct tree_entry *dir, struct err *err)
{
	struct domain *d = r->d;
	struct tree_list list;
	bool fine = false;
	CLEANUP(arena_freep) struct arena *scratch = arena_new(64 << 20);
	int rc = build_list(r->b, &dir->id, r->path, scratch, &d->findings, d->name, &list, &fine,
			    err);
	/* There are many, and they stay: no room is left over. */
	size_t folders = 0;
	for (size_t i = 0; rc == 0 && i < list.count; i++)
		folders += list.items[i].mode == TREE_MODE_DIR;
	d->skills = arena_array(d->arena, folders, sizeof(*d->skills));
	for (size_t i = 0; rc == 0 && i < list.count; i++)
		rc = read_entry(r, &list.items[i], err);
	if (rc < 0)
		return rc;
	/*
	 * What is refused here may be in no digest (a folder's bad name, a file that is none): the candidate must not be that of a domain
	 * without it.
	 */
	d->broken |= findings_count(&d->findings, SEVERITY_DENY) > 0;
	if (d->skill_count)
		qsort(d->skills, d->skill_count, sizeof(*d->skills), skills_by_name);
	if (d->file_count)
		qsort(d->files, d->file_count, sizeof(*d->files), files_by_path);
	return arena_check(d->arena, "the domain", err);
}

/* --- the whole domain ------------------------------------------------------------------------------------- */

/* What the previous snapshot knows about a folder that has not changed, to be resolved anew. */
static struct domain *domain_copy(const struct domain *old)
{
	struct domain *d = domain_new(old->name, &old->tree);
	d->broken = old->broken;
	d->runbooks = old->runbooks;
	d->own = shared_config_ref(old->own);
	d->config = old->config;
	d->config_file = old->config_file;
	d->config_file.path = arena_str(d->arena, old->config_file.path);
	d->skills = arena_array(d->arena, old->skill_count, sizeof(*d->skills));
	for (; d->skill_count < old->skill_count; d->skill_count++)
		d->skills[d->skill_count].skill = skill_ref(old->skills[d->skill_count].skill);
	d->lock = old->lock ? mcp_lock_copy(d->arena, old->lock) : NULL;
	d->files = arena_array(d->arena, old->file_count, sizeof(*d->files));
	for (; d->file_count < old->file_count; d->file_count++) {
		d->files[d->file_count] = old->files[d->file_count];
		d->files[d->file_count].path = arena_str(d->arena, old->files[d->file_count].path);
	}
	/* The cascade speaks for itself again. */
	for (size_t i = 0; i < old->findings.count; i++)
		if (strcmp(old->findings.items[i].rule, "SK-CASCADE") != 0 &&
		    strcmp(old->findings.items[i].rule, "SK-CAPABILITY") != 0)
			findings_add(&d->findings, &old->findings.items[i]);
	return d;
}

int domain_build(struct build *b, const struct tree_entry *dir, struct domain **ret,
		 struct err *err)
{
	struct domain *before = snapshot_domain(b->previous, dir->name);
	bool unchanged = before && tree_id_equal(&before->tree, &dir->id);
	if (unchanged && before->platform == b->s->shared &&
	    digest_equal(&before->firm, &b->s->firm)) {
		b->s->cost.domains_reused++;
		b->s->cost.skills_reused += before->skill_count;
		*ret = domain_ref(before);
		return 0;
	}
	CLEANUP(domain_unrefp) struct domain *d = NULL;
	if (unchanged) {
		d = domain_copy(before);
		b->s->cost.skills_reused += d->skill_count;
	} else {
		d = domain_new(dir->name, &dir->id);
		struct reading_domain r = {.b = b, .d = d, .before = before};
		r.path = str_of(arena_printf(d->arena, "skills/%.*s", STR_ARG(d->name)));
		int rc = domain_read(&r, dir, err);
		if (rc < 0)
			return rc;
	}
	domain_resolve(b, d, before);
	*ret = TAKE_PTR(d);
	return 0;
}
