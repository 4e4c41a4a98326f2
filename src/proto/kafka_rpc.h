/* proto/kafka_rpc.h: request-reply over Kafka as a protocol of the engine: a call is a record that
 * is produced, and the record with the same correlation id that comes back (spec/request_reply.md).
 * Per worker one producer, one consumer of the reply topics, and one store of requests in flight.
 *
 * The order of one call: id made, entered in the store, produced; its acknowledgement and its reply
 * come in any order. The acknowledgement is counted as a part of the call (call->part), the class
 * of each reply as it comes (client_events.reply).
 *
 * Each worker reads the partitions p with p mod workers = its own number. The id says whose request
 * a reply answers: those of others go to them by mail. */
#ifndef WEIR_PROTO_KAFKA_RPC_H
#define WEIR_PROTO_KAFKA_RPC_H

#include "proto/kafka_producer.h"
#include "store/requests.h"

extern const struct protocol kafka_rpc_protocol;

/* A topic that replies come to. */
struct kafka_rpc_replies {
    const char *topic;
    str correlate; /* where in a reply the id stands, as kafka_correlate_parse reads it */
};

/* What the workers' clients of one plan share: made before they open, freed when all are closed. A
 * worker may have several, each with a config of its own (`among`): they are like so many more
 * workers. */
struct kafka_rpc_crew;
struct kafka_rpc_crew *kafka_rpc_crew_make(unsigned clients);
void kafka_rpc_crew_free(struct kafka_rpc_crew *crew);

/* What a store says of a whole run, of what was before it was resumed, too. */
struct kafka_rpc_whole {
    struct requests_counts before, after; /* when it was opened; when it was closed */
    bool closed;                          /* it was */
};

/* What its clients are opened with; shared by all workers, lives as long as the plan. */
struct kafka_rpc_config {
    struct kafka_producer_config producer; /* of the requests; run is that of the ids */
    const struct kafka_properties *consumer_conf;
    const struct kafka_rpc_replies *replies;
    unsigned n_replies;
    const str *correlates; /* where in requests the id stands; calls name them by index */
    unsigned n_correlates;
    int32_t reply_partition; /* where all replies are to come, which each request says in headers;
                              * -1: anywhere, and nothing is said */
    const char *group;       /* replies are read in this group; NULL: in none */
    struct requests_store store;
    bool resume;            /* goes on with what is in the store: of one worker, in no group */
    const void *resumed_as; /* resume: the engine's prepared call that what is in flight there is
                             * taken for (client_events.adopt) */
    struct kafka_rpc_whole *whole; /* resume: set when the client has closed */
    uint64_t ready_timeout_ns;     /* of opening */
    struct share among; /* of the clients that each worker has; of 0: it is the only one */
    struct kafka_rpc_crew *crew;
};

/* What all calls of one definition have in common; lives as long as the plan. */
struct kafka_rpc_call {
    const struct series *store; /* "NAME store", a part: how long each request took until the store
                                 * had it; NULL: that is not measured */
    unsigned reply;             /* index into the config's replies */
    unsigned correlate;         /* index into the config's correlates */
    bool by_timestamp; /* a call is done at its reply's own time stamp, not when it was read */
};

/* What a call's `request` points to. Stays until the call is done, or handed over. */
struct kafka_rpc_request {
    struct kafka_record record;
    const struct kafka_rpc_call *call;
    char *const *ids; /* places within the record's texts, KAFKA_ID_BYTES each, where the id is to
                       * be written */
    unsigned n_ids;   /* 0: it goes into the header or the key that `correlate` names, unless an id
                       * of the user's own is there */
};

#endif
