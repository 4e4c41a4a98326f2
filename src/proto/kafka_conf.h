/* proto/kafka_conf.h: settings of Kafka clients as users write them (-X property=value, a
 * scenario's producer = {…}) and what librdkafka makes of them. Nothing is ignored: an unknown
 * property is an error that names the nearest, a Java client's name is answered with librdkafka's.
 */
#ifndef WEIR_PROTO_KAFKA_CONF_H
#define WEIR_PROTO_KAFKA_CONF_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/* As librdkafka declares them; its header is included by src/proto/kafka_*.c alone. */
struct rd_kafka_conf_s;

struct kafka_property {
    str name, value; /* "linger.ms", "5"; without "producer." or "consumer." before it */
};

struct kafka_properties {
    struct kafka_property *list; /* in the order given; a later one of the same name wins */
    size_t n, capacity;
};

/* Which kind of client a property is for. */
enum kafka_role { KAFKA_PRODUCER, KAFKA_CONSUMER, KAFKA_ADMIN };

/* Reads "linger.ms=5" or "producer.linger.ms=5" (kept without its prefix) into the list; texts are
 * copied into the arena. False with a sentence (ERR_USAGE): no '=', unknown property, a Java name,
 * a value that librdkafka refuses, a property of the other role. */
bool kafka_property_read(str text, enum kafka_role role, struct arena *arena,
                         struct kafka_properties *into, struct err *e);

/* The same where there is one of each: without a prefix it is for both, or for the one that has
 * such a property. */
bool kafka_property_read_for_both(str text, struct arena *arena, struct kafka_properties *producer,
                                  struct kafka_properties *consumer, struct err *e);

/* Sets one that the user has not set. */
void kafka_property_default(struct kafka_properties *p, const char *name, str value,
                            struct arena *arena);
/* Sets one, whatever the user has set. */
void kafka_property_set(struct kafka_properties *p, const char *name, str value,
                        struct arena *arena);
/* p is NULL: not there. */
str kafka_property_find(const struct kafka_properties *p, const char *name);

/* A configuration of librdkafka with these properties, the caller's; NULL with a sentence. */
struct rd_kafka_conf_s *kafka_conf_make(str brokers, const struct kafka_properties *p,
                                        struct err *e);

/* Every property of this librdkafka with its type, range and default, for -X list. */
void kafka_conf_list(struct buf *out);

/* May this property's value be shown? False: it is a secret (password, key, jaas …). */
bool kafka_property_is_secret(str name);

/* librdkafka's version and its error names as weir prints them: "_MSG_TIMED_OUT". */
const char *kafka_version(void);

#endif
