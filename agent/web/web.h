/*
 * The dashboard's files, made by script/gen-web from agent/web/src and compiled in: asporad serves them with no files beside it.
 */
#ifndef AGENT_WEB_WEB_H
#define AGENT_WEB_WEB_H

#include <stddef.h>

struct web_file {
	const char *name; /* "app.js" */
	const char *type; /* "text/javascript; charset=utf-8" */
	const char *etag; /* of its bytes */
	const unsigned char *bytes;
	size_t size;
};
extern const struct web_file web_files[]; /* name NULL ends */

#endif
