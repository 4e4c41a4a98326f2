/* responder/sender.h: replies on their way: handed to a producer, and counted when they are
 * acknowledged. One thread. */
#ifndef WEIR_RESPONDER_SENDER_H
#define WEIR_RESPONDER_SENDER_H

#include <librdkafka/rdkafka.h>

#include "responder/counts.h"
#include "responder/options.h"

struct reply {
    rd_kafka_topic_t *topic;     /* sender_topic's */
    int32_t partition;           /* RD_KAFKA_PARTITION_UA: by the key */
    str key, value;              /* p is NULL: null */
    rd_kafka_headers_t *headers; /* whoever has the reply has them; NULL: none */
};

struct sender {
    rd_kafka_t *rk;
    rd_kafka_topic_t **topics; /* all that were replied to */
    size_t n, capacity;
    struct counts *counts;
};

bool sender_open(struct sender *s, const struct responder_options *o, struct counts *counts,
                 struct err *e);
rd_kafka_topic_t *sender_topic(struct sender *s, str name);

/* Copies key and value, takes the headers; waits while the producer's queue is full. */
void sender_send(struct sender *s, struct reply *r);
void sender_poll(struct sender *s);  /* counts what was acknowledged */
void sender_close(struct sender *s); /* waits for what is on its way, 10 s at the most */

#endif
