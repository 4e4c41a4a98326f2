/* proto/kafka_embedded.h: a Kafka-protocol broker in this process, for trying and for tests:
 * librdkafka's mock cluster. It listens on 127.0.0.1 and keeps everything in memory.
 *
 * Per partition it keeps 5 MiB or 100 000 batches and then drops the oldest. It knows no
 * CreateTopics, group listing, offsets by time, ACLs or transaction isolation; a topic that a
 * client asks for and nobody made gets 4 partitions. A Fetch that finds nothing waits for the whole
 * of its fetch.wait.max.ms, whatever comes meanwhile; a group's first join takes 3 s, one
 * that its last member has left cannot be joined again. Java clients cannot use it: its answer to
 * ApiVersions v3 and later (KIP-511) is misshapen, and they read in it that they are throttled for
 * 20 minutes.
 *
 * Any thread may call these. Each waits until the brokers' thread has done it (microseconds). */
#ifndef WEIR_PROTO_KAFKA_EMBEDDED_H
#define WEIR_PROTO_KAFKA_EMBEDDED_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct kafka_embedded;

enum { KAFKA_EMBEDDED_BROKERS_MOST = 32, KAFKA_EMBEDDED_PARTITIONS_MOST = 10000 };

struct kafka_embedded_options {
    unsigned port;    /* of broker 1, the others have the next ones; 0: free ports */
    unsigned brokers; /* 1 to KAFKA_EMBEDDED_BROKERS_MOST; each topic is on up to 3 of them */
};

/* NULL with a sentence: a port is taken. */
struct kafka_embedded *kafka_embedded_open(const struct kafka_embedded_options *o, struct err *e);
void kafka_embedded_close(struct kafka_embedded *b); /* up to 1 s while clients are connected */

const char *kafka_embedded_address(const struct kafka_embedded *b); /* "127.0.0.1:9092,…" */

/* Makes a topic. False: the name is none that Kafka takes, or there is such a topic. */
bool kafka_embedded_topic(struct kafka_embedded *b, str name, unsigned partitions, struct err *e);

/* ---- faults ---- */

/* `broker` is 1 to the number of brokers, or this. False with a sentence: there is no such broker,
 * topic, partition, request or error. */
enum { KAFKA_EVERY_BROKER = -1, KAFKA_NO_BROKER = -2 };

/* Each answer comes this much later; 0: at once. */
bool kafka_embedded_delay(struct kafka_embedded *b, int broker, unsigned round_trip_ms,
                          struct err *e);

/* Down: connections are cut and refused; leaders stay where they are. */
bool kafka_embedded_down(struct kafka_embedded *b, int broker, struct err *e);
bool kafka_embedded_up(struct kafka_embedded *b, int broker, struct err *e);

/* The next n requests of that kind ("PRODUCE") fail with that error ("NOT_LEADER_FOR_PARTITION"; or
 * "_TRANSPORT": the connection is cut); every broker: the next n at each. */
bool kafka_embedded_fail(struct kafka_embedded *b, int broker, str request, str error, unsigned n,
                         struct err *e);
void kafka_embedded_requests(struct buf *out); /* the kinds: "PRODUCE FETCH …" */

/* Moves a partition's leader, to one broker or to none. Asks the brokers whether there is such a
 * topic (2 s at the most). */
bool kafka_embedded_lead(struct kafka_embedded *b, int broker, str topic, unsigned partition,
                         struct err *e);

/* ---- retention ---- */

/* A topic that has dropped records. */
struct kafka_dropped {
    str topic;
    uint64_t records;    /* so far */
    unsigned partitions; /* of so many */
};

/* Only a client can see it, so this asks the brokers (2 s at the most). False: they cannot be asked
 * now (one is down, they answer late or with errors that were asked for). The list is the arena's.
 */
bool kafka_embedded_dropped(struct kafka_embedded *b, struct arena *arena,
                            struct kafka_dropped **list, size_t *n);

#endif
