#include "tests/unit/gitsync/help_git.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/child.h"
#include "base/io.h"
#include "base/mem.h"

const struct url_policy open_policy = {true, true, true};

static const char *const identity[] = {
	"PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin",
	"HOME=/nonexistent",
	"GIT_CONFIG_NOSYSTEM=1",
	"GIT_AUTHOR_NAME=Ada Analyst",
	"GIT_AUTHOR_EMAIL=ada@example.com",
	"GIT_AUTHOR_DATE=1700000000 +0400",
	"GIT_COMMITTER_NAME=Carl Committer",
	"GIT_COMMITTER_EMAIL=carl@example.com",
	"GIT_COMMITTER_DATE=1700000060 +0400",
	NULL,
};

static const char *run(const char *dir, struct str input, const char *words)
{
	static struct buf out = BUF_INIT(1 << 20);
	CLEANUP(buf_release) struct buf said = BUF_INIT(1 << 16);
	CLEANUP_FREE char *copy = mem_strdup(words);
	const char *argv[64] = {"git"};
	size_t n = 1;
	struct str rest = str_of(copy), word;
	while (str_split(&rest, ' ', &word) && n < ARRAY_SIZE(argv) - 1) {
		copy[word.p - copy + (ptrdiff_t)word.len] = '\0';
		if (word.len)
			argv[n++] = word.p;
	}
	struct child_opts o = {.argv = argv, .env = identity, .dir = dir};
	struct child_end end;
	buf_reset(&out);
	assert_ok(child_run(&o, input, &out, &said, 60000, &end, &support_err));
	ck_assert_msg(end.exited && end.status == 0, "git %s: %s", words, buf_cstr(&said));
	while (out.len && out.data[out.len - 1] == '\n')
		out.data[--out.len] = '\0';
	return buf_cstr(&out);
}

const char *git_in(const char *dir, struct str input, const char *fmt, ...)
{
	CLEANUP(buf_release) struct buf words = BUF_INIT(1 << 16);
	va_list ap;
	va_start(ap, fmt);
	buf_vaddf(&words, fmt, ap);
	va_end(ap);
	return run(dir, input, buf_cstr(&words));
}

const char *git(const char *dir, const char *fmt, ...)
{
	CLEANUP(buf_release) struct buf words = BUF_INIT(1 << 16);
	va_list ap;
	va_start(ap, fmt);
	buf_vaddf(&words, fmt, ap);
	va_end(ap);
	return run(dir, STR_NULL, buf_cstr(&words));
}

char *repo_new(void)
{
	char *repo = io_join(support_dir(), "skills.git");
	git("/", "init -q --bare -b main %s", repo);
	repo_commit(repo, "FIRM.md", "We answer within a day.\n");
	return repo;
}

const char *repo_commit_tree(const char *repo, const char *tree)
{
	static char id[41];
	char parent[64] = "";
	if (*git(repo, "for-each-ref refs/heads/main"))
		snprintf(parent, sizeof(parent), "-p %s", git(repo, "rev-parse refs/heads/main"));
	snprintf(id, sizeof(id), "%s", git(repo, "commit-tree -m change %s %s", parent, tree));
	git(repo, "update-ref refs/heads/main %s", id);
	return id;
}

const char *repo_commit(const char *repo, const char *path, const char *text)
{
	char blob[41], tree[41];
	snprintf(blob, sizeof(blob), "%s", git_in(repo, str_of(text), "hash-object -w --stdin"));
	if (*git(repo, "for-each-ref refs/heads/main"))
		git(repo, "read-tree refs/heads/main");
	git(repo, "update-index --add --cacheinfo 100644,%s,%s", blob, path);
	snprintf(tree, sizeof(tree), "%s", git(repo, "write-tree"));
	return repo_commit_tree(repo, tree);
}

const char *repo_raw(const char *repo, const char *type, struct str bytes)
{
	static char id[41];
	snprintf(id, sizeof(id), "%s",
		 git_in(repo, bytes, "hash-object --literally -w -t %s --stdin", type));
	return id;
}

void raw_entry(struct buf *tree, const char *mode, struct str name, const char *hex)
{
	unsigned char id[20];
	ck_assert(hex_parse(str_of(hex), id, sizeof(id)));
	buf_addf(tree, "%s ", mode);
	buf_add_str(tree, name);
	buf_add(tree, "", 1);
	buf_add(tree, id, sizeof(id));
}

struct remote_opts fetch_opts(const char *address, const char *mirror)
{
	static const char *const refs[] = {"refs/heads/main"};
	struct remote_opts o = {
		.policy = open_policy, .mirror = mirror, .refs = refs, .ref_count = 1};
	assert_ok(url_parse(str_of(address), &open_policy, &o.url, &support_err));
	return o;
}

char *fresh_mirror(void)
{
	return io_join(support_dir(), "mirror.git");
}

struct tree_id id_from(const char *hex)
{
	struct tree_id id;
	ck_assert_msg(tree_id_parse(str_of(hex), &id), "%s is no object id", hex);
	return id;
}

const char *hex_of_id(const struct tree_id *id)
{
	static char hex[65];
	return tree_id_hex(id, hex);
}
