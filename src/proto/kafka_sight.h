/* proto/kafka_sight.h: what was seen of the first records of a topic, for the line that says why
 * nothing matches. Private to src/proto/kafka_*.c; one thread. */
#ifndef WEIR_PROTO_KAFKA_SIGHT_H
#define WEIR_PROTO_KAFKA_SIGHT_H

#include "proto/kafka_consumer.h"
#include "proto/kafka_correlate.h"

#define KAFKA_SIGHT_PATIENCE_NS (5 * NS_PER_S) /* then the line is due */

/* Starts as {0}. */
struct kafka_sight {
    uint64_t seen, absent, undecodable;
    struct buf names; /* of headers: "traceId, X-Request-ID" */
    unsigned n_names;
    struct buf id; /* the first that was found */
};

void kafka_sight_note(struct kafka_sight *s, const struct kafka_message *m,
                      enum kafka_correlate_found found, str id);
/* "12 000 records came to t, with the headers traceId, X-Request-ID; looked for the id in …".
 * `unfit` says what is the matter with ids that were found. */
void kafka_sight_describe(const struct kafka_sight *s, const char *topic, str correlate,
                          const char *unfit, struct buf *out);
void kafka_sight_free(struct kafka_sight *s);

#endif
