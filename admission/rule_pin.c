/* Tools are what they were when somebody looked: mcp.lock against what skills use, and against what servers said last. */
#include "admission/rule_int.h"

static struct str lock_path(const struct rule_in *in)
{
	return str_of(arena_printf(in->arena, "skills/%.*s/" MCP_LOCK_FILE, STR_ARG(in->name)));
}

static void at_lock(const struct rule_in *in, struct finding *f)
{
	const struct domain_file *file = map_find(&in->index->files, STR(MCP_LOCK_FILE));
	f->path = lock_path(in);
	if (file)
		f->blob = file->blob;
}

int rule_tools_pinned(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	const struct field_strings *tools = &in->effective->mcp.tools;
	for (size_t i = 0; i < tools->count; i++) {
		struct str server, tool;
		if (!rule_split_tool(tools->items[i], &server, &tool))
			continue;
		const struct mcp_server *s = mcp_lock_server(in->domain->lock, server);
		if (mcp_server_tool(s, tool) || (!s && !in->domain_effective->mcp.pinned))
			continue;
		struct finding *f;
		if (s)
			f = rule_say(in, out, "mcp.lock has server %.*s, but not its tool %.*s",
				     STR_ARG(server), STR_ARG(tool));
		else
			f = rule_say(in, out, "tool %.*s is not pinned: %s",
				     STR_ARG(tools->items[i]),
				     in->domain->lock ? "mcp.lock has not its server"
						      : "the domain has no mcp.lock");
		finding_remedy(
			out, f,
			"give the server's answer to tools/list to: aspora mcp lock --domain "
			"%.*s --from FILE %.*s",
			STR_ARG(in->name), STR_ARG(server));
		rule_at_effective(in, f, "mcp.tools");
		if (in->domain->lock)
			f->related_path = lock_path(in);
		else
			rule_relate_field(in, f, "mcp.pinned");
	}
	return 0;
}

/* --- drift --------------------------------------------------------------------------------------------------------- */

struct drift {
	const struct rule_in *in;
	struct findings *out;
	const struct mcp_server *seen;
};

/* Skills that use the tool, or (an empty one) any tool of the server. */
static size_t affected(const struct drift *d, struct str tool, struct buf *names)
{
	const struct domain *domain = d->in->domain;
	struct field_strings who = {
		arena_array(d->in->arena, domain->skill_count, sizeof(struct str)), 0};
	for (size_t i = 0; i < domain->skill_count; i++) {
		const struct field_strings *uses =
			&rule_effective(d->in->index, domain, i)->mcp.tools;
		bool hit = false;
		for (size_t k = 0; k < uses->count && !hit; k++) {
			struct str server, name;
			hit = rule_split_tool(uses->items[k], &server, &name) &&
			      str_eq(server, d->seen->name) && (!tool.len || str_eq(name, tool));
		}
		if (hit)
			who.items[who.count++] = domain->skills[i].skill->name;
	}
	rule_list(names, &who);
	return who.count;
}

static struct finding *say_drift(const struct drift *d, enum mcp_drift kind, struct str tool,
				 struct str to)
{
	struct str server = d->seen->name;
	switch (kind) {
	case MCP_INSTRUCTIONS:
		return rule_say(d->in, d->out, "MCP server %.*s has other instructions than pinned",
				STR_ARG(server));
	case MCP_NEW:
		return rule_say(d->in, d->out, "MCP server %.*s has a new tool %.*s",
				STR_ARG(server), STR_ARG(tool));
	case MCP_RENAMED:
		return rule_say(d->in, d->out, "tool %.*s of MCP server %.*s is now called %.*s",
				STR_ARG(tool), STR_ARG(server), STR_ARG(to));
	case MCP_REMOVED:
		return rule_say(d->in, d->out, "tool %.*s of MCP server %.*s is gone",
				STR_ARG(tool), STR_ARG(server));
	default:
		return rule_say(d->in, d->out, "tool %.*s of MCP server %.*s is not what it was",
				STR_ARG(tool), STR_ARG(server));
	}
}

static void on_drift(void *state, enum mcp_drift kind, struct str tool, struct str to)
{
	struct drift *d = state;
	CLEANUP(buf_release) struct buf names = BUF_INIT(4096), words = BUF_INIT(8192);
	size_t n = affected(d, kind == MCP_NEW ? STR("") : tool, &names);
	struct finding *f = say_drift(d, kind, tool, to);
	buf_addf(&words, "%.*s; ", STR_ARG(f->message));
	if (n)
		buf_addf(&words, "affected: %s", buf_cstr(&names));
	else
		buf_addz(&words, "no skill of this domain uses it");
	f->message = arena_str(d->out->arena, buf_str(&words));
	finding_remedy(
		d->out, f,
		"look at what the server changed, then pin it anew: aspora mcp lock --domain "
		"%.*s --from FILE %.*s",
		STR_ARG(d->in->name), STR_ARG(d->seen->name));
	/* A tool that nobody uses, or that is new, harms nobody yet. */
	if (!n || kind == MCP_NEW)
		f->severity = SEVERITY_WARN;
	at_lock(d->in, f);
	rule_rests_on(d->in, "mcp %.*s %s %.*s", STR_ARG(d->seen->name), mcp_drift_name(kind),
		      STR_ARG(tool));
}

int rule_tools_drift(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	for (size_t i = 0; in->domain && i < in->facts->seen_count; i++) {
		struct drift d = {in, out, &in->facts->seen[i]};
		const struct mcp_server *pinned = mcp_lock_server(in->domain->lock, d.seen->name);
		if (pinned)
			mcp_server_compare(pinned, d.seen, on_drift, &d);
	}
	return 0;
}
