/* What was refused, in the words that conditions and events carry: which domains, why in one line, and what to do. */
#include "agent/sync_refuse.h"
#include "base/doc.h"
#include "skill/text.h"

static void key_json(struct json *j, const struct verdict_key *key, struct str author)
{
	char hex[DIGEST_HEX + 1];
	json_object(j);
	json_str(j, "domain", key->domain);
	json_strz(j, "candidate", digest_hex(&key->candidate, hex));
	json_strz(j, "policy", digest_hex(&key->policy, hex));
	json_strz(j, "surface", digest_hex(&key->surface, hex));
	json_str(j, "author", author);
	json_end(j);
}

void refused_json(struct buf *out, const struct admission *admission, struct str author)
{
	struct json j;
	json_init(&j, out);
	json_array(&j);
	for (size_t i = 0; i < admission->domain_count; i++)
		if (!admission->domains[i].verdict.allow)
			key_json(&j, &admission->domains[i].verdict.key, author);
	json_end(&j);
}

size_t refused_names(struct buf *out, struct str refused)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(BUF_MAX);
	const struct doc_node *list = NULL;
	if (doc_parse_json(a, refused, &doc_limits_json, "refused", &list, NULL) < 0 || !list ||
	    list->type != DOC_LIST)
		return 0;
	for (size_t i = 0; i < list->list.count; i++)
		buf_addf(out, "%s%.*s", i ? ", " : "",
			 STR_ARG(doc_text(list->list.items[i], "domain")));
	return list->list.count;
}

/* A command for each domain; returns how many. */
static size_t add_commands(struct buf *out, const char *command, struct str refused)
{
	CLEANUP(buf_release) struct buf names = BUF_INIT(BUF_MAX);
	size_t count = refused_names(&names, refused);
	struct str rest = buf_str(&names), one;
	for (size_t i = 0; count && str_split(&rest, ',', &one); i++)
		buf_addf(out, "%s%s %.*s", i ? ", " : "", command, STR_ARG(str_trim(one)));
	return count;
}

void refused_approve(struct buf *out, struct str refused)
{
	buf_addz(out, "somebody with role approver, who did not write it, has to look at it: ");
	if (!add_commands(out, "aspora approve", refused))
		buf_addz(out, "aspora approve DOMAIN");
}

void refused_remedy(struct buf *out, struct str refused)
{
	size_t count = add_commands(out, "aspora describe domain", refused);
	if (!count)
		buf_addz(out, "aspora get admissions --state deny lists what was refused");
	if (count)
		buf_addz(out, count == 1 ? " shows each finding" : " show each finding");
	buf_addz(out, "; correct it and push again");
}

static void add_escaped(struct buf *out, struct str s)
{
	text_escape(out, str_trim(s), 0);
}

void denial_text(struct buf *out, const struct findings *f)
{
	size_t denied = findings_count(f, SEVERITY_DENY);
	const struct finding *first = NULL;
	for (size_t i = 0; i < f->count && !first; i++)
		if (f->items[i].severity == SEVERITY_DENY)
			first = &f->items[i];
	buf_addf(out, "%zu finding%s", denied, denied == 1 ? "" : "s");
	if (!first)
		return;
	buf_addz(out, "; ");
	if (first->path.len) {
		add_escaped(out, first->path);
		if (first->line)
			buf_addf(out, ":%u:%u", first->line, first->column);
		buf_addz(out, ": ");
	}
	buf_addf(out, "%s: ", first->rule);
	add_escaped(out, first->message);
	if (first->remedy.len) {
		buf_addz(out, " (");
		add_escaped(out, first->remedy);
		buf_add_char(out, ')');
	}
}
