#include "skill/mcp_lock.h"

#include <stdlib.h>

#include "base/json.h"

#define TOOLS_MAX 10000

/* --- digests --------------------------------------------------------------------------------------------------- */

/* By name, which is the order of RFC 8785. */
static const char *const pinned_members[] = {"annotations", "description",  "inputSchema",
					     "name",	    "outputSchema", "title"};

static struct digest sha256(struct str bytes)
{
	struct digest d;
	crypto_sha256(bytes, d.bytes);
	return d;
}

static struct digest tool_digest(const struct doc_node *tool, bool with_name)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	const char *comma = "";
	buf_add_char(&text, '{');
	for (size_t i = 0; i < ARRAY_SIZE(pinned_members); i++) {
		const struct doc_node *n = doc_find(tool, pinned_members[i]);
		if (!n || (!with_name && strcmp(pinned_members[i], "name") == 0))
			continue;
		buf_addf(&text, "%s\"%s\":", comma, pinned_members[i]);
		doc_write_json(&text, n, 0, true);
		comma = ",";
	}
	buf_add_char(&text, '}');
	return sha256(buf_str(&text));
}

/* --- what a server says ------------------------------------------------------------------------------------------ */

static int tools_by_name(const void *pa, const void *pb)
{
	const struct mcp_tool *a = pa, *b = pb;
	return str_cmp(a->name, b->name);
}

static int servers_by_name(const void *pa, const void *pb)
{
	const struct mcp_server *a = pa, *b = pb;
	return str_cmp(a->name, b->name);
}

static bool tool_name_fits(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      (c && strchr("_-.", c))))
			return false;
	}
	return s.len > 0 && s.len <= 128;
}

static int sort_tools(struct mcp_server *s, const struct doc_node *at, const char *path,
		      struct err *err)
{
	if (s->tool_count)
		qsort(s->tools, s->tool_count, sizeof(*s->tools), tools_by_name);
	for (size_t i = 1; i < s->tool_count; i++)
		if (str_eq(s->tools[i].name, s->tools[i - 1].name))
			return doc_err(err, ERR_INVALID, path, at, "the tool %.*s is there twice",
				       STR_ARG(s->tools[i].name));
	return 0;
}

static int bad_tool_name(const struct doc_node *at, const char *path, struct err *err)
{
	doc_err(err, ERR_INVALID, path, at,
		"a tool's name is 1 to 128 letters, digits, '_', '-' and '.'");
	err_remedy(err, "have the server corrected: names of other forms are not of the protocol");
	return ERR_INVALID;
}

int mcp_server_read(struct arena *a, struct str name, const struct doc_node *reply,
		    const char *path, struct mcp_server *ret, struct err *err)
{
	const struct doc_node *result = doc_find(reply, "result");
	const struct doc_node *from = result ? result : reply;
	const struct doc_node *list = from->type == DOC_LIST ? from : doc_find(from, "tools");
	if (!list || list->type != DOC_LIST || list->list.count > TOOLS_MAX) {
		doc_err(err, ERR_INVALID, path, reply, "there is no list of tools in it");
		err_remedy(err, "give what the server answers to tools/list: {\"tools\": [...]}");
		return ERR_INVALID;
	}
	struct mcp_server s = {.name = arena_str(a, name)};
	s.instructions = sha256(doc_text(from, "instructions"));
	s.tools = arena_array(a, list->list.count, sizeof(*s.tools));
	for (size_t i = 0; i < list->list.count; i++) {
		const struct doc_node *t = list->list.items[i];
		struct str tool = doc_text(t, "name");
		if (!tool_name_fits(tool))
			return bad_tool_name(t, path, err);
		s.tools[s.tool_count++] = (struct mcp_tool){
			arena_str(a, tool), tool_digest(t, true), tool_digest(t, false)};
	}
	int rc = sort_tools(&s, list, path, err);
	if (rc == 0)
		*ret = s;
	return rc;
}

/* --- the file ----------------------------------------------------------------------------------------------------- */

static int read_digest(const struct doc_node *map, const char *key, const char *path,
		       struct digest *ret, struct err *err)
{
	if (digest_parse(doc_text(map, key), ret))
		return 0;
	doc_err(err, ERR_INVALID, path, map, "\"%s\" is not 64 lower-case hexadecimal digits", key);
	err_remedy(err, "write the file with `aspora mcp lock`");
	return ERR_INVALID;
}

static int read_server(struct arena *a, const struct doc_pair *pair, const char *path,
		       struct mcp_server *ret, struct err *err)
{
	const struct doc_node *tools = doc_find(pair->value, "tools");
	*ret = (struct mcp_server){.name = arena_str(a, pair->key)};
	int rc = read_digest(pair->value, "instructions", path, &ret->instructions, err);
	if (rc < 0)
		return rc;
	if (!tools || tools->type != DOC_MAP || tools->map.count > TOOLS_MAX)
		return doc_err(err, ERR_INVALID, path, pair->value,
			       "server \"%.*s\" has no \"tools\"", STR_ARG(pair->key));
	ret->tools = arena_array(a, tools->map.count, sizeof(*ret->tools));
	for (size_t i = 0; i < tools->map.count; i++) {
		const struct doc_pair *p = &tools->map.pairs[i];
		struct mcp_tool *t = &ret->tools[ret->tool_count++];
		if (!tool_name_fits(p->key))
			return bad_tool_name(p->value, path, err);
		t->name = arena_str(a, p->key);
		rc = read_digest(p->value, "digest", path, &t->digest, err);
		if (rc == 0)
			rc = read_digest(p->value, "shape", path, &t->shape, err);
		if (rc < 0)
			return rc;
	}
	return sort_tools(ret, tools, path, err);
}

int mcp_lock_read(struct arena *a, const struct doc_node *root, const char *path,
		  struct mcp_lock *ret, struct err *err)
{
	const struct doc_node *servers = doc_find(root, "servers");
	int64_t version = doc_int(root, "version", 0);
	if (version > MCP_LOCK_VERSION)
		return doc_err(err, ERR_UNSUPPORTED, path, root,
			       "it is of version %lld, and this program knows %d",
			       (long long)version, MCP_LOCK_VERSION);
	if (version < 1 || !servers || servers->type != DOC_MAP) {
		doc_err(err, ERR_INVALID, path, root, "it has no \"version\" or no \"servers\"");
		err_remedy(err, "write the file with `aspora mcp lock`");
		return ERR_INVALID;
	}
	struct mcp_lock l = {arena_array(a, servers->map.count, sizeof(*l.servers)), 0};
	for (size_t i = 0; i < servers->map.count; i++) {
		int rc = read_server(a, &servers->map.pairs[i], path, &l.servers[l.server_count++],
				     err);
		if (rc < 0)
			return rc;
	}
	if (l.server_count)
		qsort(l.servers, l.server_count, sizeof(*l.servers), servers_by_name);
	*ret = l;
	return 0;
}

static void write_tool(struct buf *out, const struct mcp_tool *t, bool last)
{
	char digest[DIGEST_HEX + 1], shape[DIGEST_HEX + 1];
	buf_addz(out, "        ");
	json_quote(out, t->name);
	buf_addf(out, ": {\"digest\": \"%s\", \"shape\": \"%s\"}%s\n",
		 digest_hex(&t->digest, digest), digest_hex(&t->shape, shape), last ? "" : ",");
}

static void write_server(struct buf *out, const struct mcp_server *s, bool last)
{
	char hex[DIGEST_HEX + 1];
	buf_addz(out, "    ");
	json_quote(out, s->name);
	buf_addf(out, ": {\n      \"instructions\": \"%s\",\n      \"tools\": {\n",
		 digest_hex(&s->instructions, hex));
	for (size_t i = 0; i < s->tool_count; i++)
		write_tool(out, &s->tools[i], i + 1 == s->tool_count);
	buf_addf(out, "      }\n    }%s\n", last ? "" : ",");
}

void mcp_lock_write(struct buf *out, const struct mcp_lock *l)
{
	buf_addf(out, "{\n  \"version\": %d,\n  \"servers\": {\n", MCP_LOCK_VERSION);
	for (size_t i = 0; i < l->server_count; i++)
		write_server(out, &l->servers[i], i + 1 == l->server_count);
	buf_addz(out, "  }\n}\n");
}

void mcp_lock_set(struct arena *a, struct mcp_lock *l, const struct mcp_server *s)
{
	struct mcp_server *all = arena_array(a, l->server_count + 1, sizeof(*all));
	size_t n = 0;
	for (size_t i = 0; i < l->server_count; i++)
		if (!str_eq(l->servers[i].name, s->name))
			all[n++] = l->servers[i];
	all[n++] = *s;
	qsort(all, n, sizeof(*all), servers_by_name);
	*l = (struct mcp_lock){all, n};
}

struct mcp_lock *mcp_lock_copy(struct arena *a, const struct mcp_lock *l)
{
	struct mcp_lock *copy = arena_alloc(a, sizeof(*copy));
	*copy = (struct mcp_lock){arena_array(a, l->server_count, sizeof(*copy->servers)),
				  l->server_count};
	for (size_t i = 0; i < l->server_count; i++) {
		const struct mcp_server *from = &l->servers[i];
		struct mcp_server *to = &copy->servers[i];
		*to = (struct mcp_server){
			.name = arena_str(a, from->name),
			.instructions = from->instructions,
			.tools = arena_array(a, from->tool_count, sizeof(*to->tools)),
			.tool_count = from->tool_count};
		for (size_t k = 0; k < from->tool_count; k++) {
			to->tools[k] = from->tools[k];
			to->tools[k].name = arena_str(a, from->tools[k].name);
		}
	}
	return copy;
}

const struct mcp_server *mcp_lock_server(const struct mcp_lock *l, struct str name)
{
	for (size_t i = 0; l && i < l->server_count; i++)
		if (str_eq(l->servers[i].name, name))
			return &l->servers[i];
	return NULL;
}

const struct mcp_tool *mcp_server_tool(const struct mcp_server *s, struct str name)
{
	const struct mcp_tool key = {.name = name};
	return s && s->tool_count
		       ? bsearch(&key, s->tools, s->tool_count, sizeof(key), tools_by_name)
		       : NULL;
}

/* --- drift ---------------------------------------------------------------------------------------------------------- */

const char *mcp_drift_name(enum mcp_drift d)
{
	static const char *const names[] = {"new", "removed", "renamed", "changed",
					    "new instructions"};
	return names[d];
}

/* One of from that is not in other by name and says the same as t but for its name. */
static const struct mcp_tool *same_shape(const struct mcp_server *from,
					 const struct mcp_server *other, const struct mcp_tool *t)
{
	for (size_t i = 0; i < from->tool_count; i++)
		if (digest_equal(&from->tools[i].shape, &t->shape) &&
		    !mcp_server_tool(other, from->tools[i].name))
			return &from->tools[i];
	return NULL;
}

void mcp_server_compare(const struct mcp_server *pinned, const struct mcp_server *seen,
			void (*fn)(void *state, enum mcp_drift d, struct str tool, struct str to),
			void *state)
{
	if (!digest_equal(&pinned->instructions, &seen->instructions))
		fn(state, MCP_INSTRUCTIONS, STR(""), STR(""));
	for (size_t i = 0; i < pinned->tool_count; i++) {
		const struct mcp_tool *p = &pinned->tools[i], *now = mcp_server_tool(seen, p->name);
		const struct mcp_tool *renamed = now ? NULL : same_shape(seen, pinned, p);
		if (renamed)
			fn(state, MCP_RENAMED, p->name, renamed->name);
		else if (!now)
			fn(state, MCP_REMOVED, p->name, STR(""));
		else if (!digest_equal(&p->digest, &now->digest))
			fn(state, MCP_CHANGED, p->name, STR(""));
	}
	for (size_t i = 0; i < seen->tool_count; i++) {
		const struct mcp_tool *s = &seen->tools[i];
		const struct mcp_tool *was = same_shape(pinned, seen, s);
		bool renamed = was && same_shape(seen, pinned, was) == s;
		if (!mcp_server_tool(pinned, s->name) && !renamed)
			fn(state, MCP_NEW, s->name, STR(""));
	}
}
