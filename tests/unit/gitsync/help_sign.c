#include "tests/unit/gitsync/help_sign.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/io.h"
#include "base/mem.h"

const char *tool(const char *dir, const char *gnupg, const char *fmt, ...)
{
	static struct buf out = BUF_INIT(1 << 20);
	CLEANUP(buf_release) struct buf words = BUF_INIT(1 << 16), said = BUF_INIT(1 << 20);
	CLEANUP_FREE char *home = mem_printf("GNUPGHOME=%s", gnupg ? gnupg : "/nonexistent");
	const char *const env[] = {"PATH=/usr/local/bin:/usr/bin:/bin",
				   "HOME=/nonexistent",
				   "GIT_CONFIG_NOSYSTEM=1",
				   "GIT_AUTHOR_NAME=Ada Analyst",
				   "GIT_AUTHOR_EMAIL=ada@example.com",
				   "GIT_COMMITTER_NAME=Carl Committer",
				   "GIT_COMMITTER_EMAIL=carl@example.com",
				   home,
				   NULL};
	const char *argv[32] = {NULL};
	size_t n = 0;
	va_list ap;
	va_start(ap, fmt);
	buf_vaddf(&words, fmt, ap);
	va_end(ap);
	CLEANUP_FREE char *copy = mem_strdup(buf_cstr(&words));
	struct str rest = str_of(copy), word;
	while (str_split(&rest, ' ', &word) && n < ARRAY_SIZE(argv) - 1) {
		copy[word.p - copy + (ptrdiff_t)word.len] = '\0';
		/* "''" is an argument of no bytes. */
		argv[n++] = str_eqz(word, "''") ? "" : word.p;
	}
	struct child_opts o = {.argv = argv, .env = env, .dir = dir};
	struct child_end end;
	buf_reset(&out);
	assert_ok(child_run(&o, STR_NULL, &out, &said, 60000, &end, &support_err));
	ck_assert_msg(end.exited && end.status == 0, "%s: %s", buf_cstr(&words), buf_cstr(&said));
	while (out.len && out.data[out.len - 1] == '\n')
		out.data[--out.len] = '\0';
	return buf_cstr(&out);
}

char *ssh_key_new(const char *dir, const char *name)
{
	char *key = io_join(dir, name);
	tool(dir, NULL, "ssh-keygen -q -t ed25519 -N '' -C %s -f %s", name, key);
	return key;
}

const char *ssh_key_public(const char *key)
{
	static struct buf text = BUF_INIT(1 << 14);
	CLEANUP_FREE char *path = mem_printf("%s.pub", key);
	buf_reset(&text);
	assert_ok(io_read_file(path, &text, &support_err));
	while (text.len && text.data[text.len - 1] == '\n')
		text.data[--text.len] = '\0';
	return buf_cstr(&text);
}

const char *ssh_key_print(const char *key)
{
	static char print[128];
	struct str rest = str_of(tool("/", NULL, "ssh-keygen -l -f %s.pub", key)), word;
	ck_assert(str_split(&rest, ' ', &word) && str_split(&rest, ' ', &word));
	snprintf(print, sizeof(print), "%.*s", STR_ARG(word));
	return print;
}

char *gpg_new(const char *dir, const char *name, const char *expire)
{
	char *home = io_join(dir, name);
	CLEANUP_FREE char *file = mem_printf("%s/parameters", home);
	CLEANUP_FREE char *text =
		mem_printf("%%no-protection\nKey-Type: eddsa\nKey-Curve: ed25519\n"
			   "Name-Real: %s\nName-Email: %s@example.com\nExpire-Date: %s\n%%commit\n",
			   name, name, expire);
	assert_ok(io_mkdirs(home, 0700, &support_err));
	assert_ok(io_write_file(file, str_of(text), 0600, &support_err));
	tool(dir, home, "gpg --batch --quiet --gen-key %s", file);
	return home;
}

void gpg_stop(const char *gnupg)
{
	tool("/", gnupg, "gpgconf --kill all");
}

static const char *commit(const char *repo, const char *gnupg, const char *flags,
			  const char *message)
{
	static char id[64];
	char parent[64] = "";
	const char *empty = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
	git_in(repo, STR(""), "hash-object -t tree -w --stdin");
	if (*git(repo, "for-each-ref refs/heads/main"))
		snprintf(parent, sizeof(parent), " -p %s", git(repo, "rev-parse refs/heads/main"));
	snprintf(id, sizeof(id), "%s",
		 tool(repo, gnupg, "git %s -m %s%s %s", flags, message, parent, empty));
	git(repo, "update-ref refs/heads/main %s", id);
	return id;
}

const char *commit_ssh(const char *repo, const char *key, const char *message)
{
	CLEANUP_FREE char *flags = mem_printf("-c gpg.format=ssh commit-tree -S%s", key);
	return commit(repo, NULL, flags, message);
}

const char *commit_gpg(const char *repo, const char *gnupg, const char *user, const char *message)
{
	CLEANUP_FREE char *flags = mem_printf("commit-tree -S%s", user);
	return commit(repo, gnupg, flags, message);
}

const char *commit_plain(const char *repo, const char *message)
{
	return commit(repo, NULL, "commit-tree", message);
}

const char *commit_tampered(const char *repo, const char *id)
{
	static char made[64];
	CLEANUP(buf_release) struct buf raw = BUF_INIT(1 << 16);
	buf_addz(&raw, git(repo, "cat-file commit %s", id));
	buf_addz(&raw, ", and more\n");
	snprintf(made, sizeof(made), "%s",
		 git_in(repo, buf_str(&raw), "hash-object -t commit -w --stdin"));
	return made;
}
