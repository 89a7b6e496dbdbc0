/*
 * Standard error that cannot block us. Setting O_NONBLOCK on descriptor 2 would set it for everybody who
 * shares it (the shell, our parent), so a pipe or terminal is opened a second time and only that
 * description is non-blocking; a socket (journald) has MSG_DONTWAIT; a plain file does not block.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/log_int.h"

static struct {
	int fd; /* our second description, or -1: write to 2 */
	pid_t pid;
	dev_t dev;
	ino_t ino;
	mode_t mode;
	char rest[LOG_LINE_MAX]; /* of a line that went out in part */
	size_t rest_len;
	uint64_t dropped, told;
} sink = {.fd = -1};

uint64_t log_dropped(void)
{
	return sink.dropped;
}

/*
 * Descriptor 2 may be another one since the last line, and after a fork that closed descriptors our
 * number may be another one's: then we begin anew and leave the old number alone.
 */
static bool look(void)
{
	struct stat st;
	if (fstat(STDERR_FILENO, &st) < 0)
		return false;
	if (sink.pid == getpid() && st.st_dev == sink.dev && st.st_ino == sink.ino)
		return true;
	if (sink.pid == getpid() && sink.fd >= 0)
		close(sink.fd);
	sink.fd = -1;
	sink.rest_len = 0;
	sink.pid = getpid();
	sink.dev = st.st_dev;
	sink.ino = st.st_ino;
	sink.mode = st.st_mode;
	if (S_ISFIFO(st.st_mode) || S_ISCHR(st.st_mode))
		sink.fd = open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return true;
}

static ssize_t write_some(const char *p, size_t len)
{
	if (S_ISSOCK(sink.mode))
		return send(STDERR_FILENO, p, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (sink.fd >= 0)
		return write(sink.fd, p, len);
	if (S_ISREG(sink.mode))
		return write(STDERR_FILENO, p, len);
	/* Not ours to open again (another user's): a writable pipe takes PIPE_BUF bytes at once. */
	struct pollfd ready = {STDERR_FILENO, POLLOUT, 0};
	if (poll(&ready, 1, 0) <= 0) {
		errno = EAGAIN;
		return -1;
	}
	return write(STDERR_FILENO, p, MIN(len, (size_t)4096));
}

/* How many bytes went out. */
static size_t push(const char *p, size_t len)
{
	size_t done = 0;
	while (done < len) {
		ssize_t n = write_some(p + done, len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	return done;
}

/* False when the line is not out and not kept either. */
static bool push_line(struct str line)
{
	size_t done = push(sink.rest, sink.rest_len);
	memmove(sink.rest, sink.rest + done, sink.rest_len - done);
	sink.rest_len -= done;
	if (sink.rest_len > 0)
		return false;
	done = push(line.p, line.len);
	if (done == 0)
		return false;
	sink.rest_len = line.len - done;
	memcpy(sink.rest, line.p + done, sink.rest_len);
	return true;
}

/* Says once the sink takes lines again how many it did not. */
static void tell_dropped(void)
{
	struct log_line l;
	char count[24];
	snprintf(count, sizeof(count), "%llu", (unsigned long long)sink.dropped);
	log_head(&l, LOG_WARN_, "log.dropped");
	log_line_add(&l, "total", str_of(count));
	if (push_line(log_line_end(&l)))
		sink.told = sink.dropped;
}

void log_sink_write(struct str line)
{
	int saved = errno;
	if (look() && sink.told < sink.dropped)
		tell_dropped();
	if (sink.pid != getpid() || sink.told < sink.dropped || !push_line(line))
		sink.dropped++;
	errno = saved;
}
