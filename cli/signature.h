/* Who signed a commit, as the status.signature of an object has it, for people and programs. */
#ifndef CLI_SIGNATURE_H
#define CLI_SIGNATURE_H

#include "base/doc.h"
#include "base/json.h"

enum cli_signed {
	CLI_SIGNED, /* by somebody whom the operator trusts */
	CLI_SIGNED_UNKNOWN, /* not at all, or nobody can tell by whom */
	CLI_SIGNED_WRONG /* the signature does not hold */
};

/* n: status.signature, NULL where there is none; source: whose commit it is. Appends one sentence without an end. */
enum cli_signed cli_signature_say(const struct doc_node *n, struct str source, struct buf *out);
/* The member "signature" of an open object; of NULL: unchecked. */
void cli_signature_json(const struct doc_node *n, struct json *j);

#endif
