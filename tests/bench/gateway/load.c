/*
 * Asks one thing over and over, on several kept connections at once, for some seconds or until SIGTERM; prints
 * {"rate":…,"p50_us":…,"p99_us":…,"bytes":…,"bad":…,"count":…,"seconds":…}.
 *
 * Usage: load HOST PORT PATH AUTHORIZATION CONNECTIONS SECONDS     AUTHORIZATION may be ""
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define READ_BYTES (1 << 20)

struct client {
	int fd;
	double asked;
	char tail[8]; /* the last bytes: where a chunked body ends */
	size_t head_len, want, got; /* of the answer under way */
	char head[8192];
	int chunked, in_body;
};

static char request[4096];
static size_t request_len, bytes, bad, done;
static volatile sig_atomic_t stopped;
static float *times;
static size_t times_cap;
static char piece[READ_BYTES];

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void on_term(int signal_number)
{
	(void)signal_number;
	stopped = 1;
}

static void ask(struct client *c)
{
	c->head_len = c->want = c->got = 0;
	c->in_body = c->chunked = 0;
	memset(c->tail, 0, sizeof(c->tail));
	c->asked = now();
	if (write(c->fd, request, request_len) != (ssize_t)request_len)
		bad++;
}

static void answered(struct client *c)
{
	if (done == times_cap) {
		times_cap = times_cap ? times_cap * 2 : 65536;
		times = realloc(times, times_cap * sizeof(*times));
		if (!times)
			abort();
	}
	times[done++] = (float)(now() - c->asked);
	if (strncmp(c->head, "HTTP/1.1 200", 12) != 0)
		bad++;
	ask(c);
}

static void keep_tail(struct client *c, const char *p, size_t n)
{
	size_t keep = n < 7 ? 7 - n : 0;
	char joined[16];
	memcpy(joined, c->tail + (7 - keep), keep);
	memcpy(joined + keep, p + (n < 7 ? 0 : n - 7), n < 7 ? n : 7);
	memcpy(c->tail, joined, 7);
}

static void take_body(struct client *c, const char *p, size_t n)
{
	c->got += n;
	keep_tail(c, p, n);
	if (c->chunked ? memcmp(c->tail, "\r\n0\r\n\r\n", 7) == 0 : c->got >= c->want)
		answered(c);
}

static void take(struct client *c, const char *p, size_t n)
{
	bytes += n;
	if (c->in_body) {
		take_body(c, p, n);
		return;
	}
	size_t room = sizeof(c->head) - 1 - c->head_len, part = n < room ? n : room;
	memcpy(c->head + c->head_len, p, part);
	c->head[c->head_len + part] = '\0';
	char *end = strstr(c->head, "\r\n\r\n");
	if (!end) {
		c->head_len += part;
		return;
	}
	size_t used = (size_t)(end + 4 - c->head) - c->head_len;
	const char *length = strcasestr(c->head, "content-length: ");
	c->chunked = !length || length > end;
	c->want = c->chunked ? 0 : strtoul(length + 16, NULL, 10);
	c->in_body = 1;
	take_body(c, p + used, n - used);
}

static int by_time(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;
	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	if (argc != 7)
		return 2;
	int e = epoll_create1(0), n = atoi(argv[5]), one = 1;
	double seconds = atof(argv[6]), end;
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[2]))};
	struct client *clients = calloc((size_t)n, sizeof(*clients));
	inet_pton(AF_INET, argv[1], &to.sin_addr);
	request_len = (size_t)snprintf(
		request, sizeof(request), "GET %s HTTP/1.1\r\nHost: x\r\n%s%s%s\r\n", argv[3],
		*argv[4] ? "Authorization: Bearer " : "", argv[4], *argv[4] ? "\r\n" : "");
	for (int i = 0; clients && i < n; i++) {
		struct epoll_event ev = {.events = EPOLLIN, .data.ptr = &clients[i]};
		clients[i].fd = socket(AF_INET, SOCK_STREAM, 0);
		if (connect(clients[i].fd, (struct sockaddr *)&to, sizeof(to)) < 0)
			return 1;
		setsockopt(clients[i].fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		epoll_ctl(e, EPOLL_CTL_ADD, clients[i].fd, &ev);
		ask(&clients[i]);
	}
	signal(SIGTERM, on_term);
	double start = now();
	for (end = start + seconds; now() < end && !stopped;) {
		struct epoll_event evs[64];
		int got = epoll_wait(e, evs, 64, 100);
		for (int i = 0; i < got; i++) {
			struct client *c = evs[i].data.ptr;
			ssize_t r = read(c->fd, piece, sizeof(piece));
			if (r <= 0) {
				fprintf(stderr, "load: the connection ended\n");
				return 1;
			}
			take(c, piece, (size_t)r);
		}
	}
	double took = now() - start;
	qsort(times, done, sizeof(*times), by_time);
	printf("{\"rate\": %.1f, \"p50_us\": %.1f, \"p99_us\": %.1f, \"bytes\": %zu, \"bad\": %zu, "
	       "\"count\": %zu, \"seconds\": %.2f}\n",
	       (double)done / took, done ? times[done / 2] * 1e6 : 0,
	       done ? times[done * 99 / 100] * 1e6 : 0, bytes, bad, done, took);
	return 0;
}
