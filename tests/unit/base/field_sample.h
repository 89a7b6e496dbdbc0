/*
 * The table of the tests of fields: one row of every type, and the struct that it fills.
 */
#ifndef TESTS_UNIT_BASE_FIELD_SAMPLE_H
#define TESTS_UNIT_BASE_FIELD_SAMPLE_H

#include "base/field.h"

struct budget {
	int64_t per_run_microusd, per_month_microusd;
};

struct route {
	struct str when;
	struct field_strings forward_to;
	int64_t weight_millionths;
};

struct server {
	struct str key;
	struct str url;
	struct str token;
	int64_t timeout_ms;
};

struct sample {
	struct str name, description;
	int role;
	bool active;
	int64_t replicas, offset;
	struct budget budget;
	int64_t timeout_ms, memory_bytes, share;
	struct field_strings tools;
	struct field_list routing;
	struct field_list servers;
	const struct doc_node *extra;
};

static const char *const roles[] = {"manager", "specialist", "field", NULL};

static const struct field budget_fields[] = {{.name = "per_run_usd",
					      .type = FIELD_MONEY,
					      .offset = offsetof(struct budget, per_run_microusd),
					      .max = 5000000,
					      .example = "0.25",
					      .help = "Most that one run may cost."},
					     {.name = "per_month_usd",
					      .type = FIELD_MONEY,
					      .offset = offsetof(struct budget, per_month_microusd),
					      .dflt = "100.5"},
					     FIELD_END};

static const struct field route_fields[] = {{.name = "when",
					     .type = FIELD_STRING,
					     .offset = offsetof(struct route, when),
					     .flags = FIELD_REQUIRED,
					     .example = "order is stuck"},
					    {.name = "forward_to",
					     .type = FIELD_STRINGS,
					     .offset = offsetof(struct route, forward_to),
					     .flags = FIELD_NONEMPTY,
					     .example = "[ecm/manager]"},
					    {.name = "weight",
					     .type = FIELD_PERCENT,
					     .offset = offsetof(struct route, weight_millionths),
					     .dflt = "100%"},
					    FIELD_END};

static const struct field server_fields[] = {{.name = "url",
					      .type = FIELD_STRING,
					      .offset = offsetof(struct server, url),
					      .flags = FIELD_REQUIRED | FIELD_NONEMPTY,
					      .example = "https://mcp.example.org"},
					     {.name = "token",
					      .type = FIELD_STRING,
					      .offset = offsetof(struct server, token),
					      .flags = FIELD_SECRET_REF},
					     {.name = "timeout",
					      .type = FIELD_DURATION,
					      .offset = offsetof(struct server, timeout_ms),
					      .dflt = "30s",
					      .min = 1000,
					      .max = 60000},
					     FIELD_END};

static const struct field sample_fields[] = {
	{.name = "name",
	 .type = FIELD_NAME,
	 .offset = offsetof(struct sample, name),
	 .flags = FIELD_REQUIRED,
	 .example = "order-details",
	 .help = "The skill's name."},
	{.name = "description",
	 .type = FIELD_STRING,
	 .offset = offsetof(struct sample, description),
	 .flags = FIELD_NONEMPTY,
	 .dflt = "\"none: yet\"",
	 .example = "Finds an order"},
	{.name = "role",
	 .type = FIELD_ENUM,
	 .offset = offsetof(struct sample, role),
	 .choices = roles,
	 .dflt = "specialist"},
	{.name = "active",
	 .type = FIELD_BOOL,
	 .offset = offsetof(struct sample, active),
	 .dflt = "true"},
	{.name = "replicas",
	 .type = FIELD_INT,
	 .offset = offsetof(struct sample, replicas),
	 .min = 1,
	 .max = 10,
	 .dflt = "1"},
	{.name = "offset", .type = FIELD_INT, .offset = offsetof(struct sample, offset)},
	{.name = "budget",
	 .type = FIELD_OBJECT,
	 .offset = offsetof(struct sample, budget),
	 .sub = budget_fields},
	{.name = "timeout", .type = FIELD_DURATION, .offset = offsetof(struct sample, timeout_ms)},
	{.name = "memory",
	 .type = FIELD_SIZE,
	 .offset = offsetof(struct sample, memory_bytes),
	 .min = 4096},
	{.name = "share", .type = FIELD_PERCENT, .offset = offsetof(struct sample, share)},
	{.name = "tools",
	 .type = FIELD_STRINGS,
	 .offset = offsetof(struct sample, tools),
	 .dflt = "[read, write]"},
	{.name = "routing",
	 .type = FIELD_LIST,
	 .offset = offsetof(struct sample, routing),
	 .sub = route_fields,
	 .sub_size = sizeof(struct route)},
	{.name = "servers",
	 .type = FIELD_MAP,
	 .offset = offsetof(struct sample, servers),
	 .sub = server_fields,
	 .sub_size = sizeof(struct server)},
	{.name = "extra", .type = FIELD_ANY, .offset = offsetof(struct sample, extra)},
	FIELD_END};

#endif
