/* state.h: a Lua state as scenarios have it, without a file, for tests of what works on values. */
#ifndef WEIR_UNIT_SCENARIO_STATE_H
#define WEIR_UNIT_SCENARIO_STATE_H

#include "unit.h"

#include "scenario/script.h"

/* A script with its state and nothing else. */
struct script *state_open(void);
void state_close(struct script *s);

/* Pushes the value of an expression. */
void state_push(struct script *s, const char *expression);

/* Leaves what a C function raises as a text on the stack; NULL: it raised nothing. */
const char *state_raised(struct script *s, int (*f)(lua_State *L), void *with);

#endif
