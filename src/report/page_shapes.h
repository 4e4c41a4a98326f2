/* report/page_shapes.h: histograms as the page draws them: cells of a heat map or a distribution,
 * and the spectrum of percentiles. Pure. docs/page.md is the format. */
#ifndef WEIR_REPORT_PAGE_SHAPES_H
#define WEIR_REPORT_PAGE_SHAPES_H

#include "base/buf.h"
#include "stats/hist.h"

/* [cell,count,...]: cell k counts times from 2^(k/8) to 2^((k+1)/8) ns. */
void page_cells(const struct hist *h, struct buf *out);

/* [us,...]: value i is the percentile 100 * (1 - 2^(-i/2)), as far as the samples tell them apart;
 * the last one is the longest. */
void page_spectrum(const struct hist *h, struct buf *out);

/* A number with four significant digits; not finite: null. */
void page_put_us(struct buf *out, double us);

#endif
