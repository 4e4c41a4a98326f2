/* scenario/load.h: one scenario with its load: when its iterations begin, and within which limits.
 * Made by the command line and by scenario files, read by every thread. */
#ifndef WEIR_SCENARIO_LOAD_H
#define WEIR_SCENARIO_LOAD_H

#include "load/arrivals.h"
#include "scenario/scenario.h"

enum overload { OVERLOAD_QUEUE, OVERLOAD_SKIP };

/* What one scenario shall do. */
struct load {
    str name;                  /* of the scenario; empty when there is but one */
    struct scenario *scenario; /* what a user does */
    struct profile profile;    /* its duration is the load's length */
    enum arrival_law law;      /* open model */
    uint64_t seed;
    uint64_t count; /* -n: iterations at most; UINT64_MAX: no limit */
    uint64_t warmup_ns, drain_ns;
    uint64_t timeout_ns;    /* of a call that has none of its own, from its due time */
    uint64_t max_in_flight; /* iterations in progress; UINT64_MAX: no limit */
    enum overload overload;
    bool changed;     /* while it ran: the profile is not the one that it began with */
    bool fresh_users; /* a new user for each iteration */
    bool as_needed;   /* closed model: users come when nothing else is to be done, so that no more
                       * are there than keep the target busy */
    bool ends_itself; /* it is as long as what there is to do: up to the last thing that was done */
};

#endif
