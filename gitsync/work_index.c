#include "gitsync/work_index.h"

#include <errno.h>
#include <fcntl.h>

#include "base/io.h"
#include "base/mem.h"

#define HEAD_BYTES 12
#define ID_BYTES 20
#define ENTRY_BYTES 62 /* stat, id and flags; the path follows */
#define FLAG_EXTENDED 0x4000
#define FLAG_STAGE 0x3000
#define FLAG_LENGTH 0x0FFF
#define EXTENDED_TO_ADD 0x2000
#define TREES_MAX ((size_t)1 << 24)

/* Where in an entry, each four bytes. */
enum { CTIME = 0, MTIME = 8, INODE = 20, MODE = 24, UID = 28, GID = 32, SIZE = 36, ID = 40 };

static uint32_t u32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static unsigned u16(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

/* --- entries ---------------------------------------------------------------------------------------------------- */

struct reading {
	struct work_index *x;
	const uint8_t *p; /* the next byte */
	const uint8_t *end; /* without the checksum */
	unsigned version;
	struct buf path; /* version 4: of the entry before */
	struct err *err;
};

static int damaged(struct reading *r, const char *what)
{
	return err_set(r->err, ERR_INVALID, "the index of the work tree is damaged: %s", what);
}

/* The rest of it is in another file, or was never written. */
static int not_whole(struct reading *r)
{
	return err_set(r->err, ERR_UNSUPPORTED, "the index of the work tree is split or sparse");
}

/* Version 4: how many bytes of the path before fall away, and what comes instead. */
static bool short_path(struct reading *r, struct str *ret)
{
	size_t drop = 0;
	for (unsigned n = 0; n < 5 && r->p < r->end; n++) {
		uint8_t byte = *r->p++;
		drop = (drop << 7) + (byte & 0x7F) + (n ? 0x80 : 0);
		if (byte & 0x80)
			continue;
		const uint8_t *nul = memchr(r->p, 0, (size_t)(r->end - r->p));
		if (!nul || drop > r->path.len)
			return false;
		r->path.len -= drop;
		buf_add(&r->path, r->p, (size_t)(nul - r->p));
		r->p = nul + 1;
		*ret = arena_str(r->x->arena, buf_str(&r->path));
		return !r->path.overflow;
	}
	return false;
}

/* Versions 2 and 3: the path, and then NULs up to a multiple of eight. */
static bool long_path(struct reading *r, const uint8_t *entry, struct str *ret)
{
	const uint8_t *nul = memchr(r->p, 0, (size_t)(r->end - r->p));
	if (!nul)
		return false;
	*ret = str_make((const char *)r->p, (size_t)(nul - r->p));
	size_t whole = ((size_t)(nul - entry) + 8) & ~(size_t)7;
	if (whole > (size_t)(r->end - entry))
		return false;
	r->p = entry + whole;
	return true;
}

static int read_entry(struct reading *r)
{
	struct work_index *x = r->x;
	const uint8_t *entry = r->p;
	if (r->end - entry < ENTRY_BYTES + 2)
		return damaged(r, "an entry is cut off");
	unsigned flags = u16(entry + ENTRY_BYTES - 2), more = 0;
	r->p = entry + ENTRY_BYTES;
	if (flags & FLAG_EXTENDED) {
		more = u16(r->p);
		r->p += 2;
	}
	struct str path;
	if (!(r->version == 4 ? short_path(r, &path) : long_path(r, entry, &path)))
		return damaged(r, "a path does not end");
	if (!path.len)
		return not_whole(r);
	if (MIN(path.len, (size_t)FLAG_LENGTH) != (flags & FLAG_LENGTH))
		return damaged(r, "a path has another length than is said");
	if (x->count && str_cmp(x->entries[x->count - 1].path, path) > 0)
		return damaged(r, "its paths are not in order");
	if ((flags & FLAG_STAGE) || (more & EXTENDED_TO_ADD))
		return 0;
	x->entries[x->count++] = (struct work_entry){.path = path, .data = entry};
	return 0;
}

/* --- trees ------------------------------------------------------------------------------------------------------ */

/* "12" up to the byte that ends it, which is passed over too. */
static bool number(const uint8_t **p, const uint8_t *end, char stop, int64_t *ret)
{
	const uint8_t *at = memchr(*p, stop, (size_t)(end - *p));
	if (!at || !str_to_i64(str_make((const char *)*p, (size_t)(at - *p)), ret))
		return false;
	*p = at + 1;
	return true;
}

/* A folder and those in it. */
static bool read_tree(struct reading *r, const uint8_t **p, const uint8_t *end, size_t *room,
		      unsigned depth)
{
	struct work_index *x = r->x;
	const uint8_t *nul = memchr(*p, 0, (size_t)(end - *p));
	int64_t folders = 0;
	struct work_tree t = {0};
	if (!nul || depth > 64 || x->tree_count >= TREES_MAX)
		return false;
	t.name = str_make((const char *)*p, (size_t)(nul - *p));
	*p = nul + 1;
	if (!number(p, end, ' ', &t.files) || !number(p, end, '\n', &folders) || folders < 0)
		return false;
	if (t.files >= 0) {
		if (end - *p < ID_BYTES)
			return false;
		t.id = *p;
		*p += ID_BYTES;
	}
	size_t at = x->tree_count;
	ARENA_GROW(x->arena, x->trees, x->tree_count, *room);
	x->trees[x->tree_count++] = t;
	for (int64_t i = 0; i < folders; i++)
		if (!read_tree(r, p, end, room, depth + 1))
			return false;
	x->trees[at].end = x->tree_count;
	return true;
}

/* Those in upper case may be passed over by who does not know them. */
static int read_extensions(struct reading *r)
{
	while (r->end - r->p >= 8) {
		uint32_t size = u32(r->p + 4);
		const uint8_t *at = r->p + 8, *end = at + size;
		if (size > (size_t)(r->end - at))
			return damaged(r, "an extension is cut off");
		size_t room = 0;
		if (memcmp(r->p, "TREE", 4) == 0 && !read_tree(r, &at, end, &room, 0))
			r->x->tree_count = 0;
		else if (r->p[0] < 'A' || r->p[0] > 'Z')
			return not_whole(r);
		r->p = end;
	}
	return r->p == r->end ? 0 : damaged(r, "something follows its extensions");
}

/* --- the whole -------------------------------------------------------------------------------------------------- */

static int parse(struct reading *r, struct str bytes)
{
	const uint8_t *p = (const uint8_t *)bytes.p;
	if (bytes.len < HEAD_BYTES + ID_BYTES || memcmp(p, "DIRC", 4) != 0)
		return damaged(r, "it does not begin as one");
	r->version = u32(p + 4);
	uint32_t count = u32(p + 8);
	if (r->version < 2 || r->version > 4)
		return err_set(r->err, ERR_UNSUPPORTED,
			       "the index of the work tree has the version %u", r->version);
	r->p = p + HEAD_BYTES;
	r->end = p + bytes.len - ID_BYTES;
	if (count > (size_t)(r->end - r->p) / (ENTRY_BYTES + 2))
		return damaged(r, "it has fewer entries than it says");
	r->x->entries = arena_array(r->x->arena, count, sizeof(*r->x->entries));
	int rc = 0;
	for (uint32_t i = 0; rc == 0 && i < count; i++)
		rc = read_entry(r);
	return rc < 0 ? rc : read_extensions(r);
}

static struct work_index *new_index(void)
{
	struct work_index *x = mem_zalloc(sizeof(*x));
	x->arena = arena_new((size_t)2 * WORK_INDEX_MAX);
	return x;
}

static int parse_into(struct work_index *x, struct str bytes, struct err *err)
{
	struct reading r = {.x = x, .path = BUF_INIT(WORK_INDEX_MAX), .err = err};
	int rc = parse(&r, bytes);
	buf_release(&r.path);
	return rc < 0 ? rc : arena_check(x->arena, "the index of the work tree", err);
}

int work_index_parse(struct str bytes, struct work_index **ret, struct err *err)
{
	CLEANUP(work_index_freep) struct work_index *x = new_index();
	int rc = parse_into(x, bytes, err);
	if (rc == 0)
		*ret = TAKE_PTR(x);
	return rc;
}

int work_index_open(const char *path, struct work_index **ret, struct err *err)
{
	CLEANUP(work_index_freep) struct work_index *x = new_index();
	CLEANUP(buf_release) struct buf bytes = BUF_INIT(WORK_INDEX_MAX);
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, errno,
			       "cannot read \"%s\"", path);
	int rc = io_read_fd(fd, &bytes, err);
	if (rc == 0)
		rc = buf_check(&bytes, "the index of the work tree", err);
	if (rc == 0)
		rc = parse_into(x, arena_str(x->arena, buf_str(&bytes)), err);
	if (rc < 0)
		return rc;
	x->written = st.st_mtim;
	*ret = TAKE_PTR(x);
	return 0;
}

void work_index_free(struct work_index *x)
{
	if (!x)
		return;
	arena_free(x->arena);
	free(x);
}

void work_index_freep(struct work_index **x)
{
	work_index_free(*x);
	*x = NULL;
}

/* --- asking ------------------------------------------------------------------------------------------------------ */

struct work_range work_index_all(const struct work_index *x)
{
	return (struct work_range){0, x->count, 0};
}

/* The entry's path below r beside "name" and one more byte. */
static int beside(const struct work_index *x, struct work_range r, size_t i, struct str name,
		  int after)
{
	struct str rest = str_sub(x->entries[i].path, r.prefix, SIZE_MAX);
	size_t common = MIN(rest.len, name.len);
	int order = common ? memcmp(rest.p, name.p, common) : 0;
	if (order)
		return order;
	if (rest.len < name.len)
		return -1;
	return (rest.len > name.len ? (unsigned char)rest.p[name.len] : 0) - after;
}

/* The first entry of r that is not before it. */
static size_t lower(const struct work_index *x, struct work_range r, struct str name, int after)
{
	size_t from = r.from, to = r.to;
	while (from < to) {
		size_t mid = from + (to - from) / 2;
		if (beside(x, r, mid, name, after) < 0)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

struct work_range work_index_folder(const struct work_index *x, struct work_range r,
				    struct str name)
{
	size_t from = lower(x, r, name, '/');
	struct work_range rest = {from, r.to, r.prefix};
	size_t to = lower(x, rest, name, '/' + 1);
	return (struct work_range){from, to, r.prefix + name.len + 1};
}

struct work_entry *work_index_file(const struct work_index *x, struct work_range r, struct str name)
{
	size_t at = lower(x, r, name, 0);
	return at < r.to && beside(x, r, at, name, 0) == 0 ? &x->entries[at] : NULL;
}

static bool same_time(const uint8_t *p, const struct timespec *t)
{
	return u32(p) == (uint32_t)t->tv_sec && u32(p + 4) == (uint32_t)t->tv_nsec;
}

static bool is_racy(const struct work_index *x, const struct timespec *t)
{
	return t->tv_sec > x->written.tv_sec ||
	       (t->tv_sec == x->written.tv_sec && t->tv_nsec >= x->written.tv_nsec);
}

bool work_entry_is(const struct work_index *x, const struct work_entry *e, const struct stat *st)
{
	const uint8_t *d = e->data;
	mode_t mode = st->st_mode & S_IXUSR ? TREE_MODE_EXEC : TREE_MODE_FILE;
	return S_ISREG(st->st_mode) && u32(d + MODE) == mode &&
	       same_time(d + MTIME, &st->st_mtim) && same_time(d + CTIME, &st->st_ctim) &&
	       u32(d + INODE) == (uint32_t)st->st_ino && u32(d + UID) == st->st_uid &&
	       u32(d + GID) == st->st_gid && u32(d + SIZE) == (uint32_t)st->st_size &&
	       !is_racy(x, &st->st_mtim) && !is_racy(x, &st->st_ctim);
}

struct tree_id work_entry_id(const struct work_entry *e)
{
	struct tree_id id = {.len = ID_BYTES};
	memcpy(id.bytes, e->data + ID, ID_BYTES);
	return id;
}

uint32_t work_entry_size(const struct work_entry *e)
{
	return u32(e->data + SIZE);
}

const uint8_t *work_entry_held(const struct work_entry *e)
{
	return e->data + SIZE;
}

const struct work_tree *work_index_tree(const struct work_index *x, const struct work_tree *above,
					struct str name)
{
	if (!above)
		return x->tree_count ? x->trees : NULL;
	for (size_t i = (size_t)(above - x->trees) + 1; i < above->end; i = x->trees[i].end)
		if (str_eq(x->trees[i].name, name))
			return &x->trees[i];
	return NULL;
}
