/* proto/kafka_watch.h: a consumer group that is looked at beside a run, as a client of the engine
 * that makes no calls: each second it measures how far the group is behind, in records and time, by
 * topic and by partition. The first worker's looks, for all. It has a thread of its own, for
 * looking blocks. */
#ifndef WEIR_PROTO_KAFKA_WATCH_H
#define WEIR_PROTO_KAFKA_WATCH_H

#include "proto/kafka_conf.h"
#include "proto/protocol.h"

extern const struct protocol kafka_watch_protocol;

/* Lives as long as the plan. */
struct kafka_watch_config {
    str brokers;
    const struct kafka_properties *conf; /* of some client; those that fit any are used */
    const char *group;
    const char *topic; /* NULL: all that it has committed for */
};

#endif
