/*
 * Inside gitsync/: libgit2's types beside ours, and its errors as ours.
 */
#ifndef GITSYNC_GIT_INT_H
#define GITSYNC_GIT_INT_H

#include <git2.h>

#include "base/err.h"
#include "gitsync/mirror.h"
#include "skill/tree.h"

struct mirror {
	git_repository *repo;
	git_odb *odb; /* borrowed by tree sources through the mirror, so that it may be reopened */
	char *path;
	char *work_tree; /* NULL: bare */
	dev_t dev;
	ino_t ino;
	unsigned refreshes;
	bool clone;
};

static inline struct tree_id id_of(const git_oid *o)
{
	struct tree_id id = {.len = GIT_OID_RAWSZ};
	memcpy(id.bytes, o->id, GIT_OID_RAWSZ);
	return id;
}

static inline git_oid oid_of(const struct tree_id *id)
{
	git_oid o;
	memcpy(o.id, id->bytes, GIT_OID_RAWSZ);
	return o;
}

/* Sets err to "words: what libgit2 said" without credentials; returns code. */
int git_fail(struct err *err, int code, const char *fmt, ...) PRINTF(3, 4);
/* The code that libgit2's result stands for: ENOTFOUND is ERR_NOT_FOUND, an errno class is ERR_IO, all else `other`. */
int git_code(int rc, int other);
/* True when libgit2 refused a repository because its object ids are SHA-256. */
bool git_said_sha256(void);
int git_refuse_sha256(struct err *err, const char *where);

/*
 * Takes one entry off a raw tree object: "100644 name", NUL, 20 bytes. The name points into p. False when it is none.
 */
bool tree_raw_entry(const char *p, size_t len, struct tree_entry *ret, size_t *ret_used);
/* Git's order of entries: bytewise, as if the names of folders ended in '/'. */
int tree_raw_order(const struct tree_entry *a, const struct tree_entry *b);

/* Opens the repository at path itself, bare or with a .git folder, for reading. Errors: as mirror_open(). Gives. */
NODISCARD int mirror_open_source(const char *path, struct mirror **ret, struct err *err);

/* What git-check-ref-format(1) allows, without bytes that hide from a reader. */
bool ref_name_ok(struct str name);
/* A name for a message: at most 63 bytes, printable. Returns out. */
char *ref_name_shown(struct str name, char out[64]);

/* 40 lower-case hex digits. */
bool oid_parse(struct str hex, git_oid *ret);

/* Follows tags (at most 4) to a commit. what is for the message. Errors: ERR_NOT_FOUND, ERR_GIT. */
NODISCARD int git_peel_commit(git_repository *repo, const git_oid *from, const char *what,
			      git_oid *ret, struct err *err);

#endif
