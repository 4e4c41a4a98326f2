/* stats/figures.h: the figures of a histogram, in one table, so that summary, JSON, thresholds and
 * documentation cannot disagree about names and meaning. */
#ifndef WEIR_STATS_FIGURES_H
#define WEIR_STATS_FIGURES_H

#include "base/str.h"
#include "stats/hist.h"

enum figure_kind {
    FIGURE_MIN,
    FIGURE_MEAN,
    FIGURE_STDDEV,
    FIGURE_MODE,
    FIGURE_PERCENTILE,
    FIGURE_MAX,
};

struct figure {
    const char *name; /* "p99_9": in JSON and thresholds; NULL: a percentile not in the table */
    enum figure_kind kind;
    double percent; /* FIGURE_PERCENTILE only */
    const char *meaning;
};

enum { FIGURES = 12 };

/* In the order of the summary JSON, percentiles ascending; name NULL ends it. */
extern const struct figure figures[FIGURES + 1];

/* By name. Every percentile above 0 and up to 100 has one, in the table or not: "p97", "p99_95",
 * which is "p99.95" too; at most ten decimals. False: no figure is named so. */
bool figure_parse(str name, struct figure *out);

/* Only meaningful while h has samples. Of times in seconds; of other values in what `units` of the
 * histogram make. */
double figure_seconds(const struct hist *h, const struct figure *f);
double figure_value(const struct hist *h, const struct figure *f, double units);
/* figure_value of the whole table, in one walk over the percentiles. */
void figures_all(const struct hist *h, double units, double values[FIGURES]);

#endif
