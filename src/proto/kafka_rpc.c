/* A request-reply client: opening and closing its producer, its consumer and its store. */
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "proto/kafka_rpc_client.h"

enum { IN_FLIGHT_MOST = REQUESTS_MOST };

static const uint16_t codes[FATES] = {
    [FATE_OK] = 200, [FATE_FAILED_CHECK] = 500, [FATE_ERROR] = 500, [FATE_TIMEOUT] = 504};

/* ---- closing ---- */

/* Nobody will go on with it: every request has its fate, or there was none. */
static bool is_finished(const struct kafka_rpc *c)
{
    if (!c->begun)
        return !c->config->resume;
    return !c->failure.kind && requests_waiting(c->requests) == 0;
}

static void close_store(struct kafka_rpc *c)
{
    struct kafka_rpc_whole *whole = c->config->whole;
    if (whole) {
        whole->after = *requests_counts(c->requests);
        whole->closed = true;
    }
    requests_close(c->requests, is_finished(c));
}

static void closed(struct kafka_rpc *c)
{
    if (--c->n_open > 0)
        return;
    if (c->requests)
        close_store(c);
    for (unsigned i = 0; i < c->n_replies; i++)
        kafka_correlate_free(&c->replies[i]);
    for (unsigned i = 0; i < c->n_correlates; i++)
        kafka_correlate_free(&c->correlates[i]);
    kafka_rpc_sight_close(c);
    kafka_stats_free(&c->stats);
    buf_free(&c->headers);
    buf_free(&c->text);
    pool_free(&c->sending);
    pool_free(&c->outcomes);
    arena_free(&c->arena);
    c->client.on->closed(&c->client);
    mem_free(c);
}

static void producer_closed(struct client *producer)
{
    closed(producer->owner);
}

static void consumer_closed(void *owner)
{
    closed(owner);
}

/* librdkafka still has records of calls that are over: their reports come first. */
static void close_when_taken_back(struct kafka_rpc *c)
{
    if (!c->closing || !list_empty(&c->producing))
        return;
    c->closing = false;
    kafka_consumer_close(c->consumer);
    c->producer->protocol->close(c->producer);
}

static void acknowledged(struct client *producer, struct call *call)
{
    kafka_rpc_acknowledged(producer, call);
    close_when_taken_back(producer->owner);
}

static void rpc_close(struct client *client)
{
    struct kafka_rpc *c = kafka_rpc_of(client);
    kafka_rpc_crew_join(c->config->crew, c->share.index, NULL, loop_mailbox(c->loop));
    loop_timer_disarm(c->loop, &c->sight_timer);
    loop_timer_disarm(c->loop, &c->send_timer);
    c->closing = true;
    kafka_rpc_take_back(c);
    close_when_taken_back(c);
}

/* ---- opening ---- */

static void one_is_open(struct kafka_rpc *c, const struct err *e)
{
    if (e && !c->failure.kind)
        c->failure = *e;
    if (--c->n_opening > 0)
        return;
    if (!c->failure.kind) /* from here on a killed run would read */
        kafka_rpc_keep_places(c);
    if (!c->failure.kind && requests_flush(c->requests, &c->failure) && !c->config->resume)
        kafka_consumer_resume(c->consumer);
    c->client.on->ready(&c->client, c->failure.kind ? &c->failure : NULL);
}

static void producer_ready(struct client *producer, const struct err *e)
{
    one_is_open(producer->owner, e);
}

/* As many as the user asked for. */
static void warn_of_idle_consumers(const struct kafka_rpc *c)
{
    size_t partitions;
    kafka_consumer_places(c->consumer, &partitions);
    if (c->config->among.of > 1 && c->share.index == 0 && c->share.of > partitions)
        log_warn("%u consumers read %zu partitions of replies: %zu of them have nothing to do",
                 c->share.of, partitions, c->share.of - partitions);
}

static void consumer_ready(void *owner, const struct err *e)
{
    if (!e)
        warn_of_idle_consumers(owner);
    one_is_open(owner, e);
}

static void consumer_failed(void *owner, const struct err *e)
{
    struct kafka_rpc *c = owner;
    c->client.on->failed(&c->client, e);
}

/* What the replies of this turn have changed, and the requests that they made. */
static void turn(void *owner)
{
    kafka_rpc_keep_places(owner);
    kafka_rpc_flush(owner);
}

static void producer_measured(struct client *producer, const struct measured *m)
{
    struct kafka_rpc *c = producer->owner;
    c->client.on->measured(&c->client, m);
}

static void producer_part(struct client *producer, const struct client_part *p)
{
    struct kafka_rpc *c = producer->owner;
    c->client.on->part(&c->client, p);
}

static void consumer_statistics(void *owner, str json)
{
    struct kafka_rpc *c = owner;
    kafka_stats_take(&c->stats, json, &c->client);
}

static const struct client_events producer_events = {
    .ready = producer_ready,
    .outcome = kafka_rpc_outcome,
    .done = acknowledged,
    .closed = producer_closed,
    .measured = producer_measured,
    .part = producer_part,
};

static const struct kafka_consumer_events consumer_events = {
    .ready = consumer_ready,
    .record = kafka_rpc_record,
    .turn = turn,
    .statistics = consumer_statistics,
    .failed = consumer_failed,
    .closed = consumer_closed,
};

static bool read_correlates(struct kafka_rpc *c, struct err *e)
{
    const struct kafka_rpc_config *f = c->config;
    c->replies = arena_alloc(&c->arena, f->n_replies * sizeof *c->replies);
    c->correlates = arena_alloc(&c->arena, f->n_correlates * sizeof *c->correlates);
    for (; c->n_replies < f->n_replies; c->n_replies++)
        if (!kafka_correlate_parse(f->replies[c->n_replies].correlate, &c->arena,
                                   &c->replies[c->n_replies], e))
            return false;
    for (; c->n_correlates < f->n_correlates; c->n_correlates++)
        if (!kafka_correlate_parse(f->correlates[c->n_correlates], &c->arena,
                                   &c->correlates[c->n_correlates], e))
            return false;
    return true;
}

static bool open_store(struct kafka_rpc *c, struct err *e)
{
    const struct kafka_rpc_config *f = c->config;
    const struct requests_run run = {.run = f->producer.run,
                                     .worker = (uint16_t)c->share.index,
                                     .workers = (uint16_t)c->share.of};
    c->requests = requests_open(&f->store, &run, IN_FLIGHT_MOST, f->resume, e);
    if (c->requests && f->resume) {
        kafka_rpc_tell_resumed(c);
        f->whole->before = *requests_counts(c->requests);
    }
    return c->requests != NULL;
}

static void describe_reading(struct kafka_rpc *c)
{
    const struct kafka_rpc_config *f = c->config;
    const char **topics = arena_alloc(&c->arena, f->n_replies * sizeof *topics);
    for (unsigned i = 0; i < f->n_replies; i++)
        topics[i] = f->replies[i].topic;
    c->reading = (struct kafka_consumer_config){
        .brokers = f->producer.brokers,
        .conf = f->consumer_conf,
        .topics = topics,
        .n_topics = f->n_replies,
        .partition = f->reply_partition,
        .group = f->group,
        .from = {.kind = KAFKA_FROM_END},
        .timeout_ns = f->ready_timeout_ns,
        .metrics_ns = f->producer.metrics_ns,
    };
}

static struct client *rpc_open(struct loop *l, struct offload *offload, const void *config,
                               struct share share, const struct client_events *on, void *owner)
{
    const struct kafka_rpc_config *f = config;
    struct kafka_rpc *c = mem_zero(sizeof *c);
    share = share_nest(share, f->among.of ? f->among : (struct share){0, 1});
    c->client = (struct client){.protocol = &kafka_rpc_protocol, .on = on, .owner = owner};
    c->loop = l;
    c->config = f;
    c->share = share;
    list_init(&c->to_send);
    list_init(&c->producing);
    list_init(&c->over);
    c->over_timer.fire = kafka_rpc_tell_over;
    pool_init(&c->sending, offsetof(struct kafka_rpc_sending, acknowledged) + CALL_BYTES +
                               kafka_producer_protocol.call_size);
    pool_init(&c->outcomes, sizeof(struct outcome));
    describe_reading(c);
    if (!read_correlates(c, &c->failure) || !open_store(c, &c->failure) ||
        !kafka_rpc_find_places(c, &c->failure))
        c->failure.kind = c->failure.kind ? c->failure.kind : ERR_RUN;
    kafka_rpc_crew_join(f->crew, share.index, c, loop_mailbox(l));
    c->n_opening = c->n_open = 2;
    c->producer =
        kafka_producer_protocol.open(l, offload, &f->producer, share, &producer_events, c);
    c->consumer = kafka_consumer_open(l, offload, &c->reading, share, &consumer_events, c);
    return &c->client;
}

static void rpc_begin(struct client *client)
{
    struct kafka_rpc *c = kafka_rpc_of(client);
    c->begun = true;
    kafka_rpc_sight_open(c);
    if (!c->config->resume)
        return;
    bool all = kafka_rpc_adopt(c);
    kafka_rpc_flush(c);
    if (all)
        kafka_consumer_resume(c->consumer);
}

/* ---- in between ---- */

static bool rpc_busy(struct client *client, bool over)
{
    struct kafka_rpc *c = kafka_rpc_of(client);
    if (over)
        kafka_rpc_take_back(c);
    bool waits = kafka_rpc_crew_waits(c->config->crew, c->share.index);
    return !list_empty(&c->producing) || (waits && !over);
}

static void rpc_describe(const struct client *client, const struct call *call, struct buf *request,
                         struct buf *head)
{
    const struct kafka_rpc *c = (const struct kafka_rpc *)client;
    const struct kafka_rpc_request *q = call->request;
    if (request) {
        kafka_rpc_write_ids_again(c, call);
        kafka_show_record(&q->record, c->config->producer.topics[q->record.topic], request);
    }
    if (head && call->outcome->head.n)
        kafka_reply_describe(call->outcome->head, head);
}

static bool rpc_degraded(const struct client *client, struct err *why)
{
    const struct kafka_rpc *c = (const struct kafka_rpc *)client;
    if (c->failure.kind)
        *why = c->failure;
    return c->failure.kind;
}

const struct protocol kafka_rpc_protocol = {
    .name = "kafka",
    .call_size = sizeof(struct kafka_rpc_own),
    .codes = codes,
    .open = rpc_open,
    .begin = rpc_begin,
    .start = kafka_rpc_start,
    .cancel = kafka_rpc_cancel,
    .finish = kafka_rpc_finish,
    .busy = rpc_busy,
    .describe = rpc_describe,
    .close = rpc_close,
    .degraded = rpc_degraded,
};
