/* A librdkafka producer whose delivery reports are only counted. */
#include "responder/sender.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

enum { FLUSH_MS = 10000 };

static void reported(rd_kafka_t *rk, const rd_kafka_message_t *m, void *opaque)
{
    struct counts *c = opaque;
    (void)rk;
    c->failed += m->err != 0;
    c->acknowledged += m->err == 0;
}

bool sender_open(struct sender *s, const struct responder_options *o, struct counts *counts,
                 struct err *e)
{
    char why[400];
    struct arena arena = {0};
    struct kafka_properties all = o->producer;
    all.capacity = all.n; /* so that adding copies the list */
    kafka_property_default(&all, "partitioner", STR("murmur2_random"), &arena);
    kafka_property_default(&all, "queue.buffering.max.messages", STR("1000000"), &arena);
    rd_kafka_conf_t *conf = kafka_conf_make(o->brokers, &all, e);
    arena_free(&arena);
    if (!conf)
        return false;
    *s = (struct sender){.counts = counts};
    rd_kafka_conf_set_opaque(conf, counts);
    rd_kafka_conf_set_dr_msg_cb(conf, reported);
    s->rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
    if (s->rk)
        return true;
    rd_kafka_conf_destroy(conf);
    return err_set(e, ERR_USAGE, "cannot make a Kafka producer: %s", why);
}

rd_kafka_topic_t *sender_topic(struct sender *s, str name)
{
    for (size_t i = 0; i < s->n; i++)
        if (str_eq(name, str_from(rd_kafka_topic_name(s->topics[i]))))
            return s->topics[i];
    struct arena arena = {0};
    rd_kafka_topic_t *topic = rd_kafka_topic_new(s->rk, arena_z(&arena, name), NULL);
    arena_free(&arena);
    if (!topic)
        return NULL;
    s->topics = mem_room(s->topics, s->n, &s->capacity, sizeof(rd_kafka_topic_t *));
    return s->topics[s->n++] = topic;
}

/* librdkafka does not write to what it is given. */
static void *writable(str s)
{
    return (void *)(uintptr_t)s.p;
}

static rd_kafka_resp_err_t produce_with_headers(struct sender *s, struct reply *r)
{
    rd_kafka_vu_t parts[] = {
        {.vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = r->topic},
        {.vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = r->partition},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
        {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {writable(r->value), r->value.n}},
        {.vtype = RD_KAFKA_VTYPE_KEY, .u.mem = {writable(r->key), r->key.n}},
        {.vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = r->headers},
    };
    rd_kafka_error_t *error = rd_kafka_produceva(s->rk, parts, sizeof parts / sizeof *parts);
    rd_kafka_resp_err_t code = rd_kafka_error_code(error);
    if (error)
        rd_kafka_error_destroy(error);
    else
        r->headers = NULL; /* taken */
    return code;
}

static rd_kafka_resp_err_t produce(struct sender *s, struct reply *r)
{
    if (r->headers)
        return produce_with_headers(s, r);
    if (rd_kafka_produce(r->topic, r->partition, RD_KAFKA_MSG_F_COPY, writable(r->value),
                         r->value.n, r->key.p, r->key.n, NULL) == 0)
        return RD_KAFKA_RESP_ERR_NO_ERROR;
    return rd_kafka_last_error();
}

void sender_send(struct sender *s, struct reply *r)
{
    rd_kafka_resp_err_t code;
    while ((code = produce(s, r)) == RD_KAFKA_RESP_ERR__QUEUE_FULL)
        rd_kafka_poll(s->rk, 1);
    s->counts->replies++;
    if (code) {
        if (s->counts->failed++ == 0)
            log_warn("a reply cannot be sent: %s", rd_kafka_err2str(code));
        if (r->headers)
            rd_kafka_headers_destroy(r->headers);
    }
    r->headers = NULL;
}

void sender_poll(struct sender *s)
{
    if (rd_kafka_poll(s->rk, 0) > 0)
        s->counts->last_ns = clock_now_ns();
}

void sender_close(struct sender *s)
{
    if (rd_kafka_outq_len(s->rk) > 0) {
        rd_kafka_flush(s->rk, FLUSH_MS);
        s->counts->last_ns = clock_now_ns();
    }
    rd_kafka_purge(s->rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_poll(s->rk, 0);
    for (size_t i = 0; i < s->n; i++)
        rd_kafka_topic_destroy(s->topics[i]);
    mem_free(s->topics);
    rd_kafka_destroy(s->rk);
}
