/*
 * SKILL.md as a web page shows it.
 */
#ifndef SKILL_PAGE_H
#define SKILL_PAGE_H

#include "base/buf.h"

/*
 * The body of a SKILL.md (its frontmatter left out) as HTML, appended to out. What repositories wrote is never markup: raw HTML becomes a
 * comment and links with a scheme that runs code lose their address (cmark's safe mode). Errors: ERR_TOO_LARGE.
 */
NODISCARD int skill_page_html(struct str markdown, struct buf *out, struct err *err);

#endif
