/* Differences of figures, and which of many are real. */
#include "unit.h"

#include <math.h>

#include "stats/compare.h"

static void assert_near(double got, double want, double most)
{
    if (!(fabs(got - want) <= most))
        fail_msg("%.12g is not %.12g", got, want);
}

static struct compare_side side(double value, double variance, double blocks)
{
    struct compare_side s = {.blocks = blocks};
    for (unsigned f = 0; f < COMPARE_FIGURES; f++) {
        s.values[f] = value;
        s.variances[f] = variance;
    }
    return s;
}

static enum compare_outcome judged(const struct compare_side *a, const struct compare_side *b,
                                   enum compare_figure figure)
{
    struct compare_result r = compare_sides(a, b, figure, true);
    compare_judge(&r, &figure, 1);
    return r.outcome;
}

static void values_are_those_of_the_run(void **state)
{
    (void)state;
    double v[COMPARE_FIGURES];
    struct series_data d = {.started = 110, .started_in_plan = 100, .fates = {[FATE_OK] = 90}};
    d.fates[FATE_ERROR] = 10;
    compare_values(&d, 10, v);
    assert_true(isnan(v[COMPARE_MEAN]) && isnan(v[COMPARE_P99]));
    for (unsigned i = 1; i <= 90; i++)
        hist_record(&d.response, i * 1000000);
    compare_values(&d, 10, v);
    assert_near(v[COMPARE_MEAN], 0.0455, 1e-9);
    assert_near(v[COMPARE_P50], 0.045, 5e-5);
    assert_near(v[COMPARE_P90], 0.081, 9e-5);
    assert_true(isnan(v[COMPARE_P95])); /* 4.5 are above it */
    assert_near(v[COMPARE_RATE], 10, 0);
    assert_near(v[COMPARE_FAILED], 0.1, 1e-12);
    compare_values(&d, 0, v);
    assert_true(isnan(v[COMPARE_RATE]));
    series_data_free(&d);
}

static void a_difference_has_its_interval(void **state)
{
    (void)state;
    struct compare_side a = side(0.1, 0.0001, 11), b = side(0.12, 0.0001, 11);
    struct compare_result r = compare_sides(&a, &b, COMPARE_P99, true);
    double half = 2.085963 * sqrt(0.0002); /* t of 20 degrees */
    assert_near(r.difference, 0.2, 1e-12);
    assert_near(r.low, 1.2 * exp(-half) - 1, 1e-6);
    assert_near(r.high, 1.2 * exp(half) - 1, 1e-6);
    a = side(0.1, 0.0001, 11);
    b = side(0.12, 0, 11);
    r = compare_sides(&a, &b, COMPARE_FAILED, true);
    half = 2.228139 * 0.01; /* one of both does not scatter: 10 degrees */
    assert_near(r.difference, 0.02, 1e-12);
    assert_near(r.low, 0.02 - half, 1e-6);
    assert_near(r.high, 0.02 + half, 1e-6);
}

static void outcomes_have_directions(void **state)
{
    (void)state;
    struct compare_side low = side(0.1, 1e-6, 20), high = side(0.11, 1e-6, 20);
    assert_int_equal(judged(&low, &high, COMPARE_P50), COMPARE_WORSE);
    assert_int_equal(judged(&high, &low, COMPARE_P50), COMPARE_BETTER);
    assert_int_equal(judged(&low, &high, COMPARE_RATE), COMPARE_BETTER);
    assert_int_equal(judged(&high, &low, COMPARE_RATE), COMPARE_WORSE);
    assert_int_equal(judged(&low, &high, COMPARE_FAILED), COMPARE_WORSE);
    assert_int_equal(judged(&high, &low, COMPARE_FAILED), COMPARE_BETTER);
}

static void small_differences_do_not_matter_and_vague_ones_are_not_decided(void **state)
{
    (void)state;
    struct compare_side a = side(0.1, 1e-8, 20), b = side(0.1015, 1e-8, 20);
    assert_int_equal(judged(&a, &b, COMPARE_MEAN), COMPARE_SAME); /* certain, and 1.5 % */
    b = side(0.1025, 1e-8, 20);
    assert_int_equal(judged(&a, &b, COMPARE_MEAN), COMPARE_WORSE);
    b = side(0.101, 1e-3, 20);
    assert_int_equal(judged(&a, &b, COMPARE_MEAN), COMPARE_UNDECIDED);
    a = side(0, 0, 20);
    assert_int_equal(judged(&a, &a, COMPARE_FAILED), COMPARE_SAME);
    b = side(0.5, 0, 20);
    assert_int_equal(judged(&a, &b, COMPARE_FAILED), COMPARE_WORSE);
}

static void what_is_missing_is_not_compared(void **state)
{
    (void)state;
    struct compare_side a = side(0.1, 1e-8, 20), b = side((double)NAN, 1e-8, 20);
    assert_int_equal(judged(&a, &b, COMPARE_P99), COMPARE_NONE);
    b = side(0.2, (double)NAN, 20);
    assert_int_equal(judged(&a, &b, COMPARE_P99), COMPARE_NONE);
    b = side(0.2, 1e-8, 1.5);
    assert_int_equal(judged(&a, &b, COMPARE_P99), COMPARE_NONE);
    b = side(0.2, 1e-8, 20);
    struct compare_result r = compare_sides(&a, &b, COMPARE_RATE, false);
    const enum compare_figure f = COMPARE_RATE;
    assert_int_equal(compare_judge(&r, &f, 1), 0);
    assert_int_equal(r.outcome, COMPARE_UNJUDGED);
    assert_near(r.difference, 1, 1e-12);
}

/* Holm by hand: 0.01 * 4, 0.015 * 3, 0.03 * 2, 0.04 * 1 raised to the one before. */
static void p_values_are_adjusted_for_their_number(void **state)
{
    (void)state;
    static const double p[] = {0.03, 0.015, 0.5, 0.04, 0.01}, want[] = {0.06, 0.045, 0, 0.06, 0.04};
    struct compare_result r[5] = {0};
    enum compare_figure figures[5] = {0};
    for (unsigned i = 0; i < 5; i++)
        r[i] = (struct compare_result){.a = 1,
                                       .b = 2,
                                       .difference = 1,
                                       .low = 0.5,
                                       .high = 1.5,
                                       .p = p[i],
                                       .outcome = i == 2 ? COMPARE_NONE : COMPARE_UNDECIDED};
    assert_int_equal(compare_judge(r, figures, 5), 4);
    for (unsigned i = 0; i < 5; i++) {
        assert_near(r[i].adjusted_p, want[i], 1e-12);
        bool real = i == 1 || i == 4;
        assert_int_equal(r[i].outcome, i == 2 ? COMPARE_NONE
                                       : real ? COMPARE_WORSE
                                              : COMPARE_UNDECIDED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_those_of_the_run),
        cmocka_unit_test(a_difference_has_its_interval),
        cmocka_unit_test(outcomes_have_directions),
        cmocka_unit_test(small_differences_do_not_matter_and_vague_ones_are_not_decided),
        cmocka_unit_test(what_is_missing_is_not_compared),
        cmocka_unit_test(p_values_are_adjusted_for_their_number),
    };
    return UNIT_RUN(tests);
}
