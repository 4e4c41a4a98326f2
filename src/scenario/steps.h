/* scenario/steps.h: compiled step lists: a user that makes the same calls in every iteration, with
 * no script on the path. What one-line commands (weir http) run. */
#ifndef WEIR_SCENARIO_STEPS_H
#define WEIR_SCENARIO_STEPS_H

#include "scenario/scenario.h"

/* The program of a scenario of type steps_scenario. */
struct step_list {
    const struct step *steps; /* STEP_CALL and STEP_SLEEP; behind the last the iteration is done */
    unsigned n;
};

extern const struct scenario_type steps_scenario;

#endif
