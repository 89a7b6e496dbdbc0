/*
 * mcp.lock: what the tools of MCP servers said about themselves when somebody looked, so that a tool that says something else later (a "rug pull") is
 * noticed. A file of the domain, skills/DOMAIN/mcp.lock, JSON with sorted members, written by `aspora mcp lock`:
 *
 *	{
 *	  "version": 1,
 *	  "servers": {
 *	    "erp": {
 *	      "instructions": "<sha256>",
 *	      "tools": {
 *	        "get_invoice": {"digest": "<sha256>", "shape": "<sha256>"}
 *	      }
 *	    }
 *	  }
 *	}
 *
 * A tool's digest is SHA-256 over canonical JSON (RFC 8785) of the object with its name, title, description, inputSchema, outputSchema and
 * annotations, those that it has, and nothing else. Its shape is the same without the name, by which one that was only renamed is recognised. The
 * digest of instructions is SHA-256 over their bytes; of none, over no bytes. Whoever stands between skills and servers (the door) compares by the same functions.
 */
#ifndef SKILL_MCP_LOCK_H
#define SKILL_MCP_LOCK_H

#include "base/arena.h"
#include "base/crypto.h"
#include "base/doc.h"
#include "base/err.h"

#define MCP_LOCK_FILE "mcp.lock"
#define MCP_LOCK_VERSION 1

struct mcp_tool {
	struct str name;
	struct digest digest, shape; /* SHA-256 both */
};

/* One server: what a lock says of it, or what it said itself. */
struct mcp_server {
	struct str name;
	struct digest instructions;
	struct mcp_tool *tools; /* by name */
	size_t tool_count;
};

struct mcp_lock {
	struct mcp_server *servers; /* by name */
	size_t server_count;
};

/*
 * Reads what a server answers to tools/list: the result {"tools": […]}, the whole JSON-RPC reply around it, or the bare list; "instructions" (of
 * initialize) is a member beside "tools". Names are copied into a. Errors: ERR_INVALID with the place (path names the document): no list, a tool
 * without a name or one that is not of the protocol's form, a name twice.
 */
NODISCARD int mcp_server_read(struct arena *a, struct str name, const struct doc_node *reply,
			      const char *path, struct mcp_server *ret, struct err *err);
/* Errors: ERR_INVALID, ERR_UNSUPPORTED (a later version), with the place. */
NODISCARD int mcp_lock_read(struct arena *a, const struct doc_node *root, const char *path,
			    struct mcp_lock *ret, struct err *err);
void mcp_lock_write(struct buf *out, const struct mcp_lock *l);
struct mcp_lock *mcp_lock_copy(struct arena *a, const struct mcp_lock *l); /* all of it in a */
/* Puts the server into the lock in place of one of that name. Points into s. */
void mcp_lock_set(struct arena *a, struct mcp_lock *l, const struct mcp_server *s);
const struct mcp_server *mcp_lock_server(const struct mcp_lock *l,
					 struct str name); /* NULL when absent */
const struct mcp_tool *mcp_server_tool(const struct mcp_server *s,
				       struct str name); /* NULL when absent */

enum mcp_drift { MCP_NEW, MCP_REMOVED, MCP_RENAMED, MCP_CHANGED, MCP_INSTRUCTIONS };
const char *mcp_drift_name(enum mcp_drift d); /* "changed" */
/*
 * Calls fn for each difference between what is pinned and what is seen, in the order of names. tool: the pinned name, of MCP_NEW the seen one, of
 * MCP_INSTRUCTIONS empty; to: of MCP_RENAMED the new name.
 */
void mcp_server_compare(const struct mcp_server *pinned, const struct mcp_server *seen,
			void (*fn)(void *state, enum mcp_drift d, struct str tool, struct str to),
			void *state);

#endif
