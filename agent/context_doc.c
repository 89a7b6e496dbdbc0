#include "agent/context_doc.h"

#include "base/json.h"

void context_doc_write(struct buf *out, const struct snapshot *snap, const struct domain *d,
		       const struct domain_skill *ds)
{
	struct json j;
	char hex[DIGEST_HEX + 1];
	json_init(&j, out);
	json_object(&j);
	json_key(&j, "config");
	field_json(&j, config_fields, &ds->effective);
	if (!digest_is_zero(&snap->firm))
		json_strz(&j, "firm", digest_hex(&snap->firm, hex));
	json_array_in(&j, "domain");
	for (size_t i = 0; i < d->file_count; i++) {
		json_object(&j);
		json_str(&j, "path", d->files[i].path);
		json_strz(&j, "digest", digest_hex(&d->files[i].digest, hex));
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
}

static void ignore_unknown(void *state, const char *path, const struct doc_pair *pair,
			   const char *dotted, const char *nearest)
{
	(void)state;
	(void)path;
	(void)pair;
	(void)dotted;
	(void)nearest;
}

int context_doc_config(struct arena *a, struct str document, struct config *ret, struct err *err)
{
	const struct doc_node *root = NULL;
	struct field_decode how = {.arena = a,
				   .path = "context",
				   .unknown = FIELD_UNKNOWN_WARN,
				   .warn = ignore_unknown};
	int rc = doc_parse_json(a, document, &doc_limits_json, "context", &root, err);
	if (rc < 0)
		return rc;
	const struct doc_node *config = doc_find(root, "config");
	if (!config)
		return err_set(err, ERR_INVALID, "the context document has no configuration");
	return field_decode(&how, config_fields, config, ret, err);
}
