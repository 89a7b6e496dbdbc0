#include "cli/order.h"

#include <stdlib.h>

#include "cli/elsewhere.h"
#include "cli/jsonpath.h"
#include "skill/kind.h"

struct sorted {
	const struct doc_node *object, *value, *domain;
	size_t place; /* before: what is equal stays as it was */
};

/* What kubectl calls the time of an event, and what every object has. */
static const char *here(const struct cli *c, const char *path)
{
	static const char *const times[] = {"lastTimestamp", "firstTimestamp", "eventTime"};
	struct str s = str_of(path);
	if (str_starts(s, STR("{")) && str_ends(s, STR("}")))
		s = str_sub(s, 1, s.len - 1);
	if (str_starts(s, STR(".")))
		s = str_sub(s, 1, s.len);
	for (size_t i = 0; i < ARRAY_SIZE(times); i++)
		if (str_eqz(s, times[i]))
			return "metadata.createdAt";
	return cli_elsewhere_path(c->arena, path);
}

static int by_value(const void *a, const void *b)
{
	const struct sorted *x = a, *y = b;
	/* What has no such value comes last. */
	int order = (x->value == NULL) - (y->value == NULL);
	if (order == 0)
		order = jsonpath_compare(x->value, y->value);
	if (order == 0)
		order = jsonpath_compare(x->domain, y->domain);
	return order ? order : (x->place > y->place) - (x->place < y->place);
}

int cli_sort(struct cli *c, const char *by, const struct doc_node **objects, size_t count,
	     struct err *err)
{
	struct sorted *list = arena_array(c->arena, count + 1, sizeof(*list));
	struct jsonpath *path = NULL;
	int rc = jsonpath_path(c->arena, here(c, by), &path, err);
	if (rc < 0)
		return err_context(err, "--sort-by");
	for (size_t i = 0; i < count; i++)
		list[i] = (struct sorted){objects[i], jsonpath_first(path, c->arena, objects[i]),
					  kind_path(objects[i], "metadata.domain"), i};
	qsort(list, count, sizeof(*list), by_value);
	for (size_t i = 0; i < count; i++)
		objects[i] = list[i].object;
	return 0;
}

void cli_turn_round(const struct doc_node **objects, size_t count)
{
	for (size_t i = 0; i < count / 2; i++) {
		const struct doc_node *other = objects[i];
		objects[i] = objects[count - 1 - i];
		objects[count - 1 - i] = other;
	}
}
