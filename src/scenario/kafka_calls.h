/* scenario/kafka_calls.h: Kafka clients and sends of a scenario file: from the parts that the
 * script says to templates of records. No Lua here. */
#ifndef WEIR_SCENARIO_KAFKA_CALLS_H
#define WEIR_SCENARIO_KAFKA_CALLS_H

#include "proto/kafka_producer.h"
#include "scenario/checks.h"
#include "scenario/http_calls.h"
#include "scenario/program.h"

/* weir.kafka{…}. */
struct kafka_client_definition {
    struct client_definition client; /* first */
    struct kafka_producer_config config;
    struct kafka_properties properties;
};

enum record_field_kind {
    FIELD_OPEN, /* left out: the variable of its name, if there is one */
    FIELD_NULL,
    FIELD_TEXT, /* a template */
    FIELD_JSON, /* a template that is JSON */
};

struct record_field {
    enum record_field_kind kind;
    str text;
};

struct record_header {
    str name;
    struct record_field value;
};

/* kafka:send{…} as the script says it; texts may hold placeholders. */
struct kafka_send_parts {
    str key_text; /* of the definition */
    str topic;
    str name; /* n is 0: the topic */
    struct record_field key, value;
    struct record_header *headers;
    size_t n_headers;
    bool open_headers; /* they were left out */
    struct record_field partition, timestamp;
    bool detached;
    struct text_pairs tags;
    uint64_t timeout_ns;
    struct check_parts checks;
};

/* The definition with that key, made if it is not there. Any thread. NULL with a sentence. */
struct call_definition *kafka_send_define(struct program *p, struct kafka_client_definition *c,
                                          const struct kafka_send_parts *parts, struct err *e);

#endif
