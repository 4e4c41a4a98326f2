/* Where partitions begin and end, and where reading begins between the two. */
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/units.h"
#include "proto/kafka_offsets.h"
#include "proto/kafka_reading.h"

#define LAST_ASK_NS (2 * NS_PER_S) /* of a consumer that closes */

static rd_kafka_topic_partition_list_t *list_of(const struct kafka_consumer *c,
                                                const struct kafka_place *places, size_t n)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)n);
    for (size_t i = 0; i < n; i++)
        rd_kafka_topic_partition_list_add(list, c->config->topics[places[i].topic],
                                          places[i].partition);
    return list;
}

/* ---- where to begin ---- */

/* The embedded broker takes every time for one behind all records. */
static bool knows_times(struct kafka_consumer *c, rd_kafka_topic_partition_list_t *list,
                        const struct kafka_place *places, uint64_t end_ns, struct err *e)
{
    if (!kafka_offsets_ask(c->rk, list, 0, end_ns, e))
        return false;
    for (int i = 0; i < list->cnt; i++)
        if (places[i].low < places[i].end && list->elems[i].offset == KAFKA_BEHIND_ALL)
            return err_set(e, ERR_RUN,
                           "these brokers know no offsets by time (the embedded one does not): "
                           "begin at the beginning, the end or an offset");
    return true;
}

static bool begin_at_time(struct kafka_consumer *c, rd_kafka_topic_partition_list_t *list,
                          struct kafka_place *places, uint64_t end_ns, struct err *e)
{
    if (!knows_times(c, list, places, end_ns, e) ||
        !kafka_offsets_ask(c->rk, list, c->config->from.value, end_ns, e))
        return false;
    for (int i = 0; i < list->cnt; i++)
        if (places[i].start < 0)
            places[i].start =
                list->elems[i].offset == KAFKA_BEHIND_ALL ? places[i].end : list->elems[i].offset;
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
    bool good = kafka_offsets_ask(c->rk, list, RD_KAFKA_OFFSET_BEGINNING, end_ns, e);
    for (size_t i = 0; good && i < n; i++)
        places[i].low = list->elems[i].offset;
    good = good && kafka_offsets_ask(c->rk, list, RD_KAFKA_OFFSET_END, end_ns, e);
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
    struct err ignored;
    if (c->n_places == 0)
        return;
    rd_kafka_topic_partition_list_t *list = list_of(c, c->places, c->n_places);
    bool known =
        kafka_offsets_ask(c->rk, list, RD_KAFKA_OFFSET_END, clock_now_ns() + LAST_ASK_NS, &ignored);
    for (size_t i = 0; i < c->n_places; i++)
        c->places[i].end = known ? list->elems[i].offset : -1;
    rd_kafka_topic_partition_list_destroy(list);
}
