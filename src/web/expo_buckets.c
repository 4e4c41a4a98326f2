/* From weir's fine histogram to the coarser buckets of Prometheus. A fine bucket (0.1 % wide) that
 * lies across a border goes to the side of its middle; in classic buckets to the lower one, which
 * is what hist_count_until says. */
#include <math.h>

#include "web/expo.h"

void expo_classic(const struct hist *h, const struct expo_bounds *b, uint64_t *counts)
{
    uint64_t sum = 0;
    unsigned at = hist_next(h, 0);
    for (unsigned i = 0; i < b->n; i++) {
        unsigned last = hist_bucket((uint64_t)(b->upper[i] * b->units));
        for (; at < HIST_BUCKETS && at <= last; at = hist_next(h, at + 1))
            sum += hist_bucket_count(h, at);
        counts[i] = sum;
    }
}

static void add(struct expo_native *out, double value, uint64_t count)
{
    if (value <= EXPO_ZERO) {
        out->zero += count;
        return;
    }
    int index = (int)ceil(log2(value) * (1 << EXPO_SCHEMA));
    bool same = out->n && out->buckets[out->n - 1].index == index;
    if (!same && out->n < EXPO_NATIVE_MOST) {
        out->buckets[out->n].index = index;
        out->buckets[out->n++].count = 0;
    }
    out->buckets[out->n - 1].count += count;
}

void expo_native(const struct hist *h, double units, struct expo_native *out)
{
    out->zero = 0;
    out->n = 0;
    for (unsigned b = hist_next(h, 0); b < HIST_BUCKETS; b = hist_next(h, b + 1))
        add(out, (double)hist_bucket_middle(b) / units, hist_bucket_count(h, b));
    if (h->overflow)
        add(out, (double)h->max / units, h->overflow);
}
