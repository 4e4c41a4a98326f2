/* scenario/lua_kafka.h: weir.kafka in a script. Private to src/scenario. */
#ifndef WEIR_SCENARIO_LUA_KAFKA_H
#define WEIR_SCENARIO_LUA_KAFKA_H

#include "scenario/kafka_calls.h"
#include "scenario/lua_parts.h"

/* A client as scripts hold it. */
struct lua_kafka {
    struct kafka_client_definition *definition;
    int kept;   /* reference: calls that users made at once, by key */
    int checks; /* reference: of all its replies; LUA_NOREF: none */
};

/* The definer of one of its methods; the client is at index 1 of the stack. */
struct definer lua_kafka_definer(lua_State *L, const char *method,
                                 struct lua_call *(*define)(lua_State *, const struct definer *,
                                                            int));

int lua_kafka_rpc(lua_State *L);     /* kafka:rpc (lua_kafka_rpc.c) */
int lua_kafka_consume(lua_State *L); /* kafka:consume (lua_kafka_take.c) */

/* A place of ids, or a table of two: that of requests and that of replies. What is not said stays.
 */
void read_correlate(lua_State *L, int index, struct correlate_parts *out);

#endif
