/* Periods of a run: counts by period, response times by coarse buckets. */
#include "unit.h"

#include "stats/periods.h"

static void coarse_buckets_follow_each_other(void **state)
{
    (void)state;
    for (unsigned b = 0; b < HIST_BUCKETS; b++) {
        unsigned coarse = period_bucket(b);
        assert_true(coarse < PERIOD_BUCKETS);
        assert_true(period_bucket_low(coarse) <= hist_bucket_low(b));
        assert_true(period_bucket_low(coarse + 1) > hist_bucket_high(b));
        if (hist_bucket_low(b) >= 1024)
            assert_true((double)period_bucket_low(coarse + 1) <=
                        1.0079 * (double)period_bucket_low(coarse));
    }
    assert_int_equal(period_bucket(HIST_BUCKETS - 1), PERIOD_BUCKETS - 1);
}

static void counts_add_up(void **state)
{
    (void)state;
    struct periods p = {.length_s = 1};
    struct series_data d = {.started = 5, .started_in_plan = 4, .fates = {[FATE_OK] = 3}};
    d.fates[FATE_TIMEOUT] = 1;
    for (unsigned i = 0; i < 4; i++)
        hist_record(&d.response, 1000000 + i);
    hist_record(&d.response, 2 * HIST_LONGEST_NS);
    periods_add(&p, 3, &d);
    periods_add(&p, 3, &d);
    assert_int_equal(p.n, 4);
    assert_int_equal(periods_active(&p), 1);
    assert_true(p.list[0].started == 0);
    assert_true(p.list[3].started == 8 && p.list[3].ended == 8 && p.list[3].failed == 2);
    assert_true(p.list[3].samples == 10);
    assert_true(p.list[3].sum_ns == 2 * (double)d.response.sum);
    uint64_t samples = 0;
    for (size_t i = 0; i < p.n_samples; i++) {
        assert_int_equal(p.samples[i].period, 3);
        samples += p.samples[i].count;
    }
    assert_int_equal(samples, 10);
    assert_int_equal(p.samples[0].bucket, period_bucket(hist_bucket(1000000)));
    assert_int_equal(p.samples[p.n_samples - 1].bucket, PERIOD_BUCKETS - 1);
    series_data_free(&d);
    periods_free(&p);
    assert_int_equal(p.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coarse_buckets_follow_each_other),
        cmocka_unit_test(counts_add_up),
    };
    return UNIT_RUN(tests);
}
