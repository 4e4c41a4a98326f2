/* target/faults.h: how this server misbehaves on purpose: it answers late, with errors, at length.
 * Set by flags for all requests and by the query of one. Pure but for its own counters. */
#ifndef WEIR_TARGET_FAULTS_H
#define WEIR_TARGET_FAULTS_H

#include "base/buf.h"
#include "base/err.h"
#include "base/rng.h"
#include "target/answer.h"

enum { PING_SIZE = 18 }; /* bytes of {"message":"pong"}: the least body of a ping */

/* What may be said about one request. */
struct fault_values {
    uint64_t delay_ns;
    uint64_t jitter_ns;  /* uniformly more or less than the delay; together never below 0 */
    uint64_t error_ppb;  /* share of answers that are 500, in 1e-9 */
    uint64_t body_bytes; /* of a ping; at least PING_SIZE */
};

struct faults {
    struct fault_values flags; /* set by the owner */
    struct rng rng;            /* set by the owner: draws the jitter */
    uint64_t owed_ppb;         /* error shares added up; an error is due whenever 1 is reached */
};

/* Gives *a its delay, a ping its size, and turns it into an error when its turn has come: of n
 * answers with the share p exactly floor(n * p) are. A value in the query that cannot be read makes
 * it a 400 that says so. Texts are added to *text, which is emptied before. */
void faults_apply(struct faults *f, str query, struct answer *a, struct buf *text);

/* Readers: "delay", "jitter", "error-rate" and "body-size", by flag and by query. */
bool fault_read(str name, str value, struct fault_values *v, struct err *e);

#endif
