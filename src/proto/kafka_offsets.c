/* A question is one ListOffsets to each leader (KIP-79), whatever the number of partitions. */
#include "proto/kafka_offsets.h"

#include "base/clock.h"
#include "proto/kafka_error.h"

#define AGAIN_NS (50 * NS_PER_MS) /* leaders are moving, a topic is new */

static bool may_pass(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE ||
           code == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION ||
           code == RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE || code == RD_KAFKA_RESP_ERR__TRANSPORT;
}

/* The first error of an answer, and whose it is. */
static rd_kafka_resp_err_t error_of(const rd_kafka_topic_partition_list_t *list,
                                    const rd_kafka_topic_partition_t **of)
{
    for (int i = 0; i < list->cnt; i++)
        if (list->elems[i].err) {
            *of = &list->elems[i];
            return list->elems[i].err;
        }
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

static void set_question(rd_kafka_topic_partition_list_t *list, int64_t what)
{
    for (int i = 0; i < list->cnt; i++) {
        list->elems[i].offset = what;
        list->elems[i].err = RD_KAFKA_RESP_ERR_NO_ERROR;
    }
}

/* `what`: RD_KAFKA_OFFSET_BEGINNING, _END, or ms since 1970. The answers take its place. */
static rd_kafka_resp_err_t ask(rd_kafka_t *rk, rd_kafka_topic_partition_list_t *list, int64_t what,
                               uint64_t end_ns, const rd_kafka_topic_partition_t **of)
{
    for (;; clock_sleep_until(clock_now_ns() + AGAIN_NS)) {
        uint64_t now = clock_now_ns();
        int ms = now < end_ns ? (int)((end_ns - now) / NS_PER_MS) + 1 : 1;
        set_question(list, what);
        *of = NULL;
        rd_kafka_resp_err_t code = rd_kafka_offsets_for_times(rk, list, ms);
        if (!code)
            code = error_of(list, of);
        if (!may_pass(code) || clock_now_ns() >= end_ns)
            return code;
    }
}

static bool cannot_ask(rd_kafka_resp_err_t code, const rd_kafka_topic_partition_t *of,
                       struct err *e)
{
    if (!of)
        return err_set(e, ERR_RUN, "cannot read where the partitions begin and end: %s",
                       kafka_error_cause(code));
    return err_set(e, ERR_RUN, "cannot read where partition %d of '%s' begins and ends: %s",
                   of->partition, of->topic, kafka_error_cause(code));
}

bool kafka_offsets_ask(rd_kafka_t *rk, rd_kafka_topic_partition_list_t *list, int64_t what,
                       uint64_t end_ns, struct err *e)
{
    const rd_kafka_topic_partition_t *of;
    rd_kafka_resp_err_t code = ask(rk, list, what, end_ns, &of);
    return !code || cannot_ask(code, of, e);
}
