/* The digest of a revision's changes, "aspora.change.v1" (txn.h). */
#include "store/txn_int.h"

void change_hash_begin(struct change_hash *c, struct str actor)
{
	static const char tag[] = "aspora.change.v1";
	hasher_init(&c->h);
	hasher_add(&c->h, tag, sizeof(tag)); /* NUL included */
	c->ord = 0;
	uint8_t len[4] = {(uint8_t)(actor.len >> 24), (uint8_t)(actor.len >> 16),
			  (uint8_t)(actor.len >> 8), (uint8_t)actor.len};
	hasher_add(&c->h, len, 4);
	hasher_add(&c->h, actor.p, actor.len);
}

static void hash_field(struct hasher *h, struct str s)
{
	uint8_t len[4] = {(uint8_t)(s.len >> 24), (uint8_t)(s.len >> 16), (uint8_t)(s.len >> 8),
			  (uint8_t)s.len};
	hasher_add(h, len, 4);
	if (s.len)
		hasher_add(h, s.p, s.len);
}

void change_hash_add(struct change_hash *c, struct str kind, struct str domain, struct str name,
		     struct str op, struct str object)
{
	uint32_t ord = c->ord++;
	uint8_t bytes[4] = {(uint8_t)(ord >> 24), (uint8_t)(ord >> 16), (uint8_t)(ord >> 8),
			    (uint8_t)ord};
	hash_field(&c->h, str_make((const char *)bytes, 4));
	hash_field(&c->h, kind);
	hash_field(&c->h, domain);
	hash_field(&c->h, name);
	hash_field(&c->h, op);
	hash_field(&c->h, object);
}

struct digest change_hash_end(struct change_hash *c)
{
	return hasher_end(&c->h);
}
