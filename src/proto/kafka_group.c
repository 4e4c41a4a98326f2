/* What a group changes: partitions given and taken away. A change is made in three steps, and the
 * next one comes only when it is done: where the group stands is asked (offload thread), places are
 * set, librdkafka is told (offload thread). */
#include <sys/eventfd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "proto/kafka_error.h"
#include "proto/kafka_reading.h"

static struct kafka_consumer *of(struct job *job)
{
    return CONTAINER_OF(job, struct kafka_consumer, change_job);
}

static void submit(struct kafka_consumer *c, void (*work)(struct job *), void (*done)(struct job *))
{
    c->change_job = (struct job){.reply = loop_mailbox(c->loop), .work = work, .done = done};
    offload_submit(c->offload, &c->change_job);
}

static bool gives(const struct kafka_consumer *c)
{
    return rd_kafka_event_error(c->change) == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS;
}

/* The partitions that are given or taken away; the event's. */
static rd_kafka_topic_partition_list_t *list_of(const struct kafka_consumer *c)
{
    return rd_kafka_event_topic_partition_list(c->change);
}

static unsigned topic_of(const struct kafka_consumer *c, const char *name)
{
    unsigned topic = c->config->n_topics - 1;
    while (topic > 0 && !str_eq(str_from(name), str_from(c->config->topics[topic])))
        topic--;
    return topic;
}

/* NULL: a partition that the topic did not have so far. */
static struct kafka_place *place_of(struct kafka_consumer *c, const rd_kafka_topic_partition_t *p)
{
    return kafka_reading_place(c, topic_of(c, p->topic), p->partition);
}

/* ---- the third step: librdkafka is told ---- */

/* Records of all partitions come through one queue. */
static void gather(struct kafka_consumer *c)
{
    for (size_t i = 0; i < c->n_given; i++) {
        rd_kafka_queue_t *q = rd_kafka_queue_get_partition(
            c->rk, c->config->topics[c->given[i].topic], c->given[i].partition);
        if (!q)
            continue;
        rd_kafka_queue_forward(q, c->records.queue);
        rd_kafka_queue_destroy(q);
    }
}

static rd_kafka_topic_partition_list_t *given_list(const struct kafka_consumer *c)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)c->n_given);
    for (size_t i = 0; i < c->n_given; i++)
        rd_kafka_topic_partition_list_add(list, c->config->topics[c->given[i].topic],
                                          c->given[i].partition)
            ->offset = c->given[i].start;
    return list;
}

static rd_kafka_resp_err_t assign(struct kafka_consumer *c,
                                  const rd_kafka_topic_partition_list_t *given)
{
    const char *protocol = rd_kafka_rebalance_protocol(c->rk);
    if (!protocol || !str_eq(str_from(protocol), STR("COOPERATIVE")))
        return rd_kafka_assign(c->rk, gives(c) ? given : NULL);
    rd_kafka_error_t *error = gives(c) ? rd_kafka_incremental_assign(c->rk, given)
                                       : rd_kafka_incremental_unassign(c->rk, list_of(c));
    rd_kafka_resp_err_t code = rd_kafka_error_code(error);
    if (error)
        rd_kafka_error_destroy(error);
    return code;
}

static void change_there(struct job *job)
{
    struct kafka_consumer *c = of(job);
    rd_kafka_topic_partition_list_t *given = given_list(c);
    gather(c);
    rd_kafka_resp_err_t code = assign(c, given);
    rd_kafka_topic_partition_list_destroy(given);
    if (code && !c->change_failure.kind)
        err_set(&c->change_failure, ERR_RUN, "cannot take what group '%s' gives: %s",
                c->config->group, kafka_error_cause(code));
}

static size_t count_read(const struct kafka_consumer *c)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n_places; i++)
        n += c->places[i].reading;
    return n;
}

void kafka_group_note_empty_hands(const struct kafka_consumer *c)
{
    if (count_read(c) == 0)
        log_note("group %s gave this consumer none of %zu partition%s: its other members read them",
                 c->config->group, c->n_places, c->n_places == 1 ? "" : "s");
}

static void tell(struct kafka_consumer *c)
{
    if (c->change_failure.kind) {
        kafka_reading_fail(c, &c->change_failure);
    } else if (c->phase == READING_JOINING) {
        kafka_group_note_empty_hands(c);
        kafka_reading_ready(c);
    } else if (gives(c)) { /* what was taken away before, this replaces */
        c->rebalances++;
        log_note("group %s was rebalanced: %zu of %zu partitions are read here now",
                 c->config->group, count_read(c), c->n_places);
    }
}

static void changed(struct job *job)
{
    struct kafka_consumer *c = of(job);
    if (c->phase != READING_CLOSING)
        tell(c);
    rd_kafka_event_destroy(c->change);
    mem_free(c->given);
    c->change = NULL;
    c->given = NULL;
    c->n_given = 0;
    if (c->phase == READING_CLOSING) {
        kafka_incoming_close(c);
        return;
    }
    kafka_incoming_ring(c);
    eventfd_write(c->events.watch.fd, 1); /* events that came meanwhile were left there */
}

/* ---- the second: places are set ---- */

/* What was read here is not read again, whether it could be committed or not. */
static void take_place(struct kafka_consumer *c, struct kafka_place *given)
{
    struct kafka_place *p = kafka_reading_place(c, given->topic, given->partition);
    if (!p->ours)
        *p = *given;
    else if (given->start > p->next)
        p->holes = true; /* others have read on meanwhile */
    else if (p->next <= given->end)
        given->start = p->next;
    p->end = given->end;
    kafka_reading_begin(c, p, given->start);
}

static void give_places_up(struct kafka_consumer *c)
{
    const rd_kafka_topic_partition_list_t *list = list_of(c);
    for (int i = 0; i < list->cnt; i++) {
        struct kafka_place *p = place_of(c, &list->elems[i]);
        if (p)
            kafka_reading_end(c, p);
    }
}

static void found(struct job *job)
{
    struct kafka_consumer *c = of(job);
    if (c->change_failure.kind)
        c->n_given = 0; /* librdkafka waits for an answer all the same */
    for (size_t i = 0; i < c->n_given; i++)
        take_place(c, &c->given[i]);
    submit(c, change_there, changed);
}

/* ---- the first: where the group stands ---- */

static void note_committed(struct kafka_consumer *c, const rd_kafka_topic_partition_list_t *list)
{
    for (int i = 0; i < list->cnt; i++)
        if (list->elems[i].offset >= 0)
            for (size_t j = 0; j < c->n_given; j++)
                if (c->given[j].partition == list->elems[i].partition &&
                    c->given[j].topic == topic_of(c, list->elems[i].topic))
                    c->given[j].start = list->elems[i].offset;
}

static void find_there(struct job *job)
{
    struct kafka_consumer *c = of(job);
    rd_kafka_topic_partition_list_t *list = given_list(c);
    int ms = (int)(c->config->timeout_ns / NS_PER_MS);
    rd_kafka_resp_err_t code = list->cnt ? rd_kafka_committed(c->rk, list, ms) : 0;
    if (code)
        err_set(&c->change_failure, ERR_RUN, "cannot read where group '%s' stands: %s",
                c->config->group, kafka_error_cause(code));
    else
        note_committed(c, list);
    rd_kafka_topic_partition_list_destroy(list);
    if (!code)
        kafka_positions_find(c, c->given, c->n_given, &c->change_failure);
}

static void note_given(struct kafka_consumer *c)
{
    const rd_kafka_topic_partition_list_t *list = list_of(c);
    c->given = mem_array((size_t)list->cnt, sizeof *c->given);
    for (int i = 0; i < list->cnt; i++) {
        const struct kafka_place *p = place_of(c, &list->elems[i]);
        int64_t start = -1;
        if (!p) { /* all of it came while the group was there, wherever it was to begin */
            p = kafka_growth_add(c, topic_of(c, list->elems[i].topic), list->elems[i].partition);
            start = 0;
        }
        c->given[c->n_given++] =
            (struct kafka_place){.topic = p->topic, .partition = p->partition, .start = start};
    }
}

void kafka_group_changes(struct kafka_consumer *c, rd_kafka_event_t *event)
{
    c->change = event;
    if (gives(c)) {
        note_given(c);
        submit(c, find_there, found);
    } else {
        give_places_up(c);
        submit(c, change_there, changed);
    }
}

bool kafka_group_is_new(const struct kafka_consumer *c)
{
    return str_eq_nocase(kafka_property_find(c->config->conf, "group.protocol"), STR("consumer"));
}

bool kafka_group_is_member(const struct kafka_consumer *c)
{
    bool member = false;
#if RD_KAFKA_VERSION >= 0x020c0000 /* older ones have no such groups */
    rd_kafka_consumer_group_metadata_t *about =
        kafka_group_is_new(c) ? rd_kafka_consumer_group_metadata(c->rk) : NULL;
    if (about) {
        member = rd_kafka_consumer_group_metadata_generation_id(about) > 0;
        rd_kafka_consumer_group_metadata_destroy(about);
    }
#else
    (void)c;
#endif
    return member;
}

/* An idle member is thrown out after max.poll.interval.ms unless its queue is looked at. */
void kafka_group_keep_alive(struct timer *t)
{
    struct kafka_consumer *c = CONTAINER_OF(t, struct kafka_consumer, alive_timer);
    eventfd_write(c->events.watch.fd, 1);
    loop_timer_arm(c->loop, t, loop_now(c->loop) + NS_PER_S);
}
