/*
 * The table of aspora.config.yaml. A row is the only place where a field is declared: what is here is decoded, explained, in the schema and in the
 * manual; what is not does not exist.
 */
#include "skill/config_int.h"

#define P AT(LEVEL_PLATFORM)
#define PD (P | AT(LEVEL_DOMAIN))
#define PDS (PD | AT(LEVEL_SKILL))
#define S AT(LEVEL_SKILL)
#define D AT(LEVEL_DOMAIN)
#define LOWER TIGHTEN(TIGHTEN_LOWER)
#define HIGHER TIGHTEN(TIGHTEN_HIGHER)
#define STRICTER TIGHTEN(TIGHTEN_STRICTER)
#define SUBSET TIGHTEN(TIGHTEN_SUBSET)
#define MERGE TIGHTEN(TIGHTEN_MERGE)

#define USD ((int64_t)1000000)
#define SECOND ((int64_t)1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define KIB ((int64_t)1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)
#define WHOLE ((int64_t)1000000)

#define IN(member) offsetof(struct config, member)
#define OBJECT(name_, help_)                                                                       \
	{                                                                                          \
		.name = #name_, .type = FIELD_OBJECT, .offset = IN(name_), .flags = PDS,           \
		.sub = name_##_fields, .help = help_                                               \
	}

/* Within a section, offsets count from the section. */
#define AT_MEMBER(section, member)                                                                 \
	(offsetof(struct config, section.member) - offsetof(struct config, section))

static const char *const isolation_names[] = {"process", "namespace", "vm", NULL};
static const char *const guard_names[] = {"off", "warn", "redact", "block", NULL};
static const char *const unit_names[] = {"skill", "domain", "repository", NULL};
static const char *const rule_names[] = {"off", "warn", "deny", NULL};
static const char *const growth_names[] = {"allow", "approve", NULL};
static const char *const rollout_names[] = {"immediate", "shadow", "canary", NULL};
static const char *const profile_names[] = {"lenient", "strict", "portable", NULL};

const char *profile_name(enum profile p)
{
	return profile_names[p];
}

static const struct field budget_fields[] = {
	{"per_run_usd", FIELD_MONEY, AT_MEMBER(budget, per_run_microusd), PDS | LOWER | IN_CONTEXT,
	 0, 1000 * USD, .dflt = "1", .example = "0.50",
	 .help = "The most that one run may spend on models, in US dollars; a run that reaches it "
		 "is stopped."},
	{"per_day_usd", FIELD_MONEY, AT_MEMBER(budget, per_day_microusd), PDS | LOWER | IN_CONTEXT,
	 0, 1000000 * USD, .dflt = "20", .example = "5",
	 .help = "The most that all runs of one day may spend together, in US dollars; after that "
		 "new runs wait for the next day."},
	FIELD_END};

static const struct field limits_fields[] = {
	{"timeout", FIELD_DURATION, AT_MEMBER(limits, timeout_ms), PDS | LOWER | IN_RUNTIME, 100,
	 6 * HOUR, .dflt = "30s", .example = "90s",
	 .help = "How long one run may take before it is stopped."},
	{"memory", FIELD_SIZE, AT_MEMBER(limits, memory_bytes), PDS | LOWER | IN_RUNTIME, 8 * MIB,
	 64 * GIB, .dflt = "256Mi", .example = "512Mi", .help = "How much memory one run may use."},
	{"cpu_millis", FIELD_INT, AT_MEMBER(limits, cpu_millis), PDS | LOWER | IN_RUNTIME, 50,
	 64000, .dflt = "1000", .example = "500",
	 .help = "How much processor one run may use, in thousandths of one core: 500 is half a "
		 "core."},
	{"processes", FIELD_INT, AT_MEMBER(limits, pids), PDS | LOWER | IN_RUNTIME, 4, 4096,
	 .dflt = "64", .example = "32",
	 .help = "How many processes and threads one run may have at a time."},
	{"output", FIELD_SIZE, AT_MEMBER(limits, output_bytes), PDS | LOWER | IN_RUNTIME, 1 * KIB,
	 1 * MIB, .dflt = "1Mi", .example = "256Ki",
	 .help = "How large the answer of one run may be."},
	{"disk", FIELD_SIZE, AT_MEMBER(limits, tmp_bytes), PDS | LOWER | IN_RUNTIME, 64 * KIB,
	 16 * GIB, .dflt = "64Mi", .example = "128Mi",
	 .help = "How much one run may write to its temporary folder, which is empty at the start "
		 "and gone at the end."},
	{"concurrency", FIELD_INT, AT_MEMBER(limits, concurrency), PDS | LOWER | IN_CONTEXT, 1,
	 1000, .dflt = "4", .example = "2",
	 .help = "How many runs of one skill may be under way at the same time; more wait in "
		 "line."},
	{"per_minute", FIELD_INT, AT_MEMBER(limits, per_minute), PDS | LOWER | IN_CONTEXT, 1,
	 100000, .dflt = "60", .example = "10",
	 .help = "How many runs of one skill may start in one minute; more are turned away until "
		 "the next."},
	FIELD_END};

static const struct field env_fields[] = {{"value", FIELD_STRING,
					   offsetof(struct config_env, value), FIELD_REQUIRED,
					   .example = "secret:erp-token",
					   .help = "What the variable holds: plain text, or "
						   "secret:NAME for a secret that an operator "
						   "named in asporad.conf."},
					  FIELD_END};

static const struct field runtime_fields[] = {
	{"isolation", FIELD_ENUM, AT_MEMBER(runtime, isolation),
	 PDS | STRICTER | IN_RUNTIME | FLOOR, .choices = isolation_names, .dflt = "namespace",
	 .example = "vm",
	 .help = "How strongly a run is walled off from its host: process, namespace (a container) "
		 "or vm (a virtual machine)."},
	{"driver", FIELD_NAME, AT_MEMBER(runtime, driver), PDS | IN_RUNTIME,
	 .example = "bubblewrap",
	 .help = "Which kind of sandbox to use; left out, the first that gives the isolation asked "
		 "for."},
	{"pool", FIELD_INT, AT_MEMBER(runtime, pool), PDS, 0, 64, .dflt = "0", .example = "1",
	 .help = "How many sandboxes to keep started and waiting, so that a run begins at once."},
	{"network", FIELD_BOOL, AT_MEMBER(runtime, network), PDS | IN_RUNTIME, .dflt = "false",
	 .example = "false",
	 .help = "Whether the code may use the network itself; the policy must allow the "
		 "capability \"network\"."},
	{"env", FIELD_MAP, AT_MEMBER(runtime, env), PDS | MERGE | IN_RUNTIME | FIELD_SHORT,
	 .sub = env_fields, .sub_size = sizeof(struct config_env), .example = "{REGION: eu}",
	 .help = "Environment variables that the handler sees; a secret is a reference, never "
		 "written out."},
	FIELD_END};

static const struct field handler_fields[] = {
	{"file", FIELD_STRING, AT_MEMBER(handler, file), S | IN_RUNTIME,
	 .example = "code/handler.py",
	 .help = "The program that answers, inside the skill's folder; left out, code/handler.* is "
		 "looked for, and without one the model answers alone."},
	{"start_timeout", FIELD_DURATION, AT_MEMBER(handler, start_timeout_ms),
	 PDS | LOWER | IN_RUNTIME, 100, 10 * MINUTE, .dflt = "10s", .example = "5s",
	 .help = "How long the sandbox and its handler may take to start."},
	FIELD_END};

static const struct field model_fields[] = {
	{"tier", FIELD_NAME, AT_MEMBER(model, tier), PDS | IN_CONTEXT, .example = "small",
	 .help = "Which of the platform's models the skill uses, by the name that the platform "
		 "gave it."},
	FIELD_END};

static const struct field mcp_server_fields[] = {
	{"url", FIELD_STRING, offsetof(struct config_mcp_server, url), 0,
	 .example = "https://erp.example.com/mcp",
	 .help = "Where the server is reached, for a server on the network."},
	{"command", FIELD_STRING, offsetof(struct config_mcp_server, command), 0,
	 .example = "/usr/lib/aspora/mcp-files",
	 .help = "The program to start, for a server on the same machine."},
	{"credential", FIELD_STRING, offsetof(struct config_mcp_server, credential),
	 FIELD_SECRET_REF, .example = "env:ERP_TOKEN",
	 .help = "Where the server's secret is kept: env:NAME or file:/path."},
	{"tools", FIELD_STRINGS, offsetof(struct config_mcp_server, tools), 0,
	 .example = "[get_invoice, find_order]",
	 .help = "The tools of this server that may be used at all; none are when it is empty."},
	{"domains", FIELD_STRINGS, offsetof(struct config_mcp_server, domains), 0,
	 .example = "[ecm, frm]",
	 .help = "The domains that may use this server; all may when it is empty."},
	FIELD_END};

static const struct field mcp_fields[] = {
	{"servers", FIELD_MAP, AT_MEMBER(mcp, servers), P | IN_CONTEXT, .sub = mcp_server_fields,
	 .sub_size = sizeof(struct config_mcp_server),
	 .example = "{erp: {url: \"https://erp.example.com/mcp\", tools: [get_invoice]}}",
	 .help = "The tool servers (MCP) that exist, each under a short name."},
	{"tools", FIELD_STRINGS, AT_MEMBER(mcp, tools), S | IN_CONTEXT,
	 .example = "[erp.get_invoice]",
	 .help = "The tools that this skill uses, each as server.tool."},
	{"allow", FIELD_STRINGS, AT_MEMBER(mcp, allow), PD | SUBSET | IN_CONTEXT,
	 .example = "[erp, mail.draft]",
	 .help = "What skills may use here: a server, one of its tools, or a beginning such as "
		 "erp.read_*; left out, all that the servers offer."},
	{"pinned", FIELD_BOOL, AT_MEMBER(mcp, pinned), PD | STRICTER | FLOOR, .dflt = "false",
	 .example = "true",
	 .help = "Whether every tool that a skill uses must be in the domain's mcp.lock; a server "
		 "that is in it is held to it in any case."},
	FIELD_END};

#define FORWARD(member) offsetof(struct config_forward, member)
static const struct field when_fields[] = {
	{"domain", FIELD_NAME, FORWARD(when_domain), 0, .example = "ecm",
	 .help = "Where the request comes from; any domain when it is left out."},
	{"text", FIELD_STRING, FORWARD(when_text), 0, .example = "escalate order {order_id}",
	 .help = "What the request says, written like a command trigger; anything when it is left "
		 "out."},
	FIELD_END};
static const struct field then_fields[] = {
	{"forward_to", FIELD_STRING, FORWARD(forward_to), FIELD_REQUIRED | FIELD_NONEMPTY,
	 .example = "frm/escalation", .help = "The skill that takes over, as domain/skill."},
	FIELD_END};
static const struct field forward_fields[] = {
	{"when", FIELD_OBJECT, 0, 0, .sub = when_fields, .help = "Which requests this is about."},
	{"then", FIELD_OBJECT, 0, FIELD_REQUIRED, .sub = then_fields,
	 .example = "{forward_to: frm/escalation}", .help = "What happens to them."},
	FIELD_END};
static const struct field routing_fields[] = {
	{"forwards", FIELD_LIST, AT_MEMBER(routing, forwards), PDS | MERGE | IN_CONTEXT,
	 .sub = forward_fields, .sub_size = sizeof(struct config_forward),
	 .example = "[{when: {domain: ecm}, then: {forward_to: frm/escalation}}]",
	 .help = "Requests that may pass on to a skill of another domain; everything not named "
		 "here is refused."},
	FIELD_END};

static const struct field guard_fields[] = {
	{"pii", FIELD_ENUM, AT_MEMBER(guard, pii), PDS | STRICTER | IN_CONTEXT | FLOOR,
	 .choices = guard_names, .dflt = "warn", .example = "redact",
	 .help = "What happens to personal data in requests and answers: off, warn, redact or "
		 "block."},
	{"secrets", FIELD_ENUM, AT_MEMBER(guard, secrets), PDS | STRICTER | IN_CONTEXT | FLOOR,
	 .choices = guard_names, .dflt = "block", .example = "block",
	 .help = "What happens to passwords, keys and tokens in requests and answers."},
	{"injection", FIELD_ENUM, AT_MEMBER(guard, injection), PDS | STRICTER | IN_CONTEXT | FLOOR,
	 .choices = guard_names, .dflt = "warn", .example = "block",
	 .help = "What happens to text that tries to give the model orders of its own."},
	FIELD_END};

static const struct field tests_fields[] = {
	{"min_cases", FIELD_INT, AT_MEMBER(tests, min_cases), PDS | HIGHER | FLOOR, 0, 1000,
	 .dflt = "1", .example = "3", .help = "How many test cases a skill must have at least."},
	{"required", FIELD_STRINGS, AT_MEMBER(tests, required), PDS | MERGE,
	 .example = "[promptfoo]",
	 .help = "Checks whose results a build server must have posted before a change is "
		 "deployed."},
	{"pass_rate", FIELD_PERCENT, AT_MEMBER(tests, pass_rate_millionths), PDS | HIGHER | FLOOR,
	 0, WHOLE, .dflt = "100%", .example = "95%",
	 .help = "The share of posted test cases that must pass."},
	FIELD_END};

static const struct field context_fields[] = {
	{"metadata_tokens", FIELD_INT, AT_MEMBER(context, metadata_tokens), PDS | LOWER | FLOOR, 1,
	 100000, .dflt = "400", .example = "150",
	 .help = "How much a skill's name and description, which are always loaded, may cost in "
		 "tokens, as estimated."},
	{"body_tokens", FIELD_INT, AT_MEMBER(context, body_tokens), PDS | LOWER | FLOOR, 1, 1000000,
	 .dflt = "10000", .example = "5000",
	 .help = "How much the body of SKILL.md, which is loaded when the skill is used, may cost "
		 "in tokens, as estimated."},
	{"domain_tokens", FIELD_INT, AT_MEMBER(context, domain_tokens), PD | LOWER, 1, 10000000,
	 .dflt = "10000000", .example = "4000",
	 .help = "How much the names and descriptions of all skills of one domain may cost "
		 "together, in tokens, as estimated."},
	FIELD_END};

#define FREEZE(member) offsetof(struct config_freeze, member)
static const struct field freeze_fields[] = {
	{"from", FIELD_STRING, FREEZE(from), FIELD_REQUIRED | FIELD_NONEMPTY,
	 .example = "2026-12-20 18:00",
	 .help = "When it begins: a day, a day and a time, or a time that comes again every day."},
	{"until", FIELD_STRING, FREEZE(until), FIELD_REQUIRED | FIELD_NONEMPTY,
	 .example = "2027-01-03",
	 .help = "When it ends, written as from is; a day alone is frozen to its end."},
	{"days", FIELD_STRINGS, FREEZE(days), 0, .example = "[fri, sat]",
	 .help = "The days of the week on which it begins, for times of day; every day when it is "
		 "left out."},
	{"zone", FIELD_STRING, FREEZE(zone), 0, .dflt = "UTC", .example = "Asia/Dubai",
	 .help = "The time zone in which days and times are meant."},
	{"reason", FIELD_STRING, FREEZE(reason), FIELD_REQUIRED | FIELD_NONEMPTY,
	 .example = "year end closing", .help = "Why, for whoever has to wait."},
	FIELD_END};

static const struct field rule_fields[] = {
	{"mode", FIELD_ENUM, offsetof(struct config_rule_mode, mode), FIELD_REQUIRED,
	 .choices = rule_names, .example = "warn",
	 .help = "What the rule does: off, warn or deny."},
	{"reason", FIELD_STRING, offsetof(struct config_rule_mode, reason), 0,
	 .example = "legacy skills are being moved",
	 .help = "Why it is so; needed for off and warn."},
	{"until", FIELD_STRING, offsetof(struct config_rule_mode, until), 0,
	 .example = "2027-03-31",
	 .help = "The last day on which it is so, as year-month-day; from then on the rule is "
		 "itself again."},
	FIELD_END};

static const struct field policy_fields[] = {
	{"unit", FIELD_ENUM, AT_MEMBER(policy, unit), PD | STRICTER | FLOOR, .choices = unit_names,
	 .dflt = "domain", .example = "domain",
	 .help = "What is deployed together or not at all: each skill, each domain, or the whole "
		 "repository."},
	{"max_delete", FIELD_PERCENT, AT_MEMBER(policy, max_delete_millionths), PD | LOWER | FLOOR,
	 0, WHOLE, .dflt = "25%", .example = "10%",
	 .help = "The largest share of skills that one change may delete without being confirmed."},
	{"rules", FIELD_MAP, AT_MEMBER(policy, rules), PD | MERGE | FIELD_SHORT, .sub = rule_fields,
	 .sub_size = sizeof(struct config_rule_mode),
	 .example = "{AD-TESTS-001: {mode: warn, reason: migration, until: 2027-03-31}}",
	 .help = "Admission rules that act differently here; a domain can only make one stricter."},
	{"capabilities", FIELD_STRINGS, AT_MEMBER(policy, capabilities), PD | SUBSET,
	 .example = "[network]",
	 .help = "Special rights that skills may ask for; none when it is left out."},
	{"stop_on_violation", FIELD_BOOL, AT_MEMBER(policy, stop_on_violation), PD | STRICTER,
	 .dflt = "false", .example = "true",
	 .help = "Whether a running skill is stopped when a new policy would refuse it; otherwise "
		 "it keeps running, marked."},
	{"growth", FIELD_ENUM, AT_MEMBER(policy, growth), PD | STRICTER | FLOOR,
	 .choices = growth_names, .dflt = "allow", .example = "approve",
	 .help = "Whether a change that gives a skill more than it had (tools, network, budget, "
		 "wider triggers) needs a person's approval: allow or approve."},
	{"approvals", FIELD_INT, AT_MEMBER(policy, approvals), PD | HIGHER | FLOOR, 0, 10,
	 .dflt = "0", .example = "1",
	 .help = "How many people beside the author must have approved a change: aspora approve."},
	{"freeze", FIELD_LIST, AT_MEMBER(policy, freeze), PD | MERGE, .sub = freeze_fields,
	 .sub_size = sizeof(struct config_freeze),
	 .example = "[{from: 2026-12-20, until: 2027-01-03, zone: Asia/Dubai, reason: year end "
		    "closing}]",
	 .help = "Times in which nothing changes; a domain can only add some."},
	FIELD_END};

static const struct field rollout_fields[] = {
	{"strategy", FIELD_ENUM, AT_MEMBER(rollout, strategy), PDS, .choices = rollout_names,
	 .dflt = "immediate", .example = "canary",
	 .help = "How a new version takes over: immediate, shadow (runs beside, unseen) or canary "
		 "(gets a share first)."},
	{"canary", FIELD_PERCENT, AT_MEMBER(rollout, canary_millionths), PDS, 0, WHOLE,
	 .dflt = "10%", .example = "5%",
	 .help = "The share of requests that a new version gets at first."},
	{"hold", FIELD_DURATION, AT_MEMBER(rollout, hold_ms), PDS, 0, 168 * HOUR, .dflt = "5m",
	 .example = "1h", .help = "How long a new version is watched before it takes everything."},
	{"drain", FIELD_DURATION, AT_MEMBER(rollout, drain_ms), PDS, 0, 24 * HOUR, .dflt = "30s",
	 .example = "2m", .help = "How long an old version may finish what it has begun."},
	FIELD_END};

static const struct field feedback_fields[] = {
	{"enabled", FIELD_BOOL, AT_MEMBER(feedback, enabled), PDS | IN_CONTEXT, .dflt = "false",
	 .example = "true", .help = "Whether people's corrections are kept and learned from."},
	{"min_accept", FIELD_PERCENT, AT_MEMBER(feedback, min_accept_millionths), PDS | IN_CONTEXT,
	 0, WHOLE, .dflt = "80%", .example = "90%",
	 .help = "The share of answers that people must accept; below it the skill is reported as "
		 "degraded."},
	FIELD_END};

static const struct field format_fields[] = {
	{"profile", FIELD_ENUM, AT_MEMBER(format, profile), PDS | STRICTER,
	 .choices = profile_names, .dflt = "lenient", .example = "strict",
	 .help = "How strictly SKILL.md is read: lenient, strict (the open format to the letter) "
		 "or portable (accepted by every client)."},
	FIELD_END};

static const struct field models_fields[] = {
	{"provider", FIELD_NAME, offsetof(struct config_model, provider), FIELD_REQUIRED,
	 .example = "anthropic", .help = "Who runs the model."},
	{"id", FIELD_STRING, offsetof(struct config_model, id), FIELD_REQUIRED | FIELD_NONEMPTY,
	 .example = "claude-sonnet-4-5", .help = "The provider's own name for the model."},
	{"input_usd_per_mtok", FIELD_MONEY, offsetof(struct config_model, input_microusd_per_mtok),
	 FIELD_REQUIRED, 0, 10000 * USD, .example = "3",
	 .help = "The price of a million tokens read, in US dollars; 0 is written for a model that "
		 "costs nothing."},
	{"output_usd_per_mtok", FIELD_MONEY,
	 offsetof(struct config_model, output_microusd_per_mtok), FIELD_REQUIRED, 0, 10000 * USD,
	 .example = "15", .help = "The price of a million tokens written, in US dollars."},
	{"roles", FIELD_STRINGS, offsetof(struct config_model, roles), 0,
	 .example = "[manager, specialist]",
	 .help = "The roles that may use it; all may when it is empty."},
	FIELD_END};

static const struct field labels_fields[] = {{"value", FIELD_STRING,
					      offsetof(struct config_label, value), FIELD_REQUIRED,
					      .example = "billing",
					      .help = "What the label says: at most 63 letters, "
						      "digits, '-', '_' and '.'."},
					     FIELD_END};

const struct field config_fields[] = {
	OBJECT(budget, "What runs may cost."),
	OBJECT(limits, "What one run, and all runs of a skill, may use."),
	OBJECT(runtime, "The sandbox that runs are in."),
	OBJECT(handler, "The program that answers."),
	OBJECT(model, "The language model that a skill uses."),
	OBJECT(mcp, "Tool servers, and who may call which tool."),
	OBJECT(routing, "Requests that pass from one domain to another."),
	OBJECT(guard, "What happens to personal data, secrets and smuggled orders."),
	OBJECT(tests, "What must be tested before a change is deployed."),
	OBJECT(policy, "What is admitted."),
	OBJECT(context,
	       "What skills may cost in a model's context, before they have done anything."),
	OBJECT(rollout, "How a new version takes over from the old one."),
	OBJECT(feedback, "Learning from people's corrections."),
	OBJECT(format, "How SKILL.md is read."),
	{"labels", FIELD_MAP, IN(labels), D | FIELD_SHORT, .sub = labels_fields,
	 .sub_size = sizeof(struct config_label), .example = "{team: billing}",
	 .help = "Labels of the domain, by which it is found; those that are set over the API hold "
		 "where this says nothing."},
	{"models", FIELD_MAP, IN(models), P | IN_CONTEXT, .sub = models_fields,
	 .sub_size = sizeof(struct config_model),
	 .example = "{small: {provider: anthropic, id: claude-haiku-4-5, input_usd_per_mtok: 1, "
		    "output_usd_per_mtok: 5}}",
	 .help = "The language models that exist, each under a short name, with their prices."},
	FIELD_END};
