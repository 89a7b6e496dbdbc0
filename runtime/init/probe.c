/* Probe mode: would the handler start? Its interpreter reads it, nothing of it runs. */
#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/init/init.h"

void fault_add(struct bytes *b, const char *type, const char *message, size_t len)
{
	bytes_addf(b, "{\"errorType\":\"%s\",\"errorMessage\":", type);
	bytes_json(b, message, len);
	bytes_add(b, "}", 1);
}

void init_error(const char *type, const char *message, size_t len)
{
	struct bytes b = {NULL, 0, 0};
	fault_add(&b, type, message, len);
	stream_call("POST", "/2018-06-01/runtime/init/error", "application/json", b.p, b.len, NULL,
		    NULL);
	stream_flush();
	_exit(1);
}

/* Collects what the check says, the first 16 KiB of it. */
static void collect(struct process *p, struct bytes *said)
{
	char piece[4096];
	struct pollfd fds[2] = {{p->out, POLLIN, 0}, {p->errout, POLLIN, 0}};
	while (fds[0].fd >= 0 || fds[1].fd >= 0) {
		if (poll(fds, 2, -1) < 0)
			continue;
		for (int i = 0; i < 2; i++) {
			ssize_t n = fds[i].revents ? read(fds[i].fd, piece, sizeof(piece)) : -1;
			if (n > 0 && said->len < 16384)
				bytes_add(said, piece, (size_t)n);
			if (n == 0 ||
			    (n < 0 && fds[i].revents && errno != EAGAIN && errno != EINTR))
				fds[i].fd = -1;
		}
	}
}

void probe_run(const struct runner *r)
{
	struct bytes said = {NULL, 0, 0};
	struct process p;
	int status = 0;
	if (r->check[0]) {
		if (!process_start(r->check, r->path, &p)) {
			bytes_addf(&said, "%s cannot be started: %s", r->check[0], strerror(errno));
			init_error(FAULT_INTERPRETER, said.p, said.len);
		}
		close(p.in);
		collect(&p, &said);
		while (waitpid(p.pid, &status, 0) < 0 && errno == EINTR)
			;
		process_kill_all();
	}
	if (status != 0)
		init_error(FAULT_CHECK, said.p ? said.p : "", said.len);
	stream_call("POST", "/aspora/v1/ready", NULL, NULL, 0, NULL, NULL);
	stream_flush();
	_exit(0);
}
