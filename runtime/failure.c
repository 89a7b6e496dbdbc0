/* Every way for a run to fail, in words, and whose fault it was. */
#include <stdio.h>
#include <string.h>

#include "base/child.h"
#include "runtime/execute_int.h"
#include "runtime/init/protocol.h"

#define TAIL_MAX 400

/* The last lines of stderr, cut at a line where there is one, without the final newline. */
static struct str tail(const struct run_instance *i)
{
	struct str all = str_trim(door_log(i->door));
	if (all.len <= TAIL_MAX)
		return all;
	struct str last = str_sub(all, all.len - TAIL_MAX, all.len);
	ptrdiff_t newline = str_find_byte(last, '\n', 0);
	return newline < 0 ? last : str_sub(last, (size_t)newline + 1, last.len);
}

static int content(struct run_instance *i, int code)
{
	i->result->content_fault = true;
	return code;
}

/* --- what an interpreter says of a file it does not like --- */

static bool number_after(struct str s, size_t at, const char *before, uint32_t *ret)
{
	struct str rest = str_sub(s, at, s.len);
	size_t n = strlen(before), digits = n;
	if (!str_starts(rest, str_of(before)))
		return false;
	while (digits < rest.len && rest.p[digits] >= '0' && rest.p[digits] <= '9')
		digits++;
	uint64_t v = 0;
	if (!str_to_u64(str_sub(rest, n, digits), &v) || v > UINT32_MAX)
		return false;
	*ret = (uint32_t)v;
	return true;
}

/*
 * Python: File "/skill/code/handler.py", line 3     node: /skill/code/handler.js:3     sh: /skill/code/handler.sh: 3: Syntax error: …
 */
void failure_place(struct str said, struct str handler, uint32_t *ret_line, struct str *ret_message)
{
	char path[1200];
	static const char *const joints[] = {"\", line ", ": ", ":"};
	struct str rest = said, line;
	snprintf(path, sizeof(path), "%s/%.*s", BUNDLE_MOUNT, STR_ARG(handler));
	ptrdiff_t at = str_find(said, str_of(path), 0);
	*ret_line = 0;
	*ret_message = STR_NULL;
	for (size_t k = 0; at >= 0 && k < ARRAY_SIZE(joints) && !*ret_line; k++)
		number_after(said, (size_t)at + strlen(path), joints[k], ret_line);
	/* The line that names the error, else the last one that says anything. */
	while (str_split(&rest, '\n', &line)) {
		line = str_trim(line);
		if (line.len)
			*ret_message = line;
		if (str_find(line, STR("Error: "), 0) >= 0)
			break;
	}
	if (!str_starts(*ret_message, str_of(path)))
		return;
	/* sh puts place and words on one line. */
	ptrdiff_t words = str_find(*ret_message, STR(": "), strlen(path) + 2);
	if (words >= 0)
		*ret_message = str_sub(*ret_message, (size_t)words + 2, ret_message->len);
}

static int refused_by_interpreter(struct run_instance *i, struct str said, struct err *err)
{
	uint32_t line;
	struct str message;
	char path[ERR_PATH_MAX];
	failure_place(said, i->req->handler, &line, &message);
	snprintf(path, sizeof(path), "%.*s", STR_ARG(i->req->handler));
	if (message.len == 0)
		message = STR("its interpreter refuses it without a word");
	return err_at(err, ERR_SYNTAX, path, line, 0, "%.*s", (int)MIN(message.len, TAIL_MAX),
		      message.p);
}

/* --- reported by aspora-init --- */

static int out_of_memory(struct run_instance *i, struct err *err)
{
	err_set(err, ERR_HANDLER_MEMORY, "the handler needed more than %lld MiB of memory",
		(long long)(i->limits.memory_bytes >> 20));
	err_remedy(err, "make it use less, or raise limits.memory as far as the domain lets you");
	return content(i, ERR_HANDLER_MEMORY);
}

static int handler_ended(struct run_instance *i, const struct door_fault *f,
			 const struct sandbox_status *s, struct err *err)
{
	struct str last = tail(i);
	char how[64] = "reported an error";
	/* The kernel took the handler, or a child of it that it gave up without. */
	if (s->out_of_memory)
		return out_of_memory(i, err);
	if (f->signal == 24 /* SIGXCPU: only where no control group holds the CPU */) {
		err_set(err, ERR_HANDLER_TIMEOUT,
			"the handler used more CPU time than its limit of %lld ms allows",
			(long long)i->limits.timeout_ms);
		return content(i, ERR_HANDLER_TIMEOUT);
	}
	if (f->exit_status >= 0)
		snprintf(how, sizeof(how), "ended with exit status %d", f->exit_status);
	else if (f->signal >= 0)
		snprintf(how, sizeof(how), "was ended by signal %d (%s)", f->signal,
			 strsignal(f->signal));
	else
		last = buf_str(&f->message);
	err_set(err, ERR_HANDLER_EXIT, "the handler %s%s%.*s", how,
		last.len ? ": " : ", and said nothing on stderr", (int)MIN(last.len, 600),
		last.p ? last.p : "");
	return content(i, ERR_HANDLER_EXIT);
}

static int too_much_output(struct run_instance *i, struct err *err)
{
	err_set(err, ERR_TOO_LARGE, "the handler printed more than %lld bytes",
		(long long)i->limits.output_bytes);
	err_remedy(err, "print less, or raise limits.output as far as the domain lets you");
	return content(i, ERR_TOO_LARGE);
}

int failure_timeout(struct run_instance *i, bool ready, struct err *err)
{
	char text[32];
	if (!ready) {
		duration_format(i->limits.start_timeout_ms, text);
		return err_set(err, ERR_TIMEOUT, "the sandbox was not ready within %s", text);
	}
	err_set(err, ERR_HANDLER_TIMEOUT, "the handler ran longer than %s",
		duration_format(i->limits.timeout_ms, text));
	err_remedy(err, "make it faster, or raise limits.timeout as far as the domain lets you");
	return content(i, ERR_HANDLER_TIMEOUT);
}

int failure_reported(struct run_instance *i, const struct sandbox_status *s, struct err *err)
{
	const struct door_fault *f = door_fault(i->door);
	struct str words = buf_str(&f->message);
	if (strcmp(f->type, FAULT_TIMEOUT) == 0)
		return failure_timeout(i, true, err);
	if (strcmp(f->type, FAULT_OUTPUT) == 0)
		return too_much_output(i, err);
	if (strcmp(f->type, FAULT_CHECK) == 0)
		return content(i, refused_by_interpreter(i, words, err));
	if (strcmp(f->type, FAULT_MISSING) == 0)
		return content(i, err_set(err, ERR_NOT_FOUND, "%.*s", STR_ARG(words)));
	if (strcmp(f->type, FAULT_KIND) == 0)
		return content(i, err_set(err, ERR_UNSUPPORTED, "%.*s", STR_ARG(words)));
	if (strcmp(f->type, FAULT_INTERPRETER) == 0) {
		err_set(err, ERR_UNSUPPORTED, "%.*s", STR_ARG(words));
		return err_remedy(err, "install it under /usr on the hosts that run skills");
	}
	return handler_ended(i, f, s, err);
}

int failure_early_end(struct run_instance *i, const struct sandbox_status *s, struct err *err)
{
	struct child_end end = {.exited = s->exited, .status = s->status};
	struct str words = str_trim(buf_str(&i->words));
	char how[64] = "closed its door";
	if (s->out_of_memory)
		return out_of_memory(i, err);
	if (s->ended)
		child_end_text(&end, how, sizeof(how));
	return err_set(err, ERR_SANDBOX, "the sandbox ended without an answer (%s)%s%.*s", how,
		       words.len ? ": " : "", (int)MIN(words.len, 500), words.p ? words.p : "");
}
