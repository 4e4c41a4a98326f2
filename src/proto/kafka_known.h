/* proto/kafka_known.h: the properties that this librdkafka knows, from its own documentation in
 * memory, and the answers to those that it does not. Private to src/proto/kafka_*.c; any thread. */
#ifndef WEIR_PROTO_KAFKA_KNOWN_H
#define WEIR_PROTO_KAFKA_KNOWN_H

#include "base/buf.h"

enum kafka_scope { KAFKA_FOR_BOTH, KAFKA_FOR_PRODUCERS, KAFKA_FOR_CONSUMERS };

/* Texts live as long as the process. */
struct kafka_known {
    str name;
    str alias_of; /* another property that this one is a second name of; empty: none */
    enum kafka_scope scope;
    str range;    /* "0 .. 900000", "none, gzip"; empty: anything */
    str standard; /* its default; may be empty */
    str words;    /* what it means, without its type */
    bool by_code; /* a callback or a pointer: no text can set it */
};

const struct kafka_known *kafka_known_all(size_t *n);
const struct kafka_known *kafka_known_find(str name); /* NULL: not there */
str kafka_known_name(str name); /* behind an alias: the first name; else the name itself */

/* "2.4": the version of librdkafka that this property needs; NULL: this one will do, or none has
 * it. */
const char *kafka_known_since(str name);

/* Writes what to do instead of a property that only Java's clients have: "librdkafka says
 * queue.buffering.max.kbytes". False: it is none of theirs. */
bool kafka_java_answer(str name, struct buf *out);

#endif
