/* report/rows.h: the rows of a tally in an order for readers. */
#ifndef WEIR_REPORT_ROWS_H
#define WEIR_REPORT_ROWS_H

#include "stats/tally.h"

/* Copies of all rows, t->used of them; the caller frees the array (mem_free). */
struct tally_row *rows_by_count(const struct tally *t);  /* the most frequent first */
struct tally_row *rows_by_number(const struct tally *t); /* ascending */

#endif
