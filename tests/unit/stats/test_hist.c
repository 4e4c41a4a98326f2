/* The histogram against definitions and brute force: layout, percentiles, merging, memory. */
#include "unit.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "hist_samples.h"

enum {
    ALL_BUCKETS = 55 * 1024, /* of the layout up to UINT64_MAX */
};

/* Everything that two histograms can differ in, but for memory they hold. */
static void assert_same(const struct hist *a, const struct hist *b)
{
    assert_true(a->count == b->count);
    assert_true(a->overflow == b->overflow);
    assert_true(a->min == b->min);
    assert_true(a->max == b->max);
    assert_true(a->sum == b->sum);
    assert_true(a->sum_squares == b->sum_squares);
    for (unsigned i = 0; i < HIST_BUCKETS; i++)
        assert_true(hist_bucket_count(a, i) == hist_bucket_count(b, i));
}

static int ascending(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void the_edges_of_the_layout_are_where_hdr_has_them(void **state)
{
    (void)state;
    struct {
        uint64_t value;
        unsigned bucket;
        uint64_t low, middle, high;
    } edges[] = {
        {0, 0, 0, 0, 0},
        {1, 1, 1, 1, 1},
        {2047, 2047, 2047, 2047, 2047},
        {2048, 2048, 2048, 2049, 2049},
        {2049, 2048, 2048, 2049, 2049},
        {4095, 3071, 4094, 4095, 4095},
        {4096, 3072, 4096, 4098, 4099},
        {1000000, 11169, 999936, 1000192, 1000447},
        {HIST_LONGEST_NS, 33420, 3599182594048, 3600256335872, 3601330077695},
        {(UINT64_C(1) << 42) - 1, HIST_BUCKETS - 1, 4395899027456, 4396972769280, 4398046511103},
        {UINT64_MAX, ALL_BUCKETS - 1, UINT64_C(2047) << 53, UINT64_C(4095) << 52, UINT64_MAX},
    };
    for (size_t i = 0; i < LENGTH(edges); i++) {
        unsigned bucket = hist_bucket(edges[i].value);
        assert_int_equal(bucket, edges[i].bucket);
        assert_int_equal(hist_bucket_low(bucket), edges[i].low);
        assert_int_equal(hist_bucket_middle(bucket), edges[i].middle);
        assert_int_equal(hist_bucket_high(bucket), edges[i].high);
    }
}

static void each_power_of_two_begins_a_bucket(void **state)
{
    (void)state;
    for (unsigned k = 11; k < 64; k++) {
        uint64_t power = UINT64_C(1) << k;
        assert_int_equal(hist_bucket(power), (k - 9) * 1024);
        assert_int_equal(hist_bucket(power - 1), (k - 9) * 1024 - 1);
        assert_int_equal(hist_bucket_low(hist_bucket(power)), power);
    }
}

static void buckets_cover_all_values_without_gap_or_overlap(void **state)
{
    (void)state;
    assert_int_equal(hist_bucket_low(0), 0);
    for (unsigned b = 0; b < ALL_BUCKETS; b++) {
        assert_int_equal(hist_bucket(hist_bucket_low(b)), b);
        assert_int_equal(hist_bucket(hist_bucket_middle(b)), b);
        assert_int_equal(hist_bucket(hist_bucket_high(b)), b);
        if (b + 1 < ALL_BUCKETS)
            assert_int_equal(hist_bucket_high(b) + 1, hist_bucket_low(b + 1));
    }
}

static void the_relative_error_is_at_most_a_thousandth(void **state)
{
    (void)state;
    struct hist h = {0};
    for (double x = 1; x <= (double)HIST_LONGEST_NS; x *= 1.003) {
        uint64_t value = (uint64_t)x;
        hist_clear(&h);
        hist_record(&h, value);
        hist_record(&h, UINT64_MAX); /* so that max does not correct the figure */
        uint64_t shown = hist_percentile(&h, 50);
        assert_true(shown >= value);
        assert_true((double)(shown - value) <= 0.001 * (double)value);
    }
    hist_free(&h);
}

static void an_empty_histogram_has_zero_figures(void **state)
{
    (void)state;
    struct hist h = {0};
    for (int round = 0; round < 3; round++) {
        assert_true(h.count == 0);
        assert_int_equal(hist_percentile(&h, 0), 0);
        assert_int_equal(hist_percentile(&h, 50), 0);
        assert_int_equal(hist_percentile(&h, 100), 0);
        assert_true(hist_mean(&h) == 0);
        assert_true(hist_stddev(&h) == 0);
        assert_int_equal(hist_mode(&h), 0);
        assert_int_equal(hist_count_until(&h, UINT64_MAX), 0);
        assert_int_equal(hist_next(&h, 0), HIST_BUCKETS);
        hist_record(&h, 5000);
        hist_record(&h, UINT64_MAX);
        if (round == 0)
            hist_clear(&h);
        else
            hist_free(&h);
    }
}

static void whole_ranks_are_exact(void **state)
{
    (void)state;
    struct hist h = {0};
    for (uint64_t v = 1; v <= 1000; v++)
        hist_record(&h, v);
    for (unsigned tenth = 1; tenth <= 1000; tenth++)
        assert_int_equal(hist_percentile(&h, tenth / 10.0), tenth);
    assert_int_equal(hist_percentile(&h, 99.90001), 1000);
    assert_int_equal(hist_percentile(&h, 1e-9), 1);
    assert_int_equal(hist_percentile(&h, 1e-300), 1);
    assert_int_equal(hist_percentile(&h, 0), 1);
    hist_free(&h);
}

static void ranks_stay_exact_for_a_million_times_a_million_samples(void **state)
{
    (void)state;
    const uint64_t n = UINT64_C(1000000000000);
    struct hist h = {0};
    hist_record_n(&h, 10, n / 10000 * 9999);
    hist_record_n(&h, 20, n / 10000);
    assert_int_equal(hist_percentile(&h, 99.99), 10);
    assert_int_equal(hist_percentile(&h, 99.9900000001), 20);
    hist_free(&h);
}

/* One round of samples: fills, sorts, compares a fixed set of percentiles in hundredths. */
static void compare_with_sorted(struct rng *r, uint64_t *values, size_t n)
{
    static const uint64_t hundredths[] = {1,    10,   100,  1250, 2500, 5000, 5500, 7500,
                                          9000, 9500, 9900, 9970, 9990, 9999, 10000};
    struct hist h = {0};
    unsigned bits = 1 + (unsigned)rng_below(r, 44);
    for (size_t i = 0; i < n; i++)
        values[i] = draw(r, bits);
    record_all(&h, values, n);
    qsort(values, n, sizeof *values, ascending);
    uint64_t max = values[n - 1];
    for (size_t i = 0; i < LENGTH(hundredths); i++) {
        uint64_t exact = values[(hundredths[i] * n + 9999) / 10000 - 1];
        uint64_t high = hist_bucket_high(hist_bucket(exact));
        uint64_t want = exact > HIST_LONGEST_NS || high > max ? max : high;
        assert_int_equal(hist_percentile(&h, (double)hundredths[i] / 100), want);
    }
    assert_int_equal(hist_percentile(&h, 0), values[0]);
    assert_true(h.min == values[0] && h.max == max);
    hist_free(&h);
}

static void percentiles_agree_with_a_sorted_array(void **state)
{
    (void)state;
    struct rng r = rng_make(11, 0);
    static uint64_t values[3000];
    for (int round = 0; round < 400; round++)
        compare_with_sorted(&r, values, 1 + rng_below(&r, LENGTH(values)));
}

static void a_percentile_is_never_above_the_maximum(void **state)
{
    (void)state;
    struct hist h = {0};
    hist_record(&h, 1000000); /* its bucket ends at 1000447 */
    assert_int_equal(hist_percentile(&h, 50), 1000000);
    assert_int_equal(hist_percentile(&h, 100), 1000000);
    hist_record(&h, 1000100);
    assert_int_equal(hist_percentile(&h, 50), 1000100);
    hist_record(&h, 2000000);
    assert_int_equal(hist_percentile(&h, 50), 1000447);
    hist_free(&h);
}

static void percentile_zero_is_the_exact_minimum(void **state)
{
    (void)state;
    struct hist h = {0};
    hist_record(&h, 2000000);
    hist_record(&h, 1000000);
    assert_int_equal(hist_percentile(&h, 0), 1000000);
    assert_int_equal(hist_percentile(&h, 1e-300), 1000447);
    hist_free(&h);
}

static void merging_equals_one_histogram_that_got_everything(void **state)
{
    (void)state;
    struct rng r = rng_make(12, 0);
    struct hist all = {0}, merged = {0}, parts[5] = {0};
    for (int i = 0; i < 20000; i++) {
        uint64_t v = draw(&r, 64);
        hist_record(&all, v);
        hist_record(&parts[rng_below(&r, 4)], v); /* the fifth stays empty */
    }
    for (size_t i = 0; i < LENGTH(parts); i++)
        hist_merge(&merged, &parts[i]);
    assert_true(all.overflow > 0 && all.overflow < all.count);
    assert_same(&merged, &all);
    hist_merge(&parts[4], &all);
    assert_same(&parts[4], &all);
    for (size_t i = 0; i < LENGTH(parts); i++)
        hist_free(&parts[i]);
    hist_free(&merged);
    hist_free(&all);
}

static void the_minimum_survives_a_merge_with_an_empty_histogram(void **state)
{
    (void)state;
    struct hist a = {0}, empty = {0};
    hist_record(&a, 700);
    hist_merge(&a, &empty);
    assert_true(a.min == 700 && a.max == 700 && a.count == 1);
    hist_merge(&empty, &a);
    assert_true(empty.min == 700 && empty.max == 700 && empty.count == 1);
    hist_free(&a);
    hist_free(&empty);
}

static void a_cleared_histogram_starts_anew_in_its_old_memory(void **state)
{
    (void)state;
    struct rng r = rng_make(13, 0);
    struct hist used = {0}, fresh = {0};
    uint64_t *chunks[HIST_CHUNKS];
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 500; i++)
            hist_record(&used, draw(&r, 50));
        memcpy(chunks, used.chunks, sizeof chunks);
        hist_clear(&used);
        assert_same(&used, &fresh);
        assert_memory_equal(chunks, used.chunks, sizeof chunks);
    }
    hist_record(&used, 123456);
    hist_record(&fresh, 123456);
    assert_same(&used, &fresh);
    hist_free(&used);
    hist_free(&fresh);
}

static void memory_is_taken_for_touched_chunks_only(void **state)
{
    (void)state;
    struct hist h = {0};
    hist_record(&h, 1000000);
    hist_record(&h, 1000000);
    hist_record(&h, UINT64_MAX);
    unsigned chunks = 0;
    for (unsigned i = 0; i < HIST_CHUNKS; i++)
        chunks += h.chunks[i] != NULL;
    assert_int_equal(chunks, 1);
    assert_non_null(h.chunks[11169 / HIST_CHUNK]);
    hist_free(&h);
}

static void values_beyond_an_hour_are_counted_as_overflow(void **state)
{
    (void)state;
    struct hist h = {0};
    hist_record(&h, HIST_LONGEST_NS);
    assert_true(h.overflow == 0);
    hist_record(&h, HIST_LONGEST_NS + 1);
    hist_record(&h, 9 * HIST_LONGEST_NS);
    hist_record(&h, 8 * HIST_LONGEST_NS);
    assert_true(h.overflow == 3 && h.count == 4);
    assert_true(h.min == HIST_LONGEST_NS && h.max == 9 * HIST_LONGEST_NS);
    assert_true(h.sum == (u128)19 * HIST_LONGEST_NS + 1);
    assert_int_equal(hist_percentile(&h, 25), hist_bucket_high(33420));
    assert_int_equal(hist_percentile(&h, 26), 9 * HIST_LONGEST_NS);
    assert_int_equal(hist_count_until(&h, 2 * HIST_LONGEST_NS), 1);
    assert_int_equal(hist_count_until(&h, 9 * HIST_LONGEST_NS), 4);
    hist_clear(&h);
    hist_record(&h, HIST_LONGEST_NS + 1);
    assert_true(h.min == HIST_LONGEST_NS + 1);
    assert_int_equal(hist_percentile(&h, 50), HIST_LONGEST_NS + 1);
    hist_free(&h);
}

static void recording_n_times_is_recording_n_times(void **state)
{
    (void)state;
    struct rng r = rng_make(14, 0);
    struct hist one = {0}, many = {0};
    for (int i = 0; i < 300; i++) {
        uint64_t v = draw(&r, 64), times = rng_below(&r, 5);
        hist_record_n(&many, v, times);
        for (uint64_t k = 0; k < times; k++)
            hist_record(&one, v);
    }
    assert_same(&many, &one);
    hist_clear(&many);
    hist_record_n(&many, 3, 0);
    assert_true(many.count == 0 && many.max == 0);
    hist_free(&one);
    hist_free(&many);
}

static void walking_finds_each_bucket_that_holds_samples(void **state)
{
    (void)state;
    const uint64_t values[] = {0, 127, 128, 2047, 1000000, HIST_LONGEST_NS};
    struct hist h = {0};
    record_all(&h, values, LENGTH(values));
    unsigned bucket = 0;
    for (size_t i = 0; i < LENGTH(values); i++) {
        bucket = hist_next(&h, bucket);
        assert_int_equal(bucket, hist_bucket(values[i]));
        assert_int_equal(hist_bucket_count(&h, bucket++), 1);
    }
    assert_int_equal(hist_next(&h, bucket), HIST_BUCKETS);
    hist_free(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_edges_of_the_layout_are_where_hdr_has_them),
        cmocka_unit_test(each_power_of_two_begins_a_bucket),
        cmocka_unit_test(buckets_cover_all_values_without_gap_or_overlap),
        cmocka_unit_test(the_relative_error_is_at_most_a_thousandth),
        cmocka_unit_test(an_empty_histogram_has_zero_figures),
        cmocka_unit_test(whole_ranks_are_exact),
        cmocka_unit_test(ranks_stay_exact_for_a_million_times_a_million_samples),
        cmocka_unit_test(percentiles_agree_with_a_sorted_array),
        cmocka_unit_test(a_percentile_is_never_above_the_maximum),
        cmocka_unit_test(percentile_zero_is_the_exact_minimum),
        cmocka_unit_test(merging_equals_one_histogram_that_got_everything),
        cmocka_unit_test(the_minimum_survives_a_merge_with_an_empty_histogram),
        cmocka_unit_test(a_cleared_histogram_starts_anew_in_its_old_memory),
        cmocka_unit_test(memory_is_taken_for_touched_chunks_only),
        cmocka_unit_test(values_beyond_an_hour_are_counted_as_overflow),
        cmocka_unit_test(recording_n_times_is_recording_n_times),
        cmocka_unit_test(walking_finds_each_bucket_that_holds_samples),
    };
    return UNIT_RUN(tests);
}
