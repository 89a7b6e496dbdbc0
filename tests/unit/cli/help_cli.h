/*
 * What tests of the command line share: a command without a terminal, documents, and what was written to stdout and stderr.
 */
#ifndef TESTS_UNIT_CLI_HELP_CLI_H
#define TESTS_UNIT_CLI_HELP_CLI_H

#include "base/doc.h"
#include "cli/cli.h"
#include "tests/unit/support.h"

/* A command of the verb `get` with --output output (NULL: left out); static, good until the next call; its arena is never freed. */
struct cli *help_command(const char *output);
/* A document in the arena of help_command(), which was called before. */
const struct doc_node *help_json(struct cli *c, const char *json);

/* From begin to end what is written to fd (1, 2) is kept; one at a time. Static storage, good until the next end. */
void help_capture(int fd);
const char *help_captured(void);

/* A folder with these files, {path, text} until a NULL path; static storage of support_dir() is copied into the command's arena. */
struct help_file {
	const char *path, *text;
};
const char *help_folder(struct cli *c, const struct help_file *files);

/* A repository with two domains: ecm (boss, a manager, and order, with a trigger), hr (screen); as help_folder(). */
const char *help_skills(struct cli *c);
/* Runs git in the folder with a fixed identity; words are separated by spaces. Returns what it printed, static. */
const char *help_git(const char *root, const char *words);

#endif
