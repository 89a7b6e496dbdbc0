/*
 * The parts of the manual that come from tables: what stands in the page between "Begin NAME" and "End NAME" is what the table says today.
 * ASPORA_UPDATE=1 (make man) writes it there instead.
 */
#include <stdlib.h>

#include "tests/unit/support.h"
#include "agent/role.h"
#include "base/io.h"
#include "base/mdoc.h"
#include "base/mem.h"

/* --- the sections ------------------------------------------------------------------------------------------- */

static void add_config_fields(struct buf *out)
{
	mdoc_fields(out, agent_config_fields, NULL);
}

/* A sentence of words that begin in lower case. */
static void add_sentence(struct buf *out, const char *words)
{
	CLEANUP_FREE char *text = mem_printf("%s.", words);
	if (text[0] >= 'a' && text[0] <= 'z')
		text[0] = (char)(text[0] - 'a' + 'A');
	mdoc_text(out, text);
}

static void add_roles(struct buf *out)
{
	static const struct {
		unsigned privilege;
		const char *sentence;
	} privileges[] = {
		{ROLE_KEEPS_ROOT, "It stays root, for namespaces and cgroups.\n"},
		{ROLE_NEEDS_GIT, "It alone reaches Git repositories.\n"},
		{ROLE_NEEDS_LISTEN, "It alone listens.\n"},
		{ROLE_SIGNS, "It alone holds the key that signs releases.\n"},
	};
	buf_addz(out, ".Bl -tag -width Ds\n");
	for (const struct agent_role *r = agent_roles; r->name; r++) {
		buf_addf(out, ".It Cm %s\n", r->name);
		add_sentence(out, r->goal);
		for (size_t i = 0; i < ARRAY_SIZE(privileges); i++)
			if (r->privileges & privileges[i].privilege)
				buf_addz(out, privileges[i].sentence);
		buf_addf(out, "In PostgreSQL it is\n.Ql %s .\n", store_role_name(r->store_role));
	}
	buf_addz(out, ".El\n");
}

static void add_exit_statuses(struct buf *out)
{
	static const struct {
		const char *text, *help;
		int status;
	} codes[] = {
#define E(name, text, exit_status, http_status, help) {text, help, exit_status},
#include "base/err.def"
#undef E
	};
	buf_addz(out, ".Bl -tag -width Ds\n.It 0\nWhat was asked for is done.\n");
	for (int status = 1; status < 256; status++)
		for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
			if (codes[i].status != status)
				continue;
			buf_addf(out, ".It %d Pq Sy %s\n", status, codes[i].text);
			add_sentence(out, codes[i].help);
		}
	buf_addz(out, ".El\n");
}

static const struct section {
	const char *page, *name;
	void (*add)(struct buf *out);
} sections[] = {
	{"asporad.conf.5", "fields", add_config_fields},
	{"asporad.8", "roles", add_roles},
	{"asporad.8", "exit", add_exit_statuses},
};

/* --- where they stand ----------------------------------------------------------------------------------------- */

/* What stands between the two marks of a section; both ends are of page. */
static void find_section(const struct section *s, const char *page, const char **ret_begin,
			 const char **ret_end)
{
	CLEANUP_FREE char *begin = mem_printf("\n.\\\" Begin %s: ", s->name);
	CLEANUP_FREE char *end = mem_printf(".\\\" End %s\n", s->name);
	const char *from = strstr(page, begin);
	ck_assert_msg(from != NULL, "man/%s has no mark \"Begin %s\"", s->page, s->name);
	*ret_begin = strchr(from + 1, '\n') + 1;
	*ret_end = strstr(*ret_begin, end);
	ck_assert_msg(*ret_end != NULL, "man/%s has no mark \"End %s\"", s->page, s->name);
}

static void write_page(const char *path, const char *page, const char *begin, const char *end,
		       struct str section)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
	buf_add(&out, page, (size_t)(begin - page));
	buf_add(&out, section.p, section.len);
	buf_addz(&out, end);
	assert_ok(io_write_file(path, buf_str(&out), 0644, &support_err));
}

START_TEST(every_section_is_what_its_table_says)
{
	const struct section *s = &sections[_i];
	CLEANUP(buf_release) struct buf page = BUF_INIT(1 << 20);
	CLEANUP(buf_release) struct buf want = BUF_INIT(1 << 20);
	CLEANUP_FREE char *path = mem_printf("%s/man/%s", support_root(), s->page);
	const char *begin, *end;
	assert_ok(io_read_file(path, &page, &support_err));
	find_section(s, buf_cstr(&page), &begin, &end);
	s->add(&want);
	if (str_eq(str_make(begin, (size_t)(end - begin)), buf_str(&want)))
		return;
	if (getenv("ASPORA_UPDATE"))
		write_page(path, buf_cstr(&page), begin, end, buf_str(&want));
	else
		ck_abort_msg("man/%s: the section \"%s\" is out of date; run: make man", s->page,
			     s->name);
}
END_TEST

START_TEST(every_section_ends_its_sentences)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
	sections[_i].add(&out);
	struct str rest = buf_str(&out), line;
	while (str_split(&rest, '\n', &line)) {
		if (!line.len || line.p[0] == '.')
			continue;
		bool ended = line.p[line.len - 1] == '.' || str_eqz(line, "Example:") ||
			     str_starts(line, STR("It is at least")) ||
			     str_starts(line, STR("and at most")) ||
			     str_starts(line, STR("When left out it is")) ||
			     str_starts(line, STR("In PostgreSQL it is"));
		ck_assert_msg(ended, "%s, %s: \"%.*s\"", sections[_i].page, sections[_i].name,
			      STR_ARG(line));
	}
}
END_TEST

static const struct support_case cases[] = {
	CASE_LOOP(every_section_is_what_its_table_says, ARRAY_SIZE(sections)),
	CASE_LOOP(every_section_ends_its_sentences, ARRAY_SIZE(sections)),
	{0}};

int main(void)
{
	return support_main("agent/manual", cases);
}
