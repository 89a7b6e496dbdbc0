#include "agent/rollout_fsm.h"
#include "tests/unit/support.h"

static bool is_impossible(enum rollout_slot slot, enum rollout_state state)
{
	for (size_t i = 0; i < rollout_impossible_count; i++)
		if (rollout_impossible[i].slot == slot && rollout_impossible[i].state == state)
			return true;
	return false;
}

START_TEST(every_pair_of_slot_and_state_has_a_row_or_is_impossible)
{
	for (int slot = SLOT_NONE; slot <= SLOT_DRAINING; slot++)
		for (int state = ROLLOUT_PENDING; state <= ROLLOUT_ENDED; state++) {
			size_t rows = 0;
			for (size_t r = 0; r < rollout_row_count; r++)
				rows += (int)rollout_rows[r].slot == slot &&
					(int)rollout_rows[r].state == state;
			ck_assert_msg((rows > 0) != is_impossible((enum rollout_slot)slot,
								  (enum rollout_state)state),
				      "%s/%s has %zu rows",
				      rollout_slot_name((enum rollout_slot)slot),
				      rollout_state_name((enum rollout_state)state), rows);
		}
}
END_TEST

START_TEST(the_last_row_of_each_pair_always_holds)
{
	for (int slot = SLOT_NONE; slot <= SLOT_DRAINING; slot++)
		for (int state = ROLLOUT_PENDING; state <= ROLLOUT_ENDED; state++) {
			if (is_impossible((enum rollout_slot)slot, (enum rollout_state)state))
				continue;
			/* Whatever the facts are, something is said of it. */
			for (unsigned bits = 0; bits < 128; bits++) {
				struct rollout_item i = {.slot = (enum rollout_slot)slot,
							 .state = (enum rollout_state)state,
							 .desired = bits & 1,
							 .quarantined = bits & 2,
							 .ready = !!(bits & 4),
							 .failed = !!(bits & 8),
							 .active = !!(bits & 16),
							 .starting = !!(bits & 32),
							 .paused = bits & 64};
				ck_assert_ptr_nonnull(rollout_decide(&i));
			}
		}
}
END_TEST

static const struct step {
	const char *what;
	struct rollout_item item;
	enum rollout_action action;
} steps[] = {
	{"what is desired begins", {.slot = SLOT_NONE, .desired = true}, ROLLOUT_BEGIN},
	{"what is in quarantine does not",
	 {.slot = SLOT_NONE, .desired = true, .quarantined = true},
	 ROLLOUT_WAIT},
	{"a pending candidate starts",
	 {.slot = SLOT_CANDIDATE, .state = ROLLOUT_PENDING, .desired = true},
	 ROLLOUT_MOVE},
	{"what is paused does not begin",
	 {.slot = SLOT_NONE, .desired = true, .paused = true},
	 ROLLOUT_WAIT},
	{"a pending candidate does not start while it is paused",
	 {.slot = SLOT_CANDIDATE, .state = ROLLOUT_PENDING, .desired = true, .paused = true},
	 ROLLOUT_WAIT},
	{"one that is ready is not promoted while it is paused",
	 {.slot = SLOT_CANDIDATE,
	  .state = ROLLOUT_STARTING,
	  .desired = true,
	  .ready = 1,
	  .paused = true},
	 ROLLOUT_WAIT},
	{"one that fails is not judged while it is paused",
	 {.slot = SLOT_CANDIDATE,
	  .state = ROLLOUT_STARTING,
	  .desired = true,
	  .failed = 1,
	  .paused = true,
	  .failure_cause = {"content", 7}},
	 ROLLOUT_WAIT},
	{"one whose quarantine was cleared does not begin again while it is paused",
	 {.slot = SLOT_CANDIDATE, .state = ROLLOUT_FAILED, .desired = true, .paused = true},
	 ROLLOUT_WAIT},
	{"what is not wanted any more ends although it is paused",
	 {.slot = SLOT_CANDIDATE, .state = ROLLOUT_STARTING, .paused = true},
	 ROLLOUT_END},
	{"what drains is not promoted while it is paused",
	 {.slot = SLOT_DRAINING,
	  .state = ROLLOUT_DRAINING,
	  .desired = true,
	  .ready = 1,
	  .paused = true},
	 ROLLOUT_WAIT},
	{"what drains and is not wanted ends although it is paused",
	 {.slot = SLOT_DRAINING, .state = ROLLOUT_DRAINING, .paused = true},
	 ROLLOUT_END},
	{"a skill that was deleted is withdrawn although it is paused",
	 {.slot = SLOT_STABLE, .state = ROLLOUT_STABLE, .paused = true},
	 ROLLOUT_WITHDRAW},
	{"one that is ready is promoted",
	 {.slot = SLOT_CANDIDATE, .state = ROLLOUT_STARTING, .desired = true, .ready = 1},
	 ROLLOUT_PROMOTE},
	{"the newest wins over one that is ready",
	 {.slot = SLOT_CANDIDATE, .state = ROLLOUT_STARTING, .desired = false, .ready = 1},
	 ROLLOUT_END},
	{"content that fails is rejected",
	 {.slot = SLOT_CANDIDATE,
	  .state = ROLLOUT_STARTING,
	  .desired = true,
	  .failed = 1,
	  .failure_cause = {"content", 7}},
	 ROLLOUT_REJECT},
	{"an environment that fails is waited for",
	 {.slot = SLOT_CANDIDATE,
	  .state = ROLLOUT_STARTING,
	  .desired = true,
	  .failed = 3,
	  .failure_cause = {"environment", 11}},
	 ROLLOUT_WAIT},
	{"while another try runs nothing is decided",
	 {.slot = SLOT_CANDIDATE,
	  .state = ROLLOUT_STARTING,
	  .desired = true,
	  .failed = 1,
	  .starting = 1,
	  .failure_cause = {"content", 7}},
	 ROLLOUT_WAIT},
	{"a failed one stays failed",
	 {.slot = SLOT_CANDIDATE, .state = ROLLOUT_FAILED, .desired = true, .quarantined = true},
	 ROLLOUT_WAIT},
	{"until its quarantine is cleared",
	 {.slot = SLOT_CANDIDATE, .state = ROLLOUT_FAILED, .desired = true},
	 ROLLOUT_MOVE},
	{"a stable one that nobody wants is withdrawn",
	 {.slot = SLOT_STABLE, .state = ROLLOUT_STABLE},
	 ROLLOUT_WITHDRAW},
	{"a draining one waits for its runs",
	 {.slot = SLOT_DRAINING, .state = ROLLOUT_DRAINING, .active = 1},
	 ROLLOUT_WAIT},
	{"but not for ever",
	 {.slot = SLOT_DRAINING,
	  .state = ROLLOUT_DRAINING,
	  .active = 1,
	  .hold_until_ms = 5,
	  .now_ms = 5},
	 ROLLOUT_END},
	{"and ends when they have",
	 {.slot = SLOT_DRAINING, .state = ROLLOUT_DRAINING},
	 ROLLOUT_END},
	{"a rollback takes a draining one back",
	 {.slot = SLOT_DRAINING, .state = ROLLOUT_DRAINING, .desired = true, .ready = 1},
	 ROLLOUT_PROMOTE},
};

START_TEST(the_table_says_what_the_design_says)
{
	const struct rollout_row *row = rollout_decide(&steps[_i].item);
	ck_assert_ptr_nonnull(row);
	ck_assert_msg(row->action == steps[_i].action, "%s: got %s", steps[_i].what,
		      rollout_action_name(row->action));
}
END_TEST

START_TEST(the_table_prints_itself)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	rollout_print(&out);
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out), "candidate  starting   an instance is ready"));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out), "move to starting"));
}
END_TEST

static const struct support_case cases[] = {
	CASE(every_pair_of_slot_and_state_has_a_row_or_is_impossible),
	CASE(the_last_row_of_each_pair_always_holds),
	CASE_LOOP(the_table_says_what_the_design_says, (int)ARRAY_SIZE(steps)),
	CASE(the_table_prints_itself),
	{0}};

int main(void)
{
	return support_main("agent/rollout_fsm", cases);
}
