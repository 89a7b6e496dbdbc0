/* `aspora get -w`: objects as they change. */
#include "cli/follow.h"
#include "cli/get.h"

#define o cli_get_options

/* The gateway's watch knows no states and no several names: those are looked at here. */
static bool is_asked_for(void *state, const struct doc_node *object)
{
	const struct getting *w = state;
	const struct doc_node *meta = doc_find(object, "metadata");
	struct str domain = doc_text(meta, "domain"), name = doc_text(meta, "name");
	bool verdict = strcmp(w->refs[0].kind->name, "Admission") == 0;
	const struct doc_node *is = kind_path(object, verdict ? "status.verdict" : "status.phase");
	if (w->list)
		return !o.state || (is && str_eqz(is->text, o.state));
	for (size_t i = 0; i < w->count; i++)
		if (str_eqz(name, w->refs[i].name) &&
		    (!w->refs[i].domain || !domain.len || str_eqz(domain, w->refs[i].domain)))
			return true;
	return false;
}

/* {"type", "object"} for programs, one more column for people. */
static const struct doc_node *with_type(const struct cli *c, const char *type,
					const struct doc_node *object)
{
	if (cli_output_is_table(c))
		return cli_with_member(c, object, "event", cli_text_node(c, type));
	if (strcmp(c->output, "json") != 0 && strcmp(c->output, "yaml") != 0)
		return object;
	struct doc_node *n = arena_alloc(c->arena, sizeof(*n));
	*n = (struct doc_node){.type = DOC_MAP};
	return cli_with_member(c, cli_with_member(c, n, "type", cli_text_node(c, type)), "object",
			       object);
}

static int show(void *state, const char *type, const struct doc_node *const *objects, size_t count,
		struct err *err)
{
	struct getting *w = state;
	const struct cli *c = w->g->c;
	const struct doc_node **said = arena_array(c->arena, count + 1, sizeof(*said));
	bool gone = type && strcmp(type, "DELETED") == 0 && !o.events;
	/* --watch-only: what is there already is known, and not told. */
	if (!type && o.watch_only)
		return 0;
	for (size_t i = 0; i < count; i++) {
		CLEANUP(buf_release) struct buf name = BUF_INIT(BUF_MAX);
		cli_object_name(&name, w->view.word, objects[i]);
		if (gone)
			cli_say("%s is gone", buf_cstr(&name));
		said[i] = objects[i];
		cli_get_add_labels(w, &said[i], 1);
		said[i] = o.events ? with_type(c, type ? type : "ADDED", said[i]) : said[i];
	}
	if (gone)
		return 0;
	/* For programs a watch is a document for each, from the first on. */
	if (!cli_output_has_rows(c))
		w->view.begun = true;
	if (o.events)
		w->view.widths[0] = strlen("MODIFIED");
	int rc = count || !w->view.begun ? cli_print(c, &w->view, said, count, err) : 0;
	w->view.none = NULL;
	w->view.now_ms = 0;
	return rc;
}

int cli_get_watch(struct getting *w, struct err *err)
{
	struct cli *c = w->g->c;
	const struct kind *k = w->refs[0].kind;
	const struct doc_node **found = NULL;
	const char *path = NULL;
	size_t count = 0;
	if (o.at || o.sort)
		return cli_usage(c, err, "--watch and --%s exclude each other",
				 o.at ? "at" : "sort-by");
	/* What is not there is an error before anything is waited for. */
	int rc = w->list ? 0 : cli_get_fetch(w, &found, &count, err);
	if (rc == 0)
		rc = cli_get_path(w, &path, err);
	if (rc < 0)
		return rc;
	const struct cli_follow f = {.g = w->g,
				     .path = path,
				     .word = k->singular,
				     .newest = strcmp(k->name, "Event") == 0 ? 100 : 0,
				     .timeout_ms = o.timeout_ms,
				     .wanted = is_asked_for,
				     .show = show,
				     .state = w};
	return cli_follow(&f, err);
}
