/* cli/outputs.h: from --json, --csv, --log, --show, --threshold, -q and --no-color to sinks. */
#ifndef WEIR_CLI_OUTPUTS_H
#define WEIR_CLI_OUTPUTS_H

#include "base/args.h"
#include "engine/run.h"

struct outputs {
    struct sink *sinks; /* the run's; it closes them */
    struct threshold *thresholds;
    unsigned n_thresholds;
};

/* Opens every file at once, so that a path that cannot be written fails before the load starts
 * (then nothing is left open). Sets plan->log_calls and plan->show. Thresholds are in the arena. */
bool outputs_open(struct outputs *o, const struct args *a, struct arena *arena, struct plan *plan,
                  struct err *e);

#endif
