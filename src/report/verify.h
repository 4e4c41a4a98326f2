/* report/verify.h: --verify: compares what was acknowledged with what the topic has grown by. */
#ifndef WEIR_REPORT_VERIFY_H
#define WEIR_REPORT_VERIFY_H

#include "engine/sink.h"
#include "proto/kafka_conf.h"

/* Asks for the topic's end offsets now, and again when the books are closed; blocks for both. The
 * arguments live until it is closed. NULL with a sentence. */
struct sink *verify_sink(str brokers, const struct kafka_properties *p, str topic,
                         uint64_t timeout_ns, struct err *e);

#endif
