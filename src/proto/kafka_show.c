/* A record as text, for those who want to see calls in full: lines as of an HTTP request, so that
 * one way of showing fits both. */
#include "base/buf.h"
#include "proto/kafka_client.h"

void kafka_show_record(struct kafka_client *c, struct call *call)
{
    const struct kafka_record *r = call->request;
    struct buf text = {0};
    buf_printf(&text, "record for %s\r\n", c->config->topics[r->topic]);
    if (r->partition >= 0)
        buf_printf(&text, "partition: %d\r\n", r->partition);
    if (r->timestamp)
        buf_printf(&text, "timestamp: %lld\r\n", (long long)r->timestamp);
    if (r->key.p)
        buf_printf(&text, "key: " STR_FMT "\r\n", STR_ARG(r->key));
    for (unsigned i = 0; i < r->n_headers; i++)
        buf_printf(&text, STR_FMT ": " STR_FMT "\r\n", STR_ARG(r->headers[i].name),
                   STR_ARG(r->headers[i].value));
    if (!r->value.p)
        buf_str(&text, STR("no value\r\n"));
    buf_str(&text, STR("\r\n"));
    buf_str(&text, r->value);
    kafka_call_of(call)->shown = text.p;
    call->outcome.request = buf_view(&text);
}

void kafka_show_place(struct call *call)
{
    struct buf *bytes = &call->reply->bytes;
    const struct outcome *o = &call->outcome;
    if (o->fate != FATE_OK)
        return;
    buf_printf(bytes, "partition %d", o->partition);
    if (o->offset >= 0) /* without acknowledgements nobody says it */
        buf_printf(bytes, ", offset %lld", (long long)o->offset);
    buf_str(bytes, STR("\r\n"));
    call->reply->head_n = bytes->n;
    call->outcome.head = buf_view(bytes);
}
