/* Thresholds on what clients measure by themselves, and Java's names for it. */
#include "unit.h"

#include <string.h>

#include "base/clock.h"
#include "stats/measures.h"
#include "stats/threshold.h"

static const struct tag one = {{"broker", 6}, {"1", 1}}, two = {{"broker", 6}, {"2", 1}};
static const struct series rtt[] = {
    {.name = {"kafka_rtt_p99", 13}, .tags = &one, .n_tags = 1, .kind = SERIES_TIMES},
    {.name = {"kafka_rtt_p99", 13}, .tags = &two, .n_tags = 1, .kind = SERIES_TIMES},
};
static const struct series lag = {.name = {"kafka_lag", 9}, .kind = SERIES_VALUES};
static const struct series retries = {.name = {"kafka_retries", 13}, .kind = SERIES_COUNTER};

struct world {
    struct results results;
    struct arena arena;
};

static int make(void **state)
{
    static struct world w;
    w = (struct world){.arena = {0}};
    for (unsigned i = 0; i < 2; i++) {
        struct series_data *d = &results_get(&w.results, &rtt[i])->data;
        d->started = 1;
        hist_record(&d->response, (i + 1) * 10 * NS_PER_MS);
    }
    struct series_data *d = &results_get(&w.results, &lag)->data;
    d->started = 1;
    hist_record(&d->response, 40 * 1000);
    *(d = &results_get(&w.results, &retries)->data) = (struct series_data){.started = 5, .sum = 30};
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
    const struct threshold_input in = {.results = &w->results, .length_s = 10};
    if (!threshold_parse(str_from(expr), false, &w->arena, &t, &e))
        fail_msg("%s", e.text);
    return threshold_judge(&t, &in, &w->arena);
}

static void is(struct world *w, const char *expr, enum threshold_unit unit, double value)
{
    struct threshold_result r = judged(w, expr);
    assert_true(r.has_value);
    assert_int_equal(r.unit, unit);
    if (r.value < value * 0.999 || r.value > value * 1.001)
        fail_msg("%s: %g, not %g", expr, r.value, value);
}

static void refused(struct world *w, const char *expr, const char *words)
{
    struct threshold t;
    struct err e = {0};
    if (threshold_parse(str_from(expr), false, &w->arena, &t, &e))
        fail_msg("'%s' was taken", expr);
    if (!strstr(e.text, words))
        fail_msg("'%s' is not in: %s", words, e.text);
}

static void each_kind_has_its_figures(void **state)
{
    is(*state, "kafka_rtt_p99.max < 1s", UNIT_SECONDS, 0.02);
    is(*state, "\"kafka_rtt_p99\".min < 1s", UNIT_SECONDS, 0.01);
    is(*state, "series{broker=1}.kafka_rtt_p99.max < 1s", UNIT_SECONDS, 0.01);
    is(*state, "series{broker=2}.\"kafka_rtt_p99\".count < 2", UNIT_COUNT, 1);
    is(*state, "kafka_lag.max < 1k", UNIT_NUMBER, 40);
    is(*state, "kafka_retries < 100", UNIT_NUMBER, 30);
    is(*state, "kafka_retries.rate < 1k", UNIT_RATE, 3);
    is(*state, "kafka_retries.count > 0", UNIT_COUNT, 5);
}

static void javas_names_stand_for_ours(void **state)
{
    is(*state, "records-lag-max < 1k", UNIT_NUMBER, 40);
    is(*state, "kafka-consumer-lag-max < 1k", UNIT_NUMBER, 40);
    is(*state, "records-lag.mean < 1k", UNIT_NUMBER, 40); /* another figure than the usual one */
    refused(*state, "compression-rate < 1", "compression-rate is of Java's clients: librdkafka ");
    refused(*state, "record-error-rate < 1", "weir does: error, failed");
    refused(*state, "record-send-rat < 1", "did you mean 'record-send-rate'?");
}

static void what_is_wrong_is_said(void **state)
{
    refused(*state, "kafka_rtt_p99 < 1s", "which figure of kafka_rtt_p99?");
    refused(*state, "kafka_rtt_p99.p101 < 1s", "which figure of kafka_rtt_p99?");
    refused(*state, "kafka_rtt_p99.max < 1", "unit");
    refused(*state, "kafka_retries.p99 < 1", "kafka_retries is a counter");
    refused(*state, "kafka_rtt_p9.max < 1s", "did you mean 'kafka_rtt_p99'?");
    struct threshold_result r = judged(*state, "kafka_queue_avg.max < 1s");
    assert_false(r.has_value || r.passed);
    assert_true(str_contains(r.why, STR("no Kafka client told \"kafka_queue_avg\"")));
}

static void every_java_name_leads_to_a_figure_that_is_there(void **state)
{
    struct world *w = *state;
    for (const struct measure_java *j = measures_java; j->name; j++) {
        struct threshold t;
        struct err e = {0};
        assert_int_equal(j->ours == NULL, j->why != NULL);
        if (!j->ours)
            continue;
        str times = arena_printf(&w->arena, "%s < 1s", j->name);
        str number = arena_printf(&w->arena, "%s < 1", j->name);
        if (!threshold_parse(times, false, &w->arena, &t, &e) &&
            !threshold_parse(number, false, &w->arena, &t, &e))
            fail_msg("%s", e.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_kind_has_its_figures, make, drop),
        cmocka_unit_test_setup_teardown(javas_names_stand_for_ours, make, drop),
        cmocka_unit_test_setup_teardown(what_is_wrong_is_said, make, drop),
        cmocka_unit_test_setup_teardown(every_java_name_leads_to_a_figure_that_is_there, make,
                                        drop),
    };
    return UNIT_RUN(tests);
}
