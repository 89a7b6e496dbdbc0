#include "cli/output_int.h"

#include "base/clock.h"
#include "cli/table.h"
#include "skill/text.h"

static int print_table(struct buf *out, const struct cli *c, struct cli_view *v, bool wide,
		       const struct doc_node *const *objects, size_t count)
{
	const struct kind_column *shown[CLI_COLUMNS_MAX];
	size_t columns = 0;
	for (const struct kind_column *k = v->columns; k->title && columns < CLI_COLUMNS_MAX; k++)
		if (wide || !k->wide)
			shown[columns++] = k;
	bool header = !v->begun && !c->no_headers;
	size_t rows = count + header, r = 0;
	struct str *cells = arena_array(c->arena, rows * columns + 1, sizeof(*cells));
	for (size_t k = 0; header && k < columns; k++)
		cells[k] = str_of(shown[k]->title);
	r += header;
	for (size_t i = 0; i < count; i++, r++) {
		for (size_t k = 0; k < columns; k++) {
			CLEANUP(buf_release) struct buf cell = BUF_INIT(64 * 1024);
			kind_cell(&cell, shown[k], objects[i], v->now_ms);
			cells[r * columns + k] = arena_str(c->arena, buf_str(&cell));
		}
	}
	cli_table(out, cells, rows, columns, v->widths);
	return 0;
}

static int print_narrow(struct buf *out, const struct cli *c, struct cli_view *v,
			const char *argument, const struct doc_node *const *objects, size_t count,
			struct err *err)
{
	(void)argument;
	(void)err;
	return print_table(out, c, v, false, objects, count);
}

static int print_wide(struct buf *out, const struct cli *c, struct cli_view *v,
		      const char *argument, const struct doc_node *const *objects, size_t count,
		      struct err *err)
{
	(void)argument;
	(void)err;
	return print_table(out, c, v, true, objects, count);
}

struct doc_node *cli_text_node(const struct cli *c, const char *z)
{
	struct doc_node *n = arena_alloc(c->arena, sizeof(*n));
	*n = (struct doc_node){.type = DOC_STRING, .text = str_of(z)};
	return n;
}

const struct doc_node *cli_with_member(const struct cli *c, const struct doc_node *object,
				       const char *key, const struct doc_node *value)
{
	if (object->type != DOC_MAP)
		return object;
	struct doc_node *n = arena_alloc(c->arena, sizeof(*n));
	size_t count = object->map.count;
	*n = *object;
	n->map.pairs = arena_array(c->arena, count + 1, sizeof(*n->map.pairs));
	memcpy(n->map.pairs, object->map.pairs, count * sizeof(*n->map.pairs));
	n->map.pairs[count] = (struct doc_pair){.key = str_of(key), .value = value};
	n->map.count = count + 1;
	return n;
}

const struct doc_node *cli_output_whole(const struct cli *c, const struct cli_view *v,
					const struct doc_node *const *objects, size_t count)
{
	if (!v->list && count == 1)
		return objects[0];
	struct doc_node *items = arena_alloc(c->arena, sizeof(*items));
	struct doc_node *map = arena_alloc(c->arena, sizeof(*map));
	struct doc_pair *pairs = arena_array(c->arena, 3, sizeof(*pairs));
	items->type = DOC_LIST;
	items->list.items = arena_array(c->arena, count + 1, sizeof(*items->list.items));
	for (size_t i = 0; i < count; i++)
		items->list.items[i] = objects[i];
	items->list.count = count;
	pairs[0] = (struct doc_pair){.key = STR("apiVersion"),
				     .value = cli_text_node(c, API_VERSION)};
	pairs[1] = (struct doc_pair){.key = STR("kind"), .value = cli_text_node(c, "List")};
	pairs[2] = (struct doc_pair){.key = STR("items"), .value = items};
	map->type = DOC_MAP;
	map->map.pairs = pairs;
	map->map.count = 3;
	return map;
}

/* In a watch every object is a document of its own; before it there is one for all. */
static int print_json(struct buf *out, const struct cli *c, struct cli_view *v,
		      const char *argument, const struct doc_node *const *objects, size_t count,
		      struct err *err)
{
	(void)argument;
	(void)err;
	for (size_t i = 0; v->begun && i < count; i++) {
		doc_write_json(out, objects[i], 0, false);
		buf_add_char(out, '\n');
	}
	if (!v->begun) {
		doc_write_json(out, cli_output_whole(c, v, objects, count), 2, false);
		buf_add_char(out, '\n');
	}
	return 0;
}

static int print_yaml(struct buf *out, const struct cli *c, struct cli_view *v,
		      const char *argument, const struct doc_node *const *objects, size_t count,
		      struct err *err)
{
	(void)argument;
	(void)err;
	for (size_t i = 0; v->begun && i < count; i++) {
		buf_addz(out, "---\n");
		doc_write_yaml(out, objects[i]);
	}
	if (!v->begun)
		doc_write_yaml(out, cli_output_whole(c, v, objects, count));
	return 0;
}

void cli_object_name(struct buf *out, const char *word, const struct doc_node *object)
{
	const struct doc_node *meta = doc_find(object, "metadata");
	struct str domain = doc_text(meta, "domain"), name = doc_text(meta, "name");
	if (*word)
		buf_addf(out, "%s/", word);
	if (domain.len) {
		text_escape(out, domain, 0);
		buf_add_char(out, '/');
	}
	text_escape(out, name, 0);
}

static int print_name(struct buf *out, const struct cli *c, struct cli_view *v,
		      const char *argument, const struct doc_node *const *objects, size_t count,
		      struct err *err)
{
	(void)c;
	(void)argument;
	(void)err;
	for (size_t i = 0; i < count; i++) {
		cli_object_name(out, v->word, objects[i]);
		buf_add_char(out, '\n');
	}
	return 0;
}

const struct cli_format cli_formats[] = {
	{"table", "Columns for people; what is long is left out.", print_narrow},
	{"wide", "All columns.", print_wide},
	{"json", "The objects as the gateway has them.", print_json},
	{"yaml", "The same as YAML.", print_yaml},
	{"name", "One kind/name a line, for scripts.", print_name},
	{"jsonpath",
	 "Values, as kubectl's templates have them: jsonpath='{range "
	 ".items[*]}{.metadata.name}{\"\\n\"}{end}'; or jsonpath=status.phase, one of each object.",
	 cli_print_path},
	{"custom-columns",
	 "A table of your own: custom-columns=NAME:.metadata.name,PHASE:.status.phase.",
	 cli_print_custom},
	{NULL, NULL, NULL},
};

static bool takes_argument(const struct cli_format *f)
{
	return f->print == cli_print_path || f->print == cli_print_custom;
}

static int find_format(const struct cli *c, const struct cli_format **ret, const char **ret_arg,
		       struct err *err)
{
	const char *names[ARRAY_SIZE(cli_formats)];
	size_t count = 0;
	const char *asked = c->output ? c->output : cli_formats[0].name;
	const char *equals = strchr(asked, '=');
	struct str name = equals ? str_make(asked, (size_t)(equals - asked)) : str_of(asked);
	*ret_arg = equals ? equals + 1 : "";
	for (const struct cli_format *f = cli_formats; f->name; f++) {
		names[count++] = f->name;
		if (str_eqz(name, f->name) && (!equals || takes_argument(f))) {
			*ret = f;
			return 0;
		}
	}
	err_set(err, ERR_USAGE, "--output cannot be \"%s\"", asked);
	if (str_starts(name, STR("go-template")) || str_eqz(name, "template") ||
	    str_eqz(name, "templatefile"))
		return err_remedy(err, "there are no Go templates: write -o "
				       "jsonpath='{.metadata.name}' or -o "
				       "custom-columns=NAME:.metadata.name");
	if (str_starts(name, STR("jsonpath-")) || str_eqz(name, "custom-columns-file"))
		return err_remedy(err, "write what it is to print behind -o jsonpath= or -o "
				       "custom-columns=, such as \"$(cat FILE)\"");
	const char *near = str_nearest(name, names, count);
	if (near && !equals)
		err_remedy(err, "did you mean %s?", near);
	else
		err_remedy(err, "it is one of: table, wide, json, yaml, name, jsonpath=PATH, "
				"custom-columns=TITLE:PATH");
	return ERR_USAGE;
}

int cli_output_check(const struct cli *c, struct err *err)
{
	const struct cli_format *f = NULL;
	const char *argument;
	int rc = find_format(c, &f, &argument, err);
	if (rc == 0 && takes_argument(f))
		rc = f->print(NULL, c, NULL, argument, NULL, 0, err);
	return rc;
}

bool cli_output_is_table(const struct cli *c)
{
	struct err err = ERR_INIT;
	const struct cli_format *f = NULL;
	const char *argument;
	return find_format(c, &f, &argument, &err) == 0 &&
	       (f->print == print_narrow || f->print == print_wide);
}

bool cli_output_has_rows(const struct cli *c)
{
	return cli_output_is_table(c) || strncmp(c->output, "custom-columns", 14) == 0;
}

int cli_print(const struct cli *c, struct cli_view *v, const struct doc_node *const *objects,
	      size_t count, struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	const struct cli_format *f = NULL;
	const char *argument;
	int rc = find_format(c, &f, &argument, err);
	if (rc < 0)
		return rc;
	if (!v->now_ms)
		v->now_ms = clock_wall(&clock_real);
	if (count == 0 && v->list && !v->begun && v->none && cli_output_is_table(c)) {
		cli_say("%s", v->none);
		return 0;
	}
	rc = f->print(&out, c, v, argument, objects, count, err);
	v->begun = true;
	return rc < 0 ? rc : cli_write(&out, err);
}
