/* weir.kafka: reading what the script says of a client. */
#include "base/clock.h"
#include "scenario/kafka_rpc_calls.h"
#include "scenario/lua_client.h"
#include "scenario/lua_kafka.h"
#include "scenario/lua_parts.h"
#include "scenario/lua_table.h"

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

/* Which properties are read, and for whom. */
struct property_reader {
    const char *what; /* the key: "producer" */
    enum kafka_role role;
    struct kafka_properties *to;
};

static void add_property(lua_State *L, str key, void *to)
{
    const struct property_reader *r = to;
    struct arena *arena = &script_of(L)->program->arena;
    struct err e;
    const char *value = lua_isboolean(L, -1) ? (lua_toboolean(L, -1) ? "true" : "false") : NULL;
    if (!value && !lua_isstring(L, -1))
        luaL_error(L, "%s: '%s' is a text, a number or a boolean", r->what, key.p);
    if (!value) {
        lua_pushvalue(L, -1);
        value = arena_z(arena, str_from(lua_tostring(L, -1)));
        lua_pop(L, 1);
    }
    str text = arena_printf(arena, STR_FMT "=%s", STR_ARG(key), value);
    if (!kafka_property_read(text, r->role, arena, r->to, &e)) {
        err_wrap(&e, "%s", r->what);
        lua_state_fail(L, &e);
    }
}

static void read_properties(lua_State *L, int index, struct property_reader r)
{
    if (!table_table(L, index, r.what))
        return;
    table_each_sorted(L, lua_gettop(L), add_property, &r);
    lua_pop(L, 1);
}

static unsigned read_instances(lua_State *L, int index, const char *key)
{
    uint64_t n = 1;
    table_count(L, index, key, &n);
    if (n < 1 || n > 100)
        luaL_error(L, "'%s' is a number from 1 to 100", key);
    return (unsigned)n;
}

static void read_store(lua_State *L, int index, struct kafka_rpc_config *config)
{
    struct err e;
    str text = STR("memory");
    table_text(L, index, "store", &text);
    if (!requests_store_parse(text, &script_of(L)->program->arena, &config->store, &e)) {
        err_wrap(&e, "store");
        lua_state_fail(L, &e);
    }
}

static void read_reading(lua_State *L, int index, struct kafka_client_definition *d)
{
    struct arena *arena = &script_of(L)->program->arena;
    str group = {.n = 0};
    d->ready_timeout_ns = 30 * NS_PER_S;
    d->correlate = (struct correlate_parts){STR(KAFKA_CORRELATE_USUAL), STR(KAFKA_CORRELATE_USUAL)};
    read_correlate(L, index, &d->correlate);
    d->correlate.request = arena_dup(arena, d->correlate.request);
    d->correlate.reply = arena_dup(arena, d->correlate.reply);
    if (table_text(L, index, "group", &group) && group.n == 0)
        luaL_error(L, "'group' is empty; leave it out to read without a group");
    d->rpc_config.group = group.n ? arena_z(arena, group) : NULL;
    read_store(L, index, &d->rpc_config);
    table_bool(L, index, "measure_store", &d->measure_store);
    if (table_duration(L, index, "ready_timeout", &d->ready_timeout_ns) && !d->ready_timeout_ns)
        luaL_error(L, "'ready_timeout' is longer than 0");
    read_properties(L, index,
                    (struct property_reader){"consumer", KAFKA_CONSUMER, &d->consumer_properties});
}

static void read_transacting(lua_State *L, int index, struct kafka_client_definition *d)
{
    read_transaction(L, index, &d->config.transacting);
    d->config.transacting.producers = &d->producers;
    if (!kafka_is_transacting(&d->config) &&
        kafka_property_find(&d->properties, "transactional.id").p)
        luaL_error(L,
                   "producer: transactional.id is about transactions: transaction = { every = … }");
}

static void read_client(lua_State *L, int index, struct kafka_client_definition *d)
{
    d->config.brokers = read_brokers(L, index);
    d->config.conf = &d->properties;
    d->config.partition = -1;
    d->config.metrics_ns = NS_PER_S;
    table_duration(L, index, "metrics_every", &d->config.metrics_ns);
    table_timeout(L, index, &d->client.timeout_ns);
    read_properties(L, index, (struct property_reader){"producer", KAFKA_PRODUCER, &d->properties});
    read_reading(L, index, d);
    read_transacting(L, index, d);
    d->client.spec =
        (struct client_spec){.protocol = &kafka_producer_protocol, .config = &d->config};
}

static const struct lua_api_entry client_entries[] = {
    {"brokers", NULL, "string|string[]", "\"127.0.0.1:9092\", or \"embedded\": in this process"},
    {"producers", NULL, "integer?", "how many each worker has, 1 to 100; else 1"},
    {"producer", NULL, "table<string, string|number|boolean>?", "properties of librdkafka"},
    {"consumers", NULL, "integer?", "of replies: how many each worker has, 1 to 100; else 1"},
    {"consumer", NULL, "table<string, string|number|boolean>?", "properties of librdkafka"},
    {"group", NULL, "string?", "replies are read as a member of it; left out: in none"},
    {"correlate", NULL, "string|weir.Correlate|nil",
     "where the ids of requests and replies stand; else header:correlationId"},
    {"store", NULL, "string?",
     "where requests in flight are kept: \"memory\", or \"file:PATH\", which outlives a crash"},
    {"measure_store", NULL, "boolean?", "the store's time is a part of each request: NAME store"},
    {"ready_timeout", NULL, "string|number|nil",
     "how long it may take until all partitions of replies are positioned; else 30 s"},
    {"metrics_every", NULL, "string|number|nil",
     "how often its own figures are taken (weir help metrics); else 1 s, 0 for never"},
    {"timeout", NULL, "string|number|nil", "of its calls; else that of the scenario, else 10 s"},
    {"transaction", NULL, "weir.KafkaTransaction?", "records go in transactions"},
    {"checks", NULL, LUA_CHECKS_FORM, "made with each reply to each of its requests"},
    {.name = NULL},
};

const struct table_keys lua_kafka_keys = {
    .what = "weir.kafka",
    .known = client_entries,
    .class = "weir.KafkaSettings",
    .help = "what weir.kafka can be told",
};

int lua_kafka_client(lua_State *L)
{
    struct script *s = script_of(L);
    script_top_level(L, "weir.kafka");
    table_check(L, 1, &lua_kafka_keys);
    unsigned producers = read_instances(L, 1, "producers");
    unsigned consumers = read_instances(L, 1, "consumers");
    str key = client_key(L, "kafka", 1);
    struct kafka_client_definition *d =
        (struct kafka_client_definition *)map_get(&s->program->clients_by_key, key);
    if (!d) {
        d = arena_alloc(&s->program->arena, sizeof *d);
        d->pairs = producers > consumers ? producers : consumers;
        d->senders = producers;
        client_keep(L, key, &d->client);
        read_client(L, 1, d);
    }
    struct lua_kafka *kafka = lua_api_new(L, &lua_kafka_class, sizeof *kafka);
    kafka->definition = d;
    kafka->checks = keep_checks(L, 1);
    lua_newtable(L);
    kafka->kept = luaL_ref(L, LUA_REGISTRYINDEX);
    arena_free(&s->scratch);
    return 1;
}
