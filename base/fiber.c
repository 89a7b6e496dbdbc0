#include "base/fiber.h"

#include <assert.h>
#include <stdint.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#define SANITIZED __has_feature(address_sanitizer)
#else
#define SANITIZED 0
#endif
#if SANITIZED
#include <sanitizer/common_interface_defs.h>
#include <sanitizer/lsan_interface.h>
#endif

#include "base/compiler.h"
#include "base/mem.h"

struct fiber {
	ucontext_t own, back;
	struct fiber *outer; /* who ran it, when that is one itself */
	char *stack; /* the guard page is its first */
	size_t stack_bytes, page_bytes;
	fiber_fn fn;
	void *state;
	bool active, begun;
	/* AddressSanitizer's own idea of a stack has to follow. */
	void *fake, *back_fake;
	const void *back_bottom;
	size_t back_bytes;
};

static struct fiber *running;

#if SANITIZED
static void enter(struct fiber *f)
{
	__sanitizer_start_switch_fiber(&f->back_fake, f->stack + f->page_bytes, f->stack_bytes);
}

static void entered(struct fiber *f)
{
	__sanitizer_finish_switch_fiber(f->fake, &f->back_bottom, &f->back_bytes);
}

static void leave(struct fiber *f)
{
	__sanitizer_start_switch_fiber(&f->fake, f->back_bottom, f->back_bytes);
}

static void left(struct fiber *f)
{
	__sanitizer_finish_switch_fiber(f->back_fake, NULL, NULL);
}

static void stack_is_root(const struct fiber *f, bool is)
{
	if (is)
		__lsan_register_root_region(f->stack + f->page_bytes, f->stack_bytes);
	else
		__lsan_unregister_root_region(f->stack + f->page_bytes, f->stack_bytes);
}
#else
#define enter(f) ((void)(f))
#define entered(f) ((void)(f))
#define leave(f) ((void)(f))
#define left(f) ((void)(f))
#define stack_is_root(f, is) ((void)(f), (void)(is))
#endif

struct fiber *fiber_new(size_t stack_bytes)
{
	struct fiber *f = mem_zalloc(sizeof(*f));
	f->page_bytes = (size_t)sysconf(_SC_PAGESIZE);
	f->stack_bytes = (stack_bytes + f->page_bytes - 1) / f->page_bytes * f->page_bytes;
	f->stack = mmap(NULL, f->page_bytes + f->stack_bytes, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
	if (f->stack == MAP_FAILED || mprotect(f->stack, f->page_bytes, PROT_NONE) < 0)
		mem_exhausted();
	stack_is_root(f, true);
	return f;
}

void fiber_free(struct fiber *f)
{
	if (!f)
		return;
	assert(!f->active);
	stack_is_root(f, false);
	munmap(f->stack, f->page_bytes + f->stack_bytes);
	free(f);
}

/* A fiber that has returned waits here for its next function: its context is made once. */
static void trampoline(unsigned high, unsigned low)
{
	struct fiber *f = (struct fiber *)((uintptr_t)high << 32 | (uintptr_t)low);
	entered(f);
	for (;;) {
		f->fn(f->state);
		f->active = false;
		fiber_park();
	}
}

static void begin(struct fiber *f)
{
	uintptr_t p = (uintptr_t)f;
	getcontext(&f->own);
	f->own.uc_stack.ss_sp = f->stack + f->page_bytes;
	f->own.uc_stack.ss_size = f->stack_bytes;
	f->own.uc_link = NULL;
	makecontext(&f->own, (void (*)(void))(void *)trampoline, 2, (unsigned)(p >> 32),
		    (unsigned)p);
	f->begun = true;
}

static bool go_on(struct fiber *f)
{
	f->outer = running;
	running = f;
	enter(f);
	swapcontext(&f->back, &f->own);
	left(f);
	running = f->outer;
	return !f->active;
}

bool fiber_run(struct fiber *f, fiber_fn fn, void *state)
{
	assert(!f->active);
	f->fn = fn;
	f->state = state;
	f->active = true;
	if (!f->begun)
		begin(f);
	return go_on(f);
}

bool fiber_resume(struct fiber *f)
{
	assert(f->active && running != f);
	return go_on(f);
}

void fiber_park(void)
{
	struct fiber *f = running;
	assert(f);
	leave(f);
	swapcontext(&f->own, &f->back);
	entered(f);
}

bool fiber_is_active(const struct fiber *f)
{
	return f->active;
}

struct fiber *fiber_self(void)
{
	return running;
}
