/* The bodies of wishes: what may stand in them, and how sync reads it. */
#include "agent/gateway/gateway.h"
#include "agent/gateway/wish.h"

#define E(member) offsetof(struct upload_entry, member)
static const struct field file_fields[] = {
	{"path", FIELD_STRING, E(path), FIELD_REQUIRED | FIELD_NONEMPTY,
	 .help = "Path in the repository."},
	{"mode", FIELD_STRING, E(mode),
	 .help = "\"100755\" for a program; \"100644\" when left out."},
	{"content", FIELD_STRING, E(content), .help = "The bytes, as text."},
	{"contentBase64", FIELD_STRING, E(content_base64), .help = "The bytes, in base64."},
	FIELD_END};
#undef E

#define B(member) offsetof(struct wish_body, member)
#define DOMAIN_ROW                                                                                 \
	{                                                                                          \
		"domain", FIELD_NAME, B(domain), FIELD_REQUIRED, .help = "The domain it is about." \
	}
#define REASON_ROW                                                                                 \
	{                                                                                          \
		"reason", FIELD_STRING, B(reason), .help = "Why, for whoever reads the history."   \
	}
#define DRY_RUN_ROW                                                                                \
	{                                                                                          \
		"dryRun", FIELD_BOOL, B(dry_run),                                                  \
			.help = "Says what would happen, and changes nothing."                     \
	}
#define VERSION_ROW                                                                                \
	{                                                                                          \
		"resourceVersion", FIELD_STRING, B(version),                                       \
			.help = "Only while the object has it; as an If-Match of the request."     \
	}
#define TTL_ROW                                                                                    \
	{                                                                                          \
		"ttl", FIELD_DURATION, B(ttl_ms), .help = "How long it holds."                     \
	}

#define COMMON_ROWS DRY_RUN_ROW, REASON_ROW, VERSION_ROW, FIELD_END

const struct field gw_upload_fields[] = {
	{"files", FIELD_LIST, B(files), FIELD_REQUIRED, .sub = file_fields,
	 .sub_size = sizeof(struct upload_entry),
	 .help = "The files, with paths as in a repository."},
	{"folders", FIELD_STRINGS, B(folders),
	 .help = "Folders of domains, skills/DOMAIN, of which the files are all there is beside "
		 "the "
		 "skills: what is deployed of them and is not among the files goes."},
	{"applySet", FIELD_NAME, B(apply_set),
	 .help = "Whose files these are; \"apply\" when left out."},
	{"prune", FIELD_BOOL, B(prune),
	 .help = "Skills of this apply set that are not among the files are deleted."},
	{"override", FIELD_BOOL, B(override),
	 .help = "Lies over a domain that belongs to another source, for ttl."},
	TTL_ROW,
	COMMON_ROWS};
const struct field gw_rollback_fields[] = {
	DOMAIN_ROW,
	{"skill", FIELD_NAME, B(skill), .help = "One skill; the whole domain when left out."},
	{"to", FIELD_STRING, B(to),
	 .help = "A release number or resourceVersion; the one before when left out."},
	{"force", FIELD_BOOL, B(force), .help = "Although today's policy refuses it; audited."},
	COMMON_ROWS};
const struct field gw_quarantine_fields[] = {
	DOMAIN_ROW,
	{"skill", FIELD_NAME, B(skill), FIELD_REQUIRED, .help = "The skill."},
	{"content", FIELD_STRING, B(content), FIELD_REQUIRED, .help = "Digest of the version."},
	COMMON_ROWS};
const struct field gw_clear_fields[] = {
	DOMAIN_ROW,
	{"skill", FIELD_NAME, B(skill), FIELD_REQUIRED, .help = "The skill."},
	{"content", FIELD_STRING, B(content),
	 .help = "Digest of the version; all of the skill's without it."},
	COMMON_ROWS};
#define NAMED_ROWS                                                                                 \
	{"kind", FIELD_STRING, B(kind), FIELD_REQUIRED,                                            \
	 .help = "Source, Domain or Skill; Rollout: of a skill."},                                 \
		{"domain", FIELD_STRING, B(domain), .help = "Of a skill."},                        \
	{                                                                                          \
		"name", FIELD_STRING, B(name), FIELD_REQUIRED | FIELD_NONEMPTY,                    \
			.help = "Its name."                                                        \
	}

const struct field gw_suspension_fields[] = {NAMED_ROWS, TTL_ROW, COMMON_ROWS};
const struct field gw_resumption_fields[] = {NAMED_ROWS, COMMON_ROWS};
const struct field gw_adoption_fields[] = {
	DOMAIN_ROW,
	{"to", FIELD_NAME, B(to), FIELD_REQUIRED, .help = "The source that owns it from now on."},
	COMMON_ROWS};
const struct field gw_sync_fields[] = {
	{"confirm", FIELD_STRINGS, B(confirm),
	 .help = "Domains whose deletion is meant, \"*\" for any; \"growth:DOMAIN\" approves what "
		 "gives "
		 "skills more, \"freeze:DOMAIN\" lets a change pass during a freeze."},
	REASON_ROW,
	VERSION_ROW,
	FIELD_END};
const struct field gw_approval_fields[] = {
	DOMAIN_ROW,
	{"for", FIELD_STRING, B(kind), .dflt = "review",
	 .help = "review when left out; growth: what gives skills more; deletion; freeze: in spite "
		 "of one."},
	{"revision", FIELD_STRING, B(to),
	 .help = "Only while what waits is of this commit; at least 7 digits."},
	TTL_ROW,
	DRY_RUN_ROW,
	REASON_ROW,
	FIELD_END};
const struct field gw_cancel_fields[] = {VERSION_ROW, FIELD_END};
const struct field gw_overlay_end_fields[] = {DOMAIN_ROW, COMMON_ROWS};
#undef B

static void add_list(struct json *j, const char *key, const struct field_strings *list)
{
	if (!list->count)
		return;
	json_array_in(j, key);
	for (size_t i = 0; i < list->count; i++)
		json_add_str(j, list->items[i]);
	json_end(j);
}

struct str gw_wish_text(struct gw_call *c, const struct wish_body *b, const struct wish_about *o)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	struct json j;
	json_init(&j, &out);
	json_object(&j);
	json_str(&j, "reason", b->reason);
	if (b->skill.len)
		json_str(&j, "skill", b->skill);
	if (b->to.len)
		json_str(&j, "to", b->to);
	if (b->content.len)
		json_str(&j, "content", b->content);
	if (b->kind.len)
		json_str(&j, "kind", b->kind);
	if (b->name.len)
		json_str(&j, "name", b->name);
	if (b->ttl_ms)
		json_int(&j, "ttl_ms", b->ttl_ms);
	add_list(&j, "confirm", &b->confirm);
	add_list(&j, "folders", &b->folders);
	json_bool(&j, "prune", b->prune);
	json_bool(&j, "override", b->override);
	json_bool(&j, "force", b->force);
	if (b->version.len && o->kind) {
		json_object_in(&j, "expect");
		json_strz(&j, "kind", o->kind);
		json_str(&j, "domain", o->domain);
		json_str(&j, "name", o->name);
		json_str(&j, "version", b->version);
		json_end(&j);
	}
	json_end(&j);
	return arena_str(c->arena, buf_str(&out));
}

/* --- what the request says beside its body ----------------------------------------------------------------------------- */

/* If-Match: "i1.47"; "*" asks for nothing, since what is not there is refused anyway. */
static int match_of(struct gw_call *c, struct str *ret, struct err *err)
{
	struct str tag = str_trim(gw_field(c->q, "if-match"));
	*ret = STR_NULL;
	if (tag.len == 0 || str_eqz(tag, "*"))
		return 0;
	if (tag.len < 3 || tag.p[0] != '"' || tag.p[tag.len - 1] != '"' ||
	    str_find_byte(str_sub(tag, 1, tag.len - 1), '"', 0) >= 0) {
		err_set(err, ERR_USAGE, "If-Match: %.*s is no resourceVersion between quotes",
			STR_ARG(tag));
		return err_remedy(err,
				  "write for example If-Match: \"i1.47\"; one, and no weak one");
	}
	*ret = str_sub(tag, 1, tag.len - 1);
	return 0;
}

static int merge_version(struct str *version, struct str other, struct err *err)
{
	if (other.len == 0)
		return 0;
	if (version->len && !str_eq(*version, other))
		return err_set(err, ERR_USAGE, "the request names two versions: %.*s and %.*s",
			       STR_ARG(*version), STR_ARG(other));
	*version = other;
	return 0;
}

int gw_wish_query(struct gw_call *c, struct wish_body *b, struct err *err)
{
	struct str match, dry = gw_call_query(c, "dryRun"), reason = gw_call_query(c, "reason");
	struct store_rv rv;
	int rc = match_of(c, &match, err);
	if (rc == 0)
		rc = merge_version(&b->version, match, err);
	if (rc == 0)
		rc = merge_version(&b->version, gw_call_query(c, "resourceVersion"), err);
	if (rc == 0 && b->version.len && store_rv_parse(b->version, &rv, NULL) < 0)
		rc = err_set(err, ERR_USAGE, "\"%.*s\" is no resourceVersion",
			     (int)MIN(b->version.len, 100), b->version.p);
	if (rc == 0 && dry.len && !str_eqz(dry, "All")) {
		err_set(err, ERR_USAGE, "dryRun=%.*s is not known", STR_ARG(dry));
		rc = err_remedy(err, "write dryRun=All, or leave it out");
	}
	if (rc < 0)
		return rc;
	b->dry_run = b->dry_run || dry.len;
	if (reason.len)
		b->reason = reason;
	return 0;
}
