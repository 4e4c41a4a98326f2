/* Pairs of runs whose truth is known: how often a difference is seen that is not there, how often
 * one that is, and how often the interval holds the truth. Response times wander from second to
 * second (an autoregressive process), which is what makes naive comparisons see ghosts. */
#include "unit.h"

#include "stats/synthetic.h"

enum { PAIRS = 150, SERIES = 2 };

static const struct synthetic plain = {.median_ns = 5e6,
                                       .scatter = 0.3,
                                       .wander = 0.02,
                                       .tie = 0.6,
                                       .failed = 0.01,
                                       .seconds = 120,
                                       .calls = 25};

/* What pairs have shown. */
struct tries {
    unsigned alarms;                   /* pairs in which a figure was called worse or better */
    unsigned worse_p50;                /* of the first series */
    unsigned covered[COMPARE_FIGURES]; /* by the interval, of the first series */
};

/* Of several series, which are judged together. */
static void try(const struct synthetic *a, const struct synthetic *b, struct rng *r,
                struct tries *t)
{
    enum { N = SERIES * COMPARE_FIGURES };
    struct compare_result results[N];
    enum compare_figure figures[N];
    for (unsigned i = 0; i < N; i += COMPARE_FIGURES) {
        struct compare_side left = synthetic_side(a, r), right = synthetic_side(b, r);
        for (unsigned f = 0; f < COMPARE_FIGURES; f++) {
            figures[i + f] = f;
            results[i + f] = compare_sides(&left, &right, f, true);
        }
    }
    assert_int_equal(compare_judge(results, figures, N), N);
    bool alarm = false;
    for (unsigned i = 0; i < N; i++)
        alarm |= results[i].outcome == COMPARE_WORSE || results[i].outcome == COMPARE_BETTER;
    double truth = b->median_ns / a->median_ns - 1;
    for (unsigned f = 0; f < COMPARE_RATE; f++)
        t->covered[f] += results[f].low <= truth && truth <= results[f].high;
    t->alarms += alarm;
    t->worse_p50 += results[COMPARE_P50].outcome == COMPARE_WORSE;
}

static struct tries tries_of(const struct synthetic *a, const struct synthetic *b, uint64_t seed)
{
    struct tries t = {0};
    struct rng r = rng_make(seed, 0);
    for (unsigned i = 0; i < PAIRS; i++)
        try(a, b, &r, &t);
    print_message("%u alarms, %u p50 worse, intervals right: mean %u, p50 %u, p99 %u of %u\n",
                  t.alarms, t.worse_p50, t.covered[COMPARE_MEAN], t.covered[COMPARE_P50],
                  t.covered[COMPARE_P99], PAIRS);
    return t;
}

static void runs_that_are_alike_raise_an_alarm_in_at_most_5_of_100_pairs(void **state)
{
    (void)state;
    struct tries t = tries_of(&plain, &plain, 1);
    assert_true(t.alarms * 100 <= 5 * PAIRS);
    for (unsigned f = 0; f < COMPARE_RATE; f++)
        assert_in_range(t.covered[f] * 100 / PAIRS, 89, 99);
}

/* The edge of what matters: here the test itself must hold its 5 %, with nothing to spare. */
static void a_difference_of_the_smallest_size_is_no_alarm_either(void **state)
{
    (void)state;
    struct synthetic b = plain;
    b.median_ns *= 1.02;
    b.failed *= 1.02;
    struct tries t = tries_of(&plain, &b, 2);
    assert_true(t.alarms * 100 <= 7 * PAIRS); /* blocks of ten miss a little of what wanders */
}

static void a_target_10_percent_slower_is_found_in_at_least_90_of_100_pairs(void **state)
{
    (void)state;
    struct synthetic b = plain;
    b.median_ns *= 1.1;
    struct tries t = tries_of(&plain, &b, 3);
    assert_true(t.worse_p50 * 100 >= 90 * PAIRS);
    for (unsigned f = 0; f < COMPARE_RATE; f++)
        assert_in_range(t.covered[f] * 100 / PAIRS, 89, 99);
}

static void short_runs_are_not_too_sure(void **state)
{
    (void)state;
    struct synthetic a = plain;
    a.seconds = 30;
    struct tries t = tries_of(&a, &a, 4);
    assert_true(t.alarms * 100 <= 5 * PAIRS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_that_are_alike_raise_an_alarm_in_at_most_5_of_100_pairs),
        cmocka_unit_test(a_difference_of_the_smallest_size_is_no_alarm_either),
        cmocka_unit_test(a_target_10_percent_slower_is_found_in_at_least_90_of_100_pairs),
        cmocka_unit_test(short_runs_are_not_too_sure),
    };
    return UNIT_RUN(tests);
}
