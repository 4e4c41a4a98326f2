/* proto/protocol.h: what a protocol is to the engine: one const table of functions, one client per
 * worker, and calls that complete exactly once. HTTP answers on the connection that asked; with
 * Kafka a reply may arrive by itself: the interface knows calls, not connections.
 *
 * Life of a call: the engine makes it (zeroed, with the protocol's own bytes behind it), sets due,
 * taken and request, then start. The protocol sets sent_ns and the outcome, and at last calls
 * `done`. Everything runs on the worker's own thread. */
#ifndef WEIR_PROTO_PROTOCOL_H
#define WEIR_PROTO_PROTOCOL_H

#include <stddef.h>

#include "base/buf.h"
#include "load/share.h"
#include "loop/loop.h"
#include "loop/offload.h"
#include "stats/fate.h"
#include "stats/measures.h"
#include "stats/replies.h"
#include "stats/series.h"

/* What a call brought back. Views are valid until the call's memory goes. */
struct outcome {
    uint64_t done_ns;    /* monotonic; MAY be set before `done`; 0: the clock of the loop's turn */
    struct reply *reply; /* the engine's: where the reply goes, stays until `done`; NULL: nobody
                          * reads it */
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
    int64_t timestamp_ms; /* Kafka: of a record that came, since 1970; 0: none */
    str request;          /* as sent */
    str head, body; /* as they came; empty unless the call has a reply. body.p NULL: null, a record
                     * that has no value */
};

/* Where the acknowledgements of a call's requests are counted: a series with `part` set, and its
 * number, which is unlike that of all prepared calls. */
struct part {
    const struct series *series;
    unsigned number;
};

/* Where the bytes of a reply are kept for somebody who wants to read them. */
struct reply {
    struct buf bytes; /* the head, then as much of the body as is wanted; starts empty */
    size_t head_n;    /* bytes of the head */
    size_t most;      /* of the body; what is longer is cut */
};

/* What a call needs while it is under way, and no more: there may be a million of them. */
struct call {
    struct timeout deadline;   /* due_ns: when it is over, whatever came: monotonic; the rest is the
                                * engine's, untouched where the protocol keeps the time itself */
    uint64_t due_ns, taken_ns; /* monotonic; spec/measure.md, "Moments" */
    uint64_t sent_ns;          /* 0: not sent; set by the protocol */
    struct outcome *outcome;   /* set by the protocol before `done`: call_outcome */
    const void *request;  /* of the protocol's own type; stays until `done` or `handed_over`, or,
                           * for a call that its user does not wait for, until start returns */
    const void *as;       /* the engine's prepared call of its kind */
    uint64_t number : 48; /* k of the iteration that makes it */
    bool detached : 1;    /* its user does not wait for it */

    /* The engine's. */
    bool adopted : 1; /* made before this process was: measured, whenever it was due */
    bool held : 1;    /* its user waited for so long that it is not sent at all */
    bool final : 1;   /* it completes its iteration … */
    bool alone : 1;   /* … and its user is gone */
};

/* The protocol's call_size bytes stand behind the call, aligned as it is. */
enum { CALL_BYTES = sizeof(struct call) };

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

/* A figure of a client's own; copied during the call. */
struct measured {
    const struct measure *measure;
    const struct tag *tags; /* of its series */
    unsigned n_tags;
    double value; /* not below 0; what a counter grew by; times in seconds */
};

/* Something that took its time and belongs to no call: a part, in no total and no ledger. */
struct client_part {
    const struct series *series;       /* copied during the call */
    uint64_t due_ns, sent_ns, done_ns; /* monotonic */
    enum fate fate;                    /* FATE_OK or FATE_ERROR */
    const char *cause;                 /* as an outcome's */
};

/* What the engine is told by a client, from within a turn of the loop. */
struct client_events {
    /* MUST. Once: the client can take calls (e is NULL), or never will (the sentence says why). */
    void (*ready)(struct client *c, const struct err *e);
    /* MUST, where calls are made. An outcome for a call that has none: zero, but for what is not
     * known to be 0. The engine's again with the call's memory. See call_outcome. */
    struct outcome *(*outcome)(struct client *c, struct call *call);
    /* MUST. Once per call: it is over, call->outcome says how. Never from within start. The call's
     * memory is the engine's again. */
    void (*done)(struct client *c, struct call *call);
    /* MUST. Once, behind close: the client's memory is gone when this returns. */
    void (*closed)(struct client *c);

    /* MAY be told, once per call, while it is under way: it does not need its request any more. */
    void (*handed_over)(struct client *c, struct call *call);

    /* The next two are for clients whose calls wait for replies. A call's acknowledgement: it has
     * its outcome, and need not be known otherwise; `as` is that of the call that it is for. */
    void (*acknowledged)(struct client *c, const void *as, const struct call *call);
    /* A reply came. due_ns: of its request, 0: not known; late_ns: what it took, if it is late. */
    void (*reply)(struct client *c, enum reply_class class, uint64_t due_ns, uint64_t late_ns);

    /* From within protocol.begin: a call that was made before this process was, and that the run
     * answers for from now on. `as`: the engine's prepared call of its kind, which somebody gave to
     * the protocol's config; due_ns: as far before now as it was due, even where that lies before
     * the clock began. It is under way: never started, else as any other; when its deadline has
     * come already, the protocol ends it itself, as a timeout. NULL: the run is over. */
    struct call *(*adopt)(struct client *c, const void *as, uint64_t due_ns);

    /* For clients whose calls wait for records: so many came, so many went to calls. */
    void (*awaited)(struct client *c, unsigned seen, unsigned taken);

    /* The next ones are for clients that read by themselves, between protocol.begin and close. */
    void (*records)(struct client *c, const struct record_batch *b);
    void (*shown)(struct client *c, const struct shown_record *r);
    /* Once: it has read all that it was to read. */
    void (*exhausted)(struct client *c);
    /* Once: it cannot go on, and so cannot the run; the sentence says why. */
    void (*failed)(struct client *c, const struct err *e);

    /* From any client, from ready to closed. */
    void (*measured)(struct client *c, const struct measured *m);
    void (*part)(struct client *c, const struct client_part *p);
};

struct protocol {
    const char *name;      /* "http": the tag of its series */
    size_t call_size;      /* bytes of the protocol's own in a call */
    size_t session_size;   /* of what a user may keep between its calls with one client; zeroed */
    const uint16_t *codes; /* the code that is shown for each fate where a call has no status of its
                            * own; NULL: none */
    bool own_timeouts;     /* it ends its calls itself when their time is over (call->deadline) */

    /* MUST. Opens a client on the worker's loop: resolves, connects once. `share` says which part
     * of common limits is this worker's. Never fails at once: `ready` says. */
    struct client *(*open)(struct loop *l, struct offload *offload, const void *config,
                           struct share share, const struct client_events *on, void *owner);
    /* MAY. The run begins: it may read now. */
    void (*begin)(struct client *c);
    /* MUST, where calls are made. Never blocks, completes later. `session`: what its user keeps
     * between calls, session_size bytes; NULL: nothing, as for all detached calls, which may
     * outlive their user. */
    void (*start)(struct client *c, struct call *call, void *session);
    /* MUST with start. The call is not wanted any more: its time is over, or the run is. The engine
     * has set the outcome's done_ns, fate and cause; a protocol leaves them, or sets what it
     * knows better. Exactly one `done` still comes for it, later or from within. */
    void (*cancel)(struct client *c, struct call *call);
    /* MAY. The engine is done with a call's outcome: frees what the protocol holds for it. */
    void (*finish)(struct client *c, struct call *call);
    /* MAY. All calls are over; is something left to be done, as long as the drain lasts? Asked
     * again and again. `over`: the drain is, it ends what it does as soon as it can. */
    bool (*busy)(struct client *c, bool over);
    /* MAY. For people who want to see a call in full, where the outcome's views are no text: adds
     * the request, and what came in front of the body. Either may be NULL: not wanted. While the
     * call's request is there, or one like it; what came, not before it has its outcome. */
    void (*describe)(const struct client *c, const struct call *call, struct buf *request,
                     struct buf *head);
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

/* Where the protocol, and the engine, write what came of a call. */
static inline struct outcome *call_outcome(struct client *c, struct call *call)
{
    return call->outcome ? call->outcome : c->on->outcome(c, call);
}

#endif
