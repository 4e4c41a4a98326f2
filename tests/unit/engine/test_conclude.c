/* Length and rates of a run: as planned, cut by -n, cut by Ctrl-C. */
#include "unit.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "engine/conclude.h"

struct world {
    struct arena arena;
    struct plan plan;
    struct results results;
    struct summary summary;
};

static void make(struct world *w, enum load_model model, double level, uint64_t duration_ns,
                 uint64_t count)
{
    memset(w, 0, sizeof *w);
    w->plan.profile = profile_constant(model, level, duration_ns, &w->arena);
    w->plan.count = count;
}

static void started(struct world *w, uint64_t n)
{
    w->results.iterations.started = w->results.iterations.in_plan = n;
}

static void a_whole_open_plan(void **state)
{
    (void)state;
    struct world w;
    make(&w, LOAD_OPEN, 200, 10 * NS_PER_S, UINT64_MAX);
    started(&w, 2000);
    conclude(&w.plan, CONCLUDE_NOT_STOPPED, &w.results, &w.summary);
    assert_true(w.summary.length_s == 10.0);
    assert_true(w.summary.asked_rate == 200.0);
    assert_true(w.summary.achieved_rate == 200.0);
    assert_int_equal(w.results.iterations.planned, 2000);
    arena_free(&w.arena);
}

static void a_count_ends_an_open_plan_at_n_by_rate(void **state)
{
    (void)state;
    struct world w;
    make(&w, LOAD_OPEN, 200, UINT64_MAX, 500);
    started(&w, 500);
    conclude(&w.plan, CONCLUDE_NOT_STOPPED, &w.results, &w.summary);
    assert_true(w.summary.length_s == 2.5);
    assert_true(w.summary.asked_rate == 200.0);
    assert_true(w.summary.achieved_rate == 200.0);
    assert_int_equal(w.results.iterations.planned, 500);
    arena_free(&w.arena);
}

static void the_earlier_of_count_and_duration_ends_it(void **state)
{
    (void)state;
    struct world w;
    make(&w, LOAD_OPEN, 200, NS_PER_S, 500);
    started(&w, 200);
    conclude(&w.plan, CONCLUDE_NOT_STOPPED, &w.results, &w.summary);
    assert_true(w.summary.length_s == 1.0);
    assert_int_equal(w.results.iterations.planned, 200);
    arena_free(&w.arena);
}

static void ctrl_c_ends_it_at_that_moment(void **state)
{
    (void)state;
    struct world w;
    make(&w, LOAD_OPEN, 100, 10 * NS_PER_S, UINT64_MAX);
    started(&w, 96);
    conclude(&w.plan, 955 * NS_PER_MS, &w.results, &w.summary);
    assert_true(fabs(w.summary.length_s - 0.955) < 1e-12);
    assert_true(fabs(w.summary.asked_rate - 100.0) < 1e-9);
    assert_int_equal(w.results.iterations.planned, 96);
    arena_free(&w.arena);
}

static void a_plan_that_never_began_has_no_rates(void **state)
{
    (void)state;
    struct world w;
    make(&w, LOAD_OPEN, 100, 10 * NS_PER_S, UINT64_MAX);
    started(&w, 0);
    conclude(&w.plan, 0, &w.results, &w.summary);
    assert_true(w.summary.length_s == 0);
    assert_true(isnan(w.summary.asked_rate));
    assert_true(isnan(w.summary.achieved_rate));
    assert_int_equal(w.results.iterations.planned, 0);
    arena_free(&w.arena);
}

static void what_started_before_ctrl_c_was_heard_of_was_planned(void **state)
{
    (void)state;
    struct world w;
    make(&w, LOAD_OPEN, 100, 10 * NS_PER_S, UINT64_MAX);
    started(&w, 97);
    conclude(&w.plan, 955 * NS_PER_MS, &w.results, &w.summary);
    assert_int_equal(w.results.iterations.planned, 97);
    started(&w, 95);
    conclude(&w.plan, 955 * NS_PER_MS, &w.results, &w.summary);
    assert_int_equal(w.results.iterations.planned, 96); /* one is missing: the books show it */
    arena_free(&w.arena);
}

static void more_than_the_whole_plan_is_a_fault(void **state)
{
    (void)state;
    struct world w;
    make(&w, LOAD_OPEN, 100, NS_PER_S, UINT64_MAX);
    started(&w, 101);
    conclude(&w.plan, CONCLUDE_NOT_STOPPED, &w.results, &w.summary);
    assert_int_equal(w.results.iterations.planned, 100);
    arena_free(&w.arena);
}

static void ctrl_c_in_the_drain_leaves_the_plan_whole(void **state)
{
    (void)state;
    struct world w;
    make(&w, LOAD_OPEN, 100, NS_PER_S, UINT64_MAX);
    started(&w, 100);
    conclude(&w.plan, 2 * NS_PER_S, &w.results, &w.summary);
    assert_true(w.summary.length_s == 1.0);
    assert_int_equal(w.results.iterations.planned, 100);
    arena_free(&w.arena);
}

static void a_closed_plan_has_no_asked_rate(void **state)
{
    (void)state;
    struct world w;
    make(&w, LOAD_CLOSED, 64, 10 * NS_PER_S, UINT64_MAX);
    started(&w, 12345);
    conclude(&w.plan, CONCLUDE_NOT_STOPPED, &w.results, &w.summary);
    assert_true(isnan(w.summary.asked_rate));
    assert_true(w.summary.achieved_rate == 1234.5);
    assert_int_equal(w.results.iterations.planned, 12345);
    arena_free(&w.arena);
}

static void a_closed_count_lasts_until_the_last_reply(void **state)
{
    (void)state;
    struct world w;
    make(&w, LOAD_CLOSED, 4, UINT64_MAX, 1000);
    started(&w, 1000);
    w.results.last_done_ns = 250 * NS_PER_MS;
    conclude(&w.plan, CONCLUDE_NOT_STOPPED, &w.results, &w.summary);
    assert_true(w.summary.length_s == 0.25);
    assert_true(w.summary.achieved_rate == 4000.0);
    arena_free(&w.arena);
}

static void a_ramp_asks_for_its_mean(void **state)
{
    (void)state;
    struct world w;
    struct err e;
    make(&w, LOAD_OPEN, 1, NS_PER_S, UINT64_MAX);
    assert_true(profile_parse(STR("0..100 over 2s, 100 at once"), &w.arena, &w.plan.profile, &e));
    started(&w, 200);
    conclude(&w.plan, CONCLUDE_NOT_STOPPED, &w.results, &w.summary);
    assert_true(fabs(w.summary.asked_rate - 100.0) < 1e-9);
    assert_int_equal(w.results.iterations.planned, 200);
    conclude(&w.plan, NS_PER_S, &w.results, &w.summary);
    assert_true(fabs(w.summary.asked_rate - 25.0) < 1e-9);
    arena_free(&w.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_open_plan),
        cmocka_unit_test(a_count_ends_an_open_plan_at_n_by_rate),
        cmocka_unit_test(the_earlier_of_count_and_duration_ends_it),
        cmocka_unit_test(ctrl_c_ends_it_at_that_moment),
        cmocka_unit_test(a_plan_that_never_began_has_no_rates),
        cmocka_unit_test(what_started_before_ctrl_c_was_heard_of_was_planned),
        cmocka_unit_test(more_than_the_whole_plan_is_a_fault),
        cmocka_unit_test(ctrl_c_in_the_drain_leaves_the_plan_whole),
        cmocka_unit_test(a_closed_plan_has_no_asked_rate),
        cmocka_unit_test(a_closed_count_lasts_until_the_last_reply),
        cmocka_unit_test(a_ramp_asks_for_its_mean),
    };
    return UNIT_RUN(tests);
}
