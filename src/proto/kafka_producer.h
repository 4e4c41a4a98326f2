/* proto/kafka_producer.h: producing to Kafka as a protocol of the engine: one librdkafka producer
 * per worker, shared by all its users; a call is a record, which ends with its acknowledgement.
 *
 * Delivery reports come as events of librdkafka's queue through its descriptor into the loop. A
 * record that the full local queue does not take waits, first come first served, and is tried again
 * after the next reports. The protocol keeps its calls' timeouts itself: librdkafka's
 * message.timeout.ms for what was handed over, the deadline for what still waits. */
#ifndef WEIR_PROTO_KAFKA_PRODUCER_H
#define WEIR_PROTO_KAFKA_PRODUCER_H

#include <stdatomic.h>

#include "proto/kafka_conf.h"
#include "proto/kafka_stamp.h"
#include "proto/protocol.h"

extern const struct protocol kafka_producer_protocol;

/* Records in transactions, one behind the other in each client. */
struct kafka_transacting {
    uint64_t records;       /* one ends after so many, at least 1; 0: … */
    uint64_t every_ns;      /* … after this time; both 0: no transactions */
    uint64_t abort_ppb;     /* the share of them that is aborted, exactly, in 1e-9 */
    atomic_uint *producers; /* numbers for their transactional.ids; starts as 0, outlives clients */
};

/* What its clients are opened with; shared by all workers, lives as long as the plan. */
struct kafka_producer_config {
    str brokers; /* "127.0.0.1:9092,…" */
    const struct kafka_properties
        *conf;                 /* the user's, and weir's defaults where those are silent */
    const char *const *topics; /* that calls will be for; each must be there when it opens */
    unsigned n_topics;
    int32_t partition;   /* the highest that calls name; -1: none. It must be there, too */
    uint64_t run;        /* of stamps */
    uint64_t timeout_ns; /* of a call: message.timeout.ms unless set; also of opening */
    uint64_t *timeouts; /* of calls for each topic, whatever is set; 0: timeout_ns; NULL: for all */
    uint64_t metrics_ns; /* how often its statistics become measures; 0: never */
    struct kafka_transacting transacting;
};

static inline bool kafka_is_transacting(const struct kafka_producer_config *c)
{
    return c->transacting.records || c->transacting.every_ns;
}

struct kafka_header {
    str name, value; /* value.p NULL: null */
};

/* What a call's `request` points to. Bytes are copied before start returns when nobody waits for
 * the call (call->detached), else they stay until `done` and are copied at most once. */
struct kafka_record {
    unsigned topic;    /* index into the config's topics */
    int32_t partition; /* -1: by the partitioner */
    int64_t timestamp; /* ms since 1970; 0: now */
    str key, value;    /* p is NULL: null */
    const struct kafka_header *headers;
    unsigned n_headers;
    enum kafka_stamp_place stamp; /* in the value: takes the place of its first bytes */
};

/* kafka_show.c: for people, as lines of an HTTP request would be: the record, and where it went. */
void kafka_show_record(const struct kafka_record *r, const char *topic, struct buf *out);
void kafka_show_place(const struct outcome *o, struct buf *out);
/* A line of it; value.p NULL: null, which is not empty. */
void kafka_show_field(str name, str value, struct buf *out);

#endif
