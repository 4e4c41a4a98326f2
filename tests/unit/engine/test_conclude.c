/* Length and rates of a run: as planned, cut by -n, cut by Ctrl-C. */
#include "unit.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "engine/conclude.h"

struct world {
    struct arena arena;
    struct load load;
    struct plan plan;
    struct results results;
    struct summary summary;
};

static void make(struct world *w, enum load_model model, double level, uint64_t duration_ns,
                 uint64_t count)
{
    memset(w, 0, sizeof *w);
    w->plan = (struct plan){.loads = &w->load, .n_loads = 1};
    w->load.profile = profile_constant(model, level, duration_ns, &w->arena);
    w->load.count = count;
}

static void started(struct world *w, uint64_t n)
{
    struct iteration_book *b = iteration_books_at(&w->results.books, 0);
    b->started = b->in_plan = n;
}

static void end(struct world *w, uint64_t stopped_ns)
{
    conclude(&w->plan, &stopped_ns, &w->results, &w->summary);
}

static void drop(struct world *w)
{
    arena_free(&w->arena);
    results_free(&w->results);
}

static void a_whole_open_plan(void **state)
{
    (void)state;
    struct world w;
    make(&w, LOAD_OPEN, 200, 10 * NS_PER_S, UINT64_MAX);
    started(&w, 2000);
    end(&w, CONCLUDE_NOT_STOPPED);
    assert_true(w.summary.length_s == 10.0);
    assert_true(w.summary.asked_rate == 200.0);
    assert_true(w.summary.achieved_rate == 200.0);
    assert_int_equal(w.summary.iterations.planned, 2000);
    drop(&w);
}

static void a_count_ends_an_open_plan_at_n_by_rate(void **state)
{
    (void)state;
    struct world w;
    make(&w, LOAD_OPEN, 200, UINT64_MAX, 500);
    started(&w, 500);
    end(&w, CONCLUDE_NOT_STOPPED);
    assert_true(w.summary.length_s == 2.5);
    assert_true(w.summary.asked_rate == 200.0);
    assert_true(w.summary.achieved_rate == 200.0);
    assert_int_equal(w.summary.iterations.planned, 500);
    drop(&w);
}

/* A worker that heard of a lower rate too late has started more than the changed plan asks for. */
static void a_change_that_was_heard_late_was_planned_so(void **state)
{
    (void)state;
    struct world w;
    make(&w, LOAD_OPEN, 200, 10 * NS_PER_S, UINT64_MAX);
    struct stage nothing = {.duration_ns = 5 * NS_PER_S};
    struct profile tail = {LOAD_OPEN, &nothing, 1};
    w.load.profile = profile_replace(&w.load.profile, NS_PER_S, &tail, &w.arena);
    started(&w, 200);
    end(&w, CONCLUDE_NOT_STOPPED);
    assert_int_equal(w.summary.iterations.planned, 200);
    assert_true(w.summary.length_s == 6.0);
    started(&w, 203);
    w.load.changed = true;
    end(&w, CONCLUDE_NOT_STOPPED);
    assert_int_equal(w.summary.iterations.planned, 203);
    started(&w, 199);
    end(&w, CONCLUDE_NOT_STOPPED);
    assert_int_equal(w.summary.iterations.planned, 200);
    drop(&w);
}

static void the_earlier_of_count_and_duration_ends_it(void **state)
{
    (void)state;
    struct world w;
    make(&w, LOAD_OPEN, 200, NS_PER_S, 500);
    started(&w, 200);
    end(&w, CONCLUDE_NOT_STOPPED);
    assert_true(w.summary.length_s == 1.0);
    assert_int_equal(w.summary.iterations.planned, 200);
    drop(&w);
}

static void ctrl_c_ends_it_at_that_moment(void **state)
{
    (void)state;
    struct world w;
    make(&w, LOAD_OPEN, 100, 10 * NS_PER_S, UINT64_MAX);
    started(&w, 96);
    end(&w, 955 * NS_PER_MS);
    assert_true(fabs(w.summary.length_s - 0.955) < 1e-12);
    assert_true(fabs(w.summary.asked_rate - 100.0) < 1e-9);
    assert_int_equal(w.summary.iterations.planned, 96);
    drop(&w);
}

static void a_plan_that_never_began_has_no_rates(void **state)
{
    (void)state;
    struct world w;
    make(&w, LOAD_OPEN, 100, 10 * NS_PER_S, UINT64_MAX);
    started(&w, 0);
    end(&w, 0);
    assert_true(w.summary.length_s == 0);
    assert_true(isnan(w.summary.asked_rate));
    assert_true(isnan(w.summary.achieved_rate));
    assert_int_equal(w.summary.iterations.planned, 0);
    drop(&w);
}

static void what_started_before_ctrl_c_was_heard_of_was_planned(void **state)
{
    (void)state;
    struct world w;
    make(&w, LOAD_OPEN, 100, 10 * NS_PER_S, UINT64_MAX);
    started(&w, 97);
    end(&w, 955 * NS_PER_MS);
    assert_int_equal(w.summary.iterations.planned, 97);
    started(&w, 95);
    end(&w, 955 * NS_PER_MS);
    assert_int_equal(w.summary.iterations.planned, 96); /* one is missing: the books show it */
    drop(&w);
}

static void what_a_worker_that_does_not_answer_had_to_start_is_unaccounted(void **state)
{
    (void)state;
    struct world w;
    make(&w, LOAD_OPEN, 200, 10 * NS_PER_S, UINT64_MAX);
    started(&w, 1500);
    w.results.books.list[0].skipped = 100;
    end(&w, CONCLUDE_NOT_STOPPED);
    conclude_unanswered(&w.results, &w.summary);
    assert_int_equal(w.results.books.list[0].unaccounted, 400);
    assert_int_equal(w.summary.iterations.unaccounted, 400);
    drop(&w);
}

static void more_than_the_whole_plan_is_a_fault(void **state)
{
    (void)state;
    struct world w;
    make(&w, LOAD_OPEN, 100, NS_PER_S, UINT64_MAX);
    started(&w, 101);
    end(&w, CONCLUDE_NOT_STOPPED);
    assert_int_equal(w.summary.iterations.planned, 100);
    drop(&w);
}

static void ctrl_c_in_the_drain_leaves_the_plan_whole(void **state)
{
    (void)state;
    struct world w;
    make(&w, LOAD_OPEN, 100, NS_PER_S, UINT64_MAX);
    started(&w, 100);
    end(&w, 2 * NS_PER_S);
    assert_true(w.summary.length_s == 1.0);
    assert_int_equal(w.summary.iterations.planned, 100);
    drop(&w);
}

static void a_closed_plan_has_no_asked_rate(void **state)
{
    (void)state;
    struct world w;
    make(&w, LOAD_CLOSED, 64, 10 * NS_PER_S, UINT64_MAX);
    started(&w, 12345);
    end(&w, CONCLUDE_NOT_STOPPED);
    assert_true(isnan(w.summary.asked_rate));
    assert_true(w.summary.achieved_rate == 1234.5);
    assert_int_equal(w.summary.iterations.planned, 12345);
    drop(&w);
}

static void a_closed_count_lasts_until_the_last_reply(void **state)
{
    (void)state;
    struct world w;
    make(&w, LOAD_CLOSED, 4, UINT64_MAX, 1000);
    started(&w, 1000);
    w.results.books.list[0].last_done_ns = 250 * NS_PER_MS;
    end(&w, CONCLUDE_NOT_STOPPED);
    assert_true(w.summary.length_s == 0.25);
    assert_true(w.summary.achieved_rate == 4000.0);
    drop(&w);
}

/* Who reads 1 000 records is one iteration; its last one came after 1 s. */
static void a_reader_that_was_stopped_has_waited_until_then(void **state)
{
    (void)state;
    for (int all = 0; all < 2; all++) {
        struct world w;
        make(&w, LOAD_CLOSED, 1, UINT64_MAX, UINT64_MAX);
        w.load.ends_itself = true;
        started(&w, 1);
        w.results.books.list[0].completed = (uint64_t)all;
        w.results.books.list[0].last_done_ns = NS_PER_S;
        end(&w, 60 * NS_PER_S);
        assert_true(w.summary.length_s == (all ? 1.0 : 60.0));
        w.results.books.list[0].interrupted = (uint64_t)!all; /* by the end of its drain */
        end(&w, CONCLUDE_NOT_STOPPED);
        assert_true(w.summary.length_s == 1.0);
        drop(&w);
    }
}

static void a_ramp_asks_for_its_mean(void **state)
{
    (void)state;
    struct world w;
    struct err e;
    make(&w, LOAD_OPEN, 1, NS_PER_S, UINT64_MAX);
    assert_true(profile_parse(STR("0..100 over 2s, 100 at once"), &w.arena, &w.load.profile, &e));
    started(&w, 200);
    end(&w, CONCLUDE_NOT_STOPPED);
    assert_true(fabs(w.summary.asked_rate - 100.0) < 1e-9);
    assert_int_equal(w.summary.iterations.planned, 200);
    end(&w, NS_PER_S);
    assert_true(fabs(w.summary.asked_rate - 25.0) < 1e-9);
    drop(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_open_plan),
        cmocka_unit_test(a_count_ends_an_open_plan_at_n_by_rate),
        cmocka_unit_test(a_change_that_was_heard_late_was_planned_so),
        cmocka_unit_test(the_earlier_of_count_and_duration_ends_it),
        cmocka_unit_test(ctrl_c_ends_it_at_that_moment),
        cmocka_unit_test(a_plan_that_never_began_has_no_rates),
        cmocka_unit_test(what_started_before_ctrl_c_was_heard_of_was_planned),
        cmocka_unit_test(what_a_worker_that_does_not_answer_had_to_start_is_unaccounted),
        cmocka_unit_test(more_than_the_whole_plan_is_a_fault),
        cmocka_unit_test(ctrl_c_in_the_drain_leaves_the_plan_whole),
        cmocka_unit_test(a_closed_plan_has_no_asked_rate),
        cmocka_unit_test(a_closed_count_lasts_until_the_last_reply),
        cmocka_unit_test(a_reader_that_was_stopped_has_waited_until_then),
        cmocka_unit_test(a_ramp_asks_for_its_mean),
    };
    return UNIT_RUN(tests);
}
