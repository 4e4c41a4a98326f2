/* stats/compare.h: is a series slower in one run than in another? The figures that are compared,
 * their differences with confidence intervals, and which of many differences are real: none when
 * two runs are alike, in 95 of 100 pairs of runs. Pure. docs/compare.md says it in words.
 *
 * Times and rates are compared as ratios (on a logarithmic scale), failed shares as differences.
 * The spread of each figure is bootstrapped (bootstrap.h); a difference over its spread is held
 * against Student's t with Welch's degrees of freedom. Tested is not "is there a difference?" but
 * "is it larger than the smallest one that matters?"; over all series and figures by Holm's
 * procedure (1979). */
#ifndef WEIR_STATS_COMPARE_H
#define WEIR_STATS_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include "stats/periods.h"

#define COMPARE_SMALLEST   0.02 /* a difference that matters; of failed: of the greater share */
#define COMPARE_CONFIDENCE 0.95

enum compare_figure {
    COMPARE_MEAN, /* of response times, s */
    COMPARE_P50,
    COMPARE_P90,
    COMPARE_P95,
    COMPARE_P99,
    COMPARE_RATE,   /* calls started per second */
    COMPARE_FAILED, /* share of the calls that ended */
    COMPARE_FIGURES,
};

struct compare_kind {
    const char *name;   /* "p99" */
    double percent;     /* of a percentile; else 0 */
    bool share;         /* differences are those of shares, not ratios */
    bool less_is_worse; /* of rates */
};

extern const struct compare_kind compare_kinds[COMPARE_FIGURES];

enum compare_outcome {
    COMPARE_NONE,      /* one of both has no such figure, or too little to say how it scatters */
    COMPARE_UNJUDGED,  /* of a rate that was asked for differently */
    COMPARE_SAME,      /* the interval holds no difference that matters */
    COMPARE_UNDECIDED, /* the interval is too wide to tell */
    COMPARE_BETTER,
    COMPARE_WORSE,
};

/* One series in one run. */
struct compare_side {
    double values[COMPARE_FIGURES];    /* NAN: none */
    double variances[COMPARE_FIGURES]; /* of the logarithms of times and rates, of shares */
    double blocks;                     /* from which those were estimated */
};

struct compare_result {
    double a, b;
    double difference, low, high; /* (b - a) / a, of shares b - a; with its interval */
    double p, adjusted_p;         /* that it looks so large by chance; alone, among all */
    enum compare_outcome outcome;
};

/* Figures without a spread, from all that was counted. length_s: of the plan, or of what is there
 * of it. */
void compare_values(const struct series_data *d, double length_s, double *values);

/* All but adjusted_p, and an outcome of NONE, UNJUDGED or UNDECIDED. `judged`: it may be a verdict.
 */
struct compare_result compare_sides(const struct compare_side *a, const struct compare_side *b,
                                    enum compare_figure figure, bool judged);

/* Sets adjusted_p and the outcomes of those that are UNDECIDED, over all that are compared at once.
 * figures[i] says what results[i] is. The number of comparisons. */
size_t compare_judge(struct compare_result *results, const enum compare_figure *figures, size_t n);

#endif
