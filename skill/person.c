#include "skill/person.h"

struct str person_name(struct str actor)
{
	struct str rest = actor, kind, issuer;
	if (str_starts(actor, STR("key:")))
		return str_sub(actor, 4, actor.len);
	if (!str_starts(actor, STR("oidc:")) || !str_split(&rest, ':', &kind) ||
	    !str_split(&rest, ':', &issuer))
		return actor;
	return rest;
}

/* What one writes oneself as: words, an address, or both. */
struct names {
	struct str words, address;
};

static struct names names_of(struct str who)
{
	struct str name = str_trim(person_name(who));
	ptrdiff_t open = str_find_byte(name, '<', 0);
	struct names n = {.words = name};
	if (open >= 0 && name.p[name.len - 1] == '>') {
		n.words = str_trim(str_sub(name, 0, (size_t)open));
		n.address = str_trim(str_sub(name, (size_t)open + 1, name.len - 1));
	} else if (str_find_byte(name, '@', 0) > 0) {
		n = (struct names){.address = name};
	}
	return n;
}

static bool same(struct str a, struct str b)
{
	return a.len && str_eq_nocase(a, b);
}

/* "ana" is taken for ana@example.com, since keys have no addresses; ana@example.com is not ana@example.org. */
static bool is_before_at(struct str words, struct str address)
{
	ptrdiff_t at = str_find_byte(address, '@', 0);
	return at > 0 && same(words, str_sub(address, 0, (size_t)at));
}

bool person_is(struct str a, struct str b)
{
	struct names x = names_of(a), y = names_of(b);
	return same(x.words, y.words) || same(x.address, y.address) ||
	       is_before_at(x.words, y.address) || is_before_at(y.words, x.address);
}
