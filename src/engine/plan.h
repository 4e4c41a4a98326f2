/* engine/plan.h: what a run shall do, settled before it starts and never changed while it runs.
 * Made by the command line, read by every thread. */
#ifndef WEIR_ENGINE_PLAN_H
#define WEIR_ENGINE_PLAN_H

#include "load/arrivals.h"
#include "load/share.h"
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
    bool fresh_users; /* a new user for each iteration */
    bool as_needed;   /* closed model: users come when nothing else is to be done, so that no more
                       * are there than keep the target busy */
};

struct plan {
    const char *command; /* "http": for the summary */
    uint64_t id;         /* of this run: plan_new_id */
    const struct load *loads;
    unsigned n_loads;
    const struct client_spec *clients; /* each worker opens one of each */
    unsigned n_clients;
    uint64_t seed;    /* from which those of the loads were made */
    unsigned threads; /* workers */
    bool log_calls;   /* sinks want every call */
    unsigned show;    /* calls to be shown in full */
};

uint64_t plan_new_id(void); /* unlike any other's, of any machine */

/* What holds for the plan as a whole. */
uint64_t plan_length_ns(const struct plan *p); /* the longest; UINT64_MAX: a count ends it */
uint64_t plan_warmup_ns(const struct plan *p); /* the longest */
uint64_t plan_drain_ns(const struct plan *p);  /* the longest */
bool plan_is_open(const struct plan *p);       /* any load is of the open model */

#endif
