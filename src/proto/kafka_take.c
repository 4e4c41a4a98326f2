/* A client that awaits records: opened and closed, its calls begun, cancelled and described; what
 * comes of records is in kafka_take_records.c. */
#include "proto/kafka_take.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "proto/kafka_take_client.h"

static void take_begin(struct client *client)
{
    struct kafka_take *c = kafka_take_of(client);
    c->begun = true;
    kafka_take_tell_counts(c);
    loop_timer_arm(c->loop, &c->sight_timer, loop_now(c->loop) + KAFKA_SIGHT_PATIENCE_NS);
}

/* ---- calls ---- */

static void take_start(struct client *client, struct call *call, void *session)
{
    struct kafka_take *c = kafka_take_of(client);
    (void)session;
    const struct kafka_take_request *q = call->request;
    struct kafka_take_own *own = call_own(call);
    *own = (struct kafka_take_own){.call = call, .waiter.id = q->id};
    list_init(&own->link);
    call->sent_ns = call->taken_ns > call->due_ns ? call->taken_ns : call->due_ns;
    c->topics[q->topic].wanted = c->topics[q->topic].wanted || q->id.p;
    own->found = kafka_take_kept(c, &c->topics[q->topic].kept, &own->waiter);
    if (!own->found)
        return;
    list_push_back(&c->over, &own->link);
    loop_timer_arm(c->loop, &c->over_timer, 0);
}

static void take_cancel(struct client *client, struct call *call)
{
    struct kafka_take *c = kafka_take_of(client);
    const struct kafka_take_request *q = call->request;
    struct kafka_take_own *own = call_own(call);
    if (own->found)
        mem_free(own->found);
    else
        kafka_kept_leave(&c->topics[q->topic].kept, &own->waiter);
    list_remove(&own->link);
    client->on->done(client, call);
}

static void take_describe(const struct client *client, const struct call *call, struct buf *request,
                          struct buf *head)
{
    const struct kafka_take *c = (const struct kafka_take *)client;
    const struct kafka_take_request *q = call->request;
    const char *topic = c->config->topics[q->topic].topic;
    if (request && q->id.p)
        buf_printf(request, "record of %s with id " STR_FMT "\r\n\r\n", topic, STR_ARG(q->id));
    else if (request)
        buf_printf(request, "next record of %s\r\n\r\n", topic);
    if (head && call->outcome->head.n)
        kafka_reply_describe(call->outcome->head, head);
}

/* Of how many of its partitions something was taken, by whomever. */
static size_t count_taken(const struct kafka_take *c)
{
    size_t n = 0, places = kafka_take_crew_places(c->config->crew);
    for (size_t i = 0; i < places; i++)
        if (kafka_take_is_mine(c, (int32_t)(i / c->config->n_topics)))
            n += kafka_take_crew_taken_to(c->config->crew, i) > 0;
    return n;
}

/* Has this worker counted what was taken of its partitions? It may not know of a new one yet. */
static bool has_counted_all(const struct kafka_take *c)
{
    size_t n, counted = 0;
    const struct kafka_place *places = kafka_consumer_places(c->consumer, &n);
    for (size_t i = 0; i < n; i++) {
        size_t place = kafka_take_place(c, places[i].topic, places[i].partition);
        int64_t to = kafka_take_is_mine(c, places[i].partition)
                         ? kafka_take_crew_taken_to(c->config->crew, place)
                         : 0;
        if (places[i].next < to)
            return false;
        counted += to > 0;
    }
    return counted == count_taken(c);
}

static bool take_busy(struct client *client, bool over)
{
    struct kafka_take *c = kafka_take_of(client);
    if (!c->resting)
        kafka_take_crew_rest(c->config->crew);
    c->resting = true;
    return !over && !(kafka_take_crew_at_rest(c->config->crew) && has_counted_all(c));
}

/* ---- nothing is found ---- */

static void warn(const struct kafka_take_topic *topic, const struct kafka_sight *s)
{
    struct buf text = {0};
    if (s->seen == 0)
        buf_printf(&text, "nothing came to %s: does the application run, and send there?",
                   topic->topic);
    else
        kafka_sight_describe(s, topic->topic, topic->correlate, "which no call has asked for",
                             &text);
    log_warn("no awaited record is found so far: " STR_FMT, STR_ARG(buf_view(&text)));
    buf_free(&text);
}

/* Once for each topic: it is enough that the first worker says it. */
static void look(struct timer *t)
{
    const struct kafka_take *c = CONTAINER_OF(t, struct kafka_take, sight_timer);
    for (unsigned i = 0; i < c->n_topics && c->share.index == 0; i++)
        if (c->topics[i].wanted && !c->topics[i].found)
            warn(&c->config->topics[i], &c->topics[i].sight);
}

/* ---- opening and closing ---- */

static void ready(void *owner, const struct err *e)
{
    struct kafka_take *c = owner;
    if (!e)
        kafka_consumer_resume(c->consumer);
    c->client.on->ready(&c->client, c->failure.kind ? &c->failure : e);
}

static void statistics(void *owner, str json)
{
    struct kafka_take *c = owner;
    kafka_stats_take(&c->stats, json, &c->client);
}

static void failed(void *owner, const struct err *e)
{
    struct kafka_take *c = owner;
    c->client.on->failed(&c->client, e);
}

static void closed(void *owner)
{
    struct kafka_take *c = owner;
    for (unsigned i = 0; i < c->n_topics; i++) {
        kafka_correlate_free(&c->topics[i].correlate);
        kafka_kept_close(&c->topics[i].kept);
        kafka_sight_free(&c->topics[i].sight);
    }
    kafka_stats_free(&c->stats);
    buf_free(&c->id);
    buf_free(&c->copied.bytes);
    arena_free(&c->arena);
    c->client.on->closed(&c->client);
    mem_free(c);
}

static const struct kafka_consumer_events consumer_events = {
    .ready = ready,
    .record = kafka_take_record,
    .turn = kafka_take_turn,
    .statistics = statistics,
    .failed = failed,
    .closed = closed,
};

static void take_close(struct client *client)
{
    struct kafka_take *c = kafka_take_of(client);
    loop_timer_disarm(c->loop, &c->over_timer);
    loop_timer_disarm(c->loop, &c->keep_timer);
    loop_timer_disarm(c->loop, &c->sight_timer);
    kafka_consumer_close(c->consumer);
}

static bool open_topics(struct kafka_take *c, struct err *e)
{
    const struct kafka_take_config *f = c->config;
    const char **names = arena_alloc(&c->arena, f->n_topics * sizeof *names);
    c->topics = arena_alloc(&c->arena, f->n_topics * sizeof *c->topics);
    c->reading = (struct kafka_consumer_config){
        .brokers = f->brokers,
        .conf = f->conf,
        .topics = names,
        .n_topics = f->n_topics,
        .partition = -1,
        .from = f->from,
        .timeout_ns = f->ready_timeout_ns,
        .metrics_ns = f->metrics_ns,
    };
    for (unsigned i = 0; i < f->n_topics; i++)
        names[i] = f->topics[i].topic;
    for (; c->n_topics < f->n_topics; c->n_topics++) {
        struct kafka_take_read *t = &c->topics[c->n_topics];
        if (!kafka_correlate_parse(f->topics[c->n_topics].correlate, &c->arena, &t->correlate, e))
            return false;
        kafka_kept_open(&t->kept, f->topics[c->n_topics].keep_ns);
    }
    return true;
}

static struct client *take_open(struct loop *l, struct offload *offload, const void *config,
                                struct share share, const struct client_events *on, void *owner)
{
    static const struct share all = {.index = 0, .of = 1};
    struct kafka_take *c = mem_zero(sizeof *c);
    c->client = (struct client){.protocol = &kafka_take_protocol, .on = on, .owner = owner};
    c->loop = l;
    c->config = config;
    c->share = share;
    c->copied.most = SIZE_MAX;
    c->over_timer.fire = kafka_take_tell_over;
    c->keep_timer.fire = kafka_take_expire;
    c->sight_timer.fire = look;
    c->expire_ns = UINT64_MAX;
    list_init(&c->over);
    open_topics(c, &c->failure);
    c->consumer = kafka_consumer_open(l, offload, &c->reading, all, &consumer_events, c);
    return &c->client;
}

static const uint16_t codes[FATES] = {
    [FATE_OK] = 200, [FATE_FAILED_CHECK] = 500, [FATE_ERROR] = 500, [FATE_TIMEOUT] = 504};

const struct protocol kafka_take_protocol = {
    .name = "kafka",
    .call_size = sizeof(struct kafka_take_own),
    .codes = codes,
    .open = take_open,
    .begin = take_begin,
    .start = take_start,
    .cancel = take_cancel,
    .busy = take_busy,
    .describe = take_describe,
    .close = take_close,
};
