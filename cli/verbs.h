/*
 * Every verb: one file each, cli/verb_x.c, with one entry.
 */
#ifndef CLI_VERBS_H
#define CLI_VERBS_H

#include "cli/cli.h"

extern const struct cli_verb cli_verb_validate, cli_verb_list, cli_verb_explain, cli_verb_schema,
	cli_verb_create, cli_verb_admit, cli_verb_diff, cli_verb_fix, cli_verb_test, cli_verb_scan;
extern const struct cli_verb cli_verb_run, cli_verb_get, cli_verb_describe, cli_verb_status,
	cli_verb_wait, cli_verb_cancel, cli_verb_check, cli_verb_fmt, cli_verb_mcp, cli_verb_config,
	cli_verb_version, cli_verb_help;
extern const struct cli_verb cli_verb_apply, cli_verb_approve, cli_verb_label, cli_verb_delete,
	cli_verb_adopt, cli_verb_rollback, cli_verb_history, cli_verb_sync, cli_verb_suspend,
	cli_verb_resume, cli_verb_quarantine, cli_verb_overlay, cli_verb_logs, cli_verb_events,
	cli_verb_watch, cli_verb_rollout, cli_verb_why, cli_verb_tree, cli_verb_top;
extern const struct cli_verb cli_verb_key, cli_verb_auth, cli_verb_audit, cli_verb_verify;
extern const struct cli_verb cli_verb_resources;
extern const struct cli_verb cli_verb_completion, cli_verb_complete;

#endif
