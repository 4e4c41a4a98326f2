/* tests/unit/proto/stranger.h: a producer of somebody else's, without anything of weir's, at an
 * embedded broker. */
#ifndef WEIR_UNIT_PROTO_STRANGER_H
#define WEIR_UNIT_PROTO_STRANGER_H

#include <librdkafka/rdkafka.h>

#include "proto/kafka_embedded.h"

/* It sends at once. The caller's to destroy. */
rd_kafka_t *stranger_open(const struct kafka_embedded *broker);

#endif
