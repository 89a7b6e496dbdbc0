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

#define NOTICE_MAX 256

static struct {
	int fd; /* our second description, or -1: write to 2 */
	pid_t pid;
	dev_t dev;
	ino_t ino;
	mode_t mode;
	char rest[LOG_LINE_MAX + NOTICE_MAX]; /* of a line that went out in part */
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

/* False when the text is not out and not kept either. */
static bool push_line(struct str text)
{
	size_t done = push(sink.rest, sink.rest_len);
	memmove(sink.rest, sink.rest + done, sink.rest_len - done);
	sink.rest_len -= done;
	if (sink.rest_len > 0)
		return false;
	done = push(text.p, text.len);
	if (done == 0)
		return false;
	sink.rest_len = text.len - done;
	memcpy(sink.rest, text.p + done, sink.rest_len);
	return true;
}

/*
 * The first line that goes out again brings one before it that says how many did not. They are one
 * write: alone the short one would always find room, and fill the pipe with nothing else.
 */
static bool push_with_notice(struct str line)
{
	static char both[sizeof(sink.rest)];
	static struct log_line notice;
	char count[24];
	snprintf(count, sizeof(count), "%llu", (unsigned long long)sink.dropped);
	log_head(&notice, LOG_WARN_, "log.dropped");
	log_line_add(&notice, "total", str_of(count));
	struct str first = log_line_end(&notice);
	if (first.len > NOTICE_MAX)
		return push_line(line);
	memcpy(both, first.p, first.len);
	memcpy(both + first.len, line.p, line.len);
	return push_line(str_make(both, first.len + line.len));
}

void log_sink_write(struct str line)
{
	int saved = errno;
	bool out = look() && (sink.told < sink.dropped ? push_with_notice(line) : push_line(line));
	if (out)
		sink.told = sink.dropped;
	else
		sink.dropped++;
	errno = saved;
}
