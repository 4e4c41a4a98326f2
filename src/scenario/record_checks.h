/* scenario/record_checks.h: checks of replies that a command line asks for, made without any Lua.
 * One worker's thread. */
#ifndef WEIR_SCENARIO_RECORD_CHECKS_H
#define WEIR_SCENARIO_RECORD_CHECKS_H

#include "scenario/checks.h"
#include "scenario/scenario.h"

struct record_checks; /* what a worker needs to make them */

/* NULL: there are none. */
struct record_checks *record_checks_open(const struct check_list *list);
void record_checks_close(struct record_checks *r);

/* Makes all of them of a call that is done; `sent`: the value of its request. The first that fails
 * makes an ok call a failed one. */
void record_checks_make(struct record_checks *r, struct host *host,
                        const struct prepared_call *what, struct call *call, str sent);

#endif
