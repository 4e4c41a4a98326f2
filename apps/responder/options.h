/* responder/options.h: the flags of weir-responder. */
#ifndef WEIR_RESPONDER_OPTIONS_H
#define WEIR_RESPONDER_OPTIONS_H

#include "proto/kafka_conf.h"
#include "responder/faults.h"

/* The texts live in the arena. */
struct responder_options {
    struct arena arena;
    str brokers;
    const char *requests;
    const char *replies; /* NULL: where the requests' headers say */
    const char *group;   /* NULL: all partitions, from their end on */
    struct kafka_properties consumer, producer;
    uint64_t shares[FAULTS]; /* in 1e-9 */
    uint64_t delay_ns;
    unsigned shuffle;      /* replies among which the next is drawn; 0: in order */
    const char *id_header; /* where the id is that a foreign reply has another in; NULL: the key */
    uint64_t seed;
    uint64_t count; /* requests, then it ends; UINT64_MAX: never */
};

/* Starts as {0}. False with ERR_USAGE when it cannot be done so; *help: nothing shall be done, the
 * help was asked for and is printed. */
bool responder_options_read(struct responder_options *o, int argc, char **argv, bool *help,
                            struct err *e);
void responder_options_free(struct responder_options *o);

#endif
