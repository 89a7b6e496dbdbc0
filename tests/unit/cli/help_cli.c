#include "tests/unit/cli/help_cli.h"

#include <stdio.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"

struct cli *help_command(const char *output)
{
	static const struct cli_verb verb = {.name = "get", .usage = "KIND"};
	static struct cli c;
	c = (struct cli){.verb = &verb, .arena = arena_new(1 << 26), .output = output};
	return &c;
}

const struct doc_node *help_json(struct cli *c, const char *json)
{
	const struct doc_node *n = NULL;
	assert_ok(doc_parse_json(c->arena, str_of(json), &doc_limits_json, "t", &n, &support_err));
	return n;
}

static FILE *kept;
static int kept_fd, before;

void help_capture(int fd)
{
	fflush(NULL);
	kept = tmpfile();
	ck_assert_ptr_nonnull(kept);
	kept_fd = fd;
	before = dup(fd);
	ck_assert_int_eq(dup2(fileno(kept), fd), fd);
}

const char *help_captured(void)
{
	static char text[256 * 1024];
	fflush(NULL);
	ck_assert_int_eq(dup2(before, kept_fd), kept_fd);
	close(before);
	rewind(kept);
	text[fread(text, 1, sizeof(text) - 1, kept)] = '\0';
	fclose(kept);
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
