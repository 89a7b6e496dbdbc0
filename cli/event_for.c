#include "cli/event_for.h"

/* KIND/NAME, or KIND/DOMAIN/NAME where names are a domain's. */
static int about_object(struct cli_gateway *g, const struct cli_event_for *which, const char **path,
			struct err *err)
{
	struct cli *c = g->c;
	struct str rest = str_of(which->about), word;
	struct cli_ref ref;
	if (!str_split(&rest, '/', &word) || !rest.len)
		return cli_usage(c, err, "--for needs KIND/NAME, not \"%s\"", which->about);
	const char *domain = which->everywhere ? which->domain : cli_domain(g, which->domain);
	int rc = cli_ref_parse(c, which->about, NULL, domain, &ref, err);
	const char *near = kind_find(word) ? NULL : kind_nearest(word);
	if (rc < 0 && near)
		err_remedy(err, "did you mean --for %s/%.*s?", near, STR_ARG(rest));
	if (rc < 0)
		return err_context(err, "--for");
	if (which->domain && ref.domain && strcmp(which->domain, ref.domain) != 0)
		return cli_usage(c, err, "--for %s is in domain %s, and --domain says %s",
				 which->about, ref.domain, which->domain);
	*path = cli_query(c, *path, "kind", ref.kind->name);
	/* An execution's name says all, and the context's domain need not be its. */
	bool alone = strcmp(ref.kind->name, "Execution") == 0;
	*path = cli_query(c, *path, "domain", ref.kind->namespaced && !alone ? ref.domain : NULL);
	*path = cli_query(c, *path, "name", ref.name);
	return 0;
}

/* Both types are all there are. */
static int type_selector(struct cli *c, const struct cli_event_for *which, const char **ret,
			 struct err *err)
{
	static const char *const types[] = {"Normal", "Warning"};
	bool wanted[ARRAY_SIZE(types)] = {false};
	struct str rest = str_of(which->types), one;
	while (str_split(&rest, ',', &one)) {
		size_t i = 0;
		while (i < ARRAY_SIZE(types) && !str_eq_nocase(one, str_of(types[i])))
			i++;
		if (i == ARRAY_SIZE(types)) {
			err_set(err, ERR_USAGE, "--types: there is no type \"%.*s\"", STR_ARG(one));
			return err_remedy(err, "it is Normal or Warning");
		}
		wanted[i] = true;
	}
	*ret = which->fields;
	if (wanted[0] == wanted[1])
		return 0;
	*ret = arena_printf(c->arena, "%s%sstatus.type=%s", which->fields ? which->fields : "",
			    which->fields ? "," : "", types[wanted[1]]);
	return 0;
}

int cli_event_query(struct cli_gateway *g, const struct cli_event_for *which, const char **path,
		    struct err *err)
{
	const char *fields = which->fields;
	int rc = which->types ? type_selector(g->c, which, &fields, err) : 0;
	if (rc == 0 && which->about)
		rc = about_object(g, which, path, err);
	*path = cli_query(g->c, *path, "fieldSelector", fields);
	return rc;
}
