#include "cli/result.h"

#include <stdio.h>

#include "skill/execution.h"
#include "skill/text.h"

void cli_lines(struct buf *out, struct str text)
{
	struct str line;
	while (str_split(&text, '\n', &line)) {
		text_escape(out, line, 0);
		buf_add_char(out, '\n');
	}
}

static void add_answer(struct buf *out, const struct doc_node *result)
{
	struct str text = doc_text(result, "text");
	const struct doc_node *output = doc_find(result, "output");
	if (text.len) {
		cli_lines(out, text);
	} else if (output && output->type == DOC_STRING) {
		cli_lines(out, output->text);
	} else if (output) {
		doc_write_json(out, output, 2, false);
		buf_add_char(out, '\n');
	}
}

void cli_result(struct buf *out, const struct doc_node *n, const char *format)
{
	if (strcmp(format, "yaml") == 0) {
		doc_write_yaml(out, n);
	} else if (strcmp(format, "text") == 0) {
		add_answer(out, n);
	} else {
		doc_write_json(out, n, strcmp(format, "raw") == 0 ? 0 : 2, false);
		buf_add_char(out, '\n');
	}
}

bool cli_execution_ended(const struct doc_node *execution)
{
	enum execution_state s;
	return execution_state_find(doc_text(doc_find(execution, "status"), "phase"), &s) &&
	       execution_state_final(s);
}

void cli_pass_on(const struct buf *said)
{
	CLEANUP(buf_release) struct buf safe = BUF_INIT(BUF_MAX);
	cli_lines(&safe, buf_str(said));
	fputs(buf_cstr(&safe), stderr);
}
