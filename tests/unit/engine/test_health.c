/* The verdict: each sign can go bad, at its limit and not before (spec/measure.md, "Verdict"). */
#include "unit.h"

#include <string.h>

#include "base/clock.h"
#include "engine/health.h"

static const struct series ping = {.name = {"GET /ping", 9}};

/* A healthy open run of 1 000 calls with a response time of 1 ms. */
struct world {
    struct load load;
    struct plan plan;
    struct run_info info;
    struct results results;
    struct series_data total;
    struct verdict verdict;
    struct summary summary;
};

static void make(struct world *w)
{
    memset(w, 0, sizeof *w);
    w->load.profile.model = LOAD_OPEN;
    w->plan = (struct plan){.loads = &w->load, .n_loads = 1};
    w->info.plan = &w->plan;
    struct series_data *d = &results_get(&w->results, &ping)->data;
    d->started = d->fates[FATE_OK] = 1000;
    hist_record_n(&d->response, NS_PER_MS, 1000);
    *iteration_books_at(&w->results.books, 0) =
        (struct iteration_book){.planned = 1000, .started = 1000, .completed = 1000};
    hist_record_n(&w->results.lateness, 20 * NS_PER_US, 1000);
    hist_record_n(&w->results.turn, 10 * NS_PER_US, 1000);
}

static enum validity judge(struct world *w)
{
    results_total(&w->results, &w->total);
    w->summary = (struct summary){
        .info = &w->info, .results = &w->results, .total = &w->total, .verdict = &w->verdict};
    health_judge(&w->summary);
    return w->verdict.validity;
}

static void end(struct world *w)
{
    series_data_free(&w->total);
    results_free(&w->results);
}

static void a_healthy_run_is_valid(void **state)
{
    (void)state;
    struct world w;
    make(&w);
    assert_int_equal(judge(&w), RUN_VALID);
    assert_int_equal(w.verdict.n_reasons, 0);
    assert_true(w.summary.balanced);
    end(&w);
}

/* 980 starts in time, 20 late by `late_ns`, so that p99 is among the late ones. */
static enum validity with_lateness(uint64_t late_ns, uint64_t response_ns)
{
    struct world w;
    make(&w);
    struct series_data *d = &w.results.list[0]->data;
    hist_clear(&d->response);
    hist_record_n(&d->response, response_ns, 1000);
    hist_clear(&w.results.lateness);
    hist_record_n(&w.results.lateness, 1000, 980);
    hist_record_n(&w.results.lateness, late_ns, 20);
    enum validity v = judge(&w);
    assert_int_equal(w.verdict.n_reasons, v == RUN_VALID ? 0 : 1);
    end(&w);
    return v;
}

static void late_starts_are_judged_against_the_response_time(void **state)
{
    (void)state;
    assert_int_equal(with_lateness(990 * NS_PER_US, NS_PER_MS), RUN_VALID);
    assert_int_equal(with_lateness(1100 * NS_PER_US, NS_PER_MS), RUN_DEGRADED);
    assert_int_equal(with_lateness(9900 * NS_PER_US, NS_PER_MS), RUN_DEGRADED);
    assert_int_equal(with_lateness(11 * NS_PER_MS, NS_PER_MS), RUN_INVALID);
    assert_int_equal(with_lateness(19 * NS_PER_MS, 200 * NS_PER_MS), RUN_VALID);
    assert_int_equal(with_lateness(21 * NS_PER_MS, 200 * NS_PER_MS), RUN_DEGRADED);
    assert_int_equal(with_lateness(101 * NS_PER_MS, 200 * NS_PER_MS), RUN_INVALID);
}

static enum validity with_started(uint64_t started, enum overload overload)
{
    struct world w;
    make(&w);
    w.load.overload = overload;
    w.results.books.list[0] = (struct iteration_book){
        .planned = 10000, .started = started, .skipped = 10000 - started, .completed = started};
    enum validity v = judge(&w);
    end(&w);
    return v;
}

/* 980 starts in time, 15 late by 20 ms, 5 by a second. */
static void the_reason_says_how_late_1_in_100_was_and_what_the_target_took(void **state)
{
    (void)state;
    struct world w;
    make(&w);
    hist_clear(&w.results.lateness);
    hist_record_n(&w.results.lateness, 1000, 980);
    hist_record_n(&w.results.lateness, 20 * NS_PER_MS, 15);
    hist_record_n(&w.results.lateness, NS_PER_S, 5);
    assert_int_equal(judge(&w), RUN_INVALID);
    assert_string_equal(w.verdict.reasons[0],
                        "1 in 100 starts was 20.0 ms late or more, the median response time is "
                        "1.00 ms: this machine could not keep the schedule");
    end(&w);
}

static void fewer_than_1_in_100_late_starts_are_not_judged(void **state)
{
    (void)state;
    struct world w;
    make(&w);
    hist_clear(&w.results.lateness);
    hist_record_n(&w.results.lateness, 1000, 991);
    hist_record_n(&w.results.lateness, NS_PER_S, 9);
    assert_int_equal(judge(&w), RUN_VALID);
    end(&w);
}

static void starts_that_were_never_made_are_judged(void **state)
{
    (void)state;
    assert_int_equal(with_started(9990, OVERLOAD_QUEUE), RUN_VALID);
    assert_int_equal(with_started(9989, OVERLOAD_QUEUE), RUN_DEGRADED);
    assert_int_equal(with_started(9900, OVERLOAD_QUEUE), RUN_DEGRADED);
    assert_int_equal(with_started(9899, OVERLOAD_QUEUE), RUN_INVALID);
    assert_int_equal(with_started(5000, OVERLOAD_SKIP), RUN_VALID);
}

static enum validity with_turn(uint64_t ns)
{
    struct world w;
    make(&w);
    hist_record(&w.results.turn, ns);
    enum validity v = judge(&w);
    end(&w);
    return v;
}

static void a_long_turn_of_the_loop_is_judged(void **state)
{
    (void)state;
    assert_int_equal(with_turn(50 * NS_PER_MS), RUN_VALID);
    assert_int_equal(with_turn(51 * NS_PER_MS), RUN_DEGRADED);
    assert_int_equal(with_turn(501 * NS_PER_MS), RUN_INVALID);
}

static void unbalanced_books_make_it_invalid(void **state)
{
    (void)state;
    struct world w;
    make(&w);
    w.results.list[0]->data.fates[FATE_OK]--;
    assert_int_equal(judge(&w), RUN_INVALID);
    assert_false(w.summary.balanced);
    end(&w);
    make(&w);
    w.results.books.list[0].completed--;
    assert_int_equal(judge(&w), RUN_INVALID);
    end(&w);
    make(&w);
    w.results.books.list[0].planned++;
    assert_int_equal(judge(&w), RUN_INVALID);
    end(&w);
}

static void one_series_cannot_make_up_for_another(void **state)
{
    (void)state;
    static const struct series other = {.name = {"GET /other", 10}};
    struct world w;
    make(&w);
    struct series_data *d = &results_get(&w.results, &other)->data;
    d->started = 10;
    d->fates[FATE_OK] = 11;
    w.results.list[0]->data.fates[FATE_OK]--;
    assert_int_equal(judge(&w), RUN_INVALID);
    end(&w);
}

static int code_of(struct world *w, bool output_failed)
{
    judge(w);
    return health_exit_code(&w->summary, output_failed);
}

static void exit_codes_follow_their_precedence(void **state)
{
    (void)state;
    struct world w;
    make(&w);
    assert_int_equal(code_of(&w, false), 0);
    w.verdict.n_missed = 1;
    assert_int_equal(health_exit_code(&w.summary, false), 3);
    w.verdict.validity = RUN_DEGRADED;
    w.verdict.n_missed = 0;
    assert_int_equal(health_exit_code(&w.summary, false), 0);
    w.verdict.validity = RUN_INVALID;
    w.verdict.n_missed = 1;
    assert_int_equal(health_exit_code(&w.summary, false), 4);
    assert_int_equal(health_exit_code(&w.summary, true), 1);
    w.summary.interrupted = true;
    assert_int_equal(health_exit_code(&w.summary, true), 130);
    end(&w);
    make(&w);
    w.results.list[0]->data.fates[FATE_OK] = 0;
    w.results.list[0]->data.fates[FATE_ERROR] = 1000;
    assert_int_equal(code_of(&w, false), 1);
    end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_healthy_run_is_valid),
        cmocka_unit_test(late_starts_are_judged_against_the_response_time),
        cmocka_unit_test(the_reason_says_how_late_1_in_100_was_and_what_the_target_took),
        cmocka_unit_test(fewer_than_1_in_100_late_starts_are_not_judged),
        cmocka_unit_test(starts_that_were_never_made_are_judged),
        cmocka_unit_test(a_long_turn_of_the_loop_is_judged),
        cmocka_unit_test(unbalanced_books_make_it_invalid),
        cmocka_unit_test(one_series_cannot_make_up_for_another),
        cmocka_unit_test(exit_codes_follow_their_precedence),
    };
    return UNIT_RUN(tests);
}
