/* scenario/host.h: what a worker gives to the scenes on it: a place for what they share, and its
 * recorder for what scripts count beside calls: checks, counters, values, groups, spans. One per
 * worker; everything is called on its thread, from within a step. What belongs to the warm-up (its
 * moment lies before t = 0 of the plan) is not counted. */
#ifndef WEIR_SCENARIO_HOST_H
#define WEIR_SCENARIO_HOST_H

#include "load/share.h"
#include "stats/fate.h"
#include "stats/series.h"

struct call;
struct host;
struct vu;
struct mailbox;

/* A series with its number among all of the plan (scenario.h, prepared_call). */
struct numbered_series {
    const struct series *series;
    unsigned number;
};

/* A call that the script makes by itself (weir.span): it was begun, and has come to an end. */
struct span {
    struct numbered_series of;
    uint64_t due_ns, done_ns; /* monotonic */
    enum fate fate;
    const char *cause; /* NULL when ok; lives as long as the process */
};

/* All MUST. What they are given stays the caller's. */
struct host_table {
    /* A check of a call of this series; the name lives as long as the plan. `due_ns`: the call's.
     */
    void (*check)(struct host *h, struct numbered_series of, str name, bool passed,
                  uint64_t due_ns);
    /* A check has just made an ok call a failed one, whose request and reply are there still. */
    void (*failing)(struct host *h, struct call *call);
    /* Adds n, 0 or more, to a counter; moments here and below are monotonic. */
    void (*count)(struct host *h, struct numbered_series counter, double n, uint64_t at_ns);
    /* A sample of a metric: from 0 to 1e12, in the metric's own unit. */
    void (*value)(struct host *h, struct numbered_series values, double value, uint64_t at_ns);
    /* A sample of a group: a part of the iteration, which no total has. */
    void (*part)(struct host *h, struct numbered_series part, uint64_t begun_ns, uint64_t took_ns);
    /* A span is a call in the books: each that begins must end once. */
    void (*span_begun)(struct host *h, struct numbered_series of, uint64_t due_ns);
    void (*span_ended)(struct host *h, const struct span *s);
    /* A user that waits (STEP_WAIT) is stepped in the next turn; its clock is then at that moment.
     */
    void (*wake)(struct host *h, struct vu *vu);
};

struct host {
    const struct host_table *table;
    struct share share;  /* which part of the load the worker has */
    struct mailbox *box; /* of its loop: where others reach the scenes */
    uint64_t start_ns;   /* t = 0 of the plan, monotonic; known before the first step */
    void *common;        /* the scenes' own: one Lua state for all of them */
};

#endif
