/* proto/kafka_rpc_client.h: the inside of a request-reply client on a worker's loop. Private to
 * src/proto/kafka_rpc*.c; everything belongs to the worker's thread unless it says otherwise. */
#ifndef WEIR_PROTO_KAFKA_RPC_CLIENT_H
#define WEIR_PROTO_KAFKA_RPC_CLIENT_H

#include "base/list.h"
#include "base/pool.h"
#include "proto/kafka_consumer.h"
#include "proto/kafka_correlate.h"
#include "proto/kafka_id.h"
#include "proto/kafka_reply.h"
#include "proto/kafka_rpc.h"
#include "proto/kafka_sight.h"
#include "proto/kafka_stats.h"

struct kafka_rpc {
    struct client client; /* first */
    struct loop *loop;
    const struct kafka_rpc_config *config;
    struct share share;
    struct arena arena;

    struct client *producer;
    struct kafka_consumer_config reading;
    struct kafka_consumer *consumer;
    struct requests *requests;
    struct kafka_correlate *replies, *correlates; /* as the config's */
    unsigned n_replies, n_correlates;             /* that were read */
    unsigned n_opening, n_open;                   /* of producer and consumer */
    struct err failure;                           /* of opening, later of the store */
    bool closing, begun;

    struct pool sending;   /* of struct kafka_rpc_sending, with the producer's bytes behind */
    struct pool outcomes;  /* of acknowledgements */
    struct list to_send;   /* kafka_rpc_sending.link: entered in the store, not yet produced */
    struct list producing; /* kafka_rpc_sending.link: without acknowledgement */
    struct timer send_timer;
    struct list over; /* kafka_rpc_sending.link: ended within start, told in the next turn */
    struct timer over_timer;
    struct buf headers;       /* of a record, while it is handed over */
    struct buf text;          /* an id, while it is looked for */
    struct kafka_sight sight; /* why nothing matches */
    struct timer sight_timer;
    struct kafka_stats stats; /* the consumer's */
};

/* The protocol's own bytes of a call. A request waits for its reply much longer than for anything
 * else, and the reply finds it in memory that is cold: what only the producer needs stands apart.
 */
struct kafka_rpc_own {
    struct kafka_rpc_sending *sending; /* NULL: it is acknowledged */
    uint64_t entry; /* 1 more than its id in the store as one number; 0: it is not there */
};

/* What a reply needs to know is the label of its request in the store: */
#define KAFKA_RPC_BY_TIMESTAMP (UINT32_C(1) << 31)          /* as its kafka_rpc_call says */
#define KAFKA_RPC_BYTES        (KAFKA_RPC_BY_TIMESTAMP - 1) /* of key and value */

/* What the producer needs of a request, from its start until it is acknowledged, which may be after
 * its call is over. */
struct kafka_rpc_sending {
    struct list link;         /* in client.to_send, then in client.producing; or in client.over */
    struct call *call;        /* NULL: it is over */
    uint64_t entry;           /* as the call's, until the store knows that it is acknowledged */
    struct call acknowledged; /* the producer's call, taken when the other was started, with its own
                               * bytes behind; its request is NULL: the producer has not got it */
};

static inline uint64_t kafka_rpc_entry(struct request_id id)
{
    return request_id_pack(id) + 1;
}

static inline struct request_id kafka_rpc_id(uint64_t entry)
{
    return request_id_unpack(entry - 1);
}

static inline struct kafka_rpc *kafka_rpc_of(struct client *c)
{
    return (struct kafka_rpc *)c;
}

static inline struct kafka_rpc_own *kafka_rpc_own_of(struct call *call)
{
    return call_own(call);
}

/* A reply on its way to the worker whose request it answers. */
struct kafka_rpc_arrived {
    unsigned passed; /* from one worker to another, so many times */
    bool own;        /* its id is the user's own: text; else id */
    struct request_id id;
    str text;
    uint64_t now_ns; /* when it was read */
    int64_t timestamp_ms;
    int32_t partition;
    int64_t offset;
    uint64_t bytes, length;        /* of key and value; of the value */
    const struct kafka_message *m; /* NULL: it came by mail, and is in `reply` */
    const struct reply *reply;
};

/* ---- kafka_rpc_send.c ---- */
void kafka_rpc_start(struct client *client, struct call *call, void *session);
void kafka_rpc_cancel(struct client *client, struct call *call);
void kafka_rpc_finish(struct client *client, struct call *call);
void kafka_rpc_flush(struct kafka_rpc *c); /* the store, then what waits for it goes out */
struct outcome *kafka_rpc_outcome(struct client *producer, struct call *call);
void kafka_rpc_acknowledged(struct client *producer, struct call *call);
void kafka_rpc_changed(struct kafka_rpc *c);   /* the store: it is flushed in the next turn */
void kafka_rpc_take_back(struct kafka_rpc *c); /* what is not acknowledged is not wanted */
void kafka_rpc_tell_over(struct timer *t);
/* Into its request, which may be another one like that which was sent. */
void kafka_rpc_write_ids_again(const struct kafka_rpc *c, const struct call *call);
/* Sets sent_ns, if it is known and was not when the record went to the producer. */
void kafka_rpc_find_sent(struct call *call);

/* ---- kafka_rpc_replies.c ---- */
void kafka_rpc_record(void *owner, const struct kafka_message *m); /* kafka_consumer_events */
void kafka_rpc_take(struct kafka_rpc *c, const struct kafka_rpc_arrived *a);

/* ---- kafka_rpc_resume.c ---- */
void kafka_rpc_keep_places(struct kafka_rpc *c);                /* into the store */
bool kafka_rpc_find_places(struct kafka_rpc *c, struct err *e); /* from there, for c->reading */
void kafka_rpc_tell_resumed(const struct kafka_rpc *c);
bool kafka_rpc_adopt(struct kafka_rpc *c); /* what waits in the store; false: the run is over */

/* ---- kafka_rpc_sight.c ---- */
void kafka_rpc_sight_open(struct kafka_rpc *c);
void kafka_rpc_sight_note(struct kafka_rpc *c, const struct kafka_message *m,
                          enum kafka_correlate_found found, str id);
void kafka_rpc_sight_close(struct kafka_rpc *c);

/* ---- kafka_rpc_crew.c: among workers ---- */

/* Worker i has a client; NULL: not any more. */
void kafka_rpc_crew_join(struct kafka_rpc_crew *crew, unsigned i, struct kafka_rpc *c,
                         struct mailbox *box);
/* How many worker i has issued, and how many of those had their first reply. */
void kafka_rpc_crew_note(struct kafka_rpc_crew *crew, unsigned i, uint64_t issued,
                         uint64_t answered);
uint64_t kafka_rpc_crew_answered(const struct kafka_rpc_crew *crew);
/* Worker i makes no more requests. False: all rest, and each request had a reply. */
bool kafka_rpc_crew_waits(struct kafka_rpc_crew *crew, unsigned i);
/* A reply for another one. */
void kafka_rpc_crew_pass(struct kafka_rpc_crew *crew, unsigned to,
                         const struct kafka_rpc_arrived *a);

#endif
