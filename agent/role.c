#include "agent/role.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "agent/gateway/tls_files.h"
#include "agent/handoff.h"
#include "agent/privilege.h"
#include "base/child.h"
#include "base/io.h"
#include "base/mem.h"
#include "store/lease.h"

const struct agent_role agent_roles[] = {
	{"gateway", "people and programs reach everything through one door, safely",
	 ROLE_NEEDS_LISTEN, 0, STORE_GATEWAY, role_gateway_run},
	{"sync", "the deployed state is the newest admitted content of every source",
	 ROLE_NEEDS_GIT | ROLE_SIGNS, 1, STORE_SYNC, role_sync_run},
	{"control", "rollouts advance, triggers fire, old rows retire", 0, 2, STORE_CONTROL,
	 role_control_run},
	{"runner", "ready sandboxes equal the deployed versions, and queued executions run",
	 ROLE_KEEPS_ROOT, 3, STORE_RUNNER, role_runner_run},
	{0}};

const struct agent_role *agent_role_find(const char *name)
{
	for (const struct agent_role *r = agent_roles; r->name; r++)
		if (strcmp(r->name, name) == 0)
			return r;
	return NULL;
}

#define TITLE "asporad: "

void agent_role_title(const struct agent_role *role, char out[ROLE_TITLE_MAX])
{
	snprintf(out, ROLE_TITLE_MAX, TITLE "%s", role->name);
}

const struct agent_role *agent_role_of_title(const char *argv0)
{
	size_t len = sizeof(TITLE) - 1;
	return strncmp(argv0, TITLE, len) == 0 ? agent_role_find(argv0 + len) : NULL;
}

/* The command line of asporad outranks the file. The strings live as long as h. */
static void apply_overrides(struct agent_config *c, const struct handoff *h)
{
	if (h->state)
		c->state = str_of(h->state);
	if (h->listen)
		c->gateway.listen = str_of(h->listen);
}

/* *ret_tls: who may still read the gateway's key afterwards. */
static int give_up_privileges(const struct agent_role *role, const struct agent_config *c,
			      struct tls_files **ret_tls, struct err *err)
{
	/* bubblewrap is not setuid, so that even the runner needs no new privileges through exec. */
	int rc = privilege_harden(false, err);
	if (rc == 0 && (role->privileges & ROLE_NEEDS_LISTEN) && c->tls.certificate.len)
		rc = tls_files_start(c->tls.certificate, c->tls.key, ret_tls, err);
	if (rc < 0 || (role->privileges & ROLE_KEEPS_ROOT))
		return rc;
	struct account account;
	if ((rc = privilege_account(c->user, &account, err)) < 0 ||
	    (rc = privilege_drop(&account, err)) < 0)
		return rc;
	/* Dropping made us undumpable again or not, as the kernel pleases; say it once more. */
	return privilege_harden(false, err);
}

/* The database may still be starting, or be restarted under us: wait for it with back-off, for as long as we are wanted. */
static int connect_store(const struct agent_role *role, const struct handoff *h, struct store **ret,
			 struct err *err)
{
	char application[64];
	snprintf(application, sizeof(application), "asporad %s", role->name);
	struct store_opts opts = {.application = application, .listen = true};
	for (int64_t delay_ms = 50;; delay_ms = MIN(delay_ms * 2, 5000)) {
		struct err e = ERR_INIT;
		int rc = store_open(&h->access, role->store_role, &opts, ret, &e);
		if (rc == 0)
			return 0;
		if (rc != ERR_UNAVAILABLE || (h->once && delay_ms > 1000)) {
			*err = e;
			return rc;
		}
		log_err(LOG_WARN_, "store.unreachable", &e, NULL);
		sigset_t term;
		sigemptyset(&term);
		sigaddset(&term, SIGTERM);
		struct timespec wait = {delay_ms / 1000, (delay_ms % 1000) * 1000000};
		if (sigtimedwait(&term, NULL, &wait) == SIGTERM)
			return err_set(err, ERR_CANCELLED,
				       "asked to stop before the database was reachable");
	}
}

static int run_role(const struct agent_role *role, struct handoff *h, struct err *err)
{
	CLEANUP(agent_config_freep) struct agent_config *config = NULL;
	CLEANUP(store_closep) struct store *store = NULL;
	CLEANUP(tls_files_stopp) struct tls_files *tls = NULL;
	int rc = handoff_read(HANDOFF_FD, h, err);
	close(HANDOFF_FD);
	if (rc < 0 || (rc = agent_config_load(h->config_path, &config, err)) < 0)
		return rc;
	apply_overrides(config, h);
	log_setup((enum log_format)config->log.format, (enum log_level)config->log.level,
		  role->name);
	store_lease_holder_prepare();
	if ((rc = give_up_privileges(role, config, &tls, err)) < 0 ||
	    (rc = connect_store(role, h, &store, err)) < 0)
		return rc;
	struct role_ctx ctx = {.role = role,
			       .config = config,
			       .clock = &clock_real,
			       .store = store,
			       .access = &h->access,
			       .tls = tls,
			       .once = h->once};
	memcpy(ctx.instance, h->instance, sizeof(ctx.instance));
	if (gethostname(ctx.host, sizeof(ctx.host) - 1) < 0)
		snprintf(ctx.host, sizeof(ctx.host), "localhost");
	log_event(LOG_INFO_, "role.started", "goal", role->goal, NULL);
	return role->run(&ctx, err);
}

int role_main(const struct agent_role *role)
{
	struct err err = ERR_INIT;
	struct handoff h = {0};
	/* Executed through /proc/self/exe the kernel would call us "exe". */
	prctl(PR_SET_NAME, "asporad");
	log_setup(LOG_LOGFMT, LOG_INFO_, role->name);
	sigset_t term;
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	signal(SIGPIPE, SIG_IGN);
	int rc = crypto_init(&err);
	if (rc == 0)
		rc = run_role(role, &h, &err);
	if (rc == ERR_CANCELLED)
		rc = 0;
	if (rc < 0)
		log_err(LOG_ERROR_, "role.failed", &err, NULL);
	else
		log_event(LOG_INFO_, "role.stopped", NULL);
	handoff_release(&h);
	return err_exit_status(rc);
}
