/* scenario/lua_scope.h: what ${…} stands for while a user makes a call: the call's variables, then
 * the fields that the script set on vu, then weir's own. Private to src/scenario. */
#ifndef WEIR_SCENARIO_LUA_SCOPE_H
#define WEIR_SCENARIO_LUA_SCOPE_H

#include "scenario/lua_call.h"

struct lua_scope {
    struct template_scope scope; /* first */
    struct script *script;
    struct vu *vu;
    lua_State *L;
    const struct lua_call *call;
    int vars; /* index of the call's variables; 0: none */
};

struct lua_scope lua_scope_make(lua_State *L, struct vu *vu, const struct lua_call *call, int vars);

#endif
