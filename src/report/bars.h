/* report/bars.h: a histogram drawn as a few bars whose edges are round numbers on a logarithmic
 * axis
 * ("≤ 200 µs"). Pure. */
#ifndef WEIR_REPORT_BARS_H
#define WEIR_REPORT_BARS_H

#include "base/units.h"
#include "report/page.h"
#include "stats/hist.h"

enum { BARS = 8 };

struct bar {
    uint64_t until_ns; /* upper edge; UINT64_MAX: all that is longer than the edge before */
    uint64_t count;
};

/* Fills at most BARS bars that hold all samples, as fine as they can be, between the 0.1th and the
 * 99.9th percentile; returns how many; 0 without samples. */
unsigned bars_of(const struct hist *h, struct bar *bars);

/* The edge of bar i, or of a last one that takes the rest the edge before: "200 µs". */
struct human bar_edge(const struct bar *bars, unsigned i);
/* "12.5 %"; empty for nothing. */
struct human bar_share(uint64_t count, uint64_t all);

/* Draws one of n bars in `width` columns: edge, bar, share. */
void bar_draw(struct page *p, const struct bar *bars, unsigned n, unsigned i, unsigned width);

#endif
