/* scenario/lua_check.h: reading the checks that a call declares. Private to src/scenario. */
#ifndef WEIR_SCENARIO_LUA_CHECK_H
#define WEIR_SCENARIO_LUA_CHECK_H

#include "scenario/checks.h"
#include "scenario/script.h"

/* Reads the table at `index`: first its list, then its named checks in the order of their names.
 * Raises an error for what is none. */
void checks_read(lua_State *L, int index, struct arena *arena, struct check_parts *out);

#endif
