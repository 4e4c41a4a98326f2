/* Poisson arrivals: the law is tested, not the look of it; what must fail a test is shown to fail.
 * All seeds are fixed, so a test that passes once passes always. */
#include "plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "load/arrivals.h"

#define SECONDS(n) ((uint64_t)((n)*NS_PER_S))

enum { DRAWS = 100000 };

static const struct share whole = {0, 1};

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Largest distance between the sample's distribution and that of Exp(1), times sqrt(n)
 * (Kolmogorov, Smirnov). Sorts the sample. */
static double distance_from_exp(double *sample, size_t n)
{
    double worst = 0;
    qsort(sample, n, sizeof *sample, by_size);
    for (size_t i = 0; i < n; i++) {
        double want = -expm1(-sample[i]);
        worst = fmax(worst, fmax((double)(i + 1) / (double)n - want, want - (double)i / (double)n));
    }
    return worst * sqrt((double)n);
}

/* sqrt(-ln(0.001 / 2) / 2): a true sample of Exp(1) is worse once in 1000. */
static const double critical = 1.9495;

/* The integral of "0..1.8k over 100s" in closed form. */
static double ramp_integral(uint64_t due_ns)
{
    double t = (double)due_ns / 1e9;
    return 9 * t * t;
}

static double constant_integral(uint64_t due_ns)
{
    return (double)due_ns / 1e6;
}

/* Gaps between all arrivals, on the axis of the integral; how many there are. */
static size_t gaps(const char *text, enum arrival_law law, uint64_t seed,
                   double (*integral)(uint64_t due_ns), double *out)
{
    struct arena arena = {0};
    struct profile p = plan(text, &arena);
    struct arrivals a = arrivals_make(&p, law, seed, DRAWS, whole);
    double last = 0;
    size_t n = 0;
    for (struct arrival got; (got = arrivals_next(&a)).due_ns != UINT64_MAX; n++) {
        double now = integral(got.due_ns);
        out[n] = now - last;
        last = now;
    }
    arena_free(&arena);
    return n;
}

static void gaps_at_a_constant_rate_are_exponential(void **state)
{
    (void)state;
    static double gap[DRAWS];
    for (uint64_t seed = 1; seed <= 5; seed++) {
        assert_int_equal(gaps("1k for 1h", ARRIVALS_POISSON, seed, constant_integral, gap), DRAWS);
        assert_true(distance_from_exp(gap, DRAWS) < critical);
    }
}

static void gaps_on_a_ramp_are_exponential_after_the_time_change(void **state)
{
    (void)state;
    static double gap[DRAWS];
    for (uint64_t seed = 1; seed <= 5; seed++) {
        size_t n = gaps("0..1.8k over 100s", ARRIVALS_POISSON, seed, ramp_integral, gap);
        assert_true(fabs((double)n - 90000) < 5 * sqrt(90000));
        assert_true(distance_from_exp(gap, n) < critical);
    }
}

static void other_gaps_are_told_from_exponential_ones(void **state)
{
    (void)state;
    static double gap[DRAWS];
    size_t n = gaps("0..1.8k over 100s", ARRIVALS_POISSON, 1, constant_integral, gap);
    assert_true(distance_from_exp(gap, n) > critical);
    n = gaps("1k for 1h", ARRIVALS_UNIFORM, 1, constant_integral, gap);
    assert_true(distance_from_exp(gap, n) > critical);
}

/* Variance / mean of the number of arrivals in each window: 1 for a Poisson process. */
static double dispersion(enum arrival_law law, uint64_t seed, uint64_t window_ns, unsigned windows)
{
    struct arena arena = {0};
    struct profile p = profile_constant(LOAD_OPEN, 1000, windows * window_ns, &arena);
    struct arrivals a = arrivals_make(&p, law, seed, UINT64_MAX, whole);
    struct arrival next = arrivals_next(&a);
    double sum = 0, squares = 0, n = windows;
    for (unsigned w = 1; w <= windows; w++) {
        double count = 0;
        for (; next.due_ns < w * window_ns; next = arrivals_next(&a))
            count++;
        sum += count;
        squares += count * count;
    }
    assert_true(next.due_ns == UINT64_MAX);
    arena_free(&arena);
    return (squares - sum * sum / n) / (n - 1) / (sum / n);
}

static void counts_in_windows_vary_by_their_mean(void **state)
{
    (void)state;
    const unsigned windows = 10000;
    const double tolerance = 4 * sqrt(2.0 / (windows - 1)); /* four standard errors */
    const uint64_t lengths[] = {NS_PER_MS / 2, 3 * NS_PER_MS, 20 * NS_PER_MS};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        assert_true(fabs(dispersion(ARRIVALS_POISSON, 7, lengths[i], windows) - 1) < tolerance);
        assert_true(fabs(dispersion(ARRIVALS_UNIFORM, 7, lengths[i], windows) - 1) > tolerance);
    }
}

static void the_number_in_a_plan_is_poisson_too(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct profile p = plan("50..150 over 1s", &arena);
    const unsigned runs = 2000;
    double sum = 0, squares = 0;
    for (uint64_t seed = 1; seed <= runs; seed++) {
        double n = (double)arrivals_count(&p, ARRIVALS_POISSON, seed, UINT64_MAX, UINT64_MAX);
        sum += n;
        squares += n * n;
    }
    double mean = sum / runs, variance = squares / runs - mean * mean;
    assert_true(fabs(mean - 100) < 4 * sqrt(100.0 / runs));
    assert_true(fabs(variance / mean - 1) < 4 * sqrt(2.0 / runs));
    arena_free(&arena);
}

static void a_seed_means_the_same_times_forever(void **state)
{
    (void)state;
    const uint64_t want_ns[] = {1182802, 1962572, 3212834, 3783890, 3942815};
    struct arena arena = {0};
    struct profile p = profile_constant(LOAD_OPEN, 1000, UINT64_MAX, &arena);
    struct arrivals a = arrivals_make(&p, ARRIVALS_POISSON, 42, UINT64_MAX, whole);
    struct arrivals other = arrivals_make(&p, ARRIVALS_POISSON, 43, UINT64_MAX, whole);
    for (unsigned k = 0; k < 5; k++) {
        uint64_t due_ns = arrivals_next(&a).due_ns;
        assert_int_equal(due_ns, want_ns[k]);
        assert_int_not_equal(due_ns, arrivals_next(&other).due_ns);
    }
    arena_free(&arena);
}

static void shares_unite_to_the_one_sequence(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct profile p =
        plan("0..1k over 1s, 30 at once, pause 1s, 500..100 over 1s, 9 at once", &arena);
    for (unsigned of = 1; of <= 8; of++) {
        struct arrivals part[8], all = arrivals_make(&p, ARRIVALS_POISSON, of, UINT64_MAX, whole);
        for (unsigned i = 0; i < of; i++)
            part[i] = arrivals_make(&p, ARRIVALS_POISSON, of, UINT64_MAX, (struct share){i, of});
        uint64_t last = 0, n = 0;
        for (struct arrival want; (want = arrivals_next(&all)).due_ns != UINT64_MAX; n++) {
            struct arrival got = arrivals_next(&part[n % of]);
            assert_int_equal(want.k, n);
            assert_true(want.due_ns >= last);
            assert_int_equal(got.k, want.k);
            assert_int_equal(got.due_ns, want.due_ns);
            last = want.due_ns;
        }
        for (unsigned i = 0; i < of; i++)
            assert_true(arrivals_next(&part[i]).due_ns == UINT64_MAX);
        assert_int_equal(n, arrivals_count(&p, ARRIVALS_POISSON, of, UINT64_MAX, UINT64_MAX));
    }
    arena_free(&arena);
}

static void starts_at_once_are_not_left_to_chance(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct profile p = plan("5 at once, 100 for 1s, 20 at once, pause 1s, 7 at once", &arena);
    for (uint64_t seed = 1; seed <= 50; seed++) {
        struct arrivals a = arrivals_make(&p, ARRIVALS_POISSON, seed, UINT64_MAX, whole);
        uint64_t at_0 = 0, at_1 = 0, at_2 = 0;
        for (struct arrival got; (got = arrivals_next(&a)).due_ns != UINT64_MAX;) {
            at_0 += got.due_ns == 0;
            at_1 += got.due_ns == SECONDS(1);
            at_2 += got.due_ns == SECONDS(2);
            assert_true(got.due_ns <= SECONDS(1) || got.due_ns == SECONDS(2));
        }
        assert_int_equal(at_0, 5);
        assert_int_equal(at_1, 20);
        assert_int_equal(at_2, 7);
    }
    arena_free(&arena);
}

/* What comes at once must not eat of the draws either: the rest of the plan is as without it. */
static void starts_at_once_leave_the_other_arrivals_alone(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct profile with = plan("100 for 1s, 20 at once, 100 for 1s", &arena);
    struct profile without = plan("100 for 1s, 100 for 1s", &arena);
    struct arrivals a = arrivals_make(&with, ARRIVALS_POISSON, 3, UINT64_MAX, whole);
    struct arrivals b = arrivals_make(&without, ARRIVALS_POISSON, 3, UINT64_MAX, whole);
    for (struct arrival got; (got = arrivals_next(&a)).due_ns != UINT64_MAX;)
        if (got.due_ns != SECONDS(1))
            assert_int_equal(got.due_ns, arrivals_next(&b).due_ns);
    assert_true(arrivals_next(&b).due_ns == UINT64_MAX);
    arena_free(&arena);
}

static void nothing_is_due_in_a_pause(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct profile p = plan("1k for 1s, pause 5s, 1k for 1s", &arena);
    struct arrivals a = arrivals_make(&p, ARRIVALS_POISSON, 1, UINT64_MAX, whole);
    uint64_t early = 0, late = 0;
    for (struct arrival got; (got = arrivals_next(&a)).due_ns != UINT64_MAX;) {
        early += got.due_ns < SECONDS(1);
        late += got.due_ns >= SECONDS(6) && got.due_ns < SECONDS(7);
        assert_true(got.due_ns < SECONDS(1) || got.due_ns >= SECONDS(6));
    }
    assert_true(early > 800 && late > 800);
    arena_free(&arena);
}

static void the_limit_ends_the_sequence_and_the_count(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct profile p = profile_constant(LOAD_OPEN, 100, UINT64_MAX, &arena);
    struct arrivals a = arrivals_make(&p, ARRIVALS_POISSON, 1, 1000, whole);
    uint64_t tenth = 0;
    for (unsigned k = 0; k < 1000; k++) {
        uint64_t due_ns = arrivals_next(&a).due_ns;
        assert_true(due_ns != UINT64_MAX);
        tenth = k == 10 ? due_ns : tenth;
    }
    assert_true(arrivals_next(&a).due_ns == UINT64_MAX);
    assert_int_equal(arrivals_count(&p, ARRIVALS_POISSON, 1, 1000, UINT64_MAX), 1000);
    assert_int_equal(arrivals_count(&p, ARRIVALS_POISSON, 1, 1000, tenth), 10);
    assert_int_equal(arrivals_count(&p, ARRIVALS_POISSON, 1, 1000, tenth + 1), 11);
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gaps_at_a_constant_rate_are_exponential),
        cmocka_unit_test(gaps_on_a_ramp_are_exponential_after_the_time_change),
        cmocka_unit_test(other_gaps_are_told_from_exponential_ones),
        cmocka_unit_test(counts_in_windows_vary_by_their_mean),
        cmocka_unit_test(the_number_in_a_plan_is_poisson_too),
        cmocka_unit_test(a_seed_means_the_same_times_forever),
        cmocka_unit_test(shares_unite_to_the_one_sequence),
        cmocka_unit_test(starts_at_once_are_not_left_to_chance),
        cmocka_unit_test(starts_at_once_leave_the_other_arrivals_alone),
        cmocka_unit_test(nothing_is_due_in_a_pause),
        cmocka_unit_test(the_limit_ends_the_sequence_and_the_count),
    };
    return UNIT_RUN(tests);
}
