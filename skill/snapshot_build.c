/* The root of a repository: platform configuration, FIRM.md, and the folders that are domains. */
#include <stdio.h>

#include "base/mem.h"
#include "skill/digest.h"
#include "skill/skill_int.h"
#include "skill/snapshot_int.h"
#include "skill/text.h"

/* --- reading under the tree rules ------------------------------------------------------------------ */

int build_count(struct build *b, size_t entries, struct err *err)
{
	b->reading.entries += entries;
	if (b->reading.entries <= b->limits->repository_entries)
		return 0;
	err_set(err, ERR_TOO_LARGE, "the repository has more than %zu files and folders",
		b->limits->repository_entries);
	return err_remedy(err, "split it into several repositories");
}

int build_list(struct build *b, const struct tree_id *dir, struct str path, struct arena *a,
	       struct findings *f, struct str domain, struct tree_list *ret, bool *ret_fine,
	       struct err *err)
{
	struct err why = ERR_INIT;
	*ret = (struct tree_list){NULL, 0};
	*ret_fine = true;
	b->reading.trees_listed++;
	int rc = tree_list(b->t, dir, path, b->limits, a, ret, &why);
	if (rc == ERR_INVALID || rc == ERR_TOO_LARGE) {
		findings_add_err(f, "SK-TREE", SEVERITY_DENY, domain, STR(""), &why);
		*ret_fine = false;
		return 0;
	}
	if (rc < 0) {
		if (err)
			*err = why;
		return rc;
	}
	return build_count(b, ret->count, err);
}

int build_read_text(struct build *b, const struct tree_entry *e, struct str path, struct arena *a,
		    struct findings *f, struct str domain, struct str *ret, bool *ret_fine,
		    struct err *err)
{
	CLEANUP(buf_release) struct buf bytes = BUF_INIT(SKILL_MD_MAX);
	struct said_of of = {.findings = f, .domain = domain, .path = path, .blob = e->id};
	*ret = STR("");
	*ret_fine = false;
	b->reading.blobs_read++;
	int rc = tree_read(b->t, &e->id, &bytes, err);
	if (rc == ERR_TOO_LARGE) {
		say(&of, "SK-MD-SIZE", 0, 0, "the file has more than %d bytes", SKILL_MD_MAX)
			->remedy = STR("move part of it into a file of its own");
		return 0;
	}
	if (rc == ERR_INVALID) {
		say(&of, "SK-TREE", 0, 0, "this is no file")->remedy =
			STR("commit it again with a current Git");
		return 0;
	}
	if (rc < 0)
		return rc;
	*ret = arena_str(a, buf_str(&bytes));
	of.text = *ret;
	*ret_fine = text_check(&of);
	struct digest d = blob_digest(*ret);
	return b->reading.on_blob ? b->reading.on_blob(b->reading.state, &d, *ret, err) : 0;
}

bool build_told(const struct findings *f, const struct tree_id *blob)
{
	for (size_t i = 0; i < f->count; i++)
		if (tree_id_equal(&f->items[i].blob, blob))
			return true;
	return false;
}

/* --- platform and firm -------------------------------------------------------------------------------- */

/* True when the previous snapshot's platform says the same at the same places. */
static bool same_platform(const struct snapshot *before, const struct config_doc *doc)
{
	const struct config_doc *old = before ? before->platform : NULL;
	if (!old || !str_eq(old->path, doc->path) || !tree_id_equal(&old->blob, &doc->blob))
		return false;
	/* Without a blob, as for a configuration that is not of a repository, its values decide. */
	struct digest now = policy_digest(doc, NULL, 0);
	return digest_equal(&now, &before->platform_digest);
}

static void adopt_platform(struct build *b, const struct config_doc *doc)
{
	struct snapshot *s = b->s;
	s->platform_digest = policy_digest(doc, NULL, 0);
	if (!doc)
		return;
	if (same_platform(b->previous, doc)) {
		s->shared = shared_config_ref(b->previous->shared);
	} else {
		s->shared = shared_config_new();
		s->shared->doc = config_compact(s->shared->arena, doc);
	}
	s->platform = s->shared->doc;
}

/* The same file as in the previous snapshot, which had nothing to be told. */
static bool keep_platform(struct build *b, const struct tree_entry *e)
{
	const struct snapshot *before = b->previous;
	if (!before || !before->platform || !str_eqz(before->platform->path, CONFIG_FILE) ||
	    !tree_id_equal(&before->platform->blob, &e->id) ||
	    build_told(&before->findings, &e->id))
		return false;
	b->s->shared = shared_config_ref(before->shared);
	b->s->platform = before->platform;
	b->s->platform_digest = before->platform_digest;
	b->s->platform_file = before->platform_file;
	b->s->platform_file.path = STR(CONFIG_FILE);
	return true;
}

static int read_platform(struct build *b, const struct tree_list *root, struct err *err)
{
	const struct tree_entry *e = tree_find(root, CONFIG_FILE);
	struct config_doc *doc = NULL;
	struct str text;
	bool fine = false;
	if (e && e->mode == TREE_MODE_DIR)
		e = NULL;
	if (e && keep_platform(b, e))
		return 0;
	if (e) {
		int rc = build_read_text(b, e, STR(CONFIG_FILE), b->scratch, &b->s->findings,
					 STR(""), &text, &fine, err);
		if (rc < 0)
			return rc;
		if (text.len)
			b->s->platform_file = (struct domain_file){STR(CONFIG_FILE), e->id,
								   blob_digest(text), text.len};
		if (fine)
			doc = config_load(b->scratch, LEVEL_PLATFORM, STR(CONFIG_FILE), &e->id,
					  text, &b->s->findings, STR(""), STR(""));
	}
	adopt_platform(b, doc);
	if (!doc)
		return 0;
	/* Rights that the platform's own settings ask for are judged once, here. */
	struct config ignored;
	config_cascade(doc, NULL, NULL, &ignored, &b->s->findings, STR(""), STR(""));
	return 0;
}

static int read_firm(struct build *b, const struct tree_list *root, struct err *err)
{
	struct snapshot *s = b->s;
	const struct snapshot *before = b->previous;
	const struct tree_entry *e = tree_find(root, "FIRM.md");
	bool fine = false;
	if (!e || e->mode == TREE_MODE_DIR)
		return 0;
	if (before && before->firm_blob.len && tree_id_equal(&before->firm_blob, &e->id) &&
	    !build_told(&before->findings, &e->id)) {
		s->firm_text = arena_str(s->arena, before->firm_text);
		s->firm = before->firm;
		s->firm_blob = e->id;
		return 0;
	}
	int rc = build_read_text(b, e, STR("FIRM.md"), s->arena, &s->findings, STR(""),
				 &s->firm_text, &fine, err);
	if (rc == 0 && fine) {
		s->firm = blob_digest(s->firm_text);
		s->firm_blob = e->id;
	}
	return rc;
}

static int read_policy(struct build *b, const struct tree_list *root, struct err *err)
{
	if (b->opts->platform_from_tree) {
		int rc = read_platform(b, root, err);
		return rc < 0 ? rc : read_firm(b, root, err);
	}
	adopt_platform(b, b->opts->platform);
	if (b->opts->firm_text.p) {
		b->s->firm_text = arena_str(b->s->arena, b->opts->firm_text);
		b->s->firm = blob_digest(b->s->firm_text);
	}
	return 0;
}

/* --- domains -------------------------------------------------------------------------------------------- */

static bool is_passed_over(const struct tree_entry *e)
{
	return e->mode != TREE_MODE_DIR || e->name.p[0] == '.' || e->name.p[0] == '_';
}

static void bad_name(struct build *b, const struct tree_entry *e, const struct err *why)
{
	char quoted[100];
	text_quote(e->name, quoted, sizeof(quoted));
	struct finding *f = findings_addf(&b->s->findings, "SK-DOMAIN-NAME", SEVERITY_DENY,
					  str_of(arena_strdup(b->s->arena, quoted)), STR(""), "%s",
					  why->msg);
	f->path = str_of(arena_printf(b->s->arena, "skills/%s", quoted));
	finding_remedy(&b->s->findings, f, "rename the folder: %s", why->remedy);
}

static int by_name(const void *pa, const void *pb)
{
	const struct domain *a = *(struct domain *const *)pa, *b = *(struct domain *const *)pb;
	return str_cmp(a->name, b->name);
}

static int read_domains(struct build *b, const struct tree_list *skills, struct err *err)
{
	struct snapshot *s = b->s;
	s->domains = arena_array(s->arena, skills->count, sizeof(*s->domains));
	for (size_t i = 0; i < skills->count; i++) {
		const struct tree_entry *e = &skills->items[i];
		struct err why = ERR_INIT;
		if (is_passed_over(e))
			continue;
		if (name_check(e->name, "domain name", &why) < 0) {
			bad_name(b, e, &why);
			continue;
		}
		if (b->opts->pass_over && b->opts->pass_over(b->opts->pass_state, e->name))
			continue;
		struct domain *d = NULL;
		int rc = domain_build(b, e, &d, err);
		if (rc < 0)
			return rc;
		s->domains[s->domain_count++] = d;
		s->skill_count += d->skill_count;
	}
	if (s->domain_count)
		qsort(s->domains, s->domain_count, sizeof(*s->domains), by_name);
	return 0;
}

static int read_skills(struct build *b, const struct tree_list *root, struct err *err)
{
	const struct tree_entry *e = tree_find(root, "skills");
	struct tree_list list;
	bool fine = false;
	if (!e || e->mode != TREE_MODE_DIR)
		return 0;
	int rc = build_list(b, &e->id, STR("skills"), b->scratch, &b->s->findings, STR(""), &list,
			    &fine, err);
	return rc < 0 || !fine ? rc : read_domains(b, &list, err);
}

static int find_root(struct build *b, struct err *err)
{
	struct tree_entry at = {STR(""), TREE_MODE_DIR, b->t->root};
	const char *sub = b->opts->subpath;
	if (sub && *sub) {
		int rc = tree_lookup(b->t, str_of(sub), b->limits, &at, err);
		if (rc < 0)
			return rc;
	}
	if (at.mode != TREE_MODE_DIR)
		return err_set(err, ERR_NOT_FOUND, "\"%s\" is a file, and not a folder", sub);
	b->s->root = at.id;
	return 0;
}

static int build_all(struct build *b, struct err *err)
{
	struct tree_list root;
	bool fine = false;
	int rc = find_root(b, err);
	if (rc == 0)
		rc = build_list(b, &b->s->root, STR(""), b->scratch, &b->s->findings, STR(""),
				&root, &fine, err);
	if (rc < 0 || !fine)
		return rc;
	rc = read_policy(b, &root, err);
	return rc < 0 ? rc : read_skills(b, &root, err);
}

int snapshot_build(struct tree_source *t, const struct source_ref *source,
		   const struct snapshot *previous, const struct snapshot_opts *opts,
		   struct snapshot **ret, struct err *err)
{
	CLEANUP(snapshot_unrefp) struct snapshot *s = mem_zalloc(sizeof(*s));
	CLEANUP(arena_freep) struct arena *scratch = arena_new(64 << 20);
	struct build b = {.t = t,
			  .previous = previous,
			  .opts = opts,
			  .limits = opts->limits ? opts->limits : &tree_limits_default,
			  .s = s,
			  .scratch = scratch,
			  .reading = {.on_blob = opts->on_blob, .state = opts->state}};
	s->refs = 1;
	s->arena = arena_new(64 << 20);
	s->source = *source;
	findings_init(&s->findings, s->arena);
	int rc = build_all(&b, err);
	if (rc == 0)
		rc = arena_check(s->arena, "the repository", err);
	if (rc < 0)
		return rc;
	s->cost.trees_listed = b.reading.trees_listed;
	s->cost.blobs_read = b.reading.blobs_read;
	*ret = TAKE_PTR(s);
	return 0;
}
