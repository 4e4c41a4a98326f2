/* engine/crew.h: those who make the load: the workers of this process (crew_local.c) or, later, the
 * drivers of a fleet, behind one table. The run (run.c) directs a crew and never knows which it is.
 * Everything is called on the run's own thread, and its events come there too, from turns of its
 * loop. */
#ifndef WEIR_ENGINE_CREW_H
#define WEIR_ENGINE_CREW_H

#include <limits.h>

#include "engine/sink.h"

struct crew;

#define CREW_ALL UINT_MAX

struct crew_events {
    /* MUST. Once, behind prepare: everybody is connected and positioned (e is NULL), or the first
     * failure. */
    void (*ready)(void *owner, const struct err *e);
    /* MUST. What one member counted in one second; valid during the call. */
    void (*report)(void *owner, unsigned member, const struct recorder *r);
    /* MUST when the plan logs calls. The batch is the owner's. */
    void (*calls)(void *owner, struct call_batch *batch);
    /* MUST when the plan shows calls. Valid during the call. */
    void (*shown)(void *owner, const struct shown_call *call);
    /* MUST when the plan keeps failures. One of the first calls that failed, in
     * full, and is not shown. */
    void (*call_failed)(void *owner, const struct shown_call *call);
    /* MUST. A scenario has no more to do (its data ran out): its load ends then, on all members.
     * load: its number, or CREW_ALL. */
    void (*stop_asked)(void *owner, unsigned load, uint64_t at_ns, const char *why);
    /* MUST. A member has not come back from a scenario's step: it cannot be ended, its books since
     * its last report are lost. load: the scenario's. */
    void (*stuck)(void *owner, unsigned load);
    /* MUST. A client of a member cannot go on: the run ends. */
    void (*failed)(void *owner, const struct err *why);
    /* MUST. Once: a client of a member reached a limit that the user did not set. */
    void (*degraded)(void *owner, const struct err *why);
    /* MUST. Once: all have reported everything; their books are closed. */
    void (*finished)(void *owner);
};

/* All MUST. */
struct crew_table {
    const char *name;
    void (*prepare)(struct crew *c);                  /* connect; ends with `ready` */
    void (*start)(struct crew *c, uint64_t start_ns); /* t = 0 of the plan, monotonic */
    /* The load with this number, or all of them (CREW_ALL), ends then: drain, then finished. A load
     * that was stopped before stays as it is. */
    void (*stop)(struct crew *c, unsigned load, uint64_t at_ns);
    /* The load follows this profile, which up to at_ns (monotonic) is its own. Its stages live as
     * long as the crew. */
    void (*change)(struct crew *c, unsigned load, const struct profile *p, uint64_t at_ns);
    void (*abort)(struct crew *c); /* no drain either */
    void (*close)(struct crew *c); /* frees it; after finished, or if never ready */
};

struct crew {
    const struct crew_table *table;
    const struct crew_events *on;
    void *owner;
    unsigned members; /* numbers of members in reports stay below */
    const char *loop; /* of its members: "io_uring", "epoll"; set when ready */
};

/* Workers in this process, one thread each; they mail to the given loop. */
struct crew *crew_local_open(const struct plan *plan, struct loop *l, const struct crew_events *on,
                             void *owner);

#endif
