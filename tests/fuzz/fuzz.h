/*
 * What a fuzz target defines, and how it says that something is wrong. A target is run by libFuzzer
 * (make VARIANT=fuzz CC=clang fuzzers), and over its corpus by tests/fuzz/replay.c in the ordinary
 * tests (script/run-replay). crypto_init() and the like are the target's own business.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Like assert(), in every variant. */
#define FUZZ_CHECK(condition)                                                                      \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);            \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

#endif
