/*
 * aspora: see aspora(1). This file finds the verb and gives it its options; the verb does the rest.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/crypto.h"
#include "cli/cli.h"
#include "cli/elsewhere.h"

/* Options that may also stand before the verb and take a value: their value is not the verb. */
static bool takes_value(const char *word)
{
	static const char *const names[] = {
		"--server", "--key",	"--context", "--request-timeout", "--folder",
		"-C",	    "--output", "-o",	     "--namespace",	  "-n",
		"--domain", "-d",	NULL};
	for (size_t i = 0; names[i]; i++)
		if (strcmp(word, names[i]) == 0)
			return true;
	return false;
}

/* Moves the verb to argv[1]. Returns it, or NULL when there is none. */
static const char *find_verb(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (argv[i][0] == '-' && argv[i][1]) {
			i += takes_value(argv[i]);
			continue;
		}
		char *verb = argv[i];
		memmove(argv + 2, argv + 1, (size_t)(i - 1) * sizeof(*argv));
		argv[1] = verb;
		return verb;
	}
	return NULL;
}

static int check_operands(const struct cli *c, struct err *err)
{
	const struct cli_verb *v = c->verb;
	if (c->operand_count < v->least)
		return cli_usage(c, err, "aspora %s needs %s", v->name,
				 v->least - c->operand_count == 1 && c->operand_count
					 ? "one more word"
					 : "to be told what");
	if (v->most >= 0 && c->operand_count > v->most)
		return cli_usage(c, err, "aspora %s does not know what to do with \"%s\"", v->name,
				 c->operands[v->most]);
	if (!v->words || c->operand_count == 0)
		return 0;
	size_t count = 0;
	for (; v->words[count]; count++)
		if (strcmp(v->words[count], c->operands[0]) == 0)
			return 0;
	int rc = cli_usage(c, err, "aspora %s has no \"%s\"", v->name, c->operands[0]);
	const char *near = str_nearest(str_of(c->operands[0]), v->words, count);
	const char *instead = cli_elsewhere_verb(v->name, c->operands[0]);
	if (instead)
		err_remedy(err, "%s", instead);
	else if (near)
		err_remedy(err, "did you mean \"aspora %s %s\"?", v->name, near);
	return rc;
}

/* An option that other tools have. */
static void say_instead(const struct cli *c, struct err *err)
{
	static const char begin[] = "unknown option ";
	if (strncmp(err->msg, "--wait: \"false\"", strlen("--wait: \"false\"")) == 0)
		err_remedy(err, "--wait says how long: write --wait=0s not to wait");
	if (strncmp(err->msg, begin, strlen(begin)) != 0)
		return;
	const char *instead = cli_elsewhere_option(c->verb->name, err->msg + strlen(begin));
	if (instead)
		err_remedy(err, "%s", instead);
}

static int run_verb(struct cli *c, int argc, char **argv, struct err *err)
{
	struct opt opts[CLI_OPTIONS_MAX + 1];
	bool help = false;
	cli_options(c, c->verb, opts);
	size_t n = 0;
	while (opts[n].name)
		n++;
	opts[n++] = (struct opt){"help", 'h', OPT_FLAG, &help, NULL, NULL, NULL};
	opts[n] = (struct opt)OPT_END;
	int rc = opt_parse(argc, argv, opts, &c->operand_count, err);
	if (help) {
		CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
		cli_help_verb(c, c->verb, &out);
		return cli_write(&out, err);
	}
	c->operands = argv + 1;
	if (rc < 0)
		say_instead(c, err);
	if (rc == 0)
		rc = check_operands(c, err);
	return rc < 0 ? rc : c->verb->run(c, err);
}

static int run(struct cli *c, int argc, char **argv, struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	const char *name = find_verb(argc, argv);
	if (name) {
		c->verb = cli_verb_find(name);
		return c->verb ? run_verb(c, argc - 1, argv + 1, err)
			       : cli_verb_unknown(name, argc > 2 ? argv[2] : NULL, err);
	}
	bool help = argc == 1, version = false;
	const struct opt opts[] = {
		{"help", 'h', OPT_FLAG, &help, NULL, NULL, NULL},
		{"version", 'V', OPT_FLAG, &version, NULL, NULL, NULL},
		OPT_END,
	};
	int operands = 0;
	int rc = opt_parse(argc, argv, opts, &operands, err);
	if (rc < 0)
		return rc;
	if (version)
		buf_addz(&out, "aspora " ASPORA_VERSION "\n");
	else
		cli_help(&out);
	rc = cli_write(&out, err);
	return rc < 0 || argc > 1 ? rc : err_exit_status(ERR_USAGE);
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	struct cli c = {.arena = arena_new((size_t)1 << 30),
			.terminal_in = isatty(STDIN_FILENO),
			.terminal_out = isatty(STDOUT_FILENO),
			.terminal_err = isatty(STDERR_FILENO)};
	c.color = c.terminal_out && !(no_color && *no_color) &&
		  !(term && strcmp(term, "dumb") == 0);
	int rc = crypto_init(&err);
	if (rc == 0)
		rc = run(&c, argc, argv, &err);
	if (rc < 0) {
		cli_say_error(&err);
		rc = err_exit_status(rc);
	}
	arena_free(c.arena);
	return rc;
}
