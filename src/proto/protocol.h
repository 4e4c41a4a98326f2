/* proto/protocol.h: what a protocol is to the engine: one const table of functions, one client per
 * worker, and calls that complete exactly once. HTTP answers on the connection that asked; with
 * Kafka a reply may arrive by itself: the interface knows calls, not connections.
 *
 * Life of a call: the engine makes it (zeroed, with the protocol's own bytes behind it), sets due,
 * taken and request, then start. The protocol sets sent_ns and the outcome, and at last calls
 * `done`. Everything runs on the worker's own thread. */
#ifndef WEIR_PROTO_PROTOCOL_H
#define WEIR_PROTO_PROTOCOL_H

#include <stdalign.h>
#include <stddef.h>

#include "base/buf.h"
#include "load/share.h"
#include "loop/loop.h"
#include "loop/offload.h"
#include "stats/fate.h"
#include "stats/series.h"

/* What a call brought back. Views are valid until the call's memory goes. */
struct outcome {
    enum fate fate;
    uint16_t status;                     /* the protocol's status code; 0: none */
    uint16_t reconnects;                 /* connections opened in place of a lost one */
    const char *cause;                   /* why it is not ok, in words ("wrong answer (503)"); lives
                                          * as long as the process; NULL when ok */
    uint64_t bytes_sent, bytes_received; /* of the protocol, without TLS */
    uint64_t length;                     /* bytes: of the reply's body; Kafka: of the value */
    bool possibly_stored; /* it failed, and the target may have kept it all the same */
    int32_t partition;    /* Kafka: where the record went, and as which; -1: not known */
    int64_t offset;
    str request;    /* as sent */
    str head, body; /* as they came; empty unless the call has a reply */
};

/* Where the bytes of a reply are kept for somebody who wants to read them. */
struct reply {
    struct buf bytes; /* the head, then as much of the body as is wanted; starts empty */
    size_t head_n;    /* bytes of the head */
    size_t most;      /* of the body; what is longer is cut */
};

/* In front what is needed again when it is over. */
struct call {
    uint64_t due_ns, taken_ns; /* monotonic; spec/measure.md, "Moments" */
    uint64_t sent_ns;          /* 0: not sent; set by the protocol */
    uint64_t done_ns;          /* MAY be set before `done`; 0: the clock of the loop's turn */
    struct reply *reply;       /* the caller's, stays until `done`; NULL: nobody reads it */
    struct outcome outcome;    /* set by the protocol before `done` */
    const void *request;  /* of the protocol's own type; stays until `done`, or, for a call that its
                           * user does not wait for, until start returns */
    uint64_t number;      /* k of the iteration that makes it */
    uint64_t deadline_ns; /* when it is over, whatever came: monotonic */
    void *session; /* what its user keeps between calls, session_size bytes; NULL: nothing, as
                    * for all detached calls, which may outlive their user */
    bool detached; /* its user does not wait for it */
};

/* The protocol's call_size bytes stand behind the call. */
enum {
    CALL_BYTES = (sizeof(struct call) + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1)
};

static inline void *call_own(struct call *c)
{
    return (char *)c + CALL_BYTES;
}

static inline struct call *call_of_own(void *own)
{
    return (struct call *)((char *)own - CALL_BYTES);
}

struct client;

enum { RECORD_BATCH = 1024 };

/* Records that a client has read by itself, in one turn of its loop. */
struct record_batch {
    const struct series *series; /* of kind SERIES_RECORDS */
    unsigned series_number;      /* as a prepared call's */
    uint64_t read_ns;            /* monotonic: when they came */
    uint64_t records;            /* at most RECORD_BATCH */
    uint64_t bytes;              /* of their keys and values */
    struct record_counts counts; /* of these records; lost is 0 */
    unsigned n_due, n_sent;
    uint64_t since_due_ns[RECORD_BATCH], since_sent_ns[RECORD_BATCH]; /* of those that tell */
};

/* A record in full, for people; texts are copied during the call. */
struct shown_record {
    const struct series *series;
    str head; /* where it stood, its key and headers: lines that end with "\r\n" */
    str value;
};

/* What the engine is told by a client, from within a turn of the loop. */
struct client_events {
    /* MUST. Once: the client can take calls (e is NULL), or never will (the sentence says why). */
    void (*ready)(struct client *c, const struct err *e);
    /* MUST. Once per call: it is over, call->outcome says how. Never from within start. The call's
     * memory is the engine's again. */
    void (*done)(struct client *c, struct call *call);
    /* MUST. Once, behind close: the client's memory is gone when this returns. */
    void (*closed)(struct client *c);

    /* The next ones are for clients that read by themselves, between protocol.begin and close. */
    void (*records)(struct client *c, const struct record_batch *b);
    void (*shown)(struct client *c, const struct shown_record *r);
    /* Once: it has read all that it was to read. */
    void (*exhausted)(struct client *c);
    /* Once: it cannot go on, and so cannot the run; the sentence says why. */
    void (*failed)(struct client *c, const struct err *e);
};

struct protocol {
    const char *name;    /* "http": the tag of its series */
    size_t call_size;    /* bytes of the protocol's own in a call */
    size_t session_size; /* of what a user may keep between its calls with one client; zeroed */
    bool own_timeouts;   /* it ends its calls itself when their time is over (call->deadline_ns) */

    /* MUST. Opens a client on the worker's loop: resolves, connects once. `share` says which part
     * of common limits is this worker's. Never fails at once: `ready` says. */
    struct client *(*open)(struct loop *l, struct offload *offload, const void *config,
                           struct share share, const struct client_events *on, void *owner);
    /* MAY. The run begins: it may read now. */
    void (*begin)(struct client *c);
    /* MUST, where calls are made. Never blocks, completes later. */
    void (*start)(struct client *c, struct call *call);
    /* MUST with start. The call is not wanted any more: its time is over, or the run is. The engine
     * has set done_ns and the outcome's fate and cause; a protocol leaves them, or sets what it
     * knows better. Exactly one `done` still comes for it, later or from within. */
    void (*cancel)(struct client *c, struct call *call);
    /* MAY. The engine is done with a call's outcome: frees what the protocol holds for it. */
    void (*finish)(struct call *call);
    /* MUST with session_size. The user goes, no call of its is under way: frees what the session
     * holds, the engine frees the session. */
    void (*end_session)(struct client *c, void *session);
    /* MUST. No calls are under way, no sessions are left. Ends with `closed`. */
    void (*close)(struct client *c);
    /* MAY. A sentence when a limit that the user did not set made calls wait: the run is DEGRADED.
     */
    bool (*degraded)(const struct client *c, struct err *why);
};

/* The common head of every client. */
struct client {
    const struct protocol *protocol;
    const struct client_events *on;
    void *owner; /* the engine's */
};

#endif
