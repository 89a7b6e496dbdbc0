/*
 * A tree source that counts what is asked of it, and whose ids say nothing about bytes, as a Git repository's: it stands before a memory tree.
 */
#ifndef TESTS_UNIT_SKILL_COUNTING_H
#define TESTS_UNIT_SKILL_COUNTING_H

#include "tests/unit/support.h"

#include "skill/tree.h"

struct counting {
	struct tree_source source;
	struct tree_source *inner;
	size_t lists, reads;
	int fail_read_at; /* the nth read fails; 0: none */
	int fail_code; /* with this; 0: ERR_IO */
};

static inline int counting_list(struct tree_source *t, const struct tree_id *dir, struct arena *a,
				struct tree_list *ret, struct err *err)
{
	struct counting *c = (struct counting *)t;
	c->lists++;
	return c->inner->ops->list(c->inner, dir, a, ret, err);
}

static inline int counting_read(struct tree_source *t, const struct tree_id *blob, struct buf *out,
				struct err *err)
{
	struct counting *c = (struct counting *)t;
	if ((int)++c->reads == c->fail_read_at)
		return err_set(err, c->fail_code ? c->fail_code : ERR_IO, "the disk is gone");
	return c->inner->ops->read(c->inner, blob, out, err);
}

static const struct tree_source_ops counting_ops = {
	.kind = "counting", .list = counting_list, .read = counting_read};

/* Opens over these files; counting_close() ends it. */
static inline void counting_open(struct counting *c, const struct tree_file *files, size_t count)
{
	*c = (struct counting){.source.ops = &counting_ops};
	assert_ok(tree_memory_open(files, count, "rev", &c->inner, &support_err));
	c->source.root = c->inner->root;
}

static inline void counting_close(struct counting *c)
{
	tree_source_free(c->inner);
}

#endif
