/* engine/run.h: one run from prepare to closed books: directs the crew, merges what it reports,
 * feeds the sinks, gives the verdict. */
#ifndef WEIR_ENGINE_RUN_H
#define WEIR_ENGINE_RUN_H

#include "engine/crew.h"

struct run_setup {
    const struct plan *plan;
    struct run_info *info; /* target and connections are set; the rest is filled here */
    struct sink *sinks;    /* a list, in the order in which they are told; closed here */
    bool hold;             /* when all is prepared, an order starts the load (control.h) */
    const struct threshold *thresholds;
    unsigned n_thresholds;
};

/* Runs on the calling thread until the books are closed. SIGINT and SIGTERM end the plan (then:
 * drain, summary, all outputs); a second one ends the drain too. Returns the exit code. False in
 * *ran: it could not start, *e says why, no output was written. */
int run_execute(const struct run_setup *setup, bool *ran, struct err *e);

#endif
