/* JSONPath, walked. */
#include "cli/jsonpath_int.h"

#define VISIT_DEPTH 64 /* documents are no deeper */

struct nodes {
	struct arena *a;
	const struct doc_node **items;
	size_t count, cap;
};

static void add(struct nodes *out, const struct doc_node *n)
{
	ARENA_GROW(out->a, out->items, out->count, out->cap);
	out->items[out->count++] = n;
}

static void walk(struct arena *a, const struct step *steps, size_t count,
		 const struct doc_node *root, const struct doc_node *from, struct nodes *out);

/* --- comparing --------------------------------------------------------------------------------------------------- */

void jsonpath_text(struct buf *out, const struct doc_node *n)
{
	if (!n || n->type == DOC_NULL)
		return;
	if (n->type == DOC_STRING)
		buf_add_str(out, n->text);
	else
		doc_write_json(out, n, 0, false);
}

static bool is_number(const struct doc_node *n)
{
	return n->type == DOC_INT || n->type == DOC_FLOAT;
}

static double number_of(const struct doc_node *n)
{
	return n->type == DOC_INT ? (double)n->integer : n->number;
}

int jsonpath_compare(const struct doc_node *a, const struct doc_node *b)
{
	CLEANUP(buf_release) struct buf x = BUF_INIT(BUF_MAX), y = BUF_INIT(BUF_MAX);
	if (!a || !b)
		return (a != NULL) - (b != NULL);
	if (a->type == DOC_INT && b->type == DOC_INT)
		return (a->integer > b->integer) - (a->integer < b->integer);
	if (is_number(a) && is_number(b))
		return (number_of(a) > number_of(b)) - (number_of(a) < number_of(b));
	jsonpath_text(&x, a);
	jsonpath_text(&y, b);
	return str_cmp(buf_str(&x), buf_str(&y));
}

static const struct doc_node *side(struct arena *a, const struct operand *o,
				   const struct doc_node *root, const struct doc_node *at)
{
	struct nodes found = {.a = a};
	if (!o->path)
		return &o->value;
	walk(a, o->path, o->path_count, root, at, &found);
	return found.count ? found.items[0] : NULL;
}

static bool passes(struct arena *a, const struct step *s, const struct doc_node *root,
		   const struct doc_node *at)
{
	const struct doc_node *left = side(a, &s->left, root, at);
	if (s->op == OP_EXISTS || !left)
		return left != NULL && s->op == OP_EXISTS;
	const struct doc_node *right = side(a, &s->right, root, at);
	if (!right)
		return false;
	int order = jsonpath_compare(left, right);
	switch (s->op) {
	case OP_EQ:
		return order == 0;
	case OP_NE:
		return order != 0;
	case OP_LT:
		return order < 0;
	case OP_LE:
		return order <= 0;
	case OP_GT:
		return order > 0;
	default:
		return order >= 0;
	}
}

/* --- steps --------------------------------------------------------------------------------------------------------- */

static void keys(const struct step *s, const struct doc_node *n, struct nodes *out)
{
	for (size_t i = 0; i < s->key_count; i++) {
		const struct doc_pair *pair = doc_find_pair(n, s->keys[i]);
		if (pair)
			add(out, pair->value);
	}
	for (size_t i = 0; s->selects && n->type == DOC_LIST && i < n->list.count; i++)
		if (str_eq(doc_text(n->list.items[i], "type"), s->keys[0])) {
			add(out, n->list.items[i]);
			return;
		}
}

static void every(const struct doc_node *n, struct nodes *out)
{
	for (size_t i = 0; n->type == DOC_LIST && i < n->list.count; i++)
		add(out, n->list.items[i]);
	for (size_t i = 0; n->type == DOC_MAP && i < n->map.count; i++)
		add(out, n->map.pairs[i].value);
}

static void slice(const struct step *s, const struct doc_node *n, struct nodes *out)
{
	if (n->type != DOC_LIST)
		return;
	int64_t count = (int64_t)n->list.count;
	int64_t from = s->has_from ? s->from : 0, to = s->has_to ? s->to : count;
	from += from < 0 ? count : 0;
	to = s->single ? from + 1 : to + (to < 0 ? count : 0);
	if (s->single && from < 0)
		return;
	from = MAX(from, 0);
	to = MIN(to, count);
	for (int64_t i = from; i < to; i += s->by) {
		add(out, n->list.items[i]);
		if (to - i <= s->by)
			return;
	}
}

static void descend(const struct doc_node *n, unsigned depth, struct nodes *out)
{
	add(out, n);
	if (depth == VISIT_DEPTH)
		return;
	for (size_t i = 0; n->type == DOC_LIST && i < n->list.count; i++)
		descend(n->list.items[i], depth + 1, out);
	for (size_t i = 0; n->type == DOC_MAP && i < n->map.count; i++)
		descend(n->map.pairs[i].value, depth + 1, out);
}

static void take_step(struct arena *a, const struct step *s, const struct doc_node *root,
		      const struct doc_node *n, struct nodes *out)
{
	struct nodes all = {.a = a};
	switch (s->type) {
	case STEP_KEYS:
		keys(s, n, out);
		break;
	case STEP_ALL:
		every(n, out);
		break;
	case STEP_SLICE:
		slice(s, n, out);
		break;
	case STEP_DESCEND:
		descend(n, 0, out);
		break;
	case STEP_ROOT:
		add(out, root);
		break;
	case STEP_FILTER:
		every(n, &all);
		for (size_t i = 0; i < all.count; i++)
			if (passes(a, s, root, all.items[i]))
				add(out, all.items[i]);
		break;
	}
}

static void walk(struct arena *a, const struct step *steps, size_t count,
		 const struct doc_node *root, const struct doc_node *from, struct nodes *out)
{
	struct nodes here = {.a = a};
	add(&here, from);
	for (size_t k = 0; k < count; k++) {
		struct nodes next = {.a = a};
		for (size_t i = 0; i < here.count; i++)
			take_step(a, &steps[k], root, here.items[i], &next);
		here = next;
	}
	for (size_t i = 0; i < here.count; i++)
		add(out, here.items[i]);
}

/* --- all of it -------------------------------------------------------------------------------------------------------- */

static void print(const struct jsonpath *p, struct arena *a, const struct doc_node *root,
		  const struct doc_node *at, struct buf *out)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct piece *piece = &p->pieces[i];
		struct nodes found = {.a = a};
		if (piece->type == PIECE_TEXT) {
			buf_add_str(out, piece->text);
			continue;
		}
		walk(a, piece->steps, piece->step_count, root, at, &found);
		for (size_t k = 0; k < found.count; k++) {
			if (piece->type == PIECE_RANGE) {
				print(piece->body, a, root, found.items[k], out);
				continue;
			}
			if (k)
				buf_add_char(out, ' ');
			jsonpath_text(out, found.items[k]);
		}
	}
}

void jsonpath_print(const struct jsonpath *p, struct arena *a, const struct doc_node *root,
		    struct buf *out)
{
	print(p, a, root, root, out);
}

const struct doc_node **jsonpath_all(const struct jsonpath *p, struct arena *a,
				     const struct doc_node *root, size_t *ret_count)
{
	struct nodes found = {.a = a};
	walk(a, p->pieces[0].steps, p->pieces[0].step_count, root, root, &found);
	*ret_count = found.count;
	return found.items;
}

const struct doc_node *jsonpath_first(const struct jsonpath *p, struct arena *a,
				      const struct doc_node *root)
{
	size_t count = 0;
	const struct doc_node **found = jsonpath_all(p, a, root, &count);
	return count ? found[0] : NULL;
}
