/* engine/plan.h: what a run shall do, settled before it starts and never changed while it runs.
 * Made by the command line, read by every thread. */
#ifndef WEIR_ENGINE_PLAN_H
#define WEIR_ENGINE_PLAN_H

#include "load/arrivals.h"
#include "load/share.h"
#include "scenario/scenario.h"

enum overload { OVERLOAD_QUEUE, OVERLOAD_SKIP };

struct plan {
    const char *command;    /* "http": for the summary */
    struct profile profile; /* the load; its duration is the plan's length */
    enum arrival_law law;   /* open model */
    uint64_t seed;
    uint64_t count; /* -n: iterations at most; UINT64_MAX: no limit */
    uint64_t warmup_ns, drain_ns;
    uint64_t timeout_ns;    /* of a call, from its due time */
    uint64_t max_in_flight; /* iterations in progress; UINT64_MAX: no limit */
    enum overload overload;
    unsigned threads;          /* workers */
    struct scenario *scenario; /* what a user does */
    bool log_calls;            /* sinks want every call */
    unsigned show;             /* calls to be shown in full */
};

/* Plan's length in ns; UINT64_MAX when only the count ends it. */
uint64_t plan_length_ns(const struct plan *p);

#endif
