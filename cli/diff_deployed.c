#include "cli/diff_deployed.h"

#include "base/json.h"
#include "cli/changes.h"
#include "cli/resource.h"
#include "cli/when.h"
#include "skill/kind.h"

/* A bare number is a release, as it is to `aspora rollback --to`; the rest is as for `aspora get --at`. */
static int moment(struct cli_gateway *g, const char *word, const char **ret, struct err *err)
{
	const struct doc_node *release = NULL;
	int64_t number;
	if (!word || !str_to_i64(str_of(word), &number))
		return cli_when(g->c, word, ret, err);
	int rc = cli_get(g, cli_path(g->c, "releases", word, NULL), &release, err);
	if (rc < 0)
		return rc;
	struct str at = doc_text(doc_find(release, "status"), "revision");
	*ret = arena_strndup(g->c->arena, at.p, at.len);
	return 0;
}

static int skills_at(struct cli_gateway *g, const char *at, const char *domain,
		     const struct doc_node ***ret, size_t *ret_count, struct err *err)
{
	const char *path = cli_query(g->c, cli_path(g->c, "skills", NULL), "domain", domain);
	return cli_get_list(g, cli_query(g->c, path, "at", at), ret, ret_count, NULL, err);
}

static void write_json(struct buf *out, const struct cli_change *list, size_t count,
		       size_t unchanged)
{
	struct json j;
	json_init(&j, out);
	json_object(&j);
	json_strz(&j, "apiVersion", API_VERSION);
	json_strz(&j, "kind", "Difference");
	json_int(&j, "unchanged", (int64_t)unchanged);
	json_array_in(&j, "skills");
	for (size_t i = 0; i < count; i++) {
		json_object(&j);
		json_str(&j, "domain", list[i].domain);
		json_str(&j, "name", list[i].name);
		json_strz(&j, "op", cli_change_op(&list[i]));
		json_str(&j, "from", list[i].from);
		json_str(&j, "to", list[i].to);
		json_array_in(&j, "changes");
		for (size_t k = 0; k < list[i].word_count; k++) {
			json_object(&j);
			json_str(&j, "text", list[i].words[k].text);
			json_bool(&j, "growth", list[i].words[k].growth);
			json_end(&j);
		}
		json_end(&j);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
	buf_add_char(out, '\n');
}

static int compare(struct cli_gateway *g, const char *from, const char *to, const char *domain,
		   const struct report_format *format, const struct report_opts *how,
		   struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	const struct doc_node **old = NULL, **now = NULL;
	size_t old_count = 0, now_count = 0, count = 0, unchanged = 0;
	struct cli_change *list = NULL;
	int rc = moment(g, from, &from, err);
	if (rc == 0)
		rc = moment(g, to ? to : "now", &to, err);
	if (rc == 0)
		rc = skills_at(g, from, domain, &old, &old_count, err);
	if (rc == 0)
		rc = skills_at(g, to, domain, &now, &now_count, err);
	if (rc < 0)
		return rc;
	cli_changes(g->c->arena, old, old_count, now, now_count, &list, &count, &unchanged);
	CLEANUP(plan_freep) struct plan *plan = cli_changes_plan(list, count, unchanged);
	if (strcmp(format->name, "json") == 0)
		write_json(&out, list, count, unchanged);
	else
		format->write_difference(&out, &(struct report_difference){plan, NULL}, how);
	rc = cli_write(&out, err);
	return rc < 0 || !count ? rc : err_exit_status(ERR_DRIFT);
}

int cli_diff_deployed(struct cli *c, const char *from, const char *to, const char *domain,
		      const struct report_format *format, const struct report_opts *how,
		      struct err *err)
{
	CLEANUP(cli_gateway_release) struct cli_gateway g = {0};
	int rc = cli_gateway_open(c, &g, err);
	return rc < 0 ? rc : compare(&g, from, to, cli_domain(&g, domain), format, how, err);
}
