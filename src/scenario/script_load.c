/* Chunks are named like their files, so that each message says where it comes from. Modules are
 * kept by name in the state: what they returned, or that they are under way. */
#include "scenario/script_load.h"

#include <string.h>

#include "scenario/script.h"

/* What messages call a file; Lua cuts names that are longer than 60 bytes. */
static void push_chunk_name(lua_State *L, str path)
{
    enum { MOST = 50 };
    const char *slash = path.n > MOST ? memrchr(path.p, '/', path.n) : NULL;
    if (slash)
        path = str_skip(path, (size_t)(slash + 1 - path.p));
    lua_pushfstring(L, "@%s", arena_z(&script_of(L)->arena, path));
}

/* A first line that is for the shell is none for Lua. */
static str without_shebang(str text)
{
    const char *end = str_starts(text, STR("#")) ? memchr(text.p, '\n', text.n) : NULL;
    return end ? str_skip(text, (size_t)(end - text.p)) : text;
}

void script_load(lua_State *L, str path, str text)
{
    text = without_shebang(text);
    push_chunk_name(L, path);
    if (luaL_loadbufferx(L, text.p ? text.p : "", text.n, lua_tostring(L, -1), "t") != 0)
        lua_error(L);
    lua_remove(L, -2);
}

/* "lib.x" is the file lib/x.lua. */
static str module_path(struct script *s, str name)
{
    char *path = arena_alloc(&s->arena, name.n + sizeof ".lua");
    memcpy(path, name.p, name.n);
    for (size_t i = 0; i < name.n; i++)
        if (path[i] == '.')
            path[i] = '/';
    memcpy(path + name.n, ".lua", sizeof ".lua");
    return (str){path, name.n + 4};
}

/* modules[name] = the value on top, which is popped; both are at 1 and 2. */
static void set_module(lua_State *L)
{
    lua_pushvalue(L, 1);
    lua_insert(L, -2);
    lua_rawset(L, 2);
}

/* Runs the module named at 1; its result, or its error, is on top. */
static bool run_module(lua_State *L)
{
    struct script *s = script_of(L);
    str text, path = module_path(s, lua_view(L, 1));
    struct err e;
    if (!program_file(s->program, path, &text, &e))
        lua_state_fail(L, &e);
    script_load(L, path, text);
    lua_pushlightuserdata(L, s); /* under way */
    set_module(L);
    lua_pushvalue(L, 1);
    return lua_pcall(L, 1, 1, 0) == 0;
}

int script_require(lua_State *L)
{
    struct script *s = script_of(L);
    luaL_checkstring(L, 1);
    lua_settop(L, 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->modules);
    lua_pushvalue(L, 1);
    lua_rawget(L, 2);
    if (lua_touserdata(L, -1) == s)
        return luaL_error(L, "module '%s' requires itself, through others perhaps",
                          lua_tostring(L, 1));
    if (!lua_isnil(L, -1))
        return 1;
    script_top_level(L, "require");
    if (!run_module(L)) {
        lua_pushnil(L);
        set_module(L);
        return lua_error(L);
    }
    if (lua_isnil(L, -1))
        lua_pushboolean(L, 1);
    lua_pushvalue(L, -1);
    set_module(L);
    return 1;
}
