/* Opening a state and closing what scripts must not reach. */
#include "scenario/lua_state.h"

#include <luajit.h>
#include <lualib.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/nearest.h"

/* ---- memory ---- */

static void *allocate(void *ud, void *old, size_t old_n, size_t n)
{
    struct lua_memory *m = ud;
    if (n == 0) {
        m->used -= old ? old_n : 0;
        free(old);
        return NULL;
    }
    size_t used = m->used - (old ? old_n : 0) + n;
    if (m->limited && used > m->limit && n > (old ? old_n : 0)) {
        m->full = true;
        return NULL; /* the state raises "not enough memory" */
    }
    void *p = realloc(old, n);
    if (!p && !m->limited)
        mem_out(n);
    if (p)
        m->used = used;
    return p;
}

struct lua_memory *lua_state_memory(lua_State *L)
{
    void *ud;
    lua_getallocf(L, &ud);
    return ud;
}

/* ---- libraries ---- */

static const struct {
    const char *name;
    lua_CFunction open;
} libraries[] = {
    {"", luaopen_base},
    {LUA_TABLIBNAME, luaopen_table},
    {LUA_STRLIBNAME, luaopen_string},
    {LUA_MATHLIBNAME, luaopen_math},
    {LUA_BITLIBNAME, luaopen_bit},
    {LUA_OSLIBNAME, luaopen_os},
};

/* What would read files, stop the loop, end the process, or step around the state's limits. */
static const char *const forbidden_globals[] = {
    "dofile",  "loadfile", "load",           "loadstring", "newproxy", "gcinfo",
    "getfenv", "setfenv",  "collectgarbage", "module",     NULL};
static const char *const allowed_os[] = {"time", "date", "clock", "difftime", NULL};

static bool is_among(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(word, *list) == 0)
            return true;
    return false;
}

static void trim_os(lua_State *L)
{
    lua_newtable(L);
    lua_getglobal(L, LUA_OSLIBNAME);
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1))
        if (is_among(lua_tostring(L, -2), allowed_os)) {
            lua_pushvalue(L, -2);
            lua_pushvalue(L, -2);
            lua_rawset(L, -6);
        }
    lua_pop(L, 1);
    lua_setglobal(L, LUA_OSLIBNAME);
}

static int open_libraries(lua_State *L)
{
    for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++) {
        lua_pushcfunction(L, libraries[i].open);
        lua_pushstring(L, libraries[i].name);
        lua_call(L, 1, 0);
    }
    for (const char *const *name = forbidden_globals; *name; name++) {
        lua_pushnil(L);
        lua_setglobal(L, *name);
    }
    trim_os(L);
    return 0;
}

lua_State *lua_state_open(struct lua_memory *memory, struct err *e)
{
    lua_State *L = lua_newstate(allocate, memory);
    if (!L) {
        err_set(e, ERR_RUN, "cannot make a Lua state within %zu bytes", memory->limit);
        return NULL;
    }
    luaJIT_setmode(L, 0, LUAJIT_MODE_ENGINE | LUAJIT_MODE_OFF);
    lua_pushcfunction(L, open_libraries);
    if (lua_state_call(L, 0, 0, e))
        return L;
    lua_close(L);
    return NULL;
}

void lua_state_close(lua_State *L)
{
    if (L)
        lua_close(L);
}

/* ---- globals ---- */

static void nearest_global(lua_State *L, struct nearest *nearest, str wrong)
{
    lua_pushvalue(L, LUA_GLOBALSINDEX);
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1))
        if (lua_type(L, -2) == LUA_TSTRING)
            nearest_try(nearest, wrong, lua_view(L, -2));
    lua_pop(L, 1);
}

static int unknown_global(lua_State *L)
{
    struct nearest nearest = {0};
    str name = lua_view(L, 2);
    if (is_among(name.p ? name.p : "", forbidden_globals) || str_eq(name, STR("io")) ||
        str_eq(name, STR("debug")) || str_eq(name, STR("ffi")) || str_eq(name, STR("package")))
        return luaL_error(L, "there is no '%s' in scenarios%s", name.p,
                          name.p[0] == 'i' ? ": it would stop the loop; weir.file(path) reads a "
                                             "file when the scenario is loaded"
                                           : "");
    nearest_global(L, &nearest, name);
    if (nearest.best.n)
        return luaL_error(L, "unknown variable '%s'; did you mean '%s'?", name.p, nearest.best.p);
    return luaL_error(L, "unknown variable '%s'", name.p ? name.p : "?");
}

static int new_global(lua_State *L)
{
    return luaL_error(L, "new global variable '%s': write local %s = …", lua_tostring(L, 2),
                      lua_tostring(L, 2));
}

void lua_state_lock_globals(lua_State *L)
{
    lua_pushvalue(L, LUA_GLOBALSINDEX);
    lua_createtable(L, 0, 3);
    lua_pushcfunction(L, unknown_global);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, new_global);
    lua_setfield(L, -2, "__newindex");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
}

/* ---- errors ---- */

/* What Lua says where a user cannot know what is meant. */
static const struct {
    const char *said, *meant;
} sentences[] = {
    {"not enough memory", "the script needs more memory than its state may have"},
    {"attempt to load chunk with wrong mode", "this is Lua's bytecode; scenarios are read as text"},
};

/* What is no text. A __tostring of the script's own is not called: it may raise an error in turn.
 */
static void describe_thrown(lua_State *L, struct err *e)
{
    if (lua_isnil(L, -1))
        err_set(e, ERR_USAGE, "error(nil)");
    else
        err_set(e, ERR_USAGE, "error(…) was given a %s, not a text", luaL_typename(L, -1));
}

bool lua_state_has_place(str text)
{
    str file, line, rest;
    uint64_t number;
    return str_cut(text, ':', &file, &rest) && str_cut(rest, ':', &line, &rest) &&
           str_u64(line, &number);
}

void lua_state_error(lua_State *L, struct err *e)
{
    if (lua_isnumber(L, -1))
        lua_tostring(L, -1);
    str text = lua_view(L, -1);
    if (!text.p) {
        describe_thrown(L, e);
        lua_pop(L, 1);
        return;
    }
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++) {
        str before, after;
        if (str_cut_at(text, str_from(sentences[i].said), &before, &after)) {
            err_set(e, ERR_USAGE, STR_FMT "%s", STR_ARG(before), sentences[i].meant);
            lua_pop(L, 1);
            return;
        }
    }
    const struct err *world = &lua_state_memory(L)->world;
    bool of_world = world->kind == ERR_RUN && str_contains(text, str_from(world->text));
    err_set(e, of_world ? ERR_RUN : ERR_USAGE, STR_FMT, STR_ARG(text));
    lua_pop(L, 1);
}

static void limit(lua_State *L)
{
    lua_state_memory(L)->limited = true;
}

/* What filled the memory mostly is garbage now, which the collector would only look at when more is
 * asked for: the next user would find none. */
static int unlimit(lua_State *L, int status)
{
    struct lua_memory *m = lua_state_memory(L);
    m->limited = false;
    if (m->full)
        lua_gc(L, LUA_GCCOLLECT, 0);
    m->full = false;
    return status;
}

bool lua_state_call(lua_State *L, int arguments, int results, struct err *e)
{
    limit(L);
    if (unlimit(L, lua_pcall(L, arguments, results, 0)) == 0)
        return true;
    lua_state_error(L, e);
    return false;
}

int lua_state_resume(lua_State *L, int arguments)
{
    limit(L);
    return unlimit(L, lua_resume(L, arguments));
}

int lua_state_cpcall(lua_State *L, lua_CFunction f, void *with)
{
    limit(L);
    return unlimit(L, lua_cpcall(L, f, with));
}

int lua_state_fail(lua_State *L, const struct err *e)
{
    if (e->kind == ERR_RUN)
        lua_state_memory(L)->world = *e;
    luaL_where(L, 1);
    lua_pushstring(L, e->text);
    lua_concat(L, 2);
    return lua_error(L);
}

str lua_view(lua_State *L, int index)
{
    size_t n;
    if (lua_type(L, index) != LUA_TSTRING)
        return (str){0};
    const char *p = lua_tolstring(L, index, &n);
    return (str){p, n};
}
