#include "cli/local.h"

#include <errno.h>

#include "base/child.h"
#include "base/io.h"
#include "base/mem.h"
#include "skill/execution.h"

#define SAID_MAX ((size_t)1 << 20)

/* Beside this program; else by PATH. Gives. */
static char *find_asporad(void)
{
	CLEANUP_FREE char *dir = io_self_dir();
	CLEANUP_FREE char *beside = dir ? io_join(dir, "asporad") : NULL;
	return beside && access(beside, X_OK) == 0 ? TAKE_PTR(beside) : mem_strdup("asporad");
}

/* What asporad says of the failure itself stands in the problem document; the rest of its stderr is the handler's. */
static void drop_own_words(struct buf *said)
{
	struct str s = buf_str(said);
	size_t start = 0;
	for (size_t i = 0; i + 1 < s.len; i++)
		if (s.p[i] == '\n')
			start = i + 1;
	if (str_starts(str_sub(s, start, s.len), STR("asporad: "))) {
		said->len = start;
		said->data[start] = '\0';
	}
}

static int code_of_status(int status)
{
	switch (status) {
	case 400:
		return ERR_USAGE;
	case 401:
		return ERR_UNAUTHENTICATED;
	case 403:
		return ERR_DENIED;
	case 404:
		return ERR_NOT_FOUND;
	case 409:
	case 412:
		return ERR_CONFLICT;
	case 410:
		return ERR_GONE;
	case 413:
		return ERR_TOO_LARGE;
	case 422:
		return ERR_INVALID;
	case 429:
		return ERR_QUOTA;
	case 501:
		return ERR_UNSUPPORTED;
	case 503:
		return ERR_UNAVAILABLE;
	case 504:
		return ERR_TIMEOUT;
	default:
		return ERR_INTERNAL;
	}
}

int cli_problem(const struct doc_node *problem, int status, struct err *err)
{
	char word[64] = "";
	struct str code = doc_text(problem, "code"), detail = doc_text(problem, "detail"),
		   remedy = doc_text(problem, "remedy");
	const struct doc_node *where = doc_find(problem, "where");
	struct str path = doc_text(where, "path");
	if (code.len && code.len < sizeof(word))
		memcpy(word, code.p, code.len);
	int rc = word[0] ? err_from_text(word) : 0;
	if (rc == 0)
		rc = code_of_status(status ? status : (int)doc_int(problem, "status", 0));
	if (!detail.len)
		detail = doc_text(problem, "title");
	err_set(err, rc, "%.*s", STR_ARG(detail));
	if (path.len) {
		CLEANUP_FREE char *p = mem_strndup(path.p, path.len);
		err_path(err, p);
		err->where.line = (uint32_t)doc_int(where, "line", 0);
		err->where.column = (uint32_t)doc_int(where, "column", 0);
	}
	if (remedy.len)
		err_remedy(err, "%.*s", STR_ARG(remedy));
	return rc;
}

/* A failed child: its problem document, else how it ended. */
static int failure(const struct child_end *end, const struct buf *out, const struct buf *said,
		   struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 * 1024 * 1024);
	struct err ignored = ERR_INIT;
	const struct doc_node *problem = NULL;
	char how[64];
	if (doc_parse_json(a, buf_str(out), &doc_limits_json, "problem", &problem, &ignored) == 0 &&
	    doc_find(problem, "detail"))
		return cli_problem(problem, 0, err);
	return err_set(err, ERR_INTERNAL, "asporad ended with %s: %s",
		       child_end_text(end, how, sizeof(how)), buf_cstr(said));
}

int cli_local_run(const struct cli_local *l, struct buf *result, struct buf *said, struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(2 * EXECUTION_RESULT_MAX);
	CLEANUP_FREE char *program = find_asporad();
	CLEANUP_FREE char *name = mem_printf("%.*s/%.*s", STR_ARG(l->domain), STR_ARG(l->skill));
	CLEANUP_FREE char *trigger = mem_strndup(l->trigger_json.len ? l->trigger_json.p : "{}",
						 l->trigger_json.len ? l->trigger_json.len : 2);
	const char *argv[] = {
		program,     "executor",  "--local", l->root,	  "--input",
		"-",	     "--trigger", trigger,   "--session", l->session ? l->session : "",
		"--problem", name,	  NULL};
	const struct child_opts o = {.argv = argv, .new_session = true};
	struct child_end end;
	int rc = child_run(&o, l->input_json.len ? l->input_json : STR("null"), &out, said, -1,
			   &end, err);
	if (rc == ERR_NOT_FOUND) {
		err_set(err, ERR_NOT_FOUND,
			"there is no asporad beside aspora or in PATH, and it is "
			"what runs skills");
		return err_remedy(err, "install it, or run through a gateway without --local");
	}
	if (rc < 0)
		return rc;
	drop_own_words(said);
	if (!end.exited || end.status != 0)
		return failure(&end, &out, said, err);
	buf_add_str(result, buf_str(&out));
	return 0;
}
