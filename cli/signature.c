#include "cli/signature.h"

#include "skill/signature.h"
#include "skill/text.h"

enum cli_signed cli_signature_say(const struct doc_node *n, struct str source, struct buf *out)
{
	struct signature s = {0};
	if (!n || !signature_state_find(doc_text(n, "state"), &s.state)) {
		buf_addz(out, "the gateway does not say who signed the commit");
		return CLI_SIGNED_UNKNOWN;
	}
	if (s.state == SIGNATURE_UNCHECKED) {
		buf_addf(out,
			 "not looked at: nobody was named who may sign for %.*s (signers of the "
			 "source in asporad.conf)",
			 STR_ARG(source));
		return CLI_SIGNED_UNKNOWN;
	}
	(void)signature_kind_find(doc_text(n, "kind"), &s.kind);
	text_quote(doc_text(n, "signer"), s.signer, sizeof(s.signer));
	text_quote(doc_text(n, "key"), s.key, sizeof(s.key));
	text_quote(doc_text(n, "detail"), s.detail, sizeof(s.detail));
	signature_words(&s, out);
	return s.state == SIGNATURE_GOOD  ? CLI_SIGNED
	       : s.state == SIGNATURE_BAD ? CLI_SIGNED_WRONG
					  : CLI_SIGNED_UNKNOWN;
}

void cli_signature_json(const struct doc_node *n, struct json *j)
{
	static const char *const members[] = {"kind", "signer", "key", "detail"};
	struct str state = n ? doc_text(n, "state") : STR_NULL;
	json_object_in(j, "signature");
	json_str(j, "state", state.len ? state : STR("unchecked"));
	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		json_str(j, members[i], n ? doc_text(n, members[i]) : STR_NULL);
	json_end(j);
}
