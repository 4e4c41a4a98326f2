/* Lists against the histograms that they are made of: the same samples, the same figures. */
#include "unit.h"

#include "hist_samples.h"
#include "stats/hist_list.h"

static const double percents[] = {0, 0.001, 50, 50, 90, 99, 99.9, 99.999, 100};
enum { PERCENTS = LENGTH(percents) };

static void assert_same(const struct hist *h, const struct hist_list *l)
{
    uint64_t of_list[PERCENTS], of_hist[PERCENTS], samples, n = 0;
    unsigned bucket;
    assert_int_equal(l->count, h->count);
    hist_walk_percentiles(hist_list_walk(l), percents, PERCENTS, of_list);
    hist_walk_percentiles(hist_walk(h), percents, PERCENTS, of_hist);
    for (unsigned i = 0; i < PERCENTS; i++) {
        assert_int_equal(of_list[i], hist_percentile(h, percents[i]));
        assert_int_equal(of_hist[i], hist_percentile(h, percents[i]));
    }
    assert_true(hist_list_mean(l) == hist_mean(h));
    for (struct hist_walk w = hist_list_walk(l); w.next(&w, &bucket, &samples); n += samples)
        assert_int_equal(samples, hist_bucket_count(h, bucket));
    assert_int_equal(n, h->count - h->overflow);
}

static void a_list_has_the_figures_of_its_histogram(void **state)
{
    (void)state;
    struct rng r = rng_make(7, 1);
    for (unsigned n = 0; n < 200; n++) {
        struct hist h = {0};
        struct hist_list l = {0};
        for (unsigned i = 0; i < n * n; i++)
            hist_record_n(&h, draw(&r, 44), 1 + rng_below(&r, 3)); /* some longer than an hour */
        hist_list_add(&l, &h);
        assert_same(&h, &l);
        hist_list_free(&l);
        hist_free(&h);
    }
}

static void lists_are_added_up_as_histograms_are(void **state)
{
    (void)state;
    struct rng r = rng_make(8, 1);
    struct hist all = {0};
    struct hist_list added = {0}, merged = {0};
    for (unsigned round = 0; round < 50; round++) {
        struct hist h = {0};
        struct hist_list l = {0};
        for (unsigned i = 0; i < rng_below(&r, 40); i++)
            hist_record(&h, draw(&r, 10 + round % 34));
        hist_merge(&all, &h);
        hist_list_add(&added, &h);
        hist_list_add(&l, &h);
        hist_list_merge(&merged, &l);
        assert_same(&all, &added);
        assert_same(&all, &merged);
        hist_list_free(&l);
        hist_free(&h);
    }
    hist_list_free(&added);
    hist_list_free(&merged);
    hist_free(&all);
}

static void what_is_taken_from_a_histogram_leaves_it_empty(void **state)
{
    (void)state;
    struct hist a = {0}, b = {0}, both = {0};
    for (uint64_t ns = 1; ns < 100000; ns += 7)
        hist_record(&a, ns);
    hist_record_n(&b, 2 * HIST_LONGEST_NS, 3);
    hist_merge(&both, &a);
    hist_merge(&both, &b);
    struct hist into = {0};
    hist_record(&into, 5);
    hist_clear(&into); /* empty, with memory */
    hist_take(&into, &a);
    hist_take(&into, &b);
    assert_true(a.count == 0 && b.count == 0 && hist_next(&a, 0) == HIST_BUCKETS);
    assert_true(into.sum == both.sum && into.sum_squares == both.sum_squares);
    assert_int_equal(into.overflow, 3);
    for (unsigned i = hist_next(&both, 0); i < HIST_BUCKETS; i = hist_next(&both, i + 1))
        assert_int_equal(hist_bucket_count(&into, i), hist_bucket_count(&both, i));
    hist_free(&into);
    hist_free(&both);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_has_the_figures_of_its_histogram),
        cmocka_unit_test(lists_are_added_up_as_histograms_are),
        cmocka_unit_test(what_is_taken_from_a_histogram_leaves_it_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
