/* scenario/lua_load.h: `load` of a scenario: the text of --stages, or a list of stages as tables.
 * Private to src/scenario. */
#ifndef WEIR_SCENARIO_LUA_LOAD_H
#define WEIR_SCENARIO_LUA_LOAD_H

#include "load/profile.h"
#include "scenario/script.h"

/* Reads the value at `index`; `start_ns`: how long after the others it begins. Memory from the
 * program. Raises an error for what is none. */
void load_read(lua_State *L, int index, uint64_t start_ns, struct profile *out);

#endif
