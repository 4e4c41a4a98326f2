/* env, file, require: what a file may read of the world while it is loaded. */
#include <stdlib.h>

#include "scenario/lua_api.h"
#include "scenario/script.h"

/* -e NAME=VALUE, the last of them, then the environment; p is NULL: neither has it. */
static str setting(struct program *p, str name)
{
    str found = {NULL, 0};
    for (size_t i = 0; i < p->n_settings; i++)
        if (str_eq(p->settings[i].name, name)) {
            if (!p->sealed) /* workers only look */
                p->settings[i].read = true;
            found = p->settings[i].value;
        }
    if (found.p)
        return found;
    const char *value = getenv(name.p);
    return value && *value ? str_from(value) : found;
}

static int env(lua_State *L)
{
    luaL_checkstring(L, 1);
    script_top_level(L, "weir.env");
    str value = setting(script_of(L)->program, lua_view(L, 1));
    double number;
    if (!value.p) {
        lua_settop(L, 2);
    } else if (lua_type(L, 2) == LUA_TNUMBER) {
        if (!str_double(value, &number))
            return luaL_error(L, "%s is '%s', and a number is wanted", lua_tostring(L, 1), value.p);
        lua_pushnumber(L, number);
    } else {
        lua_pushlstring(L, value.p, value.n);
    }
    return 1;
}

static int file(lua_State *L)
{
    str bytes;
    struct err e;
    luaL_checkstring(L, 1);
    script_top_level(L, "weir.file");
    if (!program_file(script_of(L)->program, lua_view(L, 1), &bytes, &e))
        return lua_state_fail(L, &e);
    lua_pushlstring(L, bytes.p, bytes.n);
    return 1;
}

const struct lua_api_entry lua_file_api[] = {
    {"env", env, "(name: string, default?: any): any",
     "-e NAME=VALUE, else the environment, else the default; at the top level"},
    {"file", file, "(path: string): string",
     "the bytes of a file beside this one; at the top level"},
    {.name = NULL},
};
