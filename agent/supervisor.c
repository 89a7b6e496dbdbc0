#include "agent/supervisor.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "agent/handoff.h"
#include "agent/inherit.h"
#include "agent/privilege.h"
#include "agent/role.h"
#include "agent/sync_refuse.h"
#include "base/doc.h"
#include "base/id.h"
#include "base/io.h"
#include "base/mem.h"
#include "store/cluster.h"
#include "store/lease.h"
#include "store/migrate.h"
#include "store/source.h"

#define ROLES_MAX 8
#define BACKOFF_FIRST_MS 100
#define BACKOFF_MOST_MS 30000
#define CLUSTER_BACKOFF_MOST_MS 5000
#define LIVED_MS 5000 /* and four times as long as it waited: what ended it is nothing new */
#define STOP_GRACE_MS 10000

/* One role's process, and what is known of its past. */
struct slot {
	struct supervisor *up;
	const struct agent_role *role;
	struct child child;
	pid_t pid; /* of the newest process, also when it has ended */
	struct loop_source *timer; /* starts it (again) */
	int64_t backoff_ms;
	int64_t started_ms; /* monotonic */
	bool wanted;
	bool wrapped; /* faults variant: its first start was under ASPORA_WRAP_<ROLE> */
};

struct supervisor {
	const struct supervisor_opts *opts;
	struct agent_config *config;
	struct loop *loop;
	struct store_cluster *cluster; /* NULL: an outside database */
	struct store_access owner;
	char instance[UUID_TEXT + 1];
	struct slot slots[ROLES_MAX];
	size_t slot_count;
	struct loop_source *cluster_watch, *cluster_timer, *stop_timer;
	struct inherit *inherit;
	int64_t cluster_backoff_ms;
	bool stopping;
	int result;
};

static bool role_is_wanted(const struct supervisor *s, const struct agent_role *r)
{
	if (!s->opts->only)
		return true;
	struct str rest = str_of(s->opts->only), piece;
	while (str_split(&rest, ',', &piece))
		if (str_eqz(str_trim(piece), r->name))
			return true;
	return false;
}

static int access_for(struct supervisor *s, const struct agent_role *r, struct store_access *ret,
		      struct err *err)
{
	if (s->cluster)
		return store_cluster_access(s->cluster, r->store_role, ret, err);
	return store_access_from_url(ret, s->config->database, err);
}

#ifdef ASPORA_FAULTS
#define WRAP_WORDS_MAX 48

/*
 * For the kill sweep: the words of ASPORA_WRAP_<ROLE> ("strace -D -f ...") stand before the role's command line at its first start. space
 * holds what the words point into. /proc/self is the tracer's own there, so the program is named by its path.
 */
static bool wrap_argv(struct slot *slot, char *space, size_t size, const char **argv, size_t max)
{
	char name[64], self[512];
	int n = snprintf(name, sizeof(name), "ASPORA_WRAP_%s", slot->role->name);
	for (int i = 0; i < n; i++)
		name[i] = name[i] >= 'a' && name[i] <= 'z' ? (char)(name[i] - 32) : name[i];
	const char *words = getenv(name);
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (slot->wrapped || !words || !*words || len < 0)
		return false;
	slot->wrapped = true;
	self[len] = 0;
	int all = snprintf(space, size, "%s %s role %s", words, self, slot->role->name);
	if (all < 0 || (size_t)all >= size)
		return false;
	size_t count = 0;
	char *rest = space;
	for (char *word; (word = strsep(&rest, " ")) && count + 1 < max;)
		if (*word)
			argv[count++] = word;
	argv[count] = NULL;
	return true;
}
#endif

/* The binary re-executed under the role's title; what it may know waits in the pipe behind descriptor 3. */
static int start_role(struct slot *slot, struct err *err)
{
	struct supervisor *s = slot->up;
	CLEANUP(handoff_release) struct handoff h = {0};
	int rc = access_for(s, slot->role, &h.access, err);
	if (rc < 0)
		return rc;
	h.config_path = mem_strdup(s->opts->config_path);
	h.state = mem_strdup(s->opts->state);
	h.listen = mem_strdup(s->opts->listen);
	h.once = s->opts->once;
	memcpy(h.instance, s->instance, sizeof(h.instance));
	char title[ROLE_TITLE_MAX];
	agent_role_title(slot->role, title);
	int ends[2] = {-1, -1};
	if ((rc = io_pipe(ends, err)) < 0)
		return rc;
	CLEANUP_FD int read_end = ends[0];
	CLEANUP_FD int write_end = ends[1];
#ifdef ASPORA_FAULTS
	char space[4096];
	const char *argv[WRAP_WORDS_MAX] = {title, NULL};
	bool wrapped = wrap_argv(slot, space, sizeof(space), argv, ARRAY_SIZE(argv));
#else
	const char *argv[] = {title, NULL};
	const bool wrapped = false;
#endif
	struct child_fd fds[] = {{read_end, HANDOFF_FD}, {STDERR_FILENO, STDERR_FILENO}};
	struct child_opts o = {.argv = argv,
			       .program = wrapped ? NULL : "/proc/self/exe",
			       .fds = fds,
			       .fd_count = ARRAY_SIZE(fds),
			       .new_session = true};
	if ((rc = child_start(&slot->child, &o, err)) < 0)
		return rc;
	slot->started_ms = clock_mono(&clock_real);
	slot->pid = slot->child.pid;
	return handoff_write(write_end, &h, err);
}

static void role_ended(struct loop *l, struct child *c, const struct child_end *end, void *state);

static void role_due(struct loop *l, void *state)
{
	struct slot *slot = state;
	struct err err = ERR_INIT;
	if (slot->up->stopping)
		return;
	int rc = start_role(slot, &err);
	if (rc == 0)
		rc = loop_add_child(l, &slot->child, role_ended, slot, &err);
	if (rc < 0) {
		log_err(LOG_ERROR_, "role.start_failed", &err, "role", slot->role->name, NULL);
		child_release(&slot->child);
		slot->backoff_ms = MIN(MAX(slot->backoff_ms * 2, BACKOFF_FIRST_MS),
				       BACKOFF_MOST_MS);
		loop_timer_reset(slot->timer, slot->backoff_ms);
	}
}

static bool any_running(const struct supervisor *s)
{
	for (size_t i = 0; i < s->slot_count; i++)
		if (s->slots[i].child.pid)
			return true;
	return false;
}

/* Stops roles in their order: those of the lowest order that still run first, the rest when they have ended. */
static void stop_next(struct supervisor *s)
{
	unsigned lowest = UINT32_MAX;
	for (size_t i = 0; i < s->slot_count; i++)
		if (s->slots[i].child.pid)
			lowest = MIN(lowest, s->slots[i].role->stop_order);
	for (size_t i = 0; i < s->slot_count; i++)
		if (s->slots[i].child.pid && s->slots[i].role->stop_order == lowest)
			kill(s->slots[i].child.pid, SIGTERM);
	if (!any_running(s))
		loop_stop(s->loop);
}

static void stop_overdue(struct loop *l, void *state)
{
	struct supervisor *s = state;
	(void)l;
	for (size_t i = 0; i < s->slot_count; i++)
		if (s->slots[i].child.pid) {
			log_event(LOG_WARN_, "role.killed", "role", s->slots[i].role->name, NULL);
			child_kill(&s->slots[i].child, SIGKILL);
		}
}

static void begin_stop(struct supervisor *s)
{
	if (s->stopping)
		return;
	s->stopping = true;
	log_event(LOG_INFO_, "asporad.stopping", NULL);
	s->stop_timer = loop_add_timer(s->loop, STOP_GRACE_MS + s->config->runner.drain_ms,
				       stop_overdue, s);
	stop_next(s);
}

/* What a process that has certainly ended held need not be waited for. */
static void break_leases(struct supervisor *s, pid_t pid)
{
	CLEANUP(store_closep) struct store *store = NULL;
	struct err err = ERR_INIT;
	char prefix[LEASE_NAME_MAX];
	store_lease_holder_prefix(prefix, sizeof(prefix), pid);
	if (store_open(&s->owner, STORE_OWNER, NULL, &store, &err) < 0 ||
	    store_lease_break(store, str_of(prefix), &err) < 0)
		log_err(LOG_DEBUG_, "lease.break_failed", &err, NULL);
}

/* --once: what a source could not bring up to date is no success, though all that could be done is done. */
static int outcome_once(struct supervisor *s)
{
	CLEANUP(store_closep) struct store *store = NULL;
	CLEANUP(arena_freep) struct arena *a = arena_new(BUF_MAX);
	struct store_source *list = NULL;
	size_t count = 0;
	int status = 0;
	struct err err = ERR_INIT;
	if (store_open(&s->owner, STORE_OWNER, NULL, &store, &err) < 0 ||
	    store_source_list(store, a, &list, &count, &err) < 0) {
		log_err(LOG_ERROR_, "once.incomplete", &err, NULL);
		return err_exit_status(err.code);
	}
	for (size_t i = 0; i < count; i++) {
		const struct doc_node *root = NULL;
		CLEANUP(buf_release) struct buf names = BUF_INIT(BUF_MAX);
		if (!list[i].declared ||
		    doc_parse_json(a, list[i].conditions_json, &doc_limits_json, "conditions",
				   &root, NULL) < 0)
			continue;
		const struct doc_node *stalled = root && root->list.count > 1 ? root->list.items[1]
									      : NULL;
		if (!str_eqz(doc_text(stalled, "status"), "True"))
			continue;
		(void)refused_names(&names, list[i].refused_json);
		err_set(&err, ERR_DENIED, "%.*s", STR_ARG(doc_text(stalled, "message")));
		log_err(LOG_ERROR_, "once.incomplete", &err, "source",
			arena_strndup(a, list[i].name.p, list[i].name.len), "domains",
			buf_cstr(&names), NULL);
		status = err_exit_status(ERR_DENIED);
	}
	return status;
}

/* --once: sync is through, so that the others begin; or all are, so that we end. */
static void ended_once(struct slot *slot, const struct child_end *end, bool clean)
{
	struct supervisor *s = slot->up;
	if (!clean && s->result == 0)
		s->result = end->exited ? end->status : err_exit_status(ERR_INTERNAL);
	slot->wanted = false;
	if (clean && (slot->role->privileges & ROLE_NEEDS_GIT)) {
		for (size_t i = 0; i < s->slot_count; i++)
			if (s->slots[i].wanted)
				role_due(s->loop, &s->slots[i]);
	}
	if (any_running(s))
		return;
	if (s->result == 0)
		s->result = outcome_once(s);
	loop_stop(s->loop);
}

static void role_ended(struct loop *l, struct child *c, const struct child_end *end, void *state)
{
	struct slot *slot = state;
	struct supervisor *s = slot->up;
	char how[64];
	(void)l;
	*c = (struct child)CHILD_INIT;
	bool clean = end->exited && end->status == 0;
	if (s->stopping) {
		stop_next(s);
		return;
	}
	log_event(clean ? LOG_INFO_ : LOG_ERROR_, "role.ended", "role", slot->role->name, "how",
		  child_end_text(end, how, sizeof(how)), NULL);
	break_leases(s, slot->pid);
	if (s->opts->once) {
		ended_once(slot, end, clean);
		return;
	}
	/* A role that has lived for a while starts afresh; one that dies young waits longer each time. */
	int64_t lived_ms = clock_mono(&clock_real) - slot->started_ms;
	if (lived_ms > LIVED_MS && lived_ms > 4 * slot->backoff_ms)
		slot->backoff_ms = 0;
	slot->backoff_ms =
		clean ? 0 : MIN(MAX(slot->backoff_ms * 2, BACKOFF_FIRST_MS), BACKOFF_MOST_MS);
	loop_timer_reset(slot->timer, slot->backoff_ms);
}

static void on_stop_signal(struct loop *l, int signal_number, void *state)
{
	(void)l;
	(void)signal_number;
	begin_stop(state);
}

/* The command line outranks the file, however often that is read. */
static void apply_options(struct agent_config *c, const struct supervisor_opts *o)
{
	if (o->state)
		c->state = str_of(o->state);
	if (o->database)
		c->database = str_of(o->database);
}

/* A new configuration takes hold by restarting the roles; a bad one changes nothing but the log. */
static void on_reload(struct loop *l, int signal_number, void *state)
{
	struct supervisor *s = state;
	struct agent_config *fresh = NULL;
	struct err err = ERR_INIT;
	(void)l;
	(void)signal_number;
	if (agent_config_load(s->opts->config_path, &fresh, &err) < 0) {
		log_err(LOG_ERROR_, "config.rejected", &err, NULL);
		return;
	}
	apply_options(fresh, s->opts);
	agent_config_free(s->config);
	s->config = fresh;
	log_event(LOG_INFO_, "config.reloaded", NULL);
	for (size_t i = 0; i < s->slot_count; i++)
		if (s->slots[i].child.pid)
			kill(s->slots[i].child.pid, SIGTERM);
}

static void watch_cluster(struct supervisor *s);

/* A dead postmaster may leave orphans and a lock behind for a moment: tried again, with back-off, until it runs. */
static void cluster_retry(struct loop *l, void *state)
{
	struct supervisor *s = state;
	struct err err = ERR_INIT;
	(void)l;
	if (s->stopping)
		return;
	if (store_cluster_restart(s->cluster, &err) < 0) {
		s->cluster_backoff_ms = MIN(MAX(s->cluster_backoff_ms * 2, BACKOFF_FIRST_MS),
					    CLUSTER_BACKOFF_MOST_MS);
		log_err(LOG_ERROR_, "postgres.restart_failed", &err, NULL);
		loop_timer_reset(s->cluster_timer, s->cluster_backoff_ms);
		return;
	}
	s->cluster_backoff_ms = 0;
	log_event(LOG_INFO_, "postgres.restarted", NULL);
	watch_cluster(s);
}

static void cluster_ended(struct loop *l, int fd, uint32_t events, void *state)
{
	struct supervisor *s = state;
	(void)fd;
	(void)events;
	loop_remove(s->cluster_watch);
	s->cluster_watch = NULL;
	if (s->stopping)
		return;
	log_event(LOG_ERROR_, "postgres.ended", NULL);
	cluster_retry(l, s);
}

static void watch_cluster(struct supervisor *s)
{
	struct err err = ERR_INIT;
	int fd = s->cluster ? store_cluster_pidfd(s->cluster) : -1;
	if (fd >= 0 && loop_add_fd(s->loop, fd, 1 /* EPOLLIN */, cluster_ended, s,
				   &s->cluster_watch, &err) < 0)
		log_err(LOG_WARN_, "postgres.not_watched", &err, NULL);
}

static int prepare_state(struct supervisor *s, struct err *err)
{
	struct account account;
	int rc = privilege_account(s->config->user, &account, err);
	CLEANUP_FREE char *state = mem_strndup(s->config->state.p, s->config->state.len);
	if (rc < 0 || (rc = io_mkdirs(state, 0711, err)) < 0)
		return rc;
	static const char *const folders[] = {"mirrors", "keys", "gateway"};
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		CLEANUP_FREE char *path = io_join(state, folders[i]);
		if ((rc = privilege_folder(path, &account, err)) < 0)
			return rc;
	}
	return 0;
}

/* Finds or starts the database, and brings its schema up to this build. */
static int prepare_store(struct supervisor *s, struct err *err)
{
	int rc, applied = 0;
	CLEANUP_FREE char *state = mem_strndup(s->config->state.p, s->config->state.len);
	if (s->config->database.len) {
		rc = store_access_from_url(&s->owner, s->config->database, err);
	} else {
		struct store_cluster_opts o = {.dir = state};
		rc = store_cluster_start(&o, &s->cluster, err);
		if (rc == 0)
			rc = store_cluster_access(s->cluster, STORE_OWNER, &s->owner, err);
		if (rc == 0)
			log_event(LOG_INFO_,
				  store_cluster_adopted(s->cluster) ? "postgres.adopted"
								    : "postgres.started",
				  NULL);
	}
	if (rc == 0)
		rc = store_migrate(&s->owner, &applied, err);
	if (rc == 0 && applied) {
		char count[16];
		snprintf(count, sizeof(count), "%d", applied);
		log_event(LOG_INFO_, "schema.migrated", "count", count, NULL);
	}
	return rc;
}

static int start_slots(struct supervisor *s, struct err *err)
{
	for (const struct agent_role *r = agent_roles; r->name; r++) {
		if (!role_is_wanted(s, r) || (s->opts->once && (r->privileges & ROLE_NEEDS_LISTEN)))
			continue;
		struct slot *slot = &s->slots[s->slot_count++];
		*slot = (struct slot){.up = s, .role = r, .child = CHILD_INIT, .wanted = true};
		/* With --once the others have nothing to look at before sync is through. */
		bool later = s->opts->once && !(r->privileges & ROLE_NEEDS_GIT) &&
			     role_is_wanted(s, agent_role_find("sync"));
		slot->timer = loop_add_timer(s->loop, later ? -1 : 0, role_due, slot);
	}
	if (s->slot_count == 0)
		return err_set(err, ERR_USAGE, "no role is left of --roles \"%s\"", s->opts->only);
	return 0;
}

static int run_loop(struct supervisor *s, struct err *err)
{
	int rc = loop_open(&clock_real, &s->loop, err);
	if (rc < 0 || (rc = loop_add_signal(s->loop, SIGTERM, on_stop_signal, s, err)) < 0 ||
	    (rc = loop_add_signal(s->loop, SIGINT, on_stop_signal, s, err)) < 0 ||
	    (rc = loop_add_signal(s->loop, SIGHUP, on_reload, s, err)) < 0 ||
	    (rc = start_slots(s, err)) < 0)
		return rc;
	s->cluster_timer = loop_add_timer(s->loop, -1, cluster_retry, s);
	s->inherit = inherit_start(s->loop, &s->owner);
	watch_cluster(s);
	return loop_run(s->loop, err);
}

int supervisor_run(const struct supervisor_opts *o, struct err *err)
{
	struct supervisor s = {.opts = o, .owner = STORE_ACCESS_INIT};
	id_uuid(s.instance);
	int rc = agent_config_load(o->config_path, &s.config, err);
	if (rc == 0) {
		apply_options(s.config, o);
		log_setup((enum log_format)s.config->log.format,
			  (enum log_level)s.config->log.level, "parent");
		log_event(LOG_INFO_, "asporad.starting", "version", ASPORA_VERSION, "instance",
			  s.instance, NULL);
		rc = prepare_state(&s, err);
	}
	if (rc == 0)
		rc = prepare_store(&s, err);
	if (rc == 0)
		rc = run_loop(&s, err);
	for (size_t i = 0; i < s.slot_count; i++)
		child_stop(&s.slots[i].child, STOP_GRACE_MS);
	inherit_stop(s.inherit);
	if (s.cluster && store_cluster_stop(s.cluster, rc == 0 ? err : NULL) < 0 && rc == 0)
		rc = err->code;
	store_cluster_free(s.cluster);
	loop_close(s.loop);
	store_access_release(&s.owner);
	agent_config_free(s.config);
	return rc < 0 ? rc : s.result;
}
