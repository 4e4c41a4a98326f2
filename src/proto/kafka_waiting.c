/* Records in front of a full local queue, first come first served, and calls that ended before
 * their start was over. */
#include <string.h>

#include "base/mem.h"
#include "proto/kafka_client.h"

enum { OVER_A_TURN = 1024 };

/* ---- the bytes of a call that nobody waits for ---- */

static size_t bytes_of(const struct kafka_record *r)
{
    size_t n = r->key.n + r->value.n + r->n_headers * sizeof *r->headers;
    for (unsigned i = 0; i < r->n_headers; i++)
        n += r->headers[i].name.n + r->headers[i].value.n;
    return n;
}

static void move(str *s, char **to)
{
    if (s->n)
        memcpy(*to, s->p, s->n);
    if (s->p)
        s->p = *to; /* an empty one is no null, wherever it points */
    *to += s->n;
}

static void keep_record(struct kafka_waiting *w, const struct kafka_record *r)
{
    struct kafka_header *headers = (struct kafka_header *)(void *)w->bytes;
    char *to = w->bytes + r->n_headers * sizeof *headers;
    w->record = *r;
    move(&w->record.key, &to);
    move(&w->record.value, &to);
    for (unsigned i = 0; i < r->n_headers; i++) {
        headers[i] = r->headers[i];
        move(&headers[i].name, &to);
        move(&headers[i].value, &to);
    }
    w->record.headers = headers;
    w->call->request = &w->record;
}

/* ---- both lists ---- */

static struct kafka_waiting *put_aside(struct kafka_client *c, struct call *call)
{
    const struct kafka_record *r = call->request;
    struct kafka_waiting *w = mem_zero(sizeof *w + (call->detached ? bytes_of(r) : 0));
    w->client = c;
    w->call = call;
    list_init(&w->timeout.link);
    if (call->detached)
        keep_record(w, r);
    kafka_call_of(call)->waiting = w;
    return w;
}

static void take_up(struct kafka_waiting *w)
{
    kafka_call_of(w->call)->waiting = NULL;
    list_remove(&w->link);
    wheel_disarm(&w->timeout);
    mem_free(w);
}

static void end(struct kafka_waiting *w, enum fate fate, const char *cause)
{
    struct kafka_client *c = w->client;
    struct call *call = w->call;
    struct outcome *o = call_outcome(&c->client, call);
    o->fate = fate;
    o->cause = cause;
    take_up(w);
    kafka_done(c, call);
}

static void expire(struct timeout *t)
{
    end(CONTAINER_OF(t, struct kafka_waiting, timeout), FATE_TIMEOUT, "timeout before send");
}

void kafka_wait(struct kafka_client *c, struct call *call)
{
    struct kafka_waiting *w = put_aside(c, call);
    list_push_back(&c->waiting, &w->link);
    w->timeout.fire = expire;
    loop_timeout_arm(c->loop, &w->timeout, call->deadline.due_ns);
}

/* For room, or for the next transaction. */
static bool must_wait(struct kafka_client *c, rd_kafka_resp_err_t code)
{
    if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL)
        return c->handed > 0;
    kafka_transaction_doubt(c, code);
    return !kafka_transaction_takes(c);
}

void kafka_refused(struct kafka_client *c, struct call *call, rd_kafka_resp_err_t code)
{
    const struct kafka_record *r = call->request;
    if (code == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
        c->too_large_here = c->config->topics[r->topic];
    if (must_wait(c, code))
        kafka_wait(c, call);
    else
        kafka_end_soon(c, call, FATE_ERROR, kafka_cause(c, code));
}

void kafka_wait_forget(struct call *call)
{
    struct kafka_waiting *w = kafka_call_of(call)->waiting;
    end(w, call->outcome->fate, call->outcome->cause);
}

void kafka_wait_no_more(struct kafka_client *c)
{
    while (!list_empty(&c->waiting) && kafka_transaction_takes(c)) {
        struct kafka_waiting *w = CONTAINER_OF(c->waiting.next, struct kafka_waiting, link);
        rd_kafka_resp_err_t code = kafka_hand_over(c, w->call);
        if (code && must_wait(c, code))
            return;
        if (code)
            end(w, FATE_ERROR, kafka_cause(c, code));
        else
            take_up(w);
    }
}

/* ---- over within start ---- */

static void tell_over(struct timer *t)
{
    struct kafka_client *c = CONTAINER_OF(t, struct kafka_client, over_timer);
    for (unsigned n = 0; n < OVER_A_TURN && !list_empty(&c->over); n++) {
        struct kafka_waiting *w = CONTAINER_OF(c->over.next, struct kafka_waiting, link);
        end(w, w->call->outcome->fate, w->call->outcome->cause);
    }
    if (!list_empty(&c->over))
        loop_timer_arm(c->loop, t, 0);
}

void kafka_end_soon(struct kafka_client *c, struct call *call, enum fate fate, const char *cause)
{
    struct kafka_waiting *w = put_aside(c, call);
    struct outcome *o = call_outcome(&c->client, call);
    o->fate = fate;
    o->cause = cause;
    list_push_back(&c->over, &w->link);
    c->over_timer.fire = tell_over;
    loop_timer_arm(c->loop, &c->over_timer, 0);
}
