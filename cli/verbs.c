#include "cli/verbs.h"

#include "cli/elsewhere.h"

/* clang-format off */
const struct cli_verb *const cli_verbs[] = {
	&cli_verb_create,
	&cli_verb_validate,
	&cli_verb_fix,
	&cli_verb_list,
	&cli_verb_explain,
	&cli_verb_schema,
	&cli_verb_test,
	&cli_verb_scan,
	&cli_verb_admit,
	&cli_verb_check,
	&cli_verb_mcp,
	&cli_verb_fmt,
	&cli_verb_diff,
	&cli_verb_status,
	&cli_verb_get,
	&cli_verb_watch,
	&cli_verb_describe,
	&cli_verb_tree,
	&cli_verb_why,
	&cli_verb_top,

	&cli_verb_apply,
	&cli_verb_label,
	&cli_verb_delete,
	&cli_verb_adopt,
	&cli_verb_approve,
	&cli_verb_rollback,
	&cli_verb_rollout,
	&cli_verb_history,
	&cli_verb_sync,
	&cli_verb_suspend,
	&cli_verb_resume,
	&cli_verb_quarantine,
	&cli_verb_overlay,
	&cli_verb_run,
	&cli_verb_wait,
	&cli_verb_cancel,
	&cli_verb_logs,
	&cli_verb_events,
	&cli_verb_audit,
	&cli_verb_verify,
	&cli_verb_auth,
	&cli_verb_key,
	&cli_verb_config,
	&cli_verb_resources,
	&cli_verb_completion,
	&cli_verb_complete,
	&cli_verb_version,
	&cli_verb_help,
	NULL,
};
/* clang-format on */

const struct cli_verb *cli_verb_find(const char *name)
{
	for (size_t i = 0; cli_verbs[i]; i++)
		if (strcmp(cli_verbs[i]->name, name) == 0)
			return cli_verbs[i];
	return NULL;
}

int cli_verb_unknown(const char *name, const char *next, struct err *err)
{
	const char *names[64];
	size_t count = 0;
	for (; cli_verbs[count] && count < ARRAY_SIZE(names); count++)
		names[count] = cli_verbs[count]->name;
	err_set(err, ERR_USAGE, "there is no verb \"%s\"", name);
	const char *instead = cli_elsewhere_verb(name, next);
	if (instead)
		return err_remedy(err, "%s", instead);
	const char *near = str_nearest(str_of(name), names, count);
	if (near)
		err_remedy(err, "did you mean \"aspora %s\"?", near);
	else
		err_remedy(err, "`aspora help` lists them");
	return ERR_USAGE;
}
