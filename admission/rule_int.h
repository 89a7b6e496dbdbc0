/*
 * Inside the rules: what the rows of the table share. Each rule_*.c is one family; its checks are declared here and named in rule.c only.
 */
#ifndef ADMISSION_RULE_INT_H
#define ADMISSION_RULE_INT_H

#include "admission/judged.h"
#include "admission/rule.h"

/* Computed once per domain, by admit_domain(). */
struct rule_index {
	struct map files; /* the domain's own files, "runbooks/x.md" → struct domain_file */
	struct map forwarded; /* "domain/skill" that skills of this domain forward to → anything */
	/*
	 * Beside domain->skills. A text that is NULL is neither remembered nor at hand. silent is of an earlier judgement here: what holds now
	 * is spoke, and goes into the memory with rule_index_learn().
	 */
	struct judged *judged;
	bool *spoke; /* a rule about the skill alone had something to say */
	struct text_facts **made; /* texts that are ours to free */
	size_t made_count;
	/* Under the platform that judges. effectives: beside domain->skills; NULL when it is the one of the snapshot. */
	const struct config *effectives, *domain_effective;
	size_t route_visits;
	size_t managers;
	size_t unread; /* skills of which the role, a trigger or a forward may be missing: rule_unread() */
	int64_t per_day_sum_microusd; /* of the skills that set their own */
	size_t per_day_count;
};
void rule_index_init(struct rule_index *x, const struct rule_in *in);
const struct config *rule_effective(const struct rule_index *x, const struct domain *d, size_t i);
/* What was learnt of the domain's skills goes into the memory, for the next time. */
void rule_index_learn(struct rule_index *x, const struct rule_in *in);
void rule_index_release(struct rule_index *x);

/*
 * SKILL.md or the skill's configuration could not be read as it is meant. Reading has said so; what follows from what is missing is not worth a
 * finding of its own, and would send the reader to the wrong place.
 */
bool rule_unread(const struct skill *s);
/* The role of in->skill is the one that is written, or is none because nobody wrote one. */
bool rule_role_known(const struct rule_in *in);

/* The guard knows every file of the skill, and has nothing to tell of any: five rules need not look at each again. */
bool rule_guard_clean(struct admit_guard *g, const struct skill *s);

/* --- speaking ----------------------------------------------------------------------------------------- */

/* A finding of the rule being called, about the skill being looked at (or the domain), without a place yet. */
struct finding *rule_say(const struct rule_in *in, struct findings *out, const char *fmt, ...)
	PRINTF(3, 4);
/* The same about another skill of the domain. */
struct finding *rule_say_of(const struct rule_in *in, struct findings *out, struct str skill,
			    const char *fmt, ...) PRINTF(4, 5);
/* The outcome rests on something outside content, policy and surfaces: one sentence of what. Goes into the verdict's key. */
void rule_rests_on(const struct rule_in *in, const char *fmt, ...) PRINTF(2, 3);

/* Does any trigger share its candidates with another pattern? Nearly never: then the route rules have nothing to look at. */
bool rule_route_crowded(const struct surface_view *v, const struct skill *s, size_t *visits);
#define ROUTE_VISITS_MAX ((size_t)10 * 1000 * 1000) /* patterns looked at for one domain */

/* --- places ------------------------------------------------------------------------------------------- */

/* Where doc sets a field ("budget.per_run_usd"); false (and the file alone) when it does not. doc may be NULL. */
bool rule_at_field(struct finding *f, const struct config_doc *doc, const char *dotted);
/* The level that sets the field nearest to the skill: its file, then the domain's, then the judging platform's. False: a default. */
bool rule_at_effective(const struct rule_in *in, struct finding *f, const char *dotted);
/* The same into f->related_…, looking at domain and platform only. */
void rule_relate_field(const struct rule_in *in, struct finding *f, const char *dotted);
/* The skill's SKILL.md: a key of its frontmatter, or its first line. */
void rule_at_front(const struct rule_in *in, struct finding *f, const struct skill *s,
		   const char *key);
void rule_at_text(const struct rule_in *in, struct finding *f, const struct text_fact *t);
void rule_at_trigger(const struct rule_in *in, struct finding *f, const struct skill *s,
		     const struct trigger *t);
/* "skills/ecm/x/SKILL.md", in the arena. */
struct str rule_md_path(const struct rule_in *in, const struct skill *s);
/* The line of policy.rules about a rule, or NULL; doc may be NULL. */
const struct config_rule_mode *policy_line(const struct config_doc *doc, const char *id);
void policy_rule_place(const struct config_doc *doc, const struct config_rule_mode *m,
		       struct finding *f);

/* --- words -------------------------------------------------------------------------------------------- */

/* "0.50" for 500,000 micro-dollars. out: 32 bytes. */
char *rule_usd(int64_t microusd, char out[32]);
/* "40 %" for 400,000. */
char *rule_percent(int64_t millionths, char out[32]);
/* "server.tool" into its parts; false when it is not of that form. */
bool rule_split_tool(struct str tool, struct str *ret_server, struct str *ret_tool);
bool rule_strings_have(const struct field_strings *list, struct str s);
/* One word of a list for remedies: "a, b and c", at most eight, into buf. */
void rule_list(struct buf *out, const struct field_strings *list);

/* Whether it is of that kind, about this domain (or all of the repository) and this change, and still holds. */
bool rule_confirms(const struct rule_in *in, const struct admit_confirmation *c, const char *kind);
/* A person's word of that kind that does; for "growth" not of who wrote the change. NULL: there is none. */
const struct admit_confirmation *rule_confirmation(const struct rule_in *in, const char *kind);
/* What was pushed is what is deployed, judged again because policy or what is beside it has changed: it was approved when it came. */
bool rule_is_deployed(const struct rule_in *in);
/* The note of a rule that asks nobody about what goes back. Returns 0. */
int rule_say_restored(const struct rule_in *in, struct findings *out);

/* --- families ----------------------------------------------------------------------------------------- */

#define RULE_CHECK(name) int name(const struct rule_in *in, struct findings *out, struct err *err)
RULE_CHECK(rule_tests_exist);
RULE_CHECK(rule_tests_promptfoo);
RULE_CHECK(rule_tests_posted);
RULE_CHECK(rule_tests_passed);
RULE_CHECK(rule_budget_order);
RULE_CHECK(rule_budget_sum);
RULE_CHECK(rule_tools_server);
RULE_CHECK(rule_tools_tool);
RULE_CHECK(rule_tools_pinned);
RULE_CHECK(rule_tools_drift);
RULE_CHECK(rule_context_metadata);
RULE_CHECK(rule_context_body);
RULE_CHECK(rule_context_domain);
RULE_CHECK(rule_growth);
RULE_CHECK(rule_review);
RULE_CHECK(rule_signature);
RULE_CHECK(rule_freeze);
RULE_CHECK(rule_text_hidden);
RULE_CHECK(rule_text_address);
RULE_CHECK(rule_text_script);
RULE_CHECK(rule_model_role);
RULE_CHECK(rule_model_price);
RULE_CHECK(rule_role_manager);
RULE_CHECK(rule_role_field);
RULE_CHECK(rule_role_specialist);
RULE_CHECK(rule_route_collision);
RULE_CHECK(rule_route_unreachable);
RULE_CHECK(rule_route_forward);
RULE_CHECK(rule_route_cycle);
RULE_CHECK(rule_route_mention);
RULE_CHECK(rule_ref_resolves);
RULE_CHECK(rule_ref_remote);
RULE_CHECK(rule_ref_outside);
RULE_CHECK(rule_guard_pii);
RULE_CHECK(rule_guard_secret);
RULE_CHECK(rule_guard_injection);
RULE_CHECK(rule_guard_allow);
RULE_CHECK(rule_guard_fault);
RULE_CHECK(rule_delete_share);
RULE_CHECK(rule_capability);
RULE_CHECK(rule_limits);
RULE_CHECK(rule_policy_rules);

#endif
