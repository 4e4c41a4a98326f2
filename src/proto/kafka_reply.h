/* proto/kafka_reply.h: what came with a record's value, kept for whoever reads the reply of a call:
 * its key and headers, to the byte, null and absent apart. Pure.
 *
 * In struct reply: the head is the key and then each header as (name, value), each text as a length
 * of 4 bytes in the machine's order and that many bytes; the length UINT32_MAX means null. */
#ifndef WEIR_PROTO_KAFKA_REPLY_H
#define WEIR_PROTO_KAFKA_REPLY_H

#include "proto/kafka_consumer.h"
#include "proto/protocol.h"

/* Writes head and value of the record into r, and the views of them into *o. */
void kafka_reply_keep(const struct kafka_message *m, struct reply *r, struct outcome *o);

/* Of such a head. key->p NULL: null. */
void kafka_reply_key(str head, str *key);
/* Header i, from 0 on; false: there are no more. value->p NULL: null. */
bool kafka_reply_header(str head, size_t i, str *name, str *value);

/* As lines for people: "key: …", "name: value", ends with "\r\n". */
void kafka_reply_describe(str head, struct buf *out);

#endif
