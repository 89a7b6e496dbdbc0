/*
 * tests/cases.md, read with cmark's tree; what an analyst meant literally (an input, an expectation) is taken from the source lines, not from rendered
 * text.
 */
#include "skill/cases.h"

#include <cmark.h>

#include "skill/cases_int.h"
#include "skill/text.h"

static const char *const section_names[] = {"input", "expect"};

/* The words of a heading or paragraph, without marks. */
static void words_of(struct buf *out, cmark_node *n)
{
	cmark_iter *it = cmark_iter_new(n);
	cmark_event_type ev;
	while ((ev = cmark_iter_next(it)) != CMARK_EVENT_DONE) {
		cmark_node *at = cmark_iter_get_node(it);
		cmark_node_type t = cmark_node_get_type(at);
		if (ev == CMARK_EVENT_ENTER && (t == CMARK_NODE_TEXT || t == CMARK_NODE_CODE))
			buf_addz(out, cmark_node_get_literal(at));
		else if (t == CMARK_NODE_SOFTBREAK || t == CMARK_NODE_LINEBREAK)
			buf_add_char(out, ' ');
	}
	cmark_iter_free(it);
}

/* --- ends of cases ----------------------------------------------------------------------------------------------- */

static void named_slip(struct cases_reading *p, const char *rule, const char *fmt,
		       const char *remedy)
{
	char quoted[120];
	CLEANUP(buf_release) struct buf message = BUF_INIT(512);
	buf_addf(&message, fmt, text_quote(p->now.name, quoted, sizeof(quoted)));
	cases_slip(p, rule, (int)p->now.line, (int)p->now.column, 0, buf_cstr(&message), remedy);
}

static bool name_taken(const struct cases_reading *p, struct str name)
{
	for (size_t i = 0; i < p->case_count; i++) {
		if (str_eq(p->cases[i].name, name))
			return true;
	}
	return false;
}

static void check_json(struct cases_reading *p, struct str info, int line)
{
	const struct doc_node *n = NULL;
	struct err why = ERR_INIT;
	struct str input = p->now.input;
	CLEANUP(arena_freep) struct arena *scratch = arena_new(16 << 20);
	bool asked = str_eq_nocase(info, STR("json"));
	bool looks = input.len && (input.p[0] == '{' || input.p[0] == '[') && !info.len;
	if (!asked && !looks)
		return;
	if (doc_parse_json(scratch, input, &doc_limits_json, NULL, &n, &why) == 0) {
		p->now.input_is_json = true;
	} else if (asked) {
		CLEANUP(buf_release) struct buf message = BUF_INIT(ERR_MSG_MAX + 64);
		buf_addf(&message, "the input is not JSON: %s", why.msg);
		cases_slip(p, "SK-CASES-JSON", line + (int)why.where.line, (int)why.where.column, 0,
			   buf_cstr(&message),
			   "correct it, or write ```text for an input that is not JSON");
	}
}

static void case_end(struct cases_reading *p)
{
	if (!p->open)
		return;
	p->open = false;
	if (!p->bad && !p->now.input.p)
		named_slip(p, "SK-CASES-INPUT", "the case \"%s\" has no input",
			   "write ### Input and below it what somebody asks");
	if (!p->bad && !p->now.expect_count)
		named_slip(p, "SK-CASES-EXPECT", "the case \"%s\" expects nothing",
			   "write ### Expect and below it a list, such as - contains \"shipped\"");
	if (!p->bad && name_taken(p, p->now.name))
		named_slip(p, "SK-CASES-NAME", "there are two cases named \"%s\"",
			   "give each case its own name");
	if (p->bad)
		return;
	ARENA_GROW(p->arena, p->cases, p->case_count, p->case_cap);
	p->cases[p->case_count++] = p->now;
}

/* --- blocks ------------------------------------------------------------------------------------------------------ */

static void begin_case(struct cases_reading *p, cmark_node *n)
{
	CLEANUP(buf_release) struct buf name = BUF_INIT(512);
	case_end(p);
	words_of(&name, n);
	p->open = true;
	p->bad = p->input_fenced = false;
	p->section = SECTION_NONE;
	p->expect_cap = 0;
	p->now = (struct skill_case){.name = arena_str(p->arena, str_trim(buf_str(&name))),
				     .line = (uint32_t)cmark_node_get_start_line(n),
				     .column = (uint32_t)cmark_node_get_start_column(n)};
	if (name.overflow || !p->now.name.len)
		cases_slip_at(p, "SK-CASES-NAME", n,
			      name.overflow ? "the name of the case is longer than 512 bytes"
					    : "the case has no name",
			      "write in a few words what the case shows: ## Order 17 is found");
	if (p->case_count == CASES_MAX)
		cases_slip_at(p, "SK-CASES-COUNT", n, "there are more than 1000 cases",
			      "move some to another skill, or to promptfooconfig.yaml");
}

/* A heading or bold word that names a section. */
static bool names_section(struct cases_reading *p, cmark_node *n, enum case_section *ret, bool tell)
{
	CLEANUP(buf_release) struct buf words = BUF_INIT(256);
	words_of(&words, n);
	struct str name = str_trim(buf_str(&words));
	if (str_ends(name, STR(":")))
		name = str_trim(str_sub(name, 0, name.len - 1));
	*ret = SECTION_NONE;
	if (str_eq_nocase(name, STR("input")))
		*ret = SECTION_INPUT;
	if (str_eq_nocase(name, STR("expect")) || str_eq_nocase(name, STR("expected")))
		*ret = SECTION_EXPECT;
	const char *near = str_nearest(name, section_names, ARRAY_SIZE(section_names));
	if (*ret == SECTION_NONE && near && tell) {
		char quoted[80];
		CLEANUP(buf_release) struct buf message = BUF_INIT(256), remedy = BUF_INIT(256);
		buf_addf(&message, "\"%s\" is not a section of a case",
			 text_quote(name, quoted, sizeof(quoted)));
		buf_addf(&remedy, "did you mean %s?", *near == 'i' ? "Input" : "Expect");
		cases_slip_at(p, "SK-CASES-SECTION", n, buf_cstr(&message), buf_cstr(&remedy));
	}
	return *ret != SECTION_NONE;
}

static void add_input(struct cases_reading *p, struct str more)
{
	if (!more.len)
		return;
	if (p->now.input.p)
		more = str_of(arena_printf(p->arena, "%.*s\n\n%.*s", STR_ARG(p->now.input),
					   STR_ARG(more)));
	p->now.input = more;
}

static void input_block(struct cases_reading *p, cmark_node *n)
{
	if (cmark_node_get_type(n) == CMARK_NODE_HTML_BLOCK)
		return; /* a comment */
	if (cmark_node_get_type(n) != CMARK_NODE_CODE_BLOCK) {
		if (!p->input_fenced)
			add_input(p, cases_source(p, n));
		return;
	}
	if (p->input_fenced) {
		cases_slip_at(p, "SK-CASES-INPUT", n, "the case has two inputs",
			      "write a second case, or one input of both");
		return;
	}
	/* Words above a fenced block say what it is. */
	p->input_fenced = true;
	p->now.input = arena_str(p->arena, str_of(cmark_node_get_literal(n)));
	if (str_ends(p->now.input, STR("\n")))
		p->now.input.len--;
	check_json(p, str_trim(str_of(cmark_node_get_fence_info(n))), cmark_node_get_start_line(n));
}

static void expect_item(struct cases_reading *p, cmark_node *item)
{
	struct err why = ERR_INIT;
	struct str block = STR_NULL;
	cmark_node *words = cmark_node_first_child(item);
	if (!words || cmark_node_get_type(words) != CMARK_NODE_PARAGRAPH) {
		cases_slip_at(p, "SK-CASES-EXPECT", item, "the list item says nothing to expect",
			      "write for example - contains \"shipped\"");
		return;
	}
	cmark_node *below = cmark_node_next(words);
	if (below && cmark_node_get_type(below) == CMARK_NODE_CODE_BLOCK) {
		block = str_of(cmark_node_get_literal(below));
		if (str_ends(block, STR("\n")))
			block.len--;
	}
	if (p->now.expect_count == CASE_EXPECTS_MAX) {
		cases_slip_at(p, "SK-CASES-COUNT", item, "a case expects at most 64 things",
			      "write a second case");
		return;
	}
	struct expect e;
	if (expect_parse(p->arena, cases_one_line(p->arena, cases_source(p, words)), block, &e,
			 &why) < 0) {
		cases_slip_at(p, "SK-CASES-EXPECT", words, why.msg, why.remedy);
		return;
	}
	e.line = (uint32_t)cmark_node_get_start_line(words);
	e.column = (uint32_t)cmark_node_get_start_column(words);
	ARENA_GROW(p->arena, p->now.expects, p->now.expect_count, p->expect_cap);
	p->now.expects[p->now.expect_count++] = e;
}

static void expect_block(struct cases_reading *p, cmark_node *n)
{
	cmark_node_type t = cmark_node_get_type(n);
	if (t == CMARK_NODE_HTML_BLOCK)
		return;
	if (t != CMARK_NODE_LIST) {
		cases_slip_at(p, "SK-CASES-EXPECT", n, "an expectation is an item of a list",
			      "begin the line with a hyphen: - contains \"shipped\"");
		return;
	}
	for (cmark_node *i = cmark_node_first_child(n); i; i = cmark_node_next(i))
		expect_item(p, i);
}

/* "**Input**" alone, or "**Input:** order status 17" with the input after it. */
static bool bold_section(struct cases_reading *p, cmark_node *n)
{
	cmark_node *bold = cmark_node_first_child(n);
	enum case_section section;
	if (cmark_node_get_type(n) != CMARK_NODE_PARAGRAPH || !bold ||
	    cmark_node_get_type(bold) != CMARK_NODE_STRONG)
		return false;
	if (!names_section(p, bold, &section, !cmark_node_next(bold)))
		return false;
	p->section = section;
	struct str rest = cases_source(p, n);
	ptrdiff_t end = str_find(rest, STR("**"), 2);
	if (end < 0)
		end = str_find(rest, STR("__"), 2);
	rest = end < 0 ? STR("") : str_trim(str_sub(rest, (size_t)end + 2, rest.len));
	if (str_starts(rest, STR(":")))
		rest = str_trim(str_sub(rest, 1, rest.len));
	if (rest.len && section == SECTION_INPUT)
		add_input(p, rest);
	else if (rest.len)
		cases_slip_at(p, "SK-CASES-EXPECT", n, "an expectation is an item of a list",
			      "begin a line below with a hyphen: - contains \"shipped\"");
	return true;
}

static void block(struct cases_reading *p, cmark_node *n)
{
	bool heading = cmark_node_get_type(n) == CMARK_NODE_HEADING;
	int level = heading ? cmark_node_get_heading_level(n) : 0;
	if (level == 2) {
		begin_case(p, n);
		return;
	}
	if (level == 1)
		case_end(p);
	if (!p->open || level == 1)
		return;
	if (level > 2)
		names_section(p, n, &p->section, true);
	else if (bold_section(p, n))
		return;
	else if (p->section == SECTION_INPUT)
		input_block(p, n);
	else if (p->section == SECTION_EXPECT)
		expect_block(p, n);
}

static size_t brackets(struct str text)
{
	size_t n = 0;
	for (size_t i = 0; i < text.len; i++)
		n += text.p[i] == '[';
	return n;
}

static bool usable(struct cases_reading *p, struct str text)
{
	size_t bad = 0;
	CLEANUP(buf_release) struct buf message = BUF_INIT(256);
	if (text.len > CASES_BYTES_MAX)
		buf_addf(&message, "the file has %zu bytes; at most %d are read", text.len,
			 CASES_BYTES_MAX);
	else if (brackets(text) > CASES_BRACKETS_MAX)
		buf_addf(&message, "the file has more than %d opening brackets",
			 CASES_BRACKETS_MAX);
	else if (!str_is_utf8(text, &bad))
		buf_addf(&message, "byte %zu is not UTF-8", bad + 1);
	else if (str_find_byte(text, '\0', 0) >= 0)
		buf_addf(&message, "byte %zu is NUL", (size_t)str_find_byte(text, '\0', 0) + 1);
	if (!message.len)
		return true;
	cases_slip(p, "SK-CASES-FILE", 1, 1, 0, buf_cstr(&message),
		   "save it as plain UTF-8 text, and split a long one");
	return false;
}

static void find_lines(struct cases_reading *p)
{
	size_t count = 1;
	for (size_t i = 0; i < p->text.len; i++)
		count += p->text.p[i] == '\n';
	p->lines = arena_array(p->arena, count + 1, sizeof(*p->lines));
	for (size_t i = 0; i < p->text.len; i++) {
		if (p->text.p[i] == '\n')
			p->lines[++p->line_count] = (uint32_t)i + 1;
	}
	p->lines[++p->line_count] = (uint32_t)p->text.len;
}

void cases_parse(struct arena *a, struct str text, struct str path, const struct tree_id *blob,
		 struct str domain, struct str skill, struct findings *f, struct skill_case **ret,
		 size_t *ret_count)
{
	static uint32_t no_lines[2];
	struct cases_reading p = {.arena = a,
				  .lines = no_lines,
				  .domain = domain,
				  .skill = skill,
				  .path = path,
				  .blob = blob,
				  .findings = f};
	size_t before = f->count;
	*ret = NULL;
	*ret_count = 0;
	if (!usable(&p, text))
		return;
	p.text = arena_str(a, text);
	find_lines(&p);
	cmark_node *root = cmark_parse_document(p.text.p, p.text.len, CMARK_OPT_DEFAULT);
	for (cmark_node *n = cmark_node_first_child(root); n; n = cmark_node_next(n))
		block(&p, n);
	cmark_node_free(root);
	case_end(&p);
	if (!p.case_count && f->count == before)
		cases_slip(&p, "SK-CASES-NONE", 1, 1, 0, "the file has no case",
			   "write ## and a name, ### Input and a request, ### Expect and a list");
	*ret = p.cases;
	*ret_count = p.case_count;
}
