/*
 * A finding with every field, for tests of what reports write.
 */
#ifndef TESTS_UNIT_ADMISSION_FULL_FINDING_H
#define TESTS_UNIT_ADMISSION_FULL_FINDING_H

#include "tests/unit/admission/help_report.h"

#define S(literal)                                                                                 \
	{                                                                                          \
		literal, sizeof(literal) - 1                                                       \
	}

/* Where all fields are set; what is empty elsewhere is seen by a test of its own. */
static const struct finding full = {.rule = "AD-TESTS-001",
				    .severity = SEVERITY_DENY,
				    .domain = S("ecm"),
				    .skill = S("order"),
				    .path = S("skills/ecm/order/SKILL.md"),
				    .start = 40,
				    .end = 45,
				    .line = 3,
				    .column = 7,
				    .message = S("this is wrong"),
				    .remedy = S("write that"),
				    .replacement = S("right"),
				    .related_path = S("aspora.config.yaml"),
				    .related_line = 10,
				    .related_column = 14};

#endif
