/* What the structural detectors share. */
#ifndef GUARD_DETECT_INT_H
#define GUARD_DETECT_INT_H

#include "guard/guard_int.h"

/* detect_unicode.c */
void detect_invisible(struct guard_scan *s, const struct guard_pattern *p, struct str text,
		      bool non_ascii);
void detect_tags(struct guard_scan *s, const struct guard_pattern *p, struct str text,
		 bool non_ascii);
void detect_selectors(struct guard_scan *s, const struct guard_pattern *p, struct str text,
		      bool non_ascii);
void detect_bidi(struct guard_scan *s, const struct guard_pattern *p, struct str text,
		 bool non_ascii);
void detect_mixed_script(struct guard_scan *s, const struct guard_pattern *p, struct str text,
			 bool non_ascii);
/* detect_markup.c */
void detect_comment(struct guard_scan *s, const struct guard_pattern *p, struct str text,
		    bool non_ascii);
void detect_hidden_html(struct guard_scan *s, const struct guard_pattern *p, struct str text,
			bool non_ascii);
/* detect_url.c */
void detect_exfiltration(struct guard_scan *s, const struct guard_pattern *p, struct str text,
			 bool non_ascii);
void detect_data_url(struct guard_scan *s, const struct guard_pattern *p, struct str text,
		     bool non_ascii);

/*
 * How much a text that readers do not see reads like an order to a model: who is addressed, what is to be done, what is spoken of. 3 and
 * more is an order. orders.c
 */
unsigned guard_orders(struct str text);
#define GUARD_ORDERS 3

/* Position of needle (lower case) at or after from, ASCII letters of either case, or text.len. */
size_t detect_find(struct str text, const char *needle, size_t from);

#endif
