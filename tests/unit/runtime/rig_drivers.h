/*
 * A test over every driver that runs handlers and that this host can probe.
 */
#ifndef TESTS_UNIT_RUNTIME_RIG_DRIVERS_H
#define TESTS_UNIT_RUNTIME_RIG_DRIVERS_H

#include "tests/unit/runtime/rig.h"

static const char *usable[8];
static size_t usable_count;

/* Check runs each test in a fork of its own, so this is done once per test. */
static struct runtime *rt;

static void open_runtime(void)
{
	rt = rig_runtime(support_dir());
	usable_count = 0;
	for (size_t i = 0; drivers[i]; i++) {
		const struct driver *d;
		struct err err = ERR_INIT;
		if (!(drivers[i]->caps & DRIVER_RUNS_HANDLERS))
			continue;
		if (runtime_driver(rt, str_of(drivers[i]->name), ISOLATION_PROCESS, &d, &err) < 0)
			support_skip("%s: %s", drivers[i]->name, err.msg);
		else
			usable[usable_count++] = drivers[i]->name;
	}
}

/* for each usable driver, a rig */
#define EACH_DRIVER(r)                                                                             \
	open_runtime();                                                                            \
	struct rig r;                                                                              \
	for (size_t d_ = 0; d_ < usable_count && (rig_init(&r, rt, usable[d_]), true);             \
	     d_++, rig_release(&r))

#define NOTHING_LEFT() ck_assert_int_eq(rig_alive(rt, usable[d_]), 0)

#endif
