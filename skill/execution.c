#include "skill/execution.h"

#include "base/clock.h"
#include "base/id.h"
#include "skill/kind.h"
#include "skill/text.h"

static const char *const mode_names[] = {"live", "shadow", "test", "replay"};
static const char *const state_names[] = {"queued",    "claimed", "running",
					  "succeeded", "failed",  "cancelled"};

const char *execution_mode_name(enum execution_mode m)
{
	return mode_names[m];
}

const char *execution_state_name(enum execution_state s)
{
	return state_names[s];
}

bool execution_state_final(enum execution_state s)
{
	return s == EXEC_SUCCEEDED || s == EXEC_FAILED || s == EXEC_CANCELLED;
}

static bool name_find(const char *const *names, size_t count, struct str name, unsigned *ret)
{
	for (size_t i = 0; i < count; i++) {
		if (str_eqz(name, names[i])) {
			*ret = (unsigned)i;
			return true;
		}
	}
	return false;
}

bool execution_mode_find(struct str name, enum execution_mode *ret)
{
	unsigned i = 0;
	if (!name_find(mode_names, ARRAY_SIZE(mode_names), name, &i))
		return false;
	*ret = (enum execution_mode)i;
	return true;
}

bool execution_state_find(struct str name, enum execution_state *ret)
{
	unsigned i = 0;
	if (!name_find(state_names, ARRAY_SIZE(state_names), name, &i))
		return false;
	*ret = (enum execution_state)i;
	return true;
}

static void json_head(struct json *j, const char *kind)
{
	json_object(j);
	json_strz(j, "apiVersion", API_VERSION);
	json_strz(j, "kind", kind);
}

static void json_str_if(struct json *j, const char *key, struct str s)
{
	if (s.len)
		json_str(j, key, s);
}

void skill_context_json(struct buf *out, const struct execution *e)
{
	struct json j;
	char time[32];
	CLEANUP(buf_release) struct buf name = BUF_INIT(2 * NAME_MAX_BYTES + 2);
	buf_addf(&name, "%.*s/%.*s", STR_ARG(e->domain), STR_ARG(e->skill));

	json_init(&j, out);
	json_head(&j, "SkillContext");
	json_strz(&j, "execution", e->id);
	json_str(&j, "skill", buf_str(&name));
	json_strz(&j, "mode", execution_mode_name(e->mode));
	json_str_if(&j, "session", e->session);
	if (e->trigger_json.len)
		json_raw(&j, "trigger", e->trigger_json);
	json_raw(&j, "input", e->input_json.len ? e->input_json : STR("{}"));
	if (e->deadline_ms)
		json_strz(&j, "deadline", clock_format(e->deadline_ms, time));
	json_int(&j, "attempt", e->attempt > 0 ? e->attempt : 1);
	json_str_if(&j, "parent", e->parent);
	json_end(&j);
}

#define RESULT_ADVICE                                                                              \
	"print one JSON value to standard output and nothing else; diagnostics go to standard "    \
	"error"

static void excerpt(struct buf *out, struct str s)
{
	buf_add_char(out, '"');
	text_escape(out, str_trim(s), 60);
	buf_add_char(out, '"');
}

static int result_err(struct err *err, struct str printed, const char *what)
{
	CLEANUP(buf_release) struct buf first = BUF_INIT(512);
	excerpt(&first, printed);
	return err_set(err, ERR_HANDLER_OUTPUT, "the handler's output %s; it begins with %s", what,
		       buf_cstr(&first));
}

static int parse_output(struct arena *a, struct str printed, const struct doc_node **ret,
			struct err *err)
{
	if (str_trim(printed).len == 0) {
		err_set(err, ERR_HANDLER_OUTPUT, "the handler printed nothing");
		return err_remedy(err, "print one JSON value, for example {\"answer\": 42}");
	}
	if (printed.len > EXECUTION_RESULT_MAX) {
		err_set(err, ERR_HANDLER_OUTPUT,
			"the handler printed %zu bytes; at most %d are kept", printed.len,
			EXECUTION_RESULT_MAX);
		return err_remedy(err, "print a summary and write the rest to a file or a tool");
	}
	struct err why = ERR_INIT;
	if (doc_parse_json(a, str_trim(printed), &doc_limits_json, "stdout", ret, &why) < 0) {
		CLEANUP(buf_release) struct buf what = BUF_INIT(ERR_MSG_MAX);
		buf_addf(&what, "is not one JSON value (%s)", why.msg);
		result_err(err, printed, buf_cstr(&what));
		return err_remedy(err, RESULT_ADVICE);
	}
	return 0;
}

/* One member of a SkillResult: what it must be. */
struct result_key {
	const char *name;
	bool (*valid)(const struct doc_node *n);
	const char *wanted;
};

static bool valid_any(const struct doc_node *n UNUSED)
{
	return true;
}

static bool valid_text(const struct doc_node *n)
{
	return n->type == DOC_STRING;
}

static bool valid_version(const struct doc_node *n)
{
	return n->type == DOC_STRING && str_eqz(n->text, API_VERSION);
}

static bool valid_skill(const struct doc_node *n)
{
	struct str domain, name;
	return n->type == DOC_STRING && name_split(n->text, &domain, &name, NULL) == 0;
}

static bool valid_metrics(const struct doc_node *n)
{
	if (n->type != DOC_MAP)
		return false;
	for (size_t i = 0; i < n->map.count; i++) {
		enum doc_type t = n->map.pairs[i].value->type;
		if (t != DOC_INT && t != DOC_FLOAT)
			return false;
	}
	return true;
}

static const struct result_key result_keys[] = {
	{"apiVersion", valid_version, "\"" API_VERSION "\""},
	{"kind", valid_text, "\"SkillResult\""},
	{"output", valid_any, "any JSON value"},
	{"text", valid_text, "text"},
	{"forward", valid_skill, "the name of a skill, \"domain/name\""},
	{"metrics", valid_metrics, "an object whose values are numbers"},
};

static int check_pair(const struct doc_pair *pair, struct str printed, struct err *err)
{
	CLEANUP(buf_release) struct buf what = BUF_INIT(ERR_MSG_MAX);
	const char *names[ARRAY_SIZE(result_keys)];
	for (size_t i = 0; i < ARRAY_SIZE(result_keys); i++) {
		const struct result_key *k = &result_keys[i];
		names[i] = k->name;
		if (!str_eqz(pair->key, k->name))
			continue;
		if (k->valid(pair->value))
			return 0;
		buf_addf(&what, "is a SkillResult whose \"%s\" is not %s", k->name, k->wanted);
		return result_err(err, printed, buf_cstr(&what));
	}
	buf_addf(&what, "is a SkillResult with the unknown key ");
	excerpt(&what, pair->key);
	result_err(err, printed, buf_cstr(&what));
	const char *near = str_nearest(pair->key, names, ARRAY_SIZE(names));
	if (near)
		return err_remedy(err, "did you mean \"%s\"?", near);
	return err_remedy(err, "a SkillResult has output, text, forward and metrics");
}

static int check_result(const struct doc_node *n, struct str printed, struct err *err)
{
	for (size_t i = 0; i < n->map.count; i++) {
		int rc = check_pair(&n->map.pairs[i], printed, err);
		if (rc < 0)
			return rc;
	}
	if (!doc_find(n, "apiVersion")) {
		result_err(err, printed, "is a SkillResult without \"apiVersion\"");
		return err_remedy(err, "add \"apiVersion\": \"" API_VERSION "\"");
	}
	return 0;
}

static void json_doc(struct json *j, const char *key, const struct doc_node *n)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(8 * EXECUTION_RESULT_MAX);
	if (!n)
		return;
	doc_write_json(&text, n, 0, false);
	json_raw(j, key, buf_str(&text));
}

int skill_result_normalise(struct str handler_stdout, struct buf *out, struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 * EXECUTION_RESULT_MAX);
	const struct doc_node *n = NULL;
	int rc = parse_output(a, handler_stdout, &n, err);
	if (rc < 0)
		return rc;

	struct json j;
	bool own = str_eqz(doc_text(n, "kind"), "SkillResult");
	if (own && (rc = check_result(n, handler_stdout, err)) < 0)
		return rc;
	json_init(&j, out);
	json_head(&j, "SkillResult");
	if (!own) {
		json_doc(&j, "output", n);
	} else {
		if (doc_find(n, "output"))
			json_doc(&j, "output", doc_find(n, "output"));
		else
			json_raw(&j, "output", STR("null"));
		json_doc(&j, "text", doc_find(n, "text"));
		json_doc(&j, "forward", doc_find(n, "forward"));
		json_doc(&j, "metrics", doc_find(n, "metrics"));
	}
	json_end(&j);
	return buf_check(out, "the SkillResult", err);
}
