#include "tests/unit/agent/help_sync.h"

#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/sync_int.h"
#include "base/child.h"
#include "base/io.h"
#include "base/mem.h"

static char repo[512], aside[600];
static struct agent_config *config;
static struct arena *results;
static int asked;

static const char *git(const char *const *words)
{
	static struct buf out = BUF_INIT(1 << 16);
	const char *argv[24] = {"git",
				"-c",
				"user.name=Mara",
				"-c",
				"user.email=mara@example.com",
				"-c",
				"commit.gpgsign=false",
				"-C",
				repo};
	CLEANUP(buf_release) struct buf said = BUF_INIT(1 << 16);
	struct child_end end;
	size_t n = 9;
	for (; *words; words++)
		argv[n++] = *words;
	struct child_opts o = {.argv = argv};
	buf_reset(&out);
	assert_ok(child_run(&o, STR_NULL, &out, &said, 60000, &end, &support_err));
	ck_assert_msg(end.exited && end.status == 0, "git %s: %s", argv[9], buf_cstr(&said));
	return buf_cstr(&out);
}

void sync_git(const char *words)
{
	CLEANUP_FREE char *copy = mem_strdup(words);
	const char *list[12] = {NULL};
	size_t n = 0;
	for (char *save = NULL, *w = strtok_r(copy, " ", &save); w && n < 11;
	     w = strtok_r(NULL, " ", &save))
		list[n++] = w;
	git(list);
}

void sync_begin(void)
{
	const char *dir = support_dir();
	CLEANUP_FREE char *conf = io_join(dir, "asporad.conf");
	snprintf(repo, sizeof(repo), "%s/repo", dir);
	snprintf(aside, sizeof(aside), "%s.aside", repo);
	CLEANUP_FREE char *text =
		mem_printf("state: %s/state\nsources:\n  main: {url: \"file://%s\", "
			   "allow_local: true}\n",
			   dir, repo);
	CLEANUP_FREE char *keys = io_join(dir, "state/keys"),
			  *mirrors = io_join(dir, "state/mirrors");
	assert_ok(io_mkdirs(repo, 0755, &support_err));
	/* The parent makes these. */
	assert_ok(io_mkdirs(keys, 0700, &support_err));
	assert_ok(io_mkdirs(mirrors, 0700, &support_err));
	sync_git("init -q -b main");
	assert_ok(io_write_file(conf, str_of(text), 0600, &support_err));
	assert_ok(agent_config_load(conf, &config, &support_err));
	results = arena_new(64 << 20);
	sync_file("aspora.config.yaml", "policy: {max_delete: 100%}\n");
}

void sync_file(const char *path, const char *text)
{
	CLEANUP_FREE char *full = io_join(repo, path);
	CLEANUP_FREE char *dir = mem_strndup(full, (size_t)(strrchr(full, '/') - full));
	if (!text) {
		assert_ok(io_remove_tree(full, &support_err));
		return;
	}
	assert_ok(io_mkdirs(dir, 0755, &support_err));
	assert_ok(io_write_file(full, str_of(text), 0644, &support_err));
	ck_assert_int_eq(chmod(full, str_ends(str_of(path), STR(".sh")) ? 0755 : 0644), 0);
}

struct file {
	char path[200], text[1000];
};

static void write_skill(const char *domain, const char *skill, int edition, struct file out[3])
{
	const char *const names[] = {"SKILL.md", "code/handler.sh", "tests/cases.md"};
	for (size_t i = 0; i < 3; i++)
		snprintf(out[i].path, sizeof(out[i].path), "skills/%s/%s/%s", domain, skill,
			 names[i]);
	snprintf(out[0].text, sizeof(out[0].text),
		 "---\nname: %s\ndescription: Adds up %s of %s. Use when somebody asks for it.\n"
		 "trigger: \"command: sum %s %s {what}\"\n---\n# %s\n\nEdition %d.\n",
		 skill, skill, domain, domain, skill, skill, edition);
	snprintf(out[1].text, sizeof(out[1].text),
		 "#!/bin/sh\ncat >/dev/null\necho '{\"output\":%d}'\n", edition);
	snprintf(out[2].text, sizeof(out[2].text),
		 "# Cases\n\n## It answers\n### Input\n```json\n{}\n```\n### Expect\n- contains "
		 "\"%d\"\n",
		 edition);
}

void sync_skill(const char *domain, const char *skill, int edition)
{
	struct file files[3];
	write_skill(domain, skill, edition, files);
	for (size_t i = 0; i < 3; i++)
		sync_file(files[i].path, files[i].text);
}

const char *sync_push(const char *message)
{
	static char id[41];
	git((const char *const[]){"add", "-A", NULL});
	git((const char *const[]){"commit", "-q", "-m", message, NULL});
	snprintf(id, sizeof(id), "%.40s", git((const char *const[]){"rev-parse", "HEAD", NULL}));
	return id;
}

void sync_repository(bool there)
{
	ck_assert_int_eq(rename(there ? aside : repo, there ? repo : aside), 0);
}

void sync_run(void)
{
	struct role_ctx ctx = {.role = agent_role_find("sync"),
			       .config = config,
			       .clock = &clock_real,
			       .store = support_pg_listen(STORE_SYNC),
			       .access = support_pg_access(STORE_SYNC),
			       .once = true};
	snprintf(ctx.host, sizeof(ctx.host), "here");
	snprintf(ctx.instance, sizeof(ctx.instance), "00000000-0000-4000-8000-000000000000");
	sigset_t term;
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	assert_ok(role_sync_run(&ctx, &support_err));
}

static const struct wish *carry_out(struct wish *w, const struct upload_file *files, size_t count)
{
	static struct wish outcome;
	struct store *gateway = support_pg_open(STORE_GATEWAY);
	snprintf(w->id, sizeof(w->id), "WISH-%d", ++asked);
	w->requested_by = STR("key:ana");
	assert_ok(store_wish_put(gateway, w, files, count, &support_err));
	sync_run();
	assert_ok(store_wish_get(gateway, results, str_of(w->id), &outcome, &support_err));
	return &outcome;
}

const struct wish *sync_wish(const char *kind, const char *domain, const char *body)
{
	struct wish w = {.kind = str_of(kind), .domain = str_of(domain), .body_json = str_of(body)};
	return carry_out(&w, NULL, 0);
}

const struct wish *sync_wish_dry(const char *kind, const char *domain, const char *body)
{
	struct wish w = {.kind = str_of(kind),
			 .domain = str_of(domain),
			 .body_json = str_of(body),
			 .dry_run = true};
	return carry_out(&w, NULL, 0);
}

const struct wish *sync_upload(const struct upload_file *files, size_t count, const char *body,
			       bool dry_run)
{
	struct wish w = {.kind = STR("apply"),
			 .source = STR("lab"),
			 .body_json = str_of(body),
			 .dry_run = dry_run};
	return carry_out(&w, files, count);
}

const struct wish *sync_apply(const char *domain, const char *skill, int edition, const char *body)
{
	struct file files[3];
	struct upload_file list[3];
	write_skill(domain, skill, edition, files);
	for (size_t i = 0; i < 3; i++)
		list[i] = (struct upload_file){str_of(files[i].path),
					       i == 1 ? TREE_MODE_EXEC : TREE_MODE_FILE,
					       str_of(files[i].text)};
	return sync_upload(list, 3, body, false);
}

const struct wish *sync_look(const char *body)
{
	static struct wish outcome;
	struct store *gateway = support_pg_open(STORE_GATEWAY);
	struct wish w = {.kind = STR("sync"), .source = STR("main"), .body_json = str_of(body)};
	int64_t token = 0;
	snprintf(w.id, sizeof(w.id), "WISH-%d", ++asked);
	w.requested_by = STR("key:ana");
	assert_ok(store_wish_sync(gateway, &w, &token, &support_err));
	sync_run();
	assert_ok(store_wish_get(gateway, results, str_of(w.id), &outcome, &support_err));
	return &outcome;
}

void sync_done(const struct wish *w, const char *part)
{
	ck_assert_msg(str_eqz(w->state, "done"), "%s is %.*s: %.*s", w->id, STR_ARG(w->state),
		      STR_ARG(w->error_json));
	ck_assert_msg(str_find(w->result_json, str_of(part), 0) >= 0, "\"%.*s\" lacks \"%s\"",
		      STR_ARG(w->result_json), part);
}

void sync_failed(const struct wish *w, const char *code, const char *part, const char *remedy)
{
	CLEANUP_FREE char *quoted = mem_printf("\"code\":\"%s\"", code);
	const char *const parts[] = {quoted, part, remedy};
	ck_assert_msg(str_eqz(w->state, "failed"), "%s is %.*s: %.*s", w->id, STR_ARG(w->state),
		      STR_ARG(w->result_json));
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		ck_assert_msg(str_find(w->error_json, str_of(parts[i]), 0) >= 0,
			      "\"%.*s\" lacks \"%s\"", STR_ARG(w->error_json), parts[i]);
}

const char *sync_edition(const char *domain, const char *skill)
{
	return support_pg_text(
		"select substring(convert_from(b.bytes, 'utf8') from 'Edition ([0-9]+)') from "
		"desired d "
		"join version v using (domain, skill, content, runtime), "
		"json_array_elements(v.manifest) f join blob b on encode(b.digest, 'hex') = "
		"f->>'digest' where d.until is null and d.domain = '%s' and d.skill = '%s' and "
		"f->>'path' = 'SKILL.md'",
		domain, skill);
}

const char *sync_condition(const char *type)
{
	return support_pg_text(
		"select c->>'status' || ' ' || (c->>'reason') from source, "
		"json_array_elements(conditions) c where name = 'main' and c->>'type' = '%s'",
		type);
}

/* ecm/order and ecm/ticket at edition 1, then order at each up to n, a release each. */
void sync_editions(int n)
{
	char last[16];
	sync_begin();
	sync_skill("ecm", "order", 1);
	sync_skill("ecm", "ticket", 1);
	sync_push("first");
	sync_run();
	for (int edition = 2; edition <= n; edition++) {
		sync_skill("ecm", "order", edition);
		sync_push("more");
		sync_run();
	}
	snprintf(last, sizeof(last), "%d", n);
	ck_assert_str_eq(sync_edition("ecm", "order"), last);
	ck_assert_str_eq(sync_condition("Ready"), "True ReconciliationSucceeded");
}

long long sync_held(const char *where)
{
	return support_pg_int("select count(*) from quarantine where until is null and %s", where);
}

const char *sync_content(const char *skill, int nth)
{
	return support_pg_text(
		"select encode(content, 'hex') from desired where domain = 'ecm' and "
		"skill = '%s' order by since offset %d limit 1",
		skill, nth - 1);
}
