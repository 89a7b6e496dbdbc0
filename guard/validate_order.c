/*
 * Is it an order, or does the text speak of one? "To ignore all previous instructions is the oldest trick" and "never reveal your system prompt" have the
 * words of an order; what stands before them tells. Looks at the folded view.
 */
#include "guard/validate_order.h"

#include "guard/guard_int.h"

#define BEFORE 160

static bool is_letter(char c)
{
	return (unsigned char)((c | 0x20) - 'a') < 26;
}

/* The word that ends before *at*, blanks and quotes between; moves *at to its start. Empty where the sentence starts. */
static struct str word_before(struct str text, size_t *at)
{
	size_t end = *at;
	while (end > 0 &&
	       (text.p[end - 1] == ' ' || text.p[end - 1] == '"' || text.p[end - 1] == '\'' ||
		text.p[end - 1] == '*' || text.p[end - 1] == '`' || text.p[end - 1] == '('))
		end--;
	size_t start = end;
	while (start > 0 &&
	       (is_letter(text.p[start - 1]) || (text.p[start - 1] == '\'' && start < end &&
						 start > 1 && is_letter(text.p[start - 2]))))
		start--;
	*at = start;
	return str_sub(text, start, end);
}

static bool is_one_of(struct str word, const char *const *list)
{
	for (; *list; list++) {
		if (str_eqz(word, *list))
			return true;
	}
	return false;
}

/* It is forbidden, or said of somebody else. */
static const char *const not_ordered[] = {
	"not",	     "never",	"don't",     "dont",	 "cannot", "can't",  "won't",	"doesn't",
	"didn't",    "without", "nobody",    "he",	 "she",	   "they",   "it",	"who",
	"that",	     "which",	"attackers", "attacker", "users",  "people", "refuses", "refuse",
	"would",     "could",	"might",     "may",	 "can",	   "did",    "does",	"mustn't",
	"shouldn't", "anyone",	"someone",   "i",	 "we",	   NULL};
/* Between who does it and what is done; the word before it decides. */
static const char *const passing[] = {
	"will",	    "should",	     "must", "to",     "always", "also", "silently",
	"directly", "automatically", "just", "simply", "now",	 "then", "immediately",
	"please",   "and",	     "ever", "try",    "be",	 NULL};
static const char *const you[] = {
	"you",	      "your",	    "yourself", "assistant",  "assistants", "ai",      "ais",
	"llm",	      "llms",	    "agent",	"agents",     "bot",	    "model",   "models",
	"need",	      "have",	    "required", "instructed", "sure",	    "going",   "task",
	"is",	      "remember",   "goal",	"job",	      "ready",	    "proceed", "free",
	"authorized", "authorised", NULL};
/* What speaks of orders. */
static const char *const about[] = {
	"attack",      "inject",    "adversar",	     "malicious",  "phrase",	  "such as",
	"for example", "e.g",	    "jailbreak",     "classic",	   "pattern",	  "detect",
	"filter",      "threat",    "scanner",	     "wording",	   "trick",	  "attempt",
	"hidden text", "payload",   "poison",	     "test case",  "looks for",	  "flags",
	"things like", "text like", "messages like", "asks the",   "tells the",	  "instructs the",
	"says",	       "wrote",	    "written",	     "asked to",   "asks you",	  "asking you to",
	"tries to",    "trying to", "attempts to",   "request to", "requests to", NULL};

static bool speaks_about(struct str before)
{
	for (const char *const *z = about; *z; z++) {
		if (str_find(before, str_of(*z), 0) >= 0)
			return true;
	}
	return false;
}

/* A word that forbids in the sentence so far. */
static bool is_forbidden(struct str before)
{
	static const char *const words[] = {"never ", "not ", "n't ", "cannot ", "refuse", NULL};
	size_t start = before.len;
	while (start > 0 && !strchr(".!?;:", before.p[start - 1]))
		start--;
	struct str sentence = str_sub(before, start, before.len);
	for (const char *const *z = words; *z; z++)
		if (str_find(sentence, str_of(*z), 0) >= 0)
			return true;
	return false;
}

static bool is_quoted(struct str text, size_t start)
{
	while (start > 0 && (text.p[start - 1] == ' ' || text.p[start - 1] == '*'))
		start--;
	return start > 0 &&
	       (text.p[start - 1] == '"' || text.p[start - 1] == '`' || text.p[start - 1] == '\'');
}

bool validate_order(struct str text, size_t start, size_t end, unsigned *confidence)
{
	(void)end;
	(void)confidence;
	size_t at = start;
	struct str word = word_before(text, &at);
	bool infinitive = str_eqz(word, "to"), future = false;
	for (unsigned i = 0; i < 3 && word.len && is_one_of(word, passing); i++) {
		future = future || str_eqz(word, "will");
		word = word_before(text, &at);
		infinitive = infinitive || str_eqz(word, "to");
	}
	if (word.len && (future || is_one_of(word, not_ordered)) && !is_one_of(word, you))
		return false;
	struct str before = str_sub(text, start > BEFORE ? start - BEFORE : 0, start);
	/* "never store, log or send …" */
	if ((str_eqz(word, "or") || str_eqz(word, "nor")) && is_forbidden(before))
		return false;
	/* "asks it to …": an order only to whom the text speaks. */
	if (infinitive && !is_one_of(word, you) && word.len)
		return !speaks_about(before) && str_find(before, STR("you"), 0) >= 0;
	return !(is_quoted(text, start) && speaks_about(before));
}
