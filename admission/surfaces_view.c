#include "admission/surfaces_int.h"

const struct surface *surface_view_find(const struct surface_view *v, struct str domain)
{
	const struct surface *d = v->beside ? surfaces_find(v->beside, domain) : NULL;
	return d ? d : surfaces_find(v->deployed, domain);
}

const struct surface_skill *surface_view_skill(const struct surface_view *v, struct str domain,
					       struct str skill)
{
	if (v->beside && surfaces_find(v->beside, domain))
		return surfaces_skill(v->beside, domain, skill);
	return surfaces_skill(v->deployed, domain, skill);
}

void surface_view_each(const struct surface_view *v,
		       void (*fn)(void *state, const struct surface *d), void *state)
{
	for (size_t i = 0; v->beside && i < v->beside->count; i++)
		fn(state, &v->beside->blocks[i]->surface);
	for (size_t i = 0; v->deployed && i < v->deployed->count; i++) {
		const struct block *b = v->deployed->blocks[i];
		if (!v->beside || !surfaces_find(v->beside, b->name))
			fn(state, &b->surface);
	}
}

/* Passes on what the plan does not replace. */
struct not_beside {
	const struct surfaces *beside;
	surface_pattern_fn fn;
	void *state;
};

static void unless_beside(void *state, const struct surface_pattern *p)
{
	const struct not_beside *n = state;
	if (!n->beside || !surfaces_find(n->beside, p->domain))
		n->fn(n->state, p);
}

void surface_view_candidates(const struct surface_view *v, struct str text, struct str except,
			     surface_pattern_fn fn, void *state)
{
	struct not_beside n = {v->beside, fn, state};
	if (v->beside)
		surfaces_candidates(v->beside, text, except, fn, state);
	if (v->deployed)
		surfaces_candidates(v->deployed, text, except, unless_beside, &n);
}

void surface_view_alert(const struct surface_view *v, struct str alert, struct str except,
			surface_pattern_fn fn, void *state)
{
	struct not_beside n = {v->beside, fn, state};
	if (v->beside)
		surfaces_alert(v->beside, alert, except, fn, state);
	if (v->deployed)
		surfaces_alert(v->deployed, alert, except, unless_beside, &n);
}

static void add_block(struct hasher *h, const struct block *b, struct str except)
{
	if (!b->surface.skill_count || str_eq(b->name, except))
		return;
	uint8_t len[4] = {0, 0, (uint8_t)(b->name.len >> 8), (uint8_t)b->name.len};
	hasher_add(h, len, sizeof(len));
	hasher_add(h, b->name.p, b->name.len);
	hasher_add(h, b->digest.bytes, DIGEST_SIZE);
}

/* Two lists in the order of names become one; of a name in both, beside's. */
struct digest surface_view_digest(const struct surface_view *v, struct str except)
{
	static const char tag[] = "aspora.surfaces.v1"; /* with its NUL */
	static const struct surfaces none;
	const struct surfaces *d = v->deployed ? v->deployed : &none;
	const struct surfaces *b = v->beside ? v->beside : &none;
	struct hasher h;
	hasher_init(&h);
	hasher_add(&h, tag, sizeof(tag));
	size_t i = 0, j = 0;
	while (i < d->count || j < b->count) {
		int c = i == d->count	? 1
			: j == b->count ? -1
					: str_cmp(d->blocks[i]->name, b->blocks[j]->name);
		add_block(&h, c < 0 ? d->blocks[i] : b->blocks[j], except);
		i += c <= 0;
		j += c >= 0;
	}
	return hasher_end(&h);
}
