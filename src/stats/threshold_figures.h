/* stats/threshold_figures.h: the table of what thresholds can be about: one place for their names,
 * units, values and meaning. Read by threshold.c, threshold_judge.c and the documentation. */
#ifndef WEIR_STATS_THRESHOLD_FIGURES_H
#define WEIR_STATS_THRESHOLD_FIGURES_H

#include "stats/threshold.h"

struct threshold_figure {
    const char *name;
    enum threshold_unit unit; /* of a bound without % */
    bool of_run;              /* of the run's iterations: no series can be named */
    bool any_kind;            /* of metrics too, when they are named */
    enum series_kind kind;    /* of which series */
    /* Those that are a figure of a histogram (threshold.of_times): of which. */
    const struct hist *(*times)(const struct series_data *d);
    /* The others: the number; NAN when there is none. */
    double (*value)(const struct threshold_input *in, const struct series_data *d);
    /* What 100 % is; NULL: the figure cannot be a share. */
    double (*whole)(const struct threshold_input *in, const struct series_data *d);
    const char *nothing; /* why there may be no value, a sentence */
    const char *meaning; /* half a line for people */
    const char *share;   /* what 100 % is, for people; NULL as above */
};

extern const struct threshold_figure threshold_figures[]; /* name NULL ends it */

/* Of metrics, which have names of their own: the sum of a counter, a figure of values. */
extern const struct threshold_figure threshold_counter, threshold_values;

/* The same of what clients measure by themselves (stats/measures.h), and of times. */
extern const struct threshold_figure threshold_counter_rate, threshold_times;

#endif
