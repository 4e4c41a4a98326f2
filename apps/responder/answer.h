/* responder/answer.h: from a request to its reply, or to whatever is wrong with it. One thread. */
#ifndef WEIR_RESPONDER_ANSWER_H
#define WEIR_RESPONDER_ANSWER_H

#include "responder/hold.h"

struct answerer {
    const struct responder_options *options;
    struct sender *sender;
    struct hold *hold;
    struct counts *counts;
    struct faults faults;
    rd_kafka_topic_t *replies; /* NULL: where the headers say */
    struct buf text;           /* a key or value that was changed */
};

/* Answers and counts it; the message stays librdkafka's. */
void answer_request(struct answerer *a, rd_kafka_message_t *m);

#endif
