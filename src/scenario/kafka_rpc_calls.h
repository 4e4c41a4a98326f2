/* scenario/kafka_rpc_calls.h: requests with replies over Kafka (kafka:rpc{…}): from the parts that
 * the script says to records with room for their correlation ids. No Lua here. */
#ifndef WEIR_SCENARIO_KAFKA_RPC_CALLS_H
#define WEIR_SCENARIO_KAFKA_RPC_CALLS_H

#include "scenario/kafka_calls.h"

#define KAFKA_CORRELATE_USUAL "header:correlationId"

/* kafka:rpc{…} as the script says it. */
struct kafka_rpc_parts {
    str key_text;       /* of the definition */
    str request, reply; /* topics */
    str name;           /* n is 0: the topic of requests */
    struct record_parts record;
    struct correlate_parts correlate;
    bool by_timestamp; /* a call ends at its reply's own time stamp */
    struct text_pairs tags;
    uint64_t timeout_ns;
    struct check_parts checks;
};

/* The definition with that key, made if it is not there. Any thread. NULL with a sentence. */
struct call_definition *kafka_rpc_define(struct program *p, struct kafka_client_definition *c,
                                         const struct kafka_rpc_parts *parts, struct err *e);

/* A place for ids, looked at: false with a sentence. */
bool kafka_correlate_check(str text, struct err *e);

#endif
