/* Redaction and its way back, and what a policy says of a finding. */
#include "base/mem.h"
#include "guard/guard.h"
#include "tests/unit/support.h"

static const struct guard_rule mail = {"pii-mail", "email", GUARD_PII, 90, "an address", ""};
static const struct guard_rule mail2 = {"pii-mail-spelled", "email", GUARD_PII, 80, "one", ""};
static const struct guard_rule key = {"secret-key", "key", GUARD_SECRET, 90, "a key", ""};
static const struct guard_rule hijack = {"injection-role", "role", GUARD_INJECTION, 90, "it", ""};

/* "{m:text}" is a finding of mail; n: of mail2, k: of key, i: of hijack; a capital: allowed. */
struct sample {
	struct buf text;
	struct guard_finding items[64];
	struct guard_findings found;
};

static const struct guard_rule *rule_of(char c)
{
	switch (c | 0x20) {
	case 'm':
		return &mail;
	case 'n':
		return &mail2;
	case 'k':
		return &key;
	default:
		return &hijack;
	}
}

static void sample_make(struct sample *s, const char *marked)
{
	*s = (struct sample){.text = BUF_INIT(1 << 16)};
	for (const char *c = marked; *c; c++) {
		if (c[0] == '{' && c[1] && c[2] == ':') {
			s->items[s->found.count++] = (struct guard_finding){.rule = rule_of(c[1]),
									    .start = s->text.len,
									    .confidence = 90,
									    .allowed = c[1] < 'a'};
			c += 2;
		} else if (*c == '}') {
			s->items[s->found.count - 1].end = s->text.len;
		} else {
			buf_add_char(&s->text, *c);
		}
	}
	s->found.items = s->items;
}

static void sample_release(struct sample *s)
{
	buf_release(&s->text);
}

/* Redacts what is marked in text; the words that come out. */
static struct str redact(struct guard_vault *v, const struct guard_policy *p, const char *marked,
			 struct buf *out)
{
	CLEANUP(sample_release) struct sample s;
	sample_make(&s, marked);
	buf_reset(out);
	guard_redact(v, p, buf_str(&s.text), &s.found, out);
	return buf_str(out);
}

/* "<email:1>" becomes "<email:1:NONCE>", as the vault would have written it. */
static struct str with_nonce(const struct guard_vault *v, const char *text, struct buf *out)
{
	buf_reset(out);
	for (const char *c = text; *c; c++) {
		if (*c == '>')
			buf_addf(out, ":%s", guard_vault_nonce(v));
		buf_add_char(out, *c);
	}
	return buf_str(out);
}

static const struct {
	const char *marked, *want;
} rows[] = {
	{"", ""},
	{"nothing here", "nothing here"},
	{"to {m:a@b.ae} now", "to <email:1> now"},
	{"{m:a@b.ae}", "<email:1>"},
	{"{m:a@b.ae} and {m:a@b.ae}", "<email:1> and <email:1>"},
	{"{m:a@b.ae} and {m:c@d.ae}", "<email:1> and <email:2>"},
	{"{m:a@b.ae}, {m:c@d.ae}, {m:a@b.ae}", "<email:1>, <email:2>, <email:1>"},
	/* Numbers count in each type; the same bytes of two types are two values. */
	{"{m:one} {k:two} {m:three} {k:four}", "<email:1> <key:1> <email:2> <key:2>"},
	{"{m:same} {k:same}", "<email:1> <key:1>"},
	/* Two rules of one type are one numbering, and one value has one number. */
	{"{m:one} {n:two} {n:one}", "<email:1> <email:2> <email:1>"},
	/* One byte makes another value. */
	{"{m:A@b.ae} {m:a@b.ae}", "<email:1> <email:2>"},
	/* Side by side. */
	{"{m:one}{m:two}", "<email:1><email:2>"},
	{"{m:one}{k:two}{m:one}", "<email:1><key:1><email:1>"},
	/* Allowed ones stay, and take no number. */
	{"{M:one} {m:two}", "one <email:1>"},
	{"{M:one} {m:one}", "one <email:1>"},
	{"{M:one}", "one"},
	{"\n{k:k}\n", "\n<key:1>\n"},
	{"gr\xC3\xBC\xC3\x9F {m:\xC3\xBC@b.ae}\xE2\x80\xA6",
	 "gr\xC3\xBC\xC3\x9F <email:1>\xE2\x80\xA6"},
};

START_TEST(what_is_found_becomes_a_placeholder)
{
	CLEANUP(guard_vault_freep) struct guard_vault *v = guard_vault_new();
	CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 16);
	assert_str(redact(v, NULL, rows[_i].marked, &out), rows[_i].want);
}
END_TEST

START_TEST(what_was_redacted_comes_back_whole)
{
	CLEANUP(guard_vault_freep) struct guard_vault *v = guard_vault_new_reversible();
	CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 16), back = BUF_INIT(1 << 16);
	CLEANUP(sample_release) struct sample s;
	size_t hidden = 0;
	sample_make(&s, rows[_i].marked);
	for (size_t i = 0; i < s.found.count; i++)
		hidden += !s.found.items[i].allowed;
	struct str masked = redact(v, NULL, rows[_i].marked, &out);
	ck_assert_uint_eq(guard_restore(v, masked, &back), hidden);
	assert_str(buf_str(&back), buf_cstr(&s.text));
}
END_TEST

START_TEST(a_value_has_its_placeholder_for_the_life_of_the_vault)
{
	CLEANUP(guard_vault_freep) struct guard_vault *v = guard_vault_new();
	CLEANUP(guard_vault_freep) struct guard_vault *other = guard_vault_new();
	CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 16);
	assert_str(redact(v, NULL, "{m:one} {m:two}", &out), "<email:1> <email:2>");
	assert_str(redact(v, NULL, "{m:two} {m:three}", &out), "<email:2> <email:3>");
	assert_str(redact(v, NULL, "{n:one}", &out), "<email:1>");
	assert_str(redact(other, NULL, "{m:two}", &out), "<email:1>");
}
END_TEST

START_TEST(redaction_appends)
{
	CLEANUP(guard_vault_freep) struct guard_vault *v = guard_vault_new();
	CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 16);
	CLEANUP(sample_release) struct sample s;
	sample_make(&s, "{m:one}!");
	buf_addz(&out, "before: ");
	guard_redact(v, NULL, buf_str(&s.text), &s.found, &out);
	assert_str(buf_str(&out), "before: <email:1>!");
}
END_TEST

START_TEST(restoring_appends)
{
	CLEANUP(guard_vault_freep) struct guard_vault *v = guard_vault_new_reversible();
	CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 16), back = BUF_INIT(1 << 16);
	redact(v, NULL, "{m:one}!", &out);
	buf_addz(&back, "before: ");
	ck_assert_uint_eq(guard_restore(v, buf_str(&out), &back), 1);
	assert_str(buf_str(&back), "before: one!");
}
END_TEST

/* --- overlaps: orders stand beside data ---------------------------------------------------------------------- */

static const struct {
	size_t a, a_end, b, b_end; /* of "0123456789"; the first an order, the second an address */
	const char *want;
} overlaps[] = {
	{0, 10, 2, 5, "<role:1>"},
	{0, 5, 0, 5, "<role:1>56789"},
	{2, 5, 2, 8, "01<role:1><email:1>89"},
	{2, 6, 4, 8, "01<role:1><email:1>89"},
	{2, 6, 5, 6, "01<role:1>6789"},
	{2, 6, 6, 8, "01<role:1><email:1>89"},
	{2, 6, 7, 8, "01<role:1>6<email:1>89"},
	{0, 1, 9, 10, "<role:1>12345678<email:1>"},
};

START_TEST(findings_that_overlap_hide_every_byte_once)
{
	CLEANUP(guard_vault_freep) struct guard_vault *v = guard_vault_new();
	CLEANUP(guard_vault_freep) struct guard_vault *able = guard_vault_new_reversible();
	CLEANUP(buf_release) struct buf out = BUF_INIT(1000), back = BUF_INIT(1000);
	struct guard_finding items[] = {
		{.rule = &hijack, .start = overlaps[_i].a, .end = overlaps[_i].a_end},
		{.rule = &mail, .start = overlaps[_i].b, .end = overlaps[_i].b_end}};
	struct guard_findings f = {.items = items, .count = 2};
	guard_redact(v, NULL, STR("0123456789"), &f, &out);
	assert_str(buf_str(&out), overlaps[_i].want);
	buf_reset(&out);
	guard_redact(able, NULL, STR("0123456789"), &f, &out);
	guard_restore(able, buf_str(&out), &back);
	assert_str(buf_str(&back), "0123456789");
}
END_TEST

/* --- back again ---------------------------------------------------------------------------------------------- */

static const struct {
	const char *text, *want;
	size_t done;
} restored[] = {
	{"", "", 0},
	{"<email:1>", "a@b.ae", 1},
	{"<email:1><email:2>", "a@b.aec@d.ae", 2},
	{"<key:1> and <email:2>", "K and c@d.ae", 2},
	/* Those of nobody stay as they are. */
	{"<email:3>", "<email:3>", 0},
	{"<email:0>", "<email:0>", 0},
	{"<key:2>", "<key:2>", 0},
	{"<phone:1>", "<phone:1>", 0},
	{"<email>", "<email>", 0},
	{"<email:>", "<email:>", 0},
	{"<:1>", "<:1>", 0},
	{"<>", "<>", 0},
	{"<", "<", 0},
	{"<<<", "<<<", 0},
	{"<email:1", "<email:1", 0},
	{"email:1>", "email:1>", 0},
	{"<Email:1>", "<Email:1>", 0},
	{"< email:1>", "< email:1>", 0},
	{"<email:1 >", "<email:1 >", 0},
	{"<email: 1>", "<email: 1>", 0},
	{"<email:-1>", "<email:-1>", 0},
	{"<email:1x>", "<email:1x>", 0},
	{"<email:1:1>", "<email:1:1>", 0},
	{"<email:99999999999999999999999>", "<email:99999999999999999999999>", 0},
	{"<email:4294967297>", "<email:4294967297>", 0},
	/* Within other marks. */
	{"<<email:1>>", "<a@b.ae>", 1},
	{"<b><email:1></b>", "<b>a@b.ae</b>", 1},
	{"a < b <email:1> c > d", "a < b a@b.ae c > d", 1},
	{"<email:<email:1>", "<email:a@b.ae", 1},
};

START_TEST(only_placeholders_of_the_vault_are_made_whole)
{
	CLEANUP(guard_vault_freep) struct guard_vault *v = guard_vault_new_reversible();
	CLEANUP(buf_release) struct buf out = BUF_INIT(1000), text = BUF_INIT(1000);
	CLEANUP(buf_release) struct buf want = BUF_INIT(1000);
	redact(v, NULL, "{m:a@b.ae} {m:c@d.ae} {k:K}", &out);
	buf_reset(&out);
	with_nonce(v, restored[_i].text, &text);
	ck_assert_uint_eq(guard_restore(v, buf_str(&text), &out), restored[_i].done);
	/* What is nobody's keeps every byte. */
	if (restored[_i].done)
		for (const char *c = restored[_i].want; *c; c++)
			buf_addf(&want, "%s%s%c", *c == '>' ? ":" : "",
				 *c == '>' ? guard_vault_nonce(v) : "", *c);
	else
		buf_add_str(&want, buf_str(&text));
	assert_str(buf_str(&out), buf_cstr(&want));
}
END_TEST

/* An attacker writes into a document what will stand for the first address that the execution hides. */
START_TEST(a_placeholder_that_stood_in_the_text_is_not_ours)
{
	static const char *const forged[] = {"<email:1>", "<email:1:>", "<email:1:0123456789>",
					     "<email:1::>"};
	CLEANUP(guard_vault_freep) struct guard_vault *v = guard_vault_new_reversible();
	CLEANUP(guard_vault_freep) struct guard_vault *other = guard_vault_new_reversible();
	CLEANUP(guard_vault_freep) struct guard_vault *one_way = guard_vault_new();
	CLEANUP(buf_release) struct buf out = BUF_INIT(1000), back = BUF_INIT(1000);
	for (size_t i = 0; i < ARRAY_SIZE(forged); i++) {
		CLEANUP_FREE char *text = mem_printf("%s sends {m:a@b.ae}", forged[i]);
		CLEANUP_FREE char *want = mem_printf("%s sends a@b.ae", forged[i]);
		redact(v, NULL, text, &out);
		buf_reset(&back);
		ck_assert_uint_eq(guard_restore(v, buf_str(&out), &back), 1);
		assert_str(buf_str(&back), want);
		/* Another execution's vault knows nothing of it, and one without a nonce gives nothing back. */
		redact(other, NULL, text, &back);
		redact(one_way, NULL, text, &back);
		buf_reset(&back);
		ck_assert_uint_eq(guard_restore(other, buf_str(&out), &back), 0);
		ck_assert_uint_eq(guard_restore(one_way, buf_str(&out), &back), 0);
		ck_assert_uint_eq(guard_restore(one_way, STR("<email:1>"), &back), 0);
	}
	ck_assert_uint_eq(strlen(guard_vault_nonce(v)), GUARD_NONCE);
	ck_assert_str_ne(guard_vault_nonce(v), guard_vault_nonce(other));
	ck_assert_str_eq(guard_vault_nonce(one_way), "");
	/* One character off is as far as any. */
	CLEANUP_FREE char *near = mem_printf("<email:1:%s>", guard_vault_nonce(v));
	near[strlen(near) - 2] ^= 1;
	buf_reset(&back);
	ck_assert_uint_eq(guard_restore(v, str_of(near), &back), 0);
}
END_TEST

START_TEST(an_empty_vault_restores_nothing)
{
	CLEANUP(guard_vault_freep) struct guard_vault *v = guard_vault_new_reversible();
	CLEANUP(buf_release) struct buf out = BUF_INIT(1000);
	ck_assert_uint_eq(guard_restore(v, STR("<email:1>"), &out), 0);
	assert_str(buf_str(&out), "<email:1>");
	guard_vault_free(NULL);
}
END_TEST

START_TEST(a_value_that_looks_like_a_placeholder_is_given_back_once)
{
	CLEANUP(guard_vault_freep) struct guard_vault *v = guard_vault_new_reversible();
	CLEANUP(buf_release) struct buf out = BUF_INIT(1000), back = BUF_INIT(1000);
	CLEANUP(buf_release) struct buf want = BUF_INIT(1000);
	redact(v, NULL, "{m:<key:1>} {k:<email:1>}", &out);
	with_nonce(v, "<email:1> <key:1>", &want);
	assert_str(buf_str(&out), buf_cstr(&want));
	ck_assert_uint_eq(guard_restore(v, buf_str(&out), &back), 2);
	assert_str(buf_str(&back), "<key:1> <email:1>");
}
END_TEST

START_TEST(a_value_may_hold_any_bytes)
{
	CLEANUP(guard_vault_freep) struct guard_vault *v = guard_vault_new_reversible();
	CLEANUP(buf_release) struct buf out = BUF_INIT(1000), back = BUF_INIT(1000);
	CLEANUP(buf_release) struct buf want = BUF_INIT(1000);
	struct str text = STR("a\0b\xff\n<>:1");
	struct guard_finding whole = {.rule = &key, .start = 0, .end = text.len};
	struct guard_findings f = {.items = &whole, .count = 1};
	guard_redact(v, NULL, text, &f, &out);
	with_nonce(v, "<key:1>", &want);
	assert_str(buf_str(&out), buf_cstr(&want));
	ck_assert_uint_eq(guard_restore(v, buf_str(&out), &back), 1);
	ck_assert(str_eq(buf_str(&back), text));
}
END_TEST

/* Placeholders that the text has already among them. */
START_TEST(any_text_comes_back)
{
	static const struct guard_rule *const all[] = {&mail, &mail2, &key, &hijack};
	static const char *const words[] = {"a",	 "b",	     ":1",	">",
					    "<email:1>", "<role:2>", "<key:1>", "\n"};
	CLEANUP(guard_vault_freep) struct guard_vault *v = guard_vault_new_reversible();
	uint64_t seed = 88172645463325252u + (uint64_t)_i;
	for (unsigned round = 0; round < 200; round++) {
		CLEANUP(buf_release) struct buf text = BUF_INIT(4096), out = BUF_INIT(16384);
		CLEANUP(buf_release) struct buf back = BUF_INIT(16384);
		struct guard_finding items[32];
		struct guard_findings f = {.items = items};
		size_t at = 0;
		for (unsigned i = 0; i < 300; i++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			buf_addz(&text, words[seed >> 61]);
		}
		while (f.count < ARRAY_SIZE(items) && at < 280) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			size_t start = at + (seed >> 60), end = start + 1 + (seed >> 50 & 7);
			items[f.count++] = (struct guard_finding){
				.rule = all[seed >> 40 & 3], .start = start, .end = end};
			at = end - (seed >> 30 & 1);
		}
		guard_redact(v, NULL, buf_str(&text), &f, &out);
		guard_restore(v, buf_str(&out), &back);
		ck_assert_msg(str_eq(buf_str(&back), buf_str(&text)), "seed %d, round %u: %s", _i,
			      round, buf_cstr(&text));
	}
}
END_TEST

START_TEST(a_full_vault_still_hides)
{
	CLEANUP(guard_vault_freep) struct guard_vault *v = guard_vault_new_reversible();
	CLEANUP(buf_release) struct buf out = BUF_INIT(1000), word = BUF_INIT(100);
	CLEANUP(buf_release) struct buf want = BUF_INIT(1000);
	for (unsigned i = 1; i <= 10001; i++) {
		buf_reset(&word);
		buf_addf(&word, "value-%u", i);
		struct guard_finding one = {.rule = &mail, .end = word.len};
		struct guard_findings f = {.items = &one, .count = 1};
		buf_reset(&out);
		guard_redact(v, NULL, buf_str(&word), &f, &out);
	}
	assert_str(buf_str(&out), "<email>");
	buf_addf(&want, "<email:10000:%s> <email>", guard_vault_nonce(v));
	assert_str(redact(v, NULL, "{m:value-10000} {m:value-10001}", &out), buf_cstr(&want));
	buf_reset(&word);
	ck_assert_uint_eq(guard_restore(v, buf_str(&out), &word), 1);
	assert_str(buf_str(&word), "value-10000 <email>");
}
END_TEST

/* --- policies ------------------------------------------------------------------------------------------------ */

static enum guard_mode mode_of(const struct guard_policy *p, const struct guard_rule *rule)
{
	const struct guard_finding f = {.rule = rule};
	return guard_policy_mode(p, &f);
}

START_TEST(a_policy_speaks_of_categories)
{
	const struct guard_policy p = {.mode = {GUARD_REDACT, GUARD_BLOCK, GUARD_WARN}};
	const struct guard_policy none = {0};
	ck_assert_int_eq(mode_of(&p, &mail), GUARD_REDACT);
	ck_assert_int_eq(mode_of(&p, &key), GUARD_BLOCK);
	ck_assert_int_eq(mode_of(&p, &hijack), GUARD_WARN);
	ck_assert_int_eq(mode_of(&none, &key), GUARD_OFF);
}
END_TEST

START_TEST(a_policy_that_names_a_rule_speaks_of_that_rule_alone)
{
	struct guard_override overrides[] = {{"pii-mail", GUARD_OFF},
					     {"secret-key", GUARD_REDACT},
					     {"secret-key", GUARD_WARN},
					     {"pii-none", GUARD_BLOCK}};
	const struct guard_policy p = {.mode = {GUARD_REDACT, GUARD_BLOCK, GUARD_WARN},
				       .overrides = overrides,
				       .override_count = ARRAY_SIZE(overrides)};
	ck_assert_int_eq(mode_of(&p, &mail), GUARD_OFF);
	ck_assert_int_eq(mode_of(&p, &mail2), GUARD_REDACT); /* a name is no prefix */
	ck_assert_int_eq(mode_of(&p, &key), GUARD_REDACT); /* the first that names it */
	ck_assert_int_eq(mode_of(&p, &hijack), GUARD_WARN);
}
END_TEST

START_TEST(modes_rise_with_strictness)
{
	ck_assert(GUARD_OFF < GUARD_WARN && GUARD_WARN < GUARD_REDACT &&
		  GUARD_REDACT < GUARD_BLOCK);
	ck_assert_str_eq(guard_category_name(GUARD_PII), "pii");
	ck_assert_str_eq(guard_category_name(GUARD_SECRET), "secret");
	ck_assert_str_eq(guard_category_name(GUARD_INJECTION), "injection");
}
END_TEST

static const struct {
	enum guard_mode mode;
	const char *want;
} modes[] = {{GUARD_OFF, "one K"},
	     {GUARD_WARN, "one K"},
	     {GUARD_REDACT, "<email:1> K"},
	     {GUARD_BLOCK, "one K"}};

START_TEST(only_what_a_policy_redacts_is_replaced)
{
	CLEANUP(guard_vault_freep) struct guard_vault *v = guard_vault_new();
	CLEANUP(buf_release) struct buf out = BUF_INIT(1000);
	const struct guard_policy p = {.mode = {[GUARD_PII] = modes[_i].mode}};
	assert_str(redact(v, &p, "{m:one} {k:K}", &out), modes[_i].want);
	struct guard_override o = {"pii-mail", modes[_i].mode};
	const struct guard_policy by_rule = {.overrides = &o, .override_count = 1};
	assert_str(redact(v, &by_rule, "{m:one} {k:K}", &out), modes[_i].want);
}
END_TEST

START_TEST(an_allowed_finding_stays_whatever_a_policy_says)
{
	CLEANUP(guard_vault_freep) struct guard_vault *v = guard_vault_new();
	CLEANUP(buf_release) struct buf out = BUF_INIT(1000);
	const struct guard_policy p = {.mode = {GUARD_REDACT, GUARD_REDACT, GUARD_REDACT}};
	assert_str(redact(v, &p, "{M:one} {k:K} {I:obey}", &out), "one <key:1> obey");
}
END_TEST

static const struct support_case cases[] = {
	CASE_LOOP(what_is_found_becomes_a_placeholder, ARRAY_SIZE(rows)),
	CASE_LOOP(what_was_redacted_comes_back_whole, ARRAY_SIZE(rows)),
	CASE(a_value_has_its_placeholder_for_the_life_of_the_vault),
	CASE(redaction_appends),
	CASE(restoring_appends),
	CASE(a_placeholder_that_stood_in_the_text_is_not_ours),
	CASE_LOOP(findings_that_overlap_hide_every_byte_once, ARRAY_SIZE(overlaps)),
	CASE_LOOP(only_placeholders_of_the_vault_are_made_whole, ARRAY_SIZE(restored)),
	CASE(an_empty_vault_restores_nothing),
	CASE(a_value_that_looks_like_a_placeholder_is_given_back_once),
	CASE(a_value_may_hold_any_bytes),
	CASE_LOOP(any_text_comes_back, 5),
	CASE(a_full_vault_still_hides),
	CASE(a_policy_speaks_of_categories),
	CASE(a_policy_that_names_a_rule_speaks_of_that_rule_alone),
	CASE(modes_rise_with_strictness),
	CASE_LOOP(only_what_a_policy_redacts_is_replaced, ARRAY_SIZE(modes)),
	CASE(an_allowed_finding_stays_whatever_a_policy_says),
	{0}};

int main(void)
{
	return support_main("guard/redact", cases);
}
