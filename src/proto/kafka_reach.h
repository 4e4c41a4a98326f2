/* proto/kafka_reach.h: asks a cluster for its brokers and topics, patiently: the first answer of a
 * new client. Private to src/proto/kafka_*.c. Blocks: never on a worker's thread. */
#ifndef WEIR_PROTO_KAFKA_REACH_H
#define WEIR_PROTO_KAFKA_REACH_H

#include <librdkafka/rdkafka.h>
#include <stdatomic.h>

#include "base/err.h"
#include "base/str.h"

/* What librdkafka says while it tries. */
struct kafka_signs {
    bool all_down;
    char last[400]; /* the last error of a broker */
};

void kafka_signs_note(struct kafka_signs *s, int code, const char *text);

struct kafka_reach {
    rd_kafka_t *rk;
    struct kafka_signs *signs; /* that the client's error callback notes into, from within
                                * rd_kafka_poll; NULL: its errors come as events */
    str brokers;               /* for sentences */
    uint64_t timeout_ns;       /* longest wait */
    const atomic_bool *stop;   /* set: nobody wants the answer any more; NULL: never */
};

/* What the cluster says about this topic, or about all (NULL); rd_kafka_metadata_destroy'd by the
 * caller. NULL with a sentence when no broker answers. Takes what the client says meanwhile. */
const struct rd_kafka_metadata *kafka_reach(const struct kafka_reach *r, rd_kafka_topic_t *topic,
                                            struct err *e);

/* The same for a topic that must be there, with this partition (-1: any): "topic 't' does not
 * exist; make it with: weir kafka topics create t -p 6". */
bool kafka_reach_topic(const struct kafka_reach *r, rd_kafka_topic_t *topic, int32_t partition,
                       struct err *e);

#endif
