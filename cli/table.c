#include "cli/table.h"

/* How many places a terminal gives to s: one for each character, which is right for all scripts that names and dates are in. */
static size_t width_of(struct str s)
{
	size_t pos = 0, width = 0;
	while (pos < s.len) {
		str_next_rune(s, &pos);
		width++;
	}
	return width;
}

void cli_table(struct buf *out, const struct str *cells, size_t rows, size_t columns,
	       size_t *widths)
{
	for (size_t i = 0; i < rows * columns; i++)
		widths[i % columns] = MAX(widths[i % columns], width_of(cells[i]));
	for (size_t i = 0; i < rows * columns; i++) {
		size_t k = i % columns;
		buf_add_str(out, cells[i]);
		if (k + 1 < columns)
			buf_add_repeat(out, ' ', widths[k] - width_of(cells[i]) + 3);
		else
			buf_add_char(out, '\n');
	}
}
