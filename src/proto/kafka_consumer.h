/* proto/kafka_consumer.h: reading Kafka on a worker's loop: one librdkafka consumer, whose records
 * come in turns of the loop, through the descriptor of a queue of their own. Private to
 * src/proto/kafka_*.c; everything on the worker's thread unless it says otherwise.
 *
 * Without a group it reads the partitions p with p mod share.count = share.index, from offsets that
 * it asked for while it was opened: ready means positioned, and nothing is committed. With a group
 * it reads what the group gives it, from what the group has committed, and librdkafka commits what
 * was taken. Partitions that a topic gets meanwhile are read from their beginning on.
 *
 * A pause leaves records where they are: librdkafka stops fetching when its own queue is full
 * (queued.max.messages.kbytes). */
#ifndef WEIR_PROTO_KAFKA_CONSUMER_H
#define WEIR_PROTO_KAFKA_CONSUMER_H

#include <librdkafka/rdkafka.h>

#include "load/share.h"
#include "loop/loop.h"
#include "loop/offload.h"
#include "proto/kafka_conf.h"
#include "proto/kafka_from.h"

struct kafka_consumer;

/* Where a partition is to be begun, whatever `from` says. */
struct kafka_start {
    unsigned topic; /* index into the config's topics */
    int32_t partition;
    int64_t offset;
};

/* Shared by all workers, lives longer than the consumers. */
struct kafka_consumer_config {
    str brokers;
    const struct kafka_properties
        *conf;                 /* the user's, and weir's defaults where those are silent */
    const char *const *topics; /* each must be there when it opens */
    unsigned n_topics;
    int32_t partition;      /* only this one; -1: all */
    const char *group;      /* NULL: none */
    struct kafka_from from; /* where to begin; with a group: where it has not committed anything */
    const struct kafka_start *starts; /* those that begin elsewhere; without a group */
    size_t n_starts;
    bool to_end;         /* `at_end` is wanted */
    bool ends_wanted;    /* when it closes it asks for the ends again (kafka_place.end) */
    uint64_t timeout_ns; /* of opening */
    uint64_t metrics_ns; /* how often `statistics` is wanted; 0: never */
};

/* A partition of one of the topics. */
struct kafka_place {
    unsigned topic; /* index into the config's topics */
    int32_t partition;
    bool ours;     /* it is, or was, read here */
    bool reading;  /* it is read here now */
    bool holes;    /* of a group: others have read some of what lies behind `start` */
    int64_t low;   /* the first offset that is there; when it was opened; … */
    int64_t start; /* … where it was begun; -1: not yet … */
    int64_t next;  /* … what comes next: behind the last record that was taken; … */
    int64_t end;   /* … and the end: when it was opened, or, once closed, then. -1: not known */
    bool ended;    /* to_end: that end was reached */
    uint64_t dropped;      /* offsets that the broker's retention took away before they were read */
    uint64_t holes_passed; /* offsets without a record: marks of transactions, aborted, compacted */
    bool compacted;        /* ends_wanted, once closed: its topic is, and so may those be */
};

/* A record that came. Views are valid during the call. */
struct kafka_message {
    struct kafka_place *place;
    int64_t offset;
    int64_t timestamp_ms;          /* since 1970; -1: none */
    bool appended;                 /* the time stamp is the broker's, of when it was stored */
    str key, value;                /* p is NULL: null */
    const rd_kafka_message_t *raw; /* for its headers */
};

/* The last header of that name; false: there is none. value->p NULL: null. */
bool kafka_message_header(const struct kafka_message *m, const char *name, str *value);
/* Header i, from 0 on; false: there are no more. */
bool kafka_message_header_at(const struct kafka_message *m, size_t i, str *name, str *value);

struct kafka_consumer_events {
    /* MUST. Once: it is positioned (e is NULL), or never will be. */
    void (*ready)(void *owner, const struct err *e);
    /* MUST. A record. Those of one turn come in a row, and were there when its clock was read:
     * kafka_consumer_now. May pause. */
    void (*record)(void *owner, const struct kafka_message *m);
    /* MUST. Behind the records of a turn. May close. */
    void (*turn)(void *owner);
    /* MAY. With config.to_end, once: all partitions were read to where they ended when it was
     * opened. */
    void (*at_end)(void *owner);
    /* MUST with config.metrics_ns. librdkafka's statistics, JSON, valid during the call. */
    void (*statistics)(void *owner, str json);
    /* MUST. Once: nothing more will come; the sentence says why. */
    void (*failed)(void *owner, const struct err *e);
    /* MUST. Once, behind close; its memory is gone when this returns. */
    void (*closed)(void *owner);
};

/* Never fails at once: `ready` says. Begins paused: nothing comes before a resume. */
struct kafka_consumer *kafka_consumer_open(struct loop *l, struct offload *offload,
                                           const struct kafka_consumer_config *config,
                                           struct share share,
                                           const struct kafka_consumer_events *on, void *owner);
/* Leaves the group, on the offload thread. No event comes any more but `closed`. */
void kafka_consumer_close(struct kafka_consumer *c);

void kafka_consumer_pause(struct kafka_consumer *c);
void kafka_consumer_resume(struct kafka_consumer *c);

uint64_t kafka_consumer_now(const struct kafka_consumer *c); /* monotonic ns, of this turn */

/* All partitions of its topics so far; valid within the same turn, and within `closed`. */
const struct kafka_place *kafka_consumer_places(const struct kafka_consumer *c, size_t *n);
unsigned kafka_consumer_rebalances(const struct kafka_consumer *c);

#endif
