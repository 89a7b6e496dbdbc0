#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "base/io.h"
#include "base/mem.h"
#include "runtime/cgroup.h"
#include "runtime/cgroup_int.h"

#define TRIES 100 /* others may be at it at the same moment */
#define PROC_FILE_MAX ((size_t)1 << 20)
#define ROLES                                                                                      \
	"aspora-roles" /* where v2 makes us put our own processes, so that their group may have children */

static const char *const names[CGROUP_CONTROLLERS] = {"memory", "pids", "cpu", "cpuacct",
						      "freezer"};

/* One line of mountinfo that is a cgroup hierarchy. */
struct mount {
	struct str root, point, type, options;
};

static bool read_mount(struct str line, struct mount *ret)
{
	struct str word, rest = line;
	*ret = (struct mount){STR_NULL, STR_NULL, STR_NULL, STR_NULL};
	for (int i = 0; str_split(&rest, ' ', &word); i++) {
		if (i == 3)
			ret->root = word;
		else if (i == 4)
			ret->point = word;
		else if (i > 5 && str_eqz(word, "-"))
			break;
	}
	struct str source;
	return str_split(&rest, ' ', &ret->type) && str_split(&rest, ' ', &source) &&
	       str_split(&rest, ' ', &ret->options);
}

static bool has_word(struct str list, char sep, const char *word)
{
	struct str piece;
	while (str_split(&list, sep, &piece))
		if (str_eqz(piece, word))
			return true;
	return false;
}

/* The path of this process in the hierarchy of a controller; "" names version 2's. */
static struct str own_path(struct str cgroup, const char *controller)
{
	struct str line, id, list;
	while (str_split(&cgroup, '\n', &line)) {
		if (!str_split(&line, ':', &id))
			continue;
		ptrdiff_t colon = str_find_byte(line, ':', 0);
		if (colon < 0)
			continue;
		list = str_sub(line, 0, (size_t)colon);
		if (*controller ? has_word(list, ',', controller) : list.len == 0)
			return str_sub(line, (size_t)colon + 1, line.len);
	}
	return STR("/");
}

static bool is_dir(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Our own group as a folder here; the mount's top when it is not visible (a cgroup namespace without its own mount). */
static void place(const char *prefix, const struct mount *m, struct str own, char *out)
{
	if (!str_eqz(m->root, "/") && str_starts(own, m->root))
		own = str_sub(own, m->root.len, own.len);
	if (str_eqz(own, "/"))
		own = STR_NULL;
	snprintf(out, CGROUP_PATH_MAX, "%s%.*s%.*s", prefix, STR_ARG(m->point), STR_ARG(own));
	if (!is_dir(out))
		snprintf(out, CGROUP_PATH_MAX, "%s%.*s", prefix, STR_ARG(m->point));
}

/* Permission bits do not say it (read-only mounts, delegation): make a group and take it away again. */
static bool writable(const char *dir)
{
	/* One name for everybody, so that what one left who was killed in between is taken away by the next. */
	CLEANUP_FREE char *try = io_join(dir, "aspora-try");
	for (int i = 0; i < TRIES; i++) {
		bool made = mkdir(try, 0755) == 0;
		if (!made && errno != EEXIST)
			return false;
		if (rmdir(try) == 0 || made)
			return true;
		if (errno != ENOENT)
			return false;
	}
	return false;
}

/* --- version 2 --- */

static bool v2_has(const char *dir, const char *file, const char *controller)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(4096);
	CLEANUP_FREE char *path = io_join(dir, file);
	return io_read_file(path, &b, NULL) == 0 &&
	       has_word(str_trim(buf_str(&b)), ' ', controller);
}

/* Hands the controllers to the children of dir, as far as the kernel lets us. True when memory or pids is among them. */
static bool v2_try(const char *dir, struct cgroup_host *h)
{
	if (!is_dir(dir) || !writable(dir))
		return false;
	for (int c = 0; c <= CGROUP_CPU; c++) {
		char word[16];
		snprintf(word, sizeof(word), "+%s", names[c]);
		if (!v2_has(dir, "cgroup.subtree_control", names[c]) &&
		    v2_has(dir, "cgroup.controllers", names[c]))
			cgroup_write(dir, NULL, "cgroup.subtree_control", word);
		h->has[c] = v2_has(dir, "cgroup.subtree_control", names[c]);
		snprintf(h->base[c], CGROUP_PATH_MAX, "%s", dir);
	}
	return h->has[CGROUP_MEMORY] || h->has[CGROUP_PIDS];
}

static bool delegated(const char *dir)
{
	char v[4] = "";
	return getxattr(dir, "user.delegate", v, sizeof(v) - 1) > 0 ||
	       getxattr(dir, "trusted.delegate", v, sizeof(v) - 1) > 0;
}

/* A group with processes of its own gives its children no controllers: ours move into a leaf. Only where systemd gave us the group. */
static bool v2_move_roles(const char *dir)
{
	CLEANUP(buf_release) struct buf pids = BUF_INIT(PROC_FILE_MAX);
	CLEANUP_FREE char *leaf = io_join(dir, ROLES);
	CLEANUP_FREE char *procs = io_join(dir, "cgroup.procs");
	if (!delegated(dir) || (mkdir(leaf, 0755) < 0 && errno != EEXIST) ||
	    io_read_file(procs, &pids, NULL) < 0)
		return false;
	struct str rest = buf_str(&pids), pid;
	while (str_split(&rest, '\n', &pid)) {
		CLEANUP_FREE char *text = mem_strndup(pid.p, pid.len);
		if (pid.len)
			cgroup_write(leaf, NULL, "cgroup.procs", text);
	}
	return true;
}

static bool detect_v2(const char *prefix, const struct mount *m, struct str own,
		      struct cgroup_host *h)
{
	char dir[CGROUP_PATH_MAX], top[CGROUP_PATH_MAX];
	place(prefix, m, own, dir);
	/* A process that was moved into the leaf looks one step up. */
	size_t n = strlen(dir), r = strlen(ROLES);
	if (n > r && strcmp(dir + n - r, ROLES) == 0 && dir[n - r - 1] == '/')
		dir[n - r - 1] = '\0';
	if (v2_try(dir, h) || (v2_move_roles(dir) && v2_try(dir, h)))
		return true;
	/* Root outside any unit of its own: a group at the top, which only root may make. */
	snprintf(top, sizeof(top), "%s%.*s", prefix, STR_ARG(m->point));
	if (geteuid() != 0 || !v2_try(top, h))
		return false;
	CLEANUP_FREE char *ours = io_join(top, "aspora");
	return (mkdir(ours, 0755) == 0 || errno == EEXIST) && v2_try(ours, h);
}

/* --- version 1 --- */

static void detect_v1(const char *prefix, const struct mount *m, struct str cgroup,
		      struct cgroup_host *h)
{
	for (int c = 0; c < CGROUP_CONTROLLERS; c++) {
		if (h->has[c] || !has_word(m->options, ',', names[c]))
			continue;
		place(prefix, m, own_path(cgroup, names[c]), h->base[c]);
		h->has[c] = writable(h->base[c]);
	}
}

void cgroup_detect(const char *root, struct cgroup_host *ret)
{
	CLEANUP(buf_release) struct buf mounts = BUF_INIT(PROC_FILE_MAX);
	CLEANUP(buf_release) struct buf cgroup = BUF_INIT(PROC_FILE_MAX);
	const char *prefix = root ? root : "";
	CLEANUP_FREE char *mountinfo = mem_printf("%s/proc/self/mountinfo", prefix);
	CLEANUP_FREE char *own = mem_printf("%s/proc/self/cgroup", prefix);
	memset(ret, 0, sizeof(*ret));
	if (io_read_file(mountinfo, &mounts, NULL) < 0 || io_read_file(own, &cgroup, NULL) < 0)
		return;
	struct cgroup_host v1 = {0};
	struct str rest = buf_str(&mounts), line;
	while (str_split(&rest, '\n', &line)) {
		struct mount m;
		struct cgroup_host v2 = {.version = 2};
		if (!read_mount(line, &m))
			continue;
		if (str_eqz(m.type, "cgroup2") &&
		    detect_v2(prefix, &m, own_path(buf_str(&cgroup), ""), &v2)) {
			*ret = v2;
			return;
		}
		if (str_eqz(m.type, "cgroup"))
			detect_v1(prefix, &m, buf_str(&cgroup), &v1);
	}
	if (v1.has[CGROUP_MEMORY] || v1.has[CGROUP_PIDS] || v1.has[CGROUP_CPU]) {
		v1.version = 1;
		*ret = v1;
	}
}

void cgroup_describe(const struct cgroup_host *h, struct buf *out)
{
	bool some = false;
	for (int c = 0; c <= CGROUP_CPU; c++) {
		if (!h->has[c])
			continue;
		if (!some)
			buf_addf(out, "cgroup v%d: ", h->version);
		buf_addf(out, "%s%s", some ? ", " : "", names[c]);
		some = true;
	}
}
