/* Uploads: the files that apply brings. */
#include "agent/gateway/gateway.h"
#include "agent/gateway/wish.h"
#include "base/map.h"
#include "store/inbox.h"

static int upload_file(struct gw_call *c, const struct upload_entry *e, struct upload_file *ret,
		       struct err *err)
{
	struct str rest = e->path, part, domain = STR_NULL;
	*ret = (struct upload_file){.path = e->path, .mode = TREE_MODE_FILE, .bytes = e->content};
	if (str_eqz(e->mode, "100755"))
		ret->mode = TREE_MODE_EXEC;
	else if (e->mode.len && !str_eqz(e->mode, "100644"))
		return err_set(err, ERR_INVALID, "%.*s: mode \"%.*s\" is neither 100644 nor 100755",
			       STR_ARG(e->path), STR_ARG(e->mode));
	if (e->content.len && e->content_base64.len)
		return err_set(err, ERR_INVALID, "%.*s: content and contentBase64 are both given",
			       STR_ARG(e->path));
	if (e->content_base64.len) {
		struct buf bytes = BUF_INIT(GW_UPLOAD_BYTES);
		if (!base64_decode(e->content_base64, &bytes)) {
			buf_release(&bytes);
			return err_set(err, ERR_INVALID, "%.*s: contentBase64 is not base64",
				       STR_ARG(e->path));
		}
		ret->bytes = arena_str(c->arena, buf_str(&bytes));
		buf_release(&bytes);
	}
	if (str_split(&rest, '/', &part) && str_eqz(part, "skills"))
		(void)!str_split(&rest, '/', &domain);
	if (domain.len == 0) {
		err_set(err, ERR_INVALID, "%.*s is not below skills/DOMAIN/", STR_ARG(e->path));
		err_remedy(err, "platform policy and FIRM.md come from the platform's source, not "
				"from apply");
		return ERR_INVALID;
	}
	return gw_call_covers(c, domain, err);
}

/*
 * What resourceVersion is of: the skill when all files are of one, else the domain when they are of one. skills/D/S/FILE is of a skill, skills/D/FILE
 * and skills/D/runbooks/FILE of the domain.
 */
static int object_of(const struct upload_file *files, size_t count, struct wish_about *ret,
		     struct err *err)
{
	*ret = (struct wish_about){0};
	for (size_t i = 0; i < count; i++) {
		struct str rest = files[i].path, domain, skill = STR_NULL;
		(void)(str_split(&rest, '/', &domain) && str_split(&rest, '/', &domain));
		if (str_find_byte(rest, '/', 0) >= 0)
			(void)!str_split(&rest, '/', &skill);
		if (str_eqz(skill, "runbooks"))
			skill = STR_NULL;
		if (i == 0)
			*ret = (struct wish_about){"Skill", domain, skill};
		if (!str_eq(ret->domain, domain)) {
			err_set(err, ERR_INVALID,
				"resourceVersion is of one object, and the files are of several "
				"domains: %.*s, %.*s",
				STR_ARG(ret->domain), STR_ARG(domain));
			return err_remedy(err, "upload one domain or one skill at a time, or "
					       "leave it out");
		}
		if (!str_eq(ret->name, skill))
			ret->name = STR_NULL;
	}
	if (ret->name.len == 0)
		*ret = (struct wish_about){"Domain", STR_NULL, ret->domain};
	return 0;
}

int gw_upload_create(struct gw_call *c, struct err *err)
{
	struct wish_body b = {0};
	int rc = gw_call_body(c, gw_upload_fields, &b, err);
	if (rc < 0)
		return rc;
	if (b.files.count == 0)
		return err_set(err, ERR_INVALID, "files is empty: there is nothing to apply");
	if ((rc = gw_wish_query(c, &b, err)) < 0)
		return rc;
	if ((c->who.role & GW_CI_BOT) && !b.dry_run)
		return err_set(err, ERR_DENIED,
			       "a ci-bot may only try an upload: add dryRun: true");
	struct upload_file *files = arena_array(c->arena, b.files.count, sizeof(*files));
	const struct upload_entry *entries = b.files.items;
	struct map seen = MAP_INIT;
	for (size_t i = 0; rc == 0 && i < b.files.count; i++) {
		rc = upload_file(c, &entries[i], &files[i], err);
		if (rc == 0 && map_set(&seen, files[i].path, &files[i]))
			rc = err_set(err, ERR_INVALID, "%.*s is among the files twice",
				     STR_ARG(files[i].path));
	}
	map_release(&seen);
	if (rc < 0)
		return rc;
	struct wish w = {.kind = STR("apply"),
			 .source = b.apply_set.len ? b.apply_set : STR("apply")};
	struct wish_about about = {0};
	if (b.version.len && (rc = object_of(files, b.files.count, &about, err)) < 0)
		return rc;
	return gw_wish_record(c, &w, &b, &about, files, b.files.count, err);
}
