/* The structural detectors by name. */
#include "guard/detect_int.h"

static const struct {
	const char *name;
	guard_detector detector;
} detectors[] = {
	{"invisible", detect_invisible},       {"tags", detect_tags},
	{"selectors", detect_selectors},       {"bidi", detect_bidi},
	{"mixed-script", detect_mixed_script}, {"comment", detect_comment},
	{"hidden-html", detect_hidden_html},   {"exfiltration", detect_exfiltration},
	{"data-url", detect_data_url},
};

guard_detector guard_detector_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(detectors); i++) {
		if (strcmp(detectors[i].name, name) == 0)
			return detectors[i].detector;
	}
	return NULL;
}

size_t detect_find(struct str text, const char *needle, size_t from)
{
	size_t len = strlen(needle);
	for (size_t i = from; i + len <= text.len; i++) {
		size_t k = 0;
		while (k < len &&
		       (text.p[i + k] == needle[k] || (needle[k] >= 'a' && needle[k] <= 'z' &&
						       (text.p[i + k] | 0x20) == needle[k])))
			k++;
		if (k == len)
			return i;
	}
	return text.len;
}
