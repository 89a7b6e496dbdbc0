/* asporad key: API keys, made, listed and revoked beside a running gateway. The key itself is printed once, alone on stdout. */
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#include "agent/verb.h"
#include "base/opt.h"
#include "store/key.h"
#include "store/txn.h"

struct key_choice {
	const char *name, *role, *domains;
	int64_t days;
	bool help;
};

/* Who does it, for the audit: the person at the terminal. */
static void actor_name(char *out, size_t size)
{
	char space[4096];
	struct passwd entry, *found = NULL;
	if (getpwuid_r(getuid(), &entry, space, sizeof(space), &found) == 0 && found)
		snprintf(out, size, "user:%s", found->pw_name);
	else
		snprintf(out, size, "user:%u", (unsigned)getuid());
}

static int create_key(struct store *s, const struct key_choice *c, const char *actor,
		      struct err *err)
{
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	CLEANUP(secret_release) struct secret key = SECRET_INIT;
	char id[KEY_ID + 1];
	const struct key_new k = {str_of(c->name), str_of(c->role), str_of(c->domains), c->days};
	if (!c->name) {
		err_set(err, ERR_USAGE, "a key needs a name");
		return err_remedy(err, "write for example: asporad key create ci --role ci-bot");
	}
	int rc = store_txn_begin(s, STORE_CONDITIONAL, actor, NULL, &t, err);
	if (rc == 0)
		rc = store_key_create(t, &k, &key, id, err);
	if (rc == 0)
		rc = store_txn_commit(t, NULL, err);
	if (rc < 0)
		return rc;
	/* The one place where a key is shown: its owner asked for it, and it is not to be had again. */
	printf("%.*s\n", STR_ARG(secret_lend(&key)));
	if (isatty(STDERR_FILENO))
		fprintf(stderr,
			"%s is kept as a digest only; this is the only time that it is shown\n",
			id);
	return 0;
}

static int list_keys(struct store *s, struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 * 1024 * 1024);
	struct key *keys = NULL;
	size_t count = 0;
	char until[32], used[32];
	int rc = store_key_list(s, a, &keys, &count, err);
	if (rc < 0)
		return rc;
	printf("%-16s %-20s %-10s %-16s %-25s %s\n", "ID", "NAME", "ROLE", "DOMAINS", "EXPIRES",
	       "LAST USED");
	for (size_t i = 0; i < count; i++)
		printf("%-16.*s %-20.*s %-10.*s %-16.*s %-25s %s\n", STR_ARG(keys[i].id),
		       STR_ARG(keys[i].name), STR_ARG(keys[i].role), STR_ARG(keys[i].domains),
		       keys[i].revoked_ms ? "revoked" : clock_format(keys[i].expires_ms, until),
		       keys[i].last_used_ms ? clock_format(keys[i].last_used_ms, used) : "never");
	return 0;
}

static int revoke_key(struct store *s, const char *name, const char *actor, struct err *err)
{
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	int rc = store_txn_begin(s, STORE_CONDITIONAL, actor, NULL, &t, err);
	if (rc == 0)
		rc = store_key_revoke(t, str_of(name), err);
	if (rc == 0)
		rc = store_txn_commit(t, NULL, err);
	if (rc == 0)
		printf("%s is revoked\n", name);
	return rc;
}

static int dispatch(struct store *s, const struct key_choice *c, int operands, char **argv,
		    struct err *err)
{
	char actor[96];
	actor_name(actor, sizeof(actor));
	if (strcmp(argv[1], "create") == 0 && operands <= 2) {
		struct key_choice named = *c;
		if (operands == 2)
			named.name = argv[2];
		return create_key(s, &named, actor, err);
	}
	if (strcmp(argv[1], "list") == 0)
		return list_keys(s, err);
	if (strcmp(argv[1], "revoke") == 0 && operands == 2)
		return revoke_key(s, argv[2], actor, err);
	if (strcmp(argv[1], "revoke") == 0)
		return err_set(err, ERR_USAGE, "revoke needs the name or id of one key");
	return err_set(err, ERR_USAGE,
		       "asporad key does not know \"%s\"; it knows create, list and revoke",
		       argv[1]);
}

int verb_key(const struct verb_opts *o, int argc, char **argv, struct err *err)
{
	struct key_choice c = {.role = "viewer"};
	const struct opt opts[] = {
		{"name", 'n', OPT_STRING, &c.name, "NAME",
		 "The name, which may stand alone as well: what it is for."},
		{"role", 'r', OPT_STRING, &c.role, "ROLE",
		 "viewer, operator, approver, ci-bot or admin; viewer when left out."},
		{"domains", 'd', OPT_STRING, &c.domains, "LIST",
		 "Domains it may touch, separated by commas; all when left out."},
		{"days", 0, OPT_INT, &c.days, "N",
		 "How long it is good; 90 when left out, 365 at most."},
		{"help", 'h', OPT_FLAG, &c.help, NULL, "Print this and end."},
		OPT_END};
	int operands = 0, rc = opt_parse(argc, argv, opts, &operands, err);
	if (rc < 0)
		return rc;
	if (c.help || operands == 0) {
		CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
		buf_addz(&out,
			 "Usage: asporad key create NAME [--role ROLE] [--domains LIST] "
			 "[--days N]\n"
			 "       asporad key list\n       asporad key revoke NAME\n\nOptions:\n");
		opt_help(&out, opts);
		fwrite(buf_cstr(&out), 1, out.len, c.help ? stdout : stderr);
		return c.help ? 0
			      : err_set(err, ERR_USAGE,
					"key needs to know what: create, list or revoke");
	}
	struct verb_store v;
	if ((rc = verb_store_open(o, &v, err)) < 0)
		return rc;
	rc = dispatch(v.store, &c, operands, argv, err);
	verb_store_close(&v);
	return rc;
}
