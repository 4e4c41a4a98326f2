/* Bootstrapped variances against those that theory knows. */
#include "unit.h"

#include "stats/synthetic.h"

static void assert_within(double got, double low, double high)
{
    if (!(got >= low && got <= high))
        fail_msg("%g is not in %g .. %g", got, low, high);
}

/* The mean of n independent times with s = 0.3: var of log = (e^(s^2) - 1) / n. */
static void independent_calls_scatter_as_theory_says(void **state)
{
    (void)state;
    const struct synthetic s = {
        .median_ns = 5e6, .scatter = 0.3, .failed = 0.1, .seconds = 1000, .calls = 50};
    struct rng r = rng_make(1, 0);
    double n = s.seconds * s.calls, ratio = 0;
    enum { TIMES = 8 };
    double sums[COMPARE_FIGURES] = {0};
    for (unsigned i = 0; i < TIMES; i++) {
        struct compare_side side = synthetic_side(&s, &r);
        for (unsigned f = 0; f < COMPARE_FIGURES; f++)
            sums[f] += side.variances[f] / TIMES;
    }
    ratio = sums[COMPARE_MEAN] / ((exp(0.09) - 1) / n);
    assert_within(ratio, 0.85, 1.15);
    /* of a median: 1 / (4 n f^2), f = 1 / (s sqrt(2 pi)) of the logarithm */
    ratio = sums[COMPARE_P50] / (0.09 * 2 * acos(-1.0) / (4 * n));
    assert_within(ratio, 0.85, 1.15);
    ratio = sums[COMPARE_FAILED] / (0.1 * 0.9 / n);
    assert_within(ratio, 0.85, 1.15);
    assert_within(sums[COMPARE_RATE], 0, 1e-20); /* each second has as many */
}

/* A level that wanders makes the mean scatter by (wander / (1 - tie))^2 / seconds; blocks of ten
 * keep most of that, single seconds would see 1 / 3 of it. */
static void neighbours_that_are_alike_count_less(void **state)
{
    (void)state;
    const struct synthetic s = {.median_ns = 5e6,
                                .scatter = 0.01,
                                .wander = 0.05,
                                .tie = 0.5,
                                .seconds = 1000,
                                .calls = 20};
    struct rng r = rng_make(2, 0);
    double truth = 0.1 * 0.1 / s.seconds, sum = 0;
    for (unsigned i = 0; i < 8; i++)
        sum += synthetic_side(&s, &r).variances[COMPARE_MEAN] / 8;
    assert_within(sum / truth, 0.75, 1.1);
}

static void the_same_seed_gives_the_same_numbers(void **state)
{
    (void)state;
    const struct synthetic s = {.median_ns = 5e6, .scatter = 0.3, .seconds = 40, .calls = 10};
    struct series_data total = {0};
    double a[COMPARE_FIGURES], b[COMPARE_FIGURES];
    struct rng r = rng_make(3, 0);
    struct periods p = synthetic_run(&s, &r, &total);
    r = rng_make(9, 0);
    bootstrap_variances(&p, 10, &r, a);
    r = rng_make(9, 0);
    bootstrap_variances(&p, 10, &r, b);
    assert_memory_equal(a, b, sizeof a);
    r = rng_make(10, 0);
    bootstrap_variances(&p, 10, &r, b);
    assert_true(a[COMPARE_MEAN] != b[COMPARE_MEAN]);
    series_data_free(&total);
    periods_free(&p);
}

static void what_has_no_calls_has_no_variance(void **state)
{
    (void)state;
    struct periods p = {.length_s = 1};
    double v[COMPARE_FIGURES];
    struct rng r = rng_make(1, 0);
    periods_reach(&p, 40);
    bootstrap_variances(&p, 10, &r, v);
    for (unsigned f = 0; f < COMPARE_FIGURES; f++)
        assert_true(isnan(v[f]));
    bootstrap_variances(&p, 40, &r, v); /* a single block: nothing to compare it with */
    assert_true(isnan(v[COMPARE_MEAN]));
    periods_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(independent_calls_scatter_as_theory_says),
        cmocka_unit_test(neighbours_that_are_alike_count_less),
        cmocka_unit_test(the_same_seed_gives_the_same_numbers),
        cmocka_unit_test(what_has_no_calls_has_no_variance),
    };
    return UNIT_RUN(tests);
}
