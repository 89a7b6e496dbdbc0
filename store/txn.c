#include "store/txn.h"

#include <assert.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/mem.h"
#include "store/txn_int.h"

#define TOKEN_SIZE 16
/* How long a lost COMMIT is asked after before its outcome is given up as unknown. */
#define DOUBT_MS 12000

struct queued_change {
	const char *kind;
	struct str domain, name, object;
	enum store_op op;
};

struct store_txn {
	struct store *s;
	enum store_mode mode;
	char *actor;
	const struct lease *lease;
	struct arena *arena; /* of the changes */
	struct queued_change *changes;
	size_t change_count, change_cap;
	struct bind *checks, *late;
	size_t check_count, check_cap;
	size_t late_count, late_cap;
	uint8_t token[TOKEN_SIZE];
	bool begun, done;
};

const char *store_op_name(enum store_op op)
{
	static const char *const names[] = {"create", "update", "delete"};
	return names[op];
}

int store_txn_begin(struct store *s, enum store_mode mode, const char *actor,
		    const struct lease *lease, struct store_txn **ret, struct err *err)
{
	assert(!s->txn && actor && *actor && (mode == STORE_FENCED) == (lease != NULL));
	if (!s->pg)
		return err_set(err, ERR_UNAVAILABLE, "the connection to PostgreSQL is lost");
	if (lease && !store_lease_valid(lease, s->clock))
		return err_set(err, ERR_FENCED, "the lease %s is not held any more", lease->name);
	struct store_txn *t = mem_zalloc(sizeof(*t));
	t->s = s;
	t->mode = mode;
	t->actor = mem_strdup(actor);
	t->lease = lease;
	t->arena = arena_new(BUF_MAX);
	crypto_random(t->token, sizeof(t->token));
	s->txn = t;
	*ret = t;
	return 0;
}

static int begin(struct store_txn *t, struct err *err)
{
	if (t->begun)
		return 0;
	int r = wire_plain(t->s, "begin", err);
	t->begun = r >= 0;
	return r;
}

/*
 * The server ends a transaction that its client forgets only where it stands between flights. What is too much to wait on our side for the
 * commit's flight is therefore ended by a sync of its own; the transaction goes on over it.
 */
#define FLIGHT_BYTES ((size_t)16 * 1024)
/* A statement of this size is sent before the next is made: a large release comes in hundreds of them. */
#define WAITING_BYTES ((size_t)256 * 1024)

int txn_send(struct store_txn *t, const struct bind *b, struct err *err)
{
	int r = begin(t, err);
	if (r >= 0)
		r = wire_send(t->s, b, false, err);
	if (r >= 0 && b->data.len > FLIGHT_BYTES)
		r = wire_sync(t->s, err);
	if (r >= 0 && b->data.len > WAITING_BYTES)
		r = wire_flush(t->s, err);
	return r;
}

int txn_query(struct store_txn *t, const struct bind *b, struct rows *rows, struct err *err)
{
	int r = begin(t, err);
	if (r < 0)
		return r;
	r = wire_send(t->s, b, true, err);
	if (r < 0)
		return r;
	r = wire_sync(t->s, err);
	if (r >= 0)
		r = wire_collect(t->s, err);
	if (r >= 0) {
		*rows = t->s->last;
		t->s->last = (struct rows)ROWS_INIT;
	}
	return r;
}

static struct bind take_bind(struct bind *b)
{
	struct bind out = *b;
	b->data = (struct buf)BUF_INIT(BIND_LIMIT);
	b->count = 0;
	return out;
}

void txn_late(struct store_txn *t, struct bind *b)
{
	assert(t->mode != STORE_APPEND);
	GROW(t->late, t->late_count, t->late_cap);
	t->late[t->late_count++] = take_bind(b);
}

void txn_check(struct store_txn *t, struct bind *b)
{
	assert(t->mode != STORE_APPEND);
	GROW(t->checks, t->check_count, t->check_cap);
	t->checks[t->check_count++] = take_bind(b);
}

enum store_mode txn_mode(const struct store_txn *t)
{
	return t->mode;
}

const struct lease *txn_lease(const struct store_txn *t)
{
	return t->lease;
}

void store_txn_change(struct store_txn *t, const char *kind, struct str domain, struct str name,
		      enum store_op op, struct str object)
{
	assert(t->mode != STORE_APPEND);
	ARENA_GROW(t->arena, t->changes, t->change_count, t->change_cap);
	t->changes[t->change_count++] =
		(struct queued_change){arena_strdup(t->arena, kind), arena_str(t->arena, domain),
				       arena_str(t->arena, name),
				       object.len ? arena_str(t->arena, object) : STR("{}"), op};
}

size_t store_txn_changes(const struct store_txn *t)
{
	return t->change_count;
}

static void bind_changes(struct bind *b, const struct store_txn *t)
{
	size_t n = t->change_count;
	BIND_COLUMN(b, n, bind_i32, (int64_t)i);
	BIND_COLUMN(b, n, bind_textz, t->changes[i].kind);
	BIND_COLUMN(b, n, bind_text, t->changes[i].domain);
	BIND_COLUMN(b, n, bind_text, t->changes[i].name);
	BIND_COLUMN(b, n, bind_textz, store_op_name(t->changes[i].op));
	BIND_COLUMN(b, n, bind_text, t->changes[i].object);
}

static int take_revision(struct store_txn *t, struct err *err)
{
	struct change_hash hash;
	change_hash_begin(&hash, str_of(t->actor));
	for (size_t i = 0; i < t->change_count; i++)
		change_hash_add(&hash, str_of(t->changes[i].kind), t->changes[i].domain,
				t->changes[i].name, str_of(store_op_name(t->changes[i].op)),
				t->changes[i].object);
	struct digest body = change_hash_end(&hash);
	CLEANUP(bind_release) struct bind b = BIND(t->lease ? &sql_txn_take : &sql_txn_take_free);
	if (t->lease) {
		bind_textz(&b, t->lease->name);
		bind_i64(&b, t->lease->epoch);
	}
	bind_bytes(&b, t->token, sizeof(t->token));
	bind_textz(&b, t->actor);
	bind_digest(&b, &body);
	bind_changes(&b, t);
	return wire_send(t->s, &b, true, err);
}

static int hold_lease(struct store_txn *t, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_lease_hold);
	bind_textz(&b, t->lease->name);
	bind_i64(&b, t->lease->epoch);
	return wire_send(t->s, &b, false, err);
}

static int send_guard(struct store_txn *t, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_txn_guard);
	return wire_send(t->s, &b, false, err);
}

static int send_all(struct store_txn *t, const struct bind *list, size_t count, struct err *err)
{
	int r = 0;
	for (size_t i = 0; r >= 0 && i < count; i++)
		r = wire_send(t->s, &list[i], false, err);
	return r;
}

/* The commit's flight, up to the COMMIT itself: revision, guard, what must hold, what needs the revision. */
static int send_end(struct store_txn *t, struct err *err)
{
	int r = begin(t, err);
	if (r < 0)
		return r;
	assert(t->change_count || !t->late_count);
	if (t->change_count)
		r = take_revision(t, err);
	else if (t->lease)
		r = hold_lease(t, err);
	if (r < 0)
		return r;
	if ((t->change_count || t->lease) && (r = send_guard(t, err)) < 0)
		return r;
	r = send_all(t, t->checks, t->check_count, err);
	return r < 0 ? r : send_all(t, t->late, t->late_count, err);
}

static int send_commit(struct store_txn *t, struct err *err)
{
	int r = send_end(t, err);
	if (r >= 0)
		r = wire_plain(t->s, "commit", err);
	return r < 0 ? r : wire_sync(t->s, err);
}

int store_txn_rehearse(struct store_txn *t, struct err *err)
{
	assert(!t->done);
	int r = send_end(t, err);
	/* What is only looked at when a transaction ends is looked at too. */
	if (r >= 0)
		r = wire_plain(t->s, "set constraints all immediate", err);
	if (r >= 0)
		r = wire_sync(t->s, err);
	return r < 0 ? r : wire_collect(t->s, err);
}

/* Asks the server, over a new connection, whether the token's transaction is there. 1: it is, *ret_rev; 0: it is not. */
static int ask_outcome(struct store *s, int pid, const uint8_t *token, int64_t *ret_rev,
		       bool *ret_running, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_txn_outcome);
	bind_i32(&b, pid);
	bind_bytes(&b, token, TOKEN_SIZE);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	struct row c;
	int r = wire_one(s, &b, &rows, &c, err, NULL);
	if (r < 0)
		return r;
	*ret_running = row_bool(&c);
	bool there = !row_null(&c);
	*ret_rev = row_i64(&c);
	return there;
}

static int resolve(struct store_txn *t, int pid, int64_t *ret_rev, struct err *err)
{
	struct store *s = t->s;
	int64_t deadline = clock_real.mono_ms(NULL) + DOUBT_MS;
	bool running = true;
	int r = 0;
	s->txn = NULL;
	do {
		struct err ignored = ERR_INIT;
		r = s->pg ? 0 : store_reopen(s, &ignored);
		if (r >= 0)
			r = ask_outcome(s, pid, t->token, ret_rev, &running, &ignored);
		if (r == 1 || (r == 0 && !running))
			break;
		wire_sleep(s, 20);
	} while (clock_real.mono_ms(NULL) < deadline);
	s->txn = t;
	if (r == 1)
		return 1;
	if (r == 0 && !running)
		return 0;
	return err_set(err, ERR_UNAVAILABLE,
		       "the connection to PostgreSQL was lost during COMMIT and it could not be "
		       "asked in time whether the "
		       "transaction happened");
}

int store_txn_commit(struct store_txn *t, int64_t *ret_rev, struct err *err)
{
	assert(!t->done);
	struct store *s = t->s;
	int64_t rev = 0;
	struct err why = ERR_INIT;
	int pid = s->pg ? PQbackendPID(s->pg) : 0;
	if (FAULT("txn.before_commit"))
		return err_set(err, ERR_INTERNAL, "injected fault before COMMIT");
	int r = send_commit(t, &why);
	if (r >= 0)
		r = wire_collect(s, &why);
	if (r < 0 && !s->pg && pid && t->change_count) {
		int happened = resolve(t, pid, &rev, err);
		if (happened < 0)
			return happened;
		r = happened ? 0 : r;
	} else if (r >= 0 && t->change_count) {
		struct row c = row_of(&s->last, 0);
		rev = row_i64(&c);
	}
	if (r < 0) {
		if (err)
			*err = why;
		return r;
	}
	t->done = true;
	s->stats.commits++;
	if (ret_rev)
		*ret_rev = rev;
	return 0;
}

static void roll_back(struct store_txn *t)
{
	struct store *s = t->s;
	struct err ignored = ERR_INIT;
	if (t->done || !t->begun || !s->pg)
		return;
	/* What failed before it must not keep ROLLBACK from running: a new flight. */
	if (wire_sync(s, &ignored) < 0)
		return;
	if (wire_collect(s, &ignored) < 0 && !s->pg)
		return;
	if (wire_plain(s, "rollback", &ignored) < 0 || wire_sync(s, &ignored) < 0)
		return;
	if (wire_collect(s, &ignored) < 0 && s->pg)
		wire_lost(s, "rollback", NULL);
}

void store_txn_end(struct store_txn *t)
{
	if (!t)
		return;
	roll_back(t);
	if (!t->done) {
		t->s->release.known = false;
		observed_forget(t->s);
	}
	t->s->txn = NULL;
	for (size_t i = 0; i < t->late_count; i++)
		bind_release(&t->late[i]);
	for (size_t i = 0; i < t->check_count; i++)
		bind_release(&t->checks[i]);
	free(t->late);
	free(t->checks);
	arena_free(t->arena);
	free(t->actor);
	free(t);
}

void store_txn_endp(struct store_txn **t)
{
	store_txn_end(*t);
}

struct store *store_txn_store(struct store_txn *t)
{
	return t->s;
}

const char *store_txn_actor(const struct store_txn *t)
{
	return t->actor;
}
