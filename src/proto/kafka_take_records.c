/* Records on their way to calls: read, kept while nobody wants them, handed over to one. */
#include "base/mem.h"
#include "proto/kafka_take_client.h"

enum { OVER_A_TURN = 1024 };

/* ---- the book ---- */

void kafka_take_tell_counts(struct kafka_take *c)
{
    if (!c->begun || (!c->seen && !c->taken))
        return;
    c->client.on->awaited(&c->client, c->seen, c->taken);
    c->seen = c->taken = 0;
}

void kafka_take_turn(void *owner)
{
    kafka_take_tell_counts(owner);
}

/* ---- handing over ---- */

static void end(struct kafka_take *c, struct call *call, uint64_t read_ns)
{
    const struct kafka_take_request *q = call->request;
    struct kafka_take_read *t = &c->topics[q->topic];
    struct outcome *o = call_outcome(&c->client, call);
    t->found = t->found || q->id.p;
    o->fate = FATE_OK;
    /* It may have come before: then it took no time, and that is 1 ns. */
    o->done_ns = read_ns > call->due_ns ? read_ns : call->due_ns + 1;
    c->taken++;
    c->client.on->done(&c->client, call);
}

/* As it comes. */
static void give(struct kafka_take *c, struct call *call, const struct kafka_message *m)
{
    struct outcome *o = call_outcome(&c->client, call);
    o->partition = m->place->partition;
    o->offset = m->offset;
    o->timestamp_ms = m->timestamp_ms;
    o->bytes_received = m->key.n + m->value.n;
    o->length = m->value.n;
    if (o->reply)
        kafka_reply_keep(m, o->reply, o);
    end(c, call, kafka_consumer_now(c->consumer));
}

static void keep_reply(struct outcome *o, const struct kafka_kept_record *r)
{
    struct buf *bytes = &o->reply->bytes;
    size_t n = r->body.n < o->reply->most ? r->body.n : o->reply->most;
    bytes->n = 0;
    buf_str(bytes, r->head);
    o->reply->head_n = bytes->n;
    buf_add(bytes, r->body.p, n);
    o->head = (str){bytes->p, r->head.n};
    o->body = (str){r->null ? NULL : bytes->p + r->head.n, n};
}

/* One that was kept. */
static void give_kept(struct kafka_take *c, struct call *call, struct kafka_kept_record *r)
{
    struct outcome *o = call_outcome(&c->client, call);
    str key;
    kafka_reply_key(r->head, &key);
    o->partition = r->partition;
    o->offset = r->offset;
    o->timestamp_ms = r->timestamp_ms;
    o->bytes_received = key.n + r->body.n;
    o->length = r->body.n;
    if (o->reply)
        keep_reply(o, r);
    uint64_t read_ns = r->read_ns;
    mem_free(r);
    end(c, call, read_ns);
}

void kafka_take_tell_over(struct timer *t)
{
    struct kafka_take *c = CONTAINER_OF(t, struct kafka_take, over_timer);
    struct list *node;
    for (unsigned n = 0; n < OVER_A_TURN && (node = list_pop_front(&c->over)); n++) {
        struct kafka_take_own *own = CONTAINER_OF(node, struct kafka_take_own, link);
        give_kept(c, own->call, own->found);
    }
    if (!list_empty(&c->over))
        loop_timer_arm(c->loop, t, 0);
    kafka_take_tell_counts(c);
}

/* ---- as they come ---- */

static void expire_at(struct kafka_take *c, uint64_t at_ns)
{
    if (at_ns >= c->expire_ns)
        return;
    c->expire_ns = at_ns;
    loop_timer_arm(c->loop, &c->keep_timer, at_ns);
}

void kafka_take_expire(struct timer *t)
{
    struct kafka_take *c = CONTAINER_OF(t, struct kafka_take, keep_timer);
    c->expire_ns = UINT64_MAX;
    for (unsigned i = 0; i < c->n_topics; i++)
        expire_at(c, kafka_kept_expire(&c->topics[i].kept, loop_now(c->loop)));
}

static size_t place_of(const struct kafka_take *c, const struct kafka_message *m)
{
    return kafka_take_place(c, m->place->topic, m->place->partition);
}

static void keep(struct kafka_take *c, struct kafka_take_read *t, const struct kafka_message *m,
                 str id)
{
    struct outcome o;
    kafka_reply_keep(m, &c->copied, &o);
    struct kafka_kept_record *r = kafka_kept_make(id, o.head, o.body);
    r->read_ns = kafka_consumer_now(c->consumer);
    r->partition = m->place->partition;
    r->offset = m->offset;
    r->timestamp_ms = m->timestamp_ms;
    r->place = place_of(c, m);
    kafka_kept_add(&t->kept, r);
    expire_at(c, r->read_ns + t->kept.keep_ns);
}

static bool find_header(const void *record, const char *name, str *value)
{
    return kafka_message_header(record, name, value);
}

void kafka_take_record(void *owner, const struct kafka_message *m)
{
    struct kafka_take *c = owner;
    struct kafka_take_read *t = &c->topics[m->place->topic];
    const struct kafka_correlated there = {
        .key = m->key, .value = m->value, .header = find_header, .record = m};
    str id;
    c->seen += kafka_take_is_mine(c, m->place->partition);
    enum kafka_correlate_found found = kafka_correlate_find(&t->correlate, &there, &c->id, &id);
    if (found != KAFKA_CORRELATE_FOUND)
        id = (str){NULL, 0};
    if (!t->found)
        kafka_sight_note(&t->sight, m, found, id);
    struct kafka_kept_waiter *w = kafka_kept_wanted(&t->kept, id);
    if (!w) {
        keep(c, t, m, id);
    } else if (kafka_take_crew_claim(c->config->crew, place_of(c, m), m->offset)) {
        kafka_kept_leave(&t->kept, w);
        give(c, CONTAINER_OF(w, struct kafka_take_own, waiter)->call, m);
    }
}

/* ---- as they are asked for ---- */

struct kafka_kept_record *kafka_take_kept(struct kafka_take *c, struct kafka_kept *kept,
                                          struct kafka_kept_waiter *w)
{
    struct kafka_kept_record *r;
    while ((r = kafka_kept_take(kept, w)) &&
           !kafka_take_crew_claim(c->config->crew, r->place, r->offset))
        mem_free(r);
    return r;
}
