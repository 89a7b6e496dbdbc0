/* -o jsonpath= and -o custom-columns=. */
#include "cli/elsewhere.h"
#include "cli/jsonpath.h"
#include "cli/output_int.h"
#include "cli/result.h"
#include "cli/table.h"
#include "skill/text.h"

static int missing(const char *format, const char *example, struct err *err)
{
	err_set(err, ERR_USAGE, "--output %s needs a path", format);
	return err_remedy(err, "write -o %s", example);
}

/* --- jsonpath ------------------------------------------------------------------------------------------------------ */

static void add_lines(struct buf *out, const struct cli *c, const struct buf *text)
{
	size_t before = out->len;
	if (c->terminal_out)
		cli_lines(out, buf_str(text));
	else
		buf_add_str(out, buf_str(text));
	if (out->len == before || out->data[out->len - 1] != '\n')
		buf_add_char(out, '\n');
}

/* "status.phase": of each object one line. */
static int each(struct buf *out, const struct cli *c, const char *argument,
		const struct doc_node *const *objects, size_t count, struct err *err)
{
	struct jsonpath *p = NULL;
	argument += argument[0] == '.';
	if (strncmp(argument, "items[*].", 9) == 0)
		argument += 9;
	if (!*argument)
		return missing("jsonpath", "jsonpath={.status.phase}", err);
	int rc = jsonpath_path(c->arena, argument, &p, err);
	for (size_t i = 0; rc == 0 && out && i < count; i++) {
		CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
		jsonpath_print(p, c->arena, objects[i], &text);
		text_escape(out, buf_str(&text), 0);
		buf_add_char(out, '\n');
	}
	return rc;
}

int cli_print_path(struct buf *out, const struct cli *c, struct cli_view *v, const char *argument,
		   const struct doc_node *const *objects, size_t count, struct err *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	struct jsonpath *p = NULL;
	argument = cli_elsewhere_path(c->arena, argument);
	if (!*argument)
		return missing("jsonpath", "jsonpath={.status.phase}", err);
	if (!strchr(argument, '{'))
		return each(out, c, argument, objects, count, err);
	int rc = jsonpath_template(c->arena, argument, &p, err);
	if (rc < 0 || !out)
		return rc;
	if (!v->begun) {
		jsonpath_print(p, c->arena, cli_output_whole(c, v, objects, count), &text);
		add_lines(out, c, &text);
		return 0;
	}
	for (size_t i = 0; i < count; i++) {
		buf_reset(&text);
		jsonpath_print(p, c->arena, objects[i], &text);
		add_lines(out, c, &text);
	}
	return 0;
}

/* --- custom columns -------------------------------------------------------------------------------------------------- */

struct custom {
	struct str title;
	struct jsonpath *path;
};

static int read_columns(const struct cli *c, const char *argument, struct custom *ret,
			size_t *ret_count, struct err *err)
{
	struct str rest = str_of(argument), one;
	*ret_count = 0;
	while (str_split(&rest, ',', &one)) {
		ptrdiff_t colon = str_find_byte(one, ':', 0);
		if (colon < 1 || (size_t)colon + 1 == one.len) {
			err_set(err, ERR_USAGE, "custom-columns: \"%.*s\" is no TITLE:PATH",
				STR_ARG(one));
			return err_remedy(err, "write -o custom-columns=NAME:.metadata.name,"
					       "PHASE:.status.phase");
		}
		if (*ret_count == CLI_COLUMNS_MAX)
			return err_set(err, ERR_USAGE, "custom-columns has at most %d columns",
				       CLI_COLUMNS_MAX);
		struct str path = str_sub(one, (size_t)colon + 1, one.len);
		struct custom *k = &ret[(*ret_count)++];
		k->title = arena_str(c->arena, str_sub(one, 0, (size_t)colon));
		int rc = jsonpath_path(c->arena, arena_strndup(c->arena, path.p, path.len),
				       &k->path, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static struct str cell(const struct cli *c, const struct custom *k, const struct doc_node *object)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX), safe = BUF_INIT(BUF_MAX);
	size_t count = 0;
	const struct doc_node **found = jsonpath_all(k->path, c->arena, object, &count);
	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_add_char(&text, ',');
		jsonpath_text(&text, found[i]);
	}
	text_escape(&safe, buf_str(&text), 0);
	return safe.len ? arena_str(c->arena, buf_str(&safe)) : STR("-");
}

int cli_print_custom(struct buf *out, const struct cli *c, struct cli_view *v, const char *argument,
		     const struct doc_node *const *objects, size_t count, struct err *err)
{
	struct custom columns[CLI_COLUMNS_MAX];
	size_t n = 0, r = 0;
	argument = cli_elsewhere_path(c->arena, argument);
	if (!*argument)
		return missing("custom-columns", "custom-columns=NAME:.metadata.name", err);
	int rc = read_columns(c, argument, columns, &n, err);
	if (rc < 0 || !out)
		return rc;
	bool header = !v->begun && !c->no_headers;
	struct str *cells = arena_array(c->arena, (count + header) * n + 1, sizeof(*cells));
	for (size_t k = 0; header && k < n; k++)
		cells[r++] = columns[k].title;
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < n; k++)
			cells[r++] = cell(c, &columns[k], objects[i]);
	cli_table(out, cells, count + header, n, v->widths);
	return 0;
}
