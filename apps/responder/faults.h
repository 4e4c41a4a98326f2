/* responder/faults.h: which request is answered wrong, and how. A share is exact: of each stretch
 * of requests that holds one of it, one is hit, at a place that the seed chooses. Pure. */
#ifndef WEIR_RESPONDER_FAULTS_H
#define WEIR_RESPONDER_FAULTS_H

#include "base/rng.h"

enum fault {
    FAULT_NONE,
    FAULT_DROP,      /* no reply */
    FAULT_DUPLICATE, /* the reply twice */
    FAULT_DELAY,     /* later */
    FAULT_CORRUPT,   /* the value's last byte is another */
    FAULT_FOREIGN,   /* another reply beside it, with an id that nobody issued */
    FAULT_TOMBSTONE, /* no value */
    FAULT_WRONG_KEY, /* another key */
    FAULTS,
};

struct fault_turn {
    uint64_t ppb;     /* its share, in 1e-9 */
    uint64_t hits;    /* stretches that were begun */
    uint64_t next;    /* the request that it comes to */
    uint64_t waiting; /* hits that found their request taken by another fault */
};

struct faults {
    struct fault_turn turns[FAULTS];
    struct rng rng;
    uint64_t requests; /* so far */
    uint64_t earliest; /* before this one nothing comes */
};

/* `ppb`: a share for each fault, together at most 1e9. */
void faults_begin(struct faults *f, const uint64_t *ppb, uint64_t seed);

/* Of the next request. A request has one fault: a second one comes to the request behind it. */
enum fault faults_next(struct faults *f);

#endif
