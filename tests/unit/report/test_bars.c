/* Bars: round edges, all samples, as fine as there is room for. */
#include "unit.h"

#include <string.h>

#include "base/clock.h"
#include "base/rng.h"
#include "report/bars.h"

static void assert_edges(const struct hist *h, const uint64_t *edges, unsigned n)
{
    struct bar bars[BARS];
    assert_int_equal(bars_of(h, bars), n);
    for (unsigned i = 0; i < n; i++)
        assert_int_equal(bars[i].until_ns, edges[i]);
}

static void without_samples_there_are_no_bars(void **state)
{
    (void)state;
    struct hist h = {0};
    struct bar bars[BARS];
    assert_int_equal(bars_of(&h, bars), 0);
}

static void one_value_is_one_bar(void **state)
{
    (void)state;
    struct hist h = {0};
    hist_record_n(&h, 205000, 10);
    assert_edges(&h, (uint64_t[]){220000}, 1);
    hist_free(&h);
}

static void edges_are_round_and_as_fine_as_there_is_room_for(void **state)
{
    (void)state;
    struct hist h = {0};
    for (uint64_t us = 150; us <= 2500; us++)
        hist_record(&h, us * NS_PER_US);
    assert_edges(&h,
                 (uint64_t[]){200 * NS_PER_US, 300 * NS_PER_US, 500 * NS_PER_US, 700 * NS_PER_US,
                              NS_PER_MS, 1500 * NS_PER_US, 2 * NS_PER_MS, 3 * NS_PER_MS},
                 8);
    hist_free(&h);
}

static void a_few_outliers_do_not_widen_the_axis(void **state)
{
    (void)state;
    struct hist h = {0};
    struct bar bars[BARS];
    hist_record(&h, 1);
    hist_record_n(&h, 105 * NS_PER_US, 5000);
    hist_record_n(&h, 115 * NS_PER_US, 5000);
    hist_record_n(&h, 3 * NS_PER_S, 3);
    unsigned n = bars_of(&h, bars);
    assert_int_equal(n, 3);
    assert_int_equal(bars[0].until_ns, 110 * NS_PER_US);
    assert_int_equal(bars[0].count, 5001);
    assert_int_equal(bars[1].count, 5000);
    assert_int_equal(bars[2].until_ns, UINT64_MAX);
    assert_int_equal(bars[2].count, 3);
    hist_free(&h);
}

static void samples_beyond_the_histogram_are_drawn_too(void **state)
{
    (void)state;
    struct hist hours = {0}, ages = {0};
    struct bar bars[BARS];
    hist_record_n(&hours, 7200 * NS_PER_S, 10);
    assert_edges(&hours, (uint64_t[]){7500 * NS_PER_S}, 1);
    hist_record_n(&ages, UINT64_MAX, 10);
    assert_int_equal(bars_of(&ages, bars), 2);
    assert_int_equal(bars[0].count, 0);
    assert_int_equal(bars[1].count, 10);
    assert_int_equal(bars[0].until_ns, NS_PER_S * NS_PER_S);
    hist_free(&hours);
    hist_free(&ages);
}

static void every_sample_is_in_exactly_one_bar(void **state)
{
    (void)state;
    struct rng r = rng_make(9, 0);
    for (int round = 0; round < 300; round++) {
        struct hist h = {0};
        struct bar bars[BARS];
        unsigned shift = (unsigned)rng_below(&r, 62), samples = (unsigned)rng_below(&r, 200) + 1;
        for (unsigned i = 0; i < samples; i++)
            hist_record(&h, rng_u64(&r) >> (shift + rng_below(&r, 63 - shift)));
        unsigned n = bars_of(&h, bars);
        uint64_t sum = 0;
        assert_true(n >= 1 && n <= BARS);
        for (unsigned i = 0; i < n; i++) {
            sum += bars[i].count;
            assert_true(i == 0 || bars[i].until_ns > bars[i - 1].until_ns);
        }
        assert_int_equal(sum, samples);
        hist_free(&h);
    }
}

static void drawn(const struct bar *bars, unsigned n, unsigned i, const char *want)
{
    struct page p = {.paper = {.utf8 = true, .width = 80}};
    bar_draw(&p, bars, n, i, 29);
    buf_char(&p.text, 0);
    assert_string_equal(p.text.p, want);
    buf_free(&p.text);
}

static void bars_are_as_long_as_their_share_and_never_invisible(void **state)
{
    (void)state;
    const struct bar bars[] = {{200 * NS_PER_US, 80000},
                               {NS_PER_MS, 20000},
                               {1500 * NS_PER_MS, 0},
                               {30 * NS_PER_S, 20},
                               {UINT64_MAX, 1}};
    drawn(bars, 5, 0, "≤  200 µs ██████████   80.0 %");
    drawn(bars, 5, 1, "≤    1 ms ██▌          20.0 %");
    drawn(bars, 5, 2, "≤   1.5 s                    ");
    drawn(bars, 5, 3, "≤    30 s ▏            <0.1 %");
    drawn(bars, 5, 4, ">    30 s ▏            <0.1 %");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_samples_there_are_no_bars),
        cmocka_unit_test(one_value_is_one_bar),
        cmocka_unit_test(edges_are_round_and_as_fine_as_there_is_room_for),
        cmocka_unit_test(a_few_outliers_do_not_widen_the_axis),
        cmocka_unit_test(samples_beyond_the_histogram_are_drawn_too),
        cmocka_unit_test(every_sample_is_in_exactly_one_bar),
        cmocka_unit_test(bars_are_as_long_as_their_share_and_never_invisible),
    };
    return UNIT_RUN(tests);
}
