/* One client, which is in no group: it asks about one, and reads single records. */
#include "proto/kafka_lag.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "proto/kafka_asking.h"
#include "proto/kafka_error.h"
#include "proto/kafka_offsets.h"

#define READ_NS (500 * NS_PER_MS) /* for the first records of all partitions */

/* ---- figures ---- */

double kafka_lag_behind(const struct kafka_lag_partition *p)
{
    if (p->committed < 0)
        return (double)NAN;
    return p->end > p->committed ? (double)(p->end - p->committed) : 0;
}

/* Clocks may differ: nothing waits since a time that is yet to come. */
double kafka_lag_waits_s(const struct kafka_lag_partition *p, int64_t wall_ms)
{
    if (p->committed >= p->end)
        return 0;
    if (p->since_ms < 0)
        return (double)NAN;
    return wall_ms > p->since_ms ? (double)(wall_ms - p->since_ms) / 1e3 : 0;
}

/* ---- opening ---- */

static rd_kafka_t *make_client(const struct kafka_lag *l, struct err *e)
{
    char why[400];
    struct arena arena = {0};
    struct kafka_properties all = *l->properties;
    all.capacity = all.n; /* so that adding copies the list */
    kafka_property_default(&all, "enable.auto.commit", STR("false"), &arena);
    kafka_property_default(&all, "fetch.message.max.bytes", STR("65536"), &arena);
    kafka_property_default(&all, "fetch.wait.max.ms", STR("50"), &arena);
    rd_kafka_conf_t *conf = kafka_conf_make(l->reach.brokers, &all, e);
    arena_free(&arena);
    if (!conf)
        return NULL;
    rd_kafka_conf_set_events(conf, RD_KAFKA_EVENT_ERROR);
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
    if (rk)
        return rk;
    rd_kafka_conf_destroy(conf);
    kafka_error_not_made("client", why, e);
    return NULL;
}

static bool add_topic(struct kafka_lag *l, const char *name)
{
    for (size_t i = 0; i < l->n_topics; i++)
        if (str_eq(str_from(rd_kafka_topic_name(l->topics[i])), str_from(name)))
            return true;
    l->topics = mem_room(l->topics, l->n_topics, &l->capacity, sizeof(rd_kafka_topic_t *));
    l->topics[l->n_topics] = rd_kafka_topic_new(l->reach.rk, name, NULL);
    return l->topics[l->n_topics++] != NULL;
}

static bool find_topics(struct kafka_lag *l, const char *topic, struct err *e)
{
    if (topic)
        return add_topic(l, topic) && kafka_reach_topic(&l->reach, l->topics[0], -1, e);
    rd_kafka_topic_partition_list_t *all = kafka_asking_committed(l, l->group, NULL, e);
    if (!all)
        return false;
    for (int i = 0; i < all->cnt; i++)
        if (all->elems[i].offset >= 0)
            add_topic(l, all->elems[i].topic);
    rd_kafka_topic_partition_list_destroy(all);
    return l->n_topics > 0 ||
           err_set(e, ERR_RUN,
                   "group '%s' has committed nothing: is it called so? -t TOPIC --explain looks "
                   "for others",
                   l->group);
}

struct kafka_lag *kafka_lag_open(str brokers, const struct kafka_properties *p, const char *group,
                                 const char *topic, uint64_t timeout_ns, struct err *e)
{
    struct kafka_lag *l = mem_zero(sizeof *l);
    l->properties = p;
    l->group = group;
    l->reach = (struct kafka_reach){.brokers = brokers, .timeout_ns = timeout_ns};
    l->reach.rk = make_client(l, e);
    const struct rd_kafka_metadata *all = l->reach.rk ? kafka_reach(&l->reach, NULL, e) : NULL;
    if (all)
        rd_kafka_metadata_destroy(all);
    if (all && find_topics(l, topic, e))
        return l;
    kafka_lag_close(l);
    return NULL;
}

void kafka_lag_close(struct kafka_lag *l)
{
    for (size_t i = 0; i < l->n_topics; i++)
        if (l->topics[i])
            rd_kafka_topic_destroy(l->topics[i]);
    if (l->reach.rk)
        rd_kafka_destroy(l->reach.rk);
    mem_free(l->topics);
    mem_free(l->known);
    mem_free(l);
}

/* ---- since when ---- */

/* What was found out before is still true while the group stands at the same record. */
static void remember(const struct kafka_lag *l, struct kafka_lag_look *out)
{
    for (size_t i = 0; i < out->n && i < l->n_known; i++) {
        const struct kafka_lag_partition *before = &l->known[i];
        struct kafka_lag_partition *p = &out->list[i];
        if (before->number == p->number && before->committed == p->committed &&
            str_eq(before->topic, p->topic))
            p->since_ms = before->since_ms;
    }
}

static void keep(struct kafka_lag *l, const struct kafka_lag_look *look)
{
    l->known = mem_grow(l->known, (look->n + 1) * sizeof *l->known);
    l->n_known = look->n;
    memcpy(l->known, look->list, look->n * sizeof *l->known);
}

static rd_kafka_topic_t *topic_of(const struct kafka_lag *l, str name)
{
    size_t i = 0;
    while (!str_eq(str_from(rd_kafka_topic_name(l->topics[i])), name))
        i++;
    return l->topics[i];
}

/* What retention took away is not waited for. */
static int64_t first_undone(const struct kafka_lag_partition *p)
{
    return p->committed > p->begin ? p->committed : p->begin;
}

static bool waits(const struct kafka_lag_partition *p)
{
    return p->committed >= 0 && first_undone(p) < p->end && p->since_ms < 0;
}

static void take(const rd_kafka_message_t *m, struct kafka_lag_look *out)
{
    rd_kafka_timestamp_type_t type;
    for (size_t i = 0; i < out->n && !m->err; i++) {
        struct kafka_lag_partition *p = &out->list[i];
        if (waits(p) && m->partition == p->number && m->offset >= first_undone(p) &&
            str_eq(str_from(rd_kafka_topic_name(m->rkt)), p->topic))
            p->since_ms = rd_kafka_message_timestamp(m, &type);
    }
}

static size_t count_waiting(const struct kafka_lag_look *look)
{
    size_t n = 0;
    for (size_t i = 0; i < look->n; i++)
        n += waits(&look->list[i]);
    return n;
}

static void read_first_records(struct kafka_lag *l, struct kafka_lag_look *out)
{
    rd_kafka_queue_t *q = rd_kafka_queue_new(l->reach.rk);
    uint64_t end_ns = clock_now_ns() + READ_NS;
    bool *started = mem_array(out->n, sizeof *started);
    for (size_t i = 0; i < out->n; i++) {
        struct kafka_lag_partition *p = &out->list[i];
        started[i] = waits(p) && rd_kafka_consume_start_queue(topic_of(l, p->topic), p->number,
                                                              first_undone(p), q) == 0;
    }
    while (count_waiting(out) && clock_now_ns() < end_ns) {
        rd_kafka_message_t *m = rd_kafka_consume_queue(q, 50);
        if (!m)
            continue;
        take(m, out);
        rd_kafka_message_destroy(m);
    }
    for (size_t i = 0; i < out->n; i++)
        if (started[i])
            rd_kafka_consume_stop(topic_of(l, out->list[i].topic), out->list[i].number);
    mem_free(started);
    rd_kafka_queue_destroy(q);
}

/* ---- a look ---- */

static bool list_partitions(struct kafka_lag *l, rd_kafka_topic_partition_list_t *list,
                            struct err *e)
{
    for (size_t i = 0; i < l->n_topics; i++) {
        const struct rd_kafka_metadata *about = kafka_reach(&l->reach, l->topics[i], e);
        if (!about)
            return false;
        for (int p = 0; p < about->topics[0].partition_cnt; p++)
            rd_kafka_topic_partition_list_add(list, rd_kafka_topic_name(l->topics[i]), p);
        rd_kafka_metadata_destroy(about);
    }
    rd_kafka_topic_partition_list_sort(list, NULL, NULL);
    return list->cnt > 0 || err_set(e, ERR_RUN, "the topics of group '%s' are gone", l->group);
}

static bool ask_committed(struct kafka_lag *l, const rd_kafka_topic_partition_list_t *list,
                          struct kafka_lag_partition *p, struct err *e)
{
    rd_kafka_topic_partition_list_t *found = kafka_asking_committed(l, l->group, list, e);
    if (!found)
        return false;
    for (int i = 0; i < list->cnt; i++) {
        const rd_kafka_topic_partition_t *one = rd_kafka_topic_partition_list_find(
            found, list->elems[i].topic, list->elems[i].partition);
        p[i].committed = one && one->offset >= 0 ? one->offset : -1;
    }
    rd_kafka_topic_partition_list_destroy(found);
    return true;
}

/* Committed before the ends, so that what happens meanwhile makes the lag no smaller than it is. */
static bool ask_all(struct kafka_lag *l, rd_kafka_topic_partition_list_t *list,
                    struct kafka_lag_partition *p, struct err *e)
{
    uint64_t end_ns = clock_now_ns() + l->reach.timeout_ns;
    if (!ask_committed(l, list, p, e))
        return false;
    if (!kafka_offsets_ask(l->reach.rk, list, RD_KAFKA_OFFSET_BEGINNING, end_ns, e))
        return false;
    for (int i = 0; i < list->cnt; i++)
        p[i].begin = list->elems[i].offset;
    if (!kafka_offsets_ask(l->reach.rk, list, RD_KAFKA_OFFSET_END, end_ns, e))
        return false;
    for (int i = 0; i < list->cnt; i++)
        p[i].end = list->elems[i].offset;
    return true;
}

bool kafka_lag_look(struct kafka_lag *l, struct arena *arena, struct kafka_lag_look *out,
                    struct err *e)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(16);
    bool good = list_partitions(l, list, e);
    *out = (struct kafka_lag_look){.n = (size_t)list->cnt};
    out->list = arena_alloc(arena, (out->n + 1) * sizeof *out->list);
    for (size_t i = 0; i < out->n; i++) {
        str name = str_from(list->elems[i].topic);
        out->list[i].topic = str_from(rd_kafka_topic_name(topic_of(l, name)));
        out->list[i].number = list->elems[i].partition;
        out->list[i].since_ms = -1;
    }
    good = good && ask_all(l, list, out->list, e);
    rd_kafka_topic_partition_list_destroy(list);
    out->at_ns = clock_now_ns();
    out->wall_ms = (int64_t)(clock_wall_ns() / NS_PER_MS);
    if (!good)
        return false;
    remember(l, out);
    if (count_waiting(out))
        read_first_records(l, out);
    keep(l, out);
    return true;
}
