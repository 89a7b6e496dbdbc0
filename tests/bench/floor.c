/*
 * F: the least work that each step of synchronising needs, in one thread, with the libraries that the agent uses. It resolves the branch,
 * merges trees skipping equal ids, reads, hashes and parses what changed, and stores every file and one row a skill in one pipelined
 * transaction. No check, no plan, no history, no error that says anything.
 *
 *	floor REPOSITORY CONNINFO		then one command a line: cold, idle, drift, change; each answers with a line of JSON
 */
#include <git2.h>
#include <libpq-fe.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "tests/bench/floor_parse.h"

#define CHECK(x) ((x) ? (void)0 : die(#x, __LINE__))
#define COPY_CHUNK (256u * 1024)

struct bytes {
	char *p;
	size_t len, cap;
};

struct skill_row {
	char domain[72], name[72];
	unsigned char tree[20];
};

static git_repository *repo;
static git_odb *odb;
static PGconn *pg;
static git_oid last; /* skills/ as it was stored last */
static bool has_last;
static struct bytes blobs, skills;
static struct skill_row *rows;
static size_t row_count, row_cap, blobs_read;
static bool bulk;

static _Noreturn void die(const char *what, int line)
{
	const git_error *e = git_error_last();
	fprintf(stderr, "floor:%d: %s: %s %s\n", line, what, e ? e->message : "",
		pg ? PQerrorMessage(pg) : "");
	exit(1);
}

static void add(struct bytes *b, const void *p, size_t len)
{
	if (b->len + len > b->cap) {
		b->cap = (b->len + len) * 2 + 1024;
		b->p = realloc(b->p, b->cap);
		CHECK(b->p);
	}
	memcpy(b->p + b->len, p, len);
	b->len += len;
}

static void add_u32(struct bytes *b, uint32_t v)
{
	const unsigned char be[4] = {(unsigned char)(v >> 24), (unsigned char)(v >> 16),
				     (unsigned char)(v >> 8), (unsigned char)v};
	add(b, be, 4);
}

static void add_field(struct bytes *b, const void *p, size_t len)
{
	add_u32(b, (uint32_t)len);
	add(b, p, len);
}

static void run(const char *sql)
{
	PGresult *r = PQexec(pg, sql);
	CHECK(PQresultStatus(r) == PGRES_COMMAND_OK || PQresultStatus(r) == PGRES_TUPLES_OK ||
	      PQresultStatus(r) == PGRES_COPY_IN);
	PQclear(r);
}

static void head_tree(git_oid *ret)
{
	git_object *o = NULL;
	git_oid commit;
	CHECK(git_reference_name_to_id(&commit, repo, "refs/heads/main") == 0);
	CHECK(git_object_lookup(&o, repo, &commit, GIT_OBJECT_COMMIT) == 0);
	const git_oid *root = git_commit_tree_id((git_commit *)o);
	git_tree *t = NULL;
	CHECK(git_tree_lookup(&t, repo, root) == 0);
	const git_tree_entry *e = git_tree_entry_byname(t, "skills");
	CHECK(e);
	*ret = *git_tree_entry_id(e);
	git_tree_free(t);
	git_object_free(o);
}

/* --- reading one skill ----------------------------------------------------------------------------------------- */

static void flush_copy(bool all)
{
	if (!bulk || (!all && blobs.len < COPY_CHUNK))
		return;
	CHECK(PQputCopyData(pg, blobs.p, (int)blobs.len) == 1);
	blobs.len = 0;
}

static void take_blob(const char *name, const git_oid *id)
{
	git_odb_object *o = NULL;
	unsigned char hash[32];
	CHECK(git_odb_read(&o, odb, id) == 0);
	const char *p = git_odb_object_data(o);
	size_t len = git_odb_object_size(o);
	crypto_generichash(hash, sizeof(hash), (const unsigned char *)p, len, NULL, 0);
	if (strcmp(name, "SKILL.md") == 0)
		CHECK(floor_markdown(p, len) == 0);
	else if (strcmp(name, "aspora.config.yaml") == 0)
		CHECK(floor_yaml(p, len) > 0);
	if (bulk)
		add(&blobs, "\0\2", 2);
	add_field(&blobs, hash, sizeof(hash));
	add_field(&blobs, p, len);
	blobs_read++;
	flush_copy(false);
	git_odb_object_free(o);
}

static void take_files(const git_oid *dir)
{
	git_tree *t = NULL;
	CHECK(git_tree_lookup(&t, repo, dir) == 0);
	for (size_t i = 0; i < git_tree_entrycount(t); i++) {
		const git_tree_entry *e = git_tree_entry_byindex(t, i);
		if (git_tree_entry_type(e) == GIT_OBJECT_TREE)
			take_files(git_tree_entry_id(e));
		else
			take_blob(git_tree_entry_name(e), git_tree_entry_id(e));
	}
	git_tree_free(t);
}

static void note_row(const char *domain, const git_tree_entry *e)
{
	if (row_count == row_cap) {
		row_cap = row_cap * 2 + 64;
		rows = realloc(rows, row_cap * sizeof(*rows));
		CHECK(rows);
	}
	struct skill_row *r = &rows[row_count++];
	snprintf(r->domain, sizeof(r->domain), "%s", domain);
	snprintf(r->name, sizeof(r->name), "%s", git_tree_entry_name(e));
	memcpy(r->tree, git_tree_entry_id(e)->id, 20);
}

/* Both lists are sorted alike: what stands in both with one id is passed over. */
static void merge(const char *domain, const git_oid *old_id, const git_oid *new_id, bool read)
{
	git_tree *old = NULL, *now = NULL;
	CHECK(!old_id || git_tree_lookup(&old, repo, old_id) == 0);
	CHECK(git_tree_lookup(&now, repo, new_id) == 0);
	size_t k = 0, n = old ? git_tree_entrycount(old) : 0;
	for (size_t i = 0; i < git_tree_entrycount(now); i++) {
		const git_tree_entry *e = git_tree_entry_byindex(now, i), *o = NULL;
		int c = -1;
		while (k < n && (o = git_tree_entry_byindex(old, k)) &&
		       (c = strcmp(git_tree_entry_name(o), git_tree_entry_name(e))) < 0)
			k++;
		if (k >= n || c != 0)
			o = NULL;
		if (git_tree_entry_type(e) != GIT_OBJECT_TREE ||
		    (o && git_oid_equal(git_tree_entry_id(o), git_tree_entry_id(e))))
			continue;
		if (!domain) {
			merge(git_tree_entry_name(e), o ? git_tree_entry_id(o) : NULL,
			      git_tree_entry_id(e), read);
			continue;
		}
		note_row(domain, e);
		if (read)
			take_files(git_tree_entry_id(e));
	}
	git_tree_free(old);
	git_tree_free(now);
}

/* --- steps ------------------------------------------------------------------------------------------------------- */

static void end_copy(void)
{
	PGresult *r;
	CHECK(PQputCopyEnd(pg, NULL) == 1);
	while ((r = PQgetResult(pg))) {
		CHECK(PQresultStatus(r) == PGRES_COMMAND_OK);
		PQclear(r);
	}
}

static const char copy_head[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0";

static void cold(void)
{
	git_oid tree;
	head_tree(&tree);
	bulk = true;
	run("begin");
	run("copy floor_blob from stdin (format binary)");
	add(&blobs, copy_head, sizeof(copy_head) - 1);
	merge(NULL, NULL, &tree, true);
	add(&blobs, "\377\377", 2);
	flush_copy(true);
	end_copy();
	bulk = false;
	run("copy floor_skill from stdin (format binary)");
	skills.len = 0;
	add(&skills, copy_head, sizeof(copy_head) - 1);
	for (size_t i = 0; i < row_count; i++) {
		add(&skills, "\0\3", 2);
		add_field(&skills, rows[i].domain, strlen(rows[i].domain));
		add_field(&skills, rows[i].name, strlen(rows[i].name));
		add_field(&skills, rows[i].tree, 20);
	}
	add(&skills, "\377\377", 2);
	CHECK(PQputCopyData(pg, skills.p, (int)skills.len) == 1);
	end_copy();
	run("commit");
	last = tree;
	has_last = true;
}

static void idle(void)
{
	git_oid id;
	CHECK(git_reference_name_to_id(&id, repo, "refs/heads/main") == 0);
	PGresult *r = PQexecPrepared(pg, "rev", 0, NULL, NULL, NULL, 1);
	CHECK(PQresultStatus(r) == PGRES_TUPLES_OK);
	PQclear(r);
}

static void drift(void)
{
	git_oid tree;
	size_t same = 0;
	head_tree(&tree);
	merge(NULL, NULL, &tree, false);
	PGresult *r = PQexecPrepared(pg, "all", 0, NULL, NULL, NULL, 1);
	CHECK(PQresultStatus(r) == PGRES_TUPLES_OK && (size_t)PQntuples(r) == row_count);
	for (int i = 0; i < PQntuples(r); i++)
		same += memcmp(PQgetvalue(r, i, 2), rows[i].tree, 20) == 0;
	CHECK(same == row_count);
	PQclear(r);
}

static void head_of_array(struct bytes *b, uint32_t type, size_t count)
{
	add_u32(b, 1);
	add_u32(b, 0);
	add_u32(b, type);
	add_u32(b, (uint32_t)count);
	add_u32(b, 1);
}

/* The blobs gathered are (digest, bytes) in turn; the statement wants two arrays. */
static void send_blobs(void)
{
	struct bytes digests = {0}, contents = {0};
	head_of_array(&digests, 17, blobs_read);
	head_of_array(&contents, 17, blobs_read);
	for (size_t at = 0; at < blobs.len;) {
		const unsigned char *p = (unsigned char *)blobs.p + at + 36;
		size_t len = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
		add(&digests, blobs.p + at, 36);
		add(&contents, blobs.p + at + 36, 4 + len);
		at += 40 + len;
	}
	const char *values[] = {digests.p, contents.p};
	const int lengths[] = {(int)digests.len, (int)contents.len}, formats[] = {1, 1};
	CHECK(PQsendQueryPrepared(pg, "blobs", 2, values, lengths, formats, 1));
	free(digests.p);
	free(contents.p);
}

static void send_skills(void)
{
	struct bytes column[3] = {{0}, {0}, {0}};
	const uint32_t types[] = {25, 25, 17};
	const int formats[] = {1, 1, 1};
	const char *values[3];
	int lengths[3];
	for (int c = 0; c < 3; c++)
		head_of_array(&column[c], types[c], row_count);
	for (size_t i = 0; i < row_count; i++) {
		add_field(&column[0], rows[i].domain, strlen(rows[i].domain));
		add_field(&column[1], rows[i].name, strlen(rows[i].name));
		add_field(&column[2], rows[i].tree, 20);
	}
	for (int c = 0; c < 3; c++) {
		values[c] = column[c].p;
		lengths[c] = (int)column[c].len;
	}
	CHECK(PQsendQueryPrepared(pg, "skills", 3, values, lengths, formats, 1));
	for (int c = 0; c < 3; c++)
		free(column[c].p);
}

static void change(void)
{
	git_oid tree;
	int synced = 0;
	head_tree(&tree);
	CHECK(has_last);
	merge(NULL, &last, &tree, true);
	CHECK(PQenterPipelineMode(pg));
	CHECK(PQsendQueryPrepared(pg, "begin", 0, NULL, NULL, NULL, 1));
	send_blobs();
	send_skills();
	CHECK(PQsendQueryPrepared(pg, "take", 0, NULL, NULL, NULL, 1));
	CHECK(PQsendQueryPrepared(pg, "notify", 0, NULL, NULL, NULL, 1));
	CHECK(PQsendQueryPrepared(pg, "commit", 0, NULL, NULL, NULL, 1));
	CHECK(PQpipelineSync(pg));
	while (!synced) {
		PGresult *r = PQgetResult(pg);
		ExecStatusType s = r ? PQresultStatus(r) : PGRES_COMMAND_OK;
		CHECK(s == PGRES_COMMAND_OK || s == PGRES_TUPLES_OK || s == PGRES_PIPELINE_SYNC);
		synced = s == PGRES_PIPELINE_SYNC;
		PQclear(r);
	}
	CHECK(PQexitPipelineMode(pg));
	last = tree;
}

/* Fetches from the remote "origin", as libgit2 does it, and then the change. */
static void push(void)
{
	git_remote *remote = NULL;
	CHECK(git_remote_lookup(&remote, repo, "origin") == 0);
	CHECK(git_remote_fetch(remote, NULL, NULL, NULL) == 0);
	git_remote_free(remote);
	change();
}

static const struct {
	const char *name;
	void (*step)(void);
} steps[] = {{"cold", cold}, {"idle", idle}, {"drift", drift}, {"change", change}, {"push", push}};

static void answer(const char *command)
{
	struct rusage u;
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		if (strcmp(command, steps[i].name) != 0)
			continue;
		blobs.len = row_count = blobs_read = 0;
		double wall = now_s(CLOCK_MONOTONIC), cpu = now_s(CLOCK_PROCESS_CPUTIME_ID);
		steps[i].step();
		wall = now_s(CLOCK_MONOTONIC) - wall;
		cpu = now_s(CLOCK_PROCESS_CPUTIME_ID) - cpu;
		getrusage(RUSAGE_SELF, &u);
		printf("{\"wall\":%.9f,\"cpu\":%.9f,\"rows\":%zu,\"blobs\":%zu,\"peak_kb\":%ld}\n",
		       wall, cpu, row_count, blobs_read, u.ru_maxrss);
		fflush(stdout);
		return;
	}
	die(command, __LINE__);
}

static void prepare(const char *name, const char *sql)
{
	PGresult *r = PQprepare(pg, name, sql, 0, NULL);
	CHECK(PQresultStatus(r) == PGRES_COMMAND_OK);
	PQclear(r);
}

static void prepare_all(void)
{
	run("set client_min_messages = warning");
	run("drop table if exists floor_blob, floor_skill, floor_rev");
	run("create table floor_blob (digest bytea primary key, bytes bytea compression lz4 not "
	    "null)");
	run("create table floor_skill (domain text, name text, tree bytea not null, primary key "
	    "(domain, name))");
	run("create table floor_rev (rev bigint)");
	run("insert into floor_rev values (1)");
	prepare("rev", "select rev from floor_rev");
	prepare("all", "select domain, name, tree from floor_skill order by domain, name");
	prepare("begin", "begin isolation level serializable");
	prepare("commit", "commit");
	prepare("take", "update floor_rev set rev = rev + 1 returning rev");
	prepare("notify", "select pg_notify('floor', 'x')");
	prepare("blobs", "insert into floor_blob select * from unnest($1::bytea[], $2::bytea[]) "
			 "on conflict do nothing");
	prepare("skills",
		"insert into floor_skill select * from unnest($1::text[], $2::text[], $3::bytea[]) "
		"on conflict (domain, name) do update set tree = excluded.tree");
}

int main(int argc, char **argv)
{
	char line[64];
	if (argc != 3 || sodium_init() < 0)
		return 2;
	git_libgit2_init();
	git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_TREE, (size_t)256 * 1024);
	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
	CHECK(git_repository_open_bare(&repo, argv[1]) == 0);
	CHECK(git_repository_odb(&odb, repo) == 0);
	pg = PQconnectdb(argv[2]);
	CHECK(PQstatus(pg) == CONNECTION_OK);
	prepare_all();
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = 0;
		answer(line);
	}
	PQfinish(pg);
	return 0;
}
