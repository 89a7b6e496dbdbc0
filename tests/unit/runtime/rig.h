/*
 * What the tests of the runtime share: a runtime of their own, skills made of texts, one call to run them.
 */
#ifndef TESTS_UNIT_RUNTIME_RIG_H
#define TESTS_UNIT_RUNTIME_RIG_H

#include <stdio.h>

#include "base/io.h"
#include "base/mem.h"
#include "runtime/execute.h"
#include "tests/unit/support.h"

#define RIG_FILES_MAX 8
#define RIG_STEPS_MAX 64

struct rig {
	struct runtime *rt;
	const char *driver;
	struct str paths[RIG_FILES_MAX], texts[RIG_FILES_MAX];
	struct manifest_file files[RIG_FILES_MAX];
	struct manifest manifest;
	struct blob_reader reader;
	struct run_request req;
	struct run_result result;
	struct err err;
	int rc;
	char steps[RIG_STEPS_MAX][32];
	size_t step_count;
	char told[16384]; /* what the steps said, a line each: "kind JSON" */
	int reads; /* of blobs */
};

static inline int rig_read(void *state, const struct digest *blob, struct buf *out, struct err *err)
{
	struct rig *r = state;
	r->reads++;
	for (size_t i = 0; i < r->manifest.count; i++) {
		if (!digest_equal(blob, &r->files[i].digest))
			continue;
		buf_add_str(out, r->texts[i]);
		return 0;
	}
	return err_set(err, ERR_NOT_FOUND, "no such blob");
}

static inline void rig_step(void *state, const struct execution_step *s)
{
	struct rig *r = state;
	size_t at = strlen(r->told);
	snprintf(r->told + at, sizeof(r->told) - at, "%s %.*s\n", s->kind, STR_ARG(s->data_json));
	if (r->step_count < RIG_STEPS_MAX)
		snprintf(r->steps[r->step_count++], sizeof(r->steps[0]), "%s", s->kind);
}

static inline bool rig_has_step(const struct rig *r, const char *kind)
{
	for (size_t i = 0; i < r->step_count; i++)
		if (strcmp(r->steps[i], kind) == 0)
			return true;
	return false;
}

static inline struct runtime *rig_runtime(const char *state_dir)
{
	struct runtime *rt = NULL;
	CLEANUP_FREE char *init = mem_printf("%s/libexec/aspora-init", support_build());
	assert_ok(runtime_open(&(struct runtime_opts){.state_dir = state_dir, .init_path = init},
			       &rt, &support_err));
	return rt;
}

/* A file of the skill; paths in sorted order are the caller's care. */
static inline void rig_file(struct rig *r, const char *path, struct str text, bool executable)
{
	size_t i = r->manifest.count++;
	ck_assert_uint_lt(i, RIG_FILES_MAX);
	r->paths[i] = str_of(path);
	r->texts[i] = text;
	r->files[i] = (struct manifest_file){.path = r->paths[i],
					     .mode = executable ? TREE_MODE_EXEC : TREE_MODE_FILE,
					     .size = text.len,
					     .digest = blob_digest(text)};
	r->manifest.files = r->files;
	r->manifest.bytes += text.len;
}

/* Any digest will do as the runtime digest, as long as other files have another. */
static inline struct digest rig_digest(const struct rig *r)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(BUF_MAX);
	for (size_t i = 0; i < r->manifest.count; i++) {
		buf_add_str(&b, r->paths[i]);
		buf_add_char(&b, '\0');
		buf_add_u32(&b, r->files[i].mode);
		buf_add(&b, &r->files[i].digest, sizeof(struct digest));
	}
	return digest_of(buf_str(&b));
}

static inline void rig_init(struct rig *r, struct runtime *rt, const char *driver)
{
	memset(r, 0, sizeof(*r));
	r->rt = rt;
	r->driver = driver;
	r->reader = (struct blob_reader){rig_read, r};
	r->req.instance = "test-instance";
	r->req.driver = str_of(driver);
	r->req.execution = "EXEC-20260218120000-0123456789abcdef";
	r->req.context_json = STR(
		"{\"apiVersion\":\"aspora/v1\",\"kind\":\"SkillContext\",\"input\":{\"n\":41}}");
	r->req.on_step = rig_step;
	r->req.state = r;
	/* Generous: other work shares the processors. Tests of a limit set their own. */
	r->req.limits.timeout_ms = 40000;
	r->req.limits.start_timeout_ms = 40000;
	run_result_init(&r->result);
}

static inline void rig_release(struct rig *r)
{
	run_result_release(&r->result);
}

static inline int rig_go(struct rig *r, const char *handler, bool probe)
{
	r->req.manifest = &r->manifest;
	r->req.blobs = &r->reader;
	r->req.handler = str_of(handler);
	r->req.runtime = rig_digest(r);
	run_result_release(&r->result);
	run_result_init(&r->result);
	r->err = (struct err)ERR_INIT;
	r->step_count = 0;
	r->told[0] = '\0';
	r->rc = (probe ? runtime_probe_version : runtime_execute)(r->rt, &r->req, &r->result,
								  &r->err);
	return r->rc;
}

/* One handler and its run. */
static inline int rig_run(struct rig *r, const char *handler, const char *text)
{
	r->manifest.count = 0;
	rig_file(r, handler, str_of(text), true);
	return rig_go(r, handler, false);
}

static inline int rig_probe(struct rig *r, const char *handler, const char *text)
{
	r->manifest.count = 0;
	rig_file(r, handler, str_of(text), true);
	return rig_go(r, handler, true);
}

#define assert_output(r, json_text)                                                                \
	do {                                                                                       \
		ck_assert_msg((r)->rc == 0, "%s: %s", err_text((r)->rc), (r)->err.msg);            \
		const char *want_ = "{\"apiVersion\":\"aspora/v1\",\"kind\":\"SkillResult\","      \
				    "\"output\":" json_text "}";                                   \
		ck_assert_str_eq(buf_cstr(&(r)->result.result_json), want_);                       \
	} while (0)

/* It failed with this code, whose fault it was, and the message has this part. */
#define assert_failed(r, code_, content_, part)                                                    \
	do {                                                                                       \
		char said_[2048];                                                                  \
		err_format(&(r)->err, said_, sizeof(said_));                                       \
		ck_assert_msg((r)->rc == (code_), "%s, wanted %s: %s", err_text((r)->rc),          \
			      err_text(code_), said_);                                             \
		ck_assert_msg(strstr(said_, (part)) != NULL, "\"%s\" lacks \"%s\"", said_,         \
			      (part));                                                             \
		ck_assert_int_eq((r)->result.content_fault, (content_));                           \
		ck_assert_uint_eq((r)->result.result_json.len, 0);                                 \
	} while (0)

/* Nothing of this runtime's owner is alive, and no control group of it is left. */
static inline int rig_count_one(void *state, const struct sandbox_found *f, struct err *err)
{
	(void)err;
	(void)f;
	++*(int *)state;
	return 0;
}

static inline int rig_alive(struct runtime *rt, const char *driver)
{
	int n = 0;
	assert_ok(driver_find(str_of(driver))->list(rt, rig_count_one, &n, &support_err));
	return n;
}

#endif
