/*
 * The sync role in the test's own process, on the test's database and a repository of its own: each run is one `asporad --once` of it, that is
 * one after a restart.
 *
 *	sync_begin();
 *	sync_skill("ecm", "order", 1);
 *	sync_push("first");
 *	sync_run();
 *	const struct wish *w = sync_wish("rollback", "ecm", "{\"skill\":\"order\"}");
 */
#ifndef TESTS_UNIT_AGENT_HELP_SYNC_H
#define TESTS_UNIT_AGENT_HELP_SYNC_H

#include "store/inbox.h"
#include "tests/unit/support_pg.h"

/* A new repository with a platform configuration, not yet committed; asporad.conf names it as the source main. */
void sync_begin(void);
/* Writes a file of the repository, or with text NULL removes it or a folder. */
void sync_file(const char *path, const char *text);
/* SKILL.md, a handler and cases of one edition. */
void sync_skill(const char *domain, const char *skill, int edition);
/* Commits all; returns the id. Static storage. */
const char *sync_push(const char *message);
void sync_git(const char *words); /* "reset -q --hard HEAD~1" */
/* Moves the repository away, or back. */
void sync_repository(bool there);
/* Until nothing is left to do; asserts. */
void sync_run(void);
/* Asks as key:ana, runs, returns the wish with its outcome. Static storage. */
const struct wish *sync_wish(const char *kind, const char *domain, const char *body);
const struct wish *sync_wish_dry(const char *kind, const char *domain, const char *body);
/* Uploads one skill of an edition as apply set "lab". */
const struct wish *sync_apply(const char *domain, const char *skill, int edition, const char *body);

/* Any upload, as apply set "lab". */
const struct wish *sync_upload(const struct upload_file *files, size_t count, const char *body,
			       bool dry_run);
/* Asks for a look at the source main. */
const struct wish *sync_look(const char *body);

/* The wish is done, and its summary has this part. */
void sync_done(const struct wish *w, const char *part);
/* It failed with this code of err.def, and its problem has both parts (either may be ""). */
void sync_failed(const struct wish *w, const char *code, const char *part, const char *remedy);
/* "3" for the edition that is deployed, "" for none. Static storage. */
const char *sync_edition(const char *domain, const char *skill);
/* Of a condition of the source main: "True ReconciliationSucceeded". */
const char *sync_condition(const char *type);
/* A new repository with ecm/order and ecm/ticket at edition 1, then order at each up to n, a release each. */
void sync_editions(int n);
/* How many contents are in quarantine, of those where this is so (SQL). */
long long sync_held(const char *where);
/* The nth content of a skill of ecm, in hex. Static storage. */
const char *sync_content(const char *skill, int nth);

#endif
