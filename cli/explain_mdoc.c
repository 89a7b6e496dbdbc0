/* The fields of aspora.config.yaml as the section FIELDS of aspora-config(5). */
#include "base/mdoc.h"
#include "cli/explain.h"
#include "skill/config.h"

static void add_level(struct buf *out, const struct field *f, bool top)
{
	const char *sep = "It may stand at the level of ";
	if (!top)
		return;
	for (int l = LEVEL_PLATFORM; l <= LEVEL_SKILL; l++) {
		if (!config_field_at(f, (enum config_level)l))
			continue;
		buf_addf(out, "%s%s", sep, config_level_name((enum config_level)l));
		sep = ", ";
	}
	buf_addz(out, ".\n");
	if (f->type != FIELD_OBJECT)
		mdoc_text(out, config_tighten_help(config_field_tighten(f)));
}

void cli_explain_mdoc(struct buf *out)
{
	mdoc_fields(out, config_fields, add_level);
}
