/* target/metrics.h: what this server counted. A request counts when its head was read, an answer
 * when its last byte is on its way; so a client that has all its answers sees both numbers equal.
 * What is for the server itself (/metrics, /stall) is not counted, nor what is no HTTP. */
#ifndef WEIR_TARGET_METRICS_H
#define WEIR_TARGET_METRICS_H

#include "base/buf.h"

enum { STATUSES = 600 };

/* Starts as {0}; the fields are counted up by connection.c. */
struct metrics {
    uint64_t requests;
    uint64_t responses;
    uint64_t by_status[STATUSES]; /* their sum is responses */
    uint64_t refused;             /* not HTTP, or beyond a limit; the connection was ended */
    uint64_t body_bytes;          /* of counted requests, without framing */
    uint64_t connections;         /* accepted */
    uint64_t open;                /* of these */
};

void metrics_json(const struct metrics *m, struct buf *out); /* {"requests":n,"responses":n} */
/* https://prometheus.io/docs/instrumenting/exposition_formats/, text format 0.0.4. */
void metrics_prometheus(const struct metrics *m, struct buf *out);

#endif
