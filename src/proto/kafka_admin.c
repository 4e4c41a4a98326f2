/* One librdkafka producer that never produces: as good as any client for questions. */
#include "proto/kafka_admin.h"

#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "proto/kafka_error.h"
#include "proto/kafka_reach.h"

#define HEARSAY_NS (50 * NS_PER_MS) /* until the broker that is asked has heard of a new topic */

struct kafka_admin {
    struct arena arena;
    struct kafka_reach reach;
    struct kafka_signs signs;
    const struct kafka_properties *properties; /* the caller's */
};

/* ---- opening ---- */

static void note_error(rd_kafka_t *rk, int code, const char *text, void *signs)
{
    (void)rk;
    kafka_signs_note(signs, code, text);
}

static rd_kafka_t *make_client(str brokers, const struct kafka_properties *p, bool makes_topics,
                               struct kafka_signs *signs, struct err *e)
{
    char why[400];
    struct arena arena = {0};
    struct kafka_properties all = *p;
    all.capacity = all.n; /* so that adding copies the list */
    kafka_property_default(&all, "allow.auto.create.topics",
                           makes_topics ? STR("true") : STR("false"), &arena);
    rd_kafka_conf_t *conf = kafka_conf_make(brokers, &all, e);
    arena_free(&arena);
    if (!conf)
        return NULL;
    rd_kafka_conf_set_error_cb(conf, note_error);
    rd_kafka_conf_set_opaque(conf, signs);
    rd_kafka_t *rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
    if (rk)
        return rk;
    rd_kafka_conf_destroy(conf);
    kafka_error_not_made("client", why, e);
    return NULL;
}

struct kafka_admin *kafka_admin_open(str brokers, const struct kafka_properties *p,
                                     uint64_t timeout_ns, struct err *e)
{
    struct kafka_admin *a = mem_zero(sizeof *a);
    rd_kafka_t *rk = make_client(brokers, p, false, &a->signs, e);
    if (!rk) {
        mem_free(a);
        return NULL;
    }
    a->properties = p;
    a->reach = (struct kafka_reach){.rk = rk,
                                    .signs = &a->signs,
                                    .brokers = arena_dup(&a->arena, brokers),
                                    .timeout_ns = timeout_ns};
    return a;
}

void kafka_admin_close(struct kafka_admin *a)
{
    rd_kafka_destroy(a->reach.rk);
    arena_free(&a->arena);
    mem_free(a);
}

/* ---- topics ---- */

static int by_number(const void *a, const void *b)
{
    const struct kafka_partition *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

static int by_name(const void *a, const void *b)
{
    const struct kafka_topic *x = a, *y = b;
    size_t n = x->name.n < y->name.n ? x->name.n : y->name.n;
    int order = memcmp(x->name.p, y->name.p, n);
    return order ? order : (x->name.n > y->name.n) - (x->name.n < y->name.n);
}

static struct kafka_topic read_topic(const rd_kafka_metadata_topic_t *from, struct arena *arena)
{
    struct kafka_topic t = {.name = arena_dup(arena, str_from(from->topic)),
                            .n = (unsigned)from->partition_cnt};
    t.partitions = arena_alloc(arena, (t.n + 1) * sizeof *t.partitions);
    for (unsigned i = 0; i < t.n; i++) {
        const rd_kafka_metadata_partition_t *p = &from->partitions[i];
        t.partitions[i] = (struct kafka_partition){.number = p->id,
                                                   .leader = p->leader,
                                                   .replicas = (unsigned)p->replica_cnt,
                                                   .in_sync = (unsigned)p->isr_cnt};
    }
    qsort(t.partitions, t.n, sizeof *t.partitions, by_number);
    return t;
}

/* What the cluster says about one topic, which must be there, or about all. */
static const struct rd_kafka_metadata *ask(struct kafka_admin *a, str name, struct err *e)
{
    if (!name.p)
        return kafka_reach(&a->reach, NULL, e);
    rd_kafka_topic_t *topic = rd_kafka_topic_new(a->reach.rk, arena_z(&a->arena, name), NULL);
    if (!topic) {
        err_set(e, ERR_USAGE, "topic '" STR_FMT "': %s", STR_ARG(name),
                rd_kafka_err2str(rd_kafka_last_error()));
        return NULL;
    }
    const struct rd_kafka_metadata *answer =
        kafka_reach_topic(&a->reach, topic, -1, e) ? kafka_reach(&a->reach, topic, e) : NULL;
    rd_kafka_topic_destroy(topic);
    return answer;
}

bool kafka_admin_topics(struct kafka_admin *a, str name, struct arena *arena,
                        struct kafka_topic **list, size_t *n, struct err *e)
{
    const struct rd_kafka_metadata *answer = ask(a, name, e);
    if (!answer)
        return false;
    *n = (size_t)answer->topic_cnt;
    *list = arena_alloc(arena, (*n + 1) * sizeof **list);
    for (size_t i = 0; i < *n; i++)
        (*list)[i] = read_topic(&answer->topics[i], arena);
    rd_kafka_metadata_destroy(answer);
    qsort(*list, *n, sizeof **list, by_name);
    return true;
}

/* The leaders of a topic that was made a moment ago may not know it yet. */
static bool may_pass(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION ||
           code == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE;
}

static rd_kafka_resp_err_t ask_end(struct kafka_admin *a, const char *topic, int32_t partition,
                                   int64_t *end)
{
    uint64_t give_up_ns = clock_now_ns() + a->reach.timeout_ns;
    for (;; clock_sleep_until(clock_now_ns() + HEARSAY_NS)) {
        int64_t low;
        rd_kafka_resp_err_t code = rd_kafka_query_watermark_offsets(
            a->reach.rk, topic, partition, &low, end, (int)(a->reach.timeout_ns / NS_PER_MS));
        if (!may_pass(code) || clock_now_ns() >= give_up_ns)
            return code;
    }
}

bool kafka_admin_written(struct kafka_admin *a, str topic, uint64_t *records, struct err *e)
{
    struct kafka_topic *list;
    size_t n;
    *records = 0;
    if (!kafka_admin_topics(a, topic, &a->arena, &list, &n, e))
        return false;
    for (unsigned i = 0; i < list[0].n; i++) {
        int64_t end;
        int32_t partition = list[0].partitions[i].number;
        rd_kafka_resp_err_t code = ask_end(a, list[0].name.p, partition, &end);
        if (code)
            return err_set(e, ERR_RUN, "cannot read the end of partition %d of '%s': %s", partition,
                           list[0].name.p, kafka_error_cause(code));
        *records += (uint64_t)end;
    }
    return true;
}

/* ---- making topics ---- */

/* The brokers' answer about the one topic that was asked for. */
static rd_kafka_resp_err_t read_answer(rd_kafka_event_t *event, char *why, size_t room)
{
    size_t n = 0;
    rd_kafka_resp_err_t code = rd_kafka_event_error(event);
    const char *text = rd_kafka_event_error_string(event);
    const rd_kafka_CreateTopics_result_t *result = rd_kafka_event_CreateTopics_result(event);
    const rd_kafka_topic_result_t **topics =
        result && !code ? rd_kafka_CreateTopics_result_topics(result, &n) : NULL;
    if (n) {
        code = rd_kafka_topic_result_error(topics[0]);
        text = rd_kafka_topic_result_error_string(topics[0]);
    }
    snprintf(why, room, "%s", text ? text : rd_kafka_err2str(code));
    return code;
}

static rd_kafka_resp_err_t create(struct kafka_admin *a, rd_kafka_NewTopic_t *topic, char *why,
                                  size_t room)
{
    int ms = (int)(a->reach.timeout_ns / NS_PER_MS);
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR__TIMED_OUT;
    rd_kafka_queue_t *q = rd_kafka_queue_new(a->reach.rk);
    rd_kafka_AdminOptions_t *options =
        rd_kafka_AdminOptions_new(a->reach.rk, RD_KAFKA_ADMIN_OP_CREATETOPICS);
    rd_kafka_AdminOptions_set_request_timeout(options, ms, why, room);
    rd_kafka_AdminOptions_set_operation_timeout(options, ms, why, room);
    rd_kafka_CreateTopics(a->reach.rk, &topic, 1, options, q);
    rd_kafka_event_t *event = rd_kafka_queue_poll(q, 2 * ms);
    if (event) {
        code = read_answer(event, why, room);
        rd_kafka_event_destroy(event);
    }
    rd_kafka_AdminOptions_destroy(options);
    rd_kafka_queue_destroy(q);
    return code;
}

/* By asking for it, as clients once did. */
static bool make_by_asking(struct kafka_admin *a, const char *name, int partitions, struct err *e)
{
    if (partitions >= 0)
        return err_set(e, ERR_RUN,
                       "these brokers make topics in their own way only: leave out -p (the "
                       "embedded one: weir broker --topic %s:%d)",
                       name, partitions);
    rd_kafka_t *rk = make_client(a->reach.brokers, a->properties, true, &a->signs, e);
    if (!rk)
        return false;
    struct kafka_reach reach = a->reach;
    reach.rk = rk;
    rd_kafka_topic_t *topic = rd_kafka_topic_new(rk, name, NULL);
    bool made = kafka_reach_topic(&reach, topic, -1, e);
    rd_kafka_topic_destroy(topic);
    rd_kafka_destroy(rk);
    return made;
}

static bool make(struct kafka_admin *a, const char *name, int partitions, int replicas,
                 struct err *e)
{
    char why[400];
    rd_kafka_NewTopic_t *topic = rd_kafka_NewTopic_new(name, partitions, replicas, why, sizeof why);
    if (!topic)
        return err_set(e, ERR_USAGE, "topic '%s': %s", name, why);
    rd_kafka_resp_err_t code = create(a, topic, why, sizeof why);
    rd_kafka_NewTopic_destroy(topic);
    return code == RD_KAFKA_RESP_ERR_NO_ERROR ||
           err_set(e, ERR_RUN, "cannot make topic '%s': %s", name, why);
}

/* librdkafka waits in vain for the controller that a cluster names when none of its brokers is it,
 * as with librdkafka's own mock cluster. */
static bool find_controller(struct kafka_admin *a, bool *found, struct err *e)
{
    const struct rd_kafka_metadata *all = kafka_reach(&a->reach, NULL, e);
    if (!all)
        return false;
    int32_t id = rd_kafka_controllerid(a->reach.rk, 0);
    *found = false;
    for (int i = 0; i < all->broker_cnt; i++)
        *found = *found || all->brokers[i].id == id;
    rd_kafka_metadata_destroy(all);
    return true;
}

bool kafka_admin_create(struct kafka_admin *a, str name, int partitions, int replicas,
                        unsigned *made, struct err *e)
{
    struct kafka_topic *list;
    size_t n;
    bool controlled;
    const char *z = arena_z(&a->arena, name);
    if (!find_controller(a, &controlled, e) ||
        !(controlled ? make(a, z, partitions, replicas, e) : make_by_asking(a, z, partitions, e)))
        return false;
    uint64_t end = clock_now_ns() + a->reach.timeout_ns;
    while (!kafka_admin_topics(a, name, &a->arena, &list, &n, e)) {
        if (clock_now_ns() >= end)
            return false;
        clock_sleep_until(clock_now_ns() + HEARSAY_NS);
    }
    *made = list[0].n;
    *e = (struct err){0};
    return true;
}
