/* Registering the tables. */
#include "scenario/lua_api.h"

#include <string.h>

#include "base/nearest.h"
#include "scenario/lua_state.h"

const struct lua_api_entry *const lua_api_weir[] = {
    lua_client_api, lua_plan_api,  lua_feed_api,   lua_file_api,  lua_time_api,
    lua_random_api, lua_check_api, lua_metric_api, lua_start_api, NULL,
};

const struct lua_api_class *const lua_api_classes[] = {
    &lua_http_class,    &lua_kafka_class,   &lua_call_class,
    &lua_started_class, &lua_outcome_class, &lua_feed_class,
    &lua_span_class,    &lua_lag_class,     NULL,
};

/* What comes later, in `weir` or with its objects. */
static const char *const later[] = {"sql", NULL};

/* ---- objects ---- */

void *lua_api_new(lua_State *L, const struct lua_api_class *class, size_t bytes)
{
    void *object = lua_newuserdata(L, bytes);
    memset(object, 0, bytes);
    luaL_getmetatable(L, class->name);
    lua_setmetatable(L, -2);
    return object;
}

void *lua_api_test(lua_State *L, int index, const struct lua_api_class *class)
{
    void *object = lua_touserdata(L, index);
    if (!object || !lua_getmetatable(L, index))
        return NULL;
    luaL_getmetatable(L, class->name);
    bool same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return same ? object : NULL;
}

const char *lua_api_kind(lua_State *L, int index)
{
    for (const struct lua_api_class *const *c = lua_api_classes; *c; c++)
        if (lua_api_test(L, index, *c))
            return (*c)->name;
    return luaL_typename(L, index);
}

void *lua_api_check(lua_State *L, int index, const struct lua_api_class *class)
{
    void *object = lua_api_test(L, index, class);
    if (!object)
        luaL_error(L, "a %s is wanted here, not %s%s: is it called with ':'?", class->name,
                   lua_isnoneornil(L, index) ? "" : "a ",
                   lua_isnone(L, index) ? "nothing" : lua_api_kind(L, index));
    return object;
}

static void try_entries(struct nearest *nearest, str wrong, const struct lua_api_entry *entries)
{
    for (; entries->name; entries++)
        nearest_try(nearest, wrong, str_from(entries->name));
}

static int unknown(lua_State *L, const char *what, const char *field, const struct nearest *nearest)
{
    for (const char *const *l = later; *l; l++)
        if (strcmp(field, *l) == 0)
            return luaL_error(L, "'%s' is not in this version of weir", field);
    if (nearest->best.n)
        return luaL_error(L, "%s has no '%s'; did you mean '%s'?", what, field, nearest->best.p);
    return luaL_error(L, "%s has no '%s'", what, field);
}

int lua_api_unknown(lua_State *L, const struct lua_api_class *class, const char *field)
{
    struct nearest nearest = {0};
    try_entries(&nearest, str_from(field), class->entries);
    return unknown(L, class->name, field, &nearest);
}

/* __index of classes without one of their own: its methods are upvalue 1, the class upvalue 2. */
static int find_method(lua_State *L)
{
    lua_pushvalue(L, 2);
    lua_rawget(L, lua_upvalueindex(1));
    if (!lua_isnil(L, -1))
        return 1;
    const char *field = lua_tostring(L, 2);
    return lua_api_unknown(L, lua_touserdata(L, lua_upvalueindex(2)), field ? field : "?");
}

static int no_assignment(lua_State *L)
{
    return luaL_error(L, "a %s cannot be changed; keep values in vu or in local variables",
                      lua_tostring(L, lua_upvalueindex(1)));
}

static void register_entries(lua_State *L, const struct lua_api_entry *entries)
{
    for (; entries->name; entries++)
        if (entries->function) {
            lua_pushcfunction(L, entries->function);
            lua_setfield(L, -2, entries->name);
        }
}

static void make_class(lua_State *L, const struct lua_api_class *class)
{
    luaL_newmetatable(L, class->name);
    lua_newtable(L);
    register_entries(L, class->entries);
    lua_pushlightuserdata(L, (void *)(uintptr_t) class);
    lua_pushcclosure(L, class->index ? class->index : find_method, 2);
    lua_setfield(L, -2, "__index");
    lua_pushstring(L, class->name);
    lua_pushcclosure(L, no_assignment, 1);
    lua_setfield(L, -2, "__newindex");
    if (class->call) {
        lua_pushcfunction(L, class->call);
        lua_setfield(L, -2, "__call");
    }
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
}

/* ---- weir ---- */

static int unknown_in_weir(lua_State *L)
{
    struct nearest nearest = {0};
    const char *field = lua_tostring(L, 2);
    for (size_t i = 0; field && lua_api_weir[i]; i++)
        try_entries(&nearest, str_from(field), lua_api_weir[i]);
    return unknown(L, "weir", field ? field : "?", &nearest);
}

static int weir_is_fixed(lua_State *L)
{
    return luaL_error(L, "weir.%s cannot be set", lua_tostring(L, 2));
}

static int unknown_check(lua_State *L)
{
    struct nearest nearest = {0};
    const char *field = lua_tostring(L, 2);
    if (field)
        try_entries(&nearest, str_from(field), lua_is_api);
    return unknown(L, "weir.is", field ? field : "?", &nearest);
}

/* Puts in the place of the table on top an empty one that shows it and cannot be changed; what the
 * table has not is an error. */
static void lock(lua_State *L, lua_CFunction on_unknown)
{
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, on_unknown);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_newtable(L);
    lua_createtable(L, 0, 3);
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, weir_is_fixed);
    lua_setfield(L, -2, "__newindex");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_remove(L, -2);
}

void lua_api_open(lua_State *L)
{
    for (const struct lua_api_class *const *c = lua_api_classes; *c; c++)
        make_class(L, *c);
    lua_newtable(L);
    for (size_t i = 0; lua_api_weir[i]; i++)
        register_entries(L, lua_api_weir[i]);
    lua_newtable(L);
    register_entries(L, lua_is_api);
    lock(L, unknown_check);
    lua_setfield(L, -2, "is");
    lua_pushlightuserdata(L, NULL);
    lua_setfield(L, -2, "null");
    lua_setglobal(L, "weir");
}

void lua_api_lock(lua_State *L)
{
    lua_getglobal(L, "weir");
    lock(L, unknown_in_weir);
    lua_setglobal(L, "weir");
}
