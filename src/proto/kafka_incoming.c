/* From librdkafka's queues into the loop: records, a turn's worth at a time, and what the client
 * says about itself. librdkafka writes to a descriptor once, when a queue goes from empty to
 * non-empty: it is emptied, or the descriptor is written to again. */
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/units.h"
#include "proto/kafka_error.h"
#include "proto/kafka_reading.h"

enum { RECORDS_A_TURN = 1024 }; /* then the loop goes first: others are due */

/* ---- headers ---- */

bool kafka_message_header(const struct kafka_message *m, const char *name, str *value)
{
    rd_kafka_headers_t *headers;
    const void *bytes;
    if (rd_kafka_message_headers(m->raw, &headers) ||
        rd_kafka_header_get_last(headers, name, &bytes, &value->n))
        return false;
    value->p = bytes;
    return true;
}

bool kafka_message_header_at(const struct kafka_message *m, size_t i, str *name, str *value)
{
    rd_kafka_headers_t *headers;
    const char *z;
    const void *bytes;
    if (rd_kafka_message_headers(m->raw, &headers) ||
        rd_kafka_header_get_all(headers, i, &z, &bytes, &value->n))
        return false;
    *name = str_from(z);
    value->p = bytes;
    return true;
}

/* ---- records ---- */

/* Most consumers read one topic. */
static unsigned topic_of(const struct kafka_consumer *c, const rd_kafka_message_t *m)
{
    unsigned topic = c->config->n_topics - 1;
    while (topic > 0 && strcmp(rd_kafka_topic_name(m->rkt), c->config->topics[topic]) != 0)
        topic--;
    return topic;
}

static void reached_its_end(struct kafka_consumer *c, struct kafka_place *p)
{
    p->ended = true;
    c->unended--;
}

/* Offsets are missing before this record. Where it is the log's first, retention took them away;
 * else they were never a record's (marks of transactions), or were compacted. */
static void note_gap(struct kafka_consumer *c, struct kafka_place *p, int64_t offset)
{
    const char *topic = c->config->topics[p->topic];
    int64_t low, high;
    uint64_t missed = (uint64_t)(offset - p->next);
    if (rd_kafka_get_watermark_offsets(c->rk, topic, p->partition, &low, &high) || low <= p->next) {
        p->holes_passed += missed;
        return;
    }
    if (p->dropped == 0)
        log_warn("topic %s, partition %d: %s offsets were dropped before they could be read "
                 "(retention); reading goes on at %lld",
                 topic, p->partition, human_count(missed).text, (long long)offset);
    p->dropped += missed;
}

static void take_record(struct kafka_consumer *c, struct kafka_place *p,
                        const rd_kafka_message_t *raw)
{
    rd_kafka_timestamp_type_t type;
    struct kafka_message m = {
        .place = p,
        .offset = raw->offset,
        .timestamp_ms = rd_kafka_message_timestamp(raw, &type),
        .key = {raw->key, raw->key_len},
        .value = {raw->payload, raw->len},
        .raw = raw,
    };
    m.appended = type == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME;
    if (raw->offset > p->next)
        note_gap(c, p, raw->offset);
    p->next = raw->offset + 1;
    if (!p->ended && p->next >= p->end)
        reached_its_end(c, p);
    c->on->record(c->owner, &m);
}

/* ---- what is no record ---- */

void kafka_reading_fail(struct kafka_consumer *c, const struct err *e)
{
    if (c->failed)
        return;
    c->failed = true;
    if (c->phase == READING_OPEN) {
        c->on->failed(c->owner, e);
    } else if (c->phase == READING_JOINING) {
        c->failure = *e;
        kafka_reading_ready(c);
    }
}

static bool is_for_ever(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
           code == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED ||
           code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
           code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
           code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION ||
           code == RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL ||
           code == RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT ||
           code == RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID || code == RD_KAFKA_RESP_ERR__FATAL;
}

static void fail_with(struct kafka_consumer *c, rd_kafka_resp_err_t code, const char *topic)
{
    struct err e;
    char text[200];
    if (code == RD_KAFKA_RESP_ERR__FATAL)
        code = rd_kafka_fatal_error(c->rk, text, sizeof text);
    if (code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
        err_set(&e, ERR_RUN, "no permission to read topic '%s': %s", topic,
                kafka_error_cause(code));
    else if (c->config->group)
        err_set(&e, ERR_RUN, "group '%s' cannot read: %s", c->config->group,
                kafka_error_cause(code));
    else
        err_set(&e, ERR_RUN, "cannot read topic '%s': %s", topic, kafka_error_cause(code));
    kafka_reading_fail(c, &e);
}

static void take_error_of(struct kafka_consumer *c, struct kafka_place *p,
                          const rd_kafka_message_t *m)
{
    const char *topic = c->config->topics[p->topic];
    if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        if (!p->ended && m->offset >= p->end)
            reached_its_end(c, p);
    } else if (is_for_ever(m->err)) {
        fail_with(c, m->err, topic);
    } else {
        log_warn("topic %s, partition %d: %s", topic, p->partition, rd_kafka_message_errstr(m));
    }
}

/* ---- a turn ---- */

/* Called by librdkafka for all that is in the queue, until it is told to stop. */
static void take(rd_kafka_message_t *m, void *owner)
{
    struct kafka_consumer *c = owner;
    struct kafka_place *p = m->rkt ? kafka_reading_place(c, topic_of(c, m), m->partition) : NULL;
    if (m->err && p)
        take_error_of(c, p, m);
    else if (p && p->reading)
        take_record(c, p, m);
    if (++c->taken == RECORDS_A_TURN || c->paused || c->failed || c->phase == READING_CLOSING)
        rd_kafka_yield(c->rk);
}

static bool is_at_end(const struct kafka_consumer *c)
{
    return c->config->to_end && c->unended == 0 && !c->change && !c->paused &&
           c->phase == READING_OPEN;
}

static void finish_turn(struct kafka_consumer *c)
{
    if (is_at_end(c) && !c->at_end_told) {
        c->at_end_told = true;
        c->on->at_end(c->owner);
    }
    c->taking = false;
    if (c->phase == READING_CLOSING)
        kafka_incoming_close(c);
    else if (c->taken > 0)
        kafka_incoming_ring(c);
}

static void take_records(struct watch *w)
{
    struct kafka_consumer *c = CONTAINER_OF(w, struct kafka_consumer, records.watch);
    eventfd_t rings;
    eventfd_read(w->fd, &rings); /* first the bell, then the queue */
    if (c->paused || c->failed || c->phase != READING_OPEN)
        return;
    c->taking = true;
    c->taken = 0;
    c->now_ns = clock_now_ns();
    rd_kafka_consume_callback_queue(c->records.queue, 0, take, c);
    if (c->taken > 0) {
        c->outage_told = false;
        c->on->turn(c->owner);
    }
    finish_turn(c);
}

/* ---- the client's events ---- */

static void take_client_error(struct kafka_consumer *c, rd_kafka_event_t *event)
{
    rd_kafka_resp_err_t code = rd_kafka_event_error(event);
    if (is_for_ever(code)) {
        fail_with(c, code, c->config->topics[0]);
    } else if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN && !c->outage_told &&
               c->share.index == 0) {
        c->outage_told = true;
        log_warn("no broker is there (" STR_FMT "): reading goes on when one is back",
                 STR_ARG(c->config->brokers));
    }
}

static void take_events(struct watch *w)
{
    struct kafka_consumer *c = CONTAINER_OF(w, struct kafka_consumer, events.watch);
    rd_kafka_event_t *event;
    eventfd_t rings;
    eventfd_read(w->fd, &rings);
    c->taking = true;
    /* What the group changes next waits: librdkafka may say it before `changed` has come home. */
    while (c->phase != READING_CLOSING && !c->change &&
           (event = rd_kafka_queue_poll(c->events.queue, 0))) {
        if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_REBALANCE) {
            kafka_group_changes(c, event);
            continue;
        }
        if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_ERROR)
            take_client_error(c, event);
        if (rd_kafka_event_type(event) == RD_KAFKA_EVENT_STATS && c->on->statistics)
            c->on->statistics(c->owner, str_from(rd_kafka_event_stats(event)));
        rd_kafka_event_destroy(event);
    }
    c->taking = false;
    if (c->phase == READING_CLOSING)
        kafka_incoming_close(c);
}

/* ---- opening and closing ---- */

static void open_bell(struct kafka_consumer *c, struct kafka_bell *b,
                      void (*readable)(struct watch *))
{
    static const uint64_t one = 1;
    b->watch.readable = readable;
    rd_kafka_queue_io_event_enable(b->queue, b->watch.fd, &one, sizeof one);
    eventfd_write(b->watch.fd, 1); /* what is there already rings no bell */
    loop_watch(c->loop, &b->watch);
}

void kafka_incoming_open(struct kafka_consumer *c)
{
    open_bell(c, &c->records, take_records);
    open_bell(c, &c->events, take_events);
}

void kafka_incoming_ring(struct kafka_consumer *c)
{
    if (c->records.queue)
        eventfd_write(c->records.watch.fd, 1);
}

static void close_bell(struct kafka_consumer *c, struct kafka_bell *b)
{
    loop_unwatch(c->loop, &b->watch);
    rd_kafka_queue_io_event_enable(b->queue, -1, NULL, 0);
    rd_kafka_queue_destroy(b->queue);
    b->queue = NULL;
}

void kafka_incoming_close(struct kafka_consumer *c)
{
    if (c->taking || c->change || c->counting) /* it is done at the end of those */
        return;
    close_bell(c, &c->records);
    close_bell(c, &c->events);
    kafka_reading_go_on_closing(c);
}
