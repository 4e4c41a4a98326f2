/* proto/kafka_take_client.h: the inside of a client that awaits records, on a worker's loop.
 * Private to src/proto/kafka_take*.c; everything belongs to the worker's thread unless it says
 * otherwise. */
#ifndef WEIR_PROTO_KAFKA_TAKE_CLIENT_H
#define WEIR_PROTO_KAFKA_TAKE_CLIENT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/list.h"
#include "proto/kafka_consumer.h"
#include "proto/kafka_correlate.h"
#include "proto/kafka_kept.h"
#include "proto/kafka_reply.h"
#include "proto/kafka_sight.h"
#include "proto/kafka_stats.h"
#include "proto/kafka_take.h"

/* A topic that is read. */
struct kafka_take_read {
    struct kafka_correlate correlate;
    struct kafka_sight sight; /* why no call finds its record */
    bool wanted;              /* some were asked for by their ids … */
    bool found;               /* … and there */
    struct kafka_kept kept;
};

struct kafka_take {
    struct client client; /* first */
    struct loop *loop;
    const struct kafka_take_config *config;
    struct share share;
    struct arena arena;
    struct kafka_consumer_config reading;
    struct kafka_consumer *consumer;
    struct kafka_stats stats;
    struct kafka_take_read *topics; /* as the config's */
    unsigned n_topics;              /* that were read */
    struct err failure;             /* of opening */
    struct list over;               /* own.link: their records were there when they began */
    struct timer over_timer, keep_timer, sight_timer;
    uint64_t expire_ns;   /* when keep_timer fires; UINT64_MAX: not */
    struct buf id;        /* of a record, while it is looked for */
    struct reply copied;  /* a record, while it is kept */
    unsigned seen, taken; /* not yet told */
    bool begun;           /* t = 0 of the plan is behind */
    bool resting;
};

/* The protocol's own bytes of a call. */
struct kafka_take_own {
    struct list link; /* in client.over */
    struct kafka_kept_waiter waiter;
    struct kafka_kept_record *found; /* in client.over */
    struct call *call;
};

static inline struct kafka_take *kafka_take_of(struct client *c)
{
    return (struct kafka_take *)c;
}

/* Its records are counted as seen by this worker. */
static inline bool kafka_take_is_mine(const struct kafka_take *c, int32_t partition)
{
    return (unsigned)partition % c->share.of == c->share.index;
}

/* Of a partition among the crew's: the same for each worker, also when a topic grows. */
static inline size_t kafka_take_place(const struct kafka_take *c, unsigned topic, int32_t partition)
{
    return (size_t)partition * c->config->n_topics + topic;
}

/* ---- kafka_take_records.c ---- */
void kafka_take_record(void *owner, const struct kafka_message *m); /* kafka_consumer_events */
void kafka_take_turn(void *owner);                                  /* kafka_consumer_events */
void kafka_take_tell_counts(struct kafka_take *c);
/* The oldest kept one that no other worker has taken, which is the caller's to free or to hand
 * over; NULL: there is none, it waits. */
struct kafka_kept_record *kafka_take_kept(struct kafka_take *c, struct kafka_kept *kept,
                                          struct kafka_kept_waiter *w);
void kafka_take_tell_over(struct timer *t); /* client.over_timer */
void kafka_take_expire(struct timer *t);    /* client.keep_timer */

/* ---- kafka_take_crew.c: among workers, any thread ---- */

/* A record is this worker's to hand over. False: another one has taken it. */
bool kafka_take_crew_claim(struct kafka_take_crew *crew, size_t place, int64_t offset);
/* This worker's calls are over. */
void kafka_take_crew_rest(struct kafka_take_crew *crew);
/* All workers' are: nothing more will be taken. */
bool kafka_take_crew_at_rest(const struct kafka_take_crew *crew);
/* How many places something may have been taken of, by the highest number; of one alone 0. */
size_t kafka_take_crew_places(struct kafka_take_crew *crew);
/* Behind the last record that was taken of that partition; 0: none was. */
int64_t kafka_take_crew_taken_to(struct kafka_take_crew *crew, size_t place);

#endif
