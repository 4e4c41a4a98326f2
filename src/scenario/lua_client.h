/* scenario/lua_client.h: the clients of a file: what all kinds have in common. Private to
 * src/scenario. */
#ifndef WEIR_SCENARIO_LUA_CLIENT_H
#define WEIR_SCENARIO_LUA_CLIENT_H

#include "scenario/script.h"

/* The key of a client that is defined by the table at `index`; in the scratch memory. A file may
 * define the same client twice: they are one. */
str client_key(lua_State *L, const char *kind, int index);

/* Gives a new one its number. Raises an error when the file, read again, defines another client
 * than before: it cannot be opened any more. */
void client_add(lua_State *L, str key, unsigned instances, struct client_definition *c);

int lua_http_client(lua_State *L);  /* weir.http */
int lua_kafka_client(lua_State *L); /* weir.kafka */

#endif
