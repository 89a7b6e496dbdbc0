#include "skill/skill.h"

#include "skill/skill_int.h"

struct skill *skill_ref(struct skill *s)
{
	s->refs++;
	return s;
}

void skill_unref(struct skill *s)
{
	if (!s || --s->refs > 0)
		return;
	arena_free(s->text_arena);
	arena_free(s->arena);
	free(s);
}

void skill_unrefp(struct skill **s)
{
	skill_unref(*s);
	*s = NULL;
}

void skill_shrink(struct skill *s)
{
	arena_free(s->text_arena);
	s->text_arena = NULL;
	s->md_text = s->body = STR_NULL;
	s->front = NULL;
	s->links = NULL;
	s->link_count = 0;
	s->cases = NULL;
	if (s->config)
		s->config->root = NULL;
}

/* The bytes of a file of the manifest into a; p stays NULL when there is none. */
static int read_text(const struct skill *s, struct tree_source *t, struct arena *a,
		     const char *path, struct str *ret, struct tree_id *ret_blob, struct err *err)
{
	const struct manifest_file *f = manifest_find(&s->manifest, str_of(path));
	CLEANUP(buf_release) struct buf bytes = BUF_INIT(tree_limits_default.blob_bytes);
	if (!f)
		return 0;
	if (ret_blob)
		*ret_blob = f->blob;
	int rc = tree_read(t, &f->blob, &bytes, err);
	if (rc == 0)
		*ret = arena_str(a, buf_str(&bytes));
	return rc;
}

int skill_grow(struct skill *s, struct tree_source *t, struct err *err)
{
	struct skill_texts texts = {0};
	if (s->text_arena)
		return 0;
	CLEANUP(skill_unrefp) struct skill *fresh = skill_new(s->domain, s->name);
	struct arena *a = fresh->text_arena;
	fresh->md_blob = s->md_blob;
	int rc = read_text(s, t, a, SKILL_FILE, &texts.md, NULL, err);
	if (rc == 0)
		rc = read_text(s, t, a, CONFIG_FILE, &texts.config, &texts.config_blob, err);
	if (rc == 0)
		rc = read_text(s, t, a, "tests/cases.md", &texts.cases, &texts.cases_blob, err);
	if (rc < 0)
		return rc;
	skill_parse(fresh, a, &texts);
	s->text_arena = TAKE_PTR(fresh->text_arena);
	s->md_text = fresh->md_text;
	s->body = fresh->body;
	s->front = fresh->front;
	s->links = fresh->links;
	s->link_count = fresh->link_count;
	s->cases = fresh->cases;
	if (s->config && fresh->config)
		s->config->root = fresh->config->root;
	return 0;
}

bool skill_has_tests(const struct skill *s)
{
	if (s->case_count || s->tests.promptfoo || s->tests.deepeval || s->tests.evals)
		return true;
	for (size_t i = 0; i < s->manifest.count; i++)
		if (testfile_is(s->manifest.files[i].path))
			return true;
	return false;
}

int skill_file(const struct skill *s, struct tree_source *t, const char *path, struct buf *out,
	       struct err *err)
{
	const struct manifest_file *f = manifest_find(&s->manifest, str_of(path));
	if (!f)
		return err_set(err, ERR_NOT_FOUND, "%.*s/%.*s has no file %.200s",
			       STR_ARG(s->domain), STR_ARG(s->name), path);
	return tree_read(t, &f->blob, out, err);
}
