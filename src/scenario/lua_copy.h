/* scenario/lua_copy.h: plain Lua values (nil, booleans, numbers, strings, tables of these) as
 * bytes, and back in another state. The same value always gives the same bytes: keys of tables are
 * sorted. Used to carry what setup gave to all workers, and as the key of a definition. */
#ifndef WEIR_SCENARIO_LUA_COPY_H
#define WEIR_SCENARIO_LUA_COPY_H

#include <lua.h>

#include "base/buf.h"
#include "base/err.h"

enum lua_copy_functions {
    COPY_NO_FUNCTIONS, /* a function is an error: it cannot leave its state */
    COPY_ANY_FUNCTION, /* each stands for any other: keys that all states agree on */
};

/* Appends the value at `index`. False with a sentence (ERR_USAGE): a function, a coroutine, a table
 * within itself, more than 100 levels. Metatables are not looked at. */
bool lua_copy_out(lua_State *L, int index, enum lua_copy_functions functions, struct buf *out,
                  struct err *e);

/* Pushes the value that such bytes (without functions) hold. */
void lua_copy_in(lua_State *L, str bytes);

#endif
