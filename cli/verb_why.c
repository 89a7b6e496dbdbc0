/* aspora why: from the bytes that serve back to the commit, link by link, each looked at here. */
#include "base/clock.h"
#include "cli/output.h"
#include "cli/receipt.h"
#include "cli/resource.h"
#include "cli/signature.h"
#include "cli/verbs.h"
#include "cli/wish.h"
#include "skill/text.h"

#define VERSIONS_MAX "1000"

static const char *signer, *domain_option;

static const struct opt options[] = {
	{"domain", 'd', OPT_STRING, &domain_option, "DOMAIN", "The domain of the skill.", NULL},
	{"namespace", 'n', OPT_STRING, &domain_option, "DOMAIN",
	 "The same, for who is used to kubectl.", NULL},
	{"signer", 0, OPT_STRING, &signer, "KEY",
	 "The public key to trust: 64 hex digits, or a file with them such as keys/release.pub. "
	 "Without it, whoever signed the verdict.",
	 NULL},
	OPT_END,
};

enum link_state { LINK_HOLDS, LINK_UNKNOWN, LINK_BROKEN };
enum link_name { COMMIT, SIGNATURE, VERDICT, RELEASE, INSTANCE, BYTES, LINKS };

static const struct {
	const char *name, *mark, *color;
} states[] = {
	{"holds", "ok", "\033[32m"}, {"unknown", "??", "\033[33m"}, {"broken", "!!", "\033[31m"}};
static const char *const names[LINKS] = {"commit",  "signature", "verdict",
					 "release", "instance",	 "bytes"};

struct why {
	struct cli_gateway g;
	const char *domain, *skill;
	const struct doc_node *now; /* the skill */
	const struct doc_node *then; /* as it was released */
	const struct doc_node
		*origin; /* the same content as a commit had it, where a rollback brought it back */
	const struct doc_node *release;
	const struct doc_node *item; /* of the release, the domain's */
	const struct doc_node
		*signature; /* of that commit, as its release shows it; NULL: none is kept */
	struct str content; /* what serves */
	struct cli_receipts receipts;
	struct {
		enum link_state state;
		const char *says;
	} links[LINKS];
};

static void say(struct why *w, enum link_name link, enum link_state state, const char *fmt, ...)
	PRINTF(4, 5);
static void say(struct why *w, enum link_name link, enum link_state state, const char *fmt, ...)
{
	CLEANUP(buf_release) struct buf line = BUF_INIT(BUF_MAX);
	va_list ap;
	va_start(ap, fmt);
	buf_vaddf(&line, fmt, ap);
	va_end(ap);
	w->links[link].state = state;
	w->links[link].says = arena_strdup(w->g.c->arena, buf_cstr(&line));
}

static struct str cut(struct str s)
{
	return str_sub(s, 0, 12);
}

/* An answer that this key may not have is no broken link. */
static bool is_forbidden(int rc)
{
	return rc == ERR_DENIED || rc == ERR_NOT_FOUND;
}

/* --- which release brought what serves --------------------------------------------------------------------------------- */

static bool is_commit(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!strchr("0123456789abcdef", s.p[i]))
			return false;
	return s.len >= 40;
}

/* The release that made the skill what it is in `then`; NULL when it is not kept any more. */
static int get_release(struct why *w, const struct doc_node *then, const struct doc_node **ret,
		       struct err *err)
{
	struct cli *c = w->g.c;
	const struct doc_node *number = kind_path(then, "status.desired.release");
	if (!number || number->type != DOC_INT)
		return 0;
	const char *name = arena_printf(c->arena, "%lld", (long long)number->integer);
	return cli_get(&w->g, cli_path(c, "releases", name, NULL), ret, err);
}

static int get_releases(struct why *w, struct err *err)
{
	const struct doc_node *of_commit = NULL;
	int rc = get_release(w, w->then, &w->release, err);
	const struct doc_node *domains = rc < 0 ? NULL : kind_path(w->release, "status.items");
	for (size_t i = 0; domains && domains->type == DOC_LIST && i < domains->list.count; i++)
		if (str_eqz(doc_text(domains->list.items[i], "domain"), w->domain))
			w->item = domains->list.items[i];
	if (rc == 0 && w->origin == w->then)
		of_commit = w->release;
	else if (rc == 0 && w->origin)
		rc = get_release(w, w->origin, &of_commit, err);
	w->signature = of_commit ? kind_path(of_commit, "status.signature") : NULL;
	return rc;
}

/* The newest release with this content; and where that came over the API, the newest that had it from a commit. */
static int find_release(struct why *w, struct err *err)
{
	struct cli *c = w->g.c;
	const struct doc_node *answer = NULL;
	const char *path = cli_path(c, "domains", w->domain, "skills", w->skill, "history", NULL);
	int rc = cli_get(&w->g, cli_query(c, path, "limit", VERSIONS_MAX), &answer, err);
	const struct doc_node *items = rc < 0 ? NULL : doc_find(answer, "items");
	for (size_t i = 0; items && items->type == DOC_LIST && i < items->list.count; i++) {
		const struct doc_node *then = items->list.items[i];
		if (!str_eq(kind_text(then, "status.digest"), w->content))
			continue;
		if (!w->then)
			w->then = then;
		if (!w->origin && is_commit(kind_text(then, "metadata.source.revision")))
			w->origin = then;
	}
	return rc < 0 || !w->then ? rc : get_releases(w, err);
}

/* --- the links ------------------------------------------------------------------------------------------------------- */

static void link_signature(struct why *w)
{
	static const enum link_state of[] = {[CLI_SIGNED] = LINK_HOLDS,
					     [CLI_SIGNED_UNKNOWN] = LINK_UNKNOWN,
					     [CLI_SIGNED_WRONG] = LINK_BROKEN};
	CLEANUP(buf_release) struct buf words = BUF_INIT(BUF_MAX);
	enum cli_signed how = cli_signature_say(
		w->signature, kind_text(w->origin, "metadata.source.name"), &words);
	say(w, SIGNATURE, of[how], "%s", buf_cstr(&words));
}

static void link_commit(struct why *w)
{
	struct str revision = kind_text(w->origin, "metadata.source.revision"),
		   message = kind_text(w->release, "spec.message"),
		   by = kind_text(w->release, "status.by"),
		   kind = kind_text(w->release, "spec.kind"),
		   source = kind_text(w->then, "metadata.source.name");
	int64_t when = 0;
	char age[32] = "";
	if (!w->release) {
		say(w, COMMIT, LINK_UNKNOWN, "which release brought %.*s is not kept any more",
		    STR_ARG(cut(w->content)));
		say(w, SIGNATURE, LINK_UNKNOWN, "nor whose it was");
		return;
	}
	if (clock_parse(kind_text(w->release, "metadata.createdAt"), &when, NULL) == 0)
		kind_age(clock_wall(&clock_real) - when, age);
	if (!w->origin) {
		say(w, COMMIT, LINK_UNKNOWN, "no commit: %.*s by %.*s, %s ago", STR_ARG(kind),
		    STR_ARG(by), age);
		say(w, SIGNATURE, LINK_UNKNOWN,
		    "not signed: it came over the API, with the key of %.*s", STR_ARG(by));
		return;
	}
	if (w->origin != w->then)
		say(w, COMMIT, LINK_HOLDS, "%.*s of %.*s, brought back by %.*s (%.*s), %s ago",
		    STR_ARG(cut(revision)), STR_ARG(kind_text(w->origin, "metadata.source.name")),
		    STR_ARG(by), STR_ARG(kind), age);
	else
		say(w, COMMIT, LINK_HOLDS, "%.*s of %.*s by %.*s, %s ago%s%.*s%s",
		    STR_ARG(cut(revision)), STR_ARG(source), STR_ARG(by), age,
		    message.len ? ": \"" : "", STR_ARG(message), message.len ? "\"" : "");
	link_signature(w);
}

/* Who said yes, as the findings of the verdict have it: "…: key:ana, key:bob", "key:bob approved: …". */
static const char *approved_by(struct why *w, const struct doc_node *findings)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	for (size_t i = 0; findings && findings->type == DOC_LIST && i < findings->list.count;
	     i++) {
		const struct doc_node *f = findings->list.items[i];
		struct str rule = doc_text(f, "rule"), text = doc_text(f, "message");
		bool review = str_eqz(rule, "AD-REVIEW-001"),
		     growth = str_eqz(rule, "AD-GROWTH-001");
		ptrdiff_t at = str_find(text, review ? STR(": ") : STR(" approved: "), 0);
		if ((!review && !growth) || at < 0)
			continue;
		struct str who = review ? str_sub(text, (size_t)at + 2, text.len)
					: str_sub(text, 0, (size_t)at);
		buf_addf(&out, "%s%.*s%s", out.len ? ", " : ", approved by ", STR_ARG(who),
			 growth ? " (growth)" : "");
	}
	return arena_strdup(w->g.c->arena, buf_cstr(&out));
}

/* The verdict over the candidate that was released, and what its receipt says. */
static int link_verdict(struct why *w, struct err *err)
{
	struct cli *c = w->g.c;
	struct str candidate = kind_text(w->item, "candidate"),
		   policy = kind_text(w->item, "policy");
	const struct doc_node **list = NULL;
	size_t count = 0;
	if (!candidate.len) {
		say(w, VERDICT, LINK_UNKNOWN, "the release does not say over what it was");
		return 0;
	}
	const char *path = cli_query(c, cli_path(c, "admissions", NULL), "domain", w->domain);
	int rc = cli_get_list(&w->g, cli_query(c, path, "verdict", "allow"), &list, &count, NULL,
			      err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < count; i++) {
		const struct doc_node *findings = kind_path(list[i], "status.findings");
		struct err e = ERR_INIT;
		if (!str_eq(kind_text(list[i], "spec.candidate"), candidate) ||
		    !str_eq(kind_text(list[i], "spec.policy"), policy))
			continue;
		struct str text = kind_text(list[i], "status.receipt.text");
		rc = cli_receipts_check(&w->receipts, kind_path(list[i], "status.receipt"),
					"the verdict's receipt", &e);
		bool same = str_eq(cli_receipt_line(text, "candidate"), candidate) &&
			    str_eqz(cli_receipt_line(text, "verdict"), "allow");
		if (rc < 0)
			say(w, VERDICT, LINK_BROKEN, "%s", e.msg);
		else if (!same)
			say(w, VERDICT, LINK_BROKEN, "its receipt is about something else");
		else
			say(w, VERDICT, LINK_HOLDS, "allow %.*s, %zu findings%s, its receipt holds",
			    STR_ARG(kind_text(list[i], "metadata.name")),
			    findings && findings->type == DOC_LIST ? findings->list.count : 0,
			    approved_by(w, findings));
		return 0;
	}
	say(w, VERDICT, LINK_BROKEN, "nobody allowed %.*s of %s", STR_ARG(cut(candidate)),
	    w->domain);
	return 0;
}

static int link_release(struct why *w, struct err *err)
{
	struct cli *c = w->g.c;
	const struct doc_node *answer = NULL;
	struct str name = kind_text(w->release, "metadata.name");
	struct err e = ERR_INIT;
	int64_t number = 0;
	if (!w->release || !str_to_i64(name, &number)) {
		say(w, RELEASE, LINK_UNKNOWN, "not kept any more");
		return 0;
	}
	const char *after = arena_printf(c->arena, "%lld", (long long)number - 1);
	const char *path = cli_query(c, cli_path(c, "receipts", NULL), "after", after);
	int rc = cli_get(&w->g, cli_query(c, path, "limit", "1"), &answer, &e);
	if (is_forbidden(rc)) {
		say(w, RELEASE, LINK_UNKNOWN, "%.*s; its receipt needs a key for all domains",
		    STR_ARG(name));
		return 0;
	}
	if (rc < 0) {
		*err = e;
		return rc;
	}
	const struct doc_node *receipt = kind_path(answer, "items[0]");
	if (!receipt) {
		say(w, RELEASE, LINK_BROKEN, "%.*s has no receipt", STR_ARG(name));
		return 0;
	}
	/* One of a chain: what it names as the one before is `aspora verify`'s to hold against that. */
	w->receipts.release = 0;
	rc = number == 1 || cli_receipts_first(&w->receipts, receipt) ? 0 : ERR_TAMPERED;
	if (rc == 0)
		rc = cli_receipts_check(&w->receipts, receipt, "its receipt", &e);
	if (rc < 0)
		say(w, RELEASE, LINK_BROKEN, "%.*s: %s", STR_ARG(name), e.msg);
	else if (!cli_receipt_names(doc_text(receipt, "text"), w->domain,
				    kind_text(w->item, "candidate")))
		say(w, RELEASE, LINK_BROKEN, "%.*s: its receipt is about something else",
		    STR_ARG(name));
	else
		say(w, RELEASE, LINK_HOLDS, "%.*s, its receipt holds", STR_ARG(name));
	return 0;
}

static int link_instance(struct why *w, struct err *err)
{
	struct cli *c = w->g.c;
	const struct doc_node **list = NULL;
	size_t count = 0, ready = 0;
	const struct doc_node *one = NULL;
	const char *path = cli_query(c, cli_path(c, "instances", NULL), "domain", w->domain);
	int rc = cli_get_list(&w->g, cli_query(c, path, "skill", w->skill), &list, &count, NULL,
			      err);
	for (size_t i = 0; i < count && rc == 0; i++)
		if (str_eq(kind_text(list[i], "spec.content"), w->content) &&
		    str_eqz(kind_text(list[i], "status.phase"), "ready")) {
			one = list[i];
			ready++;
		}
	if (rc < 0)
		return rc;
	if (ready)
		say(w, INSTANCE, LINK_HOLDS, "%.*s, %.*s on %.*s%s",
		    STR_ARG(kind_text(one, "metadata.name")),
		    STR_ARG(kind_text(one, "spec.driver")), STR_ARG(kind_text(one, "status.node")),
		    ready > 1 ? arena_printf(c->arena, ", and %zu more", ready - 1) : "");
	else
		say(w, INSTANCE, LINK_BROKEN, "no sandbox of %.*s is ready",
		    STR_ARG(cut(w->content)));
	return 0;
}

/* The gateway hashes the files; the answer comes domain by domain, page by page. */
static int link_bytes(struct why *w, struct err *err)
{
	struct cli *c = w->g.c;
	const char *after = "", *mine = arena_printf(c->arena, "%s/%s", w->domain, w->skill);
	if (!str_eq(kind_text(w->now, "status.desired.content"), w->content)) {
		say(w, BYTES, LINK_UNKNOWN, "only what is wanted now is hashed, and that is %.*s",
		    STR_ARG(cut(kind_text(w->now, "status.desired.content"))));
		return 0;
	}
	do {
		const struct doc_node *page = NULL;
		struct err e = ERR_INIT;
		const char *path = cli_query(c, cli_path(c, "audit", "skills", NULL), "domain",
					     w->domain);
		int rc = cli_get(&w->g, cli_query(c, path, "after", after), &page, &e);
		if (is_forbidden(rc)) {
			say(w, BYTES, LINK_UNKNOWN,
			    "hashing them needs a key of role operator, approver or admin");
			return 0;
		}
		if (rc < 0) {
			*err = e;
			return rc;
		}
		const struct doc_node *problems = doc_find(page, "problems");
		for (size_t i = 0; problems && i < problems->list.count; i++)
			if (str_eqz(doc_text(problems->list.items[i], "skill"), mine)) {
				say(w, BYTES, LINK_BROKEN, "%.*s",
				    STR_ARG(doc_text(problems->list.items[i], "problem")));
				return 0;
			}
		struct str next = doc_text(page, "next");
		after = arena_strndup(c->arena, next.p, next.len);
	} while (*after);
	say(w, BYTES, LINK_HOLDS, "the files hash to %.*s, as they were admitted",
	    STR_ARG(cut(w->content)));
	return 0;
}

/* --- the page ---------------------------------------------------------------------------------------------------------- */

static int worst_of(const struct why *w)
{
	int worst = LINK_HOLDS;
	for (size_t i = 0; i < LINKS; i++)
		worst = MAX(worst, (int)w->links[i].state);
	return worst;
}

static void write_text(const struct why *w, struct buf *out)
{
	const struct cli *c = w->g.c;
	struct str wanted = kind_text(w->now, "status.desired.content");
	buf_addf(out, "skill %s/%s: %.*s serves", w->domain, w->skill, STR_ARG(cut(w->content)));
	if (!str_eq(wanted, w->content))
		buf_addf(out, ", %.*s is wanted", STR_ARG(cut(wanted)));
	buf_addz(out, "\n\n");
	for (size_t i = 0; i < LINKS; i++) {
		enum link_state s = w->links[i].state;
		buf_addf(out, "  %s%s%s %-10s ", c->color ? states[s].color : "", states[s].mark,
			 c->color ? "\033[0m" : "", names[i]);
		text_escape(out, str_of(w->links[i].says), 0);
		buf_add_char(out, '\n');
	}
}

static void write_json(const struct why *w, struct buf *out)
{
	struct json j;
	json_init(&j, out);
	json_object(&j);
	json_strz(&j, "apiVersion", API_VERSION);
	json_strz(&j, "kind", "Why");
	json_object_in(&j, "metadata");
	json_strz(&j, "domain", w->domain);
	json_strz(&j, "name", w->skill);
	json_end(&j);
	json_object_in(&j, "status");
	json_str(&j, "serving", w->content);
	json_str(&j, "wanted", kind_text(w->now, "status.desired.content"));
	json_str(&j, "revision", kind_text(w->then, "metadata.source.revision"));
	json_str(&j, "release", kind_text(w->release, "metadata.name"));
	json_bool(&j, "holds", worst_of(w) != LINK_BROKEN);
	cli_signature_json(w->signature, &j);
	json_array_in(&j, "links");
	for (size_t i = 0; i < LINKS; i++) {
		json_object(&j);
		json_strz(&j, "name", names[i]);
		json_strz(&j, "state", states[w->links[i].state].name);
		json_strz(&j, "message", w->links[i].says);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
	json_end(&j);
}

static int print(struct why *w, struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	struct cli *c = w->g.c;
	int rc;
	if (c->output && !cli_output_is_table(c)) {
		const struct doc_node *n = NULL;
		static const struct kind_column columns[] = {{"NAME", "metadata.name", false},
							     {NULL, NULL, false}};
		struct cli_view v = {.columns = columns, .word = "why"};
		write_json(w, &out);
		rc = doc_parse_json(c->arena, buf_str(&out), &doc_limits_json, "why", &n, err);
		if (rc == 0)
			rc = cli_print(c, &v, &n, 1, err);
	} else {
		write_text(w, &out);
		rc = cli_write(&out, err);
	}
	return rc < 0 || worst_of(w) != LINK_BROKEN ? rc : err_exit_status(ERR_TAMPERED);
}

static int explain(struct why *w, struct err *err)
{
	struct cli *c = w->g.c;
	int rc = cli_get(&w->g, cli_path(c, "domains", w->domain, "skills", w->skill, NULL),
			 &w->now, err);
	if (rc < 0)
		return rc;
	w->content = kind_text(w->now, "status.serving.content");
	if (!w->content.len) {
		err_set(err, ERR_CONFLICT, "nothing of skill %s/%s serves", w->domain, w->skill);
		return err_remedy(err, "`aspora describe skill %s/%s` says why", w->domain,
				  w->skill);
	}
	rc = find_release(w, err);
	if (rc < 0)
		return rc;
	link_commit(w);
	if ((rc = link_verdict(w, err)) < 0 || (rc = link_release(w, err)) < 0 ||
	    (rc = link_instance(w, err)) < 0 || (rc = link_bytes(w, err)) < 0)
		return rc;
	return print(w, err);
}

static int why(struct cli *c, struct err *err)
{
	struct why w = {0};
	int rc = cli_output_check(c, err);
	if (rc == 0 && signer)
		rc = cli_receipts_pin(&w.receipts, signer, err);
	if (rc == 0)
		rc = cli_gateway_open(c, &w.g, err);
	if (rc == 0 && domain_option)
		w.g.domain = str_of(domain_option);
	if (rc == 0)
		rc = cli_operand_ref(&w.g, 0, &w.domain, &w.skill, err);
	if (rc == 0)
		rc = explain(&w, err);
	cli_gateway_release(&w.g);
	return rc;
}

const struct cli_verb cli_verb_why = {
	.name = "why",
	.usage = "DOMAIN/SKILL",
	.help = "Say why a skill is what it is: commit, signature, verdict, release, instance, "
		"bytes.",
	.about = "    aspora why ecm/order-details\n\n"
		 "Each link is looked at: receipts are verified here, the gateway hashes the "
		 "files.\n"
		 "\"ok\" holds, \"??\" is not known, \"!!\" is broken, and then the exit status is "
		 "20.",
	.options = options,
	.uses = CLI_USES_GATEWAY | CLI_USES_OUTPUT,
	.completes = CLI_SKILLS,
	.least = 1,
	.most = 2,
	.run = why,
};
