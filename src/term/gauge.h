/* term/gauge.h: numbers as drawings of one row: a line of seconds, a bar. Pure. */
#ifndef WEIR_TERM_GAUGE_H
#define WEIR_TERM_GAUGE_H

#include "term/canvas.h"

/* The last `width` of n values, oldest first, each a column whose height is its share of `top`; NAN
 * leaves a gap, what is over 0 is seen. Right-aligned, so that the newest stands at the end. */
void gauge_line(struct pen *p, enum ink ink, unsigned width, const double *values, unsigned n,
                double top);

/* The highest of the last `width` of n values; 0 without any. */
double gauge_top(unsigned width, const double *values, unsigned n);

/* A bar of `share` (0..1) of the width, in eighths of a column; what is over 0 is seen. `ground`
 * fills the rest dimly. */
void gauge_bar(struct pen *p, enum ink ink, unsigned width, double share, bool ground);

#endif
