#include "agent/signing.h"

#include <sys/stat.h>

#include "base/arena.h"
#include "base/crypto.h"
#include "base/io.h"
#include "base/map.h"
#include "base/mem.h"

/* Commits that are remembered; past it all are looked at again. */
#define KNOWN_MAX ((size_t)8 * SIGNATURE_COMMITS_MAX)

enum { SSH, REVOKED, OPENPGP, FILES };
static const char *const keys[FILES] = {"ssh", "revoked", "openpgp"};

/* What tells one state of a file from another without reading it. */
struct stamp {
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec written, changed;
};

struct signing {
	char *paths[FILES]; /* NULL: none */
	struct buf bytes[FILES];
	struct stamp stamps[FILES];
	bool read;
	struct digest digest; /* of all bytes */
	struct map known; /* id → struct signature, in the arena with its key */
	struct arena *arena;
};

struct signing *signing_new(const struct agent_signers *files)
{
	const struct str paths[FILES] = {files->ssh, files->revoked, files->openpgp};
	struct signing *g = mem_zalloc(sizeof(*g));
	for (size_t i = 0; i < FILES; i++) {
		g->paths[i] = paths[i].len ? mem_strndup(paths[i].p, paths[i].len) : NULL;
		buf_init(&g->bytes[i], SIGNERS_MAX_BYTES);
	}
	return g;
}

static void forget_known(struct signing *g)
{
	map_release(&g->known);
	arena_free(g->arena);
	g->known = (struct map)MAP_INIT;
	g->arena = NULL;
}

void signing_free(struct signing *g)
{
	if (!g)
		return;
	forget_known(g);
	for (size_t i = 0; i < FILES; i++) {
		free(g->paths[i]);
		buf_release(&g->bytes[i]);
	}
	free(g);
}

void signing_forget(struct signing *g)
{
	forget_known(g);
	g->read = false;
}

/* Zeros for a file that is not there. */
static struct stamp look(const char *path)
{
	struct stat st;
	if (!path || stat(path, &st) < 0)
		return (struct stamp){0};
	return (struct stamp){st.st_dev, st.st_ino, st.st_size, st.st_mtim, st.st_ctim};
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

bool signing_is_stale(const struct signing *g)
{
	bool stale = !g->read;
	for (size_t i = 0; i < FILES && !stale; i++) {
		const struct stamp now = look(g->paths[i]), *was = &g->stamps[i];
		stale = now.dev != was->dev || now.ino != was->ino || now.size != was->size ||
			!same_time(&now.written, &was->written) ||
			!same_time(&now.changed, &was->changed);
	}
	return stale;
}

/* A pipe would be waited for, and by all sources. */
static int read_one(const char *path, struct buf *out, struct err *err)
{
	struct stat st;
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return err_set(err, ERR_INVALID, "%s is not a file", path);
	return io_read_file(path, out, err);
}

int signing_read(struct signing *g, struct err *err)
{
	struct hasher h;
	if (!signing_is_stale(g))
		return 0;
	g->read = false;
	hasher_init(&h);
	for (size_t i = 0; i < FILES; i++) {
		/* Before the bytes: what is written in between is seen by the next look. */
		g->stamps[i] = look(g->paths[i]);
		buf_reset(&g->bytes[i]);
		int rc = g->paths[i] ? read_one(g->paths[i], &g->bytes[i], err) : 0;
		if (rc < 0) {
			(void)err_context(err, "signers.%s", keys[i]);
			return err_remedy(err, "name a file that the account of asporad's roles "
					       "can read");
		}
		uint64_t len = g->bytes[i].len;
		hasher_add(&h, &len, sizeof(len));
		hasher_add(&h, g->bytes[i].data, len);
	}
	struct digest digest = hasher_end(&h);
	if (!digest_equal(&digest, &g->digest))
		forget_known(g);
	g->digest = digest;
	g->read = true;
	return 0;
}

struct signers signing_signers(const struct signing *g)
{
	return (struct signers){buf_str(&g->bytes[SSH]), buf_str(&g->bytes[REVOKED]),
				buf_str(&g->bytes[OPENPGP])};
}

static struct str key_of(const struct tree_id *id)
{
	return str_make((const char *)id->bytes, id->len);
}

const struct signature *signing_find(const struct signing *g, const struct tree_id *commit)
{
	return map_find(&g->known, key_of(commit));
}

void signing_learn(struct signing *g, const struct tree_id *commit, const struct signature *s)
{
	if (s->state == SIGNATURE_UNCHECKED)
		return;
	if (g->known.live >= KNOWN_MAX)
		forget_known(g);
	if (!g->arena)
		g->arena = arena_new((size_t)64 * 1024 * 1024);
	struct signature *kept = arena_alloc(g->arena, sizeof(*kept));
	*kept = *s;
	map_set(&g->known, arena_str(g->arena, key_of(commit)), kept);
}
