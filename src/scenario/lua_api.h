/* scenario/lua_api.h: what scripts can call and what they can write, in tables from which functions
 * are registered, keys are checked, and the reference and the editor's annotations (lua_scenario.h)
 * are written. Private to src/scenario. */
#ifndef WEIR_SCENARIO_LUA_API_H
#define WEIR_SCENARIO_LUA_API_H

#include <lua.h>

/* One function, field or key. A table ends with one without a name. */
struct lua_api_entry {
    const char *name;
    lua_CFunction
        function;     /* NULL: a field, which the class's own __index gives, or of prelude.lua */
    const char *form; /* "(from: number, to?: number): number"; of a field its type ("number?") */
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

/* A kind of table that scripts write. */
struct table_keys {
    const char *what;                  /* "weir.http", for errors */
    const struct lua_api_entry *known; /* the keys that it may have; NULL: none */
    const struct lua_api_entry *also;  /* MAY: more of them, which it shares with others */
    const char *const *later;          /* MAY: not in this version; ends with NULL */
    unsigned items;                    /* how many values without a key it may have … */
    const char *item;                  /* … and their type in annotations */
    const char *class, *help;          /* its name and its line there */
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
    lua_started_class, lua_outcome_class, lua_feed_class, lua_span_class, lua_lag_class;
extern const struct lua_api_class *const lua_api_classes[]; /* all of them; ends with NULL */

/* The tables of the functions in `weir`, each ends with a nameless entry. */
extern const struct lua_api_entry lua_client_api[], lua_check_api[], lua_feed_api[], lua_time_api[],
    lua_metric_api[], lua_start_api[], lua_plan_api[], lua_file_api[], lua_random_api[],
    lua_is_api[];
extern const struct lua_api_entry *const lua_api_weir[]; /* those of `weir`; ends with NULL */

/* The tables that scripts write, and vu. */
extern const struct table_keys lua_http_keys, lua_http_call_keys, lua_kafka_keys,
    lua_kafka_rpc_keys, lua_kafka_take_keys, lua_wanted_keys, lua_kafka_send_keys, lua_codec_keys,
    lua_correlate_keys, lua_feed_keys, lua_rows_keys, lua_stage_keys, lua_scenario_keys,
    lua_plan_keys, lua_vu_keys, lua_transaction_keys, lua_lag_keys;
extern const struct table_keys lua_part_keys;      /* of a scenario in a plan */
extern const struct lua_api_entry lua_call_keys[]; /* of calls of every kind */

#endif
