/* report/page_live.h: the page's data for viewers of a run that goes on: the whole once, then what
 * is new. Of series they get rows of a table, as parts of the summary's `series` (docs/live.md):
 * more about one is asked for alone, since what nobody looks at need not be told each second.
 * Gathered by page_data.h, with PAGE_FOLLOWED; the same thread. */
#ifndef WEIR_REPORT_PAGE_LIVE_H
#define WEIR_REPORT_PAGE_LIVE_H

#include "report/page_data.h"

/* The page as it stands, for who comes anew: without courses of series, and of shapes that of all
 * calls alone. */
void page_live_write(struct page_data *p, const char *state, const struct summary *s,
                     struct buf *out);

/* What came since the last call of this, as an object with the members that have something new:
 * "{}" when nothing has. */
void page_live_more(struct page_data *p, struct buf *out);

/* "summary", "thresholds" and "shapes" as things stand, as an object; of series those that changed
 * since the last call of this. Before page_live_more: it may find series. */
void page_live_summary(struct page_data *p, const struct summary *s, struct buf *out);

/* One series, as an object: "course" (its points that end behind that second), "figures" (as in
 * --json) and "shape". Of `s` its results and length count. False: there is no such series. */
bool page_live_series(struct page_data *p, size_t number, int64_t after_s, const struct summary *s,
                      struct buf *out);

/* The end: "of_series" in pieces that are messages of their own, from series 0 on until this
 * returns 0 instead of the next number; and the page with all but that. */
size_t page_live_courses(struct page_data *p, size_t number, struct buf *out);
void page_live_end(struct page_data *p, const struct summary *s, struct buf *out);

#endif
