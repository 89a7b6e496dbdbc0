/*
 * aspora-init: PID 1 of a sandbox. It carries the door in (stream.c), lets the handler use it over loopback (listen.c), runs the handler
 * (handler.c), and reaps. One thread, one poll loop (init.c), libc only. When the door closes it ends, and everything with it.
 */
#ifndef RUNTIME_INIT_INIT_H
#define RUNTIME_INIT_INIT_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "runtime/door/http_parse.h"
#include "runtime/init/protocol.h"

/* --- bytes.c: memory that grows; running out of it ends the sandbox --- */
struct bytes {
	char *p;
	size_t len, cap;
};
void bytes_add(struct bytes *b, const void *data, size_t len);
void bytes_addf(struct bytes *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void bytes_json(struct bytes *b, const char *s,
		size_t len); /* a JSON string; odd bytes as U+FFFD */
void bytes_drop(struct bytes *b, size_t n); /* from the front */
void bytes_free(struct bytes *b);
void die(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));
int64_t now_ms(void);

/* --- stream.c: requests go out over the door one at a time, in order --- */
struct answer {
	const char *buf; /* the head and body, borrowed for the call */
	const struct http_head *head;
	const char *body;
	size_t body_len;
};
typedef void (*answer_fn)(void *state, const struct answer *a);

/* Queues a request of our own. content_type may be NULL. Bodies are copied. */
void stream_call(const char *method, const char *target, const char *content_type, const void *body,
		 size_t body_len, answer_fn fn, void *state);
/* Queues one that came over loopback; its fields are rebuilt, hop-by-hop ones are dropped. */
void stream_forward(const char *buf, const struct http_head *head, answer_fn fn, void *state);
/* The one that waits for an answer no longer matters to `state`; the answer is dropped. */
void stream_forget(const void *state);
bool stream_idle(void); /* nothing queued, nothing under way */
short stream_events(void);
void stream_handle(short revents);
/* Drains the queue to the end, blocking; for the last words before exit. */
void stream_flush(void);

/* --- listen.c: the loopback listener --- */
#define CLIENTS_MAX 16
void listen_open(void);
size_t listen_fill(struct pollfd *p); /* at most CLIENTS_MAX + 1 entries */
void listen_handle(const struct pollfd *p, size_t n);
void listen_close_clients(void);

/* --- handler.c --- */
struct runner {
	char path[1024]; /* "/skill/code/handler.py" */
	const char *argv[4]; /* interpreter and its words before the path; empty: the file itself */
	const char *check[5]; /* the same in check mode; empty: nothing to check */
};
/* 0, or a FAULT_* with words in why. */
const char *runner_find(const char *handler, struct runner *ret, struct bytes *why);

struct process {
	pid_t pid; /* 0: none */
	int in, out, errout; /* our ends; -1: closed */
};
/* Starts argv + path with pipes; false and errno when it cannot be executed. */
bool process_start(const char *const *argv, const char *path, struct process *ret);
void process_kill_all(void); /* everything in the sandbox but ourselves */

/* --- invoke.c: one invocation at a time --- */
void invoke_begin(const struct runner *r); /* asks for the first */
size_t invoke_fill(struct pollfd *p); /* at most 3 entries */
void invoke_handle(const struct pollfd *p, size_t n);
void invoke_reaped(pid_t pid, int status);
void invoke_answered(const char *target); /* the handler posted its response itself */
int64_t invoke_deadline(void); /* monotonic; 0: none */
void invoke_tick(void);

/* --- probe.c --- */
void fault_add(struct bytes *b, const char *type, const char *message, size_t len);
/* Checks the handler and says so at the door. Ends the process. */
void probe_run(const struct runner *r) __attribute__((noreturn));
void init_error(const char *type, const char *message, size_t len) __attribute__((noreturn));

#endif
