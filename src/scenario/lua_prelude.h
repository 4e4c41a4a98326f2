/* scenario/lua_prelude.h: a chunk of Lua that each state runs first. It gets the functions started,
 * group_begin and group_end, and gives back iterate(on_start, user, vu, data) and weir.group. */
#ifndef WEIR_SCENARIO_LUA_PRELUDE_H
#define WEIR_SCENARIO_LUA_PRELUDE_H

extern const char lua_prelude[]; /* ends with a zero */

#define LUA_PRELUDE_NAME "(weir)" /* in the place of a file's name */

#endif
