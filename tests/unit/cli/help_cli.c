#include "tests/unit/cli/help_cli.h"

#include <stdio.h>
#include <unistd.h>

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
