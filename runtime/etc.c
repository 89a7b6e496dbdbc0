/* The /etc of sandboxes: a folder of ours with just enough for interpreters. */
#include <errno.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/mem.h"
#include "runtime/runtime_int.h"

static const struct {
	const char *name, *text;
} files[] = {
	{"passwd",
	 "root:x:0:0::/:/usr/sbin/nologin\nnobody:x:65534:65534::/tmp:/usr/sbin/nologin\n"},
	{"group", "root:x:0:\nnogroup:x:65534:\n"},
	{"hosts", "127.0.0.1 localhost sandbox\n::1 localhost\n"},
	{"nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n"},
	{"ld.so.cache", ""}, /* the host's is bound over it */
};

static bool same(const char *path, const char *text)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(4096);
	return io_read_file(path, &b, NULL) == 0 && str_eqz(buf_str(&b), text);
}

int runtime_make_etc(const char *dir, struct err *err)
{
	CLEANUP_FREE char *alternatives = io_join(dir, "alternatives");
	int rc = io_mkdirs(alternatives, 0755, err);
	/* Another user reads it, whatever our umask says. */
	if (rc == 0 && (chmod(dir, 0755) < 0 || chmod(alternatives, 0755) < 0))
		rc = err_sys(err, ERR_IO, errno, "cannot open %s to sandboxes", dir);
	for (size_t i = 0; i < ARRAY_SIZE(files) && rc == 0; i++) {
		CLEANUP_FREE char *path = io_join(dir, files[i].name);
		if (!same(path, files[i].text))
			rc = io_write_file(path, str_of(files[i].text), 0444, err);
	}
	return rc;
}
