/* proto/kafka_offsets.h: asks the brokers where partitions begin and end, or which offset a time
 * has. Private to src/proto/kafka_*.c. Blocks: never on a worker's thread. */
#ifndef WEIR_PROTO_KAFKA_OFFSETS_H
#define WEIR_PROTO_KAFKA_OFFSETS_H

#include <librdkafka/rdkafka.h>

#include "base/err.h"

/* What a broker says to a time behind all records. */
enum { KAFKA_BEHIND_ALL = RD_KAFKA_OFFSET_END };

/* `what`: RD_KAFKA_OFFSET_BEGINNING, RD_KAFKA_OFFSET_END, or ms since 1970; the same for all of the
 * list, which has at least one. The answers are its offsets. Tries until end_ns (monotonic) while
 * leaders move. False with a sentence. */
bool kafka_offsets_ask(rd_kafka_t *rk, rd_kafka_topic_partition_list_t *list, int64_t what,
                       uint64_t end_ns, struct err *e);

#endif
