/* proto/kafka_mock.h: whether the brokers are librdkafka's mock cluster, which is what an embedded
 * broker is, in this process or another: it does some things in other ways than Kafka, and some not
 * at all. Private to src/proto/kafka_*.c. */
#ifndef WEIR_PROTO_KAFKA_MOCK_H
#define WEIR_PROTO_KAFKA_MOCK_H

#include <librdkafka/rdkafka.h>
#include <stdbool.h>

/* Of a client that has had an answer. Any thread. */
bool kafka_mock_answers(rd_kafka_t *rk);

/* Does this librdkafka's mock cluster write the marks that end a transaction, as Kafka does? */
bool kafka_mock_writes_marks(void);

#endif
