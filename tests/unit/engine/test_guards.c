/* Thresholds that end a run, and stages that must exist. */
#include "unit.h"

#include <string.h>

#include "base/clock.h"
#include "engine/judge.h"

static const struct series ping = {.name = {"ping", 4}};

struct world {
    struct arena arena;
    struct stage stages[2];
    struct load loads[2];
    struct plan plan;
    struct run_info info;
    struct threshold list[2];
    struct results results;
    struct series_data total;
    struct verdict verdict;
    struct summary s;
    struct guards *guards;
};

static struct world w;

static void threshold(unsigned i, const char *expr)
{
    struct err e;
    if (!threshold_parse(str_from(expr), false, &w.arena, &w.list[i], &e))
        fail_msg("%s", e.text);
}

/* 100/s for 5 s, then 200/s for 5 s. */
static int make(void **state)
{
    (void)state;
    w = (struct world){.stages = {{.from = 100, .to = 100, .duration_ns = 5 * NS_PER_S},
                                  {.from = 200, .to = 200, .duration_ns = 5 * NS_PER_S}}};
    for (unsigned i = 0; i < 2; i++) {
        w.loads[i].profile = (struct profile){LOAD_OPEN, w.stages, 2};
        w.loads[i].count = UINT64_MAX;
    }
    w.plan = (struct plan){.loads = w.loads, .n_loads = 1};
    w.info.plan = &w.plan;
    w.s = (struct summary){.info = &w.info,
                           .results = &w.results,
                           .total = &w.total,
                           .verdict = &w.verdict,
                           .length_s = 10};
    return 0;
}

static int drop(void **state)
{
    (void)state;
    if (w.guards)
        guards_close(w.guards);
    results_free(&w.results);
    arena_free(&w.arena);
    return 0;
}

static const struct threshold *second(int64_t s, unsigned n, unsigned failed)
{
    struct results delta = {0};
    struct series_data *d = &results_get(&delta, &ping)->data;
    d->started = d->started_in_plan = n;
    d->fates[FATE_OK] = n - failed;
    d->fates[FATE_ERROR] = failed;
    results_merge(&w.results, &delta);
    const struct threshold *ends =
        guards_second(w.guards, &(struct second){.second = s, .delta = &delta}, &w.results);
    results_free(&delta);
    return ends;
}

static bool need_stages(const char *expr)
{
    threshold(0, expr);
    w.guards = guards_open(&w.plan, w.list, 1);
    bool need = guards_need_stages(w.guards);
    guards_close(w.guards);
    w.guards = NULL;
    return need;
}

static void only_thresholds_over_stages_need_them(void **state)
{
    (void)state;
    assert_true(need_stages("failed < 10% over each stage"));
    assert_true(need_stages("failed < 10% over stage 2"));
    assert_false(need_stages("failed < 10% over 2s"));
    assert_false(need_stages("failed < 10%"));
}

static void the_run_ends_when_a_window_is_missed_and_only_once(void **state)
{
    (void)state;
    threshold(0, "failed < 10% over 2s abort");
    threshold(1, "failed < 10% over 2s");
    w.guards = guards_open(&w.plan, w.list, 2);
    assert_null(second(0, 100, 30)); /* no whole window yet */
    assert_ptr_equal(second(1, 100, 0), &w.list[0]);
    guards_ended(w.guards, &w.list[0], 2050 * NS_PER_MS);
    assert_null(second(2, 100, 90));
    w.s.length_s = 2.05;
    guards_judge(w.guards, &w.s, &w.arena);
    const struct threshold_result *t = w.verdict.thresholds;
    assert_int_equal(w.verdict.n_missed, 2);
    assert_true(t[0].value == 0.15 && t[0].to_s == 2 && t[0].aborted_s == 2.05);
    assert_true(t[1].value == 0.45 && t[1].aborted_s == 0);
}

static void over_the_whole_run_it_is_judged_on_what_has_ended_so_far(void **state)
{
    (void)state;
    threshold(0, "error < 5% abort");
    w.guards = guards_open(&w.plan, w.list, 1);
    assert_null(second(0, 100, 4));
    assert_ptr_equal(second(1, 100, 7), &w.list[0]);
    second(2, 1000, 0); /* it would hold by now, and stays missed */
    w.s.length_s = 2;
    guards_judge(w.guards, &w.s, &w.arena);
    assert_false(w.verdict.thresholds[0].passed);
    assert_true(w.verdict.thresholds[0].value == 0.055);
}

static void behind_the_end_of_the_plan_nothing_ends_it(void **state)
{
    (void)state;
    threshold(0, "failed < 10% abort");
    w.guards = guards_open(&w.plan, w.list, 1);
    guards_stopped(w.guards, NS_PER_S);
    assert_null(second(3, 10, 10));
}

static void nothing_is_judged_before_there_is_a_value(void **state)
{
    (void)state;
    threshold(0, "response_time.p99 < 1ms abort");
    w.guards = guards_open(&w.plan, w.list, 1);
    assert_null(second(0, 100, 0)); /* no times */
}

static void all_of_them_stand_somehow_meanwhile(void **state)
{
    (void)state;
    struct threshold_result *t;
    threshold(0, "failed < 10%");
    threshold(1, "failed < 10% over 2s");
    w.guards = guards_open(&w.plan, w.list, 2);
    assert_int_equal(guards_stand(w.guards, &w.results, &w.arena, &t), 0);
    second(0, 100, 5);
    assert_int_equal(guards_stand(w.guards, &w.results, &w.arena, &t), 2);
    assert_true(t[0].passed && t[0].value == 0.05);
    assert_false(t[1].has_value); /* no whole window yet */
    second(1, 100, 25);
    guards_stand(w.guards, &w.results, &w.arena, &t);
    assert_true(!t[0].passed && t[0].value == 0.15);
    assert_true(!t[1].passed && t[1].value == 0.15);
    second(2, 300, 0);
    guards_stand(w.guards, &w.results, &w.arena, &t);
    assert_true(t[0].passed && t[0].value == 0.06);
    assert_true(!t[1].passed && t[1].value == 0.15); /* the worst stays */
}

static void one_that_ended_the_run_stands_as_it_did_then(void **state)
{
    (void)state;
    struct threshold_result *t;
    threshold(0, "failed < 10% abort");
    w.guards = guards_open(&w.plan, w.list, 1);
    second(0, 100, 20);
    second(1, 1000, 0);
    assert_int_equal(guards_stand(w.guards, &w.results, &w.arena, &t), 1);
    assert_true(!t[0].passed && t[0].value == 0.2);
}

static void stages_must_exist(void **state)
{
    (void)state;
    struct err e = {0};
    threshold(0, "failed < 1% over stage 2");
    assert_true(guards_fits(&w.plan, &w.list[0], &e));
    threshold(0, "failed < 1% over stage 3");
    assert_false(guards_fits(&w.plan, &w.list[0], &e));
    assert_string_equal(e.text, "threshold 'failed < 1% over stage 3': the load has 2 stages");
    threshold(0, "failed < 1% over each stage");
    assert_true(guards_fits(&w.plan, &w.list[0], &e));
    w.plan.n_loads = 2;
    assert_false(guards_fits(&w.plan, &w.list[0], &e));
    assert_non_null(strstr(e.text, "stages are those of one scenario, and this run has 2"));
    threshold(0, "failed < 1% over 5s");
    assert_true(guards_fits(&w.plan, &w.list[0], &e));
}

static void each_kind_is_judged_at_the_end(void **state)
{
    (void)state;
    threshold(0, "rate == 150");
    threshold(1, "achieved_rate >= 99% over each stage");
    results_get(&w.results, &ping)->data.started_in_plan = 1500;
    judge(&w.s, w.list, 2, &w.arena);
    assert_true(w.verdict.thresholds[0].passed);
    assert_true(w.verdict.thresholds[1].value == 0); /* no seconds came */
    assert_int_equal(w.verdict.n_missed, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(only_thresholds_over_stages_need_them, make, drop),
        cmocka_unit_test_setup_teardown(the_run_ends_when_a_window_is_missed_and_only_once, make,
                                        drop),
        cmocka_unit_test_setup_teardown(over_the_whole_run_it_is_judged_on_what_has_ended_so_far,
                                        make, drop),
        cmocka_unit_test_setup_teardown(behind_the_end_of_the_plan_nothing_ends_it, make, drop),
        cmocka_unit_test_setup_teardown(nothing_is_judged_before_there_is_a_value, make, drop),
        cmocka_unit_test_setup_teardown(all_of_them_stand_somehow_meanwhile, make, drop),
        cmocka_unit_test_setup_teardown(one_that_ended_the_run_stands_as_it_did_then, make, drop),
        cmocka_unit_test_setup_teardown(stages_must_exist, make, drop),
        cmocka_unit_test_setup_teardown(each_kind_is_judged_at_the_end, make, drop),
    };
    return UNIT_RUN(tests);
}
