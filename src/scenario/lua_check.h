/* scenario/lua_check.h: reading the checks that a call declares. Private to src/scenario. */
#ifndef WEIR_SCENARIO_LUA_CHECK_H
#define WEIR_SCENARIO_LUA_CHECK_H

#include "scenario/check_keep.h"
#include "scenario/script.h"

/* Calls `each` for every function among the checks of the table at `index`, which is on top: in the
 * order of their numbers, the function at -1. */
void checks_each_function(lua_State *L, int index, void (*each)(lua_State *L, void *to), void *to);

/* Adds those of the table at `index` to *out, in that order. Raises an error for what is none. */
void checks_read(lua_State *L, int index, struct arena *arena, struct check_parts *out);

#endif
