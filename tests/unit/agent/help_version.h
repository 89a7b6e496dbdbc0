/*
 * A version of ecm/triage that can run here, in sandboxes that are only processes (the fake driver), for the tests of keepers and probers.
 */
#ifndef TESTS_UNIT_AGENT_HELP_VERSION_H
#define TESTS_UNIT_AGENT_HELP_VERSION_H

#include "agent/role.h"
#include "runtime/driver.h"
#include "runtime/runtime.h"
#include "tests/unit/store/help_execution.h"

/* script NULL: what driver_fake_script() has then. Fills a runner's context and runtime; asserts. */
void version_set_up(driver_fake_fn script, struct role_ctx *ctx, struct runtime **ret);

#endif
