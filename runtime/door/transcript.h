/*
 * A transcript: everything that passed the door during one execution, in order, content-addressed. JSON lines: a head,
 * then one line per exchange. Bodies stand there as text (or base64 when they are none); one above TRANSCRIPT_BODY_MAX is named by its
 * digest and size only. At TRANSCRIPT_MAX the record ends with a line that says so.
 *
 *	{"transcript":"aspora/v1","execution":"EXEC-…"}
 *	{"seq":1,"ms":12,"method":"POST","target":"/v1/messages","request":"…","status":501,"response":"…"}
 */
#ifndef RUNTIME_DOOR_TRANSCRIPT_H
#define RUNTIME_DOOR_TRANSCRIPT_H

#include "base/buf.h"
#include "base/crypto.h"

#define TRANSCRIPT_TAG "aspora.transcript.v1"
#define TRANSCRIPT_BODY_MAX ((size_t)64 * 1024)
#define TRANSCRIPT_MAX ((size_t)4 * 1024 * 1024)

struct transcript {
	struct buf lines;
	int64_t count;
	bool cut;
};

struct transcript_exchange {
	int64_t ms; /* since the execution began */
	struct str method, target, request, response;
	int status;
};

void transcript_init(struct transcript *t);
void transcript_release(struct transcript *t);
void transcript_head(struct transcript *t, const char *execution);
void transcript_add(struct transcript *t, const struct transcript_exchange *x);
struct digest transcript_digest(const struct transcript *t);

#endif
