/* cli/outputs.h: from --json, --csv, --junit, --log, --record, --show, --threshold, -q and
 * --no-color to sinks. */
#ifndef WEIR_CLI_OUTPUTS_H
#define WEIR_CLI_OUTPUTS_H

#include "base/args.h"
#include "engine/run.h"

struct outputs {
    struct sink *sinks; /* the run's; it closes them */
    struct threshold *thresholds;
    unsigned n_thresholds;
    bool hold; /* the load waits for an order */
};

/* What a scenario file wishes beside the options. */
struct outputs_wishes {
    const str *thresholds;
    unsigned n_thresholds;
    bool log;      /* to standard output, unless --log says where */
    unsigned show; /* calls in full, unless --show says how many */
};

/* Opens every file at once, so that a path that cannot be written fails before the load starts
 * (then nothing is left open). Sets plan->log_calls, plan->show and plan->failures. Thresholds are
 * in the arena. */
bool outputs_open(struct outputs *o, const struct args *a, const struct outputs_wishes *wishes,
                  struct arena *arena, struct plan *plan, struct err *e);

/* Runs the plan with them (run_execute). The exit code. */
int outputs_run(const struct outputs *o, const struct plan *plan, struct run_info *info,
                struct err *e);

/* When no run will close them. */
void outputs_close(struct outputs *o);

#endif
