/* proto/kafka_error.h: librdkafka's errors in words. Private to src/proto/kafka_*.c; any thread. */
#ifndef WEIR_PROTO_KAFKA_ERROR_H
#define WEIR_PROTO_KAFKA_ERROR_H

#include <librdkafka/rdkafka.h>

#include "base/err.h"
#include "base/str.h"

/* "MSG_SIZE_TOO_LARGE (Broker: Message size too large)": the name that librdkafka and Kafka's
 * documentation use, and its text; lives as long as the process. */
const char *kafka_error_cause(rd_kafka_resp_err_t code);

/* "cannot make a Kafka WHAT: …" (ERR_USAGE), from what rd_kafka_new said; always false. Pure. */
bool kafka_error_not_made(const char *what, const char *said, struct err *e);

/* Why no broker was reached, as a sentence (ERR_RUN), from what librdkafka said last
 * ("127.0.0.1:9092/bootstrap: Connect to ipv4#127.0.0.1:9092 failed: Connection refused (after 0ms
 * in state CONNECT)"); empty when it said nothing: then from what kafka_refusal noted. Always
 * false. */
bool kafka_error_unreachable(str brokers, str said, struct err *e);

#endif
