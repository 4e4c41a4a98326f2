/* proto/kafka_transaction.h: the transactions of a Kafka producer: its records belong to one after
 * the other, which ends by count or time and is then committed, or aborted in an exact share.
 * Private to src/proto/kafka_*.c; everything belongs to the worker's thread unless it says
 * otherwise.
 *
 * Ending one blocks, so it has a thread of its own; meanwhile records wait as they do in front of a
 * full queue. It begins when all records of the transaction have their delivery reports: librdkafka
 * waits for them anyway, and would take the reports on that thread. */
#ifndef WEIR_PROTO_KAFKA_TRANSACTION_H
#define WEIR_PROTO_KAFKA_TRANSACTION_H

#include <librdkafka/rdkafka.h>

#include "loop/loop.h"
#include "loop/offload.h"
#include "proto/kafka_producer.h"

struct kafka_client;

enum kafka_transaction_state {
    TRANSACTION_OPEN,   /* takes records */
    TRANSACTION_FULL,   /* its reports are awaited */
    TRANSACTION_ENDING, /* the job has it */
    TRANSACTION_OVER,   /* no other will come: the run is over, or the producer is of no use */
};

/* Which partitions a transaction has touched: each gets a mark when it ends. */
struct kafka_touched {
    uint64_t *bits; /* by topic and partition */
    size_t words;
};

struct kafka_transaction {
    uint8_t state;                         /* enum kafka_transaction_state */
    bool aborting;                         /* it is to be aborted: its share */
    uint64_t number;                       /* of this producer's, from 0 */
    uint64_t taken;                        /* records that librdkafka has, or had */
    uint64_t stored;                       /* of them: acknowledged */
    uint64_t first_stamp;                  /* the first number of its stamps */
    struct kafka_touched touched, perhaps; /* by records that are, or may be, there */
    uint64_t full_ns, ending_ns;           /* when it was full; when it began to end */
    struct timer timer;                    /* where it ends by time */
    struct offload *offload;               /* its own */
    struct job job;
    bool closing; /* the client closes when this one has ended */

    /* The job's while it is done: */
    bool committed, aborted; /* neither: nobody knows */
    uint64_t ended_ns;
    bool last;                /* no other is begun; set before */
    rd_kafka_resp_err_t code; /* why it did not end as it was to; 0: it did */
    struct err dead;          /* no further one is possible */
};

/* On the thread that opens: `id` becomes the producer's transactional.id. */
void kafka_transaction_id(struct kafka_client *c, struct kafka_properties *all,
                          struct arena *arena);
/* On the thread that opens, blocks: the first one is begun. False with a sentence in c->failure. */
bool kafka_transaction_begin(struct kafka_client *c);

/* The client is open. */
void kafka_transaction_open(struct kafka_client *c);
/* May a record be handed over now? */
bool kafka_transaction_takes(const struct kafka_client *c);
void kafka_transaction_handed(struct kafka_client *c);
void kafka_transaction_reported(struct kafka_client *c, const rd_kafka_message_t *m);
/* A record was refused, or failed: it may mean that the producer cannot go on. */
void kafka_transaction_doubt(struct kafka_client *c, rd_kafka_resp_err_t code);
/* Behind the reports of a turn. */
void kafka_transaction_look(struct kafka_client *c);
/* True: the last one is being ended, and kafka_close_now comes behind it. */
bool kafka_transaction_close(struct kafka_client *c);
void kafka_transaction_free(struct kafka_client *c);

/* The one that was ended is told. */
void kafka_transaction_next(struct kafka_client *c);

/* ---- kafka_transaction_end.c ---- */

void kafka_transaction_end(struct kafka_client *c);  /* all its reports are there */
void kafka_transaction_tell(struct kafka_client *c); /* how it ended, or that nobody knows */
/* The sentence, when the producer can go on no more. Any thread. */
void kafka_transaction_dead(struct kafka_client *c, const char *why, struct err *e);

#endif
