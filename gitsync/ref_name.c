#include <stdio.h>

#include "gitsync/git_int.h"
#include "gitsync/url.h"

/* git-check-ref-format(1), and nothing that hides from a reader. */
static bool component_ok(struct str c)
{
	return c.len > 0 && c.p[0] != '.' && !str_ends(c, STR(".lock")) && c.p[c.len - 1] != '.';
}

bool ref_name_ok(struct str name)
{
	struct str rest = name, c;
	if (name.len == 0 || name.len > 255 || name.p[0] == '-' || name.p[name.len - 1] == '/')
		return false;
	for (size_t i = 0; i < name.len; i++)
		if ((unsigned char)name.p[i] <= 0x20 || name.p[i] == 0x7f ||
		    strchr("~^:?*[\\", name.p[i]))
			return false;
	while (str_split(&rest, '/', &c))
		if (!component_ok(c))
			return false;
	if (str_find(name, STR(".."), 0) >= 0 || str_find(name, STR("@{"), 0) >= 0 ||
	    str_eqz(name, "@"))
		return false;
	if (!str_is_utf8(name, NULL))
		return false;
	for (size_t at = 0; at < name.len;)
		if (rune_is_deceptive(str_next_rune(name, &at)))
			return false;
	return true;
}

char *ref_name_shown(struct str name, char out[64])
{
	size_t n = 0;
	for (; n < name.len && n < 63; n++)
		out[n] = (unsigned char)name.p[n] <= 0x1f || (unsigned char)name.p[n] >= 0x7f
				 ? '?'
				 : name.p[n];
	out[n] = '\0';
	return out;
}

int ref_name_full(struct str name, char out[256], struct err *err)
{
	bool as_is = str_starts(name, STR("refs/")) || str_eqz(name, "HEAD");
	if (!ref_name_ok(name) || name.len > 239) {
		char show[64];
		err_set(err, ERR_INVALID, "\"%s\" is no name of a Git branch or reference",
			ref_name_shown(name, show));
		return err_remedy(err, "write the branch as in \"main\", or in full as in "
				       "\"refs/heads/main\"");
	}
	snprintf(out, 256, "%s%.*s", as_is ? "" : "refs/heads/", (int)name.len, name.p);
	return 0;
}
