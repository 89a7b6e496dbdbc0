#include "gitsync/url.h"

#include <stdio.h>

#include <git2/refs.h>

static bool is_plain(struct str name)
{
	if (name.len == 0 || name.len > 239 || name.p[0] == '-' || !str_is_utf8(name, NULL))
		return false;
	for (size_t at = 0; at < name.len;)
		if (rune_is_deceptive(str_next_rune(name, &at)))
			return false;
	return true;
}

int ref_name_full(struct str name, char out[256], struct err *err)
{
	char full[256] = "";
	int valid = 0;
	if (is_plain(name)) {
		bool as_is = str_starts(name, STR("refs/")) || str_eqz(name, "HEAD");
		snprintf(full, sizeof(full), "%s%.*s", as_is ? "" : "refs/heads/",
			 (int)MIN(name.len, (size_t)239), name.p);
		if (git_reference_name_is_valid(&valid, full) < 0)
			valid = 0;
	}
	if (!valid) {
		char show[64];
		size_t n = 0;
		for (; n < name.len && n < sizeof(show) - 1; n++)
			show[n] = name.p[n] < 0x20 || name.p[n] == 0x7f ? '?' : name.p[n];
		show[n] = '\0';
		err_set(err, ERR_INVALID, "\"%s\" is no name of a Git branch or reference", show);
		return err_remedy(err, "write the branch as in \"main\", or in full as in "
				       "\"refs/heads/main\"");
	}
	memcpy(out, full, sizeof(full));
	return 0;
}
