#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

#include <git2/sys/odb_backend.h>

#include "base/mem.h"
#include "gitsync/fetch_int.h"

/*
 * Every fetch leaves one small pack, and every lookup asks every pack. From PACKS_MANY small ones on they are joined into
 * one; the large ones stay as they are, so the cost is that of what came since the last time.
 */
#define PACKS_MANY 24
#define PACK_SMALL_BYTES ((off_t)4 * 1024 * 1024)

struct pack_list {
	char **names; /* "pack-….idx" */
	size_t count, cap;
};

static void release(struct pack_list *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->names[i]);
	free(l->names);
}

static void list_small(const char *dir, struct pack_list *l)
{
	DIR *d = opendir(dir);
	struct stat st;
	for (struct dirent *e; d && (e = readdir(d));) {
		size_t n = strlen(e->d_name);
		if (n < 10 || n > 200 || strcmp(e->d_name + n - 4, ".idx") != 0)
			continue;
		CLEANUP_FREE char *pack = mem_printf("%s/%.*s.pack", dir, (int)(n - 4), e->d_name);
		if (stat(pack, &st) < 0 || st.st_size > PACK_SMALL_BYTES)
			continue;
		GROW(l->names, l->count, l->cap);
		l->names[l->count++] = mem_strdup(e->d_name);
	}
	if (d)
		closedir(d);
}

static int insert(const git_oid *id, void *pack)
{
	return git_packbuilder_insert(pack, id, NULL);
}

/* An object database of just these packs. */
static int open_small(const char *dir, const struct pack_list *l, git_odb **ret)
{
	int rc = git_odb_new(ret);
	for (size_t i = 0; i < l->count && rc == 0; i++) {
		CLEANUP_FREE char *idx = mem_printf("%s/%s", dir, l->names[i]);
		git_odb_backend *b = NULL;
		rc = git_odb_backend_one_pack(&b, idx);
		if (rc == 0 && (rc = git_odb_add_backend(*ret, b, 1)) < 0)
			b->free(b);
	}
	return rc;
}

/* The index goes first: without it nobody looks for the pack. */
static void remove_packs(const char *dir, const struct pack_list *l, const char *joined)
{
	for (size_t i = 0; i < l->count; i++) {
		int stem = (int)strlen(l->names[i]) - 4;
		CLEANUP_FREE char *idx = mem_printf("%s/%.*s.idx", dir, stem, l->names[i]);
		CLEANUP_FREE char *pack = mem_printf("%s/%.*s.pack", dir, stem, l->names[i]);
		if (strstr(l->names[i], joined) || unlink(idx) < 0)
			continue;
		(void)unlink(pack);
	}
}

void fetch_tidy(struct mirror *m)
{
	CLEANUP_FREE char *dir = mem_printf("%s/objects/pack", m->path);
	CLEANUP(release) struct pack_list small = {0};
	git_odb *odb = NULL;
	git_packbuilder *pack = NULL;
	list_small(dir, &small);
	if (small.count < PACKS_MANY)
		return;
	int rc = open_small(dir, &small, &odb);
	if (rc == 0)
		rc = git_packbuilder_new(&pack, m->repo);
	if (rc == 0) {
		(void)git_packbuilder_set_threads(pack, 1);
		rc = git_odb_foreach(odb, insert, pack);
	}
	if (rc == 0)
		rc = git_packbuilder_write(pack, dir, 0, NULL, NULL);
	if (rc == 0 && git_packbuilder_name(pack))
		remove_packs(dir, &small, git_packbuilder_name(pack));
	git_packbuilder_free(pack);
	git_odb_free(odb);
}
