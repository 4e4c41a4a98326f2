/* The table of what clients measure, and Java's names for it. Where a figure comes from:
 * librdkafka's STATISTICS.md. */
#include "stats/measures.h"

#include <stddef.h>

static const char broker[] = "broker", topic[] = "topic", client[] = "client",
                  group[] = "group, topic", partition[] = "group, topic, partition";

const struct measure measures[MEASURES] = {
    [MEASURE_RTT_AVG] = {"kafka_rtt_avg", SERIES_TIMES, "s", broker,
                         "round trip of a request, mean of each interval"},
    [MEASURE_RTT_P50] = {"kafka_rtt_p50", SERIES_TIMES, "s", broker,
                         "round trip of a request, median of each interval"},
    [MEASURE_RTT_P99] = {"kafka_rtt_p99", SERIES_TIMES, "s", broker,
                         "round trip of a request, 99 % of each interval"},
    [MEASURE_RTT_MAX] = {"kafka_rtt_max", SERIES_TIMES, "s", broker,
                         "round trip of a request, longest of each interval"},
    [MEASURE_QUEUE_AVG] = {"kafka_queue_avg", SERIES_TIMES, "s", broker,
                           "from produce until a record is in a request, linger.ms too, mean"},
    [MEASURE_QUEUE_P99] = {"kafka_queue_p99", SERIES_TIMES, "s", broker, "the same, 99 %"},
    [MEASURE_QUEUE_MAX] = {"kafka_queue_max", SERIES_TIMES, "s", broker, "the same, longest"},
    [MEASURE_OUTBUF_AVG] = {"kafka_outbuf_avg", SERIES_TIMES, "s", broker,
                            "from then until the request is on the wire, mean"},
    [MEASURE_OUTBUF_P99] = {"kafka_outbuf_p99", SERIES_TIMES, "s", broker, "the same, 99 %"},
    [MEASURE_OUTBUF_MAX] = {"kafka_outbuf_max", SERIES_TIMES, "s", broker, "the same, longest"},
    [MEASURE_THROTTLE_AVG] = {"kafka_throttle_avg", SERIES_TIMES, "s", broker,
                              "how long the broker's quota held answers back, mean"},
    [MEASURE_THROTTLE_MAX] = {"kafka_throttle_max", SERIES_TIMES, "s", broker, "the same, longest"},
    [MEASURE_REQUESTS] = {"kafka_requests", SERIES_COUNTER, "requests", broker, "requests sent"},
    [MEASURE_RETRIES] = {"kafka_retries", SERIES_COUNTER, "requests", broker, "requests repeated"},
    [MEASURE_TX_ERRORS] = {"kafka_tx_errors", SERIES_COUNTER, "requests", broker,
                           "requests that could not be transmitted"},
    [MEASURE_REQUEST_TIMEOUTS] = {"kafka_request_timeouts", SERIES_COUNTER, "requests", broker,
                                  "requests without an answer in time"},
    [MEASURE_SENT_RECORDS] = {"kafka_sent_records", SERIES_COUNTER, "records", client,
                              "records sent to brokers"},
    [MEASURE_QUEUED_RECORDS] = {"kafka_queued_records", SERIES_VALUES, "records", client,
                                "records in the client's own queues, at the end of each interval"},
    [MEASURE_QUEUED_BYTES] = {"kafka_queued_bytes", SERIES_VALUES, "bytes", client,
                              "bytes of them"},
    [MEASURE_ROOM_BYTES] = {"kafka_room_bytes", SERIES_VALUES, "bytes", client,
                            "room left in those queues (queue.buffering.max.kbytes)"},
    [MEASURE_BATCH_BYTES] = {"kafka_batch_bytes", SERIES_VALUES, "bytes", topic,
                             "bytes of a batch, mean of each interval"},
    [MEASURE_BATCH_RECORDS] = {"kafka_batch_records", SERIES_VALUES, "records", topic,
                               "records of a batch, mean of each interval"},
    [MEASURE_LAG] = {"kafka_lag", SERIES_VALUES, "records", "topic, partition",
                     "records that a consumer of this run has not taken yet"},
    [MEASURE_GROUP_LAG] = {"kafka_group_lag", SERIES_VALUES, "records", group,
                           "records that a watched group has not committed, all partitions"},
    [MEASURE_GROUP_WAIT] = {"kafka_group_wait", SERIES_TIMES, "s", group,
                            "since the first of them was written, longest of all partitions"},
    [MEASURE_GROUP_PARTITION_LAG] = {"kafka_group_partition_lag", SERIES_VALUES, "records",
                                     partition, "the same records, of one partition"},
    [MEASURE_GROUP_PARTITION_WAIT] = {"kafka_group_partition_wait", SERIES_TIMES, "s", partition,
                                      "since the first of these was written"},
    [MEASURE_COMMITS] = {"kafka_commits", SERIES_COUNTER, "transactions", client,
                         "transactions that were committed"},
    [MEASURE_ABORTS] = {"kafka_aborts", SERIES_COUNTER, "transactions", client,
                        "transactions that were aborted, on purpose or because they had to"},
    [MEASURE_COMMITTED_RECORDS] = {"kafka_committed_records", SERIES_COUNTER, "records", client,
                                   "acknowledged records in transactions that were committed"},
    [MEASURE_ABORTED_RECORDS] = {"kafka_aborted_records", SERIES_COUNTER, "records", client,
                                 "acknowledged records in transactions that were aborted"},
    [MEASURE_MARKS] = {"kafka_marks", SERIES_COUNTER, "offsets", client,
                       "ends of transactions that the brokers marked in partitions"},
    [MEASURE_POSSIBLE_MARKS] = {"kafka_possible_marks", SERIES_COUNTER, "offsets", client,
                                "the same where it is not known whether they did"},
};

const struct measure *measure_find(str name)
{
    for (const struct measure *m = measures; m < measures + MEASURES; m++)
        if (str_eq(str_from(m->name), name))
            return m;
    return NULL;
}

static const char no_memory[] = "librdkafka has no pool of memory to wait for; see "
                                "kafka_queued_bytes and kafka_room_bytes";

const struct measure_java measures_java[] = {
    {"batch-size-avg", "kafka_batch_bytes.mean", NULL},
    {"batch-size-max", "kafka_batch_bytes.max", NULL},
    {"buffer-available-bytes", "kafka_room_bytes.min", NULL},
    {"buffer-exhausted-rate", NULL,
     "librdkafka does not count it; records that wait for room are "
     "in the response time, see kafka_room_bytes"},
    {"bufferpool-wait-ratio", NULL, no_memory},
    {"commit-latency-avg", NULL,
     "librdkafka does not measure it; of transactions weir does: "
     "\"TOPIC commit\".response_time.mean"},
    {"compression-rate", NULL, "librdkafka does not tell bytes before and after compression"},
    {"compression-rate-avg", NULL, "librdkafka does not tell bytes before and after compression"},
    {"fetch-latency-avg", "kafka_rtt_avg.mean", NULL},
    {"fetch-latency-max", "kafka_rtt_max.max", NULL},
    {"kafka-consumer-lag-max", "kafka_lag.max", NULL},
    {"produce-throttle-time-avg", "kafka_throttle_avg.mean", NULL},
    {"produce-throttle-time-max", "kafka_throttle_max.max", NULL},
    {"record-error-rate", NULL,
     "librdkafka does not count failed records; weir does: error, "
     "failed"},
    {"record-queue-time-avg", "kafka_queue_avg.mean", NULL},
    {"record-queue-time-max", "kafka_queue_max.max", NULL},
    {"record-retry-rate", NULL,
     "librdkafka counts repeated requests, not records: "
     "kafka_retries.rate"},
    {"record-send-rate", "kafka_sent_records.rate", NULL},
    {"records-consumed-rate", "received_rate", NULL},
    {"records-lag", "kafka_lag.max", NULL},
    {"records-lag-avg", "kafka_lag.mean", NULL},
    {"records-lag-max", "kafka_lag.max", NULL},
    {"records-per-request-avg", "kafka_batch_records.mean", NULL},
    {"request-latency-avg", "kafka_rtt_avg.mean", NULL},
    {"request-latency-max", "kafka_rtt_max.max", NULL},
    {"request-rate", "kafka_requests.rate", NULL},
    {"waiting-threads", NULL, no_memory},
    {.name = NULL},
};

const struct measure_java *measure_java_find(str name)
{
    for (const struct measure_java *j = measures_java; j->name; j++)
        if (str_eq(str_from(j->name), name))
            return j;
    return NULL;
}
