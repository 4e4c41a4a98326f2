/* proto/kafka_reading.h: the inside of a Kafka consumer. Private to the files that it is made of;
 * everything belongs to the worker's thread unless it says otherwise. */
#ifndef WEIR_PROTO_KAFKA_READING_H
#define WEIR_PROTO_KAFKA_READING_H

#include <stdatomic.h>

#include "proto/kafka_consumer.h"
#include "proto/kafka_reach.h"

enum kafka_reading_phase {
    READING_OPENING,
    READING_JOINING, /* the group's first word is waited for */
    READING_OPEN,
    READING_CLOSING,
};

/* A queue of librdkafka's with a descriptor that tells when something is in it. */
struct kafka_bell {
    rd_kafka_queue_t *queue; /* NULL: not there */
    struct watch watch;      /* an eventfd */
};

struct kafka_consumer {
    struct loop *loop;
    struct offload *offload;
    const struct kafka_consumer_config *config;
    struct share share;
    const struct kafka_consumer_events *on;
    void *owner;
    uint8_t phase; /* enum kafka_reading_phase */

    rd_kafka_t *rk;
    rd_kafka_topic_t **topics;  /* one for each of the config's */
    struct kafka_bell records;  /* of all partitions */
    struct kafka_bell events;   /* rebalances, errors of the client */
    struct kafka_place *places; /* topic by topic, by number; behind them those that came later */
    size_t n_places, capacity;
    size_t *first; /* first[t]: of topic t; first[n_topics]: of those that came later */

    bool of_mock; /* its brokers are librdkafka's: partitions stay as many as they are */
    bool paused, taking;
    bool failed, at_end_told, outage_told;
    unsigned taken;  /* records of this turn */
    uint64_t now_ns; /* of this turn */
    size_t unended;  /* partitions being read whose end was not reached */

    struct timer patience;    /* with the group */
    struct timer alive_timer; /* the group sees that somebody is there */
    unsigned rebalances;      /* of the group, the first excepted */
    rd_kafka_event_t *change; /* the group's, while it is done; NULL: none */
    struct kafka_place
        *given; /* the offload's, while it is done: partitions with their positions */
    size_t n_given;
    struct err change_failure; /* the offload's, while it is done */
    struct job change_job;
    struct timer growth_timer; /* partitions are counted again */
    struct job growth_job;     /* ... on the offload thread */
    int32_t *counted;          /* of each topic; the offload's, while it counts */
    bool counting;
    struct job job;           /* opening, then closing */
    struct err failure;       /* of opening */
    atomic_bool stop_opening; /* any thread */
};

/* NULL: there is none, so far. */
static inline struct kafka_place *kafka_reading_place(struct kafka_consumer *c, unsigned topic,
                                                      int32_t partition)
{
    size_t i = c->first[topic] + (size_t)partition;
    if (i < c->first[topic + 1])
        return &c->places[i];
    for (i = c->first[c->config->n_topics]; i < c->n_places; i++)
        if (c->places[i].topic == topic && c->places[i].partition == partition)
            return &c->places[i];
    return NULL;
}

/* ---- kafka_consumer.c ---- */
void kafka_reading_ready(struct kafka_consumer *c); /* c->failure says whether it is */
bool kafka_reading_is_ours(const struct kafka_consumer *c, int32_t partition); /* by the share */
void kafka_reading_go_on_closing(struct kafka_consumer *c);
/* A partition is read from now on, from there; no longer. */
void kafka_reading_begin(struct kafka_consumer *c, struct kafka_place *p, int64_t at);
void kafka_reading_end(struct kafka_consumer *c, struct kafka_place *p);

/* ---- kafka_incoming.c: from the queues into the loop ---- */
void kafka_incoming_open(struct kafka_consumer *c);
void kafka_incoming_ring(struct kafka_consumer *c);  /* there may be records */
void kafka_incoming_close(struct kafka_consumer *c); /* as soon as it can; goes on closing */
void kafka_reading_fail(struct kafka_consumer *c, const struct err *e);

/* ---- kafka_group.c ---- */
void kafka_group_changes(struct kafka_consumer *c, rd_kafka_event_t *event); /* takes the event */
void kafka_group_keep_alive(struct timer *t);            /* alive_timer's, again and again */
bool kafka_group_is_new(const struct kafka_consumer *c); /* of the new protocol, KIP-848 */
/* Of a new one, whose members are told nothing while they have nothing; false for others. */
bool kafka_group_is_member(const struct kafka_consumer *c);
void kafka_group_note_empty_hands(const struct kafka_consumer *c);

/* ---- kafka_growth.c: partitions that topics get while they are read ---- */
void kafka_growth_watch(struct kafka_consumer *c); /* from now on */
/* Which was not there; it moves the others in memory. */
struct kafka_place *kafka_growth_add(struct kafka_consumer *c, unsigned topic, int32_t partition);
/* On the offload thread, while it closes: adds those that nobody reads any more. */
void kafka_growth_look_last(struct kafka_consumer *c);

/* ---- kafka_positions.c: questions to the brokers; on the offload thread ---- */

/* Sets low, end and start of these partitions, which are of c's topics; those with a start >= 0
 * keep it, as far as it lies between the two. False with a sentence. */
bool kafka_positions_find(struct kafka_consumer *c, struct kafka_place *places, size_t n,
                          struct err *e);
/* Sets `end` of those that are ours, or -1 when nobody answers soon. */
void kafka_positions_ends(struct kafka_consumer *c);

/* ---- kafka_compacted.c: on the offload thread, while it closes ---- */
void kafka_compacted_find(struct kafka_consumer *c); /* sets `compacted` */

#endif
