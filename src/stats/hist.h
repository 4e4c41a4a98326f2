/* stats/hist.h: latency histogram, HDR layout (Gil Tene's HdrHistogram): unit 1 ns, 3 significant
 * digits (relative error at most 0.1 %), values up to one hour; longer ones go to a counted
 * overflow. Counters come in chunks that are allocated when first touched. Merging is exact. One
 * thread at a time. Definitions of every figure: spec/measure.md, "Histograms and percentiles". */
#ifndef WEIR_STATS_HIST_H
#define WEIR_STATS_HIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/u128.h"

#define HIST_LONGEST_NS   UINT64_C(3600000000000) /* one hour */
#define HIST_SAMPLES_MOST ((uint64_t)INT64_MAX)   /* that its encodings carry */

enum {
    HIST_CHUNK = 128,         /* counters in a chunk */
    HIST_BUCKETS = 33 * 1024, /* 2048 of width 1, then 1024 for each doubling up to 2^42 ns */
    HIST_CHUNKS = HIST_BUCKETS / HIST_CHUNK,
};

struct hist {
    uint64_t *chunks[HIST_CHUNKS]; /* HIST_CHUNK counters each; NULL: all zero */
    uint64_t count;                /* samples, overflow included; stays below 2^63 */
    uint64_t overflow; /* of them longer than HIST_LONGEST_NS; in sums, min and max too */
    uint64_t min, max; /* ns, exact; 0 while count is 0 */
    u128 sum;          /* exact */
    u128 sum_squares;  /* modulo 2^128, see hist_stddev */
};

/* Starts as {0}. hist_record costs a few ns and allocates only when it touches a new chunk. */
void hist_record(struct hist *h, uint64_t ns);
void hist_record_n(struct hist *h, uint64_t ns, uint64_t times);
void hist_merge(struct hist *into, const struct hist *from); /* two different ones */
/* The same, of one that is not needed any more: empty afterwards, and what it held may move. */
void hist_take(struct hist *into, struct hist *from);
void hist_clear(struct hist *h); /* empty again, keeps its memory */
void hist_free(struct hist *h);  /* empty again, holds no memory */

/* Figures, in ns. All of them return 0 when there are no samples: ask count first. */

/* Nearest rank: the value at rank ceil(p/100 * count), as the upper edge of its bucket, never above
 * max; max for a rank in the overflow. 0 < p <= 100; p = 0 gives min. The rank is exact for every p
 * of at most ten decimals. */
uint64_t hist_percentile(const struct hist *h, double p);
double hist_mean(const struct hist *h);
/* Of the population. Exact up to rounding while count * deviation^2 < 2^128 ns^2, that is for a
 * billion samples that scatter by six days; sum_squares may wrap, their difference does not. */
double hist_stddev(const struct hist *h);
/* The most frequent value, rounded to 2 significant digits, the lowest on ties. A bucket counts
 * where its middle is rounded to, the overflow as one hour. */
uint64_t hist_mode(const struct hist *h);
/* Samples <= ns, at the resolution of the buckets: all of the bucket that holds ns. Overflow counts
 * from max on. */
uint64_t hist_count_until(const struct hist *h, uint64_t ns);

/* The layout, for encoders and drawings. It goes on above HIST_BUCKETS, up to UINT64_MAX, though a
 * histogram has no counters there. */
unsigned hist_bucket(uint64_t ns);
uint64_t hist_bucket_low(unsigned bucket);
uint64_t hist_bucket_middle(unsigned bucket);
uint64_t hist_bucket_high(unsigned bucket);
/* What stands for its samples where they are no longer known: the middle; of the hour's own bucket,
 * whose middle is longer than an hour, the hour. */
uint64_t hist_bucket_sample(unsigned bucket);

/* Walking the samples; the overflow is in no bucket. */
uint64_t hist_bucket_count(const struct hist *h, unsigned bucket); /* bucket < HIST_BUCKETS */
/* The first bucket from `bucket` on that holds samples; HIST_BUCKETS when there is none. */
unsigned hist_next(const struct hist *h, unsigned bucket);

/* A walk over what has samples in buckets, a histogram or another (stats/hist_list.h), once. */
struct hist_walk {
    /* The next bucket that has samples, ascending; false: there is none. */
    bool (*next)(struct hist_walk *w, unsigned *bucket, uint64_t *samples);
    const void *of;
    size_t at;
    uint64_t count, min, max; /* as a histogram's */
};

struct hist_walk hist_walk(const struct hist *h);
/* hist_percentile for several, ascending. */
void hist_walk_percentiles(struct hist_walk w, const double *p, unsigned n, uint64_t *out);

#endif
