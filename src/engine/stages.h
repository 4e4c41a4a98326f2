/* engine/stages.h: says while a plan runs which of its stages begins, and when it ends. On the
 * run's loop and thread. */
#ifndef WEIR_ENGINE_STAGES_H
#define WEIR_ENGINE_STAGES_H

#include "engine/plan.h"
#include "loop/loop.h"

struct stages {
    struct loop *loop;
    const struct plan *plan;
    const char *user, *users; /* what users are called */
    uint64_t start_ns;        /* t = 0 of the plan, monotonic */
    uint64_t told_ns;         /* of the plan: all that begins before this was told */
    struct timer timer;
    /* `kind`: "stage", "end"; the text is valid during the call. */
    void (*tell)(void *owner, uint64_t at_ns, const char *kind, const char *text);
    void *owner;
};

/* From then on; the fields up to start_ns, tell and owner are set. */
void stages_begin(struct stages *s);
/* The plan is another one now; what begins at at_ns or before was told. */
void stages_changed(struct stages *s, uint64_t at_ns);
/* The plan ends before its time, or the run is over; harmless when it never began. */
void stages_end(struct stages *s);

#endif
