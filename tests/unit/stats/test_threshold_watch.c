/* Thresholds over windows and stages: which parts there are, which is the worst, and what is not
 * judged. */
#include "unit.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "stats/threshold_watch.h"

static const struct series ping = {.name = {"ping", 4}};

static const uint64_t stages_ns[] = {2 * NS_PER_S, 5 * NS_PER_S, 10 * NS_PER_S};

/* 100 arrivals a second. */
static double asked(const void *owner, uint64_t from_ns, uint64_t to_ns)
{
    (void)owner;
    return 100 * (double)(to_ns - from_ns) / (double)NS_PER_S;
}

struct world {
    struct arena arena;
    struct threshold threshold;
    struct watch_plan plan;
    struct threshold_watch watch;
    struct results all;
};

static struct world w;

static void watching(const char *expr)
{
    struct err e;
    w = (struct world){.plan = {stages_ns, 3, 10 * NS_PER_S, asked, NULL}};
    if (!threshold_parse(str_from(expr), false, &w.arena, &w.threshold, &e))
        fail_msg("%s", e.text);
    watch_init(&w.watch, &w.threshold, &w.plan);
}

/* Calls that ended in that second after so many ms; `failed` of them in vain. */
static void second(int64_t s, unsigned n, unsigned failed, unsigned ms)
{
    struct results delta = {0};
    struct series_data *d = &results_get(&delta, &ping)->data;
    d->started = d->started_in_plan = n;
    d->fates[FATE_OK] = n - failed;
    d->fates[FATE_ERROR] = failed;
    hist_record_n(&d->response, ms * NS_PER_MS, n - failed);
    iteration_books_at(&delta.books, 0)->started = n;
    iteration_books_at(&delta.books, 0)->in_plan = n;
    watch_add(&w.watch, s, &delta);
    results_merge(&w.all, &delta);
    results_free(&delta);
}

static struct threshold_result result(void)
{
    watch_end(&w.watch);
    struct threshold_result r = watch_result(&w.watch, &w.all, &w.arena);
    if (r.why.n)
        r.why = arena_dup(&w.arena, r.why);
    return r;
}

static int drop(void **state)
{
    (void)state;
    watch_free(&w.watch);
    results_free(&w.all);
    arena_free(&w.arena);
    return 0;
}

static void windows_slide_by_the_second_and_the_worst_is_told(void **state)
{
    (void)state;
    watching("failed < 10% over 2s");
    second(0, 100, 0, 1);
    second(1, 100, 10, 1); /* 0..2: 5 % */
    second(2, 100, 30, 1); /* 1..3: 20 % */
    second(3, 100, 0, 1);  /* 2..4: 15 % */
    second(4, 100, 0, 1);  /* 3..5: 0 */
    struct threshold_result r = result();
    assert_true(r.has_value && !r.passed);
    assert_true(r.value == 0.2);
    assert_int_equal(r.parts, 4);
    assert_int_equal(r.missed, 2);
    assert_true(r.from_s == 1 && r.to_s == 3);
}

static void a_window_that_holds_everywhere_passes_with_its_worst_value(void **state)
{
    (void)state;
    watching("response_time.max < 50ms over 3s");
    for (int64_t s = 0; s < 6; s++)
        second(s, 10, 0, s == 4 ? 40 : 5);
    struct threshold_result r = result();
    assert_true(r.passed);
    assert_true(r.value == 0.04);
    assert_int_equal(r.parts, 4);
    assert_true(r.from_s == 2 && r.to_s == 5);
}

static void windows_without_calls_are_not_judged(void **state)
{
    (void)state;
    watching("response_time.max < 50ms over 1s");
    second(0, 10, 0, 5);
    second(5, 10, 0, 60);
    struct threshold_result r = result();
    assert_int_equal(r.parts, 2);
    assert_int_equal(r.missed, 1);
    assert_true(r.from_s == 5);
}

static void a_late_row_adds_to_its_second(void **state)
{
    (void)state;
    watching("count >= 100 over 2s");
    second(0, 50, 0, 1);
    second(1, 30, 0, 1);
    second(0, 20, 0, 1); /* before the window 0..2 is judged */
    second(2, 70, 0, 1);
    struct threshold_result r = result();
    assert_true(r.passed);
    assert_int_equal(r.parts, 2);
    assert_true(r.value == 100);
}

static void a_run_that_is_too_short_has_no_value(void **state)
{
    (void)state;
    watching("failed < 1% over 30s");
    second(0, 10, 0, 1);
    struct threshold_result r = result();
    assert_false(r.has_value || r.passed);
    assert_true(str_eq(r.why, STR("the run was shorter than 30s")));
}

static void a_run_that_was_long_enough_may_have_nothing_to_judge(void **state)
{
    (void)state;
    watching("response_time.p99 < 1s over 2s");
    for (int64_t s = 0; s < 3; s++)
        second(s, 5, 5, 1);
    struct threshold_result r = result();
    assert_false(r.has_value || r.passed);
    assert_true(str_eq(r.why, STR("no call has a response time")));
}

static void rates_are_judged_within_the_plan_only(void **state)
{
    (void)state;
    watching("rate >= 90 over 1s");
    w.plan.length_ns = 2500 * NS_PER_MS;
    second(0, 100, 0, 1);
    second(1, 95, 0, 1);
    second(2, 50, 0, 1); /* half of it */
    second(3, 0, 0, 1);
    struct threshold_result r = result();
    assert_true(r.passed);
    assert_int_equal(r.parts, 2);
    assert_true(r.value == 95);
}

static void shares_are_of_what_ended_and_go_on_in_the_drain(void **state)
{
    (void)state;
    watching("error < 50% over 1s");
    w.plan.length_ns = NS_PER_S;
    second(0, 100, 0, 1);
    struct results delta = {0};
    results_get(&delta, &ping)->data.fates[FATE_ERROR] = 7; /* nothing started then */
    watch_add(&w.watch, 3, &delta);
    results_free(&delta);
    struct threshold_result r = result();
    assert_int_equal(r.missed, 1);
    assert_true(r.value == 1);
    assert_true(r.from_s == 3);
}

static void achieved_rate_is_of_what_the_plan_asks_there(void **state)
{
    (void)state;
    watching("achieved_rate > 99% over 2s");
    for (int64_t s = 0; s < 10; s++)
        second(s, s == 7 ? 90 : 100, 0, 1);
    struct threshold_result r = result();
    assert_int_equal(r.parts, 9);
    assert_int_equal(r.missed, 2);
    assert_true(r.value == 0.95);
}

static void each_stage_is_judged_and_the_drain_is_of_the_last(void **state)
{
    (void)state;
    watching("response_time.max < 30ms over each stage");
    for (int64_t s = 0; s < 10; s++)
        second(s, 10, 0, s < 2 ? 10 : s < 5 ? 20 : 25);
    second(12, 1, 0, 40);
    struct threshold_result r = result();
    assert_int_equal(r.parts, 3);
    assert_int_equal(r.missed, 1);
    assert_true(r.value == 0.04);
    assert_true(r.from_s == 5 && r.to_s == 10);
}

static void one_stage_is_judged_alone(void **state)
{
    (void)state;
    watching("rate == 20 over stage 2");
    for (int64_t s = 0; s < 10; s++)
        second(s, s >= 2 && s < 5 ? 20 : 99, 0, 1);
    struct threshold_result r = result();
    assert_true(r.passed);
    assert_int_equal(r.parts, 1);
    assert_true(r.from_s == 2 && r.to_s == 5);
}

static void a_stage_that_was_not_reached_has_no_value(void **state)
{
    (void)state;
    watching("failed < 1% over stage 3");
    second(0, 10, 0, 1);
    w.plan.length_ns = NS_PER_S;
    struct threshold_result r = result();
    assert_false(r.has_value);
    assert_true(r.why.n > 0);
}

static void a_series_that_never_came_is_named(void **state)
{
    (void)state;
    watching("\"pong\".error < 5 over 1s");
    second(0, 10, 0, 1);
    struct threshold_result r = result();
    assert_false(r.has_value);
    assert_true(str_contains(r.why, STR("no series is named \"pong\"")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(windows_slide_by_the_second_and_the_worst_is_told, drop),
        cmocka_unit_test_teardown(a_window_that_holds_everywhere_passes_with_its_worst_value, drop),
        cmocka_unit_test_teardown(windows_without_calls_are_not_judged, drop),
        cmocka_unit_test_teardown(a_late_row_adds_to_its_second, drop),
        cmocka_unit_test_teardown(a_run_that_is_too_short_has_no_value, drop),
        cmocka_unit_test_teardown(a_run_that_was_long_enough_may_have_nothing_to_judge, drop),
        cmocka_unit_test_teardown(rates_are_judged_within_the_plan_only, drop),
        cmocka_unit_test_teardown(shares_are_of_what_ended_and_go_on_in_the_drain, drop),
        cmocka_unit_test_teardown(achieved_rate_is_of_what_the_plan_asks_there, drop),
        cmocka_unit_test_teardown(each_stage_is_judged_and_the_drain_is_of_the_last, drop),
        cmocka_unit_test_teardown(one_stage_is_judged_alone, drop),
        cmocka_unit_test_teardown(a_stage_that_was_not_reached_has_no_value, drop),
        cmocka_unit_test_teardown(a_series_that_never_came_is_named, drop),
    };
    return UNIT_RUN(tests);
}
