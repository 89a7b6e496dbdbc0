#include "cli/still.h"

#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

#include "admission/rule.h"
#include "base/io.h"
#include "base/json.h"
#include "base/mem.h"

#define KEPT_MAX ((size_t)16 << 20) /* bytes of one file */
#define FILES_MAX 4096 /* past it the folder begins anew */

static const struct doc_limits limits = {KEPT_MAX, 32, 2000000, (size_t)1 << 20};

/* --- where and under what name -------------------------------------------------------------------------------- */

/* Gives; NULL: there is nowhere. */
static char *folder_of(void)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	if (cache && *cache == '/')
		return mem_printf("%s/aspora/domains", cache);
	return home && *home == '/' ? mem_printf("%s/.cache/aspora/domains", home) : NULL;
}

/* What all names of one commit have in common. */
struct root {
	struct tree_list skills;
	struct tree_id config, firm;
	struct arena *arena;
};

static int read_root(struct root *r, const struct cli_folder *f, const struct cli_tree *tree)
{
	struct tree_source *t = tree->source;
	struct tree_entry at = {STR(""), TREE_MODE_DIR, t->root};
	struct tree_list root;
	const char *sub = tree->in_clone ? f->subpath : NULL;
	int rc = sub ? tree_lookup(t, str_of(sub), &tree_limits_default, &at, NULL) : 0;
	if (rc == 0)
		rc = tree_list(t, &at.id, STR(""), &tree_limits_default, r->arena, &root, NULL);
	if (rc < 0)
		return rc;
	const struct tree_entry *config = tree_find(&root, CONFIG_FILE);
	const struct tree_entry *firm = tree_find(&root, "FIRM.md");
	const struct tree_entry *skills = tree_find(&root, "skills");
	if (!skills || skills->mode != TREE_MODE_DIR)
		return ERR_NOT_FOUND;
	r->config = config ? config->id : (struct tree_id){0};
	r->firm = firm ? firm->id : (struct tree_id){0};
	return tree_list(t, &skills->id, STR("skills"), &tree_limits_default, r->arena, &r->skills,
			 NULL);
}

/* Gives the path of what is kept of one domain. */
static char *path_of(const struct root *r, const char *folder, const struct tree_entry *e)
{
	CLEANUP(buf_release) struct buf key = BUF_INIT(4096);
	char hex[65], name[DIGEST_HEX + 1];
	buf_addf(&key, "%s %d\n", ASPORA_VERSION, RULES_VERSION);
	buf_addf(&key, "%s\n", tree_id_hex(&r->config, hex));
	buf_addf(&key, "%s\n", tree_id_hex(&r->firm, hex));
	buf_addf(&key, "%s %.*s\n", tree_id_hex(&e->id, hex), STR_ARG(e->name));
	struct digest d = digest_tagged("aspora.still.v1", buf_str(&key));
	return mem_printf("%s/%s", folder, digest_hex(&d, name));
}

/* --- reading and writing -------------------------------------------------------------------------------------- */

static bool load(struct arena *a, const char *path, struct str domain, struct surface *ret)
{
	CLEANUP(buf_release) struct buf bytes = BUF_INIT(KEPT_MAX);
	const struct doc_node *root = NULL;
	char hex[DIGEST_HEX + 1];
	if (io_read_file(path, &bytes, NULL) < 0 || bytes.len <= DIGEST_HEX + 1)
		return false;
	struct str all = arena_str(a, buf_str(&bytes));
	struct str body = str_sub(all, DIGEST_HEX + 1, all.len);
	struct digest d = digest_of(body);
	if (!str_eqz(str_sub(all, 0, DIGEST_HEX), digest_hex(&d, hex)))
		return false;
	return doc_parse_json(a, body, &limits, "kept", &root, NULL) == 0 &&
	       surface_from_json(a, root, ret, NULL) == 0 && str_eq(ret->domain, domain);
}

static void save(const char *path, const struct domain *d)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(KEPT_MAX);
	CLEANUP(buf_release) struct buf body = BUF_INIT(KEPT_MAX), all = BUF_INIT(KEPT_MAX + 128);
	CLEANUP_FREE char *fresh = mem_printf("%s.%d", path, (int)getpid());
	char hex[DIGEST_HEX + 1];
	struct surface s;
	struct json j;
	surface_of(a, d, &s);
	json_init(&j, &body);
	surface_json(&j, &s);
	struct digest digest = digest_of(buf_str(&body));
	buf_addf(&all, "%s\n", digest_hex(&digest, hex));
	buf_add_str(&all, buf_str(&body));
	if (body.overflow || all.overflow)
		return;
	/* Another run may do the same: whole files take each other's place. */
	if (io_write_file(fresh, buf_str(&all), 0600, NULL) == 0 && rename(fresh, path) < 0)
		(void)unlink(fresh);
}

static void close_dir(DIR **d)
{
	if (*d)
		closedir(*d);
}

/* Nobody looks after it: when it has become large, all of it goes. */
static void begin_anew_when_full(const char *folder)
{
	CLEANUP(close_dir) DIR *d = opendir(folder);
	size_t n = 0;
	while (d && readdir(d))
		n++;
	if (n <= FILES_MAX)
		return;
	rewinddir(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		if (e->d_name[0] != '.')
			(void)unlinkat(dirfd(d), e->d_name, 0);
}

/* --- the whole ------------------------------------------------------------------------------------------------ */

void cli_still_find(struct cli *c, const struct cli_folder *f, const struct cli_tree *base,
		    const struct cli_tree *want, struct cli_still *ret)
{
	CLEANUP_FREE char *folder = folder_of();
	struct root old = {.arena = c->arena}, now = {.arena = c->arena};
	*ret = (struct cli_still){0};
	if (!folder || read_root(&old, f, base) < 0 || read_root(&now, f, want) < 0 ||
	    !tree_id_equal(&old.config, &now.config) || !tree_id_equal(&old.firm, &now.firm))
		return;
	ret->items = arena_array(c->arena, now.skills.count + 1, sizeof(*ret->items));
	for (size_t i = 0; i < now.skills.count; i++) {
		const struct tree_entry *e = &now.skills.items[i];
		const struct tree_entry *was =
			tree_find(&old.skills, arena_strndup(c->arena, e->name.p, e->name.len));
		bool same = was && e->mode == TREE_MODE_DIR && was->mode == TREE_MODE_DIR &&
			    tree_id_equal(&was->id, &e->id);
		CLEANUP_FREE char *path = same ? path_of(&now, folder, e) : NULL;
		if (path && load(c->arena, path, e->name, &ret->items[ret->count]))
			ret->count++;
	}
}

bool cli_still_has(const struct cli_still *s, struct str domain)
{
	for (size_t i = 0; i < s->count; i++)
		if (str_eq(s->items[i].domain, domain))
			return true;
	return false;
}

/* "../DOMAIN.md" and "../other-skill/x" stay inside; whatever could mean more counts as leaving. */
static bool leaves(struct str target)
{
	ptrdiff_t up = str_find(target, STR(".."), 0);
	return str_starts(target, STR("/")) || str_find_byte(target, '%', 0) >= 0 ||
	       str_find_byte(target, '\\', 0) >= 0 ||
	       (up >= 0 && (up != 0 || str_find(target, STR(".."), 2) >= 0));
}

bool cli_still_is_left(const struct snapshot *s)
{
	for (size_t i = 0; i < s->domain_count; i++)
		for (size_t k = 0; k < s->domains[i]->skill_count; k++) {
			const struct skill *skill = s->domains[i]->skills[k].skill;
			for (size_t l = 0; l < skill->link_count; l++)
				if (leaves(skill->links[l].target))
					return true;
		}
	return false;
}

void cli_still_keep(struct cli *c, const struct cli_folder *f, const struct cli_tree *t)
{
	CLEANUP_FREE char *folder = folder_of();
	struct root r = {.arena = c->arena};
	if (!folder || io_mkdirs(folder, 0700, NULL) < 0 || read_root(&r, f, t) < 0)
		return;
	begin_anew_when_full(folder);
	for (size_t i = 0; i < r.skills.count; i++) {
		const struct tree_entry *e = &r.skills.items[i];
		const struct domain *d = snapshot_domain(t->snap, e->name);
		/* What could not be read as it is meant is read again, and said again. */
		if (!d || domain_refused(d) || !tree_id_equal(&d->tree, &e->id))
			continue;
		CLEANUP_FREE char *path = path_of(&r, folder, e);
		save(path, d);
	}
}

/* --- sizes ------------------------------------------------------------------------------------------------------ */

/* Gives; a file that is there says all: nothing is in it. */
static char *sizes_path(const char *folder, const struct digest *files)
{
	char name[DIGEST_HEX + 1];
	return mem_printf("%s/%s", folder, digest_hex(files, name));
}

static bool has_sizes(void *state, const struct digest *files)
{
	CLEANUP_FREE char *path = sizes_path(state, files);
	return access(path, F_OK) == 0;
}

static void add_sizes(void *state, const struct digest *files)
{
	CLEANUP_FREE char *path = sizes_path(state, files);
	/* Not kept, they are looked at again. */
	int rc = io_mkdirs(state, 0700, NULL);
	if (rc == 0)
		rc = io_write_file(path, STR(""), 0600, NULL);
	(void)rc;
}

static bool no_sizes(void *state, const struct digest *files)
{
	(void)state;
	(void)files;
	return false;
}

static void forget_sizes(void *state, const struct digest *files)
{
	(void)state;
	(void)files;
}

const struct tree_work_memory *cli_still_sizes(struct cli *c)
{
	CLEANUP_FREE char *folder = folder_of();
	struct tree_work_memory *m = arena_alloc(c->arena, sizeof(*m));
	*m = folder ? (struct tree_work_memory){has_sizes, add_sizes,
						arena_strdup(c->arena, folder)}
		    : (struct tree_work_memory){no_sizes, forget_sizes, NULL};
	return m;
}
