/*
 * Readers of one watch, each in a process, that break off at random and go on where they were:
 *
 *	watch-readers URL KEY READERS EVENTS SEED
 *
 * Each reads changes of kind Platform until it has had EVENTS of them. A change that is not after the one before, by revision and order, ends the
 * program with 1 and says which. Ten times a second it prints how many the slowest has had, {"slowest":N}; at the end, for all readers together, which
 * must have read the same,
 *
 *	{"events":EVENTS,"sum":"…","squares":"…","broken":N}
 *
 * where sum and squares are those of revision * 65536 + order, modulo 2^64, so that the log itself can be asked for the same.
 */
#include <curl/curl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES 4096

struct reader {
	unsigned number, seed;
	CURL *curl;
	_Atomic uint64_t events;
	uint64_t stay, revision, order, sum, squares, broken;
	char at[80], line[LINE_MAX_BYTES];
	size_t held;
	bool started; /* revision and order are those of a change */
};

static const char *url, *key;
static uint64_t wanted;

static void fail(const struct reader *r, const char *what, const char *line)
{
	fprintf(stderr, "reader %u after %llu changes, at %s: %s: %s\n", r->number,
		(unsigned long long)r->events, r->at, what, line);
	exit(1);
}

/* The value of a member, a string without escapes, into out; from a line that is cut at its end. */
static void member(const struct reader *r, const char *from, const char *name, char *out,
		   size_t size)
{
	const char *p = strstr(from, name), *end = p ? strchr(p + strlen(name), '"') : NULL;
	size_t len = end ? (size_t)(end - p) - strlen(name) : size;
	if (len >= size)
		fail(r, name, from);
	memcpy(out, end - len, len);
	out[len] = '\0';
}

static void take(struct reader *r, const char *line)
{
	char name[32];
	member(r, line, "\"resourceVersion\":\"", r->at, sizeof(r->at));
	if (strncmp(line, "{\"type\":\"BOOKMARK\"", 18) == 0)
		return;
	/* Who reads too slowly is cut off, and goes on where he was. */
	if (strstr(line, "\"type\":\"ERROR\"") && strstr(line, "too slowly and fell behind")) {
		r->stay = 0;
		return;
	}
	if (strncmp(line, "{\"type\":\"MODIFIED\"", 18) != 0)
		fail(r, "not a change", line);
	const char *object = strstr(line, "\"object\":");
	member(r, object ? object : "", "\"name\":\"", name, sizeof(name));
	uint64_t revision = strtoull(strchr(r->at, '.') ? strchr(r->at, '.') + 1 : "", NULL, 10);
	uint64_t order = strtoull(name, NULL, 10), mark = revision * 65536 + order;
	if (r->started && mark <= r->revision * 65536 + r->order)
		fail(r, "not after the one before", line);
	r->started = true;
	r->revision = revision;
	r->order = order;
	r->sum += mark;
	r->squares += mark * mark;
	r->events++;
	if (r->stay)
		r->stay--;
}

/* libcurl's: fewer bytes than there were end the transfer. */
static size_t on_bytes(char *data, size_t one, size_t count, void *state)
{
	struct reader *r = state;
	long status = 0;
	curl_easy_getinfo(r->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status != 200)
		return one * count;
	size_t left = one * count;
	while (left) {
		char *end = memchr(data, '\n', left);
		size_t part = end ? (size_t)(end - data) : left;
		if (r->held + part >= sizeof(r->line))
			fail(r, "a line that is too long", "");
		memcpy(r->line + r->held, data, part);
		r->held += part;
		if (!end)
			break;
		r->line[r->held] = '\0';
		if (r->held)
			take(r, r->line);
		r->held = 0;
		data = end + 1;
		left -= part + 1;
		if (r->events == wanted || !r->stay)
			return 0;
	}
	return one * count;
}

static void watch(struct reader *r, CURL *c)
{
	char from[512], error[200];
	long status = 0;
	snprintf(from, sizeof(from), "%s/api/v1/changes?watch=1&kind=Platform&resourceVersion=%s",
		 url, r->at);
	curl_easy_setopt(c, CURLOPT_URL, from);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_bytes);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, r);
	curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	CURLcode rc = curl_easy_perform(c);
	curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
	r->held = 0;
	if (status == 429 || status == 503) {
		/* Too many come back at once. */
		curl_off_t seconds = 0;
		curl_easy_getinfo(c, CURLINFO_RETRY_AFTER, &seconds);
		sleep(seconds > 0 && seconds < 30 ? (unsigned)seconds : 1);
		return;
	}
	snprintf(error, sizeof(error), "HTTP %ld, %s", status, curl_easy_strerror(rc));
	if (status != 200)
		fail(r, "refused", error);
	/* The gateway may cut off a slow reader, who then goes on by himself: an end is no fault. */
	r->broken += r->events < wanted;
}

static void run(struct reader *r)
{
	CURL *c = r->curl = curl_easy_init();
	char head[256];
	snprintf(head, sizeof(head), "Authorization: Bearer %s", key);
	struct curl_slist *list = curl_slist_append(NULL, head);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, list);
	while (r->events < wanted) {
		r->stay = 1 + (uint64_t)rand_r(&r->seed) % (wanted / 3);
		watch(r, c);
	}
	curl_slist_free_all(list);
	curl_easy_cleanup(c);
}

/* Until all are done, or one has failed. */
static void tell_slowest(const struct reader *all, unsigned count)
{
	const struct timespec pause = {.tv_nsec = 100 * 1000 * 1000};
	int status = 0;
	for (uint64_t slowest = 0; slowest < wanted; nanosleep(&pause, NULL)) {
		slowest = wanted;
		for (unsigned i = 0; i < count; i++)
			slowest = all[i].events < slowest ? all[i].events : slowest;
		printf("{\"slowest\":%llu}\n", (unsigned long long)slowest);
		fflush(stdout);
		if (waitpid(-1, &status, WNOHANG) > 0 && status != 0)
			exit(1);
	}
}

static void start(struct reader *all, unsigned count, unsigned seed)
{
	for (unsigned i = 0; i < count; i++) {
		all[i].number = i;
		all[i].seed = seed + i;
		snprintf(all[i].at, sizeof(all[i].at), "i1.0");
		pid_t pid = fork();
		if (pid < 0)
			exit(2);
		if (pid == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			run(&all[i]);
			_exit(0);
		}
	}
}

/* Each reader is a process of its own; how far it is stands in memory that all share. */
int main(int argc, char **argv)
{
	if (argc != 6)
		return 2;
	unsigned count = (unsigned)strtoul(argv[3], NULL, 10);
	uint64_t broken = 0;
	url = argv[1];
	key = argv[2];
	wanted = strtoull(argv[4], NULL, 10);
	struct reader *all = mmap(NULL, count * sizeof(*all), PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!count || all == MAP_FAILED || wanted < 3 ||
	    curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return 2;
	start(all, count, (unsigned)strtoul(argv[5], NULL, 10));
	tell_slowest(all, count);
	while (wait(NULL) > 0)
		;
	for (unsigned i = 0; i < count; i++) {
		broken += all[i].broken;
		if (all[i].sum != all[0].sum || all[i].squares != all[0].squares)
			fail(&all[i], "other changes than reader 0", "");
	}
	printf("{\"events\":%llu,\"sum\":\"%llu\",\"squares\":\"%llu\",\"broken\":%llu}\n",
	       (unsigned long long)wanted, (unsigned long long)all[0].sum,
	       (unsigned long long)all[0].squares, (unsigned long long)broken);
	return 0;
}
