/*
 * struct secret of crypto.h: memory with guard pages, out of core dumps and swap, wiped when it
 * goes.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/crypto.h"
#include "base/mem.h"

#define SECRET_MAX ((size_t)64 * 1024)

/*
 * sodium_malloc() fails only when memory is exhausted, which ends the process like every small
 * allocation.
 */
static char *secret_alloc(size_t len)
{
	char *p = sodium_malloc(len);
	if (!p)
		mem_exhausted();
	return p;
}

void secret_set(struct secret *s, struct str value)
{
	char *p = secret_alloc(value.len + 1);
	if (value.len)
		memcpy(p, value.p, value.len);
	p[value.len] = '\0';
	secret_release(s);
	s->p_ = p;
	s->len_ = value.len;
}

void secret_release(struct secret *s)
{
	sodium_free(s->p_); /* wipes; NULL is fine */
	s->p_ = NULL;
	s->len_ = 0;
}

bool secret_equal(const struct secret *s, struct str guess)
{
	/* An unset secret equals nothing, not even an empty guess. The length is not a secret. */
	return s->p_ && s->len_ == guess.len &&
	       (guess.len == 0 || sodium_memcmp(s->p_, guess.p, guess.len) == 0);
}

bool secret_is_set(const struct secret *s)
{
	return s->p_ != NULL;
}

struct str secret_lend(const struct secret *s)
{
	return str_make(s->p_, s->len_);
}

static int resolve_env(struct secret *s, struct str name, struct err *err)
{
	char z[256];
	if (!name.len || name.len >= sizeof(z) || memchr(name.p, '=', name.len) ||
	    memchr(name.p, '\0', name.len))
		return err_set(err, ERR_INVALID,
			       "a secret's reference names no environment variable after \"env:\"");
	memcpy(z, name.p, name.len);
	z[name.len] = '\0';
	const char *value = getenv(z);
	if (!value || !*value) {
		err_set(err, ERR_NOT_FOUND, "the secret's environment variable %s is %s", z,
			value ? "empty" : "not set");
		err_remedy(err, "set %s in the environment of the process", z);
		return ERR_NOT_FOUND;
	}
	secret_set(s, str_of(value));
	return 0;
}

static int read_all(int fd, char *p, size_t room, size_t *ret_len, int *ret_errno)
{
	size_t len = 0;
	while (len < room) {
		ssize_t n = read(fd, p + len, room - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			*ret_errno = errno;
			return -1;
		}
		if (n == 0)
			break;
		len += (size_t)n;
	}
	*ret_len = len;
	return 0;
}

static void free_wiped(char **p)
{
	sodium_free(*p);
}

static int resolve_file(struct secret *s, struct str name, struct err *err)
{
	char path[4096];
	if (!name.len || name.p[0] != '/' || name.len >= sizeof(path) ||
	    memchr(name.p, '\0', name.len)) {
		err_set(err, ERR_INVALID, "a secret's file must be named by an absolute path");
		err_remedy(err, "write file:/etc/asporad/name-of-the-secret");
		return ERR_INVALID;
	}
	memcpy(path, name.p, name.len);
	path[name.len] = '\0';
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return err_sys(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, errno,
			       "opening the secret's file %s", path);
	/* Straight into guarded memory, so that no copy stays behind in the heap. */
	CLEANUP(free_wiped) char *value = secret_alloc(SECRET_MAX + 1);
	size_t len = 0;
	int sys = 0;
	if (read_all(fd, value, SECRET_MAX + 1, &len, &sys) < 0)
		return err_sys(err, ERR_IO, sys, "reading the secret's file %s", path);
	if (len > SECRET_MAX)
		return err_set(err, ERR_TOO_LARGE, "the secret's file %s is over %zu bytes", path,
			       SECRET_MAX);
	if (len && value[len - 1] == '\n')
		len -= len > 1 && value[len - 2] == '\r' ? 2 : 1;
	if (!len)
		return err_set(err, ERR_NOT_FOUND, "the secret's file %s is empty", path);
	secret_set(s, str_make(value, len));
	return 0;
}

int secret_resolve(struct secret *s, struct str reference, struct err *err)
{
	if (str_starts(reference, STR("env:")))
		return resolve_env(s, str_sub(reference, 4, reference.len), err);
	if (str_starts(reference, STR("file:")))
		return resolve_file(s, str_sub(reference, 5, reference.len), err);
	/* What stands there may be the secret itself: the message must not repeat it. */
	err_set(err, ERR_INVALID,
		"a secret must be a reference, and what is written is neither env: nor file:");
	err_remedy(err, "write env:NAME or file:/absolute/path, and change the secret if it was "
			"written out here");
	return ERR_INVALID;
}
