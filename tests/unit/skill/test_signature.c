/* The words and names of what is known of a signature. */
#include "skill/signature.h"

#include "tests/unit/support.h"

START_TEST(names_are_told_apart_and_found_again)
{
	for (unsigned i = 0; i < SIGNATURE_STATES; i++) {
		enum signature_state s = SIGNATURE_UNCHECKED;
		ck_assert(signature_state_find(
			str_of(signature_state_name((enum signature_state)i)), &s));
		ck_assert_uint_eq(s, i);
	}
	for (unsigned i = 0; i < SIGNATURE_KINDS; i++) {
		enum signature_kind k = SIGNATURE_NO_KIND;
		ck_assert(signature_kind_find(str_of(signature_kind_name((enum signature_kind)i)),
					      &k));
		ck_assert_uint_eq(k, i);
	}
	enum signature_state s = SIGNATURE_BAD;
	enum signature_kind k = SIGNATURE_SSH;
	ck_assert(!signature_state_find(STR("Good"), &s) && s == SIGNATURE_BAD);
	ck_assert(!signature_state_find(STR(""), &s));
	ck_assert(!signature_kind_find(STR("SSH"), &k) && k == SIGNATURE_SSH);
}
END_TEST

START_TEST(words_say_whose_it_was_as_far_as_that_is_known)
{
	static const struct {
		struct signature s;
		const char *words;
	} rows[] = {
		{{0}, "not looked at"},
		{{SIGNATURE_NONE, SIGNATURE_NO_KIND, "", "", ""}, "not signed"},
		{{SIGNATURE_GOOD, SIGNATURE_SSH, "ana", "SHA256:x", ""},
		 "signed by ana (ssh SHA256:x)"},
		{{SIGNATURE_UNTRUSTED, SIGNATURE_OPENPGP, "", "01", ""},
		 "signed with a key that nobody trusts (openpgp 01)"},
		{{SIGNATURE_EXPIRED, SIGNATURE_OPENPGP, "Bob", "01", "the key has expired"},
		 "signed with a key that was not valid then, that of Bob (openpgp 01): the key has "
		 "expired"},
		{{SIGNATURE_REVOKED, SIGNATURE_SSH, "ana", "SHA256:x", ""},
		 "signed with a key that was revoked, that of ana (ssh SHA256:x)"},
		{{SIGNATURE_BAD, SIGNATURE_SSH, "", "", ""},
		 "signed, but the signature does not hold (ssh)"},
		{{SIGNATURE_UNREAD, SIGNATURE_NO_KIND, "", "", "too long"},
		 "signed in a way that cannot be read: too long"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(buf_release) struct buf out = BUF_INIT(1024);
		signature_words(&rows[i].s, &out);
		ck_assert_str_eq(buf_cstr(&out), rows[i].words);
	}
}
END_TEST

START_TEST(every_member_makes_a_difference)
{
	const struct signature a = {SIGNATURE_GOOD, SIGNATURE_SSH, "ana", "k", "d"};
	struct signature list[] = {a, a, a, a, a, a};
	list[1].state = SIGNATURE_BAD;
	list[2].kind = SIGNATURE_OPENPGP;
	list[3].signer[0] = 'b';
	list[4].key[0] = 'b';
	list[5].detail[0] = 'b';
	for (size_t i = 0; i < ARRAY_SIZE(list); i++)
		ck_assert_msg(signature_equal(&a, &list[i]) == (i == 0), "%zu", i);
}
END_TEST

int main(void)
{
	static const struct support_case cases[] = {
		CASE(names_are_told_apart_and_found_again),
		CASE(words_say_whose_it_was_as_far_as_that_is_known),
		CASE(every_member_makes_a_difference),
		{0}};
	return support_main("skill/signature", cases);
}
