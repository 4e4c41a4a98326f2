/* The histogram's figures other than percentiles, against definitions and brute force. */
#include "unit.h"

#include "hist_samples.h"

static void mean_and_deviation_are_those_of_the_samples(void **state)
{
    (void)state;
    const uint64_t values[] = {2, 4, 4, 4, 5, 5, 7, 9};
    struct hist h = {0};
    record_all(&h, values, LENGTH(values));
    assert_true(hist_mean(&h) == 5);
    assert_true(hist_stddev(&h) == 2);
    hist_clear(&h);
    hist_record(&h, 1);
    hist_record(&h, 2);
    assert_true(hist_mean(&h) == 1.5);
    assert_true(hist_stddev(&h) == 0.5);
    hist_free(&h);
}

static void a_small_deviation_of_large_values_is_not_lost(void **state)
{
    (void)state;
    const uint64_t hour = HIST_LONGEST_NS;
    struct hist h = {0};
    hist_record_n(&h, hour - 3, 1000000);
    hist_record_n(&h, hour - 1, 1000000);
    assert_true(hist_stddev(&h) == 1);
    assert_true(hist_mean(&h) == (double)(hour - 2));
    hist_free(&h);
}

static void sums_are_exact_for_huge_values(void **state)
{
    (void)state;
    struct hist h = {0};
    hist_record(&h, UINT64_MAX);
    assert_true(h.sum == UINT64_MAX);
    assert_true(h.sum_squares == (u128)UINT64_MAX * UINT64_MAX);
    assert_true(hist_stddev(&h) == 0);
    hist_record(&h, UINT64_MAX);
    hist_record(&h, UINT64_MAX);
    assert_true(h.sum == (u128)UINT64_MAX * 3);
    assert_true(hist_stddev(&h) == 0); /* though the squares no longer fit into 128 bits */
    hist_record_n(&h, UINT64_MAX - 4, 3);
    assert_true(h.sum == (u128)UINT64_MAX * 6 - 12);
    assert_true(hist_stddev(&h) == 2);
    assert_true(hist_mean(&h) == (double)(UINT64_MAX - 2));
    hist_clear(&h);
    hist_record(&h, UINT64_C(1) << 62);
    hist_record(&h, UINT64_C(3) << 62);
    assert_true(hist_stddev(&h) == 0x1p62);
    hist_free(&h);
}

static void the_mode_is_the_lowest_of_the_most_frequent(void **state)
{
    (void)state;
    struct hist h = {0};
    hist_record_n(&h, 20, 2);
    assert_int_equal(hist_mode(&h), 20);
    hist_record_n(&h, 10, 2);
    assert_int_equal(hist_mode(&h), 10);
    hist_record_n(&h, 30, 2);
    assert_int_equal(hist_mode(&h), 10);
    hist_record(&h, 30);
    assert_int_equal(hist_mode(&h), 30);
    hist_clear(&h);
    hist_record_n(&h, 0, 3);
    hist_record_n(&h, 7, 3);
    assert_int_equal(hist_mode(&h), 0);
    hist_free(&h);
}

static void the_mode_has_two_digits(void **state)
{
    (void)state;
    const uint64_t around_1200[] = {1150, 1190, 1210, 1249}, around_1000[] = {995, 1000, 1049};
    struct hist h = {0};
    record_all(&h, around_1200, LENGTH(around_1200));
    hist_record_n(&h, 1149, 3);
    hist_record_n(&h, 1250, 3);
    assert_int_equal(hist_mode(&h), 1200);
    hist_clear(&h);
    record_all(&h, around_1000, LENGTH(around_1000));
    hist_record_n(&h, 994, 2);
    hist_record_n(&h, 1050, 2);
    assert_int_equal(hist_mode(&h), 1000);
    hist_clear(&h);
    hist_record(&h, 1234567890);
    assert_int_equal(hist_mode(&h), 1200000000);
    hist_clear(&h);
    hist_record(&h, 99);
    assert_int_equal(hist_mode(&h), 99);
    hist_free(&h);
}

static void the_mode_counts_the_overflow_as_one_hour(void **state)
{
    (void)state;
    struct hist h = {0};
    hist_record(&h, UINT64_MAX);
    assert_int_equal(hist_mode(&h), HIST_LONGEST_NS);
    hist_record(&h, 5);
    assert_int_equal(hist_mode(&h), 5);
    hist_record(&h, HIST_LONGEST_NS);
    assert_int_equal(hist_mode(&h), HIST_LONGEST_NS);
    hist_record_n(&h, 5, 2);
    assert_int_equal(hist_mode(&h), 5);
    hist_free(&h);
}

/* Values below 2048 keep their exact bucket, so that brute force has one answer. */
static uint64_t mode_by_force(const uint64_t *values, size_t n)
{
    uint64_t times[2101] = {0}, mode = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t v = values[i], step = v < 100 ? 1 : v < 1000 ? 10 : 100;
        times[(2 * v + step) / (2 * step) * step]++;
    }
    for (uint64_t v = 0; v < LENGTH(times); v++)
        if (times[v] > times[mode])
            mode = v;
    return mode;
}

static void the_mode_agrees_with_brute_force(void **state)
{
    (void)state;
    struct rng r = rng_make(15, 0);
    uint64_t values[60];
    for (int round = 0; round < 2000; round++) {
        struct hist h = {0};
        size_t n = 1 + rng_below(&r, LENGTH(values));
        for (size_t i = 0; i < n; i++)
            values[i] = draw(&r, 11);
        record_all(&h, values, n);
        assert_int_equal(hist_mode(&h), mode_by_force(values, n));
        hist_free(&h);
    }
}

static void count_until_agrees_with_brute_force(void **state)
{
    (void)state;
    struct rng r = rng_make(16, 0);
    uint64_t values[400];
    struct hist h = {0};
    for (size_t i = 0; i < LENGTH(values); i++)
        values[i] = draw(&r, 41) + 2;
    record_all(&h, values, LENGTH(values));
    for (int round = 0; round < 2000; round++) {
        uint64_t limit = draw(&r, 44), want = 0;
        for (size_t i = 0; i < LENGTH(values); i++)
            want += hist_bucket(values[i]) <= hist_bucket(limit);
        assert_int_equal(hist_count_until(&h, limit), want);
    }
    assert_int_equal(hist_count_until(&h, h.max), LENGTH(values));
    assert_int_equal(hist_count_until(&h, h.min - 1), 0);
    hist_free(&h);
}

static void count_until_is_exact_at_both_ends(void **state)
{
    (void)state;
    struct hist h = {0};
    hist_record(&h, 1000100); /* the bucket is 999936 .. 1000447 */
    assert_int_equal(hist_count_until(&h, 1000099), 0);
    assert_int_equal(hist_count_until(&h, 1000100), 1);
    hist_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mean_and_deviation_are_those_of_the_samples),
        cmocka_unit_test(a_small_deviation_of_large_values_is_not_lost),
        cmocka_unit_test(sums_are_exact_for_huge_values),
        cmocka_unit_test(the_mode_is_the_lowest_of_the_most_frequent),
        cmocka_unit_test(the_mode_has_two_digits),
        cmocka_unit_test(the_mode_counts_the_overflow_as_one_hour),
        cmocka_unit_test(the_mode_agrees_with_brute_force),
        cmocka_unit_test(count_until_agrees_with_brute_force),
        cmocka_unit_test(count_until_is_exact_at_both_ends),
    };
    return UNIT_RUN(tests);
}
