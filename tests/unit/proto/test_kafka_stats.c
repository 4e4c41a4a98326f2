/* librdkafka's statistics as measures: what is told of a text, in our units, and what is not. */
#include "unit.h"

#include <math.h>
#include <stdio.h>

#include "proto/kafka_stats.h"

/* Everything that was told, a line each. */
static struct buf told;

static void note(struct client *c, const struct measured *m)
{
    (void)c;
    buf_printf(&told, "%s", m->measure->name);
    for (unsigned i = 0; i < m->n_tags; i++)
        if (!str_eq(m->tags[i].name, STR("protocol")))
            buf_printf(&told, " " STR_FMT, STR_ARG(m->tags[i].value));
    buf_printf(&told, " %g\n", m->value);
}

static const struct client_events events = {.measured = note};
static struct client client = {.on = &events};

static void assert_told(struct kafka_stats *s, const char *json, const char *want)
{
    told.n = 0;
    kafka_stats_take(s, str_from(json), &client);
    buf_char(&told, 0);
    assert_string_equal(told.p, want);
}

static int forget(void **state)
{
    (void)state;
    buf_free(&told);
    return 0;
}

#define WINDOW(avg, max, outside, n)                                                               \
    "{\"min\":1,\"max\":" #max ",\"avg\":" #avg                                                    \
    ",\"p50\":1500,\"p99\":2500,\"outofrange\":" #outside ",\"cnt\":" #n "}"

static void windows_are_told_when_something_happened_in_them(void **state)
{
    (void)state;
    struct kafka_stats s = {.n = 0};
    assert_told(
        &s,
        "{\"type\":\"consumer\",\"brokers\":{\"h:9092/2\":{\"rtt\":" WINDOW(
            2000, 3000, 0,
            5) ",\"int_latency\":" WINDOW(1, 1, 0,
                                          0) ",\"throttle\":" WINDOW(4, 8, 0,
                                                                     1) ",\"toppars\":{\"t-0\":{"
                                                                        "\"topic\":\"t\"}},"
                                                                        "\"nodeid\":2}}}",
        "kafka_rtt_avg consumer 2 0.002\nkafka_rtt_p50 consumer 2 0.0015\n"
        "kafka_rtt_p99 consumer 2 0.0025\nkafka_rtt_max consumer 2 0.003\n"
        "kafka_throttle_avg consumer 2 0.004\nkafka_throttle_max consumer 2 0.008\n"
        "kafka_requests consumer 2 0\nkafka_retries consumer 2 0\n"
        "kafka_tx_errors consumer 2 0\nkafka_request_timeouts consumer 2 0\n");
    kafka_stats_free(&s);
}

static void percentiles_that_left_values_out_are_not_told(void **state)
{
    (void)state;
    struct kafka_stats s = {.n = 0};
    kafka_stats_take(&s, STR(""), &client);
    told.n = 0;
    assert_told(&s,
                "{\"type\":\"consumer\",\"brokers\":{\"h/1\":{\"nodeid\":1,\"rtt\":" WINDOW(
                    900000, 1000000, 4, 5) "}}}",
                "kafka_rtt_avg consumer 1 0.9\nkafka_rtt_max consumer 1 1\n"
                "kafka_requests consumer 1 0\nkafka_retries consumer 1 0\n"
                "kafka_tx_errors consumer 1 0\nkafka_request_timeouts consumer 1 0\n");
    kafka_stats_free(&s);
}

static void counters_tell_what_they_grew_by(void **state)
{
    (void)state;
    struct kafka_stats s = {.n = 0};
    static const char text[] =
        "{\"type\":\"producer\",\"msg_cnt\":7,\"msg_size\":700,\"msg_size_max\":1000,"
        "\"txmsgs\":%d,\"brokers\":{\"b\":{\"nodeid\":-1,\"tx\":99},"
        "\"h/1\":{\"nodeid\":1,\"tx\":%d,\"txretries\":%d,\"txerrs\":0,\"req_timeouts\":1}}}";
    char first[400], second[400];
    snprintf(first, sizeof first, text, 100, 10, 2);
    snprintf(second, sizeof second, text, 130, 15, 2);
    assert_told(&s, first,
                "kafka_requests producer 1 10\nkafka_retries producer 1 2\n"
                "kafka_tx_errors producer 1 0\nkafka_request_timeouts producer 1 1\n"
                "kafka_sent_records producer 100\nkafka_queued_records producer 7\n"
                "kafka_queued_bytes producer 700\nkafka_room_bytes producer 300\n");
    assert_told(&s, second,
                "kafka_requests producer 1 5\nkafka_retries producer 1 0\n"
                "kafka_tx_errors producer 1 0\nkafka_request_timeouts producer 1 0\n"
                "kafka_sent_records producer 30\nkafka_queued_records producer 7\n"
                "kafka_queued_bytes producer 700\nkafka_room_bytes producer 300\n");
    kafka_stats_free(&s);
}

static void topics_tell_batches_and_lag(void **state)
{
    (void)state;
    struct kafka_stats s = {.n = 0};
    assert_told(&s,
                "{\"type\":\"consumer\",\"topics\":{\"a.b\":{\"batchsize\":" WINDOW(
                    512, 600, 0, 3) ",\"partitions\":{"
                                    "\"0\":{\"consumer_lag\":9,\"consumer_lag_stored\":4},"
                                    "\"1\":{\"consumer_lag\":5,\"consumer_lag_stored\":-1},"
                                    "\"-1\":{\"consumer_lag\":-1,\"consumer_lag_stored\":-1}}}}}",
                "kafka_lag consumer a.b 0 4\nkafka_lag consumer a.b 1 5\n"
                "kafka_batch_bytes consumer a.b 512\n");
    kafka_stats_free(&s);
}

static void what_is_no_json_tells_nothing_more(void **state)
{
    (void)state;
    struct kafka_stats s = {.n = 0};
    assert_told(&s, "", "");
    assert_told(&s, "[1,2]", "");
    assert_told(&s, "{\"type\":\"consumer\",\"brokers\":7,\"topics\":{\"t\":{\"partitions\":[", "");
    assert_told(&s, "{\"type\":\"consumer\",\"brokers\":{\"h\":{\"nodeid\":\"x\",\"rtt\":{", "");
    kafka_stats_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_are_told_when_something_happened_in_them),
        cmocka_unit_test(percentiles_that_left_values_out_are_not_told),
        cmocka_unit_test(counters_tell_what_they_grew_by),
        cmocka_unit_test(topics_tell_batches_and_lag),
        cmocka_unit_test(what_is_no_json_tells_nothing_more),
    };
    return cmocka_run_group_tests(tests, NULL, forget);
}
