/* Differences, and Holm over them. */
#include "stats/compare.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "stats/student.h"

enum { TAIL_SAMPLES = 5 }; /* that must lie above a percentile for it to mean something */

const struct compare_kind compare_kinds[COMPARE_FIGURES] = {
    [COMPARE_MEAN] = {.name = "mean"},
    [COMPARE_P50] = {.name = "p50", .percent = 50},
    [COMPARE_P90] = {.name = "p90", .percent = 90},
    [COMPARE_P95] = {.name = "p95", .percent = 95},
    [COMPARE_P99] = {.name = "p99", .percent = 99},
    [COMPARE_RATE] = {.name = "rate", .less_is_worse = true},
    [COMPARE_FAILED] = {.name = "failed", .share = true},
};

/* ---- values ---- */

static double value_of_times(const struct hist *h, const struct compare_kind *kind)
{
    if ((double)h->count * (100 - kind->percent) / 100 < TAIL_SAMPLES)
        return (double)NAN;
    double ns = kind->percent > 0 ? (double)hist_percentile(h, kind->percent) : hist_mean(h);
    return fmax(ns, 1) / 1e9;
}

void compare_values(const struct series_data *d, double length_s, double *values)
{
    double ended = (double)series_data_ended(d), started = (double)d->started_in_plan;
    for (unsigned f = 0; f < COMPARE_RATE; f++)
        values[f] = value_of_times(&d->response, &compare_kinds[f]);
    values[COMPARE_RATE] = length_s > 0 && started > 0 ? started / length_s : (double)NAN;
    values[COMPARE_FAILED] = ended > 0 ? (double)series_data_failed(d) / ended : (double)NAN;
}

/* ---- one difference ---- */

/* What matters, on the scale of the comparison. */
static double smallest(const struct compare_kind *kind, double a, double b)
{
    return kind->share ? COMPARE_SMALLEST * fmax(a, b) : log1p(COMPARE_SMALLEST);
}

/* Welch-Satterthwaite. */
static double freedom(double va, double blocks_a, double vb, double blocks_b)
{
    double v = va + vb;
    double parts = va * va / (blocks_a - 1) + vb * vb / (blocks_b - 1);
    return parts > 0 ? v * v / parts : (double)INFINITY;
}

/* That one which is no larger than `least` looks as large as this, either way. */
static double chance(double difference, double least, double spread, double degrees)
{
    double size = fabs(difference);
    if (spread <= 0)
        return size > least ? 0 : 1;
    return fmin(1, student_tail((size - least) / spread, degrees) +
                       student_tail((size + least) / spread, degrees));
}

struct compare_result compare_sides(const struct compare_side *a, const struct compare_side *b,
                                    enum compare_figure figure, bool judged)
{
    const struct compare_kind *kind = &compare_kinds[figure];
    double va = a->variances[figure], vb = b->variances[figure];
    struct compare_result r = {.a = a->values[figure], .b = b->values[figure], .adjusted_p = 1};
    double difference = kind->share ? r.b - r.a : log(r.b / r.a);
    if (!isfinite(difference + va + vb) || a->blocks < 2 || b->blocks < 2) {
        r.difference = r.low = r.high = r.p = r.adjusted_p = (double)NAN;
        return r;
    }
    double degrees = freedom(va, a->blocks, vb, b->blocks), spread = sqrt(va + vb);
    double half = spread > 0 ? spread * student_within(COMPARE_CONFIDENCE, degrees) : 0;
    r.difference = kind->share ? difference : expm1(difference);
    r.low = kind->share ? fmax(difference - half, -1) : expm1(difference - half);
    r.high = kind->share ? fmin(difference + half, 1) : expm1(difference + half);
    r.p = chance(difference, smallest(kind, r.a, r.b), spread, degrees);
    r.outcome = judged ? COMPARE_UNDECIDED : COMPARE_UNJUDGED;
    return r;
}

/* ---- all of them ---- */

static int by_p(const void *a, const void *b)
{
    const struct compare_result *const *x = a, *const *y = b;
    return ((*x)->p > (*y)->p) - ((*x)->p < (*y)->p);
}

/* Holm: the k-th smallest of m times m - k + 1, and never less than those before it. */
static void adjust(struct compare_result **sorted, size_t m)
{
    double before = 0;
    qsort(sorted, m, sizeof *sorted, by_p);
    for (size_t k = 0; k < m; k++) {
        before = fmax(before, fmin(1, sorted[k]->p * (double)(m - k)));
        sorted[k]->adjusted_p = before;
    }
}

static enum compare_outcome outcome(const struct compare_result *r, const struct compare_kind *kind)
{
    if (r->adjusted_p <= 1 - COMPARE_CONFIDENCE)
        return (r->difference > 0) == kind->less_is_worse ? COMPARE_BETTER : COMPARE_WORSE;
    double least = smallest(kind, r->a, r->b);
    double low = kind->share ? r->low : log1p(r->low);
    double high = kind->share ? r->high : log1p(r->high);
    return low >= -least && high <= least ? COMPARE_SAME : COMPARE_UNDECIDED;
}

size_t compare_judge(struct compare_result *results, const enum compare_figure *figures, size_t n)
{
    struct compare_result **sorted = mem_array(n + 1, sizeof *sorted);
    size_t m = 0;
    for (size_t i = 0; i < n; i++)
        if (results[i].outcome == COMPARE_UNDECIDED)
            sorted[m++] = &results[i];
    adjust(sorted, m);
    for (size_t i = 0; i < n; i++)
        if (results[i].outcome == COMPARE_UNDECIDED)
            results[i].outcome = outcome(&results[i], &compare_kinds[figures[i]]);
    mem_free(sorted);
    return m;
}
