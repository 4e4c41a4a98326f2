/* Key and headers of a record as bytes that can be read again. */
#include "proto/kafka_reply.h"

#include <string.h>

#include "proto/kafka_producer.h"

static void add(struct buf *to, str text)
{
    uint32_t n = text.p ? (uint32_t)text.n : UINT32_MAX;
    buf_add(to, &n, sizeof n);
    buf_str(to, text);
}

/* Cuts the first text off. */
static bool next(str *rest, str *text)
{
    uint32_t n;
    if (rest->n < sizeof n)
        return false;
    memcpy(&n, rest->p, sizeof n);
    *rest = str_skip(*rest, sizeof n);
    *text = (str){NULL, 0};
    if (n == UINT32_MAX)
        return true;
    *text = (str){rest->p, n};
    *rest = str_skip(*rest, n);
    return true;
}

void kafka_reply_keep(const struct kafka_message *m, struct reply *r, struct outcome *o)
{
    struct buf *bytes = &r->bytes;
    str name, value;
    bytes->n = 0;
    add(bytes, m->key);
    for (size_t i = 0; kafka_message_header_at(m, i, &name, &value); i++) {
        add(bytes, name);
        add(bytes, value);
    }
    r->head_n = bytes->n;
    buf_add(bytes, m->value.p, m->value.n < r->most ? m->value.n : r->most);
    o->head = (str){bytes->p, r->head_n};
    o->body = (str){m->value.p ? bytes->p + r->head_n : NULL, bytes->n - r->head_n};
}

void kafka_reply_key(str head, str *key)
{
    *key = (str){NULL, 0};
    next(&head, key);
}

bool kafka_reply_header(str head, size_t i, str *name, str *value)
{
    str key;
    next(&head, &key);
    for (;; i--) {
        if (!next(&head, name) || !next(&head, value))
            return false;
        if (i == 0)
            return true;
    }
}

void kafka_reply_describe(str head, struct buf *out)
{
    str name, value;
    kafka_reply_key(head, &value);
    kafka_show_field(STR("key"), value, out);
    for (size_t i = 0; kafka_reply_header(head, i, &name, &value); i++)
        kafka_show_field(name, value, out);
}
