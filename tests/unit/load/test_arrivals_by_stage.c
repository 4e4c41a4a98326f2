/* Plans whose stages have laws of their own: each stage is the one that its law alone would make,
 * and begins anew; numbers go on without a gap, shares unite to the one sequence. */
#include "plan.h"

#include <math.h>

#include "base/clock.h"
#include "load/arrivals.h"

static const struct share whole = {0, 1};

/* A plan from text; `laws` has a letter for each stage: u uniform, p Poisson. */
static struct profile mixed(const char *text, const char *laws, struct arena *arena)
{
    struct profile p = plan(text, arena);
    for (unsigned i = 0; i < p.n; i++)
        p.stages[i].poisson = laws[i] == 'p';
    return p;
}

static struct arrivals by_stage(const struct profile *p, uint64_t seed, struct share share)
{
    return arrivals_make(p, ARRIVALS_BY_STAGE, seed, UINT64_MAX, share);
}

static uint64_t count_before(const struct profile *p, uint64_t seed, uint64_t until_ns)
{
    return arrivals_count(p, ARRIVALS_BY_STAGE, seed, UINT64_MAX, until_ns);
}

static void assert_due(struct arrivals *a, uint64_t k, uint64_t due_ns)
{
    struct arrival got = arrivals_next(a);
    assert_int_equal(got.k, k);
    assert_int_equal(got.due_ns, due_ns);
}

static void uniform_stages_alone_are_the_uniform_plan(void **state)
{
    (void)state;
    static const char *const plans[] = {"10 for 1s", "10 for 1s, 20 for 1s, 5 at once, 3 for 2s",
                                        "5 at once, pause 1s, 7 for 1s",
                                        "0..100 over 3s, 4 for 1s"};
    for (unsigned i = 0; i < sizeof plans / sizeof *plans; i++) {
        struct arena arena = {0};
        struct profile p = mixed(plans[i], "uuuu", &arena);
        struct arrivals want = arrivals_make(&p, ARRIVALS_UNIFORM, 1, UINT64_MAX, whole);
        struct arrivals got = by_stage(&p, 1, whole);
        struct arrival next;
        while ((next = arrivals_next(&want)).due_ns != UINT64_MAX)
            assert_due(&got, next.k, next.due_ns);
        assert_true(arrivals_next(&got).due_ns == UINT64_MAX);
        arena_free(&arena);
    }
}

static void poisson_stages_alone_are_the_poisson_plan(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct profile p = mixed("100 for 2s, 5 at once, 50 for 2s", "ppp", &arena);
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct arrivals want = arrivals_make(&p, ARRIVALS_POISSON, seed, UINT64_MAX, whole);
        struct arrivals got = by_stage(&p, seed, whole);
        struct arrival next;
        while ((next = arrivals_next(&want)).due_ns != UINT64_MAX)
            assert_due(&got, next.k, next.due_ns);
        assert_true(arrivals_next(&got).due_ns == UINT64_MAX);
    }
    arena_free(&arena);
}

static void a_uniform_stage_begins_anew_behind_a_poisson_one(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct profile p = mixed("40 for 1s, 10 for 1s", "pu", &arena);
    for (uint64_t seed = 0; seed < 50; seed++) {
        struct arrivals a = by_stage(&p, seed, whole);
        uint64_t first = count_before(&p, seed, NS_PER_S);
        for (uint64_t k = 0; k < first; k++) {
            struct arrival got = arrivals_next(&a);
            assert_int_equal(got.k, k);
            assert_true(got.due_ns < NS_PER_S);
        }
        for (uint64_t i = 0; i < 10; i++)
            assert_due(&a, first + i, NS_PER_S + i * NS_PER_S / 10);
        assert_true(arrivals_next(&a).due_ns == UINT64_MAX);
    }
    arena_free(&arena);
}

/* Behind 10 arrivals that are certain there are as many as Poisson draws: by 5 deviations. */
static void a_poisson_stage_begins_anew_behind_a_uniform_one(void **state)
{
    (void)state;
    enum { SEEDS = 400, EXPECTED = 40 };
    struct arena arena = {0};
    struct profile p = mixed("10 for 1s, 40 for 1s", "up", &arena);
    double sum = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct arrivals a = by_stage(&p, seed, whole);
        for (uint64_t k = 0; k < 10; k++)
            assert_due(&a, k, k * NS_PER_S / 10);
        struct arrival got;
        uint64_t n = 10, last = NS_PER_S;
        for (; (got = arrivals_next(&a)).due_ns != UINT64_MAX; n++) {
            assert_int_equal(got.k, n);
            assert_true(got.due_ns >= last);
            last = got.due_ns;
        }
        sum += (double)n - 10;
        assert_int_equal(n, count_before(&p, seed, UINT64_MAX));
    }
    assert_true(fabs(sum - SEEDS * EXPECTED) < 5 * sqrt(SEEDS * EXPECTED));
    arena_free(&arena);
}

static void what_is_at_once_stays_as_many_as_asked(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct profile p = mixed("30 for 1s, 7 at once, 10 for 1s, 3 at once", "puuu", &arena);
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct arrivals a = by_stage(&p, seed, whole);
        uint64_t first = count_before(&p, seed, NS_PER_S), at = 0;
        for (; at < first; at++)
            assert_true(arrivals_next(&a).due_ns < NS_PER_S);
        for (unsigned i = 0; i < 7; i++)
            assert_due(&a, at++, NS_PER_S);
        for (unsigned i = 0; i < 10; i++)
            assert_due(&a, at++, NS_PER_S + i * NS_PER_S / 10);
        for (unsigned i = 0; i < 3; i++)
            assert_due(&a, at++, 2 * NS_PER_S);
        assert_true(arrivals_next(&a).due_ns == UINT64_MAX);
    }
    arena_free(&arena);
}

static void pauses_between_laws_hold_nothing(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct profile p =
        mixed("20 for 1s, pause 1s, 10 for 1s, pause 1s, 20 for 1s", "puuup", &arena);
    for (uint64_t seed = 0; seed < 50; seed++) {
        struct arrivals a = by_stage(&p, seed, whole);
        struct arrival got;
        uint64_t in[5] = {0};
        while ((got = arrivals_next(&a)).due_ns != UINT64_MAX)
            in[got.due_ns / NS_PER_S]++;
        assert_int_equal(in[1], 0);
        assert_int_equal(in[2], 10);
        assert_int_equal(in[3], 0);
        assert_true(in[0] > 0 && in[4] > 0);
    }
    arena_free(&arena);
}

static void shares_unite_to_the_one_sequence(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct profile p =
        mixed("0..50 over 2s, 20 for 1s, 9 at once, 40 for 2s, 5 for 1s", "puupu", &arena);
    for (unsigned of = 1; of <= 7; of++) {
        struct arrivals all = by_stage(&p, of, whole), part[7];
        for (unsigned i = 0; i < of; i++)
            part[i] = by_stage(&p, of, (struct share){i, of});
        uint64_t n = 0;
        for (struct arrival want; (want = arrivals_next(&all)).due_ns != UINT64_MAX; n++) {
            assert_int_equal(want.k, n);
            assert_due(&part[n % of], want.k, want.due_ns);
        }
        for (unsigned i = 0; i < of; i++)
            assert_true(arrivals_next(&part[i]).due_ns == UINT64_MAX);
        assert_int_equal(n, count_before(&p, of, UINT64_MAX));
    }
    arena_free(&arena);
}

static void the_limit_ends_the_sequence(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct profile p = mixed("100 for 1s, 100 for 1s", "pu", &arena);
    struct arrivals a = arrivals_make(&p, ARRIVALS_BY_STAGE, 1, 120, whole);
    uint64_t n = 0;
    while (arrivals_next(&a).due_ns != UINT64_MAX)
        n++;
    assert_int_equal(n, 120);
    assert_int_equal(arrivals_count(&p, ARRIVALS_BY_STAGE, 1, 120, UINT64_MAX), 120);
    arena_free(&arena);
}

static void fractions_of_an_arrival_are_rounded_up_in_each_run_of_one_law(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct profile p = mixed("1 for 2500ms, 30 for 1s, 1 for 1500ms, 1 for 1s", "upuu", &arena);
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct arrivals a = by_stage(&p, seed, whole);
        struct arrival got;
        uint64_t first = 0, last = 0;
        while ((got = arrivals_next(&a)).due_ns != UINT64_MAX) {
            first += got.due_ns < 2500 * NS_PER_MS;
            last += got.due_ns >= 3500 * NS_PER_MS;
        }
        assert_int_equal(first, 3);
        assert_int_equal(last, 3); /* 2.5 in two stages that count on */
    }
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uniform_stages_alone_are_the_uniform_plan),
        cmocka_unit_test(poisson_stages_alone_are_the_poisson_plan),
        cmocka_unit_test(a_uniform_stage_begins_anew_behind_a_poisson_one),
        cmocka_unit_test(a_poisson_stage_begins_anew_behind_a_uniform_one),
        cmocka_unit_test(what_is_at_once_stays_as_many_as_asked),
        cmocka_unit_test(pauses_between_laws_hold_nothing),
        cmocka_unit_test(shares_unite_to_the_one_sequence),
        cmocka_unit_test(the_limit_ends_the_sequence),
        cmocka_unit_test(fractions_of_an_arrival_are_rounded_up_in_each_run_of_one_law),
    };
    return UNIT_RUN(tests);
}
