#include "skill/scaffold.h"

#include "base/id.h"

static const char python_handler[] =
	"\"\"\"Reads a SkillContext from standard input, prints a SkillResult.\"\"\"\n"
	"import json\n"
	"import sys\n"
	"\n"
	"\n"
	"def given_text(context):\n"
	"    \"\"\"What somebody wrote: the input itself, its \"text\", or the words of the "
	"command.\"\"\"\n"
	"    given = context.get(\"input\")\n"
	"    if isinstance(given, str):\n"
	"        return given\n"
	"    if isinstance(given, dict) and given.get(\"text\"):\n"
	"        return str(given[\"text\"])\n"
	"    params = (context.get(\"trigger\") or {}).get(\"params\") or {}\n"
	"    return str(params.get(\"text\", \"\"))\n"
	"\n"
	"\n"
	"def answer(text):\n"
	"    if not text:\n"
	"        return \"Please say what this is about.\"\n"
	"    return \"You said: \" + text\n"
	"\n"
	"\n"
	"message = answer(given_text(json.load(sys.stdin)))\n"
	"result = {\"apiVersion\": \"aspora/v1\", \"kind\": \"SkillResult\"}\n"
	"result[\"output\"] = {\"message\": message}\n"
	"result[\"text\"] = message\n"
	"json.dump(result, sys.stdout)\n";

static const char javascript_handler[] =
	"// Reads a SkillContext from standard input, prints a SkillResult.\n"
	"\n"
	"// What somebody wrote: the input itself, its \"text\", or the words of the command.\n"
	"function givenText(context) {\n"
	"  const given = context.input;\n"
	"  if (typeof given === \"string\") return given;\n"
	"  if (given && given.text) return String(given.text);\n"
	"  const params = (context.trigger && context.trigger.params) || {};\n"
	"  return String(params.text || \"\");\n"
	"}\n"
	"\n"
	"function answer(text) {\n"
	"  return text ? \"You said: \" + text : \"Please say what this is about.\";\n"
	"}\n"
	"\n"
	"let raw = \"\";\n"
	"process.stdin.on(\"data\", (piece) => (raw += piece));\n"
	"process.stdin.on(\"end\", () => {\n"
	"  const message = answer(givenText(JSON.parse(raw)));\n"
	"  const result = { apiVersion: \"aspora/v1\", kind: \"SkillResult\" };\n"
	"  result.output = { message };\n"
	"  result.text = message;\n"
	"  process.stdout.write(JSON.stringify(result));\n"
	"});\n";

static const char shell_handler[] =
	"#!/bin/sh\n"
	"# Reads a SkillContext from standard input, prints a SkillResult.\n"
	"set -eu\n"
	"context=$(tr '\\n' ' ')\n"
	"\n"
	"# The JSON string after a key, still escaped, so that it may be printed into JSON again.\n"
	"string_after() {\n"
	"\tprintf '%s\\n' \"$context\" |\n"
	"\t\tsed -nE 's/.*\"'\"$1\"'\": *\"(([^\"\\\\]|\\\\.)*)\".*/\\1/p'\n"
	"}\n"
	"\n"
	"# What somebody wrote: the input itself, or a \"text\" in it or in the command's words.\n"
	"text=$(string_after input)\n"
	"[ -n \"$text\" ] || text=$(string_after text)\n"
	"if [ -n \"$text\" ]; then\n"
	"\tmessage=\"You said: $text\"\n"
	"else\n"
	"\tmessage=\"Please say what this is about.\"\n"
	"fi\n"
	"printf '{\"apiVersion\": \"aspora/v1\", \"kind\": \"SkillResult\", '\n"
	"printf '\"output\": {\"message\": \"%s\"}, \"text\": \"%s\"}\\n' \"$message\" "
	"\"$message\"\n";

struct language {
	const char *name, *file;
	struct str handler;
};

static const struct language languages[] = {
	{"python", "handler.py", {python_handler, sizeof(python_handler) - 1}},
	{"javascript", "handler.js", {javascript_handler, sizeof(javascript_handler) - 1}},
	{"shell", "handler.sh", {shell_handler, sizeof(shell_handler) - 1}},
};

const char *const scaffold_languages[] = {"python", "javascript", "shell", NULL};

static const char *const role_sentence[] = {
	[ROLE_MANAGER] = "Decides which skill of its domain answers a request.",
	[ROLE_SPECIALIST] = "Answers one kind of request.",
	[ROLE_FIELD] = "Handles one case at a time, with the domain's runbooks at hand.",
};

/* The files under way. */
struct scaffold {
	struct arena *arena;
	struct tree_file *files;
	size_t count;
	struct str domain, name;
};

static void add(struct scaffold *s, const char *below, uint32_t mode, struct str bytes)
{
	char *path = arena_printf(s->arena, "skills/%.*s/%.*s/%s", STR_ARG(s->domain),
				  STR_ARG(s->name), below);
	s->files[s->count++] = (struct tree_file){str_of(path), mode, bytes};
}

/* "order-details" as words, the first in upper case when it begins a title. */
static const char *words(struct arena *a, struct str name, bool title)
{
	char *w = arena_strndup(a, name.p, name.len);
	for (char *p = w; *p; p++)
		*p = *p == '-' ? ' ' : *p;
	if (title && *w >= 'a' && *w <= 'z')
		*w = (char)(*w - 32);
	return w;
}

static struct str skill_md(struct scaffold *s, enum role role)
{
	return str_of(arena_printf(
		s->arena,
		"---\n"
		"name: %.*s\n"
		"description: %s Use when somebody writes \"%s %s\" and what it is about.\n"
		"domain: %.*s\n"
		"role: %s\n"
		"trigger:\n"
		"  command: %s %s {text}\n"
		"---\n"
		"\n"
		"# %s\n"
		"\n"
		"Say here, for people and for a model, how the skill does its work:\n"
		"\n"
		"1. what it needs to know, and what it asks when that is missing,\n"
		"2. what it looks up or works out, and by which rules,\n"
		"3. what its answer holds, and what it leaves to a person.\n",
		STR_ARG(s->name), role_sentence[role], words(s->arena, s->domain, false),
		words(s->arena, s->name, false), STR_ARG(s->domain), role_name(role),
		words(s->arena, s->domain, false), words(s->arena, s->name, false),
		words(s->arena, s->name, true)));
}

static const char config_yaml[] =
	"# What this skill may cost and use. It can only be tighter than the domain and the "
	"platform.\n"
	"# aspora explain lists every field; aspora explain --effective shows what holds.\n"
	"budget:\n"
	"  per_run_usd: 0.01\n"
	"\n"
	"# limits:\n"
	"#   timeout: 10s\n";

static const char cases_md[] = "# Cases\n"
			       "\n"
			       "## The answer repeats what was said\n"
			       "### Input\n"
			       "```json\n"
			       "{\"text\": \"good morning\"}\n"
			       "```\n"
			       "### Expect\n"
			       "- field message equals \"You said: good morning\"\n"
			       "\n"
			       "## Plain words are enough\n"
			       "### Input\n"
			       "good evening\n"
			       "### Expect\n"
			       "- contains \"good evening\"\n"
			       "- must not contain \"good morning\"\n"
			       "\n"
			       "## Nothing said is asked for\n"
			       "### Input\n"
			       "```json\n"
			       "{}\n"
			       "```\n"
			       "### Expect\n"
			       "- contains \"Please say\"\n";

static struct str fixture(struct scaffold *s)
{
	return str_of(arena_printf(s->arena,
				   "{\n"
				   "  \"apiVersion\": \"aspora/v1\",\n"
				   "  \"kind\": \"SkillContext\",\n"
				   "  \"execution\": \"EXEC-20260101000000-0000000000000000\",\n"
				   "  \"skill\": \"%.*s/%.*s\",\n"
				   "  \"mode\": \"test\",\n"
				   "  \"input\": {\"text\": \"good morning\"},\n"
				   "  \"attempt\": 1\n"
				   "}\n",
				   STR_ARG(s->domain), STR_ARG(s->name)));
}

static int find_language(const char *name, const struct language **ret, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(languages); i++) {
		if (name && strcmp(languages[i].name, name) == 0) {
			*ret = &languages[i];
			return 0;
		}
	}
	err_set(err, ERR_INVALID, "there is no handler to start from in \"%.40s\"",
		name ? name : "");
	const char *near = str_nearest(str_of(name), scaffold_languages, ARRAY_SIZE(languages));
	return near ? err_remedy(err, "did you mean %s?", near)
		    : err_remedy(err, "write python, javascript or shell");
}

int scaffold_skill(struct arena *a, struct str domain, struct str name, enum role role,
		   const char *language, struct tree_file **ret, size_t *ret_count, struct err *err)
{
	const struct language *l = NULL;
	int rc = name_check(domain, "domain", err);
	if (rc == 0)
		rc = name_check(name, "skill", err);
	if (rc == 0)
		rc = find_language(language, &l, err);
	if (rc < 0)
		return rc;
	struct scaffold s = {a, arena_array(a, 5, sizeof(struct tree_file)), 0, domain, name};
	add(&s, "SKILL.md", TREE_MODE_FILE, skill_md(&s, role));
	add(&s, CONFIG_FILE, TREE_MODE_FILE, str_of(config_yaml));
	add(&s, arena_printf(a, "code/%s", l->file), TREE_MODE_EXEC, l->handler);
	add(&s, "fixtures/example.json", TREE_MODE_FILE, fixture(&s));
	add(&s, "tests/cases.md", TREE_MODE_FILE, str_of(cases_md));
	*ret = s.files;
	*ret_count = s.count;
	return 0;
}
