/* proto/kafka_embedded_cluster.h: what the files of the embedded broker share. */
#ifndef WEIR_PROTO_KAFKA_EMBEDDED_CLUSTER_H
#define WEIR_PROTO_KAFKA_EMBEDDED_CLUSTER_H

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdatomic.h>

#include "proto/kafka_embedded.h"

struct kafka_embedded {
    rd_kafka_t *owner;                /* a client that does nothing but hold the cluster */
    rd_kafka_t *asker;                /* a client for questions */
    rd_kafka_mock_cluster_t *cluster; /* its brokers have the ids 1 to `brokers` */
    unsigned brokers;
    unsigned ports[KAFKA_EMBEDDED_BROKERS_MOST];
    atomic_bool down[KAFKA_EMBEDDED_BROKERS_MOST];
};

/* All topics, without making one; the caller's. NULL: nobody answers. */
const struct rd_kafka_metadata *kafka_embedded_ask_topics(struct kafka_embedded *b);

/* Would a question go unanswered, or eat an error that was meant for a user's client? */
bool kafka_embedded_is_spoiled(struct kafka_embedded *b);

#endif
