/* proto/kafka_asking.h: the inside of kafka_lag.c and kafka_asking.c: questions about groups. */
#ifndef WEIR_PROTO_KAFKA_ASKING_H
#define WEIR_PROTO_KAFKA_ASKING_H

#include "proto/kafka_lag.h"
#include "proto/kafka_reach.h"

struct kafka_lag {
    struct kafka_reach reach; /* of a client that is in no group */
    const struct kafka_properties *properties;
    const char *group;
    rd_kafka_topic_t **topics;
    size_t n_topics, capacity;
    struct kafka_lag_partition *known; /* of the last look */
    size_t n_known;
};

/* What a group has committed of these partitions, or of all (NULL); offsets < 0: nothing. The
 * caller's. NULL with a sentence. */
rd_kafka_topic_partition_list_t *
kafka_asking_committed(struct kafka_lag *l, const char *group,
                       const rd_kafka_topic_partition_list_t *wanted, struct err *e);

#endif
