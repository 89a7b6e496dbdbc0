#include "runtime/runtime.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/mem.h"
#include "runtime/runtime_int.h"

#ifndef ASPORA_LIBEXECDIR
#define ASPORA_LIBEXECDIR "/usr/local/libexec"
#endif

/* --- opening --- */

static int choose_owner(struct runtime *rt, const struct runtime_opts *o, struct err *err)
{
	if (!o->owner) {
		char hex[DIGEST_HEX + 1];
		struct digest d = digest_tagged("aspora.owner.v1", str_of(o->state_dir));
		snprintf(rt->owner, sizeof(rt->owner), "%.12s", digest_hex(&d, hex));
		return 0;
	}
	size_t n = strspn(o->owner, "abcdefghijklmnopqrstuvwxyz0123456789");
	if (n == 0 || n > OWNER_MAX || o->owner[n])
		return err_set(err, ERR_INVALID,
			       "\"%s\" cannot name an owner of sandboxes: a-z and 0-9, at most %d",
			       o->owner, OWNER_MAX);
	snprintf(rt->owner, sizeof(rt->owner), "%s", o->owner);
	return 0;
}

/* Sandboxes run it as users of their own. */
static int check_init(const char *path, struct err *err)
{
	struct stat st;
	if (stat(path, &st) < 0)
		return err_sys(err, ERR_NOT_FOUND, errno, "cannot look at %s", path);
	if (geteuid() != 0 || (st.st_mode & 0005) == 0005)
		return 0;
	err_set(err, ERR_INVALID, "%s can be run by its owner only", path);
	return err_remedy(err, "chmod 755 %s", path);
}

/* build/bin/asporad has it in build/libexec, /usr/sbin/asporad in /usr/libexec. */
static int find_init(struct runtime *rt, const struct runtime_opts *o, struct err *err)
{
	CLEANUP_FREE char *self = io_self_dir();
	char *places[] = {o->init_path ? mem_strdup(o->init_path) : NULL,
			  mem_printf("%s/../libexec/aspora-init", self),
			  mem_strdup(ASPORA_LIBEXECDIR "/aspora-init")};
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		if (!rt->init_path && places[i] && (!o->init_path || i == 0))
			if (access(places[i], X_OK) == 0)
				rt->init_path = realpath(places[i], NULL);
	}
	int rc = 0;
	if (!rt->init_path && o->init_path)
		rc = err_set(err, ERR_NOT_FOUND, "aspora-init is not at %s", o->init_path);
	else if (!rt->init_path)
		rc = err_set(err, ERR_NOT_FOUND, "aspora-init is neither at %s nor at %s",
			     places[1], places[2]);
	if (rc < 0)
		err_remedy(err, "run make, or make install");
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		free(places[i]);
	return rc < 0 ? rc : check_init(rt->init_path, err);
}

static int make_folders(struct runtime *rt, const struct runtime_opts *o, struct err *err)
{
	int rc = io_mkdirs(o->state_dir, 0755, err);
	if (rc < 0)
		return rc;
	CLEANUP_FREE char *real = realpath(o->state_dir, NULL);
	if (!real)
		return err_sys(err, ERR_IO, errno, "cannot resolve %s", o->state_dir);
	rt->bundles = io_join(real, "bundles");
	rt->etc = io_join(real, "sandbox-etc");
	rc = io_mkdirs(rt->bundles, 0755, err);
	return rc < 0 ? rc : runtime_make_etc(rt->etc, err);
}

static void describe_limits(struct runtime *rt)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(sizeof(rt->limits_text) - 1);
	const struct cgroup_host *h = &rt->cgroups;
	cgroup_describe(h, &b);
	buf_addf(&b, "%srlimit: %s%snproc, fsize, nofile, core", b.len ? "; " : "",
		 h->has[CGROUP_MEMORY] ? "" : "data, ", h->has[CGROUP_CPU] ? "" : "cpu, ");
	snprintf(rt->limits_text, sizeof(rt->limits_text), "%s", buf_cstr(&b));
}

int runtime_open(const struct runtime_opts *opts, struct runtime **ret, struct err *err)
{
	CLEANUP(runtime_closep) struct runtime *rt = mem_zalloc(sizeof(*rt));
	int rc = choose_owner(rt, opts, err);
	if (rc == 0)
		rc = make_folders(rt, opts, err);
	if (rc == 0)
		rc = find_init(rt, opts, err);
	if (rc < 0)
		return rc;
	rt->clock = opts->clock ? opts->clock : &clock_real;
	cgroup_detect(opts->cgroup_root, &rt->cgroups);
	describe_limits(rt);
	*ret = TAKE_PTR(rt);
	return 0;
}

void runtime_close(struct runtime *rt)
{
	if (!rt)
		return;
	free(rt->bundles);
	free(rt->etc);
	free(rt->init_path);
	free(rt);
}

void runtime_closep(struct runtime **rt)
{
	runtime_close(*rt);
}

/* --- drivers --- */

struct driver_state *runtime_state(struct runtime *rt, const struct driver *d)
{
	for (size_t i = 0; drivers[i]; i++) {
		assert(i < DRIVERS_MAX);
		if (drivers[i] == d)
			return &rt->drivers[i];
	}
	assert(!"a driver that is not in the table");
	return NULL;
}

static struct driver_state *probed(struct runtime *rt, const struct driver *d)
{
	struct driver_state *s = runtime_state(rt, d);
	if (s->probed)
		return s;
	CLEANUP(buf_release) struct buf detail = BUF_INIT(sizeof(s->detail) - 1);
	s->err = (struct err)ERR_INIT;
	s->rc = d->probe(rt, &detail, &s->err);
	snprintf(s->detail, sizeof(s->detail), "%s", s->rc < 0 ? s->err.msg : buf_cstr(&detail));
	/* What does not work here does not; what was disturbed is tried again. */
	s->probed = s->rc != ERR_SANDBOX;
	return s;
}

/* Drivers that only exist when asked for by name: a test's, and the refusal. */
static bool only_by_name(const struct driver *d)
{
	return d == &driver_fake || d == &driver_null;
}

static int too_weak(const struct driver *d, enum isolation least, struct err *err)
{
	err_set(err, ERR_UNSUPPORTED, "the %s driver isolates by %s, and the skill needs %s",
		d->name, isolation_name(d->isolation), isolation_name(least));
	return err_remedy(err, "give this host a driver of class %s, or lower runtime.isolation",
			  isolation_name(least));
}

static int named_driver(struct runtime *rt, struct str name, enum isolation least,
			const struct driver **ret, struct err *err)
{
	const struct driver *d = driver_find(name);
	if (!d) {
		err_set(err, ERR_UNSUPPORTED, "there is no sandbox driver \"%.*s\"", STR_ARG(name));
		return err_remedy(err, "write bubblewrap, or leave runtime.driver out");
	}
	const struct driver_state *s = probed(rt, d);
	if (s->rc < 0) {
		if (err)
			*err = s->err;
		return s->rc;
	}
	if (d->isolation < least)
		return too_weak(d, least, err);
	*ret = d;
	return 0;
}

int runtime_driver(struct runtime *rt, struct str name, enum isolation least,
		   const struct driver **ret, struct err *err)
{
	if (name.len)
		return named_driver(rt, name, least, ret, err);
	int rc = err_set(err, ERR_UNSUPPORTED, "no sandbox driver works on this host");
	for (size_t i = 0; drivers[i]; i++) {
		if (only_by_name(drivers[i]))
			continue;
		rc = named_driver(rt, str_of(drivers[i]->name), least, ret, err);
		if (rc == 0)
			return 0;
	}
	return rc;
}

void runtime_try_drivers(struct runtime *rt, struct str name)
{
	for (size_t i = 0; drivers[i]; i++) {
		if (only_by_name(drivers[i]) && !str_eqz(name, drivers[i]->name))
			continue;
		struct driver_state *s = probed(rt, drivers[i]);
		s->probed = s->rc == 0;
	}
}

void runtime_drivers_json(struct runtime *rt, struct json *j)
{
	json_array(j);
	for (size_t i = 0; drivers[i]; i++) {
		if (only_by_name(drivers[i]))
			continue;
		const struct driver_state *s = probed(rt, drivers[i]);
		json_object(j);
		json_strz(j, "name", drivers[i]->name);
		json_strz(j, "isolation", isolation_name(drivers[i]->isolation));
		json_bool(j, "usable", s->rc == 0);
		json_strz(j, "detail", s->detail);
		json_end(j);
	}
	json_end(j);
}

/* --- orphans and garbage --- */

struct reaper {
	struct runtime *rt;
	const char *const *keep;
	size_t keep_count, reaped;
	char (*names)[SANDBOX_NAME_MAX + 1];
	size_t count, cap;
};

static int note_orphan(void *state, const struct sandbox_found *f, struct err *err)
{
	struct reaper *r = state;
	(void)err;
	for (size_t i = 0; i < r->keep_count; i++)
		if (strcmp(r->keep[i], f->instance) == 0)
			return 0;
	GROW(r->names, r->count, r->cap);
	memcpy(r->names[r->count++], f->instance, sizeof(f->instance));
	return 0;
}

static int reap_driver(struct reaper *r, const struct driver *d, struct err *err)
{
	r->count = 0;
	int rc = d->list(r->rt, note_orphan, r, err);
	for (size_t i = 0; i < r->count && rc == 0; i++) {
		rc = d->reap(r->rt, r->names[i], err);
		r->reaped += rc == 0;
	}
	return rc;
}

int runtime_reap(struct runtime *rt, const char *const *keep, size_t keep_count, size_t *ret_reaped,
		 struct err *err)
{
	struct reaper r = {.rt = rt, .keep = keep, .keep_count = keep_count};
	int rc = 0;
	for (size_t i = 0; drivers[i] && rc == 0; i++)
		if (drivers[i]->caps & DRIVER_LIST)
			rc = reap_driver(&r, drivers[i], err);
	free(r.names);
	if (rc == 0 && ret_reaped)
		*ret_reaped = r.reaped;
	return rc;
}

int runtime_collect(struct runtime *rt, const struct digest *live, size_t live_count,
		    size_t *ret_removed, struct err *err)
{
	return bundle_collect(rt->bundles, live, live_count, clock_wall(rt->clock), ret_removed,
			      err);
}

/* --- parts --- */

const char *runtime_limits_describe(const struct runtime *rt)
{
	return rt->limits_text;
}
const char *runtime_owner(const struct runtime *rt)
{
	return rt->owner;
}
const char *runtime_bundle_root(const struct runtime *rt)
{
	return rt->bundles;
}
const char *runtime_init_path(const struct runtime *rt)
{
	return rt->init_path;
}
const struct clock *runtime_clock(const struct runtime *rt)
{
	return rt->clock;
}
const struct cgroup_host *runtime_cgroups(const struct runtime *rt)
{
	return &rt->cgroups;
}
