/*
 * Addresses of remotes. Properties: what is accepted has no control byte, no password and no "..", its canonical text is accepted
 * again and is its own canonical text; a strict policy accepts nothing that the open one refuses; redaction takes out what it
 * should whatever surrounds it.
 */
#include "base/buf.h"
#include "gitsync/url.h"
#include "tests/fuzz/fuzz.h"

static void check_accepted(const struct url *u)
{
	static const struct url_policy open = {true, true, true};
	CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 16);
	CLEANUP(buf_release) struct buf twice = BUF_INIT(1 << 16);
	struct url again;
	struct err err = ERR_INIT;
	url_format(u, &text);
	if (u->scheme != URL_LOCAL) {
		FUZZ_CHECK(u->host[0] && u->port && u->host[0] != '-');
		FUZZ_CHECK(u->path[0] && u->path[0] != '-');
		for (size_t i = 0; i < text.len; i++)
			FUZZ_CHECK(text.data[i] > 0x20 && text.data[i] < 0x7f &&
				   text.data[i] != '\\');
	} else {
		FUZZ_CHECK(u->path[0] == '/');
	}
	FUZZ_CHECK(url_parse(buf_str(&text), &open, &again, &err) == 0);
	url_format(&again, &twice);
	FUZZ_CHECK(str_eq(buf_str(&text), buf_str(&twice)));
}

/* Whatever stands before and after it, a password in an address and a value after a key word are gone. */
static void check_redaction(struct str in)
{
	static const struct str canary = {"c4n4ry", 6};
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	if (str_find(in, canary, 0) >= 0)
		return;
	buf_add_str(&text, in);
	buf_addz(&text, " https://u:c4n4ry@h/x ?token=c4n4ry& ");
	buf_add_str(&text, in);
	buf_addz(&text, "\nAuthorization: Basic c4n4ry\n");
	url_redact(buf_str(&text), &out);
	FUZZ_CHECK(str_find(buf_str(&out), canary, 0) < 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct url_policy open = {true, true, true}, strict;
	struct str in = str_make((const char *)data, size);
	struct err err = ERR_INIT;
	struct url u, s;
	char ref[256];
	bool accepted = url_parse(in, &open, &u, &err) == 0;
	FUZZ_CHECK(accepted || (err.code && err.msg[0]));
	if (accepted)
		check_accepted(&u);
	if (url_parse(in, &strict, &s, &err) == 0)
		FUZZ_CHECK(accepted && s.scheme != URL_LOCAL && s.scheme != URL_GIT &&
			   s.scheme != URL_HTTP);
	if (ref_name_full(in, ref, &err) == 0)
		FUZZ_CHECK(strlen(ref) < sizeof(ref) && !strstr(ref, ".."));
	check_redaction(in);
	return 0;
}
