/* A Kafka producer as a protocol: opening and closing, which block and therefore happen on the
 * offload thread, starting and cancelling. */
#include "proto/kafka_producer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "proto/kafka_client.h"
#include "proto/kafka_error.h"
#include "proto/kafka_mock.h"
#include "proto/kafka_reach.h"

enum { TRANSACTION_MS = 60 * 1000 }; /* librdkafka's transaction.timeout.ms */

#define PURGE_AGAIN_NS (100 * NS_PER_MS)

/* ---- opening: on the offload thread ---- */

static uint64_t own_timeout(const struct kafka_producer_config *f, unsigned topic)
{
    return f->timeouts ? f->timeouts[topic] : 0;
}

static uint64_t longest_timeout(const struct kafka_producer_config *f)
{
    uint64_t longest = f->timeout_ns;
    for (unsigned i = 0; i < f->n_topics; i++)
        longest = own_timeout(f, i) > longest ? own_timeout(f, i) : longest;
    return longest;
}

/* A record's time must fit into its transaction's. */
static void set_transactions(struct kafka_client *c, struct kafka_properties *all,
                             struct arena *arena)
{
    uint64_t ms = longest_timeout(c->config) / NS_PER_MS;
    kafka_transaction_id(c, all, arena);
    if (kafka_is_transacting(c->config) && ms > TRANSACTION_MS)
        kafka_property_default(all, "transaction.timeout.ms",
                               arena_printf(arena, "%llu", (unsigned long long)ms), arena);
}

static rd_kafka_conf_t *make_conf(struct kafka_client *c, struct err *e)
{
    const struct kafka_producer_config *f = c->config;
    struct arena arena = {0};
    struct kafka_properties all = *f->conf;
    uint64_t ms = f->timeout_ns / NS_PER_MS;
    all.capacity = all.n; /* so that adding copies the list */
    kafka_property_default(&all, "message.timeout.ms",
                           arena_printf(&arena, "%llu", (unsigned long long)(ms ? ms : 1)), &arena);
    kafka_property_default(
        &all, "statistics.interval.ms",
        arena_printf(&arena, "%llu", (unsigned long long)(f->metrics_ns / NS_PER_MS)), &arena);
    set_transactions(c, &all, &arena);
    kafka_property_default(&all, "partitioner", STR("murmur2_random"), &arena);
    kafka_property_default(&all, "allow.auto.create.topics", STR("false"), &arena);
    rd_kafka_conf_t *conf = kafka_conf_make(f->brokers, &all, e);
    arena_free(&arena);
    return conf;
}

static bool make_client(struct kafka_client *c)
{
    char why[400];
    rd_kafka_conf_t *conf = make_conf(c, &c->failure);
    if (!conf)
        return false;
    kafka_reports_conf(c, conf);
    c->rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why, sizeof why);
    if (c->rk)
        return true;
    rd_kafka_conf_destroy(conf);
    return kafka_error_not_made("producer", why, &c->failure);
}

/* librdkafka has a time for the records of a topic, and none for a single one. */
static rd_kafka_topic_t *make_topic(struct kafka_client *c, unsigned topic)
{
    const struct kafka_producer_config *f = c->config;
    uint64_t ms = own_timeout(f, topic) / NS_PER_MS;
    char text[24], why[200];
    if (!own_timeout(f, topic))
        return rd_kafka_topic_new(c->rk, f->topics[topic], NULL);
    rd_kafka_topic_conf_t *conf = rd_kafka_default_topic_conf_dup(c->rk);
    snprintf(text, sizeof text, "%llu", (unsigned long long)(ms ? ms : 1));
    rd_kafka_topic_conf_set(conf, "message.timeout.ms", text, why, sizeof why);
    rd_kafka_topic_t *made = rd_kafka_topic_new(c->rk, f->topics[topic], conf);
    if (!made)
        rd_kafka_topic_conf_destroy(conf);
    return made;
}

static bool find_topics(struct kafka_client *c)
{
    const struct kafka_producer_config *f = c->config;
    struct kafka_reach reach = {.rk = c->rk,
                                .signs = &c->signs,
                                .brokers = f->brokers,
                                .timeout_ns = f->timeout_ns,
                                .stop = &c->stop_opening};
    c->topics = mem_array(f->n_topics, sizeof(rd_kafka_topic_t *));
    for (unsigned i = 0; i < f->n_topics; i++) {
        c->topics[i] = make_topic(c, i);
        if (!c->topics[i])
            return err_set(&c->failure, ERR_USAGE, "topic '%s': %s", f->topics[i],
                           rd_kafka_err2str(rd_kafka_last_error()));
        if (!kafka_reach_topic(&reach, c->topics[i], f->partition, &c->failure))
            return false;
    }
    return true;
}

static void release(struct kafka_client *c)
{
    for (unsigned i = 0; c->topics && i < c->config->n_topics; i++)
        if (c->topics[i])
            rd_kafka_topic_destroy(c->topics[i]);
    mem_free(c->topics);
    if (c->rk)
        rd_kafka_destroy(c->rk);
    c->topics = NULL;
    c->rk = NULL;
}

static void open_there(struct job *job)
{
    struct kafka_client *c = CONTAINER_OF(job, struct kafka_client, job);
    if (c->failure.kind || !make_client(c) || !find_topics(c) || !kafka_transaction_begin(c))
        release(c);
    c->marks = c->rk && (!kafka_mock_answers(c->rk) || kafka_mock_writes_marks());
    c->reached = true;
}

/* ---- closing ---- */

static void close_there(struct job *job)
{
    struct kafka_client *c = CONTAINER_OF(job, struct kafka_client, job);
    kafka_too_large_tell(c);
    release(c);
}

static void closed(struct job *job)
{
    struct kafka_client *c = CONTAINER_OF(job, struct kafka_client, job);
    close(c->watch.fd);
    buf_free(&c->stamped);
    kafka_stats_free(&c->stats);
    kafka_transaction_free(c);
    c->client.on->closed(&c->client);
    mem_free(c);
}

static void submit(struct kafka_client *c, void (*work)(struct job *), void (*done)(struct job *))
{
    c->job = (struct job){.reply = loop_mailbox(c->loop), .work = work, .done = done};
    offload_submit(c->offload, &c->job);
}

/* What is still purged is waited for. */
void kafka_go_on_closing(struct kafka_client *c)
{
    if (!c->purging)
        submit(c, close_there, closed);
}

static void kafka_close(struct client *client)
{
    struct kafka_client *c = kafka_client_of(client);
    atomic_store(&c->stop_opening, true);
    if (!kafka_transaction_close(c))
        kafka_close_now(c);
}

void kafka_close_now(struct kafka_client *c)
{
    bool opening = c->phase == KAFKA_OPENING;
    c->phase = KAFKA_CLOSING;
    loop_timer_disarm(c->loop, &c->purge_timer);
    if (opening)
        return; /* `opened` comes, and closes */
    if (c->queue)
        kafka_reports_close(c);
    else
        kafka_go_on_closing(c);
}

static void opened(struct job *job)
{
    struct kafka_client *c = CONTAINER_OF(job, struct kafka_client, job);
    if (c->phase == KAFKA_CLOSING) {
        kafka_go_on_closing(c);
        return;
    }
    c->phase = KAFKA_OPEN;
    if (c->rk) {
        kafka_reports_open(c);
        kafka_transaction_open(c);
    }
    c->client.on->ready(&c->client, c->failure.kind ? &c->failure : NULL);
}

/* ---- purging: the run is over, and librdkafka still has records ---- */

static void purge_there(struct job *job)
{
    struct kafka_client *c = CONTAINER_OF(job, struct kafka_client, purge_job);
    rd_kafka_purge(c->rk, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
}

static void purged(struct job *job)
{
    struct kafka_client *c = CONTAINER_OF(job, struct kafka_client, purge_job);
    c->purging = false;
    if (c->phase == KAFKA_CLOSING && !c->queue)
        kafka_go_on_closing(c);
    else if (c->handed > 0) /* a request that is half sent stays until it is sent */
        loop_timer_arm(c->loop, &c->purge_timer, loop_now(c->loop) + PURGE_AGAIN_NS);
}

/* librdkafka cannot take back single records: when none of those that it has is wanted any more,
 * all are purged. */
static void purge_when_useless(struct kafka_client *c)
{
    if (c->handed == 0 || c->cancelled < c->handed || c->purging)
        return;
    c->purging = true;
    c->purge_job =
        (struct job){.reply = loop_mailbox(c->loop), .work = purge_there, .done = purged};
    offload_submit(c->offload, &c->purge_job);
}

static void purge_again(struct timer *t)
{
    purge_when_useless(CONTAINER_OF(t, struct kafka_client, purge_timer));
}

/* ---- calls ---- */

static void kafka_start(struct client *client, struct call *call, void *session)
{
    struct kafka_client *c = kafka_client_of(client);
    (void)session;
    if (call->deadline.due_ns <= loop_now(c->loop)) {
        kafka_end_soon(c, call, FATE_TIMEOUT, "timeout before send");
        return;
    }
    if (!list_empty(&c->waiting) || !kafka_transaction_takes(c)) {
        kafka_wait(c, call);
        return;
    }
    if (c->taking && kafka_batch_add(c, call))
        return;
    rd_kafka_resp_err_t code = kafka_hand_over(c, call);
    if (code)
        kafka_refused(c, call, code);
}

static void kafka_cancel(struct client *client, struct call *call)
{
    struct kafka_client *c = kafka_client_of(client);
    kafka_batch_hand_over(c);
    if (kafka_call_of(call)->waiting) {
        kafka_wait_forget(call);
        return;
    }
    call->outcome->done_ns = 0; /* its report says when */
    c->cancelled++;
    purge_when_useless(c);
}

static void kafka_describe(const struct client *client, const struct call *call,
                           struct buf *request, struct buf *head)
{
    const struct kafka_client *c = (const struct kafka_client *)client;
    const struct kafka_record *r = call->request;
    if (request)
        kafka_show_record(r, c->config->topics[r->topic], request);
    if (head)
        kafka_show_place(call->outcome, head);
}

static struct client *kafka_open(struct loop *l, struct offload *offload, const void *config,
                                 struct share share, const struct client_events *on, void *owner)
{
    struct kafka_client *c = mem_zero(sizeof *c);
    c->client = (struct client){.protocol = &kafka_producer_protocol, .on = on, .owner = owner};
    c->loop = l;
    c->offload = offload;
    c->config = config;
    c->share = share;
    list_init(&c->waiting);
    list_init(&c->over);
    c->purge_timer.fire = purge_again;
    c->watch.fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (c->watch.fd < 0)
        err_set(&c->failure, ERR_RUN, "cannot make an event descriptor: %s", strerror(errno));
    submit(c, open_there, opened);
    return &c->client;
}

const struct protocol kafka_producer_protocol = {
    .name = "kafka",
    .call_size = sizeof(struct kafka_call),
    .own_timeouts = true,
    .open = kafka_open,
    .start = kafka_start,
    .cancel = kafka_cancel,
    .describe = kafka_describe,
    .close = kafka_close,
};
