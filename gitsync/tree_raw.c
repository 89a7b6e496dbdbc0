#include "gitsync/git_int.h"

bool tree_raw_entry(const char *p, size_t len, struct tree_entry *ret, size_t *ret_used)
{
	uint32_t mode = 0;
	size_t i = 0;
	while (i < len && i < 7 && p[i] >= '0' && p[i] <= '7')
		mode = mode * 8 + (uint32_t)(p[i++] - '0');
	if (i == 0 || i >= len || p[i] != ' ')
		return false;
	const char *name = p + i + 1;
	const char *end = memchr(name, 0, len - i - 1);
	if (!end || (size_t)(p + len - end - 1) < GIT_OID_RAWSZ)
		return false;
	ret->name = str_make(name, (size_t)(end - name));
	ret->mode = mode;
	ret->id.len = GIT_OID_RAWSZ;
	memcpy(ret->id.bytes, end + 1, GIT_OID_RAWSZ);
	*ret_used = (size_t)(end + 1 - p) + GIT_OID_RAWSZ;
	return true;
}

int tree_raw_order(const struct tree_entry *a, const struct tree_entry *b)
{
	size_t n = MIN(a->name.len, b->name.len);
	int c = memcmp(a->name.p, b->name.p, n);
	if (c)
		return c;
	unsigned char ca = a->name.len > n	      ? (unsigned char)a->name.p[n]
			   : a->mode == TREE_MODE_DIR ? '/'
						      : 0;
	unsigned char cb = b->name.len > n	      ? (unsigned char)b->name.p[n]
			   : b->mode == TREE_MODE_DIR ? '/'
						      : 0;
	return (int)ca - (int)cb;
}
