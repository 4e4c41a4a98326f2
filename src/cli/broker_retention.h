/* cli/broker_retention.h: the embedded broker drops old records without a word. This asks it once a
 * second and says so: when a topic begins to drop, and at the end how much it was. */
#ifndef WEIR_CLI_BROKER_RETENTION_H
#define WEIR_CLI_BROKER_RETENTION_H

#include "base/map.h"
#include "loop/loop.h"
#include "loop/offload.h"
#include "proto/kafka_embedded.h"

struct broker_retention {
    struct kafka_embedded *broker;
    struct loop *loop;
    struct offload *offload;
    struct timer timer; /* armed while nobody asks */
    struct job job;
    bool asking;
    struct arena answer;        /* of the last question: the offload's while asking */
    struct kafka_dropped *list; /* in `answer` */
    size_t n;
    struct map topics;   /* name to struct kafka_dropped: the most that was seen */
    struct arena memory; /* of those */
};

bool broker_retention_open(struct broker_retention *r, struct kafka_embedded *broker,
                           struct loop *l, struct err *e);

/* Asks a last time and prints the sums, then ends. Before the broker and the loop are closed. */
void broker_retention_close(struct broker_retention *r);

#endif
