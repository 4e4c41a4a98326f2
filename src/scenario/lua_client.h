/* scenario/lua_client.h: the clients of a file: what all kinds have in common. Private to
 * src/scenario. */
#ifndef WEIR_SCENARIO_LUA_CLIENT_H
#define WEIR_SCENARIO_LUA_CLIENT_H

#include "proto/kafka_producer.h"
#include "scenario/script.h"

/* The key of a client that is defined by the table at `index`; in the scratch memory. A file may
 * define the same client twice: they are one. */
str client_key(lua_State *L, const char *kind, int index);

/* A new one is known from now on; program_client_add makes it one of the plan's. Raises an error
 * when the file, read again, defines another client than before: it cannot be opened any more. */
void client_keep(lua_State *L, str key, struct client_definition *c);

/* The key "transaction" of a client of Kafka, if it is there (lua_transaction.c). */
void read_transaction(lua_State *L, int index, struct kafka_transacting *out);

int lua_http_client(lua_State *L);  /* weir.http */
int lua_kafka_client(lua_State *L); /* weir.kafka */

#endif
