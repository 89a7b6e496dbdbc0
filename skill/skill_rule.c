#include "skill/skill_rule.h"

#define NONE SEVERITY_NONE
#define NOTE SEVERITY_NOTE
#define WARN SEVERITY_WARN
#define DENY SEVERITY_DENY

const struct skill_rule skill_rules[] = {
#define R(id, lenient, strict, portable, help) {id, {lenient, strict, portable}, help},
#include "skill/skill_rule.def"
#undef R
	{NULL, {0}, NULL}};

const struct skill_rule *skill_rule_find(const char *id)
{
	size_t low = 0, high = ARRAY_SIZE(skill_rules) - 1;
	while (low < high) {
		size_t mid = (low + high) / 2;
		int order = strcmp(skill_rules[mid].id, id);
		if (order == 0)
			return &skill_rules[mid];
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}
