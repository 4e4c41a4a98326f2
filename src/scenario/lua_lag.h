/* scenario/lua_lag.h: kafka:lag, and the key `watch` of a run. Private to src/scenario. */
#ifndef WEIR_SCENARIO_LUA_LAG_H
#define WEIR_SCENARIO_LUA_LAG_H

#include "scenario/script.h"

struct kafka_client_definition;

/* As scripts hold it; texts are the program's. */
struct lua_lag {
    struct kafka_client_definition *client;
    const char *group, *topic; /* topic NULL: all */
};

/* kafka:lag with its table at 2; pushes it. */
int lua_lag(lua_State *L, struct kafka_client_definition *client);

/* The key `watch` of the table at index, into the program. */
void read_watch(lua_State *L, int index);

#endif
