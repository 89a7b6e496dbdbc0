#include "guard/needs.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define HEADS 2048
#define NONE 0xFFFF
#define CACHED 2048
#define PAIR 27 /* second letters; the last: none */

struct entry {
	uint64_t value, mask; /* of the first letters */
	uint32_t key; /* the first four of them, or as many as a whole word has */
	uint16_t next;
	uint8_t least, most; /* letters in all */
	struct needs_bits bits;
};

struct needs_table {
	struct entry *entries;
	size_t count, cap;
	unsigned ids;
	uint64_t known[1024]; /* of hashes of the first four letters */
	uint16_t heads[HEADS];
	/* Beginnings of fewer than four letters, by their first two. */
	bool pairs[26 * PAIR];
	uint16_t *shorts;
	size_t short_count, short_cap;
	/* What words looked up before are in: few words are most of any text. */
	struct cached {
		uint64_t key;
		struct needs_bits bits;
	} cache[CACHED];
};

struct needs_table *needs_table_new(struct arena *a)
{
	struct needs_table *t = arena_alloc(a, sizeof(*t));
	memset(t->heads, 0xFF, sizeof(t->heads));
	return t;
}

static uint32_t hash_of(uint32_t key)
{
	return (key * 0x9E3779B1u) >> 16;
}

static uint64_t low_bytes(unsigned n)
{
	return n >= 8 ? ~(uint64_t)0 : ((uint64_t)1 << 8 * n) - 1;
}

static unsigned pair_of(uint64_t word, unsigned len)
{
	unsigned second = len > 1 ? (unsigned)(word >> 8 & 0xFF) - 'a' : PAIR - 1;
	return ((unsigned)(word & 0xFF) - 'a') * PAIR + second;
}

static uint64_t value_of(const struct needs_word *w)
{
	uint64_t value = 0;
	for (unsigned i = 0; i < w->len && i < sizeof(w->text); i++)
		value |= (uint64_t)(uint8_t)w->text[i] << 8 * i;
	return value;
}

static struct entry *find_entry(struct needs_table *t, uint64_t value, uint8_t least, uint8_t most)
{
	for (size_t i = 0; i < t->count; i++)
		if (t->entries[i].value == value && t->entries[i].least == least &&
		    t->entries[i].most == most)
			return &t->entries[i];
	return NULL;
}

/* Where the entry just added is looked for. */
static void list_entry(struct needs_table *t, struct arena *a, const struct needs_word *w)
{
	uint16_t index = (uint16_t)(t->count - 1);
	struct entry *e = &t->entries[index];
	if (w->len < 4 && !w->whole) {
		for (unsigned second = 0; second < PAIR; second++)
			if (w->len > 1 ? second == (unsigned)w->text[1] - 'a' : true)
				t->pairs[((unsigned)w->text[0] - 'a') * PAIR + second] = true;
		ARENA_GROW(a, t->shorts, t->short_count, t->short_cap);
		t->shorts[t->short_count++] = index;
		return;
	}
	e->key = (uint32_t)(e->value & low_bytes(4));
	uint32_t hash = hash_of(e->key);
	t->known[hash >> 6] |= (uint64_t)1 << (hash & 63);
	e->next = t->heads[hash % HEADS];
	t->heads[hash % HEADS] = index;
}

unsigned needs_table_add(struct needs_table *t, struct arena *a, const struct needs_set *set)
{
	if (t->ids == NEEDS_IDS || t->count + set->count >= NONE)
		return NEEDS_IDS;
	unsigned id = t->ids++;
	for (size_t i = 0; i < set->count; i++) {
		const struct needs_word *w = &set->words[i];
		uint64_t value = value_of(w);
		uint8_t most = w->whole ? w->len : UINT8_MAX;
		struct entry *e = find_entry(t, value, w->len, most);
		if (!e) {
			ARENA_GROW(a, t->entries, t->count, t->cap);
			t->entries[t->count++] = (struct entry){.value = value,
								.mask = low_bytes(w->len),
								.least = w->len,
								.most = most,
								.next = NONE};
			list_entry(t, a, w);
			e = &t->entries[t->count - 1];
		}
		e->bits.lanes[id / 64] |= (uint64_t)1 << (id % 64);
	}
	return id;
}

/* --- looking ----------------------------------------------------------------------------------------------- */

static bool is_letter(char c)
{
	return (unsigned char)((c | 0x20) - 'a') < 26;
}

static void add_if(const struct entry *e, uint64_t word, unsigned len, struct needs_bits *bits)
{
	if ((word ^ e->value) & e->mask || len < e->least || len > e->most)
		return;
	for (unsigned i = 0; i < NEEDS_LANES; i++)
		bits->lanes[i] |= e->bits.lanes[i];
}

/* A word of len letters; word is its first eight, lower case, the rest of the eight nothing. */
static void look_up(const struct needs_table *t, uint64_t word, unsigned len,
		    struct needs_bits *bits)
{
	uint32_t key = (uint32_t)word;
	for (uint16_t i = t->heads[hash_of(key) % HEADS]; i != NONE; i = t->entries[i].next)
		if (t->entries[i].key == key)
			add_if(&t->entries[i], word, len, bits);
	if (t->pairs[pair_of(word, len)])
		for (size_t i = 0; i < t->short_count; i++)
			add_if(&t->entries[t->shorts[i]], word, len, bits);
}

/* All that a look depends on: letters have no high bits, so those hold the length, which up to eight letters tell themselves. */
static inline uint64_t key_of(uint64_t word, unsigned len)
{
	uint64_t more = len > 8 ? len : 0;
	return word | (more * 0x0002040810204080u & 0x8080808080808080u);
}

static inline uint32_t slot_of(uint64_t key)
{
	return (uint32_t)(key * 0x9E3779B97F4A7C15u >> 53);
}

/* Looks a word up that is not in the cache, and keeps it there. */
static __attribute__((noinline)) void look_up_first(struct needs_table *t, uint64_t word,
						    unsigned len, struct cached *c)
{
	*c = (struct cached){.key = key_of(word, len)};
	look_up(t, word, len, &c->bits);
}

/* What a word is in. */
static inline const struct needs_bits *bits_of(struct needs_table *t, uint64_t word, unsigned len)
{
	uint64_t key = key_of(word, len);
	struct cached *c = &t->cache[slot_of(key)];
	if (UNLIKELY(c->key != key))
		look_up_first(t, word, len, c);
	return &c->bits;
}

static inline void add_word(struct needs_table *t, uint64_t word, unsigned len,
			    struct needs_bits *bits)
{
	const struct needs_bits *found = bits_of(t, word, len);
	for (unsigned i = 0; i < NEEDS_LANES; i++)
		bits->lanes[i] |= found->lanes[i];
}

/* Whether it is worth a look. */
static bool is_known(const struct needs_table *t, uint64_t word, unsigned len)
{
	uint32_t hash = hash_of((uint32_t)word);
	return (t->known[hash >> 6] >> (hash & 63) & 1) | t->pairs[pair_of(word, len)];
}

static uint64_t word_at(struct str text, size_t at, unsigned len)
{
	uint64_t word = 0;
	if (LIKELY(text.len - at >= sizeof(word)))
		memcpy(&word, text.p + at, sizeof(word));
	else
		memcpy(&word, text.p + at, text.len - at);
	return (word | 0x2020202020202020u) & low_bytes(len);
}

static unsigned word_length(struct str text, size_t at)
{
	size_t end = at;
	while (end < text.len && end - at < 64 && is_letter(text.p[end]))
		end++;
	return (unsigned)(end - at);
}

#ifdef __SSE2__
static uint64_t letters_of(const char *p)
{
	uint64_t letters = 0;
	for (unsigned i = 0; i < 64; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
		__m128i low = _mm_or_si128(v, _mm_set1_epi8(0x20));
		__m128i letter = _mm_and_si128(_mm_cmpgt_epi8(low, _mm_set1_epi8('a' - 1)),
					       _mm_cmplt_epi8(low, _mm_set1_epi8('z' + 1)));
		letters |= (uint64_t)(unsigned)_mm_movemask_epi8(letter) << i;
	}
	return letters;
}

/* Whole strides of 64; returns where the rest begins. */
static size_t look_by_strides(struct needs_table *t, struct str text, size_t from, size_t to,
			      struct needs_bits *bits)
{
	for (; to - from >= 64; from += 64) {
		uint64_t letters = letters_of(text.p + from);
		uint64_t before = from > 0 && is_letter(text.p[from - 1]);
		uint64_t starts = letters & ~(letters << 1 | before);
		/* All words first, then those worth a look: a guess at each would be wrong too often. */
		uint64_t words[33];
		unsigned lens[33], known = 0;
		for (; starts; starts &= starts - 1) {
			unsigned i = (unsigned)__builtin_ctzll(starts);
			uint64_t rest = ~(letters >> i);
			unsigned len = rest ? (unsigned)__builtin_ctzll(rest) : 64;
			if (UNLIKELY(i + len >= 64))
				len = word_length(text, from + i);
			words[known] = word_at(text, from + i, len);
			lens[known] = len;
			known += is_known(t, words[known], len);
		}
		for (unsigned i = 0; i < known; i++)
			add_word(t, words[i], lens[i], bits);
	}
	return from;
}
#else
static size_t look_by_strides(struct needs_table *t, struct str text, size_t from, size_t to,
			      struct needs_bits *bits)
{
	(void)t, (void)text, (void)to, (void)bits;
	return from;
}
#endif

void needs_table_look(struct needs_table *t, struct str text, size_t from, size_t to,
		      struct needs_bits *bits)
{
	for (size_t at = look_by_strides(t, text, from, to, bits); at < to;) {
		unsigned len = word_length(text, at);
		if (len && (at == 0 || !is_letter(text.p[at - 1])))
			add_word(t, word_at(text, at, len), len, bits);
		at += len ? len : 1;
	}
}

/* The word at `at`, if one begins there: whether it is of the set. */
static bool word_is_of(struct needs_table *t, struct str text, size_t at, unsigned id)
{
	unsigned len = word_length(text, at);
	uint64_t word = word_at(text, at, len);
	return len && is_known(t, word, len) &&
	       bits_of(t, word, len)->lanes[id / 64] >> (id % 64) & 1;
}

size_t needs_table_next(struct needs_table *t, struct str text, size_t from, size_t to, unsigned id)
{
#ifdef __SSE2__
	for (; from < to && text.len - from >= 64; from += 64) {
		uint64_t letters = letters_of(text.p + from);
		uint64_t before = from > 0 && is_letter(text.p[from - 1]);
		uint64_t starts = letters & ~(letters << 1 | before);
		if (to - from < 64)
			starts &= ((uint64_t)1 << (to - from)) - 1;
		for (; starts; starts &= starts - 1) {
			size_t at = from + (size_t)__builtin_ctzll(starts);
			if (word_is_of(t, text, at, id))
				return at;
		}
	}
#endif
	for (; from < to && from < text.len; from++)
		if ((from == 0 || !is_letter(text.p[from - 1])) && word_is_of(t, text, from, id))
			return from;
	return SIZE_MAX;
}
