/* stats/threshold_figures.h: the table of what thresholds can be about: one place for their names,
 * units and values. Private to threshold.c (reads) and threshold_judge.c (holds the table). */
#ifndef WEIR_STATS_THRESHOLD_FIGURES_H
#define WEIR_STATS_THRESHOLD_FIGURES_H

#include "stats/threshold.h"

struct threshold_figure {
    const char *name;
    enum threshold_unit unit; /* of a bound without % */
    bool of_run;              /* of the run's iterations: no series can be named */
    /* UNIT_SECONDS: the histogram of which threshold.of_time is a figure. */
    const struct hist *(*times)(const struct series_data *d);
    /* The others: the number; NAN when there is none. */
    double (*value)(const struct threshold_input *in, const struct series_data *d);
    /* What 100 % is; NULL: the figure cannot be a share. */
    double (*whole)(const struct threshold_input *in, const struct series_data *d);
    const char *nothing; /* why there may be no value, a sentence */
};

extern const struct threshold_figure threshold_figures[]; /* name NULL ends it */

#endif
