/* cli/script_loads.h: the loads of a scenario file: what the file says, and what the command line
 * says over it. */
#ifndef WEIR_CLI_SCRIPT_LOADS_H
#define WEIR_CLI_SCRIPT_LOADS_H

#include "cli/load_plan.h"
#include "cli/script_file.h"

/* What `weir run` does where nobody says anything. */
extern const struct load_habits script_habits;

struct script_loads {
    struct load *list; /* one for each scenario, in the arena */
    unsigned n;
    uint64_t users_cap; /* users at most, over all; UINT64_MAX: starts make them */
    bool may_grow;      /* users may come live: as many connections as they need */
    bool try_out;       /* nobody said any load: one user, one iteration */
};

/* Contradictions are errors (ERR_USAGE). Scenarios and seeds are set too. */
bool script_loads_read(struct program *p, const struct args *a, struct arena *arena,
                       struct script_loads *out, struct err *e);

#endif
