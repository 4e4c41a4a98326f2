/* proto/kafka_take.h: awaiting records as a protocol of the engine: a call wants the record with a
 * correlation id, or the next one that nobody took. It is over when such a record is there, which
 * may have come before it was asked for, as long as it is kept; done is when it was read. A record
 * goes to one call.
 *
 * Each worker reads all partitions, for a record does not say who will ask for it, and claims what
 * it hands over. Those of the partitions p with p mod workers = its own number it counts as seen.
 */
#ifndef WEIR_PROTO_KAFKA_TAKE_H
#define WEIR_PROTO_KAFKA_TAKE_H

#include "proto/kafka_conf.h"
#include "proto/kafka_from.h"
#include "proto/protocol.h"

extern const struct protocol kafka_take_protocol;

/* A topic whose records are awaited. */
struct kafka_take_topic {
    const char *topic;
    str correlate;    /* where in a record its id stands, as kafka_correlate_parse reads it */
    uint64_t keep_ns; /* how long it stays for calls to come */
};

/* What the workers' clients of one plan share: made before they open, freed when all are closed. */
struct kafka_take_crew;
struct kafka_take_crew *kafka_take_crew_make(unsigned workers);
void kafka_take_crew_free(struct kafka_take_crew *crew);

/* What its clients are opened with; shared by all workers, lives as long as the plan. */
struct kafka_take_config {
    str brokers;
    const struct kafka_properties *conf;
    const struct kafka_take_topic *topics;
    unsigned n_topics;
    struct kafka_from from;
    uint64_t ready_timeout_ns; /* of opening */
    uint64_t metrics_ns;       /* how often its statistics become measures; 0: never */
    struct kafka_take_crew *crew;
};

/* What a call's `request` points to. Stays until `done`. */
struct kafka_take_request {
    unsigned topic; /* index into the config's topics */
    str id;         /* p is NULL: the next record that nobody took */
};

#endif
