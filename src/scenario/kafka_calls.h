/* scenario/kafka_calls.h: Kafka clients of a scenario file, and their sends: from the parts that
 * the script says to what the protocols take. No Lua here.
 *
 * One weir.kafka{…} is several clients of the plan: one for its sends, and, when the file makes
 * such calls at its top level, one for its requests with replies (kafka_rpc_calls.h),
 * one for the records that it awaits (kafka_take_calls.h). */
#ifndef WEIR_SCENARIO_KAFKA_CALLS_H
#define WEIR_SCENARIO_KAFKA_CALLS_H

#include "proto/kafka_rpc.h"
#include "proto/kafka_take.h"
#include "scenario/check_keep.h"
#include "scenario/kafka_record.h"

/* Where correlation ids stand, as kafka_correlate_parse reads it. */
struct correlate_parts {
    str request, reply;
};

/* weir.kafka{…}. */
struct kafka_client_definition {
    struct client_definition client; /* first: of the sends; instances is 0 until it is used */
    struct kafka_producer_config config;
    struct kafka_properties properties, consumer_properties;
    struct client_definition rpc; /* instances is 0 until it is used */
    struct kafka_rpc_config rpc_config;
    struct client_definition take; /* of awaited records; instances is 0 until it is used */
    struct kafka_take_config take_config;
    str take_from;                    /* as its first call says it */
    struct correlate_parts correlate; /* of calls that do not say it */
    unsigned senders;                 /* instances of the client of its sends */
    unsigned pairs;                   /* instances of clients that produce and consume */
    uint64_t ready_timeout_ns;
    bool measure_store;    /* the store's time is a part of each request */
    atomic_uint producers; /* that have opened */
};

/* kafka:send{…} as the script says it. */
struct kafka_send_parts {
    str key_text; /* of the definition */
    str topic;
    str name; /* n is 0: the topic */
    struct record_parts record;
    bool detached;
    struct text_pairs tags;
    uint64_t timeout_ns;
    struct check_parts checks;
};

/* The definition with that key, made if it is not there. Any thread. NULL with a sentence. */
struct call_definition *kafka_send_define(struct program *p, struct kafka_client_definition *c,
                                          const struct kafka_send_parts *parts, struct err *e);

/* The number of a topic that a client produces to; a new one is added while the file is read. The
 * lock is held. False with a sentence. */
bool kafka_topic_find(struct program *p, struct kafka_producer_config *config, str topic,
                      const char *what, unsigned *number, struct err *e);

/* Records for the topic may take so long. */
void kafka_timeout_note(const struct program *p, struct kafka_producer_config *config,
                        unsigned topic, uint64_t timeout_ns);

/* The client looks whether the highest partition that is written down is there. */
void kafka_partition_note(const struct program *p, struct kafka_producer_config *config,
                          const struct record_field *partition);

#endif
