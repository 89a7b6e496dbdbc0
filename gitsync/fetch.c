#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/io.h"
#include "base/mem.h"
#include "gitsync/fetch_int.h"

static const struct {
	const char *text;
	bool network;
} phases[FETCH_PHASES] = {
	[FETCH_STARTING] = {"starting", false},
	[FETCH_RESOLVING] = {"looking up the host's address", true},
	[FETCH_CONNECTING] = {"connecting", true},
	[FETCH_GREETING] = {"waiting for the server's first answer", true},
	[FETCH_LISTING] = {"reading the list of refs", true},
	[FETCH_WAITING] = {"waiting for the server to send objects", true},
	[FETCH_RECEIVING] = {"receiving objects", true},
	[FETCH_INDEXING] = {"indexing what came", false},
	[FETCH_COPYING] = {"copying objects", false},
	[FETCH_CHECKING] = {"checking that nothing is missing", false},
	[FETCH_WRITING] = {"writing the mirror's refs", false},
};

const char *fetch_phase_text(unsigned phase)
{
	return phase < FETCH_PHASES ? phases[phase].text : "working";
}

bool fetch_phase_is_network(unsigned phase)
{
	return phase >= FETCH_PHASES || phases[phase].network;
}

void fetch_at(struct fetch *f, enum fetch_phase phase)
{
	atomic_store(&f->page->phase, (uint32_t)phase);
	atomic_fetch_add(&f->page->steps, 1);
}

/* Address space in use now; the limit is on what a fetch adds to it. */
static uint64_t vm_bytes(void)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(4096);
	struct str rest, first;
	uint64_t pages = 0;
	struct err ignored = ERR_INIT;
	if (io_read_file("/proc/self/statm", &b, &ignored) < 0)
		return 0;
	rest = buf_str(&b);
	return str_split(&rest, ' ', &first) && str_to_u64(first, &pages)
		       ? pages * (uint64_t)sysconf(_SC_PAGESIZE)
		       : 0;
}

static void limit(int resource, uint64_t soft, uint64_t hard)
{
	struct rlimit now, l;
	if (getrlimit(resource, &now) < 0)
		return;
	l.rlim_max = MIN((rlim_t)hard, now.rlim_max);
	l.rlim_cur = MIN((rlim_t)soft, l.rlim_max);
	(void)setrlimit(resource, &l);
}

/* Less than the role has: no core with secrets in it, no new privileges, bounded memory, time and files. */
static void confine(const struct fetch *f)
{
	const struct remote_limits *l = &f->limits;
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
	limit(RLIMIT_CORE, 0, 0);
	limit(RLIMIT_CPU, (uint64_t)l->cpu_s, (uint64_t)l->cpu_s + 5);
	uint64_t file = l->pack_bytes * 2 + (uint64_t)16 * 1024 * 1024;
	limit(RLIMIT_FSIZE, file, file);
	uint64_t vm = vm_bytes();
	if (vm)
		limit(RLIMIT_AS, vm + l->memory_bytes, vm + l->memory_bytes);
	/* A parent that sleeps too long must not let us live for ever. */
	(void)alarm((unsigned)(l->wall_ms / 1000) + 30);
}

/* What the environment of the role says about proxies and agents is not for remotes that the operator configures by themselves. */
static void forget_environment(void)
{
	static const char *const gone[] = {"http_proxy",  "https_proxy", "HTTP_PROXY",
					   "HTTPS_PROXY", "all_proxy",	 "ALL_PROXY",
					   "no_proxy",	  "NO_PROXY",	 "SSH_AUTH_SOCK"};
	for (size_t i = 0; i < ARRAY_SIZE(gone); i++)
		(void)unsetenv(gone[i]);
}

static int limit_library(const struct fetch *f, struct err *err)
{
	int rc = git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECTS, (size_t)f->limits.objects);
	if (rc == 0)
		rc = git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECT_SIZE,
				      (size_t)f->limits.object_bytes);
	/* Windows of 32 MiB: a large pack is never mapped whole, so the address space limit can be near what is used. */
	if (rc == 0)
		rc = git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, (size_t)32 * 1024 * 1024);
	if (rc == 0)
		rc = git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT,
				      (size_t)f->limits.memory_bytes / 2);
	return rc < 0 ? git_fail(err, ERR_UNSUPPORTED, "libgit2 refuses a limit") : 0;
}

static int bring(struct fetch *f, struct err *err)
{
	int rc = f->o->url.scheme == URL_LOCAL ? fetch_local(f, err) : fetch_network(f, err);
	if (rc < 0 || !f->m)
		return rc;
	if ((rc = fetch_publish(f, err)) == 0 && f->fetched)
		fetch_tidy(f->m);
	return rc;
}

static int run(struct fetch *f, struct err *err)
{
	int rc = limit_library(f, err);
	if (rc < 0)
		return rc;
	if (f->o->url.scheme != URL_LOCAL && (rc = fetch_stream_register(f, err)) < 0)
		return rc;
	forget_environment();
	if (!f->o->mirror)
		return bring(f, err);
	fetch_unlock(f->o->mirror);
	return fetch_healing(f, bring, err);
}

int fetch_child(void *state)
{
	struct fetch *f = state;
	struct err err = ERR_INIT;
	CLEANUP(buf_release) struct buf record = BUF_INIT(BUF_MAX);
	confine(f);
	int rc = run(f, &err);
	if (rc < 0 && f->why.code)
		err = f->why;
	record_write(f, rc < 0 ? err.code : 0, &err, &record);
	struct err ignored = ERR_INIT;
	rc = io_write_all(f->result_fd, buf_str(&record), &ignored);
	_exit(rc < 0 ? 1 : 0);
}
