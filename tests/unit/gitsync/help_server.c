#include "tests/unit/gitsync/help_server.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>

#include "base/io.h"
#include "base/mem.h"
#include "tests/unit/support.h"

#define START_MS 20000

/* The one line it prints when it listens. */
static void read_line(int fd, char *out, size_t size)
{
	size_t n = 0;
	struct pollfd p = {fd, POLLIN, 0};
	while (n + 1 < size && poll(&p, 1, START_MS) > 0 && read(fd, out + n, 1) == 1 &&
	       out[n] != '\n')
		n++;
	out[n] = '\0';
}

void server_start(struct server *s, const char *kind, const char *root, const char *how,
		  const char *arg)
{
	int in[2], out[2];
	CLEANUP_FREE char *script = mem_printf("%s/tests/integration/git_servers.py",
					       support_root());
	assert_ok(io_pipe(in, &support_err));
	assert_ok(io_pipe(out, &support_err));
	const char *argv[] = {"/usr/bin/python3", script, kind, root, how, how ? arg : NULL, NULL};
	/* Its files go into a folder of this test, so that they are removed even when it is killed. */
	ck_assert_int_eq(setenv("TMPDIR", support_dir(), 1), 0);
	struct child_fd fds[] = {{in[0], 0}, {out[1], 1}};
	struct child_opts o = {.argv = argv, .fds = fds, .fd_count = 2};
	assert_ok(child_start(&s->child, &o, &support_err));
	close(in[0]);
	close(out[1]);
	s->input = in[1];
	char line[1024];
	read_line(out[0], line, sizeof(line));
	close(out[0]);
	struct str rest = str_of(line), word;
	ck_assert_msg(str_split(&rest, ' ', &word) && str_eqz(word, "ready"),
		      "the %s server said \"%s\"", kind, line);
	ck_assert(str_split(&rest, ' ', &word));
	snprintf(s->url, sizeof(s->url), "%.*s", STR_ARG(word));
	for (int i = 0; i < 2 && str_split(&rest, ' ', &word); i++)
		snprintf(s->extra[i], sizeof(s->extra[i]), "%.*s", STR_ARG(word));
}

void server_stop(struct server *s)
{
	if (s->input >= 0)
		close(s->input);
	struct child_end end;
	/* It removes its folder on the way out; only when it does not is it killed. */
	if (s->child.pid > 0 && child_wait(&s->child, 5000, &end, NULL) < 0)
		child_release(&s->child);
	*s = (struct server)SERVER_INIT;
}

char *server_url(const struct server *s, const char *name)
{
	return mem_printf("%s/%s", s->url, name);
}

char *dir_of(const char *repo)
{
	return mem_strndup(repo, (size_t)(strrchr(repo, '/') - repo));
}
