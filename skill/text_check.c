/* What a text of a repository may be made of. */
#include <stdio.h>

#include "skill/skill_int.h"

/* Of one kind in one file; the rest is of the same making. */
#define TOLD_MOST 20

bool text_is_lfs_pointer(struct str text)
{
	return text.len < 1024 && str_starts(text, STR("version https://git-lfs.github.com/spec/"));
}

/* How much of the text at pos is plain: printable ASCII, tabs and line ends. Nearly all of nearly every text is. */
static size_t plain_end(struct str text, size_t pos)
{
	while (pos < text.len) {
		unsigned char c = (unsigned char)text.p[pos];
		if ((c < 0x20 && c != '\n' && c != '\t' && c != '\r') || c >= 0x7F)
			break;
		pos++;
	}
	return pos;
}

/* Arabic, Indic and other scripts join letters with these; emoji join faces. */
static bool joins(uint32_t before, uint32_t rune)
{
	return (rune == 0x200C || rune == 0x200D) && before >= 0x600;
}

static bool changes_direction(uint32_t rune)
{
	return (rune >= 0x202A && rune <= 0x202E) || (rune >= 0x2066 && rune <= 0x2069) ||
	       rune == 0x200E || rune == 0x200F || rune == 0x61C;
}

static void check_rune(const struct said_of *of, uint32_t rune, size_t at, size_t end)
{
	struct finding *f;
	if (changes_direction(rune))
		f = say(of, "SK-TEXT-CONTROL", at, end,
			"the character U+%04X changes the direction of writing, so that readers "
			"see other words than machines",
			rune);
	else if (rune < 0x20 || (rune >= 0x7F && rune < 0xA0) ||
		 (rune >= 0xE0000 && rune <= 0xE0FFF))
		f = say(of, "SK-TEXT-CONTROL", at, end,
			"the control character U+%04X is in the text", rune);
	else
		f = say(of, "SK-TEXT-INVISIBLE", at, end,
			"the character U+%04X cannot be seen by a reader", rune);
	f->remedy = STR("delete it");
	f->replacement = STR("");
}

static bool is_utf16(struct str t)
{
	return t.len >= 2 &&
	       ((t.p[0] == '\xff' && t.p[1] == '\xfe') || (t.p[0] == '\xfe' && t.p[1] == '\xff'));
}

static bool encoding_check(const struct said_of *of)
{
	size_t bad = 0;
	if (is_utf16(of->text)) {
		say(of, "SK-TEXT-ENCODING", 0, 0, "the file is UTF-16, and not UTF-8")->remedy =
			STR("save it with the encoding UTF-8");
		return false;
	}
	if (str_starts(of->text, STR("\xef\xbb\xbf"))) {
		struct finding *f = say(of, "SK-TEXT-ENCODING", 0, 3,
					"the file begins with a byte order mark");
		f->remedy = STR("save it as UTF-8 without a byte order mark");
		f->replacement = STR("");
		return false;
	}
	if (!str_is_utf8(of->text, &bad)) {
		say(of, "SK-TEXT-ENCODING", bad, bad + 1, "the byte 0x%02X is not valid UTF-8",
		    (unsigned char)of->text.p[bad])
			->remedy = STR("save the file with the encoding UTF-8");
		return false;
	}
	ptrdiff_t nul = str_find_byte(of->text, '\0', 0);
	if (nul >= 0) {
		say(of, "SK-TEXT-ENCODING", (size_t)nul, (size_t)nul + 1,
		    "the file has a NUL character, and so is no text")
			->remedy = STR("save it as plain text");
		return false;
	}
	return true;
}

bool text_check(const struct said_of *of)
{
	if (text_is_lfs_pointer(of->text)) {
		say(of, "SK-FILE-LFS", 0, of->text.len,
		    "this is a pointer into Git LFS, and its content is not in the repository")
			->remedy =
			STR("take the file out of LFS: git lfs migrate export --include=PATH");
		return false;
	}
	if (plain_end(of->text, 0) == of->text.len)
		return true;
	if (!encoding_check(of))
		return false;
	uint32_t before = 0;
	unsigned told = 0;
	for (size_t pos = 0; pos < of->text.len && told < TOLD_MOST;) {
		size_t plain = plain_end(of->text, pos);
		if (plain > pos) {
			before = (unsigned char)of->text.p[plain - 1];
			pos = plain;
			continue;
		}
		size_t at = pos;
		uint32_t rune = str_next_rune(of->text, &pos);
		if (rune != '\r' && rune_is_deceptive(rune) && !joins(before, rune))
			check_rune(of, rune, at, pos), told++;
		before = rune;
	}
	return true;
}

void text_check_gitattributes(const struct said_of *of)
{
	static const char *const ignored[] = {"filter=", "ident", "working-tree-encoding="};
	struct str rest = of->text, line;
	unsigned told = 0;
	while (told < TOLD_MOST && str_split(&rest, '\n', &line)) {
		struct str words = str_trim(line), word;
		if (words.len == 0 || words.p[0] == '#')
			continue;
		while (str_split(&words, ' ', &word)) {
			for (size_t i = 0; i < ARRAY_SIZE(ignored); i++) {
				size_t n = strlen(ignored[i]);
				bool whole = ignored[i][n - 1] != '=';
				if (!str_starts(word, str_of(ignored[i])) ||
				    (whole && word.len != n))
					continue;
				size_t at = (size_t)(word.p - of->text.p);
				told++;
				say(of, "SK-GITATTRIBUTES", at, at + word.len,
				    "\"%.*s\" has no effect here: files are taken as they are "
				    "stored",
				    (int)MIN(word.len, 60u), word.p)
					->remedy =
					STR("commit the files the way they should be read");
			}
		}
	}
}
