/* From calls' records to librdkafka. The plain way is rd_kafka_produce, which takes its arguments
 * as they are; headers and time stamps need the slower rd_kafka_produceva; what is started while
 * reports are taken goes together. */
#include <string.h>

#include "base/clock.h"
#include "proto/kafka_client.h"

/* ---- stamps ---- */

#define WALL_AGAIN_NS (100 * NS_PER_MS) /* the wall clock may be set or slewed */

static uint64_t wall_of(struct kafka_client *c, uint64_t monotonic_ns)
{
    if (c->wall_read_ns + WALL_AGAIN_NS <= monotonic_ns) {
        c->wall_ahead_ns = clock_wall_ns() - clock_now_ns(); /* may wrap: added modulo 2^64 */
        c->wall_read_ns = monotonic_ns;
    }
    return monotonic_ns + c->wall_ahead_ns;
}

static void write_stamp(struct kafka_client *c, const struct call *call, str key, str rest,
                        char *out)
{
    uint64_t sent_wall_ns = wall_of(c, call->sent_ns);
    bool aborting = c->transaction.aborting;
    const struct kafka_stamp s = {
        .worker = (uint16_t)(c->share.index | (aborting ? KAFKA_STAMP_ABORTED : 0)),
        .run = c->config->run,
        .sequence = c->stamps[aborting],
        .due_wall_ns = sent_wall_ns - (call->sent_ns - call->due_ns),
        .sent_wall_ns = sent_wall_ns};
    kafka_stamp_write(&s, key, rest, out);
}

/* The record with a stamp over the first bytes of its value, in the client's memory. */
static struct kafka_record stamp_value(struct kafka_client *c, const struct call *call)
{
    struct kafka_record r = *(const struct kafka_record *)call->request;
    str rest = str_skip(r.value, KAFKA_STAMP_BYTES);
    c->stamped.n = 0;
    buf_reserve(&c->stamped, KAFKA_STAMP_BYTES + rest.n);
    if (rest.n)
        memcpy(c->stamped.p + KAFKA_STAMP_BYTES, rest.p, rest.n);
    write_stamp(c, call, r.key, rest, c->stamped.p);
    r.value = (str){c->stamped.p, KAFKA_STAMP_BYTES + rest.n};
    return r;
}

/* ---- librdkafka ---- */

static rd_kafka_headers_t *headers_of(struct kafka_client *c, const struct call *call,
                                      const struct kafka_record *r)
{
    char stamp[KAFKA_STAMP_BYTES];
    if (r->n_headers == 0 && r->stamp != KAFKA_STAMP_IN_HEADER)
        return NULL;
    rd_kafka_headers_t *h = rd_kafka_headers_new(r->n_headers + 1);
    for (unsigned i = 0; i < r->n_headers; i++) {
        const struct kafka_header *one = &r->headers[i];
        rd_kafka_header_add(h, one->name.p, (ssize_t)one->name.n, one->value.p,
                            (ssize_t)one->value.n);
    }
    if (r->stamp == KAFKA_STAMP_IN_HEADER) {
        str name = KAFKA_STAMP_HEADER;
        write_stamp(c, call, r->key, r->value, stamp);
        rd_kafka_header_add(h, name.p, (ssize_t)name.n, stamp, sizeof stamp);
    }
    return h;
}

/* librdkafka does not write to what it is given. */
static void *writable(str s)
{
    return (void *)(uintptr_t)s.p;
}

static rd_kafka_resp_err_t produce_all(struct kafka_client *c, const struct kafka_record *r,
                                       int flags, struct call *call)
{
    rd_kafka_headers_t *headers = headers_of(c, call, r);
    rd_kafka_vu_t parts[] = {
        {.vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = c->topics[r->topic]},
        {.vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = r->partition},
        {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = flags},
        {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {writable(r->value), r->value.n}},
        {.vtype = RD_KAFKA_VTYPE_KEY, .u.mem = {writable(r->key), r->key.n}},
        {.vtype = RD_KAFKA_VTYPE_TIMESTAMP, .u.i64 = r->timestamp},
        {.vtype = RD_KAFKA_VTYPE_OPAQUE, .u.ptr = call},
        {.vtype = RD_KAFKA_VTYPE_HEADERS, .u.headers = headers},
    };
    size_t n = sizeof parts / sizeof *parts - (headers ? 0 : 1);
    rd_kafka_error_t *error = rd_kafka_produceva(c->rk, parts, n);
    if (!error)
        return RD_KAFKA_RESP_ERR_NO_ERROR;
    rd_kafka_resp_err_t code = rd_kafka_error_code(error);
    rd_kafka_error_destroy(error);
    if (headers)
        rd_kafka_headers_destroy(headers);
    return code;
}

static rd_kafka_resp_err_t produce(struct kafka_client *c, const struct kafka_record *r, int flags,
                                   struct call *call)
{
    if (rd_kafka_produce(c->topics[r->topic], r->partition, flags, writable(r->value), r->value.n,
                         r->key.p, r->key.n, call) == 0)
        return RD_KAFKA_RESP_ERR_NO_ERROR;
    return rd_kafka_last_error();
}

static bool is_plain(const struct kafka_record *r)
{
    return r->n_headers == 0 && r->timestamp == 0 && r->stamp != KAFKA_STAMP_IN_HEADER;
}

rd_kafka_resp_err_t kafka_hand_over(struct kafka_client *c, struct call *call)
{
    const struct kafka_record *r = call->request;
    struct kafka_record stamped;
    int flags = call->detached ? RD_KAFKA_MSG_F_COPY : 0;
    kafka_batch_hand_over(c); /* those were first */
    call->sent_ns = clock_now_ns();
    if (r->stamp == KAFKA_STAMP_IN_VALUE) {
        stamped = stamp_value(c, call);
        r = &stamped;
        flags = RD_KAFKA_MSG_F_COPY;
    }
    rd_kafka_resp_err_t code =
        is_plain(r) ? produce(c, r, flags, call) : produce_all(c, r, flags, call);
    if (code) {
        call->sent_ns = 0;
        return code;
    }
    c->handed++;
    c->stamps[c->transaction.aborting] += r->stamp != KAFKA_STAMP_NOWHERE;
    kafka_transaction_handed(c);
    return code;
}

/* ---- batches ---- */

/* In a transaction each is counted before the next one. */
static bool fits_batch(const struct kafka_client *c, const struct call *call)
{
    const struct kafka_record *r = call->request;
    return !call->detached && is_plain(r) && r->stamp == KAFKA_STAMP_NOWHERE &&
           !kafka_is_transacting(c->config);
}

bool kafka_batch_add(struct kafka_client *c, struct call *call)
{
    struct kafka_batch *b = &c->batch;
    const struct kafka_record *r = call->request;
    if (!fits_batch(c, call))
        return false;
    if (b->n == KAFKA_BATCH || (b->n > 0 && b->topic != r->topic))
        kafka_batch_hand_over(c);
    b->topic = r->topic;
    rd_kafka_message_t *m = &b->messages[b->n++];
    m->partition = r->partition;
    m->payload = writable(r->value);
    m->len = r->value.n;
    m->key = writable(r->key);
    m->key_len = r->key.n;
    m->_private = call;
    return true;
}

static void account(struct kafka_client *c, const rd_kafka_message_t *m, uint64_t sent_ns)
{
    struct call *call = m->_private;
    if (m->err) {
        kafka_refused(c, call, m->err);
        return;
    }
    call->sent_ns = sent_ns;
    c->handed++;
}

void kafka_batch_hand_over(struct kafka_client *c)
{
    struct kafka_batch *b = &c->batch;
    unsigned n = b->n;
    if (n == 0)
        return;
    b->n = 0;
    uint64_t sent_ns = clock_now_ns();
    rd_kafka_produce_batch(c->topics[b->topic], RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_PARTITION,
                           b->messages, (int)n);
    for (unsigned i = 0; i < n; i++)
        account(c, &b->messages[i], sent_ns);
}
