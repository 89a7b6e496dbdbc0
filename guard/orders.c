/*
 * Does a text that readers do not see read like an order to a model? It speaks to one, it says what to do, it names what models
 * have to do with. Comments for people do one of these at most.
 */
#include "guard/detect_int.h"

enum part {
	ADDRESS, /* a model, by a name that people do not have */
	WEAK, /* may be a person, too */
	ORDER, /* what is to be done */
	MATTER, /* what a comment for people does not speak of */
	LINK, /* where to: a matter when something is sent there */
	SENDS, /* an order that sends */
	PARTS
};

static const struct {
	const char *word;
	enum part part;
} words[] = {
	{"accept", ORDER},	 {"act", ORDER},
	{"admin", MATTER},	 {"administrator", MATTER},
	{"agent", WEAK},	 {"agents", WEAK},
	{"ai", ADDRESS},	 {"ais", ADDRESS},
	{"always", ORDER},	 {"answer", ORDER},
	{"anthropic", MATTER},	 {"approve", ORDER},
	{"approved", MATTER},	 {"assistant", ADDRESS},
	{"assistants", ADDRESS}, {"bot", WEAK},
	{"bots", WEAK},		 {"call", ORDER},
	{"candidate", MATTER},	 {"chatbot", ADDRESS},
	{"chatbots", ADDRESS},	 {"chatgpt", ADDRESS},
	{"claude", ADDRESS},	 {"click", ORDER},
	{"copilot", ADDRESS},	 {"credentials", MATTER},
	{"cursor", WEAK},	 {"data", MATTER},
	{"delete", ORDER},	 {"disclose", ORDER},
	{"disregard", ORDER},	 {"download", SENDS},
	{"email", SENDS},	 {"execute", ORDER},
	{"exfiltrate", SENDS},	 {"fetch", SENDS},
	{"forget", ORDER},	 {"forward", SENDS},
	{"gemini", ADDRESS},	 {"give", ORDER},
	{"gpt", ADDRESS},	 {"grok", ADDRESS},
	{"hire", ORDER},	 {"hired", MATTER},
	{"ignore", ORDER},	 {"include", ORDER},
	{"insert", ORDER},	 {"instruct", ORDER},
	{"instruction", MATTER}, {"instructions", MATTER},
	{"jailbreak", MATTER},	 {"key", MATTER},
	{"keys", MATTER},	 {"leak", SENDS},
	{"llama", ADDRESS},	 {"llm", ADDRESS},
	{"llms", ADDRESS},	 {"mark", ORDER},
	{"mention", ORDER},	 {"model", WEAK},
	{"models", WEAK},	 {"must", ORDER},
	{"never", ORDER},	 {"obey", ORDER},
	{"open", ORDER},	 {"output", ORDER},
	{"override", ORDER},	 {"password", MATTER},
	{"passwords", MATTER},	 {"post", SENDS},
	{"print", ORDER},	 {"prompt", MATTER},
	{"read", ORDER},	 {"recommend", ORDER},
	{"reply", ORDER},	 {"respond", ORDER},
	{"reveal", ORDER},	 {"reviewer", WEAK},
	{"run", ORDER},		 {"say", ORDER},
	{"secret", MATTER},	 {"secrets", MATTER},
	{"send", SENDS},	 {"should", ORDER},
	{"summarise", ORDER},	 {"summarising", ORDER},
	{"summarize", ORDER},	 {"summarizing", ORDER},
	{"summary", MATTER},	 {"system", WEAK},
	{"tell", ORDER},	 {"token", MATTER},
	{"tool", MATTER},	 {"tools", MATTER},
	{"transfer", ORDER},	 {"transmit", SENDS},
	{"upload", SENDS},	 {"vendor", MATTER},
	{"visit", SENDS},	 {"visitor", MATTER},
	{"write", ORDER},
};

/* Of more than one word; of any text in lower case. */
static const struct {
	const char *words;
	enum part part;
} phrases[] = {
	{"the user", MATTER},	   {"language model", ADDRESS},	 {"without asking", MATTER},
	{"system prompt", MATTER}, {"automated agent", ADDRESS}, {"ai agent", ADDRESS},
	{"the above", MATTER},	   {"this page", MATTER},	 {"visible text", MATTER},
	{"pull request", MATTER},  {"five stars", MATTER},	 {"5 star", MATTER},
	{"maintainer", MATTER},
};

#define WORDS_MOST 60

static int find_word(const char *word, size_t len)
{
	size_t low = 0, high = ARRAY_SIZE(words);
	while (low < high) {
		size_t mid = (low + high) / 2;
		int order = str_cmp(str_of(words[mid].word), str_make(word, len));
		if (order == 0)
			return (int)words[mid].part;
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return -1;
}

static bool is_letter(char c)
{
	return (unsigned char)((c | 0x20) - 'a') < 26;
}

/* A name that people may have, too, counts where it is spoken to, or where orders follow it. */
static bool is_addressed(struct str text, size_t end)
{
	if (end < text.len && (text.p[end] == ':' || text.p[end] == ','))
		return true;
	static const char *const after[] = {" must", " should", " reading", " processing"};
	for (size_t i = 0; i < ARRAY_SIZE(after); i++) {
		if (detect_find(str_sub(text, end, end + strlen(after[i])), after[i], 0) == 0)
			return true;
	}
	return false;
}

/* Returns how many words there are. */
static unsigned count_words(struct str text, unsigned counts[PARTS])
{
	unsigned all = 0;
	for (size_t i = 0; i < text.len;) {
		if (!is_letter(text.p[i])) {
			i++;
			continue;
		}
		char word[16];
		size_t n = 0;
		all++;
		for (; i < text.len && is_letter(text.p[i]); i++, n++) {
			if (n < sizeof(word))
				word[n] = (char)(text.p[i] | 0x20);
		}
		int part = n <= sizeof(word) ? find_word(word, n) : -1;
		if (part == WEAK && is_addressed(text, i))
			counts[WEAK]++;
		else if (part >= 0 && part != WEAK)
			counts[part]++;
	}
	return all;
}

unsigned guard_orders(struct str text)
{
	unsigned counts[PARTS] = {0};
	struct str head = str_sub(text, 0, 4096);
	unsigned all = count_words(head, counts);
	if (!counts[ORDER] && !counts[SENDS])
		return 0;
	/* In much text there is some of everything; an order without an addressee is short. */
	if (all > WORDS_MOST && !counts[ADDRESS] && !counts[WEAK])
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(phrases); i++)
		counts[phrases[i].part] += detect_find(head, phrases[i].words, 0) < head.len;
	if (counts[SENDS] &&
	    (detect_find(head, "://", 0) < head.len || detect_find(head, "@", 0) < head.len ||
	     detect_find(head, ".e", 0) < head.len || detect_find(head, ".com", 0) < head.len))
		counts[MATTER]++;
	unsigned orders = MIN(counts[ORDER] + counts[SENDS], 2);
	unsigned context = (counts[ADDRESS] ? 2 : counts[WEAK] ? 1 : 0) + MIN(counts[MATTER], 2);
	return context ? orders + context : 0;
}
