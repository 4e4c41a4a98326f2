/* Uniform arrivals: how many, and when, to the ns. The reference counts in whole numbers. */
#include "plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "load/arrivals.h"

#define SECONDS(n) ((uint64_t)((n)*NS_PER_S))

static const struct share whole = {0, 1};

static struct arrivals uniform(const struct profile *p, uint64_t limit, struct share share)
{
    return arrivals_make(p, ARRIVALS_UNIFORM, 0, limit, share);
}

static uint64_t count_until(const struct profile *p, uint64_t limit, uint64_t until_ns)
{
    return arrivals_count(p, ARRIVALS_UNIFORM, 0, limit, until_ns);
}

/* The due times of all arrivals of a plan, in turn, and none after them. */
static void due_at(const char *text, const uint64_t *want_ns, size_t n)
{
    struct arena arena = {0};
    struct profile p = plan(text, &arena);
    struct arrivals a = uniform(&p, UINT64_MAX, whole);
    for (size_t k = 0; k < n; k++) {
        struct arrival got = arrivals_next(&a);
        assert_int_equal(got.k, k);
        assert_int_equal(got.due_ns, want_ns[k]);
    }
    assert_true(arrivals_next(&a).due_ns == UINT64_MAX);
    assert_true(arrivals_next(&a).due_ns == UINT64_MAX);
    assert_int_equal(count_until(&p, UINT64_MAX, UINT64_MAX), n);
    arena_free(&arena);
}

#define DUE(text, ...)                                                                             \
    due_at(text, (uint64_t[]){__VA_ARGS__}, sizeof(uint64_t[]){__VA_ARGS__} / sizeof(uint64_t))

static void a_constant_rate_is_exact_from_zero_on(void **state)
{
    (void)state;
    DUE("200 for 20ms", 0, 5000000, 10000000, 15000000);
    DUE("3 for 1s", 0, 333333333, 666666667);
    DUE("30/m for 5s", 0, SECONDS(2), SECONDS(4));
}

static void a_part_of_an_arrival_is_rounded_up(void **state)
{
    (void)state;
    DUE("3 for 500ms", 0, 333333333);
    DUE("1 for 1ns", 0);
}

static void arrivals_are_counted_on_across_borders(void **state)
{
    (void)state;
    DUE("1 for 1500ms, 2 for 1s", 0, SECONDS(1), SECONDS(1.75), SECONDS(2.25));
    DUE("0.1 for 5s, 0.1 for 5s, 0.1 for 5s", 0, SECONDS(10));
}

static void an_arrival_on_a_border_opens_the_later_stage(void **state)
{
    (void)state;
    DUE("1 for 2s, pause 3s, 1 for 2s", 0, SECONDS(1), SECONDS(5), SECONDS(6));
    DUE("1 for 1500ms, pause 1s, 1 for 1500ms", 0, SECONDS(1), SECONDS(3));
    DUE("pause 2s, 2 for 1s", SECONDS(2), SECONDS(2.5));
    DUE("6/m for 10s, pause 1s, 1 for 1s", 0, SECONDS(11));
}

static void starts_at_once_share_one_instant(void **state)
{
    (void)state;
    DUE("3 at once", 0, 0, 0);
    DUE("1 for 2s, 3 at once", 0, SECONDS(1), SECONDS(2), SECONDS(2), SECONDS(2));
    DUE("1 for 1500ms, 2 at once, 1 for 1s", 0, SECONDS(1), SECONDS(1.5), SECONDS(1.5), SECONDS(2));
    DUE("2 at once, pause 1s, 1 at once", 0, 0, SECONDS(1));
}

static void ramps_follow_the_closed_form(void **state)
{
    (void)state;
    struct {
        const char *text;
        uint64_t k, due_ns;
    } good[] = {
        {"0..1k over 30s", 0, 0},
        {"0..1k over 30s", 600, SECONDS(6)},
        {"0..1k over 30s", 3750, SECONDS(15)},
        {"0..1k over 30s", 1, 244948974},
        {"1k..0 over 30s", 0, 0},
        {"1k..0 over 30s", 11250, SECONDS(15)},
        {"1k..0 over 30s", 14400, SECONDS(24)},
        {"1k..0 over 30s", 14999, SECONDS(30) - 244948974},
        {"100..300 over 10s", 750, SECONDS(5)},
        {"100..300 over 10s", 875, 5606601718},
        {"300..100 over 10s", 1125, 4393398282},
        {"0..100k over 24h", 1080000000, SECONDS(43200)},
        {"100k..0 over 24h", 3240000000, SECONDS(43200)},
        {"100k..0 over 24h", 4319999999, 86398685465862},
    };
    struct arena arena = {0};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct profile p = plan(good[i].text, &arena);
        assert_true(count_until(&p, UINT64_MAX, good[i].due_ns) == good[i].k);
        assert_true(count_until(&p, UINT64_MAX, good[i].due_ns + 1) == good[i].k + 1);
    }
    arena_free(&arena);
}

static void nothing_drifts_after_1e10_arrivals_or_a_day(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct {
        double rate;
        uint64_t gap_num, gap_den; /* ns between arrivals, exactly */
    } good[] = {{200, 5000000, 1},
                {1e6, 1000, 1},
                {3e5, 10000, 3},
                {1 / 0.003, 3000000, 1},
                {7e6, 1000, 7}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct profile p = profile_constant(LOAD_OPEN, good[i].rate, SECONDS(86400), &arena);
        struct arrivals a = uniform(&p, UINT64_MAX, (struct share){28799999, 86400000});
        for (struct arrival got; (got = arrivals_next(&a)).due_ns != UINT64_MAX;)
            assert_true(got.due_ns ==
                        (2 * got.k * good[i].gap_num + good[i].gap_den) / (2 * good[i].gap_den));
    }
    arena_free(&arena);
}

static void a_plan_without_end_stays_exact_for_decades(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct profile five_ms = profile_constant(LOAD_OPEN, 200, UINT64_MAX, &arena);
    struct profile third = profile_constant(LOAD_OPEN, 3, UINT64_MAX, &arena);
    struct arrivals a = uniform(&five_ms, UINT64_MAX, (struct share){1000000000, 4000000000});
    struct arrivals b = uniform(&third, UINT64_MAX, (struct share){1000000000, 4000000000});
    for (uint64_t k = 1000000000; k < 9000000000; k += 4000000000) {
        struct arrival every_5_ms = arrivals_next(&a), every_third = arrivals_next(&b);
        assert_true(every_5_ms.k == k && every_5_ms.due_ns == k * 5000000);
        assert_true(every_third.k == k && every_third.due_ns == (2 * k * NS_PER_S + 3) / 6);
    }
    arena_free(&arena);
}

static void whole_numbers_are_not_missed_by_rounding(void **state)
{
    (void)state;
    struct arena arena = {0};
    for (unsigned per_hour = 1; per_hour <= 20000; per_hour++) {
        struct profile p = profile_constant(LOAD_OPEN, per_hour / 3600.0, SECONDS(3600), &arena);
        assert_int_equal(count_until(&p, UINT64_MAX, UINT64_MAX), per_hour);
        p = profile_constant(LOAD_OPEN, 1 / (1 / (double)per_hour), SECONDS(1000), &arena);
        assert_int_equal(count_until(&p, UINT64_MAX, UINT64_MAX), 1000 * per_hour);
    }
    arena_free(&arena);
}

static void a_thousandth_more_than_a_whole_number_is_one_arrival_more(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct profile p = profile_constant(LOAD_OPEN, 1e6, SECONDS(1000) + 1, &arena);
    assert_int_equal(count_until(&p, UINT64_MAX, UINT64_MAX), 1000000001);
    p = profile_constant(LOAD_OPEN, 1e6, SECONDS(1000) - 1, &arena);
    assert_int_equal(count_until(&p, UINT64_MAX, UINT64_MAX), 1000000000);
    arena_free(&arena);
}

static void the_limit_ends_the_sequence(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct profile p = profile_constant(LOAD_OPEN, 100, UINT64_MAX, &arena);
    struct arrivals a = uniform(&p, 3, whole);
    assert_int_equal(arrivals_next(&a).due_ns, 0);
    assert_int_equal(arrivals_next(&a).due_ns, 10000000);
    assert_int_equal(arrivals_next(&a).due_ns, 20000000);
    assert_true(arrivals_next(&a).due_ns == UINT64_MAX);
    assert_int_equal(count_until(&p, 3, UINT64_MAX), 3);
    assert_int_equal(count_until(&p, 3, 15000000), 2);
    assert_int_equal(count_until(&p, 0, UINT64_MAX), 0);
    a = uniform(&p, 3, (struct share){1, 2});
    assert_int_equal(arrivals_next(&a).k, 1);
    assert_true(arrivals_next(&a).due_ns == UINT64_MAX);
    arena_free(&arena);
}

static void counting_is_exact_and_quick_for_billions(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct profile p = plan("0..1M over 1000s, 1M for 1000s, 1 at once", &arena);
    assert_true(count_until(&p, UINT64_MAX, UINT64_MAX) == 1500000001);
    assert_true(count_until(&p, UINT64_MAX, SECONDS(2000)) == 1500000000);
    assert_true(count_until(&p, UINT64_MAX, SECONDS(1500)) == 1000000000);
    assert_true(count_until(&p, UINT64_MAX, SECONDS(1500) + 1) == 1000000001);
    assert_true(count_until(&p, UINT64_MAX, SECONDS(500)) == 125000000);
    assert_true(count_until(&p, UINT64_MAX, 0) == 0);
    arena_free(&arena);
}

static void more_arrivals_than_ns_stay_inside_their_stage(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct profile p = plan("0..1000G over 100ns, 1000G..0 over 100ns, 5 at once", &arena);
    struct arrivals a = uniform(&p, UINT64_MAX, whole);
    uint64_t last = 0;
    for (unsigned k = 0; k < 100000; k++) {
        uint64_t due = arrivals_next(&a).due_ns;
        assert_true(due >= last && (due < 100) == (k < 50000) && due < 200);
        last = due;
    }
    for (unsigned k = 0; k < 5; k++)
        assert_int_equal(arrivals_next(&a).due_ns, 200);
    assert_true(arrivals_next(&a).due_ns == UINT64_MAX);
    arena_free(&arena);
}

/* Random plans: whole rates, whole ms, so that the integral is known exactly in 1/2000 arrivals. */
enum { STAGES = 6, PLANS = 400 };

struct random_plan {
    struct stage stages[STAGES];
    struct profile profile;
    uint64_t twice_milli; /* integral * 2000 */
};

static struct stage random_stage(struct rng *r)
{
    uint64_t kind = rng_below(r, 6), from = rng_below(r, 800), to = rng_below(r, 800);
    if (kind == 0)
        return (struct stage){.at_once = 1 + rng_below(r, 50)};
    struct stage s = {.duration_ns = (1 + rng_below(r, 3000)) * NS_PER_MS};
    s.from = kind == 1 || kind == 2 ? 0 : (double)from;
    s.to = kind == 1 ? 0 : kind == 3 ? s.from : kind == 4 ? 0 : (double)to;
    return s;
}

static void random_plan(struct random_plan *p, struct rng *r)
{
    p->profile = (struct profile){LOAD_OPEN, p->stages, 1 + (unsigned)rng_below(r, STAGES)};
    p->twice_milli = 0;
    for (unsigned i = 0; i < p->profile.n; i++) {
        struct stage *s = &p->stages[i];
        *s = random_stage(r);
        p->twice_milli += (uint64_t)(s->from + s->to) * (s->duration_ns / NS_PER_MS);
        p->twice_milli += 2000 * s->at_once;
    }
}

/* The integral at t, and with the arrivals at once of that very moment. The simple formula. */
static void integral_at(const struct profile *p, long double t_ns, long double *before,
                        long double *with)
{
    *before = *with = 0;
    long double start = 0;
    for (unsigned i = 0; i < p->n; i++) {
        const struct stage *s = &p->stages[i];
        long double in = t_ns - start, length = (long double)s->duration_ns;
        start += length;
        if (s->at_once) {
            *with += in >= 0 ? (long double)s->at_once : 0;
            *before += in > 0 ? (long double)s->at_once : 0;
            continue;
        }
        in = in < 0 ? 0 : in > length ? length : in;
        long double part = (s->from * in + (s->to - s->from) * in * in / length / 2) / 1e9L;
        *before += part;
        *with += part;
    }
}

/* k lies between the integrals one ns before and after the time it is due, by their own rounding.
 */
static void obeys_the_law(const struct profile *p, struct arrival got)
{
    long double before, with, ignored;
    integral_at(p, (long double)got.due_ns - 1, &before, &ignored);
    integral_at(p, (long double)got.due_ns + 1, &ignored, &with);
    assert_true(before <= (long double)got.k + 1e-12L);
    assert_true(with >= (long double)got.k - 1e-12L);
}

static void random_plans_make_the_exact_number_at_the_right_times(void **state)
{
    (void)state;
    struct rng r = rng_make(1, 0);
    struct random_plan p;
    for (unsigned i = 0; i < PLANS; i++) {
        random_plan(&p, &r);
        struct arrivals a = uniform(&p.profile, UINT64_MAX, whole);
        uint64_t n = 0, last = 0;
        for (struct arrival got; (got = arrivals_next(&a)).due_ns != UINT64_MAX; n++) {
            assert_int_equal(got.k, n);
            assert_true(got.due_ns >= last);
            obeys_the_law(&p.profile, got);
            last = got.due_ns;
        }
        assert_int_equal(n, (p.twice_milli + 1999) / 2000);
        assert_true(n == (uint64_t)ceil(profile_arrivals(&p.profile)));
        assert_int_equal(n, count_until(&p.profile, UINT64_MAX, UINT64_MAX));
    }
}

static void counting_agrees_with_the_sequence_at_any_moment(void **state)
{
    (void)state;
    struct rng r = rng_make(2, 0);
    struct random_plan p;
    for (unsigned i = 0; i < PLANS / 10; i++) {
        random_plan(&p, &r);
        struct arrivals a = uniform(&p.profile, UINT64_MAX, whole);
        struct arrival last = {0}, got;
        while ((got = arrivals_next(&a)).due_ns != UINT64_MAX) {
            if (got.due_ns > last.due_ns) {
                assert_int_equal(count_until(&p.profile, UINT64_MAX, got.due_ns), got.k);
                assert_int_equal(count_until(&p.profile, UINT64_MAX, last.due_ns + 1), got.k);
            }
            last = got;
        }
    }
}

static void shares_unite_to_the_one_sequence(void **state)
{
    (void)state;
    struct rng r = rng_make(3, 0);
    struct random_plan p;
    for (unsigned of = 1; of <= 8; of++) {
        struct arrivals part[8];
        random_plan(&p, &r);
        struct arrivals all = uniform(&p.profile, UINT64_MAX, whole);
        for (unsigned i = 0; i < of; i++)
            part[i] = uniform(&p.profile, UINT64_MAX, (struct share){i, of});
        for (struct arrival want; (want = arrivals_next(&all)).due_ns != UINT64_MAX;) {
            struct arrival got = arrivals_next(&part[want.k % of]);
            assert_int_equal(got.k, want.k);
            assert_int_equal(got.due_ns, want.due_ns);
        }
        for (unsigned i = 0; i < of; i++)
            assert_true(arrivals_next(&part[i]).due_ns == UINT64_MAX);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_constant_rate_is_exact_from_zero_on),
        cmocka_unit_test(a_part_of_an_arrival_is_rounded_up),
        cmocka_unit_test(arrivals_are_counted_on_across_borders),
        cmocka_unit_test(an_arrival_on_a_border_opens_the_later_stage),
        cmocka_unit_test(starts_at_once_share_one_instant),
        cmocka_unit_test(ramps_follow_the_closed_form),
        cmocka_unit_test(nothing_drifts_after_1e10_arrivals_or_a_day),
        cmocka_unit_test(a_plan_without_end_stays_exact_for_decades),
        cmocka_unit_test(whole_numbers_are_not_missed_by_rounding),
        cmocka_unit_test(a_thousandth_more_than_a_whole_number_is_one_arrival_more),
        cmocka_unit_test(the_limit_ends_the_sequence),
        cmocka_unit_test(counting_is_exact_and_quick_for_billions),
        cmocka_unit_test(more_arrivals_than_ns_stay_inside_their_stage),
        cmocka_unit_test(random_plans_make_the_exact_number_at_the_right_times),
        cmocka_unit_test(counting_agrees_with_the_sequence_at_any_moment),
        cmocka_unit_test(shares_unite_to_the_one_sequence),
    };
    return UNIT_RUN(tests);
}
