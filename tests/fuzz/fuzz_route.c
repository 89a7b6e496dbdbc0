/*
 * Command patterns and texts, one a line: the first lines up to an empty one are patterns, the others texts. What a table answers is what trying
 * every pattern answers; two that collide prove it with a text that both match.
 */
#include "skill/route.h"
#include "tests/fuzz/fuzz.h"

#define PATTERNS 24

struct input {
	struct arena *arena;
	struct pattern *parsed[PATTERNS];
	struct route routes[PATTERNS];
	size_t count;
};

static void check_pair(const struct pattern *a, const struct pattern *b)
{
	CLEANUP(buf_release) struct buf witness = BUF_INIT(1 << 16);
	bool collide = pattern_collide(a, b, &witness);
	FUZZ_CHECK(collide == pattern_collide(b, a, NULL));
	if (collide)
		FUZZ_CHECK(pattern_matches(a, buf_str(&witness)) &&
			   pattern_matches(b, buf_str(&witness)));
	if (pattern_covers(a, b)) {
		FUZZ_CHECK(collide);
		FUZZ_CHECK(pattern_same(a, b) || pattern_order(a, b) > 0);
	}
}

static void add_pattern(struct input *in, struct str text)
{
	struct err err = ERR_INIT;
	struct pattern *p = NULL;
	if (pattern_parse(in->arena, text, &p, &err) < 0) {
		FUZZ_CHECK(err.msg[0] && str_is_utf8(str_of(err.msg), NULL));
		return;
	}
	if (in->count == PATTERNS)
		return;
	in->parsed[in->count] = p;
	in->routes[in->count] = (struct route){
		.domain = STR("d"),
		.skill = str_of(arena_printf(in->arena, "s%02zu", in->count)),
		.kind = TRIGGER_COMMAND,
		.pattern = text,
	};
	in->count++;
}

/* The answer by trying all. */
static const struct route *naive(const struct input *in, struct str text)
{
	size_t best = PATTERNS;
	for (size_t i = 0; i < in->count; i++) {
		if (pattern_matches(in->parsed[i], text) &&
		    (best == PATTERNS || pattern_order(in->parsed[i], in->parsed[best]) < 0))
			best = i;
	}
	return best == PATTERNS ? NULL : &in->routes[best];
}

static void check_text(const struct input *in, const struct route_table *t, struct str text)
{
	struct route_match m;
	const struct route *want = naive(in, text);
	bool found = route_lookup(t, text, &m);
	FUZZ_CHECK(found == (want != NULL));
	if (!found)
		return;
	FUZZ_CHECK(str_eq(m.route->skill, want->skill));
	for (size_t i = 0; i < m.param_count; i++) {
		FUZZ_CHECK(m.params[i].value.len && m.params[i].name.len);
		FUZZ_CHECK(m.params[i].value.p >= text.p &&
			   m.params[i].value.p + m.params[i].value.len <= text.p + text.len);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64u << 20);
	CLEANUP(route_table_unrefp) struct route_table *t = NULL;
	CLEANUP(route_table_unrefp) struct route_table *less = NULL;
	static struct input in;
	struct str rest = str_make((const char *)data, size), line;
	in = (struct input){.arena = a};
	while (str_split(&rest, '\n', &line) && line.len)
		add_pattern(&in, line);
	for (size_t i = 0; i < in.count; i++) {
		for (size_t k = 0; k < in.count; k++)
			check_pair(in.parsed[i], in.parsed[k]);
	}
	FUZZ_CHECK(route_table_build(in.routes, in.count, NULL, &t, NULL, NULL) == 0);
	struct str texts = rest;
	while (str_split(&rest, '\n', &line))
		check_text(&in, t, line);
	if (!in.count)
		return 0;
	/* One less, by a change, is as good as built without it. */
	struct str gone = in.routes[--in.count].skill;
	FUZZ_CHECK(route_table_change(t, STR("d"), gone, NULL, 0, &less, NULL) == 0);
	while (str_split(&texts, '\n', &line))
		check_text(&in, less, line);
	return 0;
}
