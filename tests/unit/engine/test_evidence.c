/* Who made a run slow: each rule says so at its limit, and nothing where nothing is slow. */
#include "unit.h"

#include <string.h>

#include "base/clock.h"
#include "engine/evidence.h"
#include "stats/measures.h"

static const struct tag one[] = {{{"client", 6}, {"producer", 8}}, {{"broker", 6}, {"1", 1}}};
static const struct tag reader[] = {{{"client", 6}, {"consumer", 8}}, {{"broker", 6}, {"1", 1}}};
static const struct tag two[] = {{{"client", 6}, {"producer", 8}}, {{"broker", 6}, {"2", 1}}};

struct world {
    struct plan plan;
    struct run_info info;
    struct results results;
    struct series_data total;
    struct verdict verdict;
    struct series series[16];
    unsigned n;
};

static uint64_t ns(double s)
{
    return (uint64_t)(s * 1e9);
}

/* 1 000 records that took so long. */
static void make(struct world *w, double record_s)
{
    memset(w, 0, sizeof *w);
    w->info.plan = &w->plan;
    w->total.started = w->total.fates[FATE_OK] = 1000;
    hist_record_n(&w->total.response, ns(record_s), 1000);
}

static void measure(struct world *w, enum measure_id id, const struct tag *tags, double value)
{
    struct series *s = &w->series[w->n++];
    *s = (struct series){
        .name = str_from(measures[id].name), .tags = tags, .n_tags = 2, .kind = measures[id].kind};
    struct series_data *d = &results_get(&w->results, s)->data;
    d->started = 2;
    d->sum = value * 2;
    hist_record_n(&d->response, ns(value), 2);
}

/* The one note begins so; NULL: there is none. */
static void says(struct world *w, const char *words)
{
    struct summary s = {
        .info = &w->info, .results = &w->results, .total = &w->total, .verdict = &w->verdict};
    evidence_note(&s);
    if (words && (w->verdict.n_notes != 1 || strncmp(w->verdict.notes[0], words, strlen(words))))
        fail_msg("%s", w->verdict.n_notes ? w->verdict.notes[0] : "(nothing)");
    if (!words)
        assert_int_equal(w->verdict.n_notes, 0);
    series_data_free(&w->total);
    results_free(&w->results);
}

static void a_long_round_trip_is_the_brokers(void **state)
{
    (void)state;
    struct world w;
    make(&w, 0.2);
    measure(&w, MEASURE_RTT_AVG, one, 0.001);
    measure(&w, MEASURE_RTT_AVG, two, 0.15);
    says(&w, "the broker: a request to broker 2 took 150 ms there and back on average, a record "
             "200 ms");
    make(&w, 5); /* what waits here waits because of it */
    measure(&w, MEASURE_RTT_AVG, one, 0.3);
    measure(&w, MEASURE_QUEUE_AVG, one, 4);
    says(&w, "the broker: ");
}

/* A broker keeps a Fetch until there is something to say: that is no round trip. */
static void a_readers_requests_wait_and_prove_nothing(void **state)
{
    (void)state;
    struct world w;
    make(&w, 10); /* nobody answers */
    measure(&w, MEASURE_RTT_AVG, one, 0.005);
    measure(&w, MEASURE_RTT_AVG, reader, 0.45);
    says(&w, NULL);
    make(&w, 10);
    measure(&w, MEASURE_RTT_AVG, reader, 0.45);
    says(&w, NULL);
    make(&w, 10); /* its quota is the broker's all the same */
    measure(&w, MEASURE_RTT_AVG, one, 0.005);
    measure(&w, MEASURE_THROTTLE_MAX, reader, 0.45);
    says(&w, "the broker: its quota held answers back, for up to 450 ms");
}

static void a_quota_is_the_brokers(void **state)
{
    (void)state;
    struct world w;
    make(&w, 0.2);
    measure(&w, MEASURE_RTT_AVG, one, 0.001);
    measure(&w, MEASURE_QUEUE_AVG, one, 0.19);
    measure(&w, MEASURE_THROTTLE_MAX, one, 0.5);
    says(&w, "the broker: its quota held answers back, for up to 500 ms");
    make(&w, 0.005); /* a closed model: most were fast, and there were fewer of them */
    measure(&w, MEASURE_RTT_AVG, one, 0.001);
    measure(&w, MEASURE_THROTTLE_MAX, one, 0.08);
    says(&w, "the broker: its quota held answers back, for up to 80.0 ms; a record took 5.00 ms");
}

static void a_reader_is_told_of_the_quota_alone(void **state)
{
    (void)state;
    struct world w;
    make(&w, 0.5);
    w.plan.reads = true;
    measure(&w, MEASURE_RTT_AVG, one, 0.4);
    says(&w, NULL);
    make(&w, 0);
    w.plan.reads = true;
    measure(&w, MEASURE_THROTTLE_MAX, two, 1.5);
    says(&w, "the broker: its quota held answers back, for up to 1.50 s; records were read");
}

static void full_queues_are_this_machines(void **state)
{
    (void)state;
    struct world w;
    make(&w, 0.2);
    measure(&w, MEASURE_RTT_AVG, one, 0.002);
    measure(&w, MEASURE_QUEUE_AVG, one, 0.05);
    hist_record_n(&w.results.wait, ns(0.06), 1000);
    says(&w, "this machine: of 200 ms that a record took on average, 110 ms passed in the client's "
             "own queues");
}

static void a_loop_that_stood_still_is_this_machines(void **state)
{
    (void)state;
    struct world w;
    make(&w, 0.2);
    hist_record(&w.results.turn, ns(0.3));
    measure(&w, MEASURE_RTT_AVG, one, 0.09); /* most of the rest, but not long */
    says(&w, "this machine: weir's own loop stood still for 300 ms");
    make(&w, 1);
    hist_record(&w.results.turn, ns(0.3)); /* no second's worth of records waited for that */
    measure(&w, MEASURE_RTT_AVG, one, 0.001);
    measure(&w, MEASURE_QUEUE_AVG, one, 0.9);
    says(&w, "this machine: of 1.00 s that a record took on average, 900 ms passed in");
}

static void nothing_is_said_of_what_is_not_slow_or_not_known(void **state)
{
    (void)state;
    struct world w;
    make(&w, 0.05);
    measure(&w, MEASURE_RTT_AVG, one, 0.04);
    says(&w, NULL);
    make(&w, 0.2); /* neither is half of it: the rest is nobody's */
    measure(&w, MEASURE_RTT_AVG, one, 0.09);
    measure(&w, MEASURE_QUEUE_AVG, one, 0.09);
    says(&w, NULL);
    make(&w, 0.2);
    says(&w, NULL);
}

static void a_run_that_is_not_valid_asks_however_fast_it_was(void **state)
{
    (void)state;
    struct world w;
    make(&w, 0.05);
    w.verdict.validity = RUN_DEGRADED;
    measure(&w, MEASURE_RTT_AVG, one, 0.04);
    says(&w, "the broker: ");
    make(&w, 0.05);
    w.total.fates[FATE_TIMEOUT] = 1;
    measure(&w, MEASURE_RTT_AVG, one, 0.04);
    says(&w, "the broker: ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_round_trip_is_the_brokers),
        cmocka_unit_test(a_readers_requests_wait_and_prove_nothing),
        cmocka_unit_test(a_quota_is_the_brokers),
        cmocka_unit_test(a_reader_is_told_of_the_quota_alone),
        cmocka_unit_test(full_queues_are_this_machines),
        cmocka_unit_test(a_loop_that_stood_still_is_this_machines),
        cmocka_unit_test(nothing_is_said_of_what_is_not_slow_or_not_known),
        cmocka_unit_test(a_run_that_is_not_valid_asks_however_fast_it_was),
    };
    return UNIT_RUN(tests);
}
