/* scenario/lua_prelude.h: the text of prelude.lua. */
#ifndef WEIR_SCENARIO_LUA_PRELUDE_H
#define WEIR_SCENARIO_LUA_PRELUDE_H

extern const char lua_prelude[]; /* ends with a zero */

#define LUA_PRELUDE_NAME "(weir)" /* in the place of a file's name */

#endif
