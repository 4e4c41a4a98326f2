/* scenario/records.h: generated records: a user that produces one record per iteration, with no
 * script on the path. What `weir kafka produce` and `weir kafka rr` run. Record k of a seed is the
 * same whatever the number of threads and whoever makes it. */
#ifndef WEIR_SCENARIO_RECORDS_H
#define WEIR_SCENARIO_RECORDS_H

#include "proto/kafka_rpc.h"
#include "scenario/checks.h"
#include "scenario/scenario.h"

enum record_key {
    RECORD_KEY_COMMON,   /* the common record's, which may be null */
    RECORD_KEY_RANDOM,   /* one of key_count numbers */
    RECORD_KEY_SEQUENCE, /* k */
};

/* The program of a scenario of type records_scenario. */
struct records {
    const struct prepared_call *call;
    struct kafka_record common; /* what all records have: topic, partition, headers; key, value */
    enum record_key key;
    uint64_t key_count;
    uint64_t size_least, size_most; /* of values that are made here, bytes; 0, 0: the common one */
    str letters;                    /* of which they are made: records_letters */
    uint64_t seed;
    const struct kafka_rpc_call *rpc; /* they are requests, whose replies are awaited; NULL: not */
    const struct check_list *checks;  /* of the replies; NULL: none */
    const size_t *id_places; /* in the common value: where the correlation id is to be written */
    unsigned n_ids;
    const char *lines; /* values are the lines of this file ("-": standard input), each once, on
                        * one worker; with the last the scenario ends. NULL: no lines */
    str delimiter;     /* of a line's key and value; empty: lines have no keys */
};

/* Capital letters at random, as kafka-producer-perf-test sends them, for values up to `most` bytes:
 * a value is a piece of them. In the arena. */
str records_letters(uint64_t seed, uint64_t most, struct arena *arena);

extern const struct scenario_type records_scenario;

#endif
