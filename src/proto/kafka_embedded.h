/* proto/kafka_embedded.h: a Kafka-protocol broker in this process: librdkafka's mock cluster, for
 * trying and for tests. It listens on 127.0.0.1, keeps about 5 MB or 100 000 records per partition
 * and then drops the oldest silently, and knows no CreateTopics, group listing, offsets by time,
 * ACLs or transaction isolation: topics are made here. */
#ifndef WEIR_PROTO_KAFKA_EMBEDDED_H
#define WEIR_PROTO_KAFKA_EMBEDDED_H

#include "base/err.h"
#include "base/str.h"

struct kafka_embedded;

/* port 0: a free one. NULL with a sentence: the port is taken. */
struct kafka_embedded *kafka_embedded_open(unsigned port, unsigned partitions, struct err *e);
const char *kafka_embedded_address(const struct kafka_embedded *b); /* "127.0.0.1:9092" */

/* Makes a topic. Also those that clients ask for without making them have `partitions`. */
bool kafka_embedded_topic(struct kafka_embedded *b, const char *name, unsigned partitions,
                          struct err *e);

/* For tests: each answer comes this much later. */
bool kafka_embedded_delay(struct kafka_embedded *b, unsigned round_trip_ms, struct err *e);

void kafka_embedded_close(struct kafka_embedded *b);

#endif
