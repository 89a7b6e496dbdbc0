#include "store/meta.h"

#include "base/json.h"
#include "store/txn_int.h"

static void bind_object(struct bind *b, const char *kind, struct str domain, struct str name)
{
	bind_textz(b, kind);
	/* The log names domains twice; an object has its name once. */
	bind_text(b, strcmp(kind, "Skill") == 0 ? domain : STR_NULL);
	bind_text(b, name);
}

void store_object_expect(struct store_txn *t, const char *kind, struct str domain, struct str name,
			 struct str version)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_object_expect);
	bind_object(&b, kind, domain, name);
	bind_text(&b, version);
	txn_check(t, &b);
}

int store_object_is(struct store *s, const char *kind, struct str domain, struct str name,
		    struct str version, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_object_expect);
	bind_object(&b, kind, domain, name);
	bind_text(&b, version);
	return wire_query(s, &b, NULL, err);
}

static void touch(struct store_txn *t, const char *kind, struct str domain, struct str name,
		  struct str labels)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_meta_touch);
	bind_object(&b, kind, domain, name);
	bind_text(&b, labels);
	txn_late(t, &b);
}

void store_object_touch(struct store_txn *t, const char *kind, struct str domain, struct str name)
{
	touch(t, kind, domain, name, STR("{}"));
}

void store_labels_put(struct store_txn *t, const char *kind, struct str domain, struct str name,
		      struct str patch)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	struct json j;
	bool is_domain = strcmp(kind, "Domain") == 0;
	touch(t, kind, domain, name, patch);
	json_init(&j, &text);
	json_object(&j);
	json_raw(&j, "labels", patch);
	json_end(&j);
	store_txn_change(t, kind, is_domain ? name : domain, name, STORE_UPDATE, buf_str(&text));
}
