#include "tests/unit/cli/help_cli.h"

#include <stdio.h>
#include <unistd.h>

#include "base/child.h"
#include "base/io.h"
#include "base/mem.h"

struct cli *help_command(const char *output)
{
	static const struct cli_verb verb = {.name = "get", .usage = "KIND"};
	static struct cli c;
	/* As in the program, a command's memory lives as long as the process: what an earlier one gave may still be looked at. */
	static struct arena *kept[256];
	static size_t count;
	ck_assert_uint_lt(count, ARRAY_SIZE(kept));
	c = (struct cli){.verb = &verb, .arena = arena_new(1 << 26), .output = output};
	kept[count++] = c.arena;
	return &c;
}

const struct doc_node *help_json(struct cli *c, const char *json)
{
	const struct doc_node *n = NULL;
	assert_ok(doc_parse_json(c->arena, str_of(json), &doc_limits_json, "t", &n, &support_err));
	return n;
}

static FILE *file;
static int kept_fd, before;

void help_capture(int fd)
{
	fflush(NULL);
	file = tmpfile();
	ck_assert_ptr_nonnull(file);
	kept_fd = fd;
	before = dup(fd);
	ck_assert_int_eq(dup2(fileno(file), fd), fd);
}

const char *help_captured(void)
{
	static char text[256 * 1024];
	fflush(NULL);
	ck_assert_int_eq(dup2(before, kept_fd), kept_fd);
	close(before);
	rewind(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	return text;
}

const char *help_folder(struct cli *c, const struct help_file *files)
{
	const char *root = arena_strdup(c->arena, support_dir());
	for (; files->path; files++) {
		CLEANUP_FREE char *path = io_join(root, files->path);
		CLEANUP_FREE char *dir = mem_strdup(path);
		*strrchr(dir, '/') = '\0';
		assert_ok(io_mkdirs(dir, 0755, &support_err));
		assert_ok(io_write_file(path, str_of(files->text), 0644, &support_err));
	}
	return root;
}

#define SKILL(name, role, trigger)                                                                 \
	"---\nname: " name "\ndescription: Says what " name                                        \
	" says. Use when somebody asks.\nrole: " role "\ntrigger: \"command: " trigger             \
	"\"\n---\n# " name "\n\nSay it.\n"
#define CASES                                                                                      \
	"## One\n\n### Input\none\n\n### Expect\n- contains \"one\"\n\n## Two\n\n### "             \
	"Input\ntwo\n\n### Expect\n"                                                               \
	"- contains \"two\"\n"
#define HANDLER "import sys\nsys.stdout.write('{}')\n"

const char *help_skills(struct cli *c)
{
	static const struct help_file files[] = {
		{"aspora.config.yaml", "budget:\n  per_run_usd: 0.50\n"},
		{"FIRM.md", "# Firm\n\nBe kind.\n"},
		{"skills/ecm/DOMAIN.md", "# Orders\n"},
		{"skills/ecm/boss/SKILL.md", SKILL("boss", "manager", "order help {question}")},
		{"skills/ecm/boss/code/handler.py", HANDLER},
		{"skills/ecm/boss/tests/cases.md", CASES},
		{"skills/ecm/order/SKILL.md", SKILL("order", "specialist", "order status {id}")},
		{"skills/ecm/order/code/handler.py", HANDLER},
		{"skills/ecm/order/tests/cases.md", CASES},
		{"skills/hr/screen/SKILL.md", SKILL("screen", "specialist", "screen {name}")},
		{"skills/hr/screen/code/handler.py", HANDLER},
		{"skills/hr/screen/tests/cases.md", CASES},
		{NULL, NULL}};
	return help_folder(c, files);
}

const char *help_git(const char *root, const char *words)
{
	static struct buf out = BUF_INIT(1 << 16);
	CLEANUP(buf_release) struct buf said = BUF_INIT(1 << 16);
	CLEANUP_FREE char *copy = mem_strdup(words);
	const char *argv[32] = {"git",
				"-c",
				"user.name=Ana",
				"-c",
				"user.email=ana@example.com",
				"-c",
				"commit.gpgsign=false",
				"-c",
				"init.defaultBranch=main",
				"-C",
				root};
	struct child_end end;
	size_t n = 11;
	for (char *save = NULL, *w = strtok_r(copy, " ", &save); w && n < 31;
	     w = strtok_r(NULL, " ", &save))
		argv[n++] = w;
	struct child_opts o = {.argv = argv};
	buf_reset(&out);
	assert_ok(child_run(&o, STR_NULL, &out, &said, 60000, &end, &support_err));
	ck_assert_msg(end.exited && end.status == 0, "git %s: %s", words, buf_cstr(&said));
	while (out.len && out.data[out.len - 1] == '\n')
		out.len--;
	return buf_cstr(&out);
}
