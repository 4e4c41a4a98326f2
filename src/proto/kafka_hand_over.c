/* From a call's record to librdkafka. The plain way is rd_kafka_produce, which takes its arguments
 * as they are; headers and time stamps need the slower rd_kafka_producev. */
#include "base/clock.h"
#include "proto/kafka_client.h"

static rd_kafka_headers_t *headers_of(const struct kafka_record *r)
{
    if (r->n_headers == 0)
        return NULL;
    rd_kafka_headers_t *h = rd_kafka_headers_new(r->n_headers);
    for (unsigned i = 0; i < r->n_headers; i++) {
        const struct kafka_header *one = &r->headers[i];
        rd_kafka_header_add(h, one->name.p, (ssize_t)one->name.n, one->value.p,
                            (ssize_t)one->value.n);
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
    rd_kafka_headers_t *headers = headers_of(r);
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

rd_kafka_resp_err_t kafka_hand_over(struct kafka_client *c, struct call *call)
{
    const struct kafka_record *r = call->request;
    int flags = call->detached ? RD_KAFKA_MSG_F_COPY : 0;
    bool plain = r->n_headers == 0 && r->timestamp == 0;
    call->sent_ns = c->now_ns ? c->now_ns : clock_now_ns();
    rd_kafka_resp_err_t code = plain ? produce(c, r, flags, call) : produce_all(c, r, flags, call);
    if (code)
        call->sent_ns = 0;
    else
        c->handed++;
    return code;
}
