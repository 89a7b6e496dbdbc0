/* Whose user a sandbox is on the host. */
#include <stdio.h>

#include "base/io.h"
#include "base/mem.h"
#include "runtime/driver/bubblewrap_int.h"

/* Ranges that distributions leave unused: a large one, and one that containers of 65,536 numbers have too. */
static const struct range {
	uint32_t base, count;
} ranges[] = {{0x70000000u, 0x10000000u}, {64600u, 900u}};

/* Calls fn for each extent of this user namespace's map until it says true. */
static bool any_extent(bool (*fn)(const unsigned long long extent[3], const void *what),
		       const void *what)
{
	CLEANUP(buf_release) struct buf map = BUF_INIT(65536);
	if (io_read_file("/proc/self/uid_map", &map, NULL) < 0)
		return false;
	struct str rest = buf_str(&map), line;
	while (str_split(&rest, '\n', &line)) {
		unsigned long long e[3]; /* inside, outside, length */
		CLEANUP_FREE char *z = mem_strndup(line.p, line.len);
		if (sscanf(z, "%llu %llu %llu", &e[0], &e[1], &e[2]) == 3 && fn(e, what))
			return true;
	}
	return false;
}

static bool holds_range(const unsigned long long e[3], const void *range)
{
	const struct range *r = range;
	return e[0] <= r->base && e[0] + e[2] >= (unsigned long long)r->base + r->count;
}

static bool maps_root_to_root(const unsigned long long e[3], const void *nothing)
{
	(void)nothing;
	return e[0] == 0 && e[1] == 0;
}

bool bwrap_is_host_root(void)
{
	return any_extent(maps_root_to_root, NULL);
}

uid_t bwrap_uid(const char *instance)
{
	struct digest d = digest_of(str_of(instance));
	uint32_t n = (uint32_t)d.bytes[0] << 24 | (uint32_t)d.bytes[1] << 16 |
		     (uint32_t)d.bytes[2] << 8 | d.bytes[3];
	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		if (any_extent(holds_range, &ranges[i]))
			return ranges[i].base + n % ranges[i].count;
	return 0;
}
