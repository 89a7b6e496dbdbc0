#include "tests/unit/agent/help_gateway.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/io.h"

struct loop *loop;
struct gw_server *server;
char address[64];
size_t heads, bodies, dones;
int last_status;
uint64_t last_bytes;
bool released;
int pages_left;
bool is_drained;

/* --- a handler that shows what it was given ------------------------------------------------------------------------------ */

static void on_head(void *state, struct gw_request *q, size_t *ret_body_max, struct gw_reply *a)
{
	(void)state;
	heads++;
	if (str_eqz(q->path, "/refuse"))
		gw_refuse(a, ERR_DENIED, 0, "not you");
	*ret_body_max = str_eqz(q->path, "/echo") ? 100 : str_eqz(q->path, "/big") ? 1 << 20 : 0;
}

static int next_page(void *state, struct buf *out)
{
	(void)state;
	if (pages_left == -1)
		return -1;
	buf_addf(out, "page %d\n", pages_left);
	return --pages_left > 0;
}

static bool wait_over(void *state, struct gw_reply *a)
{
	struct loop *l = state;
	bool late = clock_mono(loop_clock(l)) >= a->until_ms;
	if (!released && !late)
		return false;
	a->status = late ? 202 : 200;
	buf_addz(&a->body, late ? "late" : "released");
	return true;
}

static void on_body(void *state, struct gw_request *q, struct gw_reply *a)
{
	(void)state;
	bodies++;
	a->status = 200;
	a->type = "text/plain";
	if (str_eqz(q->path, "/stream")) {
		buf_addz(&a->body, "first\n");
		a->more = next_page;
	} else if (str_eqz(q->path, "/wait")) {
		a->status = 0;
		a->again = wait_over;
		a->state = loop;
		a->until_ms = clock_mono(loop_clock(loop)) + (q->query.len ? 200 : 60000);
	} else if (str_eqz(q->path, "/nothing")) {
		a->status = 304;
		a->type = NULL;
	} else if (str_eqz(q->path, "/huge")) {
		buf_add_repeat(&a->body, 'x', 8 << 20);
	} else {
		buf_addf(&a->body, "%.*s %.*s [%.*s] %.*s", STR_ARG(q->method), STR_ARG(q->path),
			 STR_ARG(q->query), STR_ARG(q->body));
	}
}

static void on_done(void *state, struct gw_request *q, int status, uint64_t bytes)
{
	(void)state;
	(void)q;
	dones++;
	last_status = status;
	last_bytes = bytes;
}

static void on_drained(void *state)
{
	(void)state;
	is_drained = true;
}

void begin_with(struct gw_server_opts o)
{
	assert_ok(crypto_init(&support_err));
	assert_ok(loop_open(&clock_real, &loop, &support_err));
	o.loop = loop;
	o.handler = (struct gw_handler){.head = on_head, .body = on_body, .done = on_done};
	o.drained = on_drained;
	o.max_connections = o.max_connections ? o.max_connections : 100;
	o.per_address = o.per_address ? o.per_address : 100;
	o.held_bytes = o.held_bytes ? o.held_bytes : 64 << 20;
	o.header_timeout_ms = o.header_timeout_ms ? o.header_timeout_ms : 60000;
	o.body_timeout_ms = o.body_timeout_ms ? o.body_timeout_ms : 60000;
	o.idle_timeout_ms = o.idle_timeout_ms ? o.idle_timeout_ms : 60000;
	o.send_timeout_ms = o.send_timeout_ms ? o.send_timeout_ms : 60000;
	server = gw_server_new(&o);
	assert_ok(gw_server_listen_tcp(server, STR("127.0.0.1:0"), address, &support_err));
}

void begin(void)
{
	begin_with((struct gw_server_opts){0});
}

/* --- a client -------------------------------------------------------------------------------------------------------------- */

struct client client_open(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int64_t port = 0;
	struct str text = str_of(strrchr(address, ':') + 1);
	ck_assert(str_to_i64(text, &port));
	to.sin_port = htons((uint16_t)port);
	struct client c = {socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), BUF_INIT(BUF_MAX),
			   false};
	ck_assert_int_eq(connect(c.fd, (struct sockaddr *)&to, sizeof(to)), 0);
	assert_ok(io_set_nonblock(c.fd, true, &support_err));
	return c;
}

void client_close(struct client *c)
{
	if (c->fd >= 0)
		close(c->fd);
	buf_release(&c->got);
	c->fd = -1;
}

void turn(int times)
{
	while (times--)
		assert_ok(loop_step(loop, 0, &support_err));
}

void take(struct client *c)
{
	char data[65536];
	ssize_t n;
	while ((n = recv(c->fd, data, sizeof(data), 0)) > 0)
		buf_add(&c->got, data, (size_t)n);
	c->ended = n == 0 || (n < 0 && errno == ECONNRESET);
}

void put(struct client *c, const char *data, size_t len)
{
	size_t sent = 0;
	while (sent < len) {
		ssize_t n = send(c->fd, data + sent, len - sent, MSG_NOSIGNAL);
		/* The server may have had enough. */
		if (n < 0 && errno != EAGAIN)
			break;
		sent += n > 0 ? (size_t)n : 0;
		turn(2);
		take(c);
	}
	turn(4);
	take(c);
}

void putz(struct client *c, const char *z)
{
	put(c, z, strlen(z));
}

/* Until want stands in what came, or the connection ended; a second at most. */
bool wait_for(struct client *c, const char *want)
{
	for (int i = 0; i < 1000; i++) {
		take(c);
		if (want ? strstr(buf_cstr(&c->got), want) != NULL : c->ended)
			return true;
		if (c->ended)
			return false;
		assert_ok(loop_step(loop, 2, &support_err));
	}
	return false;
}

/* What the server says to these bytes on a connection of their own. */
const char *client_say(const char *data, size_t len)
{
	static struct buf said = BUF_INIT(BUF_MAX);
	struct client c = client_open();
	put(&c, data, len);
	(void)wait_for(&c, "\r\n\r\n");
	turn(8);
	take(&c);
	buf_reset(&said);
	buf_add_str(&said, buf_str(&c.got));
	client_close(&c);
	turn(4);
	return buf_cstr(&said);
}
