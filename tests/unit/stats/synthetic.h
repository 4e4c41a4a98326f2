/* synthetic.h: seconds of runs whose truth is known: response times are lognormal around a level
 * that wanders from second to second as an autoregressive process does. */
#ifndef WEIR_UNIT_SYNTHETIC_H
#define WEIR_UNIT_SYNTHETIC_H

#include <math.h>

#include "base/rng.h"
#include "stats/bootstrap.h"

struct synthetic {
    double median_ns;
    double scatter;     /* of the logarithm, within a second */
    double wander, tie; /* of the level: by how much each second, how much of it stays */
    double failed;      /* share */
    unsigned seconds, calls;
};

static inline double synthetic_normal(struct rng *r)
{
    return sqrt(2 * rng_exp(r)) * cos(2 * acos(-1.0) * rng_unit(r));
}

static inline void synthetic_second(const struct synthetic *s, double level, struct rng *r,
                                    struct series_data *d)
{
    for (unsigned i = 0; i < s->calls; i++) {
        bool failed = rng_unit(r) < s->failed;
        d->started++;
        d->started_in_plan++;
        d->fates[failed ? FATE_FAILED_CHECK : FATE_OK]++;
        double ns = s->median_ns * exp(level + s->scatter * synthetic_normal(r));
        hist_record(&d->response, (uint64_t)ns);
    }
}

/* Its seconds, and all of them together in *total, which the caller frees. */
static inline struct periods synthetic_run(const struct synthetic *s, struct rng *r,
                                           struct series_data *total)
{
    struct periods p = {.length_s = 1};
    double level = s->wander / sqrt(1 - s->tie * s->tie) * synthetic_normal(r);
    for (unsigned i = 0; i < s->seconds; i++) {
        struct series_data d = {0};
        synthetic_second(s, level, r, &d);
        periods_add(&p, i, &d);
        series_data_merge(total, &d);
        series_data_free(&d);
        level = s->tie * level + s->wander * synthetic_normal(r);
    }
    return p;
}

static inline struct compare_side synthetic_side(const struct synthetic *s, struct rng *r)
{
    enum { BLOCK = 10 };
    struct compare_side side = {.blocks = (double)s->seconds / BLOCK};
    struct series_data total = {0};
    struct periods p = synthetic_run(s, r, &total);
    compare_values(&total, s->seconds, side.values);
    bootstrap_variances(&p, BLOCK, r, side.variances);
    series_data_free(&total);
    periods_free(&p);
    return side;
}

#endif
