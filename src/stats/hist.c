/* The HDR layout: below 2048 each value has its bucket; above, a value is shifted right until 11
 * bits are left, so that a bucket is never wider than 1/1024 of what it holds. Buckets of shift s
 * start at (s + 1) * 1024. */
#include "stats/hist.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"

enum { LINE = 8 }; /* counters in a cache line */

/* Chunks that may hold samples: first <= i < end. */
struct span {
    unsigned first, end;
};

unsigned hist_bucket(uint64_t ns)
{
    unsigned shift = 53 - (unsigned)__builtin_clzll(ns | 2047);
    return (shift << 10) + (unsigned)(ns >> shift);
}

static unsigned bucket_shift(unsigned bucket)
{
    return bucket < 2048 ? 0 : (bucket >> 10) - 1;
}

uint64_t hist_bucket_low(unsigned bucket)
{
    unsigned shift = bucket_shift(bucket);
    return (uint64_t)(bucket - (shift << 10)) << shift;
}

uint64_t hist_bucket_middle(unsigned bucket)
{
    return hist_bucket_low(bucket) + (UINT64_C(1) << bucket_shift(bucket)) / 2;
}

uint64_t hist_bucket_high(unsigned bucket)
{
    return hist_bucket_low(bucket) + ((UINT64_C(1) << bucket_shift(bucket)) - 1);
}

uint64_t hist_bucket_sample(unsigned bucket)
{
    return bucket == hist_bucket(HIST_LONGEST_NS) ? HIST_LONGEST_NS : hist_bucket_middle(bucket);
}

static uint64_t *chunk_of(struct hist *h, unsigned chunk)
{
    if (!h->chunks[chunk])
        h->chunks[chunk] = mem_array(HIST_CHUNK, sizeof *h->chunks[chunk]);
    return h->chunks[chunk];
}

static inline void record(struct hist *h, uint64_t ns, uint64_t times)
{
    if (ns <= HIST_LONGEST_NS) {
        unsigned bucket = hist_bucket(ns);
        chunk_of(h, bucket / HIST_CHUNK)[bucket % HIST_CHUNK] += times;
    } else {
        h->overflow += times;
    }
    if (ns < h->min || h->count == 0)
        h->min = ns;
    if (ns > h->max)
        h->max = ns;
    h->count += times;
    h->sum += (u128)ns * times;
    h->sum_squares += (u128)ns * ns * times;
}

void hist_record(struct hist *h, uint64_t ns)
{
    record(h, ns, 1);
}

void hist_record_n(struct hist *h, uint64_t ns, uint64_t times)
{
    if (times > 0)
        record(h, ns, times);
}

static struct span span_of(const struct hist *h)
{
    if (h->count == h->overflow)
        return (struct span){0, 0};
    uint64_t longest = h->max < HIST_LONGEST_NS ? h->max : HIST_LONGEST_NS;
    return (struct span){hist_bucket(h->min) / HIST_CHUNK, hist_bucket(longest) / HIST_CHUNK + 1};
}

/* Few samples leave most of a chunk empty: it is looked at by cache lines. */
static bool line_is_empty(const uint64_t *line)
{
    uint64_t any = 0;
    for (unsigned i = 0; i < LINE; i++)
        any |= line[i];
    return any == 0;
}

/* A function of its own for `restrict`, with which the loop is vectorized. */
static void add_line(uint64_t *restrict into, const uint64_t *restrict from)
{
    for (unsigned i = 0; i < LINE; i++)
        into[i] += from[i];
}

static void add_chunk(uint64_t *into, const uint64_t *from)
{
    for (unsigned i = 0; i < HIST_CHUNK; i += LINE)
        if (!line_is_empty(from + i))
            add_line(into + i, from + i);
}

static void add_counters(struct hist *into, const struct hist *from)
{
    struct span span = span_of(from);
    for (unsigned c = span.first; c < span.end; c++)
        if (from->chunks[c])
            add_chunk(chunk_of(into, c), from->chunks[c]);
}

void hist_merge(struct hist *into, const struct hist *from)
{
    if (from->count == 0)
        return;
    add_counters(into, from);
    if (from->min < into->min || into->count == 0)
        into->min = from->min;
    if (from->max > into->max)
        into->max = from->max;
    into->count += from->count;
    into->overflow += from->overflow;
    into->sum += from->sum;
    into->sum_squares += from->sum_squares;
}

void hist_take(struct hist *into, struct hist *from)
{
    if (into->count > 0) {
        hist_merge(into, from);
        hist_free(from);
        return;
    }
    hist_free(into); /* it may have memory all the same */
    *into = *from;
    *from = (struct hist){0};
}

static void forget_samples(struct hist *h)
{
    h->count = h->overflow = h->min = h->max = 0;
    h->sum = h->sum_squares = 0;
}

void hist_clear(struct hist *h)
{
    struct span span = span_of(h);
    for (unsigned c = span.first; c < span.end; c++)
        if (h->chunks[c])
            memset(h->chunks[c], 0, HIST_CHUNK * sizeof *h->chunks[c]);
    forget_samples(h);
}

void hist_free(struct hist *h)
{
    for (unsigned c = 0; c < HIST_CHUNKS; c++) {
        mem_free(h->chunks[c]);
        h->chunks[c] = NULL;
    }
    forget_samples(h);
}

uint64_t hist_bucket_count(const struct hist *h, unsigned bucket)
{
    const uint64_t *chunk = h->chunks[bucket / HIST_CHUNK];
    return chunk ? chunk[bucket % HIST_CHUNK] : 0;
}

/* The first counter from `i` on that is not 0; HIST_CHUNK when there is none. */
static unsigned next_in_chunk(const uint64_t *chunk, unsigned i)
{
    while (i < HIST_CHUNK) {
        unsigned end = (i / LINE + 1) * LINE;
        if (!line_is_empty(chunk + end - LINE))
            for (; i < end; i++)
                if (chunk[i])
                    return i;
        i = end;
    }
    return HIST_CHUNK;
}

unsigned hist_next(const struct hist *h, unsigned bucket)
{
    while (bucket < HIST_BUCKETS) {
        const uint64_t *chunk = h->chunks[bucket / HIST_CHUNK];
        unsigned i = chunk ? next_in_chunk(chunk, bucket % HIST_CHUNK) : HIST_CHUNK;
        bucket = bucket / HIST_CHUNK * HIST_CHUNK + i;
        if (i < HIST_CHUNK)
            return bucket;
    }
    return HIST_BUCKETS;
}

/* In whole 1e-10 %, because 99.9 and its like have no exact double and a product of them may come
 * out just above the whole number that is meant. */
static uint64_t rank_of(double p, uint64_t count)
{
    const uint64_t whole = UINT64_C(1000000000000);
    u128 parts = (u128)llround(p * 1e10);
    uint64_t rank = (uint64_t)((parts * count + whole - 1) / whole);
    return rank ? rank : 1;
}

static bool next_samples(struct hist_walk *w, unsigned *bucket, uint64_t *samples)
{
    *bucket = hist_next(w->of, (unsigned)w->at);
    if (*bucket >= HIST_BUCKETS)
        return false;
    *samples = hist_bucket_count(w->of, *bucket);
    w->at = *bucket + 1;
    return true;
}

struct hist_walk hist_walk(const struct hist *h)
{
    return (struct hist_walk){.next = next_samples,
                              .of = h,
                              .at = span_of(h).first * HIST_CHUNK,
                              .count = h->count,
                              .min = h->min,
                              .max = h->max};
}

static uint64_t upper_edge(const struct hist_walk *w, unsigned bucket)
{
    uint64_t high = hist_bucket_high(bucket);
    return high < w->max ? high : w->max;
}

void hist_walk_percentiles(struct hist_walk w, const double *p, unsigned n, uint64_t *out)
{
    unsigned bucket = 0; /* `seen` goes as far as this */
    uint64_t seen = 0, samples;
    bool more = true; /* false: what is left lies in the overflow */
    for (unsigned i = 0; i < n; i++) {
        assert(p[i] >= 0 && p[i] <= 100 && (i == 0 || p[i] >= p[i - 1]));
        bool least = p[i] == 0 || w.count == 0;
        uint64_t rank = least ? 0 : rank_of(p[i], w.count);
        while (seen < rank && (more = more && w.next(&w, &bucket, &samples)))
            seen += samples;
        if (least)
            out[i] = w.min;
        else
            out[i] = seen < rank ? w.max : upper_edge(&w, bucket);
    }
}

uint64_t hist_percentile(const struct hist *h, double p)
{
    uint64_t ns;
    hist_walk_percentiles(hist_walk(h), &p, 1, &ns);
    return ns;
}

double hist_mean(const struct hist *h)
{
    return h->count ? (double)h->sum / (double)h->count : 0;
}

/* With m = sum / n and r = sum % n in integers, the squared distances from m add up to
 * sum_squares - m * (sum + r); from the mean itself, m + r/n, they are r * r / n less. The large
 * terms cancel in integers, modulo 2^128, so that nothing is lost to rounding. */
double hist_stddev(const struct hist *h)
{
    if (h->count == 0)
        return 0;
    u128 m = h->sum / h->count, r = h->sum % h->count;
    u128 squares = h->sum_squares - m * (h->sum + r);
    double n = (double)h->count, rest = (double)r / n;
    return sqrt(fmax(0, (double)squares / n - rest * rest));
}

/* Half up. *scale only grows: values come in ascending order and it starts at 1. */
static uint64_t two_digits(uint64_t ns, uint64_t *scale)
{
    while (ns / *scale >= 100)
        *scale *= 10;
    return (ns + *scale / 2) / *scale * *scale;
}

uint64_t hist_mode(const struct hist *h)
{
    uint64_t mode = 0, most = 0, value = 0, times = 0, scale = 1;
    for (unsigned b = hist_next(h, 0); b < HIST_BUCKETS; b = hist_next(h, b + 1)) {
        uint64_t rounded = two_digits(hist_bucket_middle(b), &scale);
        if (rounded != value)
            times = 0;
        value = rounded;
        times += hist_bucket_count(h, b);
        if (times > most) {
            most = times;
            mode = value;
        }
    }
    times = h->overflow + (value == HIST_LONGEST_NS ? times : 0);
    return times > most ? HIST_LONGEST_NS : mode;
}

uint64_t hist_count_until(const struct hist *h, uint64_t ns)
{
    if (ns >= h->max)
        return h->count;
    if (ns < h->min)
        return 0;
    uint64_t seen = 0;
    unsigned last = hist_bucket(ns);
    for (unsigned b = hist_next(h, 0); b < HIST_BUCKETS && b <= last; b = hist_next(h, b + 1))
        seen += hist_bucket_count(h, b);
    return seen;
}
