/* engine/plan.h: what a run shall do, settled before it starts and never changed while it runs.
 * Made by the command line, read by every thread. */
#ifndef WEIR_ENGINE_PLAN_H
#define WEIR_ENGINE_PLAN_H

#include "scenario/load.h"

struct plan {
    const char *command; /* "http": for the summary */
    uint64_t id;         /* of this run: plan_new_id */
    const struct load *loads;
    unsigned n_loads;
    const struct client_spec *clients; /* each worker opens one of each */
    unsigned n_clients;
    uint64_t seed;     /* from which those of the loads were made */
    unsigned threads;  /* workers */
    bool reads;        /* its clients read records, its users only wait for them */
    bool scripted;     /* its users may check and count: outputs have room for that */
    bool log_calls;    /* sinks want every call */
    unsigned show;     /* calls to be shown in full */
    unsigned failures; /* calls that failed, of which sinks want to know; the first ones */
};

uint64_t plan_new_id(void); /* unlike any other's, of any machine */

/* What holds for the plan as a whole. */
uint64_t plan_length_ns(const struct plan *p); /* the longest; UINT64_MAX: a count ends it */
uint64_t plan_warmup_ns(const struct plan *p); /* the longest */
uint64_t plan_drain_ns(const struct plan *p);  /* the longest */
bool plan_measures(const struct plan *p);      /* its clients may measure themselves: Kafka's do */
bool plan_is_open(const struct plan *p);       /* any load is of the open model */

#endif
