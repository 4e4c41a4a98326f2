/* A record as text, for those who want to see calls in full: lines as of an HTTP request, so that
 * one way of showing fits both. */
#include "base/buf.h"
#include "proto/kafka_producer.h"

void kafka_show_field(str name, str value, struct buf *out)
{
    if (value.p)
        buf_printf(out, STR_FMT ": " STR_FMT "\r\n", STR_ARG(name), STR_ARG(value));
    else
        buf_printf(out, STR_FMT " is null\r\n", STR_ARG(name));
}

void kafka_show_record(const struct kafka_record *r, const char *topic, struct buf *out)
{
    buf_printf(out, "record for %s\r\n", topic);
    if (r->partition >= 0)
        buf_printf(out, "partition: %d\r\n", r->partition);
    if (r->timestamp)
        buf_printf(out, "timestamp: %lld\r\n", (long long)r->timestamp);
    if (r->key.p)
        kafka_show_field(STR("key"), r->key, out);
    for (unsigned i = 0; i < r->n_headers; i++)
        kafka_show_field(r->headers[i].name, r->headers[i].value, out);
    if (!r->value.p)
        buf_str(out, STR("no value\r\n"));
    buf_str(out, STR("\r\n"));
    buf_str(out, r->value);
}

void kafka_show_place(const struct outcome *o, struct buf *out)
{
    if (o->fate != FATE_OK)
        return;
    buf_printf(out, "partition %d", o->partition);
    if (o->offset >= 0) /* without acknowledgements nobody says it */
        buf_printf(out, ", offset %lld", (long long)o->offset);
    buf_str(out, STR("\r\n"));
}
