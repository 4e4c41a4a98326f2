/* proto/kafka_refusal.h: why a broker lets a client not in, in words for the person who wrote the
 * settings. librdkafka has the words of OpenSSL and of its own states for it, and says some of them
 * to its callbacks alone. Private to src/proto/kafka_*.c; any thread. */
#ifndef WEIR_PROTO_KAFKA_REFUSAL_H
#define WEIR_PROTO_KAFKA_REFUSAL_H

#include <librdkafka/rdkafka.h>

#include "base/buf.h"

/* Notes what clients with this configuration are told by their brokers' certificates and closed
 * connections. */
void kafka_refusal_watch(rd_kafka_conf_t *conf);
/* For a log callback of another's: notes this line of librdkafka's log. */
void kafka_refusal_note(const char *facility, const char *text);

/* What was noted last of a broker that closed its connection, as librdkafka says errors; empty:
 * nothing. The caller's. */
void kafka_refusal_last(struct buf *out);

/* Writes what librdkafka's reason means for a connection that never worked. False: nothing is known
 * about it that the reason does not say. */
bool kafka_refusal_explain(str reason, struct buf *out);

#endif
