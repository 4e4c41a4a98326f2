/* cli/load_plan.h: from the options that every load command has to a load. */
#ifndef WEIR_CLI_LOAD_PLAN_H
#define WEIR_CLI_LOAD_PLAN_H

#include "base/args.h"
#include "engine/plan.h"

/* What a command does where the user is silent. */
struct load_habits {
    uint64_t users;   /* of the closed model */
    bool ends_itself; /* its data end: it has no duration then */
    bool one_thread;  /* one worker */
};

/* Fills all of *load but its scenario; strings and stages live in the arena.
 * Options that contradict each other, or that this load would ignore, are errors (ERR_USAGE).
 * *users_cap is what -c says: the users of the closed model, a cap beside a rate; UINT64_MAX: not
 * given. */
bool load_plan_read(const struct args *a, const struct load_habits *habits, struct arena *arena,
                    struct load *load, uint64_t *users_cap, struct err *e);

/* Options that are for the open model do not stand beside a load in users. */
bool load_plan_fits(const struct args *a, const struct load *load, struct err *e);

/* Workers for a plan of this load: at most `cap` (users, connections, whatever each worker needs
 * one of). */
unsigned load_plan_threads(const struct args *a, const struct load_habits *habits,
                           const struct load *load, uint64_t cap);

/* May more users come while it runs (--ui) than the plan begins with? Then they bound the
 * connections, each having one, and no number that is known now does. */
bool load_plan_may_grow(const struct args *a, const struct load *load);

#endif
