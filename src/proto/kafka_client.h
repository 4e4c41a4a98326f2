/* proto/kafka_client.h: the inside of a Kafka producer on a worker's loop. Private to
 * src/proto/kafka_*.c; everything belongs to the worker's thread unless it says otherwise. */
#ifndef WEIR_PROTO_KAFKA_CLIENT_H
#define WEIR_PROTO_KAFKA_CLIENT_H

#include <librdkafka/rdkafka.h>
#include <stdatomic.h>

#include "base/list.h"
#include "proto/kafka_producer.h"
#include "proto/kafka_reach.h"
#include "proto/kafka_stats.h"
#include "proto/kafka_transaction.h"

enum kafka_phase { KAFKA_OPENING, KAFKA_OPEN, KAFKA_CLOSING };

/* Records that are handed over together, so that librdkafka reads its clocks and takes its locks
 * once for all of them. Of one topic, without headers, in the memory of their calls. */
enum { KAFKA_BATCH = 2048 };

struct kafka_batch {
    unsigned n, topic;
    rd_kafka_message_t messages[KAFKA_BATCH]; /* _private: the call */
};

struct kafka_client {
    struct client client; /* first */
    struct loop *loop;
    struct offload *offload;
    const struct kafka_producer_config *config;
    struct share share;
    uint8_t phase; /* enum kafka_phase */

    rd_kafka_t *rk;
    rd_kafka_topic_t **topics; /* one for each of the config's */
    rd_kafka_queue_t *queue;   /* where its reports are; NULL: none come (any more) */
    struct watch watch;        /* readable when there are some; an eventfd */
    bool taking;               /* reports are being taken */
    unsigned taken;            /* so many, in this turn */
    uint64_t done_ns;          /* of those that are being taken */
    struct kafka_batch batch;  /* started meanwhile; empty when none are taken */
    struct kafka_signs signs;  /* while it opens: the offload's */
    bool reached;              /* errors are the worker's to take */

    struct kafka_stats stats;

    struct buf stamped;     /* a value with its stamp, while it is handed over */
    uint64_t stamps[2];     /* so many were made; [1]: in transactions that are to be aborted */
    uint64_t wall_ahead_ns; /* wall clock - monotonic clock, as read at ... */
    uint64_t wall_read_ns;  /* ... that monotonic time */

    struct kafka_transaction transaction;
    char *transactional_id; /* NULL: none */
    bool marks;             /* the brokers mark the ends of transactions in partitions */

    struct list waiting; /* kafka_waiting.link: for room in the local queue */
    struct list over;    /* kafka_waiting.link: ended within start, to be told in the next turn */
    struct timer over_timer;
    uint64_t handed;    /* calls that librdkafka has */
    uint64_t cancelled; /* of them: the engine does not want them any more */
    bool outage_told;   /* a warning says that no broker is there */

    const char *too_large_here;  /* a topic with a record that librdkafka did not take: larger than
                                  * may be; NULL: none */
    const char *too_large_there; /* one with a record that its brokers did not take; NULL: none */

    struct job job; /* opening, then closing */
    struct job purge_job;
    struct timer purge_timer; /* purging again: what was half sent stayed */
    bool purging;             /* the offload's: purge_job is under way */
    struct err failure;       /* of opening */
    atomic_bool stop_opening; /* any thread */
};

/* A call that librdkafka does not have (yet). */
struct kafka_waiting {
    struct list link;
    struct timeout timeout;
    struct kafka_client *client;
    struct call *call;
    struct kafka_record record; /* for a call that nobody waits for: with the bytes behind it */
    char bytes[];
};

/* The protocol's own bytes of a call. */
struct kafka_call {
    struct kafka_waiting *waiting; /* NULL: librdkafka has it */
};

static inline struct kafka_call *kafka_call_of(struct call *call)
{
    return call_own(call);
}

static inline struct kafka_client *kafka_client_of(struct client *c)
{
    return (struct kafka_client *)c;
}

/* ---- kafka_producer.c ---- */

void kafka_go_on_closing(struct kafka_client *c); /* nothing comes from librdkafka any more */
void kafka_close_now(struct kafka_client *c);     /* no transaction is open */

/* ---- kafka_hand_over.c ---- */

/* Gives the call's record to librdkafka and sets sent_ns. Not accepted: the reason. */
rd_kafka_resp_err_t kafka_hand_over(struct kafka_client *c, struct call *call);
/* Will be handed over with the batch, at the latest when the reports of this turn are taken. False:
 * it cannot be in a batch. */
bool kafka_batch_add(struct kafka_client *c, struct call *call);
void kafka_batch_hand_over(struct kafka_client *c);

/* ---- kafka_waiting.c: records that the full local queue does not take ---- */

void kafka_wait(struct kafka_client *c, struct call *call);
/* The call was not accepted: waits, or ends soon. */
void kafka_refused(struct kafka_client *c, struct call *call, rd_kafka_resp_err_t code);
void kafka_wait_no_more(struct kafka_client *c); /* as many as there is room for go now */
void kafka_wait_forget(struct call *call);       /* it waits, and is not wanted any more */
/* It ended within start: `done` comes in the next turn. */
void kafka_end_soon(struct kafka_client *c, struct call *call, enum fate fate, const char *cause);

/* ---- kafka_reports.c ---- */

void kafka_reports_conf(struct kafka_client *c, rd_kafka_conf_t *conf); /* before rk is made */
void kafka_reports_open(struct kafka_client *c); /* rk is there: its reports come from now on */
/* No more of them; goes on closing, at once or when those that are being taken are. */
void kafka_reports_close(struct kafka_client *c);
void kafka_done(struct kafka_client *c, struct call *call); /* tells the engine */
/* The cause of a record's failure: behind "fatal" stands what was. */
const char *kafka_cause(struct kafka_client *c, rd_kafka_resp_err_t code);

/* ---- kafka_too_large.c ---- */

/* Warns of too_large_here and _there with the limits. Blocks: on the offload thread. */
void kafka_too_large_tell(struct kafka_client *c);

#endif
