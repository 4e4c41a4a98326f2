/* hist_samples.h: samples for the tests of the histogram. */
#ifndef WEIR_UNIT_HIST_SAMPLES_H
#define WEIR_UNIT_HIST_SAMPLES_H

#include <stddef.h>

#include "base/rng.h"
#include "stats/hist.h"

#define LENGTH(a) (sizeof(a) / sizeof *(a))

/* Spread evenly over the orders of magnitude, up to 2^bits. */
static inline uint64_t draw(struct rng *r, unsigned bits)
{
    return rng_u64(r) >> (64 - 1 - rng_below(r, bits));
}

static inline void record_all(struct hist *h, const uint64_t *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        hist_record(h, values[i]);
}

#endif
