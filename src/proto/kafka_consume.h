/* proto/kafka_consume.h: consuming from Kafka as a protocol of the engine: a client that makes no
 * calls but reads a topic, counts its records, takes their times and, when asked to, audits them.
 *
 * A record's times come from its stamp (proto/kafka_stamp.h), in its value or a header; without one
 * from its own time stamp, which has ms. They compare this machine's wall clock with another's. */
#ifndef WEIR_PROTO_KAFKA_CONSUME_H
#define WEIR_PROTO_KAFKA_CONSUME_H

#include "proto/kafka_conf.h"
#include "proto/kafka_from.h"
#include "proto/protocol.h"
#include "stats/audit.h"

extern const struct protocol kafka_consume_protocol;

/* What one worker has read of a partition. */
struct kafka_consumed_partition {
    bool ours;                /* it was read by this worker */
    bool holes;               /* others of its group have read some of it meanwhile */
    int64_t low, start, next; /* the first offset there was, where it was begun, what comes next */
    int64_t end;              /* when all was over; -1: not known */
    uint64_t dropped;         /* offsets that retention took away before they were read */
    uint64_t compacted;       /* offsets without a record, of a topic that is compacted */
};

/* What one worker has read: its client's until that is closed, then the caller's, who frees it. */
struct kafka_consumed {
    struct audit audit;
    struct kafka_consumed_partition *partitions; /* mem_free */
    size_t n;
    unsigned rebalances;
    bool closed; /* all of this is there */
};

struct kafka_consume_config {
    str brokers;
    const struct kafka_properties *conf;
    const char *topic;
    int32_t partition;      /* -1: all */
    const char *group;      /* NULL: none */
    struct kafka_from from; /* with a group: where it has not committed anything */
    bool until_end;         /* exhausted where the partitions end now */
    uint64_t count;         /* exhausted after so many; for one worker only; UINT64_MAX: never */
    bool audit;
    unsigned show;                   /* records in full */
    uint64_t timeout_ns;             /* of opening */
    uint64_t metrics_ns;             /* how often its statistics become measures; 0: never */
    const struct series *series;     /* of kind SERIES_RECORDS; its number is 0 */
    struct kafka_consumed *consumed; /* one for each worker; start as {0} */
};

#endif
