/* One request. Its headers become the reply's; they are copied only where there are two replies. */
#include "responder/answer.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

/* ---- where to ---- */

static bool header_of(const rd_kafka_headers_t *h, const char *name, str *value)
{
    const void *bytes;
    if (!h || rd_kafka_header_get_last(h, name, &bytes, &value->n))
        return false;
    value->p = bytes;
    return true;
}

/* As Spring for Apache Kafka writes it (KafkaHeaders.REPLY_PARTITION): four bytes, big-endian; or
 * in digits. */
static int32_t partition_of(const rd_kafka_headers_t *h)
{
    str value;
    uint64_t n = 0;
    if (!header_of(h, "kafka_replyPartition", &value))
        return RD_KAFKA_PARTITION_UA;
    if (value.n == 4)
        for (int i = 0; i < 4; i++)
            n = n << 8 | (unsigned char)value.p[i];
    else if (!str_u64(value, &n))
        return RD_KAFKA_PARTITION_UA;
    return n <= INT32_MAX ? (int32_t)n : RD_KAFKA_PARTITION_UA;
}

static rd_kafka_topic_t *topic_of(struct answerer *a, const rd_kafka_headers_t *h)
{
    str name;
    if (a->replies)
        return a->replies;
    return header_of(h, "kafka_replyTopic", &name) && name.n ? sender_topic(a->sender, name) : NULL;
}

/* ---- what is wrong ---- */

/* The bytes with the last one changed; of no bytes, a few. */
static str corrupted(struct buf *text, str value)
{
    text->n = 0;
    buf_str(text, value.n ? value : STR("corrup"));
    text->p[text->n - 1] ^= 1;
    return buf_view(text);
}

static str other_key(struct buf *text, str key)
{
    text->n = 0;
    buf_printf(text, STR_FMT "?", STR_ARG(key));
    return buf_view(text);
}

/* As long as a real one. Of weir's own ids the run is another; other texts are so many F and a
 * number. */
static str foreign_id(struct answerer *a, str id)
{
    enum { OF_WEIR = 28, RUN_AT = 1, RUN = 11 };
    struct buf *text = &a->text;
    text->n = 0;
    if (id.n == OF_WEIR && id.p[0] == 'w') {
        buf_str(text, id);
        memset(text->p + RUN_AT, 'F', RUN);
        return buf_view(text);
    }
    while (text->n + 12 < id.n)
        buf_char(text, 'F');
    buf_printf(text, "F%011" PRIu64, a->counts->faults[FAULT_FOREIGN]);
    return buf_view(text);
}

/* A reply to nobody, like this one. */
static void send_foreign(struct answerer *a, const struct reply *like)
{
    const char *name = a->options->id_header;
    struct reply r = *like;
    str id = like->key;
    r.headers = like->headers ? rd_kafka_headers_copy(like->headers) : NULL;
    if (!name) {
        r.key = foreign_id(a, id);
    } else {
        if (!header_of(r.headers, name, &id))
            id = STR("");
        id = foreign_id(a, id);
        if (!r.headers)
            r.headers = rd_kafka_headers_new(1);
        rd_kafka_header_remove(r.headers, name);
        rd_kafka_header_add(r.headers, name, -1, id.p, (ssize_t)id.n);
    }
    hold_send(a->hold, &r);
}

static void send_twice(struct answerer *a, struct reply *r)
{
    struct reply again = *r;
    again.headers = r->headers ? rd_kafka_headers_copy(r->headers) : NULL;
    hold_send(a->hold, r);
    hold_send(a->hold, &again);
}

static void send_wrong(struct answerer *a, struct reply *r, enum fault fault)
{
    switch (fault) {
    case FAULT_DROP:
        if (r->headers)
            rd_kafka_headers_destroy(r->headers);
        return;
    case FAULT_DUPLICATE:
        send_twice(a, r);
        return;
    case FAULT_DELAY:
        hold_delay(a->hold, r, clock_now_ns() + a->options->delay_ns);
        return;
    case FAULT_CORRUPT:
        r->value = corrupted(&a->text, r->value);
        break;
    case FAULT_FOREIGN:
        send_foreign(a, r);
        break;
    case FAULT_TOMBSTONE:
        r->value = (str){NULL, 0};
        break;
    case FAULT_WRONG_KEY:
        r->key = other_key(&a->text, r->key);
        break;
    default:
        break;
    }
    hold_send(a->hold, r);
}

void answer_request(struct answerer *a, rd_kafka_message_t *m)
{
    struct counts *c = a->counts;
    struct reply r = {.key = {m->key, m->key_len}, .value = {m->payload, m->len}};
    if (rd_kafka_message_detach_headers(m, &r.headers))
        r.headers = NULL;
    if (c->received++ == 0)
        c->first_ns = clock_now_ns();
    r.topic = topic_of(a, r.headers);
    r.partition = partition_of(r.headers);
    if (!r.topic) {
        if (c->unanswerable++ == 0)
            log_warn("a request says no kafka_replyTopic, and no --reply is given");
        if (r.headers)
            rd_kafka_headers_destroy(r.headers);
        return;
    }
    enum fault fault = faults_next(&a->faults);
    c->faults[fault]++;
    send_wrong(a, &r, fault);
}
