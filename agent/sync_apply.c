/* A wish that is a pass: what was uploaded, a rollback, a deletion; judged as a commit is, and its report is the answer. */
#include "agent/sync_compose.h"
#include "agent/sync_wish.h"
#include "store/blob.h"

static int put_overlays(struct store_txn *t, struct pass *p, struct hand *h, struct err *err)
{
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < p->admission->domain_count; i++) {
		const struct admission_domain *ad = &p->admission->domains[i];
		struct str owner = sync_owner(h->s, ad->name);
		if (!ad->release || owner.len == 0 || str_eqz(owner, p->source.name))
			continue;
		const struct overlay o = {.domain = ad->name,
					  .source = str_of(p->source.name),
					  .inbox = str_of(h->w->id),
					  .by = h->w->requested_by,
					  .reason = wish_text(h, "reason"),
					  .expires_ms = clock_wall(h->s->ctx->clock) + h->ttl_ms};
		rc = store_overlay_put(t, &o, err);
	}
	return rc;
}

/* What the wish was refused for, when nothing at all came of it. */
static bool refusal(const struct pass *p, struct err *why)
{
	CLEANUP(buf_release) struct buf words = BUF_INIT(512);
	if (p->released_domains || (p->admission->allow && p->refused_count == 0))
		return false;
	pass_summary(p, &words);
	if (p->refused_count) {
		err_set(why, ERR_CONFLICT, "%s", buf_cstr(&words));
		err_remedy(why,
			   p->under_overlay
				   ? "wait for the overlay's end, or end it: aspora overlay "
				     "list, aspora overlay end DOMAIN"
				   : "change it where it comes from, or lay an overlay over it "
				     "for a while: --override --ttl 2h");
	} else {
		err_set(why, ERR_DENIED, "%s", buf_cstr(&words));
		err_remedy(why,
			   "the report names each finding with its line and what to write instead");
	}
	return true;
}

static int let_out(struct store_txn *t, const struct hand *h, struct err *err)
{
	int64_t cleared = 0;
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < h->freed_count; i++)
		rc = store_quarantine_clear(t, h->freed[i].domain, h->freed[i].skill,
					    &h->freed[i].content, &cleared, err);
	return rc;
}

static int also_wish(struct store_txn *t, struct pass *p, void *state, struct err *err)
{
	struct hand *h = state;
	CLEANUP(buf_release) struct buf report = BUF_INIT(BUF_MAX);
	struct err why = ERR_INIT;
	int rc = 0;
	bool writes = !p->dry_run || p->rehearsing;
	bool refused = writes && refusal(p, &why);
	/* A rollback that is refused moves nothing into quarantine or out of it: what serves goes on serving. */
	if (writes && !refused && h->freed_count)
		rc = let_out(t, h, err);
	if (rc == 0 && writes && !refused && h->quarantine_count)
		rc = store_quarantine_put(t, h->quarantine, h->quarantine_count, err);
	if (rc == 0 && writes && p->overlay)
		rc = put_overlays(t, p, h, err);
	if (rc < 0 || p->rehearsing)
		return rc;
	pass_report_json(p, &report);
	return wish_settle(t, h, buf_str(&report), refused ? &why : NULL, err);
}

int wish_pass(struct hand *h, struct pass *p, struct err *err)
{
	p->s = h->s;
	p->actor = h->actor;
	snprintf(p->source.revision, sizeof(p->source.revision), "%s", h->w->id);
	p->dry_run = h->w->dry_run;
	p->freed = h->freed;
	p->freed_count = h->freed_count;
	p->before = wish_before;
	p->also = also_wish;
	p->state = h;
	int rc = pass_run(p, err);
	if (rc == 0 && p->release_id)
		sync_sources_rejudge(h->s, p->source.name);
	if (rc == 0 && !p->dry_run && (p->overlay || h->quarantine_count || h->freed_count))
		sync_forget(h->s);
	pass_release(p);
	return rc;
}

struct upload {
	struct arena *a;
	struct tree_file *files;
	size_t count;
};

static int take_file(void *state, const struct manifest_file *f, struct str bytes, struct err *err)
{
	struct upload *u = state;
	(void)err;
	u->files[u->count++] = (struct tree_file){f->path, f->mode, arena_str(u->a, bytes)};
	return 0;
}

static int load_upload(struct hand *h, struct upload *u, struct err *err)
{
	struct manifest m;
	int rc = store_wish_files(h->s->ctx->store, h->a, str_of(h->w->id), &m, err);
	if (rc < 0)
		return rc;
	*u = (struct upload){.a = h->a, .files = arena_array(h->a, m.count + 1, sizeof(*u->files))};
	rc = m.count ? store_blob_each(h->s->ctx->store, &m, take_file, u, err) : 0;
	if (rc == 0 && u->count == 0)
		rc = err_set(err, ERR_INVALID, "the upload has no files");
	return rc;
}

int wish_apply(struct hand *h, struct err *err)
{
	CLEANUP(tree_source_freep) struct tree_source *tree = NULL;
	struct upload u;
	bool prune = doc_bool(h->body, "prune", false);
	struct pass p = {.kind = "apply",
			 .message = wish_text(h, "reason"),
			 .infer_deletes = prune,
			 .overlay = doc_bool(h->body, "override", false)};
	h->ttl_ms = doc_int(h->body, "ttl_ms", 0);
	if (p.overlay && h->ttl_ms <= 0) {
		err_set(err, ERR_INVALID, "an overlay needs a time to live");
		err_remedy(err, "add --ttl 2h");
		return ERR_INVALID;
	}
	int rc = load_upload(h, &u, err);
	if (rc == 0)
		rc = prune ? tree_memory_open(u.files, u.count, h->w->id, &tree, err)
			   : sync_compose_all(h->s, h->a, u.files, u.count,
					      doc_find(h->body, "folders"), &tree, err);
	if (rc < 0)
		return rc;
	h->makes_set = true;
	p.tree = tree;
	if (p.overlay)
		p.kind = "overlay";
	snprintf(p.source.name, sizeof(p.source.name), "%.*s", STR_ARG(h->w->source));
	return wish_pass(h, &p, err);
}
