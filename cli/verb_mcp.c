/* aspora mcp: pins the tools of MCP servers in mcp.lock, and says what became of them. */
#include "admission/report.h"
#include "base/io.h"
#include "cli/judge.h"
#include "cli/result.h"
#include "cli/verbs.h"

static struct {
	const char *from, *domain, *format;
} o;

static const char *const words[] = {"lock", "verify", NULL};

static const struct opt options[] = {
	{"from", 'f', OPT_STRING, &o.from, "FILE",
	 "What the server answers to tools/list: JSON, the result or the whole reply. What it says "
	 "as instructions stands beside \"tools\".",
	 NULL},
	{"domain", 'd', OPT_STRING, &o.domain, "DOMAIN",
	 "Only this domain; every domain whose skills use the server when left out.", NULL},
	OPT_END,
};

static bool uses_server(const struct domain *d, struct str server)
{
	for (size_t i = 0; i < d->skill_count; i++) {
		const struct field_strings *tools = &d->skills[i].effective.mcp.tools;
		for (size_t k = 0; k < tools->count; k++) {
			struct str tool = tools->items[k];
			if (str_starts(tool, server) && tool.p[server.len] == '.')
				return true;
		}
	}
	return false;
}

static bool is_meant(const struct domain *d, struct str server)
{
	return o.domain ? str_eqz(d->name, o.domain)
			: mcp_lock_server(d->lock, server) || uses_server(d, server);
}

/* --- lock ------------------------------------------------------------------------------------------------------------ */

static int lock_domain(struct cli *c, const struct cli_folder *folder, const struct domain *d,
		       const struct mcp_server *s, struct err *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT((size_t)16 << 20);
	struct mcp_lock l = d->lock ? *d->lock : (struct mcp_lock){0};
	const char *below = arena_printf(c->arena, "skills/%.*s/" MCP_LOCK_FILE, STR_ARG(d->name));
	CLEANUP_FREE char *path = io_join(folder->root, below);
	mcp_lock_set(c->arena, &l, s);
	mcp_lock_write(&text, &l);
	int rc = io_write_file(path, buf_str(&text), 0644, err);
	if (rc == 0)
		cli_say("%s: %zu tool%s of %.*s", below, s->tool_count,
			s->tool_count == 1 ? "" : "s", STR_ARG(s->name));
	return rc;
}

static int lock(struct cli *c, struct str server, struct err *err)
{
	CLEANUP(cli_folder_release) struct cli_folder folder = {0};
	CLEANUP(cli_tree_release) struct cli_tree tree = {0};
	struct cli_scope scope;
	struct mcp_server seen;
	size_t written = 0;
	int rc = cli_folder_open(c, NULL, &folder, &scope, err);
	if (rc == 0)
		rc = cli_read_folder(&folder, &tree, err);
	if (rc == 0)
		rc = cli_read_tools(c, server, o.from, &seen, err);
	for (size_t i = 0; rc == 0 && i < tree.snap->domain_count; i++) {
		if (!is_meant(tree.snap->domains[i], server))
			continue;
		written++;
		rc = lock_domain(c, &folder, tree.snap->domains[i], &seen, err);
	}
	if (rc < 0 || written)
		return rc;
	if (o.domain)
		return err_set(err, ERR_NOT_FOUND, "there is no domain %s here", o.domain);
	err_set(err, ERR_NOT_FOUND, "no skill here uses a tool of %.*s", STR_ARG(server));
	return err_remedy(err, "name the domain that is going to: --domain");
}

/* --- verify ---------------------------------------------------------------------------------------------------------- */

static bool is_about_pins(const struct finding *f)
{
	return strcmp(f->rule, "AD-TOOLS-003") == 0 || strcmp(f->rule, "AD-TOOLS-004") == 0 ||
	       strcmp(f->rule, "SK-MCP-LOCK") == 0;
}

static int print(const struct admission *a, const struct mcp_server *s, size_t locked,
		 struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	size_t said = 0;
	for (size_t i = 0; i < a->domain_count; i++) {
		const struct findings *f = &a->domains[i].verdict.findings;
		if (o.domain && !str_eqz(a->domains[i].name, o.domain))
			continue;
		for (size_t k = 0; k < f->count; k++) {
			if (!is_about_pins(&f->items[k]) || f->items[k].severity == SEVERITY_NOTE)
				continue;
			finding_text(&out, &f->items[k]);
			said++;
		}
	}
	if (!said)
		buf_addf(&out, "%.*s is what %zu mcp.lock%s have of it\n", STR_ARG(s->name), locked,
			 locked == 1 ? "" : "s");
	int rc = cli_write(&out, err);
	return rc < 0 || !said ? rc : err_exit_status(ERR_DRIFT);
}

static int verify(struct cli *c, struct str server, struct err *err)
{
	CLEANUP(cli_judged_release) struct cli_judged j = {0};
	struct mcp_server seen;
	size_t locked = 0;
	int rc = cli_judge_plan(c, NULL, &(struct cli_sides){0}, &j, err);
	if (rc == 0)
		rc = cli_read_tools(c, server, o.from, &seen, err);
	j.seen = &seen;
	j.seen_count = 1;
	if (rc == 0)
		rc = cli_judge_admit(c, &j, err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < j.want.snap->domain_count; i++)
		locked += mcp_lock_server(j.want.snap->domains[i]->lock, server) &&
			  is_meant(j.want.snap->domains[i], server);
	if (!locked) {
		err_set(err, ERR_NOT_FOUND, "no mcp.lock here has server %.*s", STR_ARG(server));
		return err_remedy(err, "aspora mcp lock writes it");
	}
	return print(j.admission, &seen, locked, err);
}

static int mcp(struct cli *c, struct err *err)
{
	struct str server = str_of(c->operands[1]);
	if (!o.from)
		return cli_usage(c, err,
				 "mcp %s needs --from: a file with what the server answers to "
				 "tools/list",
				 c->operands[0]);
	int rc = name_check(server, "server name", err);
	if (rc < 0)
		return rc;
	return strcmp(c->operands[0], "lock") == 0 ? lock(c, server, err) : verify(c, server, err);
}

const struct cli_verb cli_verb_mcp = {
	.name = "mcp",
	.usage = "lock | verify SERVER --from FILE",
	.help = "Pin the tools of an MCP server, or say what became of them.",
	.about =
		"lock writes what the server says of its tools into skills/DOMAIN/mcp.lock; it is\n"
		"committed and reviewed as any other file. verify holds another answer against "
		"it:\n"
		"tools that are new, gone, renamed or not what they were, and the skills that use "
		"them.\n"
		"Nothing is asked over a network.\n\n"
		"The exit status of verify is 1 when something differs.",
	.options = options,
	.uses = CLI_USES_FOLDER,
	.words = words,
	.least = 2,
	.most = 2,
	.run = mcp,
};
