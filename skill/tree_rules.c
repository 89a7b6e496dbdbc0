/*
 * The tree rules. A tree's names were chosen by somebody else, and no checkout has been between them and us: each is checked before anybody
 * sees it. The disguises of ".git" are those that some file system takes for it (CVE-2014-9390 and its family): letter case, trailing dots and spaces, the
 * short name git~1, a stream suffix (NTFS), characters that HFS+ ignores.
 */
#include <stdio.h>

#include "base/map.h"
#include "skill/text.h"
#include "skill/tree.h"

#define MODE_SYMLINK 0120000u
#define MODE_GITLINK 0160000u

/* --- names ------------------------------------------------------------------------------------ */

/* The name as a careless file system would see it: lower case, nothing invisible, no stream, no trailing dot or space. */
static struct str undisguise(struct str name, char *out, size_t out_size)
{
	size_t len = 0;
	for (size_t pos = 0; pos < name.len;) {
		size_t at = pos;
		uint32_t rune = str_next_rune(name, &pos);
		if (rune >= 0x80 && rune_is_deceptive(rune))
			continue;
		if (rune == ':')
			break;
		for (; at < pos && len < out_size; at++)
			out[len++] = name.p[at] >= 'A' && name.p[at] <= 'Z' ? name.p[at] | 0x20
									    : name.p[at];
	}
	while (len && (out[len - 1] == '.' || out[len - 1] == ' '))
		len--;
	return str_make(out, len);
}

static bool is_short_name(struct str seen, const char *stem)
{
	size_t n = strlen(stem);
	return seen.len == n + 1 && memcmp(seen.p, stem, n) == 0 && seen.p[n] >= '1' &&
	       seen.p[n] <= '4';
}

static const char *reserved(struct str name)
{
	char plain[32];
	struct str seen = undisguise(name, plain, sizeof(plain));
	if (str_eqz(seen, ".git") || is_short_name(seen, "git~"))
		return "some systems take this name for .git, Git's own folder";
	if (str_eqz(seen, ".gitmodules") || is_short_name(seen, "gitmod~"))
		return ".gitmodules declares submodules, which are never followed";
	return NULL;
}

static const char *bad_character(struct str name)
{
	for (size_t pos = 0; pos < name.len;) {
		uint32_t rune = str_next_rune(name, &pos);
		if (rune == '/' || rune == '\\')
			return "a name may not have / or \\ in it";
		if (rune < 0x20 || (rune >= 0x7F && rune < 0xA0))
			return "a control character is in it";
		if (rune_is_deceptive(rune))
			return "an invisible or direction-changing character is in it";
	}
	return NULL;
}

/* Nearly every name is: then it is UTF-8 without a bad character. */
static bool is_plain(struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		unsigned char c = (unsigned char)name.p[i];
		if (c < 0x20 || c >= 0x7F || c == '/' || c == '\\')
			return false;
	}
	return true;
}

static const char *name_fault(struct str name)
{
	if (name.len == 0)
		return "it is empty";
	if (str_eqz(name, ".") || str_eqz(name, ".."))
		return "it means another folder";
	bool plain = is_plain(name);
	if (!plain && !str_is_utf8(name, NULL))
		return "it is not valid UTF-8";
	const char *why = reserved(name);
	return why || plain ? why : bad_character(name);
}

int tree_name_check(struct str name, const struct tree_limits *limits, struct err *err)
{
	char quoted[100];
	bool fits = name.len <= limits->name_bytes;
	const char *why = fits ? name_fault(name) : NULL;
	if (fits && !why)
		return 0;
	text_quote(name, quoted, sizeof(quoted));
	if (!fits) {
		err_set(err, ERR_TOO_LARGE,
			"the name \"%s\" has %zu bytes; at most %zu are allowed", quoted, name.len,
			limits->name_bytes);
		return err_remedy(err, "give it a shorter name");
	}
	err_set(err, ERR_INVALID, "\"%s\" cannot be a file name: %s", quoted, why);
	return err_remedy(err, "remove or rename it");
}

/* --- modes ------------------------------------------------------------------------------------ */

static int mode_check(const struct tree_entry *e, struct err *err)
{
	char quoted[100];
	if (e->mode == TREE_MODE_DIR || e->mode == TREE_MODE_FILE || e->mode == TREE_MODE_EXEC)
		return 0;
	text_quote(e->name, quoted, sizeof(quoted));
	if (e->mode == MODE_SYMLINK) {
		err_set(err, ERR_INVALID, "\"%s\" is a symbolic link; links are never followed",
			quoted);
		return err_remedy(err, "commit the file itself in its place");
	}
	if (e->mode == MODE_GITLINK) {
		err_set(err, ERR_INVALID, "\"%s\" is a submodule; submodules are never followed",
			quoted);
		return err_remedy(err, "commit the files themselves in its place");
	}
	err_set(err, ERR_INVALID,
		"\"%s\" has the mode %06o; only 100644 and 100755 (files) and 040000 (folders) "
		"exist",
		quoted, e->mode);
	return err_remedy(err, "commit it again with a current Git");
}

/* --- lists ------------------------------------------------------------------------------------ */

static struct str fold(struct arena *a, struct str name)
{
	char *low = arena_strndup(a, name.p, name.len);
	size_t len = 0;
	for (size_t pos = 0; pos < name.len;)
		len += rune_encode(rune_lower(str_next_rune(name, &pos)), low + len);
	return str_make(low, len);
}

static int twin_error(struct str a, struct str b, struct err *err)
{
	char qa[100], qb[100];
	text_quote(a, qa, sizeof(qa));
	text_quote(b, qb, sizeof(qb));
	if (str_eq(a, b))
		err_set(err, ERR_INVALID, "\"%s\" stands twice in one folder", qa);
	else
		err_set(err, ERR_INVALID,
			"\"%s\" and \"%s\" differ only in letter case, and many systems keep but "
			"one",
			qa, qb);
	return err_remedy(err, "rename one of them");
}

/* Two entries of one name, or of one after case folding. Most folders are small. */
static int twins_check(const struct tree_list *l, struct err *err)
{
	if (l->count <= 16) {
		for (size_t i = 0; i < l->count; i++)
			for (size_t k = 0; k < i; k++)
				if (str_eq_folded(l->items[i].name, l->items[k].name))
					return twin_error(l->items[k].name, l->items[i].name, err);
		return 0;
	}
	CLEANUP(arena_freep) struct arena *a = arena_new(16 << 20);
	CLEANUP(map_release) struct map seen = MAP_INIT;
	for (size_t i = 0; i < l->count; i++) {
		struct tree_entry *e = &l->items[i];
		const struct tree_entry *twin = map_set(&seen, fold(a, e->name), e);
		if (twin)
			return twin_error(twin->name, e->name, err);
	}
	return 0;
}

static unsigned depth_of(struct str dir_path)
{
	unsigned depth = dir_path.len > 0;
	for (size_t i = 0; i < dir_path.len; i++)
		depth += dir_path.p[i] == '/';
	return depth;
}

static int folder_check(struct str dir_path, const struct tree_list *l,
			const struct tree_limits *limits, struct err *err)
{
	if (l->count > limits->entries) {
		err_set(err, ERR_TOO_LARGE, "this folder has %zu entries; at most %zu are allowed",
			l->count, limits->entries);
		return err_remedy(err, "split it");
	}
	size_t path = dir_path.len + (dir_path.len > 0);
	for (size_t i = 0; i < l->count; i++) {
		const struct tree_entry *e = &l->items[i];
		int rc = tree_name_check(e->name, limits, err);
		if (rc == 0)
			rc = mode_check(e, err);
		if (rc < 0)
			return rc;
		if (path + e->name.len > limits->path_bytes) {
			char quoted[100];
			err_set(err, ERR_TOO_LARGE,
				"the path of \"%s\" has %zu bytes; at most %zu are allowed",
				text_quote(e->name, quoted, sizeof(quoted)), path + e->name.len,
				limits->path_bytes);
			return err_remedy(err, "use shorter or fewer folder names");
		}
		if (i > 0 && tree_entry_cmp(&l->items[i - 1], e) > 0) {
			err_set(err, ERR_INVALID,
				"the entries of this folder are not in Git's order");
			return err_remedy(err, "write it again with a current Git");
		}
	}
	return twins_check(l, err);
}

int tree_list(struct tree_source *t, const struct tree_id *dir, struct str dir_path,
	      const struct tree_limits *limits, struct arena *a, struct tree_list *ret,
	      struct err *err)
{
	char quoted[ERR_PATH_MAX];
	struct tree_list list = {NULL, 0};
	int rc = 0;
	if (depth_of(dir_path) > limits->depth) {
		rc = err_set(err, ERR_TOO_LARGE, "folders are nested deeper than %u here",
			     limits->depth);
		err_remedy(err, "move it up");
	}
	if (rc == 0)
		rc = t->ops->list(t, dir, a, &list, err);
	if (rc == 0)
		rc = folder_check(dir_path, &list, limits, err);
	if (rc == ERR_INVALID || rc == ERR_TOO_LARGE)
		err_path(err, dir_path.len ? text_quote(dir_path, quoted, sizeof(quoted)) : ".");
	if (rc == 0)
		*ret = list;
	return rc;
}
