/*
 * A skill's folder, file by file: sizes, digests, what is text. Whatever is wrong with it is a finding, and the rest is read all the same, so that
 * an analyst is told everything at once.
 */
#include "base/mem.h"
#include "skill/digest.h"
#include "skill/skill_int.h"

#define CASES_FILE "tests/cases.md"
#define ATTRIBUTES_FILE ".gitattributes"

struct reader {
	struct skill *s;
	struct tree_source *t;
	const struct tree_limits *limits;
	struct skill_reading *how;
	struct skill_texts texts;
	struct buf bytes; /* of the file at hand */
	size_t cap; /* of the manifest */
	bool refused; /* by on_blob: an error of the caller's, whatever its code */
	bool broken; /* the manifest does not say all: the digest must not be that of a whole folder */
};

static struct said_of about(struct reader *r, struct str path, const struct tree_entry *e)
{
	char *own = arena_strndup(r->s->findings.arena, path.p, path.len);
	return skill_said_of(r->s, own, &e->id, STR_NULL);
}

static void too_large(struct reader *r, struct str path, const struct tree_entry *e)
{
	struct said_of of = about(r, path, e);
	say(&of, "SK-FILE-SIZE", 0, 0, "the file is larger than %zu bytes", r->limits->blob_bytes)
		->remedy = STR("keep it elsewhere, or make it smaller");
	r->broken = true;
}

static bool ends_in(struct str path, const char *name)
{
	size_t n = strlen(name);
	return str_ends(path, str_make(name, n)) &&
	       (path.len == n || path.p[path.len - n - 1] == '/');
}

/* Whether somebody wants the bytes, when the digest is known without. */
static bool wanted(const struct reader *r, struct str path, int64_t size)
{
	return r->how->on_blob || size < 1024 || str_eqz(path, SKILL_FILE) ||
	       str_eqz(path, CONFIG_FILE) || str_eqz(path, CASES_FILE) || testfile_is(path) ||
	       ends_in(path, ATTRIBUTES_FILE);
}

static void count_tests(struct reader *r, struct str path, const struct tree_entry *e,
			struct str bytes)
{
	struct err err = ERR_INIT;
	char name[2 * NAME_MAX_BYTES + 2];
	int len = snprintf(name, sizeof(name), "%.*s/%.*s", STR_ARG(r->s->domain),
			   STR_ARG(r->s->name));
	if (testfile_count(path, bytes, str_make(name, (size_t)len), &r->s->tests, &err) == 0)
		return;
	struct said_of of = about(r, path, e);
	struct finding *f = say(&of, "SK-TESTS-FILE", 0, 0, "%s", err.msg);
	f->line = err.where.line;
	f->column = err.where.column;
	if (err.remedy[0])
		say_remedy(&of, f, "%s", err.remedy);
}

/* What a file's bytes say beyond their digest. */
static void look_at(struct reader *r, struct str path, const struct tree_entry *e)
{
	struct str bytes = buf_str(&r->bytes);
	struct arena *a = r->s->text_arena;
	if (str_eqz(path, SKILL_FILE)) {
		r->texts.md = arena_str(a, bytes);
		r->s->md_blob = e->id;
	} else if (str_eqz(path, CONFIG_FILE)) {
		r->texts.config = arena_str(a, bytes);
		r->texts.config_blob = e->id;
	} else if (str_eqz(path, CASES_FILE)) {
		r->texts.cases = arena_str(a, bytes);
		r->texts.cases_blob = e->id;
	} else if (text_is_lfs_pointer(bytes)) {
		struct said_of of = about(r, path, e);
		of.text = bytes;
		text_check(&of);
	} else if (testfile_is(path)) {
		count_tests(r, path, e, bytes);
	} else if (ends_in(path, ATTRIBUTES_FILE)) {
		struct said_of of = about(r, path, e);
		of.text = bytes;
		text_check_gitattributes(&of);
	}
}

static int read_bytes(struct reader *r, struct str path, const struct tree_entry *e, bool *ret_fits,
		      struct err *err)
{
	buf_reset(&r->bytes);
	r->how->blobs_read++;
	int rc = tree_read(r->t, &e->id, &r->bytes, err);
	*ret_fits = rc == 0;
	if (rc != ERR_TOO_LARGE)
		return rc;
	too_large(r, path, e);
	return 0;
}

static struct manifest_file *add_file(struct reader *r, struct str path, const struct tree_entry *e)
{
	struct manifest *m = &r->s->manifest;
	ARENA_GROW(r->s->text_arena, m->files, m->count, r->cap);
	m->files[m->count] = (struct manifest_file){
		.path = arena_str(r->s->text_arena, path), .mode = e->mode, .blob = e->id};
	return &m->files[m->count++];
}

static int hand_out(struct reader *r, const struct digest *digest, struct err *err)
{
	if (!r->how->on_blob)
		return 0;
	int rc = r->how->on_blob(r->how->state, digest, buf_str(&r->bytes), err);
	r->refused = rc < 0;
	return rc;
}

static int on_file(void *state, struct str path, const struct tree_entry *e, struct err *err)
{
	struct reader *r = state;
	struct manifest_file *f = add_file(r, path, e);
	bool known = r->t->ops->id_is_digest, fits = true;
	int64_t size = r->t->ops->size ? r->t->ops->size(r->t, &e->id, err) : -1;
	if (r->t->ops->size && size < 0)
		return (int)size;
	if (size > (int64_t)r->limits->blob_bytes) {
		too_large(r, path, e);
		return 0;
	}
	if (!known || size < 0 || wanted(r, path, size)) {
		int rc = read_bytes(r, path, e, &fits, err);
		if (rc < 0 || !fits)
			return rc;
		size = (int64_t)r->bytes.len;
		look_at(r, path, e);
	}
	f->size = (uint64_t)size;
	if (known)
		memcpy(f->digest.bytes, e->id.bytes, DIGEST_SIZE);
	else
		f->digest = blob_digest(buf_str(&r->bytes));
	r->s->manifest.bytes += f->size;
	if (r->s->manifest.bytes > r->limits->skill_bytes)
		return err_set(err, ERR_TOO_LARGE,
			       "the skill's files have more than %zu bytes together",
			       r->limits->skill_bytes);
	return hand_out(r, &f->digest, err);
}

static void walk_error(struct reader *r, const struct err *err)
{
	struct skill *s = r->s;
	bool size = s->manifest.bytes > r->limits->skill_bytes;
	struct finding *f = findings_add_err(&s->findings, size ? "SK-SKILL-SIZE" : "SK-TREE",
					     SEVERITY_DENY, s->domain, s->name, err);
	if (!f->path.len)
		f->path = s->path;
	if (size) {
		f->path = s->path;
		f->remedy = STR("keep large files elsewhere");
	}
	r->broken = true;
}

static void check_md_exists(struct reader *r)
{
	struct skill *s = r->s;
	/* Of a folder that could not be read whole nothing is known to be missing. */
	if (r->broken || r->texts.md.p || manifest_find(&s->manifest, STR(SKILL_FILE)))
		return;
	struct said_of of = skill_said_of(s, SKILL_FILE, NULL, STR_NULL);
	of.path = s->path;
	struct finding *f = say(&of, "SK-MD-MISSING", 0, 0, "the skill has no " SKILL_FILE);
	say_remedy(&of, f, "add %.*s/" SKILL_FILE ", or `aspora create skill %.*s/%.*s`",
		   STR_ARG(s->path), STR_ARG(s->domain), STR_ARG(s->name));
	for (size_t i = 0; i < s->manifest.count; i++)
		if (str_eq_nocase(s->manifest.files[i].path, STR(SKILL_FILE)))
			say_remedy(&of, f, "rename %.*s to " SKILL_FILE,
				   STR_ARG(s->manifest.files[i].path));
}

static void finish(struct reader *r)
{
	struct skill *s = r->s;
	check_md_exists(r);
	skill_parse(s, s->text_arena, &r->texts);
	struct said_of config = skill_said_of(s, CONFIG_FILE, &r->texts.config_blob,
					      r->texts.config);
	skill_find_handler(s, &config);
	if (r->broken)
		s->content = digest_tagged("aspora.broken.v1",
					   str_make((const char *)s->tree.bytes, s->tree.len));
	else
		s->content = skill_digest_content(&s->manifest);
	skill_settle(s);
}

int skill_read_with(struct tree_source *t, const struct tree_entry *dir, struct str domain,
		    struct str name, const struct tree_limits *limits, struct skill_reading *how,
		    struct skill **ret, struct err *err)
{
	CLEANUP(skill_unrefp) struct skill *s = skill_new(domain, name);
	struct reader r = {.s = s, .t = t, .limits = limits, .how = how};
	struct err why = ERR_INIT;
	buf_init(&r.bytes, limits->blob_bytes);
	s->tree = dir->id;
	int rc = tree_walk(t, &dir->id, s->path, limits, on_file, &r, &how->entries,
			   &how->trees_listed, &why);
	buf_release(&r.bytes);
	if (!r.refused && (rc == ERR_INVALID || rc == ERR_TOO_LARGE)) {
		walk_error(&r, &why);
	} else if (rc < 0) {
		if (err)
			*err = why;
		return rc;
	}
	finish(&r);
	*ret = TAKE_PTR(s);
	return 0;
}

int skill_read(struct tree_source *t, const struct tree_entry *dir, struct str domain,
	       struct str name, const struct tree_limits *limits, struct skill **ret,
	       struct err *err)
{
	struct skill_reading how = {0};
	return skill_read_with(t, dir, domain, name, limits, &how, ret, err);
}
