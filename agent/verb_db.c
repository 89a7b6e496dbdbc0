/* asporad db: what a DBA must run, and the schema brought up to date. */
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#include "agent/verb.h"
#include "base/opt.h"
#include "store/migrate.h"

static int bootstrap_sql(const char *owner, const char *database)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	store_bootstrap_sql(&out, owner, database);
	fwrite(buf_cstr(&out), 1, out.len, stdout);
	return 0;
}

static int migrate(const struct verb_opts *o, struct err *err)
{
	struct verb_store v;
	int rc = verb_store_open(o, &v, err);
	if (rc < 0)
		return rc;
	printf("the schema is at version %d\n", store_schema_version());
	verb_store_close(&v);
	return 0;
}

int verb_db(const struct verb_opts *o, int argc, char **argv, struct err *err)
{
	const char *owner = "aspora", *database = "aspora";
	bool help = false;
	const struct opt opts[] = {
		{"owner", 0, OPT_STRING, &owner, "NAME",
		 "Role that owns the schema; aspora when left out."},
		{"dbname", 0, OPT_STRING, &database, "NAME", "Database; aspora when left out."},
		{"help", 'h', OPT_FLAG, &help, NULL, "Print this and end."},
		OPT_END};
	int operands = 0, rc = opt_parse(argc, argv, opts, &operands, err);
	if (rc < 0)
		return rc;
	if (help || operands == 0) {
		CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
		buf_addz(&out, "Usage: asporad db bootstrap-sql [--owner NAME] [--dbname NAME]\n   "
			       "    asporad db migrate\n\nOptions:\n");
		opt_help(&out, opts);
		fwrite(buf_cstr(&out), 1, out.len, stdout);
		return help ? 0
			    : err_set(err, ERR_USAGE,
				      "db needs to know what: bootstrap-sql or migrate");
	}
	if (strcmp(argv[1], "bootstrap-sql") == 0)
		return bootstrap_sql(owner, database);
	if (strcmp(argv[1], "migrate") == 0)
		return migrate(o, err);
	return err_set(err, ERR_USAGE,
		       "asporad db does not know \"%s\"; it knows bootstrap-sql and migrate",
		       argv[1]);
}
