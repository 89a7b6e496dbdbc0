#include "store/key.h"

#include "base/id.h"
#include "store/txn_int.h"

#define SECRET_DIGITS 28
#define CHECK_DIGITS 6

static const char base62[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
static const char *const roles[] = {"viewer", "operator", "approver", "ci-bot", "admin", NULL};

static void checksum(struct str head, char out[CHECK_DIGITS])
{
	uint32_t crc = crypto_crc32(head);
	for (int i = CHECK_DIGITS - 1; i >= 0; i--) {
		out[i] = base62[crc % 62];
		crc /= 62;
	}
}

static struct digest key_hash(struct str key)
{
	return digest_tagged("aspora.key.v1", key);
}

bool store_key_looks_right(struct str key)
{
	if (key.len != KEY_TEXT || !str_starts(key, STR(KEY_PREFIX)))
		return false;
	for (size_t i = sizeof(KEY_PREFIX) - 1; i < key.len; i++) {
		if (!memchr(base62, key.p[i], sizeof(base62) - 1))
			return false;
	}
	char check[CHECK_DIGITS];
	checksum(str_sub(key, 0, KEY_TEXT - CHECK_DIGITS), check);
	return memcmp(key.p + KEY_TEXT - CHECK_DIGITS, check, CHECK_DIGITS) == 0;
}

static int check_new(const struct key_new *k, struct err *err)
{
	int r = name_check(k->name, "the key's name", err);
	if (r < 0)
		return r;
	bool known = false;
	for (size_t i = 0; roles[i]; i++)
		known |= str_eqz(k->role, roles[i]);
	if (!known) {
		err_set(err, ERR_INVALID, "\"%.*s\" is not a role", STR_ARG(k->role));
		return err_remedy(err, "use viewer, operator, approver, ci-bot or admin");
	}
	if (k->days < 0 || k->days > KEY_DAYS_MAX) {
		err_set(err, ERR_INVALID, "a key cannot live for %lld days", (long long)k->days);
		return err_remedy(err, "use 1 to %d days", KEY_DAYS_MAX);
	}
	struct str rest = k->domains, piece;
	while (str_split(&rest, ',', &piece)) {
		if (!str_eqz(piece, "*") && (r = name_check(piece, "a domain of the key", err)) < 0)
			return r;
	}
	return 0;
}

static void bind_domains(struct bind *b, struct str domains)
{
	struct str rest = domains.len ? domains : STR("*"), piece;
	bind_array(b);
	while (str_split(&rest, ',', &piece))
		bind_text(b, piece);
	bind_array_end(b);
}

int store_key_create(struct store_txn *t, const struct key_new *k, struct secret *ret_key,
		     char ret_id[KEY_ID + 1], struct err *err)
{
	int r = check_new(k, err);
	if (r < 0)
		return r;
	char text[KEY_TEXT + 1] = KEY_PREFIX;
	base62_random(text + sizeof(KEY_PREFIX) - 1,
		      KEY_ID - (sizeof(KEY_PREFIX) - 1) + SECRET_DIGITS);
	checksum(str_make(text, KEY_TEXT - CHECK_DIGITS), text + KEY_TEXT - CHECK_DIGITS);
	text[KEY_TEXT] = '\0';
	struct digest hash = key_hash(str_make(text, KEY_TEXT));
	CLEANUP(bind_release) struct bind b = BIND(&sql_key_put);
	bind_text(&b, str_make(text, KEY_ID));
	bind_digest(&b, &hash);
	bind_text(&b, k->name);
	bind_text(&b, k->role);
	bind_domains(&b, k->domains);
	bind_textz(&b, store_txn_actor(t));
	bind_i64(&b, k->days ? k->days : KEY_DAYS_DEFAULT);
	txn_late(t, &b);
	store_txn_change(t, "Key", STR_NULL, k->name, STORE_CREATE, STR_NULL);
	secret_set(ret_key, str_make(text, KEY_TEXT));
	snprintf(ret_id, KEY_ID + 1, "%.*s", KEY_ID, text);
	crypto_wipe(text, sizeof(text));
	return 0;
}

static void read_key(struct row *c, struct arena *a, void *ret)
{
	struct key *k = ret;
	k->id = row_copy(c, a);
	k->name = row_copy(c, a);
	k->role = row_copy(c, a);
	k->domains = row_copy(c, a);
	k->created_by = row_copy(c, a);
	k->created_ms = row_time(c);
	k->expires_ms = row_time(c);
	k->revoked_ms = row_time(c);
	k->last_used_ms = row_time(c);
}

int store_key_check(struct store *s, struct arena *a, struct str key, struct key *ret,
		    struct err *err)
{
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	if (store_key_looks_right(key)) {
		struct digest hash = key_hash(key);
		CLEANUP(bind_release) struct bind b = BIND(&sql_key_check);
		bind_digest(&b, &hash);
		int r = wire_query(s, &b, &rows, err);
		if (r < 0)
			return r;
	}
	if (!rows.count) {
		err_set(err, ERR_UNAUTHENTICATED, "the key is not valid");
		return err_remedy(err, "make a new one: asporad key create NAME");
	}
	struct row c = row_of(&rows, 0);
	read_key(&c, a, ret);
	return 0;
}

int store_key_list(struct store *s, struct arena *a, struct key **ret, size_t *ret_count,
		   struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_key_list);
	return wire_list(s, &b, &(struct row_list){a, read_key, sizeof(**ret), ret, ret_count},
			 err);
}

int store_key_used(struct store *s, const struct str *ids, size_t count, struct err *err)
{
	if (!count)
		return 0;
	CLEANUP(bind_release) struct bind b = BIND(&sql_key_used);
	BIND_COLUMN(&b, count, bind_text, ids[i]);
	return wire_query(s, &b, NULL, err);
}

int store_key_revoke(struct store_txn *t, struct str name_or_id, struct err *err)
{
	(void)err;
	CLEANUP(bind_release) struct bind b = BIND(&sql_key_revoke);
	bind_text(&b, name_or_id);
	bind_textz(&b, store_txn_actor(t));
	txn_late(t, &b);
	store_txn_change(t, "Key", STR_NULL, name_or_id, STORE_UPDATE, STR("{\"revoked\":true}"));
	return 0;
}

int store_key_retire(struct store *s, int64_t older_ms, int64_t *ret, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_key_retire);
	bind_i64(&b, older_ms);
	return wire_number(s, &b, ret, err);
}
