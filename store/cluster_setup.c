#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/mem.h"
#include "store/cluster_int.h"

#define VERSION_MIN 13
/* sun_path holds 108 bytes, NUL included; the socket's name in the folder is "/.s.PGSQL.5432". */
#define SOCKET_DIR_MAX (108 - 1 - 14)

static bool use_user(struct store_cluster *c, const struct passwd *p)
{
	if (!p || p->pw_uid == 0)
		return false;
	snprintf(c->user, sizeof(c->user), "%s", p->pw_name);
	c->uid = p->pw_uid;
	c->gid = p->pw_gid;
	return true;
}

int cluster_find_user(struct store_cluster *c, const char *wanted, struct err *err)
{
	c->uid = geteuid();
	c->gid = getegid();
	if (c->uid != 0) {
		const struct passwd *p = getpwuid(c->uid);
		snprintf(c->user, sizeof(c->user), "%s", p ? p->pw_name : "");
		if (p)
			return 0;
		return err_set(err, ERR_UNSUPPORTED, "user %ld has no name, which PostgreSQL needs",
			       (long)c->uid);
	}
	c->drop_user = true;
	if (wanted) {
		if (use_user(c, getpwnam(wanted)))
			return 0;
		err_set(err, ERR_INVALID, "\"%s\" is not an unprivileged user", wanted);
		return err_remedy(err,
				  "name an existing user other than root, for example postgres");
	}
	struct stat st;
	/* A folder that is there already stays with its owner. */
	if (stat(c->data, &st) == 0 && use_user(c, getpwuid(st.st_uid)))
		return 0;
	if (use_user(c, getpwnam("aspora")) || use_user(c, getpwnam("postgres")) ||
	    use_user(c, getpwnam("nobody")))
		return 0;
	err_set(err, ERR_UNSUPPORTED,
		"PostgreSQL does not run as root, and there is no user aspora, postgres or nobody");
	return err_remedy(
		err, "create one: useradd --system --home-dir / --shell /usr/sbin/nologin aspora");
}

/* Major version by running it: "postgres (PostgreSQL) 15.8 (Debian ...)". 0: not to be had. */
static int version_of(const char *bindir)
{
	CLEANUP_FREE char *program = io_join(bindir, "postgres");
	CLEANUP_FREE char *initdb = io_join(bindir, "initdb");
	if (!io_exists(program) || !io_exists(initdb))
		return 0;
	const char *argv[] = {program, "--version", NULL};
	struct child_opts o = {.argv = argv};
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
	struct child_end end;
	if (child_run(&o, STR_NULL, &out, NULL, 10000, &end, NULL) < 0)
		return 0;
	const char *at = strstr(buf_cstr(&out), ") ");
	return at ? (int)strtol(at + 2, NULL, 10) : 0;
}

static void consider(struct store_cluster *c, const char *bindir, int must)
{
	int v = version_of(bindir);
	if (v < VERSION_MIN || (must ? v != must : v <= c->version))
		return;
	free(c->bindir);
	c->bindir = mem_strdup(bindir);
	c->version = v;
}

static void consider_debian(struct store_cluster *c, int must)
{
	DIR *d = opendir("/usr/lib/postgresql");
	if (!d)
		return;
	struct dirent *e;
	while ((e = readdir(d))) {
		char path[400];
		snprintf(path, sizeof(path), "/usr/lib/postgresql/%s/bin", e->d_name);
		if (e->d_name[0] != '.')
			consider(c, path, must);
	}
	closedir(d);
}

static void consider_path(struct store_cluster *c, int must)
{
	struct str rest = str_of(getenv("PATH")), piece;
	while (str_split(&rest, ':', &piece)) {
		CLEANUP_FREE char *dir = mem_strndup(piece.p, piece.len);
		if (dir[0] == '/')
			consider(c, dir, must);
	}
}

/* PG_VERSION of the folder; 0: it is new. */
static int data_version(const struct store_cluster *c)
{
	CLEANUP_FREE char *path = io_join(c->data, "PG_VERSION");
	CLEANUP(buf_release) struct buf text = BUF_INIT(64);
	if (io_read_file(path, &text, NULL) < 0)
		return 0;
	return (int)strtol(buf_cstr(&text), NULL, 10);
}

int cluster_find_programs(struct store_cluster *c, const char *bindir, struct err *err)
{
	int must = data_version(c);
	if (bindir) {
		consider(c, bindir, must);
	} else {
		consider_debian(c, must);
		consider_path(c, must);
	}
	if (c->bindir)
		return 0;
	if (must) {
		err_set(err, ERR_UNSUPPORTED,
			"%s was made by PostgreSQL %d, which is not installed", c->data, must);
		return err_remedy(err,
				  "install postgresql-%d; to change versions, dump the database "
				  "and restore it into a new folder",
				  must);
	}
	err_set(err, ERR_UNSUPPORTED, "no PostgreSQL %d or newer is installed%s%s", VERSION_MIN,
		bindir ? " in " : "", bindir ? bindir : "");
	return err_remedy(err, "install it (apt-get install postgresql), or name a database: "
			       "database: postgresql://...");
}

int cluster_chown(struct store_cluster *c, const char *path, struct err *err)
{
	if (c->drop_user && lchown(path, c->uid, c->gid) < 0)
		return err_sys(err, ERR_IO, errno, "giving %s to %s", path, c->user);
	return 0;
}

int cluster_run(struct store_cluster *c, const char *const *argv, int64_t timeout_ms,
		struct err *err)
{
	static const char *const env[] = {"PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC", NULL};
	struct child_opts o = {.argv = argv,
			       .env = env,
			       .dir = "/",
			       .uid = c->uid,
			       .gid = c->gid,
			       .drop_user = c->drop_user};
	CLEANUP(buf_release) struct buf words = BUF_INIT(256 * 1024);
	struct child_end end;
	int r = child_run(&o, STR_NULL, NULL, &words, timeout_ms, &end, err);
	if (r < 0)
		return r;
	if (end.exited && end.status == 0)
		return 0;
	struct str text = str_trim(buf_str(&words));
	size_t from = text.len > 500 ? text.len - 500 : 0;
	char how[64];
	return err_set(err, ERR_DATABASE, "%s: %s: %.*s", argv[0],
		       child_end_text(&end, how, sizeof(how)), (int)(text.len - from),
		       text.p ? text.p + from : "");
}

/* Every folder above must let the server's user through; the first that does not is named. */
static int check_reach(struct store_cluster *c, struct err *err)
{
	if (!c->drop_user)
		return 0;
	struct stat st;
	for (char *slash = strchr(c->dir + 1, '/');; slash = strchr(slash + 1, '/')) {
		CLEANUP_FREE char *path = slash ? mem_strndup(c->dir, (size_t)(slash - c->dir))
						: mem_strdup(c->dir);
		if (stat(path, &st) < 0)
			return err_sys(err, ERR_IO, errno, "%s", path);
		bool own = st.st_uid == c->uid, group = st.st_gid == c->gid;
		mode_t need = own ? S_IXUSR : group ? S_IXGRP : S_IXOTH;
		if (!slash && !(st.st_mode & need) && st.st_uid == geteuid()) {
			/* The state folder is ours to open (for passing through, not for listing). */
			if (chmod(path, (st.st_mode & 07777) | S_IXGRP | S_IXOTH) < 0)
				return err_sys(err, ERR_IO, errno, "%s", path);
		} else if (!(st.st_mode & need)) {
			err_set(err, ERR_IO, "PostgreSQL's user %s cannot enter %s", c->user, path);
			return err_remedy(
				err, "chmod o+x %s, or keep the state elsewhere (--state)", path);
		}
		if (!slash)
			return 0;
	}
}

/* Into a folder beside, renamed when done: an initdb that was killed leaves nothing that looks finished. */
static int init_data(struct store_cluster *c, struct err *err)
{
	CLEANUP_FREE char *fresh = mem_printf("%s.new", c->data);
	CLEANUP_FREE char *initdb = io_join(c->bindir, "initdb");
	int r = io_remove_tree(fresh, err);
	if (r < 0)
		return r;
	if (mkdir(fresh, 0700) < 0)
		return err_sys(err, ERR_IO, errno, "%s", fresh);
	r = cluster_chown(c, fresh, err);
	if (r < 0)
		return r;
	const char *argv[] = {initdb,
			      "-D",
			      fresh,
			      "-U",
			      "aspora",
			      "-A",
			      "peer",
			      "-E",
			      "UTF8",
			      "--locale=C",
			      c->loose ? "--no-sync" : NULL,
			      NULL};
	r = cluster_run(c, argv, 120000, err);
	if (r < 0)
		return r;
	if (rename(fresh, c->data) < 0)
		return err_sys(err, ERR_IO, errno, "%s", c->data);
	return 0;
}

/* A folder for the socket: dir/run, or where that is too long a name one under /run, $XDG_RUNTIME_DIR or /tmp. */
static char *socket_dir_name(const struct store_cluster *c)
{
	char *path = io_join(c->dir, "run");
	if (strlen(path) <= SOCKET_DIR_MAX)
		return path;
	free(path);
	char hex[DIGEST_HEX + 1];
	struct digest d = digest_tagged("aspora.socket.v1", str_of(c->dir));
	digest_hex(&d, hex);
	const char *xdg = getenv("XDG_RUNTIME_DIR");
	const char *base = geteuid() == 0 ? "/run" : xdg && strlen(xdg) < 60 ? xdg : "/tmp";
	return mem_printf("%s/aspora-%.16s", base, hex);
}

void cluster_name_socket_dir(struct store_cluster *c)
{
	c->socket_dir = socket_dir_name(c);
}

static int make_socket_dir(struct store_cluster *c, struct err *err)
{
	cluster_name_socket_dir(c);
	struct stat st;
	if (mkdir(c->socket_dir, 0711) < 0 && errno != EEXIST)
		return err_sys(err, ERR_IO, errno, "%s", c->socket_dir);
	if (lstat(c->socket_dir, &st) < 0)
		return err_sys(err, ERR_IO, errno, "%s", c->socket_dir);
	/* In /tmp somebody else may have been there first. */
	if (!S_ISDIR(st.st_mode) || (st.st_uid != c->uid && st.st_uid != geteuid()))
		return err_set(err, ERR_IO, "%s belongs to somebody else", c->socket_dir);
	if (chmod(c->socket_dir, 0711) < 0)
		return err_sys(err, ERR_IO, errno, "%s", c->socket_dir);
	return cluster_chown(c, c->socket_dir, err);
}

int cluster_prepare(struct store_cluster *c, struct err *err)
{
	int r = check_reach(c, err);
	if (r < 0)
		return r;
	r = make_socket_dir(c, err);
	if (r < 0)
		return r;
	if (!data_version(c) && (r = init_data(c, err)) < 0)
		return r;
	return cluster_write_access(c, err);
}

static int write_own(struct store_cluster *c, const char *name, struct buf *text, struct err *err)
{
	CLEANUP_FREE char *path = io_join(c->data, name);
	int r = buf_check(text, name, err);
	if (r < 0)
		return r;
	r = io_write_file(path, buf_str(text), 0600, err);
	return r < 0 ? r : cluster_chown(c, path, err);
}

int cluster_write_access(struct store_cluster *c, struct err *err)
{
	CLEANUP(buf_release) struct buf hba = BUF_INIT(4096);
	CLEANUP(buf_release) struct buf ident = BUF_INIT(4096);
	buf_addz(&hba, "# Written by asporad at each start. The owner by its operating system "
		       "user, the roles by password.\n"
		       "local all aspora peer map=aspora\n"
		       "local all all scram-sha-256\n");
	buf_addf(&ident,
		 "# Written by asporad at each start.\naspora root aspora\naspora %s aspora\n",
		 c->user);
	int r = write_own(c, "pg_hba.conf", &hba, err);
	return r < 0 ? r : write_own(c, "pg_ident.conf", &ident, err);
}
