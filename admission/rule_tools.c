#include "admission/rule_int.h"

static const struct config_mcp_server *server_find(const struct rule_in *in, struct str name)
{
	if (!in->policy->platform)
		return NULL;
	const struct field_list *l = &in->policy->platform->values.mcp.servers;
	const struct config_mcp_server *items = l->items;
	for (size_t i = 0; i < l->count; i++)
		if (str_eq(items[i].key, name))
			return &items[i];
	return NULL;
}

static bool server_serves(const struct config_mcp_server *s, struct str domain)
{
	return !s->domains.count || rule_strings_have(&s->domains, domain);
}

/* The place of the n-th tool in the skill's own list, or of the list that gives it. */
static void at_tool(const struct rule_in *in, struct finding *f, size_t n)
{
	const struct config_doc *own = in->skill->skill->config;
	const struct doc_node *list = own ? doc_find_path(own->root, "mcp.tools") : NULL;
	if (!list) {
		rule_at_effective(in, f, "mcp.tools");
		return;
	}
	rule_at_field(f, own, "mcp.tools");
	if (list->type == DOC_LIST && n < list->list.count)
		finding_at_node(f, list->list.items[n]);
}

static void server_names(const struct rule_in *in, struct buf *out)
{
	const struct field_list *l = in->policy->platform
					     ? &in->policy->platform->values.mcp.servers
					     : &(struct field_list){0};
	const struct config_mcp_server *items = l->items;
	struct field_strings names = {arena_array(in->arena, l->count, sizeof(struct str)), 0};
	for (size_t i = 0; i < l->count; i++)
		if (server_serves(&items[i], in->name))
			names.items[names.count++] = items[i].key;
	rule_list(out, &names);
}

static void relate_servers(const struct rule_in *in, struct finding *f)
{
	struct finding rel = {0};
	if (!rule_at_field(&rel, in->policy->platform, "mcp.servers"))
		return;
	f->related_path = rel.path;
	f->related_line = rel.line;
	f->related_column = rel.column;
}

static void deny_server(const struct rule_in *in, struct findings *out, size_t n, struct str server,
			const char *why)
{
	CLEANUP(buf_release) struct buf names = BUF_INIT(4096);
	struct finding *f = rule_say(in, out, "MCP server %.*s %s", STR_ARG(server), why);
	server_names(in, &names);
	if (names.len)
		finding_remedy(
			out, f,
			"use one that is approved for %.*s: %s; or have the platform approve %.*s",
			STR_ARG(in->name), buf_cstr(&names), STR_ARG(server));
	else
		finding_remedy(out, f,
			       "take the tool out, or have the platform's mcp.servers approve %.*s "
			       "for %.*s",
			       STR_ARG(server), STR_ARG(in->name));
	at_tool(in, f, n);
	relate_servers(in, f);
}

int rule_tools_server(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	const struct field_strings *tools = &in->effective->mcp.tools;
	for (size_t i = 0; i < tools->count; i++) {
		struct str server, tool;
		if (!rule_split_tool(tools->items[i], &server, &tool))
			continue; /* reading has said so */
		const struct config_mcp_server *s = server_find(in, server);
		if (!s)
			deny_server(in, out, i, server, "is not known to the platform");
		else if (!server_serves(s, in->name))
			deny_server(in, out, i, server, "is not approved for this domain");
	}
	return 0;
}

/* mcp.allow of platform and domain names what may be used here; when nobody has set it, the servers' own lists hold. */
static bool allow_covers(const struct config *c, struct str tool)
{
	for (size_t i = 0; i < c->mcp.allow.count; i++)
		if (mcp_pattern_covers(c->mcp.allow.items[i], tool))
			return true;
	return !c->mcp.allow_limited;
}

static void deny_unlisted(const struct rule_in *in, struct findings *out, size_t n,
			  const struct config_mcp_server *s, struct str tool)
{
	CLEANUP(buf_release) struct buf names = BUF_INIT(4096);
	struct finding *f = rule_say(in, out, "tool %.*s of MCP server %.*s is not approved",
				     STR_ARG(tool), STR_ARG(s->key));
	rule_list(&names, &s->tools);
	finding_remedy(out, f, "approved are: %s", names.len ? buf_cstr(&names) : "none");
	at_tool(in, f, n);
	relate_servers(in, f);
}

static void deny_not_allowed(const struct rule_in *in, struct findings *out, size_t n)
{
	CLEANUP(buf_release) struct buf names = BUF_INIT(4096);
	const struct config *c = in->effective;
	struct finding *f = rule_say(in, out, "tool %.*s is not among those that mcp.allow names",
				     STR_ARG(c->mcp.tools.items[n]));
	rule_list(&names, &c->mcp.allow);
	finding_remedy(out, f, "allowed are: %s", names.len ? buf_cstr(&names) : "none");
	at_tool(in, f, n);
	rule_relate_field(in, f, "mcp.allow");
}

/* Said only about servers that rule_tools_server has nothing against. */
int rule_tools_tool(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	const struct field_strings *tools = &in->effective->mcp.tools;
	for (size_t i = 0; i < tools->count; i++) {
		struct str server, tool;
		if (!rule_split_tool(tools->items[i], &server, &tool))
			continue;
		const struct config_mcp_server *s = server_find(in, server);
		if (!s || !server_serves(s, in->name))
			continue;
		if (!rule_strings_have(&s->tools, tool))
			deny_unlisted(in, out, i, s, tool);
		else if (!allow_covers(in->effective, tools->items[i]))
			deny_not_allowed(in, out, i);
	}
	return 0;
}
