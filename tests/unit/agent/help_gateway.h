/*
 * A gateway's server with a handler that shows what it was given, and raw clients, all on one loop, so that nothing races.
 *
 *	/echo takes 100 bytes, /big 1 MiB, the others none; /refuse is refused at its head; /stream has pages_left pages (-1: breaks off);
 *	/wait waits for `released` (/wait?briefly for 200 ms); /nothing is 304; /huge has 8 MiB.
 */
#ifndef TESTS_UNIT_AGENT_HELP_GATEWAY_H
#define TESTS_UNIT_AGENT_HELP_GATEWAY_H

#include "agent/gateway/server.h"
#include "tests/unit/support.h"

extern struct loop *loop;
extern struct gw_server *server;
extern char address[64];
extern size_t heads, bodies, dones; /* calls of the handler */
extern int last_status;
extern uint64_t last_bytes;
extern bool released; /* what /wait waits for */
extern int pages_left;
extern bool is_drained;

void begin_with(struct gw_server_opts o); /* zeros: generous ones */
void begin(void);

struct client {
	int fd;
	struct buf got;
	bool ended;
};
struct client client_open(void);
void client_close(struct client *c);
void turn(int times); /* of the loop */
void take(struct client *c); /* what has come */
void put(struct client *c, const char *data, size_t len);
void putz(struct client *c, const char *z);
/* Until want (NULL: the end) has come; false when the connection ended before, or after some seconds. */
bool wait_for(struct client *c, const char *want);
/* What the server says to these bytes on a connection of their own. Static storage, good until the next call. */
const char *client_say(const char *data, size_t len);
#define client_sayz(z) client_say(z, strlen(z))
#define assert_has(text, part)                                                                     \
	do {                                                                                       \
		const char *t_ = (text);                                                           \
		ck_assert_msg(strstr(t_, part) != NULL, "\"%.600s\" lacks \"%s\"", t_, part);      \
	} while (0)

#endif
