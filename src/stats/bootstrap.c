/* Sums over blocks come from differences of running sums, so that a drawn run costs the same
 * whatever the length of a block. Of its buckets only those are added up in which a percentile
 * lies: sums of GROUP buckets tell which they are. */
#include "stats/bootstrap.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"

enum { GROUP = 16 }; /* buckets; a cache line of them */

/* Running sums: entry i is of the first i periods. */
struct running {
    size_t n;
    double length_s;
    unsigned first, groups; /* buckets that hold samples: from first on, groups * GROUP of them */
    struct period *periods; /* n + 1 */
    uint32_t *buckets; /* (n + 1) * groups * GROUP; modulo 2^32, which differences do not mind */
    uint32_t *sums;    /* (n + 1) * groups: of each group */
};

/* A drawn run. */
struct drawn {
    struct period sum;
    uint64_t *groups; /* samples in each */
    struct block {
        size_t start, end; /* periods */
    } * blocks;
    size_t n_blocks;
};

/* Welford's sums of one figure. */
struct scatter {
    double n, mean, squares;
};

/* ---- running sums ---- */

static void find_buckets(const struct periods *p, struct running *r)
{
    unsigned least = PERIOD_BUCKETS, most = 0;
    for (size_t i = 0; i < p->n_samples; i++) {
        unsigned b = p->samples[i].bucket;
        least = b < least ? b : least;
        most = b > most ? b : most;
    }
    r->first = least <= most ? least : 0;
    r->groups = least <= most ? (most - least) / GROUP + 1 : 0;
}

static void add_period(struct period *to, const struct period *from, double times)
{
    to->started += times * from->started;
    to->ended += times * from->ended;
    to->failed += times * from->failed;
    to->samples += times * from->samples;
    to->sum_ns += times * from->sum_ns;
}

static void add_row(uint32_t *restrict to, const uint32_t *restrict from, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] += from[i];
}

static struct running running_of(const struct periods *p)
{
    struct running r = {.n = p->n, .length_s = p->length_s};
    find_buckets(p, &r);
    size_t width = (size_t)r.groups * GROUP;
    r.periods = mem_array(r.n + 1, sizeof *r.periods);
    r.buckets = mem_array((r.n + 1) * width + 1, sizeof *r.buckets);
    r.sums = mem_array((r.n + 1) * r.groups + 1, sizeof *r.sums);
    for (size_t i = 0; i < p->n_samples; i++) {
        const struct period_sample *s = &p->samples[i];
        unsigned at = s->bucket - r.first;
        r.buckets[(s->period + 1) * width + at] += s->count;
        r.sums[(s->period + 1) * (size_t)r.groups + at / GROUP] += s->count;
    }
    for (size_t i = 0; i < r.n; i++) {
        r.periods[i + 1] = r.periods[i];
        add_period(&r.periods[i + 1], &p->list[i], 1);
        add_row(r.buckets + (i + 1) * width, r.buckets + i * width, width);
        add_row(r.sums + (i + 1) * r.groups, r.sums + i * r.groups, r.groups);
    }
    return r;
}

static void running_free(struct running *r)
{
    mem_free(r->buckets);
    mem_free(r->sums);
    mem_free(r->periods);
}

/* ---- a drawn run ---- */

/* Of its own for `restrict`, with which the loop is vectorized. */
static void add_between(uint64_t *restrict to, const uint32_t *restrict low,
                        const uint32_t *restrict high, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        to[i] += (uint32_t)(high[i] - low[i]);
}

static void add_block(struct drawn *d, const struct running *r, size_t start, size_t length)
{
    size_t end = start + length;
    add_period(&d->sum, &r->periods[end], 1);
    add_period(&d->sum, &r->periods[start], -1);
    add_between(d->groups, r->sums + start * r->groups, r->sums + end * r->groups, r->groups);
    d->blocks[d->n_blocks++] = (struct block){start, end};
}

static void draw(struct drawn *d, const struct running *r, size_t block, struct rng *rng)
{
    d->sum = (struct period){0};
    d->n_blocks = 0;
    memset(d->groups, 0, r->groups * sizeof *d->groups);
    for (size_t have = 0; have < r->n; have += block) {
        size_t length = r->n - have < block ? r->n - have : block;
        add_block(d, r, rng_below(rng, r->n - length + 1), length);
    }
}

/* The value of that rank, which lies in this group, before which there are `seen`; between the
 * edges of its bucket in proportion. */
static double value_in(const struct drawn *d, const struct running *r, unsigned group, double seen,
                       double rank)
{
    uint64_t buckets[GROUP] = {0};
    size_t width = (size_t)r->groups * GROUP, at = (size_t)group * GROUP;
    for (size_t i = 0; i < d->n_blocks; i++)
        add_between(buckets, r->buckets + d->blocks[i].start * width + at,
                    r->buckets + d->blocks[i].end * width + at, GROUP);
    unsigned b = 0;
    while (b < GROUP - 1 && (buckets[b] == 0 || seen + (double)buckets[b] < rank))
        seen += (double)buckets[b++];
    unsigned bucket = r->first + (unsigned)at + b;
    double low = (double)period_bucket_low(bucket), high = (double)period_bucket_low(bucket + 1);
    return low + (high - low) * (rank - seen) / (double)buckets[b];
}

static double value_at(const struct drawn *d, const struct running *r, double rank)
{
    double seen = 0;
    for (unsigned g = 0; g < r->groups; g++) {
        double here = (double)d->groups[g];
        if (here > 0 && seen + here >= rank)
            return value_in(d, r, g, seen, rank);
        seen += here;
    }
    return 0;
}

/* On the scale of their comparison; NAN: has none. */
static void figures_of(const struct drawn *d, const struct running *r, double *out)
{
    const struct period *s = &d->sum;
    double mean = s->samples > 0 ? s->sum_ns / s->samples : (double)NAN;
    for (unsigned f = 0; f < COMPARE_RATE; f++) {
        double rank = s->samples * compare_kinds[f].percent / 100;
        double ns = rank > 0 ? value_at(d, r, rank) : mean;
        out[f] = s->samples > 0 ? log(fmax(ns, 1)) : (double)NAN;
    }
    out[COMPARE_RATE] =
        s->started > 0 ? log(s->started / ((double)r->n * r->length_s)) : (double)NAN;
    out[COMPARE_FAILED] = s->ended > 0 ? s->failed / s->ended : (double)NAN;
}

/* ---- many ---- */

static void add_figure(struct scatter *s, double v)
{
    if (isnan(v))
        return;
    double from = v - s->mean;
    s->mean += from / ++s->n;
    s->squares += from * (v - s->mean);
}

void bootstrap_variances(const struct periods *p, size_t block, struct rng *rng, double *variances)
{
    assert(block > 0 && block <= p->n);
    struct scatter scatter[COMPARE_FIGURES] = {0};
    struct running r = running_of(p);
    struct drawn d = {.groups = mem_array(r.groups + 1, sizeof *d.groups),
                      .blocks = mem_array(p->n / block + 1, sizeof *d.blocks)};
    double k = (double)p->n / (double)block, few = k > 1 ? k / (k - 1) : (double)NAN;
    for (unsigned i = 0; i < BOOTSTRAP_RUNS; i++) {
        double figures[COMPARE_FIGURES];
        draw(&d, &r, block, rng);
        figures_of(&d, &r, figures);
        for (unsigned f = 0; f < COMPARE_FIGURES; f++)
            add_figure(&scatter[f], figures[f]);
    }
    for (unsigned f = 0; f < COMPARE_FIGURES; f++)
        variances[f] =
            scatter[f].n > 1 ? few * scatter[f].squares / (scatter[f].n - 1) : (double)NAN;
    mem_free(d.groups);
    mem_free(d.blocks);
    running_free(&r);
}
