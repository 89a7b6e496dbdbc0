#include "cli/diff_files.h"

#include "cli/changes.h"
#include "cli/result.h"
#include "cli/upload.h"
#include "cli/wish.h"
#include "cli/wish_report.h"
#include "skill/kind.h"

/* A dry run of an override is what compares with the domain of a repository as with any other. */
static int write_body(struct cli *c, const struct opt_strings *paths, struct buf *out,
		      struct err *err)
{
	struct json j;
	size_t files = 0;
	json_init(&j, out);
	json_object(&j);
	int rc = cli_upload_write(c, &j, paths, &files, err);
	json_bool(&j, "override", true);
	json_bool(&j, "dryRun", true);
	json_strz(&j, "ttl", "1h");
	json_end(&j);
	return rc;
}

/* A domain that was left out of the plan was not compared: that is no "nothing differs". */
static int left_out(const struct doc_node *result, struct err *err)
{
	const struct doc_node *refused = kind_path(result, "refused[0]");
	if (!refused)
		return 0;
	err_set(err, ERR_CONFLICT, "not compared: %.*s", STR_ARG(refused->text));
	return ERR_CONFLICT;
}

static void write_plan(struct buf *out, const struct doc_node *plan,
		       const struct report_format *format, const struct report_opts *how)
{
	CLEANUP(plan_freep) struct plan *p = cli_changes_of_plan(plan);
	if (strcmp(format->name, "json") == 0)
		cli_result(out, plan, "json");
	else if (strcmp(format->name, "text") == 0)
		cli_wish_plan(out, plan);
	else
		format->write_difference(out, &(struct report_difference){p, NULL}, how);
}

static int print(const struct doc_node *result, const struct report_format *format,
		 const struct report_opts *how, struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	const struct doc_node *plan = doc_find(result, "plan");
	bool differs = kind_path(plan, "domains[0]") != NULL;
	write_plan(&out, plan, format, how);
	int rc = cli_write(&out, err);
	if (rc == 0 && differs && !doc_bool(doc_find(result, "admission"), "allow", true))
		cli_say("this would be denied; `aspora apply --dry-run` with the same files says "
			"why");
	return rc < 0 || !differs ? rc : err_exit_status(ERR_DRIFT);
}

int cli_diff_files(struct cli *c, const struct opt_strings *paths,
		   const struct report_format *format, const struct report_opts *how,
		   struct err *err)
{
	CLEANUP(cli_gateway_release) struct cli_gateway g = {0};
	CLEANUP(buf_release) struct buf body = BUF_INIT(BUF_MAX);
	const struct doc_node *wish = NULL;
	int rc = write_body(c, paths, &body, err);
	if (rc == 0)
		rc = cli_gateway_open(c, &g, err);
	if (rc == 0)
		rc = cli_wish_send(&g, cli_path(c, "uploads", NULL), buf_str(&body), &wish, err);
	if (rc < 0)
		return rc;
	const struct doc_node *status = doc_find(wish, "status"),
			      *result = doc_find(status, "result");
	/* Anything but a result is an error, which says so itself; a denial is no error here. */
	if (!doc_find(result, "plan"))
		return cli_wish_end(wish, err);
	rc = left_out(result, err);
	return rc < 0 ? rc : print(result, format, how, err);
}
