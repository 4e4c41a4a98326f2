/* scenario/lua_check.h: reading the checks that a call declares. Private to src/scenario. */
#ifndef WEIR_SCENARIO_LUA_CHECK_H
#define WEIR_SCENARIO_LUA_CHECK_H

#include "scenario/checks.h"
#include "scenario/script.h"

/* Calls `each` for every check in the table at `index`, which is on top: first its list (without a
 * name), then its named ones in the order of their names. */
void checks_each(lua_State *L, int index, void (*each)(lua_State *L, str name, void *to), void *to);

/* Reads the table at `index`, in that order. Raises an error for what is none. */
void checks_read(lua_State *L, int index, struct arena *arena, struct check_parts *out);

#endif
