/* cli/script_part.h: setup and teardown of a scenario file: each is a run of one iteration of one
 * user, on the plan's clients, that nobody measures. */
#ifndef WEIR_CLI_SCRIPT_PART_H
#define WEIR_CLI_SCRIPT_PART_H

#include "engine/plan.h"
#include "scenario/lua_scenario.h"

enum { SCRIPT_PART_THREADS = 1 }; /* the clients are opened for so many workers */

/* Runs the part. The exit code: 0, 130 when it was interrupted, else 1 with the sentence in *e. */
int script_part_run(const struct plan *plan, struct program *p, enum lua_part part, struct err *e);

#endif
