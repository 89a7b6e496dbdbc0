#include "base/fault.h"

#include <signal.h>
#include <stdlib.h>

#include "base/str.h"

#define POINTS_MAX 32

enum action { ACTION_KILL, ACTION_STOP, ACTION_ERROR };

struct plan {
	struct str point;
	enum action action;
	uint64_t at; /* which pass */
	uint64_t passes;
};

static struct plan plans[POINTS_MAX];
static size_t plan_count;

/* A plan that nobody understood would be a test that proves nothing. */
static NORETURN void refuse(struct str item)
{
	fprintf(stderr, "ASPORA_FAULT: \"%.*s\" is not point=kill|stop|error[@pass]\n",
		STR_ARG(item));
	abort();
}

static bool action_of(struct str name, enum action *ret)
{
	static const char *const names[] = {"kill", "stop", "error"};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!str_eqz(name, names[i]))
			continue;
		*ret = (enum action)i;
		return true;
	}
	return false;
}

static void add_plan(struct str item)
{
	ptrdiff_t equals = str_find_byte(item, '=', 0), at = str_find_byte(item, '@', 0);
	struct plan *p = &plans[plan_count++];
	if (equals <= 0 || plan_count == POINTS_MAX)
		refuse(item);
	size_t end = at < 0 ? item.len : (size_t)at;
	p->point = str_sub(item, 0, (size_t)equals);
	p->at = 1;
	if (!action_of(str_sub(item, (size_t)equals + 1, end), &p->action))
		refuse(item);
	if (at >= 0 && (!str_to_u64(str_sub(item, end + 1, item.len), &p->at) || p->at == 0))
		refuse(item);
}

static void read_plans(void)
{
	static bool done;
	if (done)
		return;
	done = true;
	struct str rest = str_of(getenv("ASPORA_FAULT")), item;
	while (str_split(&rest, ',', &item))
		add_plan(item);
}

bool fault_hit(const char *point)
{
	bool fail = false;
	read_plans();
	for (size_t i = 0; i < plan_count; i++) {
		struct plan *p = &plans[i];
		if (!str_eqz(p->point, point) || ++p->passes != p->at)
			continue;
		if (p->action == ACTION_ERROR)
			fail = true;
		else
			raise(p->action == ACTION_KILL ? SIGKILL : SIGSTOP);
	}
	return fail;
}
