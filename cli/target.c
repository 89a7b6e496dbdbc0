#include "cli/target.h"

#include "cli/file_ref.h"
#include "cli/output.h"

const char *cli_dry_run;
/* The first is what the option means alone. */
const char *const cli_dry_runs[] = {"server", "client", "none", NULL};

bool cli_dry_run_is(const char *how)
{
	return cli_dry_run && strcmp(cli_dry_run, how) == 0;
}

const char *cli_dry_run_said(void)
{
	return cli_dry_run_is("server")	  ? " (server dry run)"
	       : cli_dry_run_is("client") ? " (client dry run)"
					  : "";
}

struct found {
	struct cli_gateway *g;
	const struct cli_which *which;
	struct cli_target *items;
	size_t count, cap;
};

static const char *label_of(struct cli *c, const struct cli_ref *ref, const struct doc_node *object)
{
	CLEANUP(buf_release) struct buf name = BUF_INIT(1024);
	if (!object) {
		char *text = arena_strdup(c->arena, cli_ref_text(c, ref));
		text[strlen(ref->kind->singular)] = '/';
		return text;
	}
	cli_object_name(&name, ref->kind->singular, object);
	return arena_strdup(c->arena, buf_cstr(&name));
}

static void add(struct found *f, const struct cli_ref *ref, const struct doc_node *object)
{
	struct cli *c = f->g->c;
	ARENA_GROW(c->arena, f->items, f->count, f->cap);
	f->items[f->count++] = (struct cli_target){*ref, object, label_of(c, ref, object)};
}

static int add_named(struct found *f, const struct cli_ref *ref, struct err *err)
{
	const struct doc_node *object = NULL;
	int rc = f->which->unread ? 0 : cli_get(f->g, cli_ref_path(f->g->c, ref), &object, err);
	if (rc == ERR_NOT_FOUND && f->which->missing_is_fine) {
		*err = (struct err)ERR_INIT;
		return 0;
	}
	if (rc < 0)
		return cli_not_listed(ref->kind, err);
	add(f, ref, object);
	return 0;
}

static const char *domain_of(const struct found *f)
{
	return f->which->everywhere ? NULL : cli_domain(f->g, f->which->domain);
}

/* "KIND NAME...", or "KIND/NAME..." where each has its own. */
static int by_name(struct found *f, struct err *err)
{
	const struct cli_which *w = f->which;
	struct cli *c = f->g->c;
	bool each = strchr(w->words[0], '/') != NULL;
	int rc = 0;
	for (int i = !each; rc == 0 && i < w->word_count; i++) {
		struct cli_ref ref;
		if (each && !strchr(w->words[i], '/')) {
			rc = cli_usage(c, err, "\"%s\" stands among objects written KIND/NAME",
				       w->words[i]);
			break;
		}
		rc = cli_ref_parse(c, w->words[each ? i : 0], each ? NULL : w->words[i],
				   domain_of(f), &ref, err);
		if (rc == 0)
			rc = add_named(f, &ref, err);
	}
	return rc;
}

static int by_selector(struct found *f, struct err *err)
{
	const struct cli_which *w = f->which;
	struct cli *c = f->g->c;
	const struct doc_node **objects = NULL;
	struct cli_ref ref;
	size_t count = 0;
	if (w->word_count > 1 || strchr(w->words[0], '/'))
		return cli_usage(c, err, "names do not go together with -l and --all");
	int rc = cli_ref_parse(c, w->words[0], NULL, domain_of(f), &ref, err);
	if (rc < 0)
		return rc;
	const char *path = cli_query(c, cli_ref_path(c, &ref), "labelSelector", w->selector);
	rc = cli_get_list(f->g, path, &objects, &count, NULL, err);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		const struct doc_node *m = doc_find(objects[i], "metadata");
		struct str domain = doc_text(m, "domain"), name = doc_text(m, "name");
		ref.domain = domain.len ? arena_strndup(c->arena, domain.p, domain.len) : NULL;
		ref.name = arena_strndup(c->arena, name.p, name.len);
		add(f, &ref, objects[i]);
	}
	return rc;
}

static int by_file(struct found *f, struct err *err)
{
	const struct cli_which *w = f->which;
	struct cli_refs refs = {0};
	int rc = 0;
	if (w->word_count || w->selector || w->all)
		return cli_usage(f->g->c, err, "-f says which objects: %s is too much",
				 w->word_count ? "a name beside it"
				 : w->all      ? "--all"
					       : "a selector");
	for (size_t i = 0; rc == 0 && i < w->files->count; i++)
		rc = cli_file_refs(f->g->c, w->files->items[i], &refs, err);
	for (size_t i = 0; rc == 0 && i < refs.count; i++)
		rc = add_named(f, &refs.items[i], err);
	return rc;
}

int cli_targets(struct cli_gateway *g, const struct cli_which *which, struct cli_target **ret,
		size_t *ret_count, struct err *err)
{
	struct found f = {.g = g, .which = which};
	bool one_kind = which->word_count == 1 && !strchr(which->words[0], '/');
	bool many = which->all || which->selector || (which->alone && one_kind);
	int rc = 0;
	if (which->files && which->files->count)
		rc = by_file(&f, err);
	else if (which->word_count == 0)
		rc = cli_usage(g->c, err, "say what: a kind and a name");
	else if (!many && one_kind)
		rc = cli_usage(g->c, err, "say which %s: a name, -l SELECTOR or --all",
			       which->words[0]);
	else
		rc = many ? by_selector(&f, err) : by_name(&f, err);
	if (rc < 0)
		return rc;
	*ret = f.items;
	*ret_count = f.count;
	return 0;
}

/* The first of them that are of one kind. */
static size_t run_of(const struct cli_target *targets, size_t count)
{
	size_t n = 1;
	while (n < count && targets[n].ref.kind == targets[0].ref.kind)
		n++;
	return n;
}

int cli_targets_print(struct cli *c, const struct cli_target *targets, size_t count, bool list,
		      struct err *err)
{
	const struct doc_node **objects = arena_array(c->arena, count + 1, sizeof(*objects));
	bool rows = cli_output_has_rows(c) || strcmp(c->output, "name") == 0;
	int rc = 0;
	for (size_t i = 0; i < count; i++)
		objects[i] = targets[i].object;
	for (size_t i = 0, n; rc == 0 && (i < count || i == 0); i += n) {
		n = rows && count ? run_of(targets + i, count - i) : MAX(count, (size_t)1);
		const struct kind *k = count ? targets[i].ref.kind : &kinds[0];
		struct cli_view v = {.columns = k->columns, .word = k->singular, .list = list};
		if (i && cli_output_is_table(c))
			rc = cli_write(&(struct buf){.data = (char[]){"\n"}, .len = 1}, err);
		if (rc == 0)
			rc = cli_print(c, &v, objects + i, count ? n : 0, err);
	}
	return rc;
}
