/* scenario/kafka_take_calls.h: awaited records of Kafka (kafka:consume{…}): from the parts that the
 * script says to what its client reads. No Lua here. */
#ifndef WEIR_SCENARIO_KAFKA_TAKE_CALLS_H
#define WEIR_SCENARIO_KAFKA_TAKE_CALLS_H

#include "scenario/kafka_calls.h"

/* kafka:consume{…} as the script says it. */
struct kafka_take_parts {
    str key_text; /* of the definition */
    str topic;
    str name;      /* n is 0: the topic */
    str correlate; /* where the ids of records stand */
    str from;      /* where reading begins: "end", … */
    uint64_t keep_ns;
    struct text_pairs tags;
    uint64_t timeout_ns;
    struct check_parts checks;
};

/* The definition with that key, made if it is not there. Any thread. NULL with a sentence. */
struct call_definition *kafka_take_define(struct program *p, struct kafka_client_definition *c,
                                          const struct kafka_take_parts *parts, struct err *e);

#endif
