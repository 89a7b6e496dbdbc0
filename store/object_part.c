/* What a change of a skill did to objects that have no entry of their own in the change log. */
#include "store/object.h"
#include "store/txn_int.h"

static const char *const what_words[] = {"made", "changed", "gone", NULL};

static void read_part(struct row *c, struct arena *a, void *ret)
{
	struct object_part *p = ret;
	*p = (struct object_part){.name = row_copy(c, a)};
	p->what = (int)row_choice(c, what_words);
}

struct texts {
	struct arena *a;
	struct object_part *list;
	size_t count;
};

static void take(void *state, struct str key1, struct str key2, struct str json)
{
	const struct texts *t = state;
	struct str name = key2.len ? key2 : key1;
	for (size_t i = 0; i < t->count; i++)
		if (str_eq(t->list[i].name, name))
			t->list[i].json = arena_str(t->a, json);
}

static int read_texts(struct store *s, const struct object_query *q, struct err *err)
{
	CLEANUP(buf_release) struct buf unused = BUF_INIT(0);
	struct object_cursor cursor = {0};
	size_t count = OBJECT_PAGE_MAX;
	int rc = 0;
	while (rc == 0 && count == OBJECT_PAGE_MAX)
		rc = store_object_page(s, q, &cursor, &unused, &count, err);
	return rc;
}

int store_object_parts(struct store *s, struct arena *a, const struct part_query *of,
		       struct object_part **ret, size_t *ret_count, struct err *err)
{
	bool route = strcmp(of->kind, "Route") == 0, there = false;
	CLEANUP(bind_release)
	struct bind b = BIND(route ? &sql_object_part_route : &sql_object_part_quarantine);
	struct object_part *list = NULL;
	size_t count = 0;
	bind_text(&b, of->domain);
	bind_text(&b, of->skill);
	bind_i64(&b, of->rev);
	int rc = wire_list(
		s, &b, &(struct row_list){a, read_part, sizeof(*list), (void *)&list, &count}, err);
	for (size_t i = 0; rc == 0 && i < count; i++)
		there = there || list[i].what != PART_GONE;
	struct texts texts = {a, list, count};
	const struct object_query q = {.kind = of->kind,
				       .domain = of->domain,
				       .skill = of->skill,
				       .limit = OBJECT_PAGE_MAX,
				       .seen = take,
				       .seen_state = &texts};
	if (rc == 0 && there)
		rc = read_texts(s, &q, err);
	if (rc < 0)
		return rc;
	/* It may have gone between the two. */
	for (size_t i = 0; i < count; i++)
		if (!list[i].json.len)
			list[i].what = PART_GONE;
	*ret = list;
	*ret_count = count;
	return 0;
}
