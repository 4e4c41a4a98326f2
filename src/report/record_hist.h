/* report/record_hist.h: a histogram as five columns of a run record, exactly, there and back: its
 * samples, min, max, sum, sum of squares. One thread, that of the file. */
#ifndef WEIR_REPORT_RECORD_HIST_H
#define WEIR_REPORT_RECORD_HIST_H

#include "report/record_db.h"
#include "stats/hist.h"

/* All NULL when it is empty. */
void record_put_hist(struct record_row *row, uint64_t span, const struct hist *h);

/* Likewise, but of a span that is not the whole run the samples between min and max only to 3 % or
 * 32 ns. */
void record_put_coarse_hist(struct record_row *row, uint64_t span, const struct hist *h);

/* Adds it; of either encoding. What cannot be is a failure of the row's db. */
void record_take_hist(struct record_row *row, struct hist *into);

#endif
