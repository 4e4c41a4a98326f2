/* Where partitions begin and end, and where reading begins between the two. A question is one
 * ListOffsets to each leader (KIP-79), whatever the number of partitions. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/units.h"
#include "proto/kafka_error.h"
#include "proto/kafka_reading.h"

#define AGAIN_NS    (50 * NS_PER_MS) /* leaders are moving, a topic is new */
#define LAST_ASK_MS 2000             /* of a consumer that closes */

enum { NOBODY_KNOWS = RD_KAFKA_OFFSET_END }; /* what a broker says to a time behind all records */

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

static rd_kafka_topic_partition_list_t *list_of(const struct kafka_consumer *c,
                                                const struct kafka_place *places, size_t n)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)n);
    for (size_t i = 0; i < n; i++)
        rd_kafka_topic_partition_list_add(list, c->config->topics[places[i].topic],
                                          places[i].partition);
    return list;
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

static bool find(struct kafka_consumer *c, rd_kafka_topic_partition_list_t *list, int64_t what,
                 uint64_t end_ns, struct err *e)
{
    const rd_kafka_topic_partition_t *of;
    rd_kafka_resp_err_t code = ask(c->rk, list, what, end_ns, &of);
    return !code || cannot_ask(code, of, e);
}

/* ---- where to begin ---- */

/* The embedded broker takes every time for one behind all records. */
static bool knows_times(struct kafka_consumer *c, rd_kafka_topic_partition_list_t *list,
                        const struct kafka_place *places, uint64_t end_ns, struct err *e)
{
    if (!find(c, list, 0, end_ns, e))
        return false;
    for (int i = 0; i < list->cnt; i++)
        if (places[i].low < places[i].end && list->elems[i].offset == NOBODY_KNOWS)
            return err_set(e, ERR_RUN,
                           "these brokers know no offsets by time (the embedded one does not): "
                           "begin at the beginning, the end or an offset");
    return true;
}

static bool begin_at_time(struct kafka_consumer *c, rd_kafka_topic_partition_list_t *list,
                          struct kafka_place *places, uint64_t end_ns, struct err *e)
{
    if (!knows_times(c, list, places, end_ns, e) ||
        !find(c, list, c->config->from.value, end_ns, e))
        return false;
    for (int i = 0; i < list->cnt; i++)
        if (places[i].start < 0)
            places[i].start =
                list->elems[i].offset == NOBODY_KNOWS ? places[i].end : list->elems[i].offset;
    return true;
}

static int64_t wanted(const struct kafka_place *p, struct kafka_from from)
{
    if (p->start >= 0)
        return p->start;
    return from.kind == KAFKA_FROM_BEGINNING ? p->low
           : from.kind == KAFKA_FROM_OFFSET  ? from.value
                                             : p->end;
}

/* Between what is there; says what was not. */
static void settle(struct kafka_place *places, size_t n, struct kafka_from from)
{
    uint64_t dropped = 0;
    unsigned early = 0, late = 0;
    for (size_t i = 0; i < n; i++) {
        struct kafka_place *p = &places[i];
        int64_t at = wanted(p, from);
        p->start = at < p->low ? p->low : at > p->end ? p->end : at;
        early += at < p->low;
        late += at > p->end;
        dropped += at < p->low ? (uint64_t)(p->low - at) : 0;
    }
    if (early)
        log_note("%u partition%s no longer had what was to be read first: %s offsets were dropped "
                 "before (retention)",
                 early, early == 1 ? "" : "s", human_count(dropped).text);
    if (late)
        log_note("%u partition%s ended before the offset where reading was to begin: read from the "
                 "end on",
                 late, late == 1 ? "" : "s");
}

bool kafka_positions_find(struct kafka_consumer *c, struct kafka_place *places, size_t n,
                          struct err *e)
{
    uint64_t end_ns = clock_now_ns() + c->config->timeout_ns;
    if (n == 0)
        return true;
    rd_kafka_topic_partition_list_t *list = list_of(c, places, n);
    bool good = find(c, list, RD_KAFKA_OFFSET_BEGINNING, end_ns, e);
    for (size_t i = 0; good && i < n; i++)
        places[i].low = list->elems[i].offset;
    good = good && find(c, list, RD_KAFKA_OFFSET_END, end_ns, e);
    for (size_t i = 0; good && i < n; i++)
        places[i].end = list->elems[i].offset;
    if (good && c->config->from.kind == KAFKA_FROM_TIME)
        good = begin_at_time(c, list, places, end_ns, e);
    rd_kafka_topic_partition_list_destroy(list);
    if (good)
        settle(places, n, c->config->from);
    return good;
}

/* ---- the end ---- */

void kafka_positions_ends(struct kafka_consumer *c)
{
    const rd_kafka_topic_partition_t *of;
    if (c->n_places == 0)
        return;
    rd_kafka_topic_partition_list_t *list = list_of(c, c->places, c->n_places);
    rd_kafka_resp_err_t code =
        ask(c->rk, list, RD_KAFKA_OFFSET_END, clock_now_ns() + LAST_ASK_MS * NS_PER_MS, &of);
    for (size_t i = 0; i < c->n_places; i++)
        c->places[i].end = code ? -1 : list->elems[i].offset;
    rd_kafka_topic_partition_list_destroy(list);
}
