/*
 * Results that CI bots post: for exactly one content of a skill, in numbers. The gateway records them; sync, which waits for those that policy
 * requires, is woken and judges again.
 */
#include "agent/gateway/gateway.h"
#include "base/id.h"
#include "skill/execution.h"
#include "store/inbox.h"

#define WORDS_MAX 256
#define LINK_MAX 2048
#define COUNT_MAX 10000000

struct check_body {
	struct str skill, name, tool, version, summary, link, digest;
	int64_t passed, failed, skipped, cost_microusd;
};

#define B(member) offsetof(struct check_body, member)
const struct field gw_check_fields[] = {
	{"skill", FIELD_STRING, B(skill), FIELD_REQUIRED | FIELD_NONEMPTY,
	 .help = "The skill it ran on, as domain/name."},
	{"name", FIELD_NAME, B(name), FIELD_REQUIRED, .help = "What tests.required calls it."},
	{"tool", FIELD_STRING, B(tool), .help = "The program that ran."},
	{"version", FIELD_STRING, B(version), .help = "Its version."},
	{"passed", FIELD_INT, B(passed), FIELD_REQUIRED, 0, COUNT_MAX,
	 .help = "How many tests passed."},
	{"failed", FIELD_INT, B(failed), 0, 0, COUNT_MAX, .dflt = "0",
	 .help = "How many failed, or ended in an error."},
	{"skipped", FIELD_INT, B(skipped), 0, 0, COUNT_MAX, .dflt = "0",
	 .help = "How many did not run; they count as not passed."},
	{"costUsd", FIELD_MONEY, B(cost_microusd), 0, 0, (int64_t)1000000 * 1000000, .dflt = "0",
	 .help = "What the run cost, in US dollars."},
	{"summary", FIELD_STRING, B(summary), .help = "One line about it, for people."},
	{"link", FIELD_STRING, B(link), .help = "Where its report is: an http or https address."},
	{"digest", FIELD_STRING, B(digest),
	 .help = "The content digest that it ran on, once more; it has to be that of the path."},
	FIELD_END};
#undef B

/* One line, short, nothing that steers a terminal. */
static int check_words(const char *what, struct str s, size_t most, struct err *err)
{
	if (s.len > most)
		return err_set(err, ERR_TOO_LARGE, "%s has more than %zu bytes", what, most);
	for (size_t i = 0; i < s.len;) {
		uint32_t r = str_next_rune(s, &i);
		if (r < ' ' || r == 0xFFFD || rune_is_deceptive(r))
			return err_set(err, ERR_INVALID, "%s is not one line of text", what);
	}
	return 0;
}

static int check_link(struct str link, struct err *err)
{
	if (!link.len || str_starts(link, STR("https://")) || str_starts(link, STR("http://")))
		return check_words("link", link, LINK_MAX, err);
	err_set(err, ERR_INVALID, "link is no web address");
	return err_remedy(err, "write one that begins with https://");
}

static int check_body(const struct check_body *b, struct err *err)
{
	int rc = check_words("tool", b->tool, WORDS_MAX, err);
	if (rc == 0)
		rc = check_words("version", b->version, WORDS_MAX, err);
	if (rc == 0)
		rc = check_words("summary", b->summary, WORDS_MAX, err);
	if (rc == 0)
		rc = check_link(b->link, err);
	if (rc == 0 && b->passed + b->failed + b->skipped == 0) {
		rc = err_set(err, ERR_INVALID, "a check that ran nothing says nothing");
		err_remedy(err, "give passed, failed and skipped as the tool counted them");
	}
	return rc;
}

static int check_digest(struct gw_call *c, const struct check_body *b, struct digest *ret,
			struct err *err)
{
	if (!digest_parse(c->params[0], ret)) {
		err_set(err, ERR_INVALID, "the path names no content digest");
		return err_remedy(err, "it is 64 lower-case hexadecimal digits, as `aspora list -o "
				       "json` has them");
	}
	if (b->digest.len && !str_eq(b->digest, c->params[0]))
		return err_set(err, ERR_INVALID, "digest is not the one of the path");
	return 0;
}

static void check_json(struct json *j, const struct posted_check *p)
{
	char hex[DIGEST_HEX + 1];
	CLEANUP(buf_release) struct buf name = BUF_INIT(512), cost = BUF_INIT(64);
	buf_addf(&name, "%.*s/%.*s", STR_ARG(p->domain), STR_ARG(p->skill));
	buf_addf(&cost, "%lld.%06lld", (long long)(p->cost_microusd / 1000000),
		 (long long)(p->cost_microusd % 1000000));
	gw_object_begin(j, "Check");
	json_str(j, "skill", buf_str(&name));
	json_strz(j, "digest", digest_hex(&p->content, hex));
	json_str(j, "name", p->name);
	json_str(j, "tool", p->tool);
	json_str(j, "version", p->version);
	json_int(j, "passed", p->passed_count);
	json_int(j, "failed", p->failed_count);
	json_int(j, "skipped", p->skipped_count);
	json_raw(j, "costUsd", buf_str(&cost));
	json_str(j, "summary", p->summary);
	json_str(j, "link", p->url);
	json_str(j, "postedBy", p->by);
	json_end(j);
}

int gw_check_post(struct gw_call *c, struct err *err)
{
	struct check_body b = {0};
	struct posted_check p = {0};
	struct json j;
	int rc = gw_call_body(c, gw_check_fields, &b, err);
	if (rc == 0)
		rc = check_body(&b, err);
	if (rc == 0)
		rc = check_digest(c, &b, &p.content, err);
	if (rc == 0)
		rc = name_split(b.skill, &p.domain, &p.skill, err);
	if (rc == 0)
		rc = gw_call_covers(c, p.domain, err);
	if (rc < 0)
		return rc;
	p.name = b.name;
	p.tool = b.tool;
	p.version = b.version;
	p.summary = b.summary;
	p.url = b.link;
	p.by = str_of(c->who.actor);
	p.passed_count = b.passed;
	p.failed_count = b.failed;
	p.skipped_count = b.skipped;
	p.cost_microusd = b.cost_microusd;
	p.passed = b.failed + b.skipped == 0;
	rc = gw_store_as(c->g, c->who.domains, err);
	if (rc == 0)
		rc = store_check_post(c->g->store, &p, err);
	if (rc < 0)
		return rc;
	gw_call_json(c, 201, &j);
	check_json(&j, &p);
	buf_add_char(&c->reply->body, '\n');
	return 0;
}

int gw_check_list(struct gw_call *c, struct err *err)
{
	struct digest content;
	struct posted_check *list = NULL;
	size_t count = 0;
	struct json j;
	struct check_body none = {0};
	int rc = check_digest(c, &none, &content, err);
	if (rc == 0)
		rc = gw_store_as(c->g, c->who.domains, err);
	if (rc == 0)
		rc = store_check_list(c->g->store, c->arena, STR_NULL, STR_NULL, &content, &list,
				      &count, err);
	if (rc < 0)
		return rc;
	gw_call_json(c, 200, &j);
	gw_object_begin(&j, "CheckList");
	json_array_in(&j, "items");
	for (size_t i = 0; i < count; i++)
		if (gw_covers(&c->who, list[i].domain))
			check_json(&j, &list[i]);
	json_end(&j);
	json_end(&j);
	buf_add_char(&c->reply->body, '\n');
	return 0;
}
