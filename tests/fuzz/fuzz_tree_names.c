/*
 * Trees as a hostile server sends them: the input is entries "mode SP name NUL", as in a Git tree object. A list that is let through has only names
 * that no file system could take for something else, and only the three modes; a path that a memory tree takes lists the same way.
 */
#include "skill/tree.h"
#include "tests/fuzz/fuzz.h"

struct fake {
	struct tree_source source;
	struct tree_list list;
};

static int fake_list(struct tree_source *t, const struct tree_id *dir, struct arena *a,
		     struct tree_list *ret, struct err *err)
{
	(void)dir, (void)a, (void)err;
	*ret = ((struct fake *)t)->list;
	return 0;
}

static const struct tree_source_ops fake_ops = {.kind = "fuzz", .list = fake_list};

static void check_name(struct str name)
{
	char low[300];
	FUZZ_CHECK(name.len > 0 && name.len <= 255 && str_is_utf8(name, NULL));
	for (size_t i = 0; i < name.len; i++) {
		FUZZ_CHECK((unsigned char)name.p[i] >= 0x20 && !strchr("/\\\x7f", name.p[i]));
		low[i] = name.p[i] >= 'A' && name.p[i] <= 'Z' ? name.p[i] | 0x20 : name.p[i];
	}
	low[name.len] = '\0';
	FUZZ_CHECK(strcmp(low, ".") != 0 && strcmp(low, "..") != 0 && strcmp(low, ".git") != 0);
	FUZZ_CHECK(strncmp(low, ".git:", 5) != 0 && strcmp(low, ".git.") != 0);
	FUZZ_CHECK(strcmp(low, ".git ") != 0 && strcmp(low, "git~1") != 0);
	FUZZ_CHECK(strcmp(low, ".gitmodules") != 0);
	for (size_t pos = 0; pos < name.len;)
		FUZZ_CHECK(!rune_is_deceptive(str_next_rune(name, &pos)));
}

static void check_list(const struct tree_list *l)
{
	for (size_t i = 0; i < l->count; i++) {
		uint32_t mode = l->items[i].mode;
		check_name(l->items[i].name);
		FUZZ_CHECK(mode == TREE_MODE_DIR || mode == TREE_MODE_FILE ||
			   mode == TREE_MODE_EXEC);
		FUZZ_CHECK(i == 0 || tree_entry_cmp(&l->items[i - 1], &l->items[i]) < 0);
		for (size_t k = 0; k < i; k++)
			FUZZ_CHECK(!str_eq_nocase(l->items[k].name, l->items[i].name));
	}
}

static void check_entries(struct arena *a, struct str rest)
{
	struct fake f = {.source.ops = &fake_ops};
	struct tree_list got;
	struct err err = ERR_INIT;
	size_t cap = 0;
	struct str piece;
	while (f.list.count < 200 && str_split(&rest, '\0', &piece)) {
		ptrdiff_t space = str_find_byte(piece, ' ', 0);
		uint32_t mode = 0;
		for (ptrdiff_t i = 0; i < MIN(space, 6); i++)
			mode = mode * 8 + ((unsigned)piece.p[i] & 7);
		ARENA_GROW(a, f.list.items, f.list.count, cap);
		f.list.items[f.list.count++] = (struct tree_entry){
			.name = str_sub(piece, (size_t)(space + 1), piece.len), .mode = mode};
	}
	if (tree_list(&f.source, &f.source.root, STR("skills"), &tree_limits_default, a, &got,
		      &err) == 0) {
		check_list(&got);
		return;
	}
	FUZZ_CHECK(err.code == ERR_INVALID || err.code == ERR_TOO_LARGE);
	FUZZ_CHECK(err.msg[0] && err.remedy[0] && err.where.path[0]);
	for (const char *p = err.msg; *p; p++)
		FUZZ_CHECK((unsigned char)*p >= 0x20 && *p != 0x7f);
}

static void check_path(struct arena *a, struct str path)
{
	struct tree_file file = {path, TREE_MODE_FILE, STR("x")};
	struct tree_source *t = NULL;
	struct tree_entry found;
	struct err err = ERR_INIT;
	(void)a;
	if (tree_memory_open(&file, 1, "rev", &t, &err) < 0) {
		FUZZ_CHECK(err.msg[0]);
		return;
	}
	FUZZ_CHECK(tree_lookup(t, path, &tree_limits_default, &found, &err) == 0);
	check_name(found.name);
	tree_source_free(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct err err;
	static int ready = 1;
	if (ready == 1)
		ready = crypto_init(&err);
	FUZZ_CHECK(ready == 0);
	struct arena *a = arena_new(64u << 20);
	check_entries(a, str_make((const char *)data, size));
	check_path(a, str_make((const char *)data, size));
	arena_free(a);
	return 0;
}
