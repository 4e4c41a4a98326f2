/* stats/periods.h: what a series did in each of the equally long periods of a run, in little
 * memory: counts, and its response times by buckets of 128 to a doubling (0.8 %), which is enough
 * to see how figures scatter from period to period. One thread at a time. */
#ifndef WEIR_STATS_PERIODS_H
#define WEIR_STATS_PERIODS_H

#include <stddef.h>

#include "stats/series.h"

/* Counts of a period, or of several. */
struct period {
    double started; /* in the plan */
    double ended, failed;
    double samples, sum_ns; /* response times */
};

struct period_sample {
    uint32_t period, bucket, count;
};

/* Starts as {.length_s = …}. */
struct periods {
    double length_s; /* of one */
    struct period *list;
    size_t n, capacity;
    struct period_sample *samples; /* in no order; a period and bucket may come again */
    size_t n_samples, samples_capacity;
};

/* Adds to a period; those before it are there then, too. */
void periods_add(struct periods *p, size_t period, const struct series_data *d);
/* There are at least n of them from now on. */
void periods_reach(struct periods *p, size_t n);
/* Those with response times. */
size_t periods_active(const struct periods *p);
void periods_free(struct periods *p);

/* The coarse buckets; they end before PERIOD_BUCKETS. */
enum { PERIOD_BUCKETS = 1024 + (HIST_BUCKETS - 1024) / 8 };
unsigned period_bucket(unsigned hist_bucket);
uint64_t period_bucket_low(unsigned bucket); /* also of PERIOD_BUCKETS: where the last one ends */

#endif
