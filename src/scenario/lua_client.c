/* Clients by what the script wrote. */
#include "scenario/lua_client.h"

#include "scenario/lua_api.h"
#include "scenario/lua_copy.h"

str client_key(lua_State *L, const char *kind, int index)
{
    struct buf key = {0};
    struct err e;
    buf_printf(&key, "%s ", kind);
    bool good = lua_copy_out(L, index, COPY_ANY_FUNCTION, &key, &e);
    str kept = arena_dup(&script_of(L)->scratch, buf_view(&key));
    buf_free(&key);
    if (!good)
        lua_state_fail(L, &e);
    return kept;
}

void client_keep(lua_State *L, str key, struct client_definition *c)
{
    struct program *p = script_of(L)->program;
    if (p->sealed)
        luaL_error(L, "this client is another one each time the file is read; it must be the same "
                      "for all workers");
    c->key = arena_dup(&p->arena, key);
    map_put(&p->clients_by_key, c->key, c);
}

const struct lua_api_entry lua_client_api[] = {
    {"http", lua_http_client, "(settings?: weir.HttpSettings): weir.Http", "a client of HTTP/1.1"},
    {"kafka", lua_kafka_client, "(settings: weir.KafkaSettings): weir.Kafka", "a client of Kafka"},
    {.name = NULL},
};
