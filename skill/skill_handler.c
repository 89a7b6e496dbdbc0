/* Which program answers for a skill, and whether it can. */
#include "skill/skill_int.h"
#include "skill/text.h"

static const char *const languages[] = {".py", ".ts", ".js", ".go", ".sh"};

static bool has_language(struct str path)
{
	for (size_t i = 0; i < ARRAY_SIZE(languages); i++)
		if (str_ends(path, str_of(languages[i])))
			return true;
	return false;
}

static bool is_default(struct str path)
{
	struct str stem = STR("code/handler");
	if (!str_starts(path, stem))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(languages); i++)
		if (str_eqz(str_sub(path, stem.len, path.len), languages[i]))
			return true;
	return false;
}

static const char *path_fault(struct str path)
{
	struct str rest = path, name;
	if (path.p[0] == '/')
		return "it begins at the root of the machine";
	while (str_split(&rest, '/', &name))
		if (str_eqz(name, "..") || str_eqz(name, ".") || name.len == 0)
			return "it has . or .. or an empty name in it";
	if (str_find_byte(path, '\\', 0) >= 0)
		return "its parts are joined by \\ and not by /";
	return NULL;
}

/* The one that the configuration names. */
static void check_named(struct skill *s, const struct said_of *of, struct str path)
{
	char quoted[200];
	const struct doc_node *at = config_place(s->config, "handler.file");
	const char *why = path_fault(path);
	text_quote(path, quoted, sizeof(quoted));
	if (why) {
		say_node(of, "SK-HANDLER", at, "\"%s\" cannot be the handler: %s", quoted, why)
			->remedy =
			STR("write the path below the skill's folder, such as code/handler.py");
		return;
	}
	const struct manifest_file *f = manifest_find(&s->manifest, path);
	if (f && f->mode != TREE_MODE_EXEC && !has_language(path))
		say_node(of, "SK-HANDLER", at,
			 "the handler \"%s\" is not executable, and its ending names no language",
			 quoted)
			->remedy = STR("make it executable: git update-index --chmod=+x FILE");
	s->handler = arena_str(s->text_arena, path);
}

void skill_find_handler(struct skill *s, const struct said_of *config)
{
	struct str named = s->config ? s->config->values.handler.file : STR("");
	const struct manifest_file *first = NULL;
	if (named.len) {
		check_named(s, config, named);
		return;
	}
	for (size_t i = 0; i < s->manifest.count; i++) {
		const struct manifest_file *f = &s->manifest.files[i];
		if (!is_default(f->path))
			continue;
		if (first) {
			struct said_of of = *config;
			of.path = str_of(arena_printf(s->findings.arena, "%.*s/%.*s",
						      STR_ARG(s->path), STR_ARG(f->path)));
			of.blob = f->blob;
			say_node(&of, "SK-HANDLER", NULL, "there are two handlers, %.*s and %.*s",
				 STR_ARG(first->path), STR_ARG(f->path))
				->remedy = STR("delete one, or name the other with handler: file: "
					       "in " CONFIG_FILE);
			return;
		}
		first = f;
	}
	if (first)
		s->handler = first->path;
}
