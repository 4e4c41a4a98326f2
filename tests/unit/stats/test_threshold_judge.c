/* Thresholds judged on results: every figure, every comparison, and what was not measured. */
#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "stats/threshold.h"

static const struct tag orders = {{"topic", 5}, {"orders", 6}},
                        goods = {{"topic", 5}, {"goods", 5}};
static const struct series ping = {.name = {"ping", 4}, .tags = &orders, .n_tags = 1};
static const struct series look = {.name = {"look", 4}, .tags = &goods, .n_tags = 1};
static const struct series part = {
    .name = {"look send", 9}, .tags = &goods, .n_tags = 1, .part = true};

static const struct series counter = {
    .name = {"orders", 6}, .tags = &goods, .n_tags = 1, .kind = SERIES_COUNTER};
static const struct series values = {
    .name = {"basket", 6}, .tags = &goods, .n_tags = 1, .kind = SERIES_VALUES};

struct world {
    struct results results;
    struct iteration_book iterations;
    struct arena arena;
    struct threshold_input in;
};

/* ping: 1000 calls of 10 ms, of them 7 failed in four ways; look: 500 of 20 ms; its part: 5 ms. */
static int make(void **state)
{
    static struct world w;
    w = (struct world){0};
    struct series_data *d = &results_get(&w.results, &ping)->data;
    *d = (struct series_data){.started = 1000, .started_in_plan = 990, .fates = {993, 3, 1, 2, 1}};
    hist_record_n(&d->response, 10 * NS_PER_MS, 998);
    hist_record_n(&d->service, 9 * NS_PER_MS, 996);
    d = &results_get(&w.results, &look)->data;
    *d = (struct series_data){.started = 500, .started_in_plan = 500, .fates = {500}};
    hist_record_n(&d->response, 20 * NS_PER_MS, 500);
    d = &results_get(&w.results, &part)->data;
    *d = (struct series_data){.started = 500, .started_in_plan = 500, .fates = {500}};
    hist_record_n(&d->response, 5 * NS_PER_MS, 500);
    d = &results_get(&w.results, &counter)->data;
    *d = (struct series_data){.started = 3, .sum = 12.5};
    d = &results_get(&w.results, &values)->data;
    d->started = 2;
    d->sum = 31;
    hist_record(&d->response, 10000);
    hist_record(&d->response, 21000);
    w.iterations = (struct iteration_book){.planned = 2000, .started = 1990, .skipped = 10};
    w.in = (struct threshold_input){.results = &w.results,
                                    .iterations = &w.iterations,
                                    .length_s = 10,
                                    .asked_rate = 200,
                                    .achieved_rate = 199};
    *state = &w;
    return 0;
}

static int drop(void **state)
{
    struct world *w = *state;
    results_free(&w->results);
    arena_free(&w->arena);
    return 0;
}

static struct threshold_result judged(struct world *w, const char *expr)
{
    struct threshold t;
    struct err e = {0};
    if (!threshold_parse(str_from(expr), true, &w->arena, &t, &e))
        fail_msg("%s", e.text);
    return threshold_judge(&t, &w->in, &w->arena);
}

static void holds(struct world *w, const char *expr, double value)
{
    struct threshold_result r = judged(w, expr);
    if (!r.has_value || !r.passed || r.value != value)
        fail_msg("%s: %.17g %s " STR_FMT, expr, r.value, r.passed ? "passed" : "missed",
                 STR_ARG(r.why));
    assert_true(str_eq(r.expr, str_from(expr)));
}

static void fails(struct world *w, const char *expr, double value)
{
    struct threshold_result r = judged(w, expr);
    if (!r.has_value || r.passed || r.value != value)
        fail_msg("%s: %.17g %s", expr, r.value, r.passed ? "passed" : "missed");
}

static void has_none(struct world *w, const char *expr, const char *why)
{
    struct threshold_result r = judged(w, expr);
    assert_false(r.has_value);
    assert_false(r.passed);
    if (!str_contains(r.why, str_from(why)))
        fail_msg("%s: " STR_FMT, expr, STR_ARG(r.why));
}

static void without_a_series_all_calls_count_and_no_parts(void **state)
{
    holds(*state, "count == 1500", 1500);
    holds(*state, "response_time.min == 10ms", 0.01);
    holds(*state, "response_time.max == 20ms", 0.02);
    holds(*state, "ok == 1493", 1493);
}

static void a_name_means_that_series_also_a_part(void **state)
{
    holds(*state, "\"ping\".count == 1000", 1000);
    holds(*state, "\"look send\".response_time.max == 5ms", 0.005);
    holds(*state, "\"ping\".service_time.max <= 9ms", 0.009);
}

static void tags_mean_every_call_that_has_them(void **state)
{
    struct world *w = *state;
    static const struct series more = {.name = {"more", 4}, .tags = &orders, .n_tags = 1};
    results_get(&w->results, &more)->data.started = 5;
    holds(w, "series{topic=orders}.count == 1005", 1005);
    holds(w, "series{topic=goods}.count == 500", 500);
}

static void each_fate_has_its_figure(void **state)
{
    holds(*state, "\"ping\".failed == 7", 7);
    holds(*state, "\"ping\".failed_check == 3", 3);
    holds(*state, "\"ping\".error == 1", 1);
    holds(*state, "\"ping\".timeout == 2", 2);
    holds(*state, "\"ping\".abandoned == 1", 1);
    holds(*state, "skipped == 10", 10);
}

static void shares_are_of_what_started_was_planned_or_asked(void **state)
{
    holds(*state, "\"ping\".failed == 0.7%", 0.007); /* 0.7/100 is another double than 7/1000 */
    fails(*state, "\"ping\".failed < 0.7%", 0.007);
    holds(*state, "\"ping\".ok >= 99.3%", 0.993);
    holds(*state, "skipped <= 0.5%", 0.005);
    holds(*state, "achieved_rate == 99.5%", 0.995);
    fails(*state, "achieved_rate > 99.5%", 0.995);
}

static void rates_count_what_was_due_within_the_plan(void **state)
{
    holds(*state, "\"ping\".rate == 99", 99);
    holds(*state, "rate == 149", 149);
    holds(*state, "achieved_rate == 199", 199);
}

static void comparisons_mean_what_they_say(void **state)
{
    struct {
        const char *op;
        bool below, same, above; /* value below, at and above the bound */
    } ops[] = {{"<", true, false, false}, {"<=", true, true, false},  {">", false, false, true},
               {">=", false, true, true}, {"==", false, true, false}, {"~=", true, false, true}};
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        char expr[64];
        snprintf(expr, sizeof expr, "count %s 1501", ops[i].op);
        assert_int_equal(judged(*state, expr).passed, ops[i].below);
        snprintf(expr, sizeof expr, "count %s 1500", ops[i].op);
        assert_int_equal(judged(*state, expr).passed, ops[i].same);
        snprintf(expr, sizeof expr, "count %s 1499", ops[i].op);
        assert_int_equal(judged(*state, expr).passed, ops[i].above);
    }
}

static void a_series_that_never_was_is_missed_and_those_that_were_are_named(void **state)
{
    has_none(*state, "\"login\".failed == 0",
             "no series is named \"login\"; there are: \"ping\", \"look\", \"look send\", "
             "\"orders\", \"basket\"");
    has_none(*state, "\"login\".response_time.p99 < 1s", "no series is named \"login\"");
    has_none(*state, "series{topic=x}.failed == 0", "no series has such tags; there are: \"ping\"");
}

static void a_long_list_of_series_is_cut(void **state)
{
    struct world *w = *state;
    static char names[20][8];
    static struct series many[20];
    for (int i = 0; i < 20; i++) {
        snprintf(names[i], sizeof names[i], "n%d", i);
        many[i].name = str_from(names[i]);
        results_get(&w->results, &many[i]);
    }
    has_none(w, "\"login\".failed == 0", "\"n5\" and 17 more");
}

static void what_was_not_measured_is_missed_but_a_count_of_zero_is_a_value(void **state)
{
    struct world *w = *state;
    static const struct series idle = {.name = {"idle", 4}};
    results_get(&w->results, &idle);
    has_none(w, "\"idle\".response_time.p99 < 1s", "no call has a response time");
    has_none(w, "\"idle\".service_time.p99 < 1s", "no call has a service time");
    has_none(w, "\"idle\".failed < 1%", "no call was made");
    holds(w, "\"idle\".failed == 0", 0);
    holds(w, "\"idle\".rate == 0", 0);
}

static void metrics_are_judged_by_their_names_and_in_no_total(void **state)
{
    struct world *w = *state;
    holds(w, "count == 1500", 1500);
    holds(w, "series{topic=goods}.count == 500", 500);
    holds(w, "orders >= 12.5", 12.5);
    holds(w, "\"orders\" > 12", 12.5);
    fails(w, "orders > 12.5", 12.5);
    holds(w, "orders.count == 3", 3);
    holds(w, "basket.max == 21", 21);
    holds(w, "\"basket\".min < 11", 10);
    holds(w, "basket.mean == 15.5", 15.5);
    holds(w, "basket.count == 2", 2);
    holds(w, "series{topic=goods}.orders > 1", 12.5);
    has_none(w, "series{topic=orders}.orders > 1", "nothing was counted as \"orders\"");
    has_none(w, "series{topic=orders}.basket.p95 > 1",
             "no series is named \"basket\" and has such tags");
}

static void a_metric_that_is_not_there_or_of_another_kind_is_told(void **state)
{
    struct world *w = *state;
    has_none(w, "refunds == 0",
             "nothing was counted as \"refunds\" (weir.count(name, 0) makes a counter that is 0); "
             "there are: \"ping\"");
    has_none(w, "weight.p95 < 1", "no series is named \"weight\"; there are: ");
    has_none(w, "basket > 1", "\"basket\" is a metric with values: .p95, .mean, .count");
    has_none(w, "orders.p95 > 1", "\"orders\" is a counter: its name stands alone");
    has_none(w, "\"ping\" > 1", "\"ping\" is a series of calls: .response_time.p99, .failed");
    has_none(w, "\"orders\".failed == 0", "\"orders\" is a counter");
    has_none(w, "\"basket\".checks == 100%", "\"basket\" is a metric with values");
}

static void checks_are_counted_or_a_share_of_those_made(void **state)
{
    struct world *w = *state;
    has_none(w, "checks > 99%", "no check was made");
    holds(w, "checks >= 0", 0);
    struct series_data *d = &results_get(&w->results, &ping)->data;
    tally_add(&d->checks_passed, tally_text(STR("pong")), 97);
    tally_add(&d->checks_passed, tally_text(STR("quick")), 50);
    tally_add(&d->checks_failed, tally_text(STR("pong")), 3);
    d = &results_get(&w->results, &look)->data;
    tally_add(&d->checks_passed, tally_text(STR("pong")), 50);
    holds(w, "checks == 98.5%", 197.0 / 200);
    holds(w, "checks >= 197", 197);
    holds(w, "\"ping\".checks == 98%", 0.98);
    holds(w, "\"look\".checks == 100%", 1);
    holds(w, "series{topic=goods}.checks == 50", 50);
}

static void the_closed_model_has_no_asked_rate(void **state)
{
    struct world *w = *state;
    w->in.asked_rate = NAN;
    has_none(w, "achieved_rate > 99%", "closed model");
    holds(w, "achieved_rate > 100", 199);
}

static void a_plan_without_length_has_no_rate(void **state)
{
    struct world *w = *state;
    w->in.length_s = 0;
    has_none(w, "rate > 1", "no length");
}

static void an_empty_run_has_counts_and_nothing_else(void **state)
{
    struct world *w = *state;
    results_free(&w->results);
    w->iterations = (struct iteration_book){0};
    holds(w, "failed == 0", 0);
    holds(w, "count == 0", 0);
    has_none(w, "failed < 1%", "no call was made");
    has_none(w, "skipped < 1%", "no iteration was planned");
    has_none(w, "\"ping\".failed == 0", "no series is named \"ping\"; there are none");
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(without_a_series_all_calls_count_and_no_parts),
        WITH_WORLD(a_name_means_that_series_also_a_part),
        WITH_WORLD(tags_mean_every_call_that_has_them),
        WITH_WORLD(each_fate_has_its_figure),
        WITH_WORLD(shares_are_of_what_started_was_planned_or_asked),
        WITH_WORLD(rates_count_what_was_due_within_the_plan),
        WITH_WORLD(comparisons_mean_what_they_say),
        WITH_WORLD(a_series_that_never_was_is_missed_and_those_that_were_are_named),
        WITH_WORLD(a_long_list_of_series_is_cut),
        WITH_WORLD(what_was_not_measured_is_missed_but_a_count_of_zero_is_a_value),
        WITH_WORLD(metrics_are_judged_by_their_names_and_in_no_total),
        WITH_WORLD(a_metric_that_is_not_there_or_of_another_kind_is_told),
        WITH_WORLD(checks_are_counted_or_a_share_of_those_made),
        WITH_WORLD(the_closed_model_has_no_asked_rate),
        WITH_WORLD(a_plan_without_length_has_no_rate),
        WITH_WORLD(an_empty_run_has_counts_and_nothing_else),
    };
    return UNIT_RUN(tests);
}
