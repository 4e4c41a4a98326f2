/* proto/kafka_stats.h: librdkafka's statistics (its STATISTICS.md) as the measures of a client.
 * Private to src/proto/kafka_*.c; one thread at a time. */
#ifndef WEIR_PROTO_KAFKA_STATS_H
#define WEIR_PROTO_KAFKA_STATS_H

#include "proto/protocol.h"

/* What librdkafka only counts up, at its last statistics. */
struct kafka_stats_broker {
    uint64_t id, counts[4];
};

/* Starts as {0}. */
struct kafka_stats {
    struct kafka_stats_broker *brokers; /* that were seen */
    size_t n, capacity;
    uint64_t sent_records;
};

/* Tells the client's engine what this text says. A text that is no JSON tells nothing more. */
void kafka_stats_take(struct kafka_stats *s, str json, struct client *c);
void kafka_stats_free(struct kafka_stats *s);

#endif
