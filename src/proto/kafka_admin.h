/* proto/kafka_admin.h: looking at a cluster and making topics, for commands that do nothing else
 * meanwhile: everything here blocks, at most for the timeout. One thread at a time. */
#ifndef WEIR_PROTO_KAFKA_ADMIN_H
#define WEIR_PROTO_KAFKA_ADMIN_H

#include "proto/kafka_conf.h"

struct kafka_admin;

/* Reaches a broker. NULL with a sentence: "cannot reach broker 127.0.0.1:9092: connection refused;
 * is it running?" */
struct kafka_admin *kafka_admin_open(str brokers, const struct kafka_properties *p,
                                     uint64_t timeout_ns, struct err *e);
void kafka_admin_close(struct kafka_admin *a);

struct kafka_partition {
    int32_t number, leader; /* leader -1: it has none */
    unsigned replicas, in_sync;
};

struct kafka_topic {
    str name;
    struct kafka_partition *partitions; /* by number */
    unsigned n;
};

/* All topics by name, or the one of this name (p NULL: all); in the arena. */
bool kafka_admin_topics(struct kafka_admin *a, str name, struct arena *arena,
                        struct kafka_topic **list, size_t *n, struct err *e);

/* Makes a topic; partitions -1, replicas -1: as many as the brokers think right. Where the brokers
 * know no CreateTopics (the embedded one), they are asked to make it in their own way: *made is how
 * many partitions it has then. */
bool kafka_admin_create(struct kafka_admin *a, str name, int partitions, int replicas,
                        unsigned *made, struct err *e);

/* The sum of the end offsets of all partitions of a topic: how many records were ever written to
 * it, transactions' marks included. */
bool kafka_admin_written(struct kafka_admin *a, str topic, uint64_t *records, struct err *e);

#endif
