/* The process that starts fetches: it waits for the number of a source and two descriptors, and answers with the number of a process. */
#include <errno.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "base/child.h"
#include "base/mem.h"
#include "gitsync/fetch_int.h"
#include "gitsync/gitsync.h"

#define ANSWER_MS 5000 /* it has nothing else to do: later than that it is stopped or gone */

struct remote_starter {
	struct fetch *fetches; /* one for each source; the children have copies */
	size_t count;
	struct fetch_page *pages; /* shared with the children, one each */
	struct child child;
	int fd; /* of ours; -1: it is gone */
};

struct answer {
	int32_t sys; /* errno; 0: there is a child */
	int32_t pid;
};

/* --- in the starter ------------------------------------------------------------------------------------------ */

/* The number, and the descriptors that came with it. False at the end. */
static bool receive(int fd, uint64_t *ret_index, int fds[2], size_t *ret_count)
{
	_Alignas(struct cmsghdr) char space[CMSG_SPACE(2 * sizeof(int))];
	struct iovec v = {ret_index, sizeof(*ret_index)};
	struct msghdr m = {.msg_iov = &v,
			   .msg_iovlen = 1,
			   .msg_control = space,
			   .msg_controllen = sizeof(space)};
	ssize_t n;
	do
		n = recvmsg(fd, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	struct cmsghdr *c = n == sizeof(*ret_index) ? CMSG_FIRSTHDR(&m) : NULL;
	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
		return false;
	*ret_count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	memcpy(fds, CMSG_DATA(c), *ret_count * sizeof(int));
	return true;
}

static void start_one(struct remote_starter *s, uint64_t index, int fds[2], size_t count,
		      struct answer *ret)
{
	struct fetch *f = &s->fetches[index];
	struct err err = ERR_INIT;
	pid_t pid = 0;
	int keep[2] = {fds[0], fds[0]};
	f->result_fd = fds[0];
	f->lock_fd = count > 1 ? fds[1] : -1;
	if (count > 1) {
		keep[0] = MIN(fds[0], fds[1]);
		keep[1] = MAX(fds[0], fds[1]);
	}
	int rc = child_fork_sibling(&pid, fetch_child, f, keep, count, &err);
	*ret = (struct answer){rc < 0 ? err.sys : 0, pid};
	for (size_t i = 0; i < count; i++)
		close(fds[i]);
}

static int serve(void *state)
{
	struct remote_starter *s = state;
	uint64_t index;
	int fds[2];
	size_t count;
	while (receive(s->fd, &index, fds, &count) && index < s->count) {
		struct answer a;
		start_one(s, index, fds, count, &a);
		if (send(s->fd, &a, sizeof(a), MSG_NOSIGNAL) != sizeof(a))
			break;
	}
	_exit(0);
}

/* --- in the role ------------------------------------------------------------------------------------------------- */

static int open_process(struct remote_starter *s, struct err *err)
{
	int ends[2];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return err_sys(err, ERR_IO, errno, "cannot make a pair of sockets");
	s->fd = ends[1];
	int rc = child_fork(&s->child, serve, s, &ends[1], 1, err);
	close(ends[1]);
	s->fd = ends[0];
	return rc;
}

int remote_starter_open(struct remote_opts *const *list, size_t count, struct remote_starter **ret,
			struct err *err)
{
	int rc = gitsync_init(true, err);
	if (rc < 0)
		return rc;
	struct remote_starter *s = mem_zalloc(sizeof(*s));
	*s = (struct remote_starter){.count = count, .child = CHILD_INIT, .fd = -1};
	s->fetches = mem_array(count + 1, sizeof(*s->fetches));
	s->pages = mmap(NULL, (count + 1) * sizeof(*s->pages), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s->pages == MAP_FAILED) {
		s->pages = NULL;
		rc = err_sys(err, ERR_IO, errno, "cannot prepare fetches");
	}
	for (size_t i = 0; rc == 0 && i < count; i++)
		s->fetches[i] = (struct fetch){.o = list[i],
					       .limits = fetch_limits(&list[i]->limits),
					       .page = &s->pages[i]};
	if (rc == 0)
		rc = open_process(s, err);
	if (rc < 0) {
		remote_starter_close(s);
		return rc;
	}
	for (size_t i = 0; i < count; i++) {
		list[i]->starter = s;
		list[i]->starter_index = i;
	}
	*ret = s;
	return 0;
}

void remote_starter_close(struct remote_starter *s)
{
	if (!s)
		return;
	if (s->fd >= 0)
		close(s->fd);
	child_release(&s->child);
	if (s->pages)
		munmap(s->pages, (s->count + 1) * sizeof(*s->pages));
	free(s->fetches);
	free(s);
}

struct fetch_page *starter_page(struct remote_starter *s, size_t index)
{
	return &s->pages[index];
}

static bool ask(struct remote_starter *s, uint64_t index, const int *fds, size_t count,
		struct answer *ret)
{
	_Alignas(struct cmsghdr) char space[CMSG_SPACE(2 * sizeof(int))] = {0};
	struct iovec v = {&index, sizeof(index)};
	struct msghdr m = {.msg_iov = &v,
			   .msg_iovlen = 1,
			   .msg_control = space,
			   .msg_controllen = CMSG_SPACE(count * sizeof(int))};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(count * sizeof(int));
	memcpy(CMSG_DATA(c), fds, count * sizeof(int));
	if (sendmsg(s->fd, &m, MSG_NOSIGNAL) != sizeof(index))
		return false;
	struct pollfd p = {s->fd, POLLIN, 0};
	int n;
	do
		n = poll(&p, 1, ANSWER_MS);
	while (n < 0 && errno == EINTR);
	return n == 1 && recv(s->fd, ret, sizeof(*ret), MSG_DONTWAIT) == sizeof(*ret);
}

int starter_fork(struct remote_starter *s, size_t index, int result_fd, int lock_fd,
		 struct child *ret, struct err *err)
{
	const int fds[2] = {result_fd, lock_fd};
	struct answer a = {0};
	if (s->fd < 0)
		return err_set(err, ERR_UNAVAILABLE, "the process that starts fetches is gone");
	if (!ask(s, index, fds, lock_fd < 0 ? 1 : 2, &a)) {
		close(s->fd);
		s->fd = -1;
		child_release(&s->child);
		return err_set(err, ERR_UNAVAILABLE, "the process that starts fetches is gone");
	}
	if (a.sys)
		return err_sys(err, ERR_IO, a.sys, "cannot fork");
	return child_adopt(ret, a.pid, err);
}
