#include "cli/wish.h"

#include "base/id.h"
#include "cli/local.h"
#include "cli/output.h"
#include "cli/wish_report.h"
#include "skill/text.h"

#define WAIT_DEFAULT_MS 60000

const char *cli_wish_reason;
int64_t cli_wish_wait_ms = WAIT_DEFAULT_MS;

void cli_json_member(struct json *j, const char *key, const char *z)
{
	if (z && *z)
		json_strz(j, key, z);
}

void cli_json_duration(struct json *j, const char *key, int64_t ms)
{
	char text[32];
	if (ms)
		json_strz(j, key, duration_format(ms, text));
}

int cli_wish_send(struct cli_gateway *g, const char *path, struct str body,
		  const struct doc_node **ret, struct err *err)
{
	char text[32];
	if (cli_wish_wait_ms > 0)
		path = cli_query(g->c, path, "wait", duration_format(cli_wish_wait_ms, text));
	cli_progress(g->c, "waiting for sync …");
	int rc = cli_send(g, path, body, cli_wish_wait_ms, ret, err);
	cli_progress_end(g->c);
	return rc;
}

static struct str phase_of(const struct doc_node *wish)
{
	return doc_text(doc_find(wish, "status"), "phase");
}

/* Sync has not come to it. That is no error for who does not wait. */
static int not_yet(const struct doc_node *wish, struct err *err)
{
	struct str id = doc_text(doc_find(wish, "metadata"), "name");
	if (cli_wish_wait_ms <= 0)
		return 0;
	err_set(err, ERR_TIMEOUT, "%.*s is recorded, and sync has not carried it out yet",
		STR_ARG(id));
	return err_remedy(err,
			  "it will when it runs: do not ask again, look whether asporad's sync "
			  "is up, or give it longer with --wait 5m");
}

/* What was done, done in part, or refused by a dry run. */
static int status_of_result(const struct doc_node *result)
{
	const struct doc_node *refused = doc_find(result, "refused");
	const struct doc_node *admission = doc_find(result, "admission");
	if (doc_bool(result, "allow", true))
		return 0;
	bool denied = !doc_bool(admission, "allow", true);
	bool owned = refused && refused->type == DOC_LIST && refused->list.count;
	return err_exit_status(owned && !denied ? ERR_CONFLICT : ERR_DENIED);
}

int cli_wish_end(const struct doc_node *wish, struct err *err)
{
	const struct doc_node *status = doc_find(wish, "status");
	struct str phase = phase_of(wish);
	if (str_eqz(phase, "failed"))
		return cli_problem(doc_find(status, "error"), 0, err);
	return str_eqz(phase, "done") ? status_of_result(doc_find(status, "result"))
				      : not_yet(wish, err);
}

static int print_object(struct cli *c, const struct doc_node *wish, struct err *err)
{
	static const struct kind_column columns[] = {{"NAME", "metadata.name", false},
						     {NULL, NULL, false}};
	struct cli_view v = {.columns = columns, .word = "wish"};
	return cli_print(c, &v, &wish, 1, err);
}

static void print_summary(struct buf *out, const struct doc_node *wish)
{
	const struct doc_node *result = doc_find(doc_find(wish, "status"), "result");
	struct str summary = doc_text(result, "summary"), phase = phase_of(wish);
	int64_t release = doc_int(result, "release", 0);
	if (str_eqz(phase, "failed"))
		return; /* its error says that and more */
	if (!str_eqz(phase, "done")) {
		buf_addf(out, "recorded as %.*s\n",
			 STR_ARG(doc_text(doc_find(wish, "metadata"), "name")));
		return;
	}
	text_escape(out, summary, 0);
	if (release > 0)
		buf_addf(out, " (release %lld)", (long long)release);
	buf_add_char(out, '\n');
}

int cli_wish_print(struct cli *c, const struct doc_node *wish, struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	int rc = 0;
	if (cli_output_is_table(c)) {
		rc = cli_wish_report(&out, wish, err);
		print_summary(&out, wish);
		if (rc == 0 && out.len)
			rc = cli_write(&out, err);
	} else {
		rc = print_object(c, wish, err);
	}
	return rc < 0 ? rc : cli_wish_end(wish, err);
}

int cli_wish(struct cli_gateway *g, const char *path, struct str body, struct err *err)
{
	const struct doc_node *wish = NULL;
	int rc = cli_wish_send(g, path, body, &wish, err);
	return rc < 0 ? rc : cli_wish_print(g->c, wish, err);
}

int cli_operand_skill(struct cli *c, const char *operand, bool need_skill, const char **ret_domain,
		      const char **ret_skill, struct err *err)
{
	struct str text = str_of(operand), domain = text, skill = STR_NULL;
	int rc = 0;
	if (strchr(operand, '/'))
		rc = name_split(text, &domain, &skill, err);
	else if (need_skill)
		rc = cli_usage(c, err, "\"%s\" is no skill: aspora %s needs DOMAIN/NAME", operand,
			       c->verb->name);
	else
		rc = name_check(text, "domain", err);
	if (rc < 0)
		return rc;
	*ret_domain = arena_strndup(c->arena, domain.p, domain.len);
	*ret_skill = skill.len ? arena_strndup(c->arena, skill.p, skill.len) : "";
	return 0;
}
