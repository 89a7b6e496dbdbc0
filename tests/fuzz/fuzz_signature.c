/*
 * What git says of a signature, the signature itself, and the record of the child that looked: good is only what git ended well over and said in so many
 * words, and every text is one line that can be shown. The first byte says which of them: 's', 'o' (SSH, OpenPGP; then '0' or '1' for how git
 * ended), 'k' (a gpgsig header) or 'r' (a record).
 */
#include <string.h>

#include "gitsync/signature_int.h"
#include "tests/fuzz/fuzz.h"

static void check_text(const char *z, size_t size)
{
	struct str s = str_make(z, strnlen(z, size));
	FUZZ_CHECK(s.len < size && str_is_utf8(s, NULL));
	FUZZ_CHECK(str_find_byte(s, '\n', 0) < 0 && str_find_byte(s, '\x1b', 0) < 0);
}

static void check_signature(const struct signature *s)
{
	FUZZ_CHECK(s->state < SIGNATURE_STATES && s->kind < SIGNATURE_KINDS);
	check_text(s->signer, sizeof(s->signer));
	check_text(s->key, sizeof(s->key));
	check_text(s->detail, sizeof(s->detail));
}

static void read_said(enum signature_kind kind, struct str in)
{
	struct signature s = {.kind = kind};
	bool ok = in.len && in.p[0] == '1';
	struct str said = str_sub(in, 1, in.len);
	signature_read(said, ok, &s);
	check_signature(&s);
	FUZZ_CHECK(s.kind == kind && s.state != SIGNATURE_UNCHECKED && s.state != SIGNATURE_NONE);
	if (s.state != SIGNATURE_GOOD)
		return;
	FUZZ_CHECK(ok);
	FUZZ_CHECK(str_find(said,
			    kind == SIGNATURE_SSH ? STR("Good \"git\" signature for ")
						  : STR("[GNUPG:] GOODSIG"),
			    0) >= 0);
}

static void read_record(struct str in)
{
	struct signature list[4];
	struct err child = ERR_INIT, err = ERR_INIT;
	bool ended = false;
	int code = 0, rc = signature_record_read(in, list, 4, &ended, &code, &child, &err);
	for (size_t i = 0; i < 4; i++) {
		FUZZ_CHECK(list[i].state < SIGNATURE_STATES && list[i].kind < SIGNATURE_KINDS);
		FUZZ_CHECK(rc == 0 || list[i].state == SIGNATURE_UNCHECKED);
		FUZZ_CHECK(memchr(list[i].signer, 0, sizeof(list[i].signer)) != NULL);
	}
	FUZZ_CHECK(rc == 0 || (rc == err.code && err.msg[0]));
	FUZZ_CHECK(!ended || rc < 0 || child.code == code);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = str_make((const char *)data, size);
	char what = size ? in.p[0] : 0, key[SIGNATURE_KEY_MAX] = "";
	in = str_sub(in, 1, in.len);
	if (what == 's')
		read_said(SIGNATURE_SSH, in);
	else if (what == 'o')
		read_said(SIGNATURE_OPENPGP, in);
	else if (what == 'r')
		read_record(in);
	else if (what == 'k' && signature_ssh_key(in, key)) {
		check_text(key, sizeof(key));
		FUZZ_CHECK(signature_kind_of(in) == SIGNATURE_SSH && strlen(key) == 50);
	}
	return 0;
}
