#include "base/loop_int.h"
#include "base/mem.h"

/* A binary heap of armed timers, the earliest first, those of one moment in the order of arming. */

static bool before(const struct loop_source *a, const struct loop_source *b)
{
	return a->due_ms != b->due_ms ? a->due_ms < b->due_ms : a->armed < b->armed;
}

static void put(struct loop *l, size_t place, struct loop_source *s)
{
	l->heap[place - 1] = s;
	s->place = place;
}

static void sift_up(struct loop *l, size_t place, struct loop_source *s)
{
	while (place > 1 && before(s, l->heap[place / 2 - 1])) {
		put(l, place, l->heap[place / 2 - 1]);
		place /= 2;
	}
	put(l, place, s);
}

static void sift_down(struct loop *l, size_t place, struct loop_source *s)
{
	for (size_t child; (child = place * 2) <= l->heap_count; place = child) {
		if (child < l->heap_count && before(l->heap[child], l->heap[child - 1]))
			child++;
		if (!before(l->heap[child - 1], s))
			break;
		put(l, place, l->heap[child - 1]);
	}
	put(l, place, s);
}

void loop_heap_remove(struct loop *l, struct loop_source *s)
{
	size_t place = s->place;
	if (place == 0)
		return;
	s->place = 0;
	struct loop_source *last = l->heap[--l->heap_count];
	if (last == s)
		return;
	if (place > 1 && before(last, l->heap[place / 2 - 1]))
		sift_up(l, place, last);
	else
		sift_down(l, place, last);
}

struct loop_source *loop_add_timer(struct loop *l, int64_t delay_ms, loop_timer_fn fn, void *state)
{
	struct loop_source *s = loop_source_new(l, LOOP_TIMER, -1, state);
	s->fn.timer = fn;
	loop_timer_reset(s, delay_ms);
	return s;
}

void loop_timer_reset(struct loop_source *s, int64_t delay_ms)
{
	struct loop *l = s->loop;
	loop_heap_remove(l, s);
	if (delay_ms < 0 || s->removed)
		return;
	if (__builtin_add_overflow(clock_mono(l->clock), delay_ms, &s->due_ms))
		s->due_ms = INT64_MAX;
	s->armed = ++l->armings;
	GROW(l->heap, l->heap_count, l->heap_cap);
	l->heap_count++;
	sift_up(l, l->heap_count, s);
}

int64_t loop_heap_next_ms(const struct loop *l)
{
	if (l->heap_count == 0)
		return -1;
	return MAX(l->heap[0]->due_ms - clock_mono(l->clock), (int64_t)0);
}

/* One that is armed meanwhile waits for the next round, so that no timer can keep the others out. */
void loop_heap_fire(struct loop *l)
{
	int64_t now = clock_mono(l->clock);
	uint64_t last = l->armings;
	while (l->heap_count > 0 && l->heap[0]->due_ms <= now && l->heap[0]->armed <= last) {
		struct loop_source *s = l->heap[0];
		loop_heap_remove(l, s);
		s->fn.timer(l, s->state);
	}
}
