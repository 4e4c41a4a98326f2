/* scenario/script_load.h: text of a file as a function of Lua, and `require`, which reads files
 * beside the scenario's. Errors are raised in Lua. */
#ifndef WEIR_SCENARIO_SCRIPT_LOAD_H
#define WEIR_SCENARIO_SCRIPT_LOAD_H

#include "base/str.h"
#include "scenario/lua_state.h"

/* Pushes the chunk of the file at `path`, whose text this is; raises an error of its syntax. */
void script_load(lua_State *L, str path, str text);

/* The global `require`: "lib.x" is lib/x.lua beside the scenario's file, run once in each state, at
 * the top level only. */
int script_require(lua_State *L);

#endif
