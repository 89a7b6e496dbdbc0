/*
 * The folder of a skill that tests fill, and what is said when it is read.
 */
#ifndef TESTS_UNIT_SKILL_SKILL_FOLDER_H
#define TESTS_UNIT_SKILL_SKILL_FOLDER_H

#include "skill/skill.h"
#include "tests/unit/support.h"

#define MD "---\nname: order\ndescription: Finds orders.\n---\n# Orders\n\n[a](references/a.md)\n"
#define CASES "## One\n### Input\nstatus 17\n### Expect\n- contains \"shipped\"\n"

/* Files of skills/ecm/order. */
static struct tree_file files[64];
static size_t file_count;
static char paths[64][200];

static inline void put_mode(const char *path, uint32_t mode, struct str bytes)
{
	snprintf(paths[file_count], sizeof(paths[0]), "skills/ecm/order/%s", path);
	files[file_count] = (struct tree_file){str_of(paths[file_count]), mode, bytes};
	file_count++;
}

static inline void put(const char *path, const char *text)
{
	put_mode(path, TREE_MODE_FILE, str_of(text));
}

static inline void begin(void)
{
	file_count = 0;
	put("SKILL.md", MD);
	put("code/handler.py", "print(1)\n");
	put("tests/cases.md", CASES);
}

static inline int read_from(struct tree_source *t, const struct tree_limits *limits,
			    struct skill_reading *how, struct skill **ret)
{
	struct tree_entry dir;
	assert_ok(
		tree_lookup(t, STR("skills/ecm/order"), &tree_limits_default, &dir, &support_err));
	return skill_read_with(t, &dir, STR("ecm"), STR("order"), limits, how, ret, &support_err);
}

static inline struct skill *get_with(const struct tree_limits *limits)
{
	CLEANUP(tree_source_freep) struct tree_source *t = NULL;
	struct skill_reading how = {0};
	struct skill *s = NULL;
	assert_ok(tree_memory_open(files, file_count, "rev", &t, &support_err));
	assert_ok(read_from(t, limits, &how, &s));
	return s;
}

static inline struct skill *get(void)
{
	return get_with(&tree_limits_default);
}

/* The one finding that there is, as text. */
static inline const char *said(const struct skill *s)
{
	static char text[2048];
	CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
	for (size_t i = 0; i < s->findings.count; i++)
		finding_text(&out, &s->findings.items[i]);
	snprintf(text, sizeof(text), "%s", buf_cstr(&out));
	return text;
}

#define assert_said(s, text) ck_assert_str_eq(said(s), text)

#endif
