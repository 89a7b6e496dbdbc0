#include "guard/guard.h"

enum guard_mode guard_policy_mode(const struct guard_policy *p, const struct guard_finding *f)
{
	for (size_t i = 0; i < p->override_count; i++)
		if (strcmp(p->overrides[i].rule, f->rule->id) == 0)
			return p->overrides[i].mode;
	return p->mode[f->rule->category];
}
