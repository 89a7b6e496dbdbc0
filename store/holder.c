/*
 * Who holds a lease, as "HOST:BOOT:PID:START.NS:RANDOM": enough to say for certain that it has ended. A number alone is given to another process some
 * day; with the moment it started, the boot, and the namespace that counts the numbers it is nobody else's.
 */
#include "store/lease.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/stat.h>

#include "base/io.h"
#include "store/wire_int.h"

#define RANDOM_DIGITS 8

struct identity {
	int64_t start_ticks; /* since the boot */
	pid_t parent;
	char state; /* 'R', 'S', 'T', 'Z', … */
};

/* proc(5): the name in brackets may hold anything, and ends with the last bracket. */
static bool read_identity(pid_t pid, struct identity *ret)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(8192);
	char path[64];
	long long parent, start;
	snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	if (io_read_file(path, &text, NULL) < 0)
		return false;
	const char *rest = strrchr(buf_cstr(&text), ')');
	if (!rest || sscanf(rest + 1,
			    " %c %lld %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d "
			    "%*d %*d %lld",
			    &ret->state, &parent, &start) != 3)
		return false;
	ret->parent = (pid_t)parent;
	ret->start_ticks = start;
	return true;
}

static int64_t numbers_ns; /* 0: not read yet, or not to be had */

/* A process that gave up its privileges and may not be dumped may not look at this of itself, so it is read before and kept. */
static int64_t namespace_of_numbers(void)
{
	struct stat st;
	if (numbers_ns == 0 && stat("/proc/self/ns/pid", &st) == 0)
		numbers_ns = (int64_t)st.st_ino;
	return numbers_ns;
}

void store_lease_holder_prepare(void)
{
	(void)namespace_of_numbers();
}

static void machine_prefix(char *out, size_t size)
{
	char host[65] = "localhost";
	gethostname(host, sizeof(host) - 1);
	CLEANUP(buf_release) struct buf boot = BUF_INIT(256);
	if (io_read_file("/proc/sys/kernel/random/boot_id", &boot, NULL) < 0)
		buf_reset(&boot);
	struct str id = str_trim(buf_str(&boot));
	snprintf(out, size, "%.64s:%.*s:", host, (int)MIN(id.len, 8), id.p ? id.p : "");
}

void store_lease_holder_prefix(char *out, size_t size, pid_t pid)
{
	machine_prefix(out, size);
	size_t len = strlen(out);
	snprintf(out + len, size - len, "%ld:", (long)pid);
}

void store_lease_holder(char *out, size_t size, pid_t pid)
{
	struct identity id = {0};
	store_lease_holder_prefix(out, size, pid);
	/* Unread: nobody will ever take it for dead, and its leases run out by themselves. */
	if (!read_identity(pid, &id))
		id.start_ticks = 0;
	size_t len = strlen(out);
	snprintf(out + len, size - len, "%" PRId64 ".%" PRId64 ":", id.start_ticks,
		 namespace_of_numbers());
	len = strlen(out);
	assert(size - len > RANDOM_DIGITS);
	base62_random(out + len, RANDOM_DIGITS);
}

/* "PID:START.NS:RANDOM" */
static bool parse(struct str rest, int64_t *ret_pid, int64_t *ret_start, int64_t *ret_ns)
{
	struct str pid, identity, start;
	return str_split(&rest, ':', &pid) && str_split(&rest, ':', &identity) &&
	       str_split(&identity, '.', &start) && str_to_i64(pid, ret_pid) && *ret_pid > 1 &&
	       *ret_pid <= INT32_MAX && str_to_i64(start, ret_start) && *ret_start > 0 &&
	       str_to_i64(identity, ret_ns) && *ret_ns > 0;
}

enum lease_holder_state store_lease_holder_state(struct str holder, pid_t *ret_parent)
{
	char prefix[LEASE_NAME_MAX];
	int64_t pid, start, ns;
	struct identity now;
	*ret_parent = 0;
	machine_prefix(prefix, sizeof(prefix));
	if (!str_starts(holder, str_of(prefix)) ||
	    !parse(str_sub(holder, strlen(prefix), holder.len), &pid, &start, &ns) ||
	    ns != namespace_of_numbers())
		return LEASE_HOLDER_UNKNOWN;
	if (kill((pid_t)pid, 0) < 0 && errno == ESRCH)
		return LEASE_HOLDER_DEAD;
	/* What may not be looked at may be alive. */
	if (!read_identity((pid_t)pid, &now))
		return LEASE_HOLDER_UNKNOWN;
	if (now.start_ticks != start || now.state == 'Z' || now.state == 'X')
		return LEASE_HOLDER_DEAD;
	*ret_parent = now.parent;
	return LEASE_HOLDER_ALIVE;
}

int store_lease_break_dead(struct store *s, pid_t family, int *ret_broken, int *ret_strangers,
			   struct err *err)
{
	char prefix[LEASE_NAME_MAX];
	CLEANUP(bind_release) struct bind b = BIND(&sql_lease_local);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	machine_prefix(prefix, sizeof(prefix));
	bind_textz(&b, prefix);
	*ret_broken = *ret_strangers = 0;
	int r = wire_query(s, &b, &rows, err);
	for (int i = 0; r >= 0 && i < rows.count; i++) {
		struct row c = row_of(&rows, i);
		struct str holder = row_text(&c);
		pid_t parent;
		enum lease_holder_state is = store_lease_holder_state(holder, &parent);
		if (is == LEASE_HOLDER_DEAD) {
			r = store_lease_break(s, holder, err);
			++*ret_broken;
		} else if (is == LEASE_HOLDER_ALIVE && parent != family) {
			++*ret_strangers;
		}
	}
	return r < 0 ? r : 0;
}
