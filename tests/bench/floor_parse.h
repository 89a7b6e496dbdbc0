/*
 * The least that must be parsed of a skill: the events of its configuration and of its frontmatter, and the tree of its body. Shared by the floors.
 */
#ifndef TESTS_BENCH_FLOOR_PARSE_H
#define TESTS_BENCH_FLOOR_PARSE_H

#include <cmark.h>
#include <string.h>
#include <time.h>
#include <yaml.h>

static inline double now_s(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static inline int floor_yaml(const char *p, size_t len)
{
	yaml_parser_t y;
	yaml_event_t e;
	int events = 0, done = 0;
	yaml_parser_initialize(&y);
	yaml_parser_set_input_string(&y, (const unsigned char *)p, len);
	while (!done && yaml_parser_parse(&y, &e)) {
		done = e.type == YAML_STREAM_END_EVENT;
		events++;
		yaml_event_delete(&e);
	}
	yaml_parser_delete(&y);
	return done ? events : -1;
}

/* SKILL.md: what stands between the first two lines of dashes, and the rest. */
static inline int floor_markdown(const char *p, size_t len)
{
	const char *end = len > 4 ? memmem(p + 4, len - 4, "\n---\n", 5) : NULL;
	if (!end || floor_yaml(p + 4, (size_t)(end + 1 - p - 4)) < 0)
		return -1;
	const char *body = end + 5;
	cmark_node *doc = cmark_parse_document(body, len - (size_t)(body - p), CMARK_OPT_DEFAULT);
	cmark_node_free(doc);
	return 0;
}

#endif
