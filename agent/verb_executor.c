/*
 * asporad executor --local: one skill of a folder, in the sandbox it would have on a server, without a server. `aspora run --local` and
 * `aspora test` are this.
 */
#include <stdio.h>
#include <unistd.h>

#include "agent/verb.h"
#include "base/id.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/opt.h"
#include "runtime/execute.h"
#include "skill/digest.h"
#include "skill/execution.h"
#include "skill/snapshot.h"

struct local {
	const char *dir, *input, *trigger, *session;
	bool problem, probe, help;
	struct tree_source *tree;
	struct snapshot *snapshot;
	const struct domain_skill *skill;
};

/* The files are on disk: a blob is found by its digest among the skill's own. */
static int read_blob(void *state, const struct digest *blob, struct buf *out, struct err *err)
{
	struct local *l = state;
	const struct manifest *m = &l->skill->skill->manifest;
	for (size_t i = 0; i < m->count; i++)
		if (digest_equal(&m->files[i].digest, blob))
			return tree_read(l->tree, &m->files[i].blob, out, err);
	return err_set(err, ERR_NOT_FOUND, "the skill has no such file");
}

/* Everything that reading has to say against it, in the order of the files. */
static int refuse_broken(const struct local *l, struct err *err)
{
	const struct findings *lists[] = {&l->skill->skill->findings, &l->skill->findings};
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		for (size_t k = 0; k < lists[i]->count; k++) {
			const struct finding *f = &lists[i]->items[k];
			if (f->severity != SEVERITY_DENY)
				continue;
			CLEANUP_FREE char *path = mem_strndup(f->path.p, f->path.len);
			err_at(err, ERR_INVALID, path, f->line, f->column, "%.*s",
			       STR_ARG(f->message));
			return err_remedy(err, "%.*s", STR_ARG(f->remedy));
		}
	return 0;
}

static int load(struct local *l, struct str name, struct err *err)
{
	struct str domain, skill;
	const struct source_ref source = {"folder", "folder"};
	const struct snapshot_opts o = {.platform_from_tree = true};
	int rc = name_split(name, &domain, &skill, err);
	if (rc == 0)
		rc = tree_folder_open(l->dir, &l->tree, err);
	if (rc == 0)
		rc = snapshot_build(l->tree, &source, NULL, &o, &l->snapshot, err);
	if (rc < 0)
		return rc;
	struct domain *d = snapshot_domain(l->snapshot, domain);
	l->skill = d ? domain_skill_find(d, skill) : NULL;
	if (!l->skill)
		return err_set(err, ERR_NOT_FOUND, "there is no skill %.*s in %s", STR_ARG(name),
			       l->dir);
	if ((rc = refuse_broken(l, err)) < 0)
		return rc;
	if (l->skill->skill->handler.len == 0) {
		err_set(err, ERR_MODEL,
			"%.*s has no handler, and no model is configured that could follow its "
			"text",
			STR_ARG(name));
		return err_remedy(err, "add code/handler.py (or .js, .sh) beside SKILL.md");
	}
	return 0;
}

static int check_json(struct str text, const char *what, struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * 1024 * 1024);
	const struct doc_node *n = NULL;
	return doc_parse_json(a, text, &doc_limits_json, what, &n, err);
}

static int make_context(const struct local *l, struct buf *out, char id[64], struct err *err)
{
	const struct skill *s = l->skill->skill;
	struct execution e = {.mode = MODE_TEST,
			      .state = EXEC_RUNNING,
			      .domain = s->domain,
			      .skill = s->name,
			      .content = s->content,
			      .runtime = l->skill->runtime,
			      .context = l->skill->context,
			      .session = str_of(l->session),
			      .attempt = 1,
			      .trigger_json = l->trigger ? str_of(l->trigger) : STR("{}"),
			      .input_json = l->input ? str_of(l->input) : STR("null"),
			      .deadline_ms = clock_wall(&clock_real) +
					     l->skill->effective.limits.timeout_ms};
	int rc = check_json(e.input_json, "--input", err);
	if (rc == 0)
		rc = check_json(e.trigger_json, "--trigger", err);
	if (rc < 0)
		return rc;
	id_make("EXEC", &clock_real, e.id);
	memcpy(id, e.id, sizeof(e.id));
	skill_context_json(out, &e);
	return buf_check(out, "the input", err);
}

/* An argument holds 128 KiB at most, an input may be larger. */
static int read_input(struct local *l, struct buf *held, struct err *err)
{
	if (!l->input || strcmp(l->input, "-") != 0)
		return 0;
	int rc = io_read_fd(STDIN_FILENO, held, err);
	l->input = buf_cstr(held);
	return rc < 0 ? rc : buf_check(held, "the input", err);
}

/*
 * What a server's operator says under secrets:, a person's own environment says here: secret:crm-token is ASPORA_SECRET_CRM_TOKEN. Content still
 * names no variable or file that is opened for it.
 */
static int local_value(struct str value, struct str *ret, struct err *err)
{
	char name[sizeof("ASPORA_SECRET_") + NAME_MAX_BYTES] = "ASPORA_SECRET_";
	*ret = value;
	if (str_starts(value, STR("env:")) || str_starts(value, STR("file:"))) {
		err_set(err, ERR_DENIED, "\"%.*s\" would have us open what a repository names",
			STR_ARG(value));
		return err_remedy(err, "write secret:NAME");
	}
	if (!str_starts(value, STR("secret:")))
		return 0;
	struct str secret = str_sub(value, strlen("secret:"), value.len);
	size_t len = strlen(name);
	for (size_t i = 0; i < MIN(secret.len, (size_t)NAME_MAX_BYTES); i++) {
		char b = secret.p[i];
		name[len++] = b >= 'a' && b <= 'z'				 ? (char)(b - 32)
			      : (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') ? b
										 : '_';
	}
	name[len] = '\0';
	const char *found = getenv(name);
	if (found) {
		*ret = str_of(found);
		return 0;
	}
	err_set(err, ERR_NOT_FOUND, "the secret \"%.*s\" is not known here", STR_ARG(secret));
	return err_remedy(err, "give it for this run: %s=... aspora run --local ...", name);
}

static int run_it(struct local *l, struct runtime *rt, struct run_result *r, struct err *err)
{
	CLEANUP(buf_release) struct buf context = BUF_INIT(4 * EXECUTION_INPUT_MAX);
	const struct config *c = &l->skill->effective;
	const struct blob_reader blobs = {read_blob, l};
	const struct config_env *declared = c->runtime.env.items;
	struct sandbox_env *env = mem_array(c->runtime.env.count + 1, sizeof(*env));
	char id[64];
	struct run_guard guard;
	run_guard_init(&guard, c, false);
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < c->runtime.env.count; i++) {
		env[i].name = declared[i].key;
		rc = local_value(declared[i].value, &env[i].value, err);
		if (rc < 0)
			err_context(err, "environment variable %.*s", STR_ARG(declared[i].key));
	}
	if (rc == 0)
		rc = make_context(l, &context, id, err);
	struct run_request req = {.instance = id,
				  .driver = c->runtime.driver,
				  .isolation = (enum isolation)c->runtime.isolation,
				  .runtime = l->skill->runtime,
				  .manifest = &l->skill->skill->manifest,
				  .blobs = &blobs,
				  .handler = l->skill->skill->handler,
				  .limits = run_limits_of(c),
				  .env = env,
				  .env_count = c->runtime.env.count,
				  .network = c->runtime.network,
				  .execution = id,
				  .guard = &guard,
				  .context_json = buf_str(&context)};
	if (rc == 0)
		rc = l->probe ? runtime_probe_version(rt, &req, r, err)
			      : runtime_execute(rt, &req, r, err);
	run_guard_release(&guard);
	free(env);
	return rc;
}

static int execute(struct local *l, struct str name, struct err *err)
{
	CLEANUP(runtime_closep) struct runtime *rt = NULL;
	CLEANUP_FREE char *state = NULL;
	CLEANUP(buf_release) struct buf input = BUF_INIT(EXECUTION_INPUT_MAX);
	struct run_result r;
	struct err ignored = ERR_INIT;
	run_result_init(&r);
	int rc = read_input(l, &input, err);
	if (rc == 0)
		rc = load(l, name, err);
	if (rc == 0)
		rc = io_temp_dir("aspora-run-", &state, err);
	if (rc == 0)
		rc = runtime_open(&(struct runtime_opts){.state_dir = state}, &rt, err);
	if (rc == 0)
		rc = run_it(l, rt, &r, err);
	if (r.stderr_tail.len)
		fwrite(r.stderr_tail.data, 1, r.stderr_tail.len, stderr);
	if (rc == 0 && r.result_json.len)
		printf("%s\n", buf_cstr(&r.result_json));
	run_result_release(&r);
	if (state)
		(void)!io_remove_tree(state, &ignored);
	return rc;
}

static void print_help(const struct opt *opts)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	buf_addz(&out, "Usage: asporad executor --local DIR DOMAIN/SKILL [--input JSON] [--trigger "
		       "JSON]\n\nOptions:\n");
	opt_help(&out, opts);
	fwrite(buf_cstr(&out), 1, out.len, stdout);
}

int verb_executor(const struct verb_opts *o, int argc, char **argv, struct err *err)
{
	struct local l = {0};
	const struct opt opts[] = {
		{"local", 0, OPT_STRING, &l.dir, "DIR", "The repository's root: where skills/ is."},
		{"input", 'i', OPT_STRING, &l.input, "JSON",
		 "The SkillContext's input, or - to read it from standard input; null when left "
		 "out."},
		{"trigger", 't', OPT_STRING, &l.trigger, "JSON",
		 "The SkillContext's trigger, {\"kind\",\"text\",\"params\"}."},
		{"session", 0, OPT_STRING, &l.session, "ID", "The SkillContext's session."},
		{"probe", 0, OPT_FLAG, &l.probe, NULL, "Only check that the handler would start."},
		{"problem", 0, OPT_FLAG, &l.problem, NULL,
		 "On failure, print a problem document on stdout."},
		{"help", 'h', OPT_FLAG, &l.help, NULL, "Print this and end."},
		OPT_END};
	int operands = 0, rc = opt_parse(argc, argv, opts, &operands, err);
	(void)o;
	if (rc == 0 && l.help) {
		print_help(opts);
		return 0;
	}
	if (rc == 0 && (!l.dir || operands != 1))
		rc = err_set(err, ERR_USAGE, "executor needs --local DIR and one DOMAIN/SKILL");
	if (rc == 0)
		rc = execute(&l, str_of(argv[1]), err);
	snapshot_unref(l.snapshot);
	tree_source_free(l.tree);
	if (rc < 0 && l.problem) {
		CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
		json_problem(&out, err);
		printf("%s\n", buf_cstr(&out));
	}
	return rc;
}
