/* kafka:rpc: reading what the script says of a request and its reply. */
#include "scenario/kafka_rpc_calls.h"
#include "scenario/lua_kafka.h"
#include "scenario/lua_record.h"
#include "scenario/lua_table.h"

static const struct lua_api_entry correlate_entries[] = {
    {"request", NULL, "string?", "where in requests; else header:correlationId"},
    {"reply", NULL, "string?", "where in replies; else header:correlationId"},
    {.name = NULL},
};

const struct table_keys lua_correlate_keys = {
    .what = "correlate",
    .known = correlate_entries,
    .class = "weir.Correlate",
    .help = "where the ids stand that join replies to requests",
};

static void read_place(lua_State *L, int index, const char *key, str *out)
{
    struct err e;
    if (!table_text(L, index, key, out))
        return;
    *out = arena_dup(&script_of(L)->scratch, *out);
    if (!kafka_correlate_check(*out, &e))
        lua_state_fail(L, &e);
}

void read_correlate(lua_State *L, int index, struct correlate_parts *out)
{
    if (!table_push(L, index, "correlate"))
        return;
    int at = lua_gettop(L);
    if (lua_istable(L, at)) {
        table_check(L, at, &lua_correlate_keys);
        read_place(L, at, "request", &out->request);
        read_place(L, at, "reply", &out->reply);
    } else {
        read_place(L, index, "correlate", &out->request);
        out->reply = out->request;
    }
    lua_pop(L, 1);
}

static const struct lua_api_entry rpc_entries[] = {
    {"request", NULL, "string", "the topic of requests, known when the file is read"},
    {"reply", NULL, "string", "the topic of replies, known when the file is read"},
    {"key", NULL, "string|number|lightuserdata|nil", "left out: the variable key, else none"},
    {"value", NULL, "any",
     "a text, weir.null, or with codec = \"json\" anything; left out: the variable value"},
    {"headers", NULL, "table<string, string|number|lightuserdata>?", "of the request"},
    {"partition", NULL, "string|integer|nil", "left out: the variable partition, else by the key"},
    {"codec", NULL, "\"string\"|\"bytes\"|\"json\"|weir.Codec|nil",
     "how the value is written, and r.value is read"},
    {"correlate", NULL, "string|weir.Correlate|nil",
     "where ids stand: header:NAME, key, json:/POINTER, bytes:OFFSET,LENGTH, regex:EXPRESSION; "
     "else as the client says, else header:correlationId"},
    {"end_time", NULL, "\"consumed\"|\"timestamp\"|nil",
     "when a call is done: when its reply was read, or the reply's own time stamp"},
    {.name = NULL},
};

const struct table_keys lua_kafka_rpc_keys = {
    .what = "kafka:rpc",
    .known = rpc_entries,
    .also = lua_call_keys,
    .class = "weir.KafkaRpc",
    .help = "a request and its reply",
};

static str read_topic(lua_State *L, int index, const char *key)
{
    str topic = {.n = 0};
    if (!table_text(L, index, key, &topic) || topic.n == 0)
        luaL_error(L,
                   "kafka:rpc needs a topic as '%s': kafka:rpc { request = \"orders\", reply = "
                   "\"orders.replies\", value = … }",
                   key);
    if (str_contains(topic, STR("${")))
        luaL_error(L,
                   "'%s' must be known when the file is read: weir looks whether it is there "
                   "before the load begins",
                   key);
    return topic;
}

static void read_rpc(lua_State *L, const struct definer *definer, int index, enum codec codec,
                     struct kafka_rpc_parts *p)
{
    static const char *const ends[] = {"consumed", "timestamp", NULL};
    unsigned end = 0;
    table_check(L, index, &lua_kafka_rpc_keys);
    p->request = read_topic(L, index, "request");
    p->reply = read_topic(L, index, "reply");
    read_record(L, index, codec, &p->record);
    read_correlate(L, index, &p->correlate);
    if (str_eq(p->request, p->reply) && str_eq(p->correlate.request, p->correlate.reply))
        luaL_error(L, "'request' and 'reply' are the same topic: each request would be taken for "
                      "its own reply; replies need a topic or a place of the id of their own");
    table_choice(L, index, "end_time", ends, &end);
    p->by_timestamp = end == 1;
    table_text(L, index, "name", &p->name);
    table_timeout(L, index, &p->timeout_ns);
    read_pairs(L, index, "tags", &p->tags);
    read_checks(L, definer->checks, index, &p->checks);
}

static struct lua_call *define(lua_State *L, const struct definer *definer, int index)
{
    const struct lua_kafka *kafka = definer->client;
    struct kafka_rpc_parts p = {.correlate = kafka->definition->correlate};
    struct err e;
    luaL_checktype(L, index, LUA_TTABLE);
    enum codec codec = read_codec(L, index);
    if (codec == CODEC_FUNCTIONS)
        script_top_level(L, "a codec of functions");
    read_rpc(L, definer, index, codec, &p);
    p.key_text = definition_key(L, definer->definition, definer->method, index);
    struct call_definition *d = kafka_rpc_define(script_of(L)->program, kafka->definition, &p, &e);
    if (!d)
        lua_state_fail(L, &e);
    struct lua_call *call = lua_call_push(L, definer, d, index);
    keep_codec(L, index, codec, true, call);
    return call;
}

int lua_kafka_rpc(lua_State *L)
{
    struct definer d = lua_kafka_definer(L, "rpc", define);
    return call_method(L, &d);
}
