/* scenario/lua_api.h: what scripts can call, in tables from which the functions are registered and
 * the editor's annotations (lua_scenario.h) are written. Private to src/scenario. */
#ifndef WEIR_SCENARIO_LUA_API_H
#define WEIR_SCENARIO_LUA_API_H

#include <lua.h>

/* One function or field. A table ends with one without a name. */
struct lua_api_entry {
    const char *name;
    lua_CFunction
        function;     /* NULL: a field, which the class's own __index gives, or of lua_prelude.c */
    const char *form; /* "(from: number, to: number): number"; of a field its type */
    const char *help; /* one line */
};

/* A kind of object that scripts hold. */
struct lua_api_class {
    const char *name; /* of its metatable and in annotations: "weir.Call" */
    const char *help;
    const struct lua_api_entry *entries; /* methods and fields */
    lua_CFunction index;                 /* MAY: __index; else the methods are found by name */
    lua_CFunction call;                  /* MAY: __call */
    const char *call_form;
};

/* Makes the metatables, and the global `weir`; when all is in it, it is locked. */
void lua_api_open(lua_State *L);
void lua_api_lock(lua_State *L);

/* Pushes a new userdata of the class. */
void *lua_api_new(lua_State *L, const struct lua_api_class *class, size_t bytes);
/* What people call the value at `index`: "weir.Call", or its type. */
const char *lua_api_kind(lua_State *L, int index);
/* The object at `index` whose method is called; raises an error when it is something else. */
void *lua_api_check(lua_State *L, int index, const struct lua_api_class *class);
/* NULL when it is something else. */
void *lua_api_test(lua_State *L, int index, const struct lua_api_class *class);

/* Raises "a feeder has no field 'nxt'; did you mean 'next'?" */
int lua_api_unknown(lua_State *L, const struct lua_api_class *class, const char *field);

extern const struct lua_api_class lua_http_class, lua_kafka_class, lua_call_class,
    lua_outcome_class, lua_feed_class, lua_span_class;

/* The tables of the functions in `weir`, each ends with a nameless entry. */
extern const struct lua_api_entry lua_client_api[], lua_check_api[], lua_feed_api[], lua_time_api[],
    lua_metric_api[], lua_plan_api[], lua_file_api[], lua_is_api[];

#endif
