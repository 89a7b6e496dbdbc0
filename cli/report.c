#include "cli/report.h"

int cli_report_format(const char *name, const struct report_format **ret, struct err *err)
{
	CLEANUP(buf_release) struct buf list = BUF_INIT(1024);
	const char *names[32];
	size_t count = 0;
	*ret = report_format_find(str_of(name ? name : "text"));
	if (*ret)
		return 0;
	for (; report_formats[count] && count < ARRAY_SIZE(names); count++) {
		names[count] = report_formats[count]->name;
		buf_addf(&list, "%s%s", count ? ", " : "", names[count]);
	}
	err_set(err, ERR_USAGE, "--output cannot be \"%s\"", name);
	const char *near = str_nearest(str_of(name), names, count);
	if (near)
		err_remedy(err, "did you mean %s?", near);
	else
		err_remedy(err, "it is one of: %s", buf_cstr(&list));
	return ERR_USAGE;
}
