/*
 * Files of configuration at the three levels, decoded for tests.
 */
#ifndef TESTS_UNIT_SKILL_CONFIG_FILES_H
#define TESTS_UNIT_SKILL_CONFIG_FILES_H

#include "skill/config.h"
#include "tests/unit/skill/golden.h"

static struct arena *arena;
static struct findings found;

static inline void begin(void)
{
	arena = arena_new(64 << 20);
	findings_init(&found, arena);
}

static inline void end(void)
{
	arena_free(arena);
}

static const char *const paths[] = {CONFIG_FILE, "skills/ecm/" CONFIG_FILE,
				    "skills/ecm/order/" CONFIG_FILE};

static inline int decode(enum config_level level, struct str text, struct config_doc **ret)
{
	return config_decode(arena, level, str_of(paths[level]), NULL, text, &found,
			     level == LEVEL_PLATFORM ? STR("") : STR("ecm"),
			     level == LEVEL_SKILL ? STR("order") : STR(""), ret, &support_err);
}

static inline struct config_doc *get(enum config_level level, const char *text)
{
	struct config_doc *doc = NULL;
	assert_ok(decode(level, str_of(text), &doc));
	return doc;
}

#endif
