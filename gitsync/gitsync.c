#include "gitsync/gitsync.h"

#include <stdio.h>

#include "base/buf.h"
#include "gitsync/git_int.h"
#include "gitsync/url.h"

#define CACHE_TREE_BYTES                                                                           \
	((size_t)256 * 1024) /* a domain of some thousand skills is one tree of this size */
#define CACHE_BYTES ((ssize_t)32 * 1024 * 1024)

static bool started;

/* Versions from `from` up to but without `fixed`. Distributions repair holes without a new number, so only what none repaired is here. */
static const struct bad_version {
	int from[3], fixed[3];
	const char *why;
} bad_versions[] = {
	{{0, 0, 0}, {1, 5, 1}, "does not check SSH host keys (CVE-2023-22742)"},
	{{1, 6, 0}, {1, 6, 5}, "can be made to loop for ever by a name (CVE-2024-24575)"},
	{{1, 7, 0}, {1, 7, 2}, "can be made to loop for ever by a name (CVE-2024-24575)"},
};

static int version_cmp(const int a[3], const int b[3])
{
	for (int i = 0; i < 3; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

int gitsync_version_check(int major, int minor, int revision, struct err *err)
{
	const int v[3] = {major, minor, revision};
	for (size_t i = 0; i < ARRAY_SIZE(bad_versions); i++) {
		const struct bad_version *b = &bad_versions[i];
		if (version_cmp(v, b->from) < 0 || version_cmp(v, b->fixed) >= 0)
			continue;
		err_set(err, ERR_UNSUPPORTED, "libgit2 %d.%d.%d %s", major, minor, revision,
			b->why);
		return err_remedy(err, "install libgit2 %d.%d.%d or newer", b->fixed[0],
				  b->fixed[1], b->fixed[2]);
	}
	return 0;
}

static int set_options(struct err *err)
{
	int rc = 0;
	/* The machine's own Git configuration (url.insteadOf, http.proxy, safe.directory) has no say here. */
	const int levels[] = {GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_GLOBAL,
			      GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_PROGRAMDATA};
	for (size_t i = 0; i < ARRAY_SIZE(levels); i++)
		rc |= git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], "");
	/* Nothing in a repository is executed, so who owns it does not matter; the operator named it. */
	rc |= git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
	rc |= git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 1);
	rc |= git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
	rc |= git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_TREE, CACHE_TREE_BYTES);
	rc |= git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, CACHE_BYTES);
	return rc < 0 ? git_fail(err, ERR_UNSUPPORTED, "libgit2 refuses an option") : 0;
}

int gitsync_init(bool any_version, struct err *err)
{
	if (started)
		return 0;
	int major = 0, minor = 0, revision = 0;
	git_libgit2_version(&major, &minor, &revision);
	int rc = any_version ? 0 : gitsync_version_check(major, minor, revision, err);
	if (rc < 0)
		return rc;
	if (git_libgit2_init() < 0)
		return git_fail(err, ERR_UNSUPPORTED, "libgit2 does not start");
	const int needed = GIT_FEATURE_HTTPS | GIT_FEATURE_SSH;
	if ((git_libgit2_features() & needed) != needed) {
		git_libgit2_shutdown();
		err_set(err, ERR_UNSUPPORTED, "libgit2 %d.%d.%d was built without https or ssh",
			major, minor, revision);
		return err_remedy(err, "install your distribution's own libgit2 package");
	}
	started = true;
	return set_options(err);
}

void gitsync_shutdown(void)
{
	if (started)
		git_libgit2_shutdown();
	started = false;
}

const char *gitsync_library(void)
{
	static char text[48];
	int major = 0, minor = 0, revision = 0;
	git_libgit2_version(&major, &minor, &revision);
	snprintf(text, sizeof(text), "libgit2 %d.%d.%d", major, minor, revision);
	return text;
}

int git_fail(struct err *err, int code, const char *fmt, ...)
{
	CLEANUP(buf_release) struct buf words = BUF_INIT(ERR_MSG_MAX);
	CLEANUP(buf_release) struct buf said = BUF_INIT(ERR_MSG_MAX);
	va_list ap;
	va_start(ap, fmt);
	buf_vaddf(&words, fmt, ap);
	va_end(ap);
	const git_error *e = git_error_last();
	if (e && e->klass != GIT_ERROR_NONE && e->message)
		url_redact(str_of(e->message), &said);
	return err_set(err, code, said.len ? "%s: %s" : "%s", buf_cstr(&words), buf_cstr(&said));
}

int git_code(int rc, int other)
{
	if (rc == GIT_ENOTFOUND)
		return ERR_NOT_FOUND;
	const git_error *e = git_error_last();
	if (e && (e->klass == GIT_ERROR_OS || e->klass == GIT_ERROR_FILESYSTEM))
		return ERR_IO;
	return other;
}

bool git_said_sha256(void)
{
	const git_error *e = git_error_last();
	return e && e->message && strstr(e->message, "objectformat");
}

int git_refuse_sha256(struct err *err, const char *where)
{
	err_set(err, ERR_UNSUPPORTED, "%s uses SHA-256 object ids, which are not supported", where);
	return err_remedy(err, "use a repository made with git init --object-format=sha1");
}

bool oid_parse(struct str hex, git_oid *ret)
{
	if (hex.len != GIT_OID_HEXSZ)
		return false;
	for (size_t i = 0; i < hex.len; i++)
		if (!((hex.p[i] >= '0' && hex.p[i] <= '9') || (hex.p[i] >= 'a' && hex.p[i] <= 'f')))
			return false;
	return git_oid_fromstrn(ret, hex.p, hex.len) == 0;
}
