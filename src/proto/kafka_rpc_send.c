/* From a call to its request: an id, an entry in the store, a record for the producer, and what
 * comes of each. */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "proto/kafka_rpc_client.h"

enum { OVER_A_TURN = 1024 };

static const char no_store[] = "the store of requests in flight failed";

/* ---- over before it was under way ---- */

/* The producer has done with it, or will never get it. */
static void end_sending(struct kafka_rpc *c, struct kafka_rpc_sending *g)
{
    if (g->call) {
        kafka_rpc_find_sent(g->call);
        kafka_rpc_own_of(g->call)->sending = NULL;
    }
    if (g->acknowledged.outcome)
        pool_give(&c->outcomes, g->acknowledged.outcome);
    list_remove(&g->link);
    pool_give(&c->sending, g);
}

static void tell_end(struct kafka_rpc *c, struct kafka_rpc_sending *g)
{
    struct call *call = g->call;
    end_sending(c, g);
    c->client.on->done(&c->client, call);
}

void kafka_rpc_tell_over(struct timer *t)
{
    struct kafka_rpc *c = CONTAINER_OF(t, struct kafka_rpc, over_timer);
    struct list *node;
    for (unsigned n = 0; n < OVER_A_TURN && (node = list_pop_front(&c->over)); n++)
        tell_end(c, CONTAINER_OF(node, struct kafka_rpc_sending, link));
    if (!list_empty(&c->over))
        loop_timer_arm(c->loop, t, 0);
}

static void end_soon(struct kafka_rpc *c, struct kafka_rpc_sending *g, const char *cause)
{
    struct outcome *o = call_outcome(&c->client, g->call);
    o->fate = FATE_ERROR;
    o->cause = cause;
    list_push_back(&c->over, &g->link);
    loop_timer_arm(c->loop, &c->over_timer, 0);
}

/* ---- ids ---- */

static bool find_header(const void *record, const char *name, str *value)
{
    const struct kafka_record *r = record;
    for (unsigned i = r->n_headers; i-- > 0;)
        if (str_eq(r->headers[i].name, str_from(name))) {
            *value = r->headers[i].value;
            return true;
        }
    return false;
}

/* The id that the record has already; p NULL: none. */
static str id_within(struct kafka_rpc *c, const struct kafka_correlate *where,
                     const struct kafka_record *r)
{
    const struct kafka_correlated record = {
        .key = r->key, .value = r->value, .header = find_header, .record = r};
    str id;
    return kafka_correlate_find(where, &record, &c->text, &id) == KAFKA_CORRELATE_FOUND
               ? id
               : (str){NULL, 0};
}

/* Its headers, and these. In c->headers. */
static void add_headers(struct kafka_rpc *c, struct kafka_record *r,
                        const struct kafka_header *more, unsigned n)
{
    c->headers.n = 0;
    if (r->n_headers)
        buf_add(&c->headers, r->headers, r->n_headers * sizeof *r->headers);
    buf_add(&c->headers, more, n * sizeof *more);
    r->headers = (const struct kafka_header *)(const void *)c->headers.p;
    r->n_headers += n;
}

/* Where the reply is wanted, as Spring's clients say it: a topic, and a partition as an int of 4
 * bytes, the highest first. */
static unsigned announce(const struct kafka_rpc *c, const struct kafka_rpc_call *call,
                         struct kafka_header *out, char *room)
{
    uint32_t p = (uint32_t)c->config->reply_partition;
    if (c->config->reply_partition < 0)
        return 0;
    for (int i = 0; i < 4; i++)
        room[i] = (char)(p >> (24 - 8 * i));
    out[0] = (struct kafka_header){STR("kafka_replyTopic"),
                                   str_from(c->config->replies[call->reply].topic)};
    out[1] = (struct kafka_header){STR("kafka_replyPartition"), {room, 4}};
    return 2;
}

static void write_ids(const struct kafka_rpc *c, const struct kafka_rpc_request *q,
                      struct request_id id, char *text)
{
    const struct kafka_id full = {.run = c->config->producer.run,
                                  .sequence = id.sequence,
                                  .slot = id.slot,
                                  .worker = (uint16_t)c->share.index};
    kafka_id_write(&full, text);
    for (unsigned i = 0; i < q->n_ids; i++)
        memcpy(q->ids[i], text, KAFKA_ID_BYTES);
}

void kafka_rpc_write_ids_again(const struct kafka_rpc *c, const struct call *call)
{
    const struct kafka_rpc_own *own = (const void *)((const char *)call + CALL_BYTES);
    char text[KAFKA_ID_BYTES];
    if (own->entry)
        write_ids(c, call->request, kafka_rpc_id(own->entry), text);
}

/* ---- start ---- */

static struct kafka_rpc_sending *make_sending(struct kafka_rpc *c, struct call *call)
{
    struct kafka_rpc_sending *g = pool_take(&c->sending);
    g->call = call;
    g->entry = 0;
    g->acknowledged = (struct call){.due_ns = call->due_ns,
                                    .taken_ns = loop_now(c->loop),
                                    .deadline.due_ns = call->deadline.due_ns,
                                    .as = call->as,
                                    .detached = true};
    kafka_rpc_own_of(call)->sending = g;
    return g;
}

void kafka_rpc_find_sent(struct call *call)
{
    const struct kafka_rpc_sending *g = kafka_rpc_own_of(call)->sending;
    if (!call->sent_ns && g)
        call->sent_ns = g->acknowledged.sent_ns;
}

static uint32_t label_of(const struct kafka_correlate *where, const struct kafka_rpc_request *q)
{
    bool id_is_key = where->kind == KAFKA_CORRELATE_KEY && !q->record.key.p;
    size_t bytes = q->record.key.n + q->record.value.n + (id_is_key ? KAFKA_ID_BYTES : 0);
    return (uint32_t)bytes | (q->call->by_timestamp ? KAFKA_RPC_BY_TIMESTAMP : 0);
}

/* Into the store. False: it has no id that a reply could be known by; the sentence says why. */
static bool enter(struct kafka_rpc *c, struct call *call, struct request_id id, const char *text,
                  const char **why)
{
    const struct kafka_rpc_request *q = call->request;
    const struct kafka_correlate *where = &c->correlates[q->call->correlate];
    str there = id_within(c, where, &q->record);
    bool weirs = there.p
                     ? str_eq(there, (str){text, KAFKA_ID_BYTES})
                     : where->kind == KAFKA_CORRELATE_HEADER || where->kind == KAFKA_CORRELATE_KEY;
    if (!there.p && !weirs) {
        requests_release(c->requests, id);
        *why = "the request has no correlation id where it is looked for";
        return false;
    }
    if (!requests_issue(c->requests, id,
                        &(struct request_new){.due_ns = call->due_ns,
                                              .owner = call,
                                              .label = label_of(where, q),
                                              .own_id = weirs ? (str){NULL, 0} : there})) {
        *why = "its correlation id was used before";
        return false;
    }
    return true;
}

static void flush_later(struct timer *t)
{
    kafka_rpc_flush(CONTAINER_OF(t, struct kafka_rpc, send_timer));
}

void kafka_rpc_changed(struct kafka_rpc *c)
{
    c->send_timer.fire = flush_later;
    loop_timer_arm(c->loop, &c->send_timer, 0);
}

void kafka_rpc_start(struct client *client, struct call *call, void *session)
{
    struct kafka_rpc *c = kafka_rpc_of(client);
    struct kafka_rpc_sending *g = make_sending(c, call);
    char text[KAFKA_ID_BYTES];
    struct request_id id;
    const char *why;
    (void)session;
    if (!requests_reserve(c->requests, &id)) {
        end_soon(c, g, "too many requests are in flight");
        return;
    }
    write_ids(c, call->request, id, text);
    if (!enter(c, call, id, text, &why)) {
        end_soon(c, g, why);
        return;
    }
    g->entry = kafka_rpc_own_of(call)->entry = kafka_rpc_entry(id);
    list_push_back(&c->to_send, &g->link);
    kafka_rpc_changed(c);
}

/* ---- producing ---- */

/* The bytes of what weir adds to a record, which points to them until it is handed over. */
struct added {
    char id[KAFKA_ID_BYTES];
    char partition[4];
};

/* The record as it goes out: with the id where nobody wrote it. */
static void complete_record(struct kafka_rpc *c, const struct kafka_rpc_request *q,
                            struct kafka_record *r, struct added *added)
{
    const struct kafka_correlate *where = &c->correlates[q->call->correlate];
    str there, id = {added->id, KAFKA_ID_BYTES};
    struct kafka_header more[3];
    *r = q->record;
    unsigned n = announce(c, q->call, more, added->partition);
    if (where->kind == KAFKA_CORRELATE_HEADER && !find_header(r, where->header, &there))
        more[n++] = (struct kafka_header){str_from(where->header), id};
    else if (where->kind == KAFKA_CORRELATE_KEY && !r->key.p)
        r->key = id;
    if (n)
        add_headers(c, r, more, n);
}

static void produce(struct kafka_rpc *c, struct kafka_rpc_sending *g)
{
    static const struct kafka_rpc_request nowhere = {.n_ids = 0};
    struct call *inner = &g->acknowledged, *call = g->call;
    struct kafka_record record;
    struct added added;
    write_ids(c, &nowhere, kafka_rpc_id(g->entry), added.id);
    complete_record(c, call->request, &record, &added);
    inner->request = &record;
    memset(call_own(inner), 0, kafka_producer_protocol.call_size);
    list_push_back(&c->producing, &g->link);
    c->producer->protocol->start(c->producer, inner, NULL);
    call->sent_ns = inner->sent_ns;
    c->client.on->handed_over(&c->client, call); /* it is copied */
}

/* How long the store took to have it, this turn's other requests included. */
static void measure_store(struct kafka_rpc *c, const struct kafka_rpc_sending *g, uint64_t now_ns)
{
    const struct kafka_rpc_request *q = g->call->request;
    uint64_t entered_ns = g->acknowledged.taken_ns;
    if (q->call->store)
        c->client.on->part(&c->client, &(struct client_part){.series = q->call->store,
                                                             .due_ns = entered_ns,
                                                             .sent_ns = entered_ns,
                                                             .done_ns = now_ns,
                                                             .fate = FATE_OK});
}

/* The store is not to be trusted any more, and so is the run. */
static void store_failed(struct kafka_rpc *c, const struct err *e)
{
    if (c->failure.kind)
        return;
    c->failure = *e;
    c->client.on->failed(&c->client, e);
}

/* The store waits for it no more. */
static void acknowledge(struct kafka_rpc *c, struct kafka_rpc_sending *g)
{
    requests_acknowledge(c->requests, kafka_rpc_id(g->entry));
    g->entry = 0;
}

/* Entered, and not yet produced: it never will be. */
static void not_produced(struct kafka_rpc *c, struct kafka_rpc_sending *g)
{
    acknowledge(c, g);
    end_soon(c, g, no_store);
}

void kafka_rpc_flush(struct kafka_rpc *c)
{
    struct list *node;
    struct err e;
    bool kept = requests_flush(c->requests, &e);
    if (!kept)
        store_failed(c, &e);
    uint64_t kept_ns = list_empty(&c->to_send) ? 0 : clock_now_ns();
    while ((node = list_pop_front(&c->to_send))) {
        struct kafka_rpc_sending *g = CONTAINER_OF(node, struct kafka_rpc_sending, link);
        if (!kept) {
            not_produced(c, g);
            continue;
        }
        measure_store(c, g, kept_ns);
        produce(c, g);
    }
    const struct requests_counts *n = requests_counts(c->requests);
    kafka_rpc_crew_note(c->config->crew, c->share.index, n->issued, n->matched + n->late);
}

/* ---- ends ---- */

static void end_by_failed_send(struct kafka_rpc *c, struct call *call, const struct outcome *sent)
{
    struct outcome *o = call_outcome(&c->client, call);
    o->fate = FATE_ERROR;
    o->cause = sent->cause;
    o->possibly_stored = sent->possibly_stored;
    c->client.on->done(&c->client, call);
}

struct outcome *kafka_rpc_outcome(struct client *producer, struct call *call)
{
    struct kafka_rpc *c = producer->owner;
    struct outcome *o = pool_take(&c->outcomes);
    *o = (struct outcome){.partition = -1, .offset = -1};
    return call->outcome = o;
}

void kafka_rpc_acknowledged(struct client *producer, struct call *acknowledged)
{
    struct kafka_rpc *c = producer->owner;
    struct kafka_rpc_sending *g =
        CONTAINER_OF(acknowledged, struct kafka_rpc_sending, acknowledged);
    struct call *call = g->call;
    if (!acknowledged->outcome->done_ns)
        acknowledged->outcome->done_ns = loop_now(c->loop);
    c->client.on->acknowledged(&c->client, acknowledged->as, acknowledged);
    const struct outcome outcome = *acknowledged->outcome;
    acknowledge(c, g);
    end_sending(c, g);
    if (call && outcome.fate == FATE_ERROR)
        end_by_failed_send(c, call, &outcome);
}

void kafka_rpc_take_back(struct kafka_rpc *c)
{
    struct list now, *node;
    list_take(&now, &c->producing);
    while ((node = list_pop_front(&now))) {
        struct kafka_rpc_sending *g = CONTAINER_OF(node, struct kafka_rpc_sending, link);
        struct outcome *o = call_outcome(c->producer, &g->acknowledged);
        list_push_back(&c->producing, node);
        if (o->cause)
            continue; /* it was taken back before */
        o->fate = FATE_ABANDONED;
        o->cause = "abandoned at the end of the run";
        c->producer->protocol->cancel(c->producer, &g->acknowledged);
    }
}

void kafka_rpc_cancel(struct client *client, struct call *call)
{
    struct kafka_rpc *c = kafka_rpc_of(client);
    struct kafka_rpc_sending *g = kafka_rpc_own_of(call)->sending;
    kafka_rpc_find_sent(call);
    if (call->sent_ns && call->outcome->fate == FATE_TIMEOUT) /* it waited in a queue until then */
        call->outcome->cause = "no answer (timeout)";
    if (g && !g->acknowledged.request) {
        if (c->failure.kind) /* it is the reason why this was not sent */
            call->outcome->cause = no_store;
        if (g->entry)
            acknowledge(c, g);
        end_sending(c, g);
    }
    c->client.on->done(client, call);
    kafka_rpc_changed(c);
}

void kafka_rpc_finish(struct client *client, struct call *call)
{
    struct kafka_rpc_own *own = kafka_rpc_own_of(call);
    if (!own->entry)
        return;
    if (own->sending)
        own->sending->call = NULL;
    requests_end(kafka_rpc_of(client)->requests, kafka_rpc_id(own->entry), call->outcome->fate);
}
