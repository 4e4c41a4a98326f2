/* scenario/lua_plan.h: from what the file returns to the program's scenarios. Private to
 * src/scenario. */
#ifndef WEIR_SCENARIO_LUA_PLAN_H
#define WEIR_SCENARIO_LUA_PLAN_H

#include "scenario/script.h"

/* The file's result is on top of the stack: a scenario or a plan. Keeps its functions in the script
 * and, in the first reading, all the rest in the program. Pops it. Raises an error for what is
 * none.
 */
void plan_read(lua_State *L);

#endif
