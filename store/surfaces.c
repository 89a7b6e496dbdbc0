#include "store/release.h"
#include "store/wire_int.h"

int store_surfaces_load(struct store *s, struct arena *a, struct str except, struct surface **ret,
			size_t *ret_count, struct err *err)
{
	static const struct doc_limits limits = {(size_t)64 * 1024 * 1024, 16, 4000000,
						 (size_t)1024 * 1024};
	CLEANUP(bind_release) struct bind b = BIND(&sql_surfaces);
	bind_text(&b, except);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int r = wire_query(s, &b, &rows, err);
	if (r < 0)
		return r;
	struct surface *list = arena_array(a, (size_t)rows.count + 1, sizeof(*list));
	for (int i = 0; i < rows.count; i++) {
		struct row c = row_of(&rows, i);
		const struct doc_node *n = NULL;
		r = doc_parse_json(a, row_text(&c), &limits, "surface", &n, err);
		if (r >= 0)
			r = surface_from_json(a, n, &list[i], err);
		if (r < 0)
			return r;
	}
	*ret = list;
	*ret_count = (size_t)rows.count;
	return 0;
}

int store_domain_files(struct store *s, struct arena *a, struct str domain, int64_t at,
		       struct manifest *ret, struct err *err)
{
	static const struct doc_limits limits = {(size_t)64 * 1024 * 1024, 8, 4000000,
						 (size_t)1024 * 1024};
	CLEANUP(bind_release) struct bind b = BIND(&sql_domain_files);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	const struct doc_node *n = NULL;
	bind_text(&b, domain);
	bind_i64_or_null(&b, at);
	*ret = (struct manifest){0};
	int r = wire_query(s, &b, &rows, err);
	if (r < 0 || rows.count == 0)
		return r;
	struct row c = row_of(&rows, 0);
	r = doc_parse_json(a, row_text(&c), &limits, "manifest", &n, err);
	return r < 0 ? r : manifest_from_json(a, n, ret, err);
}
