#include "skill/zone.h"

#include <dirent.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/mem.h"
#include "skill/zone_int.h"

#define ZONE_FILE_MAX (64 * 1024) /* the largest of tzdata has 4 KiB */
#define ZONE_CHANGES_MAX 4096

struct zone {
	size_t count;
	int64_t *at_s; /* changes, ascending */
	int32_t *offset_s; /* count + 1: before the first, then from each change on */
	bool has_rule;
	struct zone_rule rule;
};

void zone_free(struct zone *z)
{
	if (!z)
		return;
	free(z->at_s);
	free(z->offset_s);
	free(z);
}

void zone_freep(struct zone **z)
{
	zone_free(*z);
}

/* One of the two data blocks: its counts, and where its parts begin. */
struct block {
	uint32_t utc, standard, leaps, times, types, chars;
	size_t time_size; /* 4 or 8 bytes */
	size_t at; /* first byte after the header */
	char version;
};

static uint32_t be32(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;
	return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3];
}

static int64_t be_time(const char *p, size_t size)
{
	if (size == 4)
		return (int32_t)be32(p);
	return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

static size_t block_size(const struct block *b)
{
	return (size_t)b->times * (b->time_size + 1) + (size_t)b->types * 6 + b->chars +
	       (size_t)b->leaps * (b->time_size + 4) + b->standard + b->utc;
}

static int broken(struct err *err, const char *what)
{
	return err_set(err, ERR_SYNTAX, "not a usable TZif file: %s", what);
}

static int read_header(struct str s, size_t at, size_t time_size, struct block *ret,
		       struct err *err)
{
	if (at > s.len || s.len - at < 44 || memcmp(s.p + at, "TZif", 4) != 0)
		return broken(err, "no header");
	const char *p = s.p + at + 20;
	*ret = (struct block){be32(p),	    be32(p + 4), be32(p + 8), be32(p + 12), be32(p + 16),
			      be32(p + 20), time_size,	 at + 44,     s.p[at + 4]};
	if (ret->times > ZONE_CHANGES_MAX || ret->types == 0 || ret->types > 256 ||
	    ret->chars > 4096 || ret->leaps > 4096 || ret->standard > 256 || ret->utc > 256)
		return broken(err, "its counts are out of range");
	if (s.len - ret->at < block_size(ret))
		return broken(err, "it ends too early");
	return 0;
}

static int read_changes(struct str s, const struct block *b, struct zone *z, struct err *err)
{
	const char *times = s.p + b->at, *indexes = times + b->times * b->time_size;
	const char *types = indexes + b->times;
	z->count = b->times;
	z->at_s = mem_array(b->times + 1, sizeof(*z->at_s));
	z->offset_s = mem_array(b->times + 1, sizeof(*z->offset_s));
	z->offset_s[0] = (int32_t)be32(types);
	for (size_t i = 0; i < b->times; i++) {
		size_t type = (unsigned char)indexes[i];
		if (type >= b->types)
			return broken(err, "a change leads to no type");
		z->at_s[i] = be_time(times + i * b->time_size, b->time_size);
		z->offset_s[i + 1] = (int32_t)be32(types + 6 * type);
		if (i && z->at_s[i] <= z->at_s[i - 1])
			return broken(err, "its changes are out of order");
	}
	for (size_t i = 0; i <= b->times; i++) {
		if (z->offset_s[i] < -93600 || z->offset_s[i] > 93600)
			return broken(err, "an offset is over 26 hours");
	}
	return 0;
}

static int read_footer(struct str s, size_t at, struct zone *z, struct err *err)
{
	ptrdiff_t end = at < s.len && s.p[at] == '\n' ? str_find_byte(s, '\n', at + 1) : -1;
	if (end < 0)
		return broken(err, "its footer is cut off");
	struct str rule = str_sub(s, at + 1, (size_t)end);
	if (!rule.len)
		return 0;
	z->has_rule = true;
	return zone_rule_parse(rule, &z->rule, err);
}

int zone_parse(struct str tzif, struct zone **ret, struct err *err)
{
	CLEANUP(zone_freep) struct zone *z = mem_zalloc(sizeof(*z));
	struct block b;
	int rc = read_header(tzif, 0, 4, &b, err);
	if (rc < 0)
		return rc;
	bool wide = b.version >= '2';
	if (wide && (rc = read_header(tzif, b.at + block_size(&b), 8, &b, err)) < 0)
		return rc;
	if ((rc = read_changes(tzif, &b, z, err)) < 0)
		return rc;
	if (wide && (rc = read_footer(tzif, b.at + block_size(&b), z, err)) < 0)
		return rc;
	*ret = TAKE_PTR(z);
	return 0;
}

void zone_span_at(const struct zone *z, int64_t utc_s, struct zone_span *ret)
{
	size_t low = 0, high = z->count; /* changes at or before utc_s */
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (z->at_s[mid] <= utc_s)
			low = mid + 1;
		else
			high = mid;
	}
	*ret = (struct zone_span){INT64_MIN, INT64_MAX, z->offset_s[low], z->offset_s[low]};
	if (low > 0) {
		ret->start_s = z->at_s[low - 1];
		ret->before_s = z->offset_s[low - 1];
	}
	if (low < z->count) {
		ret->end_s = z->at_s[low];
	} else if (z->has_rule) {
		int64_t last_s = ret->start_s;
		int32_t before_s = ret->before_s;
		zone_rule_span(&z->rule, utc_s, ret);
		if (ret->start_s <= last_s) {
			ret->start_s = last_s;
			ret->before_s = z->count ? before_s : ret->offset_s;
		}
	}
}

static const char *zone_dir(void)
{
	const char *dir = getenv("TZDIR");
	return dir && *dir ? dir : "/usr/share/zoneinfo";
}

/* Letters, digits, '_', '+', '-' in parts joined by '/': nothing that could leave the folder. */
static bool name_ok(struct str name)
{
	if (!name.len || name.len > ZONE_NAME_MAX)
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.p[i];
		bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			    (c >= '0' && c <= '9') || c == '_' || c == '+' || c == '-';
		bool slash = c == '/' && i > 0 && i + 1 < name.len && name.p[i - 1] != '/';
		if (!word && !slash)
			return false;
	}
	return true;
}

/* "Asia/Dubay" has a neighbour in the folder Asia. */
static void suggest(struct str name, struct err *err)
{
	size_t cut = name.len;
	while (cut > 0 && name.p[cut - 1] != '/')
		cut--;
	CLEANUP(buf_release) struct buf path = BUF_INIT(4096);
	buf_addf(&path, "%s/%.*s", zone_dir(), (int)cut, name.p);
	DIR *d = opendir(buf_cstr(&path));
	char best[ZONE_NAME_MAX + 1] = "";
	size_t distance = 3;
	for (struct dirent *e; d && (e = readdir(d));) {
		size_t here = str_distance(str_of(e->d_name), str_sub(name, cut, name.len));
		if (here < distance && e->d_name[0] != '.') {
			snprintf(best, sizeof(best), "%.*s%.40s", (int)cut, name.p, e->d_name);
			distance = here;
		}
	}
	if (d)
		closedir(d);
	if (*best)
		err_remedy(err, "did you mean %s?", best);
	else
		err_remedy(err, "write an IANA name such as Asia/Dubai, Europe/Berlin or UTC");
}

int zone_open(struct str name, struct zone **ret, struct err *err)
{
	if (str_eqz(name, "UTC")) {
		struct zone *z = mem_zalloc(sizeof(*z));
		z->offset_s = mem_array(1, sizeof(*z->offset_s));
		*ret = z;
		return 0;
	}
	if (!name_ok(name)) {
		err_set(err, ERR_INVALID, "\"%.*s\" is not a time zone",
			(int)MIN(name.len, (size_t)64), name.p ? name.p : "");
		return err_remedy(err, "write an IANA name such as Asia/Dubai, or UTC");
	}
	CLEANUP(buf_release) struct buf path = BUF_INIT(4096), bytes = BUF_INIT(ZONE_FILE_MAX);
	if (!io_exists(zone_dir())) {
		err_set(err, ERR_UNSUPPORTED, "%s: this host has no time zone files", zone_dir());
		return err_remedy(err, "install the package tzdata");
	}
	buf_addf(&path, "%s/%.*s", zone_dir(), STR_ARG(name));
	int rc = io_read_file(buf_cstr(&path), &bytes, err);
	if (rc == 0)
		rc = zone_parse(buf_str(&bytes), ret, err);
	if (rc == 0)
		return 0;
	if (rc == ERR_SYNTAX)
		return err_context(err, "%s", buf_cstr(&path));
	rc = err_set(err, ERR_INVALID, "there is no time zone %.*s", STR_ARG(name));
	suggest(name, err);
	return rc;
}
