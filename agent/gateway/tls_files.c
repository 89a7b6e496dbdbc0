#include "agent/gateway/tls_files.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/child.h"
#include "base/io.h"
#include "base/mem.h"

#define MESSAGE_MAX (TLS_CERTIFICATE_MAX + TLS_KEY_MAX)

struct tls_files {
	char *certificate, *key;
	int fd; /* ours; the process's is the other end */
	int other;
	struct child child;
};

/* What stands before the bytes of a message: a pair, or what was wrong. */
struct message {
	uint32_t certificate, key; /* bytes */
	struct err wrong; /* code 0: it is a pair */
};

void tls_pair_release(struct tls_pair *p)
{
	buf_release(&p->certificate);
	secret_release(&p->key);
}

/* --- reading ------------------------------------------------------------------------------------------------------- */

/* Links are followed: that is how whoever renews certificates swaps them. */
static int open_file(const char *path, struct stat *st, int *ret, struct err *err)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT)
		return err_set(err, ERR_NOT_FOUND, "%s: there is no such file", path);
	if (fd < 0 || fstat(fd, st) < 0)
		return err_sys(err, ERR_IO, errno, "%s", path);
	if (!S_ISREG(st->st_mode))
		return err_set(err, ERR_IO, "%s is not a file", path);
	*ret = TAKE_FD(fd);
	return 0;
}

static int read_key(const char *path, struct secret *ret, struct err *err)
{
	struct stat st;
	CLEANUP_FD int fd = -1;
	int rc = open_file(path, &st, &fd, err);
	if (rc < 0)
		return rc;
	if (st.st_mode & 0007) {
		err_set(err, ERR_DENIED, "%s is open to everybody (mode %04o)", path,
			(unsigned)st.st_mode & 07777);
		return err_remedy(err, "chmod 600 %s", path);
	}
	struct buf text = BUF_INIT(TLS_KEY_MAX);
	rc = io_read_fd(fd, &text, err);
	if (rc == 0)
		secret_set(ret, buf_str(&text));
	else
		err_context(err, "%s", path);
	if (text.data)
		crypto_wipe(text.data, text.cap);
	buf_release(&text);
	return rc;
}

int tls_pair_read(const char *certificate, const char *key, struct tls_pair *ret, struct err *err)
{
	struct stat st;
	CLEANUP_FD int fd = -1;
	CLEANUP(tls_pair_release)
	struct tls_pair p = {BUF_INIT(TLS_CERTIFICATE_MAX), SECRET_INIT};
	int rc = open_file(certificate, &st, &fd, err);
	if (rc == 0 && (rc = io_read_fd(fd, &p.certificate, err)) < 0)
		err_context(err, "%s", certificate);
	if (rc == 0)
		rc = read_key(key, &p.key, err);
	if (rc < 0)
		return rc;
	*ret = p;
	p = (struct tls_pair){BUF_INIT(0), SECRET_INIT};
	return 0;
}

/* --- the process ---------------------------------------------------------------------------------------------------- */

/* Which files they are, and of when. */
struct sight {
	struct stat certificate, key;
};

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mode == b->st_mode && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static bool same_sight(const struct sight *a, const struct sight *b)
{
	return same_file(&a->certificate, &b->certificate) && same_file(&a->key, &b->key);
}

static void see(const struct tls_files *f, struct sight *ret)
{
	memset(ret, 0, sizeof(*ret)); /* absent: nothing like any file */
	if (stat(f->certificate, &ret->certificate) < 0)
		memset(&ret->certificate, 0, sizeof(ret->certificate));
	if (stat(f->key, &ret->key) < 0)
		memset(&ret->key, 0, sizeof(ret->key));
}

static int tell(const struct tls_files *f)
{
	CLEANUP(tls_pair_release) struct tls_pair p = {BUF_INIT(0), SECRET_INIT};
	struct message m = {0};
	struct str key = STR("");
	if (tls_pair_read(f->certificate, f->key, &p, &m.wrong) == 0)
		key = secret_lend(&p.key);
	m.certificate = (uint32_t)p.certificate.len;
	m.key = (uint32_t)key.len;
	struct iovec parts[] = {{&m, sizeof(m)},
				{p.certificate.data, p.certificate.len},
				{(char *)(uintptr_t)key.p, key.len}};
	struct msghdr all = {.msg_iov = parts, .msg_iovlen = ARRAY_SIZE(parts)};
	ssize_t n;
	do
		n = sendmsg(f->other, &all, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -1 : 0;
}

static int watch(void *state)
{
	const struct tls_files *f = state;
	struct pollfd end = {.fd = f->other, .events = POLLIN};
	struct sight told, last, now;
	see(f, &told);
	last = told;
	for (bool first = true;; first = false) {
		see(f, &now);
		/* A file that is still being written is looked at again. */
		bool still = same_sight(&now, &last), fresh = !same_sight(&now, &told);
		last = now;
		if (first || (still && fresh)) {
			told = now;
			if (tell(f) < 0)
				return 0;
		}
		if (poll(&end, 1, TLS_LOOK_MS) > 0)
			return 0;
	}
}

int tls_files_start(struct str certificate, struct str key, struct tls_files **ret, struct err *err)
{
	int ends[2], room = (int)MESSAGE_MAX * 2;
	CLEANUP(tls_files_stopp) struct tls_files *f = mem_zalloc(sizeof(*f));
	f->fd = f->other = -1;
	f->child = (struct child)CHILD_INIT;
	f->certificate = mem_strndup(certificate.p, certificate.len);
	f->key = mem_strndup(key.p, key.len);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return err_sys(err, ERR_IO, errno, "preparing to read %s", f->key);
	f->fd = ends[0];
	f->other = ends[1];
	(void)setsockopt(f->other, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	int rc = child_fork(&f->child, watch, f, &f->other, 1, err);
	close(f->other);
	f->other = -1;
	if (rc == 0)
		*ret = TAKE_PTR(f);
	return rc;
}

/* It ends when its socket does, which is surer than a signal: we may have no right to send it one. */
void tls_files_stop(struct tls_files *f)
{
	struct child_end end;
	struct err ignored = ERR_INIT;
	if (!f)
		return;
	if (f->fd >= 0)
		close(f->fd);
	if (f->child.pid && child_wait(&f->child, TLS_LOOK_MS, &end, &ignored) < 0)
		child_release(&f->child);
	free(f->certificate);
	free(f->key);
	free(f);
}

void tls_files_stopp(struct tls_files **f)
{
	tls_files_stop(*f);
}

int tls_files_fd(const struct tls_files *f)
{
	return f->fd;
}

static int take(struct str bytes, struct tls_pair *ret, struct err *err)
{
	struct message m;
	memcpy(&m, bytes.p, sizeof(m));
	if (m.wrong.code) {
		*err = m.wrong;
		return err->code;
	}
	if (bytes.len != sizeof(m) + m.certificate + m.key)
		return err_set(err, ERR_INTERNAL, "the certificate arrived in part");
	struct str rest = str_sub(bytes, sizeof(m), bytes.len);
	*ret = (struct tls_pair){BUF_INIT(TLS_CERTIFICATE_MAX), SECRET_INIT};
	buf_add_str(&ret->certificate, str_sub(rest, 0, m.certificate));
	secret_set(&ret->key, str_sub(rest, m.certificate, rest.len));
	return 0;
}

int tls_files_next(struct tls_files *f, int64_t timeout_ms, struct tls_pair *ret, struct err *err)
{
	struct pollfd p = {.fd = f->fd, .events = POLLIN};
	size_t room = sizeof(struct message) + MESSAGE_MAX;
	if (poll(&p, 1, (int)timeout_ms) <= 0)
		return err_set(err, ERR_TIMEOUT, "the certificate was not read in time");
	CLEANUP_FREE char *bytes = mem_array(room, 1);
	ssize_t n = recv(f->fd, bytes, room, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return err_set(err, ERR_TIMEOUT, "the certificate was not read in time");
	if (n < (ssize_t)sizeof(struct message))
		return err_set(err, ERR_UNAVAILABLE,
			       "the process that reads certificate and key has ended");
	int rc = take(str_make(bytes, (size_t)n), ret, err);
	crypto_wipe(bytes, (size_t)n);
	return rc;
}
