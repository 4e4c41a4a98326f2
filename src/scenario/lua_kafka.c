/* The methods of a weir.kafka, and its sends. */
#include "scenario/lua_kafka.h"

#include "scenario/lua_lag.h"
#include "scenario/lua_record.h"
#include "scenario/lua_table.h"

/* ---- sends ---- */

/* An acknowledgement has neither body nor headers: only a function can look at what it has. */
static void read_send_checks(lua_State *L, int index, struct kafka_send_parts *p)
{
    read_checks(L, LUA_NOREF, index, &p->checks);
    if (p->checks.list.n > 0 && p->detached)
        luaL_error(L, "with wait = \"none\" nobody is there to make checks");
    if (p->checks.list.n > p->checks.list.n_functions)
        luaL_error(L, "the acknowledgement of a send has no body, headers or status to check; a "
                      "function(request, reply) sees its partition and offset");
}

static const struct lua_api_entry send_entries[] = {
    {"topic", NULL, "string", "known when the file is read; no ${variables}"},
    {"key", NULL, "string|number|lightuserdata|nil", "left out: the variable key, else none"},
    {"value", NULL, "any",
     "a text, weir.null, or with codec = \"json\" anything; left out: the "
     "variable value"},
    {"headers", NULL, "table<string, string|number|lightuserdata>?", "of the record"},
    {"partition", NULL, "string|integer|nil", "left out: the variable partition, else by the key"},
    {"timestamp", NULL, "string|integer|nil", "in ms since 1970; left out: now"},
    {"codec", NULL, "\"string\"|\"bytes\"|\"json\"|weir.Codec|nil", "how the value is written"},
    {"wait", NULL, "\"ack\"|\"none\"|nil",
     "none: the user goes on at once, and the books wait for the acknowledgement"},
    {.name = NULL},
};

const struct table_keys lua_kafka_send_keys = {
    .what = "kafka:send",
    .known = send_entries,
    .also = lua_call_keys,
    .class = "weir.KafkaSend",
    .help = "a record to send",
};

static void read_send(lua_State *L, int index, enum codec codec, struct kafka_send_parts *p)
{
    static const char *const waits[] = {"ack", "none", NULL};
    unsigned wait = 0;
    table_check(L, index, &lua_kafka_send_keys);
    if (!table_text(L, index, "topic", &p->topic) || p->topic.n == 0)
        luaL_error(L, "kafka:send needs a topic: kafka:send { topic = \"orders\", value = … }");
    if (str_contains(p->topic, STR("${")))
        luaL_error(L,
                   "the topic must be known when the file is read: weir looks whether it is there "
                   "before the load begins");
    read_record(L, index, codec, &p->record);
    read_field(L, index, "timestamp", &p->record.timestamp);
    table_choice(L, index, "wait", waits, &wait);
    p->detached = wait == 1;
    table_text(L, index, "name", &p->name);
    table_timeout(L, index, &p->timeout_ns);
    read_pairs(L, index, "tags", &p->tags);
    read_send_checks(L, index, p);
}

static struct lua_call *define(lua_State *L, const struct definer *definer, int index)
{
    const struct lua_kafka *kafka = definer->client;
    struct kafka_send_parts p = {.detached = false};
    struct err e;
    luaL_checktype(L, index, LUA_TTABLE);
    enum codec codec = read_codec(L, index);
    if (codec == CODEC_FUNCTIONS)
        script_top_level(L, "a codec of functions");
    read_send(L, index, codec, &p);
    p.key_text = definition_key(L, &kafka->definition->client, definer->method, index);
    struct call_definition *d = kafka_send_define(script_of(L)->program, kafka->definition, &p, &e);
    if (!d)
        lua_state_fail(L, &e);
    struct lua_call *call = lua_call_push(L, definer, d, index);
    keep_codec(L, index, codec, true, call);
    return call;
}

struct definer lua_kafka_definer(lua_State *L, const char *method,
                                 struct lua_call *(*define_call)(lua_State *,
                                                                 const struct definer *, int))
{
    struct lua_kafka *kafka = lua_api_check(L, 1, &lua_kafka_class);
    return (struct definer){.client = kafka,
                            .definition = &kafka->definition->client,
                            .method = method,
                            .kept = kafka->kept,
                            .checks = kafka->checks,
                            .define = define_call};
}

static int send_record(lua_State *L)
{
    struct definer d = lua_kafka_definer(L, "send", define);
    d.checks = LUA_NOREF; /* an acknowledgement is no reply */
    return call_method(L, &d);
}

static int watch_lag(lua_State *L)
{
    struct lua_kafka *kafka = lua_api_check(L, 1, &lua_kafka_class);
    return lua_lag(L, kafka->definition);
}

static const struct lua_api_entry entries[] = {
    {"send", send_record, "(definition: weir.KafkaSend): weir.Call|weir.Outcome",
     "a record: prepared at the top level; inside a user sent at once"},
    {"rpc", lua_kafka_rpc, "(definition: weir.KafkaRpc): weir.Call|weir.Outcome",
     "a record, and the reply to it on another topic; its first is prepared at the top level"},
    {"consume", lua_kafka_consume, "(definition: weir.KafkaConsume): weir.Call|weir.Outcome",
     "a record that comes: call{ id = …, since = r }; its first is prepared at the top level"},
    {"lag", watch_lag, "(of: weir.LagOf): weir.Lag",
     "a consumer group, for watch = { … }: its lag each second beside the run"},
    {.name = NULL},
};

const struct lua_api_class lua_kafka_class = {
    .name = "weir.Kafka",
    .help = "a client of Kafka",
    .entries = entries,
};
