/* From a record on a topic of replies to the call that waits for it. */
#include "base/clock.h"
#include "proto/kafka_rpc_client.h"

static void tell(struct kafka_rpc *c, enum reply_class class)
{
    c->client.on->reply(&c->client, class, 0, 0);
}

/* ---- matched ---- */

/* When a call is over by its reply's own time stamp: when that was stored. */
static uint64_t done_ns(const struct kafka_rpc_arrived *a, uint64_t sent_ns)
{
    uint64_t wall_ns = clock_wall_ns(), then_ns = (uint64_t)a->timestamp_ms * NS_PER_MS;
    uint64_t ago_ns = wall_ns > then_ns ? wall_ns - then_ns : 0;
    int64_t since_ns = (int64_t)(a->now_ns - sent_ns);
    uint64_t most_ns = since_ns > 0 ? (uint64_t)since_ns : 0; /* ms are coarse */
    return a->now_ns - (ago_ns < most_ns ? ago_ns : most_ns);
}

static void keep_reply(struct outcome *o, const struct kafka_rpc_arrived *a)
{
    struct reply *r = o->reply;
    if (a->m) {
        kafka_reply_keep(a->m, r, o);
        return;
    }
    str body = str_skip(buf_view(&a->reply->bytes), a->reply->head_n);
    bool null = !a->reply->bytes.p || a->length == UINT64_MAX;
    r->bytes.n = 0;
    r->head_n = a->reply->head_n;
    buf_add(&r->bytes, a->reply->bytes.p, r->head_n);
    buf_add(&r->bytes, body.p, body.n < r->most ? body.n : r->most);
    o->head = (str){r->bytes.p, r->head_n};
    o->body = (str){null ? NULL : r->bytes.p + r->head_n, r->bytes.n - r->head_n};
}

static void match(struct kafka_rpc *c, const struct request *asked,
                  const struct kafka_rpc_arrived *a)
{
    bool by_timestamp = asked->label & KAFKA_RPC_BY_TIMESTAMP && a->timestamp_ms > 0;
    struct call *call = asked->owner;
    struct outcome *o = call_outcome(&c->client, call);
    kafka_rpc_find_sent(call);
    o->done_ns = by_timestamp ? done_ns(a, call->sent_ns) : a->now_ns;
    o->fate = FATE_OK;
    o->partition = a->partition;
    o->offset = a->offset;
    o->timestamp_ms = a->timestamp_ms;
    o->bytes_sent = asked->label & KAFKA_RPC_BYTES;
    o->bytes_received = a->bytes;
    o->length = a->length == UINT64_MAX ? 0 : a->length;
    if (o->reply)
        keep_reply(o, a);
    c->client.on->done(&c->client, call);
}

/* ---- found or not ---- */

/* Nobody here asked: with an id of the user's own, perhaps another worker did. */
static void unknown(struct kafka_rpc *c, const struct kafka_rpc_arrived *a)
{
    if (a->own && a->passed + 1 < c->share.of)
        kafka_rpc_crew_pass(c->config->crew, (c->share.index + 1) % c->share.of, a);
    else
        tell(c, REPLY_ORPHAN);
}

/* A resumed run answers for what was due before it began, too. */
static uint64_t due_ns(const struct kafka_rpc *c, const struct reply_found *found)
{
    return c->config->resume ? 0 : found->due_ns;
}

void kafka_rpc_take(struct kafka_rpc *c, const struct kafka_rpc_arrived *a)
{
    struct reply_found found =
        a->own ? requests_reply_own(c->requests, a->text) : requests_reply(c->requests, a->id);
    switch (found.verdict) {
    case REPLY_MATCHED:
        c->client.on->reply(&c->client, REPLY_IN_TIME, due_ns(c, &found), 0);
        match(c, found.request, a);
        break;
    case REPLY_LATE:
        c->client.on->reply(&c->client, REPLY_TOO_LATE, due_ns(c, &found),
                            a->now_ns - found.due_ns);
        break;
    case REPLY_DUPLICATE:
        tell(c, REPLY_AGAIN);
        break;
    case REPLY_UNKNOWN:
        unknown(c, a);
        break;
    }
}

/* ---- from the topic ---- */

static bool find_header(const void *record, const char *name, str *value)
{
    return kafka_message_header(record, name, value);
}

/* One of weir's own: whose it is. */
static void route(struct kafka_rpc *c, const struct kafka_id *id, struct kafka_rpc_arrived *a)
{
    if (id->run != c->config->producer.run || id->worker >= c->share.of) {
        tell(c, REPLY_ORPHAN);
        return;
    }
    a->id = (struct request_id){.sequence = id->sequence, .slot = id->slot};
    if (id->worker == c->share.index)
        kafka_rpc_take(c, a);
    else
        kafka_rpc_crew_pass(c->config->crew, id->worker, a);
}

void kafka_rpc_record(void *owner, const struct kafka_message *m)
{
    struct kafka_rpc *c = owner;
    const struct kafka_correlated record = {
        .key = m->key, .value = m->value, .header = find_header, .record = m};
    struct kafka_id id;
    str text = {NULL, 0};
    enum kafka_correlate_found found =
        kafka_correlate_find(&c->replies[m->place->topic], &record, &c->text, &text);
    kafka_rpc_sight_note(c, m, found, text);
    if (found != KAFKA_CORRELATE_FOUND) {
        tell(c, REPLY_MALFORMED);
        return;
    }
    struct kafka_rpc_arrived a = {
        .text = text,
        .now_ns = kafka_consumer_now(c->consumer),
        .timestamp_ms = m->timestamp_ms,
        .partition = m->place->partition,
        .offset = m->offset,
        .bytes = m->key.n + m->value.n,
        .length = m->value.p ? m->value.n : UINT64_MAX,
        .m = m,
    };
    a.own = !kafka_id_read(text, &id);
    if (a.own)
        kafka_rpc_take(c, &a);
    else
        route(c, &id, &a);
}
