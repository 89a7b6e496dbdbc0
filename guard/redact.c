#include <stdlib.h>

#include "base/crypto.h"
#include "base/map.h"
#include "base/mem.h"
#include "guard/guard.h"

#define VALUES_MAX 10000 /* of one vault; past it a value is hidden and cannot be brought back */

/* A value that was hidden. Its bytes follow it. */
struct hidden {
	const char *type; /* of the rule: lives as long as the rules */
	unsigned number; /* from 1, in its type */
	size_t key_len, len; /* the key is the type, a NUL, and the value */
	char key[];
};

struct guard_vault {
	struct map by_value; /* type, NUL, value → struct hidden */
	struct hidden **items;
	size_t count, cap;
	char nonce[GUARD_NONCE + 1]; /* empty: nothing is given back */
};

/* Compilers may not take it for useless. */
static void wipe(void *p, size_t size)
{
	volatile unsigned char *b = p;
	while (size--)
		*b++ = 0;
}

struct guard_vault *guard_vault_new(void)
{
	return mem_zalloc(sizeof(struct guard_vault));
}

struct guard_vault *guard_vault_new_reversible(void)
{
	struct guard_vault *v = guard_vault_new();
	base62_random(v->nonce, GUARD_NONCE);
	return v;
}

const char *guard_vault_nonce(const struct guard_vault *v)
{
	return v->nonce;
}

void guard_vault_free(struct guard_vault *v)
{
	if (!v)
		return;
	for (size_t i = 0; i < v->count; i++) {
		wipe(v->items[i]->key, v->items[i]->key_len);
		free(v->items[i]);
	}
	map_release(&v->by_value);
	free(v->items);
	free(v);
}

void guard_vault_freep(struct guard_vault **v)
{
	guard_vault_free(*v);
}

static unsigned next_number(const struct guard_vault *v, const char *type)
{
	unsigned n = 1;
	for (size_t i = 0; i < v->count; i++)
		n += strcmp(v->items[i]->type, type) == 0;
	return n;
}

/* The one with this type and value, made when it is new; NULL when the vault is full. */
static const struct hidden *hide(struct guard_vault *v, const char *type, struct str value)
{
	size_t type_len = strlen(type), len = type_len + 1 + value.len;
	struct hidden *h = mem_alloc(sizeof(*h) + len);
	memcpy(h->key, type, type_len + 1);
	memcpy(h->key + type_len + 1, value.p, value.len);
	h->type = type;
	h->key_len = len;
	h->len = value.len;
	struct hidden *known = map_find(&v->by_value, str_make(h->key, len));
	if (known || v->count >= VALUES_MAX) {
		wipe(h->key, len);
		free(h);
		return known;
	}
	h->number = next_number(v, type);
	map_set(&v->by_value, str_make(h->key, len), h);
	GROW(v->items, v->count, v->cap);
	v->items[v->count++] = h;
	return h;
}

static bool is_hidden(const struct guard_policy *p, const struct guard_finding *f)
{
	if (f->allowed)
		return false;
	return !p || guard_policy_mode(p, f) == GUARD_REDACT;
}

void guard_redact(struct guard_vault *v, const struct guard_policy *p, struct str text,
		  const struct guard_findings *f, struct buf *out)
{
	size_t at = 0;
	for (size_t i = 0; i < f->count; i++) {
		const struct guard_finding *g = &f->items[i];
		/* Orders and data may overlap: what the first has hidden is hidden. */
		if (!is_hidden(p, g) || g->end <= at)
			continue;
		size_t start = MAX(g->start, at);
		const struct hidden *h = hide(v, g->rule->type, str_sub(text, start, g->end));
		buf_add_str(out, str_sub(text, at, start));
		if (h)
			buf_addf(out, "<%s:%u%s%s>", h->type, h->number, v->nonce[0] ? ":" : "",
				 v->nonce);
		else
			buf_addf(out, "<%s>", g->rule->type);
		at = g->end;
	}
	buf_add_str(out, str_sub(text, at, text.len));
}

/* --- back again ---------------------------------------------------------------------------------------------- */

/* The value of the placeholder that begins at text[at]; ret_end past it. NULL: there is none of this vault. */
static const struct hidden *placeholder(const struct guard_vault *v, struct str text, size_t at,
					size_t *ret_end)
{
	ptrdiff_t end = str_find_byte(str_sub(text, 0, MIN(text.len, at + 96)), '>', at);
	if (end < 0)
		return NULL;
	struct str inside = str_sub(text, at + 1, (size_t)end), type, digits;
	uint64_t number;
	if (!str_split(&inside, ':', &type) || !str_split(&inside, ':', &digits) ||
	    !str_to_u64(digits, &number) || !str_eqz(inside, v->nonce))
		return NULL;
	for (size_t i = 0; i < v->count; i++)
		if (v->items[i]->number == number && str_eqz(type, v->items[i]->type)) {
			*ret_end = (size_t)end + 1;
			return v->items[i];
		}
	return NULL;
}

size_t guard_restore(const struct guard_vault *v, struct str text, struct buf *out)
{
	size_t done = 0, at = 0, end;
	for (ptrdiff_t open; v->nonce[0] && (open = str_find_byte(text, '<', at)) >= 0;) {
		const struct hidden *h = placeholder(v, text, (size_t)open, &end);
		buf_add_str(out, str_sub(text, at, (size_t)open));
		if (h) {
			buf_add(out, h->key + h->key_len - h->len, h->len);
			done++;
			at = end;
		} else {
			buf_add_char(out, '<');
			at = (size_t)open + 1;
		}
	}
	buf_add_str(out, str_sub(text, at, text.len));
	return done;
}
