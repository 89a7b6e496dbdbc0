#include "base/mem.h"
#include "gitsync/fetch_int.h"

/*
 * "ASF1", then big-endian: result code (negated), message, remedy, default branch, bytes, objects, flags, and the refs: name, id,
 * former id. Strings and ids carry their length in front. The child has parsed a stranger's bytes: nothing here is taken on trust.
 */
#define MAGIC 0x41534631u
#define FLAG_FETCHED 1u
#define FLAG_HEALED 2u

static void add_text(struct buf *out, const char *z)
{
	buf_add_u32(out, (uint32_t)strlen(z));
	buf_addz(out, z);
}

static void add_id(struct buf *out, bool set, const git_oid *o)
{
	buf_add_u8(out, set ? GIT_OID_RAWSZ : 0);
	if (set)
		buf_add(out, o->id, GIT_OID_RAWSZ);
}

void record_write(const struct fetch *f, int code, const struct err *err, struct buf *out)
{
	buf_add_u32(out, MAGIC);
	buf_add_u32(out, (uint32_t)-code);
	add_text(out, code < 0 ? err->msg : "");
	add_text(out, code < 0 ? err->remedy : "");
	add_text(out, f->head);
	buf_add_u64(out, f->bytes);
	buf_add_u64(out, f->objects);
	buf_add_u8(out, (f->fetched ? FLAG_FETCHED : 0) | (f->healed ? FLAG_HEALED : 0));
	size_t count = code < 0 ? 0 : f->want_count;
	buf_add_u32(out, (uint32_t)count);
	for (size_t i = 0; i < count; i++) {
		const struct fetch_want *w = &f->wants[i];
		add_text(out, w->asked);
		add_id(out, w->found, &w->shown);
		add_id(out, w->had, &w->held);
	}
}

struct cursor {
	struct str in;
	size_t at;
	bool bad;
};

static uint64_t take_int(struct cursor *c, size_t bytes)
{
	uint64_t v = 0;
	if (c->bad || c->in.len - c->at < bytes) {
		c->bad = true;
		return 0;
	}
	for (size_t i = 0; i < bytes; i++)
		v = v << 8 | (unsigned char)c->in.p[c->at++];
	return v;
}

static void take_text(struct cursor *c, char *out, size_t size)
{
	size_t n = (size_t)take_int(c, 4);
	out[0] = '\0';
	if (c->bad || n >= size || c->in.len - c->at < n || memchr(c->in.p + c->at, 0, n)) {
		c->bad = true;
		return;
	}
	memcpy(out, c->in.p + c->at, n);
	out[n] = '\0';
	c->at += n;
}

static void take_id(struct cursor *c, struct tree_id *id)
{
	size_t n = (size_t)take_int(c, 1);
	memset(id, 0, sizeof(*id));
	if (c->bad || (n != 0 && n != GIT_OID_RAWSZ) || c->in.len - c->at < n) {
		c->bad = true;
		return;
	}
	id->len = (uint8_t)n;
	memcpy(id->bytes, c->in.p + c->at, n);
	c->at += n;
}

static void take_refs(struct cursor *c, uint64_t max, struct remote_result *r)
{
	uint64_t count = take_int(c, 4);
	/* Each takes six bytes at least: a count that the bytes cannot hold allocates nothing. */
	if (c->bad || count > max || count > (c->in.len - c->at) / 6) {
		c->bad = true;
		return;
	}
	r->refs = mem_array(count ? count : 1, sizeof(*r->refs));
	for (r->ref_count = 0; r->ref_count < count && !c->bad; r->ref_count++) {
		struct remote_ref *ref = &r->refs[r->ref_count];
		take_text(c, ref->name, sizeof(ref->name));
		take_id(c, &ref->id);
		take_id(c, &ref->was);
	}
}

int record_read(struct str in, uint64_t refs_max, struct remote_result *ret, int *ret_code,
		struct err *ret_child, struct err *err)
{
	struct cursor c = {.in = in};
	CLEANUP(remote_result_release) struct remote_result r = {0};
	struct err child = ERR_INIT;
	c.bad = take_int(&c, 4) != MAGIC;
	uint64_t code = take_int(&c, 4);
	take_text(&c, child.msg, sizeof(child.msg));
	take_text(&c, child.remedy, sizeof(child.remedy));
	take_text(&c, r.head, sizeof(r.head));
	r.bytes = take_int(&c, 8);
	r.objects = take_int(&c, 8);
	uint64_t flags = take_int(&c, 1);
	take_refs(&c, refs_max, &r);
	if (code > 1000 || (code && (int)-code >= ERR_END_) || c.at != in.len || flags > 3)
		c.bad = true;
	if (c.bad)
		return err_set(err, ERR_GIT,
			       "the process that reads from the remote gave no result");
	r.fetched = flags & FLAG_FETCHED;
	r.healed = flags & FLAG_HEALED;
	child.code = -(int)code;
	*ret_code = child.code;
	*ret_child = child;
	*ret = r;
	memset(&r, 0, sizeof(r));
	return 0;
}

void remote_result_release(struct remote_result *r)
{
	free(r->refs);
	memset(r, 0, sizeof(*r));
}

const struct remote_ref *remote_result_find(const struct remote_result *r, const char *name)
{
	for (size_t i = 0; i < r->ref_count; i++)
		if (!strcmp(r->refs[i].name, name))
			return &r->refs[i];
	return NULL;
}
