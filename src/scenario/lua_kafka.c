/* weir.kafka and the sends of such a client: reading what the script says. */
#include "scenario/kafka_calls.h"
#include "scenario/lua_client.h"
#include "scenario/lua_json.h"
#include "scenario/lua_parts.h"
#include "scenario/lua_table.h"

/* A client as scripts hold it. */
struct lua_kafka {
    struct kafka_client_definition *definition;
    int kept; /* reference: calls that users made at once, by key */
};

enum codec { CODEC_STRING, CODEC_BYTES, CODEC_JSON, CODEC_FUNCTIONS };

/* ---- fields ---- */

/* The value on top, which is not nil. */
static struct record_field field_of(lua_State *L, const char *name)
{
    struct script *s = script_of(L);
    if (lua_islightuserdata(L, -1))
        return (struct record_field){.kind = FIELD_NULL};
    if (!lua_isstring(L, -1))
        luaL_error(L, "'%s' is a text or weir.null, not a %s", name, luaL_typename(L, -1));
    lua_pushvalue(L, -1); /* a number is turned into text here, and not in the script's table */
    size_t n;
    const char *p = lua_tolstring(L, -1, &n);
    str text = arena_dup(&s->scratch, (str){p, n});
    lua_pop(L, 1);
    return (struct record_field){.kind = FIELD_TEXT, .text = text};
}

static void read_field(lua_State *L, int index, const char *name, struct record_field *out)
{
    if (!table_push(L, index, name))
        return;
    *out = field_of(L, name);
    lua_pop(L, 1);
}

static enum codec read_codec(lua_State *L, int index)
{
    static const char *const words[] = {"string", "bytes", "json"};
    if (!table_push(L, index, "codec"))
        return CODEC_STRING;
    str text = lua_view(L, -1);
    bool functions = lua_istable(L, -1);
    lua_pop(L, 1);
    for (int i = 0; i < 3; i++)
        if (str_eq(text, str_from(words[i])))
            return (enum codec)i;
    if (str_eq(text, STR("avro")) || str_eq(text, STR("protobuf")))
        luaL_error(L, "codec \"%s\" is not in this version of weir", text.p);
    if (!functions)
        luaL_error(
            L, "unknown codec%s%s; there are \"string\", \"bytes\", \"json\" and { encode = f }",
            text.p ? " " : "", text.p ? text.p : "");
    return CODEC_FUNCTIONS;
}

/* A value that is JSON is written as such, placeholders in it too. */
static void read_json(lua_State *L, struct record_field *out)
{
    struct buf text = {0};
    struct err e;
    bool good = lua_json_template(L, -1, &text, &e);
    *out = (struct record_field){FIELD_JSON, arena_dup(&script_of(L)->scratch, buf_view(&text))};
    buf_free(&text);
    if (!good)
        lua_state_fail(L, &e);
}

static void read_value(lua_State *L, int index, enum codec codec, struct record_field *out)
{
    if (codec == CODEC_FUNCTIONS || !table_push(L, index, "value"))
        return; /* its function is called with each record */
    if (lua_istable(L, -1) && codec != CODEC_JSON)
        luaL_error(L, "a table as value needs codec = \"json\"");
    if (codec == CODEC_JSON && !lua_islightuserdata(L, -1))
        read_json(L, out);
    else
        *out = field_of(L, "value");
    lua_pop(L, 1);
}

static void add_header(lua_State *L, str key, void *to)
{
    struct kafka_send_parts *p = to;
    p->headers[p->n_headers++] = (struct record_header){key, field_of(L, "headers")};
}

static void read_headers(lua_State *L, int index, struct kafka_send_parts *p)
{
    size_t n = 0;
    p->open_headers = !table_table(L, index, "headers");
    if (p->open_headers)
        return;
    int table = lua_gettop(L);
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1))
        n++;
    p->headers = arena_alloc(&script_of(L)->scratch, n * sizeof *p->headers);
    table_each_sorted(L, table, add_header, p);
    lua_pop(L, 1);
}

/* ---- sends ---- */

/* An acknowledgement has neither body nor headers: only a function can look at what it has. */
static void read_send_checks(lua_State *L, int index, struct kafka_send_parts *p)
{
    read_checks(L, index, &p->checks);
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
    read_field(L, index, "key", &p->key);
    read_field(L, index, "partition", &p->partition);
    read_field(L, index, "timestamp", &p->timestamp);
    read_value(L, index, codec, &p->value);
    read_headers(L, index, p);
    table_choice(L, index, "wait", waits, &wait);
    p->detached = wait == 1;
    table_text(L, index, "name", &p->name);
    table_timeout(L, index, &p->timeout_ns);
    read_pairs(L, index, "tags", &p->tags);
    read_send_checks(L, index, p);
}

static const struct lua_api_entry codec_entries[] = {
    {"encode", NULL, "fun(value: any): string", "makes the bytes of a value"},
    {.name = NULL},
};
static const char *const codec_later[] = {"decode", NULL};

const struct table_keys lua_codec_keys = {
    .what = "codec",
    .known = codec_entries,
    .later = codec_later,
    .class = "weir.Codec",
    .help = "a codec of the script's own, for values of Kafka's records",
};

/* The functions of a codec of the script's own. */
static void keep_codec(lua_State *L, int index, struct lua_call *call)
{
    table_table(L, index, "codec");
    table_check(L, lua_gettop(L), &lua_codec_keys);
    if (!table_function(L, lua_gettop(L), "encode", &call->encode))
        luaL_error(L, "codec: encode is missing: the function that makes a text of a value");
    lua_pop(L, 1);
    if (table_push(L, index, "value"))
        call->value = luaL_ref(L, LUA_REGISTRYINDEX);
}

static struct lua_call *define(lua_State *L, const struct definer *definer, int index)
{
    const struct lua_kafka *kafka = definer->client;
    struct kafka_send_parts p = {.n_headers = 0};
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
    struct lua_call *call = lua_call_push(L, d, index);
    call->json = codec == CODEC_JSON;
    if (codec == CODEC_FUNCTIONS)
        keep_codec(L, index, call);
    return call;
}

static int send_record(lua_State *L)
{
    struct lua_kafka *kafka = lua_api_check(L, 1, &lua_kafka_class);
    return call_method(L, &(struct definer){.client = kafka,
                                            .definition = &kafka->definition->client,
                                            .method = "send",
                                            .kept = kafka->kept,
                                            .define = define});
}

static const struct lua_api_entry entries[] = {
    {"send", send_record, "(definition: weir.KafkaSend): weir.Call|weir.Outcome",
     "a record: prepared at the top level; inside a user sent at once"},
    {.name = NULL},
};

const struct lua_api_class lua_kafka_class = {
    .name = "weir.Kafka",
    .help = "a client of Kafka",
    .entries = entries,
};

/* ---- the client ---- */

/* A text, or a list of them. */
static str read_brokers(lua_State *L, int index)
{
    struct arena *arena = &script_of(L)->program->arena;
    struct buf all = {0};
    if (!table_push(L, index, "brokers"))
        luaL_error(L,
                   "weir.kafka needs brokers: \"127.0.0.1:9092\", a list of such, or \"embedded\"");
    int at = lua_gettop(L);
    size_t n = lua_istable(L, at) ? lua_objlen(L, at) : 1;
    for (size_t i = 1; i <= n; i++) {
        if (lua_istable(L, at))
            lua_rawgeti(L, at, (int)i);
        else
            lua_pushvalue(L, at);
        str broker = lua_view(L, -1);
        buf_printf(&all, "%s" STR_FMT, i > 1 ? "," : "", STR_ARG(broker));
        lua_pop(L, 1);
    }
    str brokers = arena_dup(arena, buf_view(&all));
    buf_free(&all);
    if (brokers.n == 0)
        luaL_error(L, "'brokers' is a text like \"127.0.0.1:9092\", or a list of such");
    lua_pop(L, 1);
    return brokers;
}

static void add_property(lua_State *L, str key, void *to)
{
    struct kafka_client_definition *d = to;
    struct arena *arena = &script_of(L)->program->arena;
    struct err e;
    const char *value = lua_isboolean(L, -1) ? (lua_toboolean(L, -1) ? "true" : "false") : NULL;
    if (!value && !lua_isstring(L, -1))
        luaL_error(L, "producer: '%s' is a text, a number or a boolean", key.p);
    if (!value) {
        lua_pushvalue(L, -1);
        value = arena_z(arena, str_from(lua_tostring(L, -1)));
        lua_pop(L, 1);
    }
    str text = arena_printf(arena, STR_FMT "=%s", STR_ARG(key), value);
    if (!kafka_property_read(text, KAFKA_PRODUCER, arena, &d->properties, &e)) {
        err_wrap(&e, "producer");
        lua_state_fail(L, &e);
    }
}

static void read_client(lua_State *L, int index, struct kafka_client_definition *d)
{
    d->config.brokers = read_brokers(L, index);
    d->config.conf = &d->properties;
    d->config.partition = -1;
    table_timeout(L, index, &d->client.timeout_ns);
    if (table_table(L, index, "producer")) {
        table_each_sorted(L, lua_gettop(L), add_property, d);
        lua_pop(L, 1);
    }
    d->client.spec =
        (struct client_spec){.protocol = &kafka_producer_protocol, .config = &d->config};
}

static const struct lua_api_entry client_entries[] = {
    {"brokers", NULL, "string|string[]", "\"127.0.0.1:9092\", or \"embedded\": in this process"},
    {"producers", NULL, "integer?", "how many each worker has, 1 to 100; else 1"},
    {"producer", NULL, "table<string, string|number|boolean>?", "properties of librdkafka"},
    {"timeout", NULL, "string|number|nil", "of its calls; else that of the scenario, else 10 s"},
    {.name = NULL},
};
static const char *const client_later[] = {"consumers",     "consumer",      "group",
                                           "correlate",     "store",         "ready_timeout",
                                           "metrics_every", "measure_store", NULL};

const struct table_keys lua_kafka_keys = {
    .what = "weir.kafka",
    .known = client_entries,
    .later = client_later,
    .class = "weir.KafkaSettings",
    .help = "what weir.kafka can be told",
};

int lua_kafka_client(lua_State *L)
{
    struct script *s = script_of(L);
    uint64_t producers = 1;
    script_top_level(L, "weir.kafka");
    table_check(L, 1, &lua_kafka_keys);
    table_count(L, 1, "producers", &producers);
    if (producers < 1 || producers > 100)
        return luaL_error(L, "'producers' is a number from 1 to 100");
    str key = client_key(L, "kafka", 1);
    struct kafka_client_definition *d =
        (struct kafka_client_definition *)map_get(&s->program->clients_by_key, key);
    if (!d) {
        d = arena_alloc(&s->program->arena, sizeof *d);
        client_add(L, key, (unsigned)producers, &d->client);
        read_client(L, 1, d);
    }
    struct lua_kafka *kafka = lua_api_new(L, &lua_kafka_class, sizeof *kafka);
    kafka->definition = d;
    lua_newtable(L);
    kafka->kept = luaL_ref(L, LUA_REGISTRYINDEX);
    arena_free(&s->scratch);
    return 1;
}
