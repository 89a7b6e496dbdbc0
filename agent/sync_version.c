#include "agent/sync_version.h"

#include "agent/context_doc.h"
#include "agent/sync_int.h"
#include "base/mem.h"

#define BATCH_MOST 256

/* So many rows as are sent at once. */
struct batch {
	struct pass *p;
	struct store_txn *t;
	struct arena *arena; /* of the documents */
	struct map seen; /* contexts that were sent; keys are of the snapshot */
	struct store_version versions[BATCH_MOST];
	size_t version_count;
	struct store_context contexts[BATCH_MOST];
	size_t context_count;
};

static struct str triggers_json(struct arena *a, const struct skill *s)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	struct json j;
	CLEANUP_FREE char *path = mem_printf("%.*s/" SKILL_FILE, STR_ARG(s->path));
	json_init(&j, &out);
	json_array(&j);
	for (size_t i = 0; i < s->trigger_count; i++) {
		json_object(&j);
		json_strz(&j, "kind", trigger_kind_name(s->triggers[i].kind));
		json_str(&j, "pattern", s->triggers[i].text);
		json_strz(&j, "path", path);
		json_int(&j, "line", s->triggers[i].line);
		json_int(&j, "column", s->triggers[i].column);
		json_end(&j);
	}
	json_end(&j);
	return arena_str(a, buf_str(&out));
}

static struct str spec_json(struct arena *a, const struct domain_skill *ds)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	const struct skill *s = ds->skill;
	struct json j;
	json_init(&j, &out);
	json_object(&j);
	/* First, so that a list of skills sees without parsing who has any (store/sql/object_skill.sql). */
	if (s->label_count)
		json_object_in(&j, "labels");
	for (size_t i = 0; i < s->label_count; i++) {
		CLEANUP_FREE char *key = mem_strndup(s->labels[i].key.p, s->labels[i].key.len);
		json_str(&j, key, s->labels[i].value);
	}
	if (s->label_count)
		json_end(&j);
	json_str(&j, "title", s->title);
	json_str(&j, "description", s->description);
	json_strz(&j, "role", role_name(s->role));
	json_array_in(&j, "triggers");
	for (size_t i = 0; i < s->trigger_count; i++) {
		CLEANUP_FREE char *text = mem_printf("%s: %.*s",
						     trigger_kind_name(s->triggers[i].kind),
						     STR_ARG(s->triggers[i].text));
		json_addz(&j, s->triggers[i].kind == TRIGGER_ALWAYS ? "always" : text);
	}
	json_end(&j);
	json_str(&j, "handler", s->handler);
	json_int(&j, "files", (int64_t)s->manifest.count);
	json_int(&j, "cases", (int64_t)s->case_count);
	json_key(&j, "config");
	field_json(&j, config_fields, &ds->effective);
	json_end(&j);
	return arena_str(a, buf_str(&out));
}

static void add_context(struct batch *b, const struct version_row *r)
{
	const struct digest *context = &r->skill->context;
	struct str key = str_make((const char *)context->bytes, DIGEST_SIZE);
	if (map_find(&b->seen, key))
		return;
	CLEANUP(buf_release) struct buf doc = BUF_INIT(BUF_MAX);
	context_doc_write(&doc, b->p->snapshot, r->domain, r->skill);
	b->contexts[b->context_count++] =
		(struct store_context){*context, arena_str(b->arena, buf_str(&doc))};
	map_set(&b->seen, key, b);
}

static void add(struct batch *b, const struct version_row *r)
{
	const struct skill *s = r->skill->skill;
	b->versions[b->version_count++] =
		(struct store_version){.domain = s->domain,
				       .skill = s->name,
				       .content = s->content,
				       .runtime = r->skill->runtime,
				       .role = str_of(role_name(s->role)),
				       .title = s->title,
				       .description = s->description,
				       .handler = s->handler,
				       .manifest = &s->manifest,
				       .triggers_json = triggers_json(b->arena, s),
				       .spec_json = spec_json(b->arena, r->skill)};
	add_context(b, r);
}

static int send_batch(struct batch *b, struct err *err)
{
	worker_pulse(b->p->s->worker);
	int rc = store_version_put(b->t, b->versions, b->version_count, err);
	if (rc == 0)
		rc = store_context_put(b->t, b->contexts, b->context_count, err);
	b->version_count = b->context_count = 0;
	arena_free(b->arena);
	b->arena = arena_new(BUF_MAX);
	return rc;
}

static void batch_free(struct batch **b)
{
	arena_free((*b)->arena);
	map_release(&(*b)->seen);
	free(*b);
}

int sync_versions_put(struct pass *p, struct store_txn *t, const struct version_row *rows,
		      size_t count, struct err *err)
{
	CLEANUP(batch_free) struct batch *b = mem_zalloc(sizeof(*b));
	*b = (struct batch){.p = p, .t = t, .arena = arena_new(BUF_MAX), .seen = MAP_INIT};
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < count; i++) {
		add(b, &rows[i]);
		if (b->version_count == BATCH_MOST)
			rc = send_batch(b, err);
	}
	return rc == 0 ? send_batch(b, err) : rc;
}
