/* report/consumed.h: what the workers of a consuming run have read, put together at its end: the
 * audit is concluded, what was lost goes into the results, and the verdict gets its sentences. */
#ifndef WEIR_REPORT_CONSUMED_H
#define WEIR_REPORT_CONSUMED_H

#include "engine/sink.h"
#include "proto/kafka_consume.h"

/* `config->consumed` has one for each of `workers`. Both live until it is closed. */
struct sink *consumed_sink(const struct kafka_consume_config *config, unsigned workers);

#endif
