#include "agent/handoff.h"

#include "base/doc.h"
#include "base/io.h"
#include "base/json.h"
#include "base/mem.h"

void handoff_release(struct handoff *h)
{
	free(h->config_path);
	free(h->state);
	free(h->listen);
	store_access_release(&h->access);
	memset(h, 0, sizeof(*h));
}

int handoff_write(int fd, const struct handoff *h, struct err *err)
{
	struct buf out = BUF_INIT(64 * 1024);
	struct json j;
	json_init(&j, &out);
	json_object(&j);
	json_strz(&j, "config", h->config_path);
	json_strz(&j, "state", h->state);
	json_strz(&j, "conninfo", h->access.conninfo);
	json_bool(&j, "set_role", h->access.set_role);
	const struct secret *password = &h->access.password;
	json_str(&j, "password", secret_is_set(password) ? secret_lend(password) : STR(""));
	json_strz(&j, "instance", h->instance);
	json_bool(&j, "once", h->once);
	json_strz(&j, "listen", h->listen);
	json_end(&j);
	int rc = buf_check(&out, "the handoff", err);
	if (rc == 0)
		rc = io_write_all(fd, buf_str(&out), err);
	if (out.data)
		crypto_wipe(out.data, out.cap);
	buf_release(&out);
	return rc;
}

static char *text_of(const struct doc_node *root, const char *key)
{
	struct str s = doc_text(root, key);
	return s.p ? mem_strndup(s.p, s.len) : NULL;
}

int handoff_read(int fd, struct handoff *ret, struct err *err)
{
	struct buf in = BUF_INIT(64 * 1024);
	CLEANUP(arena_freep) struct arena *a = arena_new(1024 * 1024);
	const struct doc_node *root = NULL;
	int rc = io_read_fd(fd, &in, err);
	if (rc == 0)
		rc = doc_parse_json(a, buf_str(&in), &doc_limits_json, "handoff", &root, err);
	if (rc == 0) {
		memset(ret, 0, sizeof(*ret));
		ret->config_path = text_of(root, "config");
		ret->state = text_of(root, "state");
		ret->access.conninfo = text_of(root, "conninfo");
		ret->listen = text_of(root, "listen");
		ret->access.set_role = doc_bool(root, "set_role", false);
		ret->once = doc_bool(root, "once", false);
		struct str password = doc_text(root, "password");
		if (password.len)
			secret_set(&ret->access.password, password);
		struct str instance = doc_text(root, "instance");
		if (instance.len < sizeof(ret->instance))
			memcpy(ret->instance, instance.p, instance.len);
		/* The arena keeps a copy of the password until it is freed. */
		if (password.len)
			crypto_wipe((char *)(uintptr_t)password.p, password.len);
	}
	if (in.data)
		crypto_wipe(in.data, in.cap);
	buf_release(&in);
	return rc;
}
