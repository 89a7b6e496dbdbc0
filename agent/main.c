/*
 * asporad: see asporad(8). This file finds out what is asked for; agent/supervisor.c runs it.
 */
#include <stdio.h>
#include <unistd.h>

#include "agent/gateway/tls.h"
#include "agent/gateway/tls_files.h"
#include "agent/role.h"
#include "agent/supervisor.h"
#include "agent/verb.h"
#include "base/io.h"
#include "base/mem.h"
#include "base/opt.h"
#include "gitsync/url.h"

struct choice {
	const char *config, *state, *listen, *database, *only;
	bool check, once, version, help;
};

static void print_help(const struct opt *opts)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	buf_addz(&out, "Usage: asporad [OPTION ...]\n       asporad [OPTION ...] VERB ...\n\n"
		       "Keeps the deployed skills equal to what is merged.\n\nOptions:\n");
	opt_help(&out, opts);
	buf_addz(&out, "\nVerbs:\n");
	for (const struct verb *v = verbs; v->name; v++)
		buf_addf(&out, "  %-34s %s\n", v->usage, v->help);
	fwrite(buf_cstr(&out), 1, out.len, stdout);
}

/* Addresses are judged here as sync will judge them. */
static bool source_is_usable(const struct agent_source *s)
{
	const struct url_policy policy = {s->allow_local, s->allow_private, s->allow_plain};
	struct url url;
	struct err err = ERR_INIT;
	char ref[256], text[ERR_MSG_MAX + 512];
	if (url_parse(s->url, &policy, &url, &err) == 0 && ref_name_full(s->branch, ref, &err) == 0)
		return true;
	fprintf(stderr, "source %.*s: %s\n", STR_ARG(s->key), err_format(&err, text, sizeof(text)));
	return false;
}

/* As the gateway will read it, by whoever runs this. */
static bool pair_is_usable(const struct agent_config *c)
{
	CLEANUP(tls_pair_release) struct tls_pair p = {BUF_INIT(0), SECRET_INIT};
	CLEANUP(gw_tls_freep) struct gw_tls *t = NULL;
	CLEANUP_FREE char *cert = mem_strndup(c->tls.certificate.p, c->tls.certificate.len);
	CLEANUP_FREE char *key = mem_strndup(c->tls.key.p, c->tls.key.len);
	struct err err = ERR_INIT;
	char text[ERR_MSG_MAX + 512];
	if (tls_pair_read(cert, key, &p, &err) == 0 &&
	    gw_tls_new(buf_str(&p.certificate), secret_lend(&p.key), &t, &err) == 0)
		return true;
	fprintf(stderr, "%s\n", err_format(&err, text, sizeof(text)));
	return false;
}

static int check_config(const char *path, struct err *err)
{
	CLEANUP(agent_config_freep) struct agent_config *c = NULL;
	int rc = agent_config_load(path, &c, err);
	if (rc < 0)
		return rc;
	size_t wrong = c->note_count;
	for (size_t i = 0; i < c->note_count; i++)
		fprintf(stderr, "%.*s\n", STR_ARG(c->notes[i].text));
	for (size_t i = 0; i < agent_config_source_count(c); i++)
		wrong += !source_is_usable(agent_config_source_at(c, i));
	if (c->tls.certificate.len && !pair_is_usable(c))
		wrong++;
	if (wrong) {
		err_set(err, ERR_INVALID, "%s: %zu thing%s to put right",
			path ? path : "the defaults", wrong, wrong == 1 ? "" : "s");
		return ERR_INVALID;
	}
	printf("%s: fine, %zu source%s, state in %.*s, %s\n", path ? path : "defaults",
	       c->sources.count, c->sources.count == 1 ? "" : "s", STR_ARG(c->state),
	       c->database.len ? "an outside database" : "a private PostgreSQL");
	return 0;
}

static int run_verb(const struct choice *c, int argc, char **argv, struct err *err)
{
	const struct verb_opts o = {c->config, c->state, c->database};
	const char *names[16];
	size_t count = 0;
	for (const struct verb *v = verbs; v->name; v++) {
		if (strcmp(v->name, argv[0]) == 0)
			return v->run(&o, argc, argv, err);
		names[count++] = v->name;
	}
	err_set(err, ERR_USAGE, "there is no verb \"%s\"", argv[0]);
	const char *near = str_nearest(str_of(argv[0]), names, count);
	if (near)
		err_remedy(err, "did you mean \"asporad %s\"?", near);
	return ERR_USAGE;
}

/* Options stand before the verb; the verb parses its own. */
static int split_verb(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		for (const struct verb *v = verbs; v->name; v++)
			if (strcmp(argv[i], v->name) == 0)
				return i;
	}
	return argc;
}

static int run(int argc, char **argv, struct err *err)
{
	struct choice c = {0};
	const struct opt opts[] = {
		{"config", 'c', OPT_STRING, &c.config, "FILE",
		 "Configuration; " AGENT_CONFIG_FILE " when it is there."},
		{"state", 's', OPT_STRING, &c.state, "DIR",
		 "State folder, instead of the configured one."},
		{"listen", 'l', OPT_STRING, &c.listen, "ADDR:PORT",
		 "Address of the gateway, instead of the configured one."},
		{"database", 'd', OPT_STRING, &c.database, "URL",
		 "PostgreSQL to use, instead of the configured one."},
		{"roles", 0, OPT_STRING, &c.only, "LIST", "Only these roles, separated by commas."},
		{"once", '1', OPT_FLAG, &c.once, NULL,
		 "Bring everything up to date once, then end."},
		{"check-config", 0, OPT_FLAG, &c.check, NULL,
		 "Read the configuration, say what is wrong with it, and end."},
		{"version", 'V', OPT_FLAG, &c.version, NULL, "Print the version and end."},
		{"help", 'h', OPT_FLAG, &c.help, NULL, "Print this and end."},
		OPT_END};
	int operands = 0, verb_at = split_verb(argc, argv);
	int rc = opt_parse(verb_at, argv, opts, &operands, err);
	if (rc < 0)
		return rc;
	if (c.help) {
		print_help(opts);
		return 0;
	}
	if (c.version) {
		puts("asporad " ASPORA_VERSION);
		return 0;
	}
	if (!c.config && io_exists(AGENT_CONFIG_FILE))
		c.config = AGENT_CONFIG_FILE;
	if (c.check)
		return check_config(c.config, err);
	if (verb_at < argc)
		return run_verb(&c, argc - verb_at, argv + verb_at, err);
	if (operands > 0)
		return run_verb(&c, operands, argv + 1, err);
	const struct supervisor_opts o = {c.config, c.state, c.listen, c.database, c.once, c.only};
	return supervisor_run(&o, err);
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	char text[ERR_MSG_MAX + 512];
	if (argc == 1 && agent_role_of_title(argv[0]))
		return role_main(agent_role_of_title(argv[0]));
	/* Behind another program, which gives it the name of its file. */
	if (argc == 3 && strcmp(argv[1], "role") == 0 && agent_role_find(argv[2]))
		return role_main(agent_role_find(argv[2]));
	int rc = crypto_init(&err);
	if (rc == 0)
		rc = run(argc, argv, &err);
	if (rc >= 0)
		return rc;
	fprintf(stderr, "asporad: %s\n", err_format(&err, text, sizeof(text)));
	return err_exit_status(rc);
}
